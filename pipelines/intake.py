"""Take contacts in: their rows, then their bytes, then what is wanted of them. Done where the day folder is seen."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from pipelines.files.day_folder import CONTACTS, Day, find_recording, read_day
from pipelines.retries import Retries
from pipelines.runner import TRIES_OF_A_STAGE, ContactRunner, Outcome, Step, Watch, missing_of, retry_command
from pipelines.stage import Stage
from qm import __version__
from qm.documents import dump, load
from qm.domain.contact import Contact, Medium
from qm.domain.run import Quarantine, Run, RunKind, RunState
from qm.domain.survey import SurveyResponse
from qm.domain.voc_plan import Scale
from qm.domain.work import TaskState, Wanted
from qm.errors import ConflictError, ContactError, EngineError, Fault, InputError, StorageError
from qm.fingerprint import fingerprint
from qm.operations.metrics import count
from qm.ports import Unit, UnitOfWork
from qm.services.audit_notes import note_responses
from qm.services.keep_out import check_kept_out, keep_out
from qm.units import Seconds

INGEST = "ingest"
AT_ONCE = 25
"""Contacts that are put on the list together: workers elsewhere begin with the first while the rest is taken in."""
WORK_LOCK = "work"
BYTES_A_SECOND = {".wav": 32_000, ".flac": 16_000}
"""Of telephone recordings, about: 8 kHz, two channels of 16 bits."""
COMPRESSED_BYTES_A_SECOND = 4_000


Stored = tuple[str, Any]
"""The fingerprint under which a contact's bytes are stored, and their hash, or why they can't be."""


@dataclass(frozen=True)
class TakenIn:
    """What is wanted now.

    Attributes:
        elsewhere: contacts that another run has open, with that run.
    """

    run: Run
    elsewhere: dict[str, str]

    @property
    def scope(self) -> frozenset[str]:
        """The runs that have to end before this one's contacts are all through."""
        return frozenset({self.run.id, *self.elsewhere.values()})


class IntakeClaim:
    """Notes a contact that can't go on as one of the run; before it's leased nobody else could have it."""

    def __init__(self, run_id: str, wanted: Wanted) -> None:
        self._run_id = run_id
        self._wanted = wanted

    def run_of(self, contact_id: str) -> str:  # noqa: ARG002
        """The run that takes it in."""
        return self._run_id

    def check(self, unit: Unit, contact_id: str) -> None:
        """Whoever publishes under the old bytes is told by `withdraw`."""

    def ended(self, unit: Unit, contact_id: str) -> Outcome | None:
        """It isn't, before it's closed."""

    def close(self, unit: Unit, contact_id: str, outcome: Outcome, trouble: str) -> Outcome:  # noqa: ARG002
        """As it was told."""
        unit.tasks.shut(self._run_id, self._wanted, TaskState(outcome.value), trouble)
        return outcome


