"""Bring contacts through their stages. The database remembers; the runner may be killed anywhere and go on later."""

import shlex
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count as count_from
from time import perf_counter
from typing import Any, Protocol, TypeVar

from pipelines.retries import Retries
from pipelines.stage import QuickStage, Stage, TogetherStage
from qm.domain.retention import GONE
from qm.domain.run import ItemState, Quarantine
from qm.errors import ContactError, EngineError, InputError, LeaseLostError, ObjectMissingError, StorageError
from qm.operations.logs import log
from qm.operations.metrics import count, observe
from qm.operations.scope import working_on
from qm.operations.traces import span
from qm.ports import Unit, UnitOfWork
from qm.units import Seconds

TRIES_OF_A_STAGE = 5
"""Where an object can't be had for the moment: about half a minute, then others get their turn."""


class Outcome(StrEnum):
    """What became of one contact in this run."""

    DONE = "done"
    UNCHANGED = "unchanged"
    QUARANTINED = "quarantined"


@dataclass(frozen=True)
class Step:
    """Told to the progress display: a contact enters a stage, or leaves the last one."""

    contact_id: str
    stage: str
    outcome: Outcome | None = None


Watch = Callable[[Step], None]
Ended = TypeVar("Ended")
STANDS = object()
"""In the place of what a stage takes: it has nothing to do."""


@dataclass(frozen=True)
class Ready:
    """Output of a stage that worked on several contacts at once, or why this one can't go on."""

    fingerprint: str
    output: object


@dataclass(frozen=True)
class Look:
    """What comes next for a contact.

    Attributes:
        stage: `None` where nothing is left.
        halt: why the stage has nothing to work on.
        ended: what became of the contact, where nothing is left.
        is_early: what is wanted was looked up before others of the group were worked on.
    """

    place: int
    stage: Stage[Any, Any] | None = None
    wanted: str = ""
    needs: Any = None
    halt: ContactError | ObjectMissingError | None = None
    ended: Any = None
    is_early: bool = False


class Claim(Protocol):
    """The right to publish for a contact, checked in the transaction that does."""

    def run_of(self, contact_id: str) -> str:
        """Id of the run that wants it; empty where none does."""
        ...

    def check(self, unit: Unit, contact_id: str) -> None:
        """Return where it's still ours.

        Raises:
            LeaseLostError: somebody else has it now.
        """
        ...

    def ended(self, unit: Unit, contact_id: str) -> Outcome | None:
        """What became of the contact, where this claim was closed before."""
        ...

    def close(self, unit: Unit, contact_id: str, outcome: Outcome, trouble: str) -> Outcome:
        """Give it up, since the contact is over; what became of it, where that was noted before.

        Raises:
            LeaseLostError: as above.
        """
        ...


class Unclaimed:
    """For who works alone."""

    def run_of(self, contact_id: str) -> str:  # noqa: ARG002
        """No run."""
        return ""

    def check(self, unit: Unit, contact_id: str) -> None:
        """Nobody else could have it."""

    def ended(self, unit: Unit, contact_id: str) -> Outcome | None:
        """Nobody notes it."""

    def close(self, unit: Unit, contact_id: str, outcome: Outcome, trouble: str) -> Outcome:  # noqa: ARG002
        """What it was told."""
        return outcome


