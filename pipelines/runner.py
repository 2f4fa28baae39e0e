"""Bring contacts through their stages. The database remembers; the runner may be killed anywhere and go on later."""

import shlex
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter
from typing import Any

from pipelines.stage import Stage, TogetherStage
from qm.domain.run import ItemState, Quarantine
from qm.errors import ContactError, EngineError, InputError, StorageError
from qm.ports import UnitOfWork


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


@dataclass(frozen=True)
class Ready:
    """Output of a stage that worked on several contacts at once, or why this one can't go on."""

    fingerprint: str
    output: object


class ContactRunner:
    """Runs the stages of one contact in order.

    Args:
        seconds: filled with the time spent by stage, for the bench and the run's summary.
    """

    def __init__(self, unit_of_work: UnitOfWork, stages: Sequence[Stage[Any, Any]], seconds: dict[str, float]) -> None:
        self._unit_of_work = unit_of_work
        self._stages = stages
        self._seconds = seconds

    def run_group(self, contact_ids: Sequence[str], watch: Watch) -> Iterator[tuple[str, Outcome]]:
        """Several contacts, in order; stages that can do them together do so.

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
            yield contact_id, self.run(contact_id, watch, ready)

    def _prepare(self, contact_ids: Sequence[str], watch: Watch) -> dict[str, Ready]:
        """Outputs of the first stage that works on several at once, or why a contact can't go on."""
        at = next((index for index, stage in enumerate(self._stages) if isinstance(stage, TogetherStage)), None)
        if at is None:
            return {}
        together: Any = self._stages[at]
        wanted: dict[str, tuple[str, object]] = {}
        for contact_id in contact_ids:
            with suppress(ContactError):  # met again, and put into quarantine, when its turn comes
                wanted |= self._wanted(contact_id, self._stages[:at], together, watch)
        began = perf_counter()
        for contact_id in wanted:
            watch(Step(contact_id, together.name))
        outputs = together.run_together([needs for _fingerprint, needs in wanted.values()]) if wanted else []
        self._spent(together.name, began)
        return {
            contact_id: Ready(fingerprint, output)
            for (contact_id, (fingerprint, _needs)), output in zip(wanted.items(), outputs, strict=True)
        }

    def _wanted(
        self, contact_id: str, before: Sequence[Stage[Any, Any]], together: Any, watch: Watch
    ) -> dict[str, tuple[str, object]]:
        """The fingerprint under which a contact's output is missing, and what it takes; empty where it stands."""
        for stage in before:
            self._advance(stage, contact_id, watch, {})
        with self._unit_of_work() as unit:
            fingerprint = together.fingerprint(unit, contact_id)
            if unit.work.published(contact_id, together.name) == fingerprint:
                return {}
            return {contact_id: (fingerprint, together.needs(unit, contact_id))}

    def run(self, contact_id: str, watch: Watch, ready: Mapping[str, Ready] | None = None) -> Outcome:
        """Done, unchanged (every output stood already) or quarantined.

        Args:
            ready: output of the stage that worked on several contacts at once, by contact.

        Raises:
            EngineError: no contact can be recognised; nothing is quarantined for it.
            StorageError: nothing can be written.
        """
        outcome = self._attempt(contact_id, watch, ready or {})
        watch(Step(contact_id, "", outcome))
        return outcome

    def _attempt(self, contact_id: str, watch: Watch, ready: Mapping[str, Ready]) -> Outcome:
        stage = self._stages[0].name
        changed = False
        try:
            for step in self._stages:
                stage = step.name
                changed |= self._advance(step, contact_id, watch, ready)
        except ContactError as error:
            return self._quarantine(contact_id, stage, error.code, error.message, error.hint)
        except (EngineError, StorageError, InputError):
            raise
        except Exception as error:  # the edge of one item: a fault of ours must not stop the day's other contacts
            place = traceback.extract_tb(error.__traceback__)[-1]
            message = f"{type(error).__name__}: {error} ({place.filename.rsplit('/', 1)[-1]}:{place.lineno})"
            hint = "this is a fault of the product: report it with this line"
            return self._quarantine(contact_id, stage, "internal.error", message, hint)
        with self._unit_of_work() as unit:
            if changed or unit.work.state(contact_id) is not ItemState.DONE:
                unit.work.finish(contact_id)
                return Outcome.DONE
        return Outcome.UNCHANGED

    def _advance(self, stage: Stage[Any, Any], contact_id: str, watch: Watch, ready: Mapping[str, Ready]) -> bool:
        """Do one stage unless its output stands; true where work was done."""
        began = perf_counter()
        with self._unit_of_work() as unit:
            wanted = stage.fingerprint(unit, contact_id)
            if unit.work.published(contact_id, stage.name) == wanted:
                self._spent(stage.name, began)
                return False
            needs = stage.needs(unit, contact_id)
        watch(Step(contact_id, stage.name))
        made = ready.get(contact_id) if isinstance(stage, TogetherStage) else None
        # What was made for a row that was ingested anew since isn't this one's output.
        output = made.output if made is not None and made.fingerprint == wanted else stage.run(needs)
        if isinstance(output, ContactError):
            raise output
        with self._unit_of_work() as unit:
            stage.publish(unit, contact_id, output)
            unit.work.publish(contact_id, stage.name, wanted)
        self._spent(stage.name, began)
        return True

    def _spent(self, stage: str, began: float) -> None:
        self._seconds[stage] = self._seconds.get(stage, 0.0) + perf_counter() - began

    def _quarantine(self, contact_id: str, stage: str, code: str, message: str, hint: str) -> Outcome:
        entry = Quarantine(contact_id, stage, code, message, hint, retry_command(contact_id))
        with self._unit_of_work() as unit:
            unit.work.quarantine(entry, is_contact=True)
        return Outcome.QUARANTINED


def retry_command(contact_id: str) -> str:
    """The exact command that takes a contact up again, safe to paste into a shell."""
    return f"qm retry {shlex.quote(contact_id)}"