class Intake:
    """Reads day folders, stores their recordings and chats, and wants their contacts done.

    Args:
        store: the stage that takes bytes in.
        scales: of the site's surveys.
        seconds: filled with the time spent by stage.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, retries: Retries, store: Stage[Any, Any], scales: Sequence[Scale],
        seconds: dict[str, float],
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._retries = retries
        self.stage = store
        self._scales = scales
        self._seconds = seconds

    def read(self, folder: Path, more: Sequence[Fault] = ()) -> Day:
        """Read a day folder and put its contacts on the work list, in one transaction.

        Args:
            more: faults of what the folder was made from.

        Raises:
            DayFolderError: the folder as a whole can't be used; nothing was changed.
        """
        day = read_day(folder, self._scales)
        day = replace(day, faults=(*day.faults, *more))
        positions = {contact.id: position for position, contact in enumerate(day.contacts)}
        return self.keep(day, str(folder.resolve()), positions)

    def keep(self, day: Day, place: str, positions: Mapping[str, int]) -> Day:
        """Put contacts of a day folder on the work list; returns what was kept, since erased ones are left out.

        Args:
            positions: of the contacts in the folder.
        """
        return self._retries.write(lambda unit: _kept(unit, day, place, positions))

    def stands(self, unit: Unit, contact_id: str) -> bool:
        """True where what was stored of a contact is what is there now."""
        return unit.work.published(contact_id, self.stage.name) == self.stage.fingerprint(unit, contact_id)

    def want(
        self, kind: RunKind, label: str, priority: int, contacts: Sequence[Contact], now: datetime, watch: Watch,
        *, is_reopened: bool = False,
    ) -> TakenIn:  # fmt: skip
        """Store what contacts are made from, and want them done in their order.

        An open run over the same day is joined: it was killed, or another command is at it, or more of it came.

        Args:
            is_reopened: a run over this day is joined also where it was over.
        """
        run = self._retries.write(lambda unit: _begun(unit, kind, label, priority, now, is_reopened=is_reopened))
        elsewhere: dict[str, str] = {}
        for start in range(0, len(contacts), AT_ONCE):
            wanted = self._wanted(contacts[start : start + AT_ONCE], start)
            elsewhere |= self._take_in(run.id, wanted, watch)
        self._retries.write(lambda unit: unit.tasks.move(run.id, (RunState.WANTED,), RunState.RUNNING))
        return TakenIn(run, elsewhere)

    def _wanted(self, contacts: Sequence[Contact], start: int) -> list[Wanted]:
        def look(unit: Unit) -> list[Wanted]:
            unit.contacts.read_ahead([contact.id for contact in contacts])
            folders = [Path(unit.contacts.origin(contact.id)[0]) for contact in contacts]
            pairs = zip(contacts, folders, strict=True)
            return [Wanted(contact.id, place, _length(contact, folder))
                    for place, (contact, folder) in enumerate(pairs, start)]  # fmt: skip

        return self._retries.read(look)

    def _take_in(self, run_id: str, wanted: Sequence[Wanted], watch: Watch) -> dict[str, str]:
        """Store all, then note all in one transaction; where one of them meets a fault of ours, one by one."""
        try:
            outputs = self._stored([each.contact_id for each in wanted], watch)
        except (EngineError, StorageError, InputError):
            raise
        except Exception:  # noqa: BLE001  # the runner names whose fault it is, and the others go on
            return self._take_in_singly(run_id, wanted, watch)
        refused: dict[str, Quarantine] = {}

        def note(unit: Unit) -> dict[str, str]:
            unit.lock(WORK_LOCK)
            refused.clear()
            for each in wanted:
                if each.contact_id in outputs and (entry := self._noted(unit, each.contact_id, outputs)) is not None:
                    refused[entry.subject] = entry
                    unit.tasks.shut(run_id, each, TaskState.QUARANTINED, entry.message)
                    unit.work.quarantine(entry, is_contact=True)
                    unit.hooks.tell("contact.quarantined", "contact", entry.subject, code=entry.code, stage=entry.stage)
            unit.tasks.withdraw([name for name in outputs if name not in refused])
            _reopen(unit, run_id)
            return dict(unit.tasks.add(run_id, [each for each in wanted if each.contact_id not in refused]))

        elsewhere = self._retries.write(note)
        for entry in refused.values():
            count("failures", code=entry.code, stage=entry.stage)
            watch(Step(entry.subject, "", Outcome.QUARANTINED))
        return elsewhere

    def _stored(self, contact_ids: Sequence[str], watch: Watch) -> dict[str, Stored]:
        """Fingerprint and output of the contacts that aren't stored as they are now, or why one can't be."""
        began = perf_counter()
        missing = self._retries.read(lambda unit: missing_of(unit, self.stage, contact_ids))
        outputs: dict[str, Stored] = {}
        for contact_id, (wanted, needs) in missing.items():
            watch(Step(contact_id, self.stage.name))
            try:
                made = self._retries.again(lambda needs=needs: self.stage.run(needs), TRIES_OF_A_STAGE)  # type: ignore[misc]
            except ContactError as error:
                made = error
            outputs[contact_id] = (wanted, made)
        seconds = perf_counter() - began
        self._seconds[self.stage.name] = self._seconds.get(self.stage.name, 0.0) + seconds
        return outputs

    def _noted(self, unit: Unit, contact_id: str, outputs: Mapping[str, Stored]) -> Quarantine | None:
        """Publish what was stored; why not, where that can't be."""
        wanted, output = outputs[contact_id]
        try:
            if isinstance(output, ContactError):
                raise output
            self.stage.publish(unit, contact_id, output)
        except ContactError as error:
            name, command = self.stage.name, retry_command(contact_id)
            return Quarantine(contact_id, name, error.code, error.message, error.hint, command)
        unit.work.publish(contact_id, self.stage.name, wanted)
        return None

    def _take_in_singly(self, run_id: str, wanted: Sequence[Wanted], watch: Watch) -> dict[str, str]:
        changed, going = [], []
        for each in wanted:
            claim = IntakeClaim(run_id, each)
            runner = ContactRunner(self._unit_of_work, (self.stage,), self._seconds, claim, self._retries)
            is_new, outcome = runner.take_in(each.contact_id, watch)
            if is_new:
                changed.append(each.contact_id)
            if outcome is None:
                going.append(each)
            else:
                watch(Step(each.contact_id, "", outcome))

        def add(unit: Unit) -> dict[str, str]:
            unit.lock(WORK_LOCK)
            unit.tasks.withdraw(changed)
            _reopen(unit, run_id)
            return dict(unit.tasks.add(run_id, going))

        return self._retries.write(add)