class ContactRunner:
    """Runs the stages of one contact in order.

    Args:
        seconds: filled with the time spent by stage, for the bench and the run's summary.
        claim: asked before anything is published.
        retries: what is done where the database or the object store is away for a moment.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, stages: Sequence[Stage[Any, Any]], seconds: dict[str, float],
        claim: Claim | None = None, retries: Retries | None = None,
    ) -> None:  # fmt: skip
        self._stages = stages
        self._seconds = seconds
        self._claim = claim or Unclaimed()
        self._retries = retries or Retries(unit_of_work)
        self._at = stages[0].name
        self._is_joined = False
        self._joined_s: Seconds = 0.0
        self._apart = ""

    def run_group(self, contact_ids: Sequence[str], watch: Watch) -> Iterator[tuple[str, Outcome]]:
        """Several contacts, in order; stages that can do them together do so. One that was lost isn't told of.

        Raises:
            EngineError: no contact can be recognised; nothing is quarantined for it.
            StorageError: nothing can be written.
        """
        try:
            ready = self._prepare(contact_ids, watch)
        except (EngineError, StorageError, InputError):
            raise
        except Exception:  # a fault of ours: each contact meets it by itself, and `_attempt` names whose it is
            ready = {}
        for contact_id in contact_ids:
            try:
                outcome = self.run(contact_id, watch, ready)
            except LeaseLostError as error:  # whoever has it now does it
                count("lease_losses")
                log.warning("contact.lost", contact=contact_id, code=error.code)
            else:
                yield contact_id, outcome

    def _prepare(self, contact_ids: Sequence[str], watch: Watch) -> dict[str, Ready]:
        """Outputs of the first stage, where that works on several at once, or why a contact can't go on."""
        together: Any = self._stages[0]
        if not isinstance(together, TogetherStage):
            return {}
        wanted = self._retries.read(lambda unit: missing_of(unit, together, contact_ids))
        if not wanted:
            return {}
        began = perf_counter()
        for contact_id in wanted:
            watch(Step(contact_id, together.name))
        needed = [needs for _fingerprint, needs in wanted.values()]
        with span("stage", stage=together.name, count=len(wanted), run=self._claim.run_of(next(iter(wanted)))):
            outputs = self._retries.again(lambda: together.run_together(needed), TRIES_OF_A_STAGE)
        self._spent(together.name, began)
        return {
            contact_id: Ready(fingerprint, output)
            for (contact_id, (fingerprint, _needs)), output in zip(wanted.items(), outputs, strict=True)
        }

    def run(self, contact_id: str, watch: Watch, ready: Mapping[str, Ready] | None = None) -> Outcome:
        """Done, unchanged (every output stood already) or quarantined.

        Args:
            ready: output of the stage that worked on several contacts at once, by contact.

        Raises:
            EngineError: no contact can be recognised; nothing is quarantined for it.
            StorageError: nothing can be written.
            LeaseLostError: it's somebody else's contact now.
        """
        with working_on(contact_id, self._claim.run_of(contact_id)):
            _changed, outcome = self._attempt(contact_id, watch, ready or {}, self._finish)
        watch(Step(contact_id, "", outcome))
        return outcome

    def take_in(self, contact_id: str, watch: Watch) -> tuple[bool, Outcome | None]:
        """The stages without an end: whether they did anything, and `QUARANTINED` where the contact can't go on."""
        return self._attempt(contact_id, watch, {}, lambda _unit, _contact_id, _changed: None)

    def _attempt(
        self, contact_id: str, watch: Watch, ready: Mapping[str, Ready], end: Callable[[Unit, str, bool], Ended]
    ) -> tuple[bool, Ended | Outcome]:
        changed = self._is_joined = False
        try:
            look = self._early(contact_id, ready) or self._retries.read(lambda unit: self._look(unit, contact_id, 0))
            while look.stage is not None:
                look = self._advance(look, contact_id, watch, ready, end)
                changed = True
            return changed, look.ended if changed else self._retries.write(lambda unit: end(unit, contact_id, False))
        except (ContactError, ObjectMissingError) as error:
            entry = Quarantine(contact_id, self._at, error.code, error.message, error.hint, retry_command(contact_id))
            return changed, self._quarantine(entry, error.message)
        except (EngineError, StorageError, InputError, LeaseLostError):
            raise
        except Exception as error:  # the edge of one item: a fault of ours must not stop the day's other contacts
            if self._is_joined:  # it took back what was published in the same transaction: that is to stand
                self._apart = contact_id
                return self._attempt(contact_id, watch, ready, end)
            place = traceback.extract_tb(error.__traceback__)[-1]
            message = f"{type(error).__name__}: {error} ({place.filename.rsplit('/', 1)[-1]}:{place.lineno})"
            hint = "this is a fault of the product: report it with this line"
            entry = Quarantine(contact_id, self._at, "internal.error", message, hint, retry_command(contact_id))
            return changed, self._quarantine(entry, "".join(traceback.format_exception(error)))

    def _finish(self, unit: Unit, contact_id: str, changed: bool) -> Outcome:
        is_new = changed or unit.work.state(contact_id) is not ItemState.DONE
        outcome = self._claim.close(unit, contact_id, Outcome.DONE if is_new else Outcome.UNCHANGED, "")
        if is_new:
            unit.work.finish(contact_id)
            unit.hooks.tell("contact.done", "contact", contact_id)
        return outcome

    def _look(self, unit: Unit, contact_id: str, start: int) -> Look:
        """The first stage from `start` on whose output doesn't stand, and what it takes."""
        for place in range(start, len(self._stages)):
            stage = self._stages[place]
            self._at = stage.name
            try:
                wanted, needs = _missing(unit, stage, contact_id)
            except (ContactError, ObjectMissingError) as error:  # raised once what was published before is committed
                return Look(place, stage, halt=error)
            if needs is not STANDS:
                return Look(place, stage, wanted, needs)
        return Look(len(self._stages))

    def _advance(
        self, look: Look, contact_id: str, watch: Watch, ready: Mapping[str, Ready],
        end: Callable[[Unit, str, bool], Any],
    ) -> Look:  # fmt: skip
        """Do one stage; what comes next is looked up in the transaction that publishes: one less a stage."""
        if look.halt is not None:
            raise look.halt
        began = perf_counter()
        stage: Any = look.stage
        watch(Step(contact_id, stage.name))
        output = self._made(look, contact_id, ready)
        tries = count_from(1)

        def publish(unit: Unit) -> Look:
            self._at, self._joined_s = stage.name, 0.0
            if next(tries) > 1 and (ended := self._claim.ended(unit, contact_id)) is not None:
                return Look(len(self._stages), ended=ended)  # the first commit, which was in doubt, stands
            self._claim.check(unit, contact_id)
            if look.is_early and not _is_missing(unit, stage, contact_id, look.wanted):
                after = self._look(unit, contact_id, 0)
            else:
                stage.publish(unit, contact_id, output)
                unit.work.publish(contact_id, stage.name, look.wanted)
                after = self._go_on(unit, contact_id, self._look(unit, contact_id, look.place + 1))
            return after if after.stage is not None else replace(after, ended=end(unit, contact_id, True))

        after = self._retries.write(publish)
        self._spent(stage.name, began + self._joined_s)
        return after

    def _go_on(self, unit: Unit, contact_id: str, look: Look) -> Look:
        """Do quick stages in the transaction under way: several round trips to the database less for each."""
        while self._apart != contact_id and not look.halt and _may_join(unit, look):
            stage: Any = look.stage
            began = perf_counter()
            self._is_joined = True
            try:
                with span("stage", stage=stage.name):
                    output = stage.run(look.needs)
            except (ContactError, ObjectMissingError) as error:
                output = error
            self._is_joined = False
            if isinstance(output, ContactError | ObjectMissingError):
                break  # met again, once what was published before is committed
            stage.publish(unit, contact_id, output)
            unit.work.publish(contact_id, stage.name, look.wanted)
            self._joined_s += self._spent(stage.name, began)
            look = self._look(unit, contact_id, look.place + 1)
        return look

    def _early(self, contact_id: str, ready: Mapping[str, Ready]) -> Look | None:
        """What comes first for a contact whose first output is there already: looked at once more when it's kept."""
        made = ready.get(contact_id)
        if made is None or isinstance(made.output, ContactError):
            return None
        stage = self._stages[0]
        self._at = stage.name
        return Look(0, stage, made.fingerprint, is_early=True)

    def _made(self, look: Look, contact_id: str, ready: Mapping[str, Ready]) -> Any:
        stage: Any = look.stage
        made = ready.get(contact_id) if look.place == 0 else None
        # What was made for a row that was ingested anew since isn't this one's output.
        if made is not None and made.fingerprint == look.wanted:
            output = made.output
        else:
            with span("stage", stage=stage.name):
                output = self._retries.again(lambda: stage.run(look.needs), TRIES_OF_A_STAGE)
        if isinstance(output, ContactError):
            raise output
        return output

    def _spent(self, stage: str, began: float) -> Seconds:
        seconds = perf_counter() - began
        observe("stage_seconds", seconds, stage=stage)
        self._seconds[stage] = self._seconds.get(stage, 0.0) + seconds
        return seconds

    def _quarantine(self, entry: Quarantine, trouble: str) -> Outcome:
        count("failures", code=entry.code, stage=entry.stage)
        log.info("contact.quarantined", contact=entry.subject, code=entry.code, stage=entry.stage)

        def quarantine(unit: Unit) -> Outcome:
            outcome = self._claim.close(unit, entry.subject, Outcome.QUARANTINED, trouble)
            unit.work.quarantine(entry, is_contact=True)
            unit.hooks.tell("contact.quarantined", "contact", entry.subject, code=entry.code, stage=entry.stage)
            return outcome

        return self._retries.write(quarantine)


def missing_of(unit: Unit, stage: Any, contact_ids: Sequence[str]) -> dict[str, tuple[str, Any]]:
    """What a stage takes, and the fingerprint of its output, for those contacts whose output doesn't stand."""
    wanted = {}
    unit.contacts.read_ahead(contact_ids)
    unit.work.read_ahead(contact_ids)
    for contact_id in contact_ids:
        with suppress(ContactError, ObjectMissingError):  # met again when its turn comes
            fingerprint, needs = _missing(unit, stage, contact_id)
            if needs is not STANDS:
                wanted[contact_id] = (fingerprint, needs)
    return wanted


def _missing(unit: Unit, stage: Any, contact_id: str) -> tuple[str, Any]:
    """The fingerprint under which a stage's output is wanted, and what it takes, or `STANDS`."""
    published = unit.work.published(contact_id, stage.name)
    if published == GONE:  # its time was over, and it isn't made again
        return GONE, STANDS
    wanted = stage.fingerprint(unit, contact_id)
    if published == wanted:
        return wanted, STANDS
    return wanted, stage.needs(unit, contact_id)


def _is_missing(unit: Unit, stage: Any, contact_id: str, wanted: str) -> bool:
    """Whether an output that was made a while ago is still wanted: the contact wasn't taken in anew, nor erased."""
    now_wanted, needs = _missing(unit, stage, contact_id)
    return needs is not STANDS and now_wanted == wanted


def _may_join(unit: Unit, look: Look) -> bool:
    if not isinstance(look.stage, QuickStage):
        return False
    return look.stage.is_instant(look.needs) if unit.blocks_writers else look.stage.is_quick(look.needs)


def retry_command(contact_id: str) -> str:
    """The exact command that takes a contact up again, safe to paste into a shell."""
    return f"qm retry {shlex.quote(contact_id)}"