def _kept(unit: Unit, day: Day, place: str, positions: Mapping[str, int]) -> Day:
    """What is kept of a day folder: all but what was erased."""
    unit.lock(f"day:{place}")
    let = keep_out(unit, day.contacts, day.responses)
    faults = (*day.faults, *_kept_out(let.contacts_out))
    for entry in unit.work.quarantined():
        if entry.stage == INGEST and entry.subject.startswith(f"{place}/"):
            unit.work.release(entry.subject)
    unit.contacts.save_all(place, ((each, positions[each.id], fingerprint(each)) for each in let.contacts))
    for fault in faults:
        subject = f"{place}/{fault.file}:{fault.line}" if fault.line else f"{place}/{fault.file}"
        command = f"qm run {shlex.quote(place)}"
        entry = Quarantine(subject, INGEST, fault.code, fault.message, fault.hint, command)
        unit.work.quarantine(entry, is_contact=False)
    _note_answers(unit, let.responses)
    unit.surveys.save(let.responses)
    check_kept_out(unit, let)
    return replace(day, contacts=let.contacts, responses=let.responses, faults=faults)


def _note_answers(unit: Unit, responses: Sequence[SurveyResponse]) -> None:
    """Tell the audit trail which survey answers are new or corrected, before they're saved."""
    there = unit.surveys.documents([response.id for response in responses])
    changed = [response for response in responses if there.get(response.id) != dump(response)]
    known = {response.id: load(SurveyResponse, there[response.id]) for response in changed if response.id in there}
    note_responses(unit, len(changed) - len(known), known, changed)


def _kept_out(count: int) -> tuple[Fault, ...]:
    if not count:
        return ()
    message = f"{count} contacts of this file were erased and are left out"
    return (Fault(CONTACTS, 0, "contact.erased", message, "take their rows and files out of the day folder"),)


_SETTLED = (RunState.RUNNING, RunState.FINISHING, RunState.DONE)


def _reopen(unit: Unit, run_id: str) -> None:
    """More is wanted of a run: whoever had ended it goes on; one that was cancelled meanwhile takes no more."""
    unit.tasks.move(run_id, _SETTLED, RunState.WANTED)
    if unit.tasks.run(run_id).state is RunState.CANCELLED:
        message = f"run {run_id} was cancelled while its contacts were taken in; the rest of them was left"
        raise ConflictError("run.cancelled", message, "give the same command again to want them done after all")


def _begun(unit: Unit, kind: RunKind, label: str, priority: int, now: datetime, *, is_reopened: bool) -> Run:
    """The open run of the same day, which goes on, or a new one."""
    unit.lock(WORK_LOCK)
    states = [state for state in RunState if state.is_open or (is_reopened and state is RunState.DONE)]
    known = [row for row in unit.tasks.runs(states) if row.kind is kind and row.run.day == label]
    same = next(iter(known), None) if kind is RunKind.DAY else None
    if same is not None:
        # Who gives a paused day again wants it now; the schedule only adds to it.
        unit.tasks.move(same.run.id, _SETTLED if is_reopened else (*_SETTLED, RunState.PAUSED), RunState.WANTED)
        if is_reopened and priority > same.priority:
            unit.tasks.set_priority(same.run.id, priority)
        return same.run
    run = Run(fingerprint(label, now)[:12], label, now, None, "", __version__)
    unit.tasks.begin(run, kind, priority)
    unit.audit.note("run.wanted", "run", run.id, after={"kind": kind, "priority": priority})
    return run


def _length(contact: Contact, folder: Path) -> Seconds:
    """How long its recording is, about: as the contact's row has it, else guessed from the file's size."""
    if contact.medium is not Medium.VOICE:
        return 0.0
    if contact.history.talk_s:
        return contact.history.talk_s
    path = find_recording(folder, contact.source) if contact.source else None
    if path is None or not path.is_file():
        return 0.0
    return path.stat().st_size / BYTES_A_SECOND.get(path.suffix.lower(), COMPRESSED_BYTES_A_SECOND)
