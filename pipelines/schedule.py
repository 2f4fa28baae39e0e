"""The schedule: takes in what arrives at a watched place, one run a day, while workers work on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, tzinfo
from pathlib import Path

from pipelines.arrivals import Arrival, Arrivals
from pipelines.files.day_folder import Day, find_chat, find_recording, printable, read_day
from pipelines.identity import is_gone, this_worker
from pipelines.intake import Intake
from pipelines.retries import Retries
from pipelines.runner import Step
from qm.documents import dump
from qm.domain.contact import Contact, Medium
from qm.domain.day_window import DayWindow, window_of
from qm.domain.run import BACK_LOAD, TODAY, ItemState, RunKind
from qm.domain.survey import SurveyResponse
from qm.domain.voc_plan import Scale
from qm.errors import InputError
from qm.fingerprint import fingerprint
from qm.operations.logs import log
from qm.ports import Unit
from qm.units import Seconds

LOCK = "schedule"


@dataclass(frozen=True)
class ScheduleRules:
    """When what arrives is taken in.

    Attributes:
        closes: when a day ends, by the clock of `zone`.
        at_close: wait with a day's contacts until it's over.
        hold_s: how long nobody else may take the schedule over after our last sign.
    """

    closes: time
    zone: tzinfo
    at_close: bool = False
    hold_s: Seconds = 120.0


@dataclass(frozen=True)
class Taken:
    """Contacts of one day that were taken in at one look."""

    day: str
    run_id: str
    contacts: int


@dataclass(frozen=True)
class Looked:
    """What one look did.

    Attributes:
        holder: who has the schedule, where it isn't us.
        faults: folders that can't be read, and why.
    """

    taken: tuple[Taken, ...] = ()
    holder: str = ""
    faults: tuple[InputError, ...] = ()


@dataclass
class Memory:
    """What is known of one folder, so that nothing is taken in twice.

    Attributes:
        contacts: what each was made from when it was last taken in.
        looked_at: files at the last look that was acted on.
        due_at: when something has to be looked at anew though nothing arrives: a day closes.
    """

    contacts: dict[str, str] = field(default_factory=dict)
    looked_at: str = ""
    due_at: datetime | None = None


class Schedule:
    """Watches a place. Two may run: one has the schedule, the other stands by and takes it over.

    Args:
        fetch: brings what arrived elsewhere (in a bucket) to the watched place.
        clock: the present moment, aware.
        scales: of the site's surveys.
    """

    def __init__(
        self, place: Path, rules: ScheduleRules, retries: Retries, intake: Intake, scales: Sequence[Scale],
        clock: Callable[[], datetime], fetch: Callable[[], None] = lambda: None,
        gone: Callable[[str], bool] = is_gone,
    ) -> None:  # fmt: skip
        self.id = str(this_worker())
        self._arrivals = Arrivals(place)
        self._rules = rules
        self._retries = retries
        self._intake = intake
        self._scales = scales
        self._clock = clock
        self._fetch = fetch
        self._gone = gone
        self._memory: dict[Path, Memory] = {}
        self._held_until = 0.0

    def look(self) -> Looked:
        """Once: take in what is whole.

        Raises:
            StorageError: database, objects or the bucket can't be used.
        """
        if not self._lead():
            return Looked(holder=self._retries.read(lambda unit: unit.tasks.holder(LOCK)))
        self._fetch()
        taken: list[Taken] = []
        faults: list[InputError] = []
        for arrival in self._arrivals.look(self._clock()):
            try:
                taken += self._take(arrival)
            except InputError as error:  # this folder's, or a contact was erased meanwhile: the next look tries again
                faults.append(error)
                log.warning("schedule.unreadable", code=error.code)
        return Looked(tuple(taken), "", tuple(faults))

    def leave(self) -> None:
        """Let another one have the schedule at once."""
        self._retries.write(lambda unit: unit.tasks.release(LOCK, self.id))

    def _lead(self) -> bool:
        hold_s, gone = self._rules.hold_s, self._gone
        is_ours = self._retries.write(lambda unit: unit.tasks.acquire(LOCK, self.id, hold_s, gone))
        self._held_until = self._clock().timestamp() + hold_s / 2
        return is_ours

    def _go_on(self, _step: Step) -> None:
        """Taking in takes minutes: say now and then that we're still there."""
        if self._clock().timestamp() > self._held_until:
            self._lead()

    def _take(self, arrival: Arrival) -> list[Taken]:
        now = self._clock()
        memory = self._memory.setdefault(arrival.folder, Memory())
        mark = fingerprint(sorted((printable(str(path)), stamp) for path, stamp in arrival.quiet.items()))
        is_due = memory.due_at is not None and memory.due_at <= now
        if not arrival.is_readable or (mark == memory.looked_at and not is_due):
            return []
        day = read_day(arrival.folder, self._scales)
        ready, memory.due_at = self._ready(day, arrival, now)
        marks = {contact.id: fingerprint(contact, _stamp(arrival, contact)) for contact in ready}
        fresh = [contact for contact in ready if memory.contacts.get(contact.id) != marks[contact.id]]
        place = str(arrival.folder.resolve())
        wanted = self._retries.read(lambda unit: [c for c in fresh if not self._is_settled(unit, c, place, arrival)])
        responses = self._retries.read(lambda unit: _changed(unit, day.responses))
        positions = {contact.id: at for at, contact in enumerate(day.contacts)}
        kept = self._intake.keep(replace(day, contacts=tuple(wanted), responses=responses), place, positions)
        taken = self._want(kept.contacts, now, is_asked=bool(responses))
        memory.contacts |= {contact.id: marks[contact.id] for contact in fresh}
        memory.looked_at = mark
        return taken

    def _ready(self, day: Day, arrival: Arrival, now: datetime) -> tuple[list[Contact], datetime | None]:
        """Contacts to be taken in now, and when the next ones are due though nothing arrives.

        A recording that isn't whole yet is waited for until its day is over; then its contact goes into quarantine.
        """
        ready, later = [], []
        for contact in day.contacts:
            window = self._window(contact.started_at)
            if window.is_over(now) or (not self._rules.at_close and _stamp(arrival, contact) is not None):
                ready.append(contact)
            else:
                later.append(window.ends_at)
        return ready, min(later, default=None)

    def _is_settled(self, unit: Unit, contact: Contact, place: str, arrival: Arrival) -> bool:
        """True where it was done before this process began to watch, and nothing of it has changed."""
        if unit.work.state(contact.id) is ItemState.WAITING:
            return False
        if unit.contacts.origin(contact.id) != (place, fingerprint(contact)):
            return False
        if unit.work.published(contact.id, self._intake.stage.name) is None:  # quarantined before it was stored
            return _stamp(arrival, contact) is None
        return self._intake.stands(unit, contact.id)

    def _want(self, contacts: Sequence[Contact], now: datetime, *, is_asked: bool) -> list[Taken]:
        """One run a day. Where only survey answers came, the present day's run links them."""
        windows: dict[DayWindow, list[Contact]] = {}
        for contact in contacts:
            windows.setdefault(self._window(contact.started_at), []).append(contact)
        if not windows and is_asked:
            windows[self._window(now)] = []
        taken = []
        for window in sorted(windows, key=lambda each: each.day, reverse=True):
            priority = BACK_LOAD if window.is_over(now) else TODAY
            label = window.day.isoformat()
            begun = self._intake.want(
                RunKind.DAY, label, priority, windows[window], now, self._go_on, is_reopened=True
            )  # fmt: skip
            log.info("schedule.taken", run=begun.run.id, window=label, count=len(windows[window]))
            taken.append(Taken(label, begun.run.id, len(windows[window])))
        return taken

    def _window(self, moment: datetime) -> DayWindow:
        return window_of(moment, self._rules.closes, self._rules.zone)


def _stamp(arrival: Arrival, contact: Contact) -> tuple[int, int] | None:
    """Of the contact's recording or chat; `None` where it isn't there, or still grows."""
    if contact.medium is Medium.VOICE:
        path = find_recording(arrival.folder, contact.source) if contact.source else None
    else:
        path = find_chat(arrival.folder, contact) if contact.source else None
    return arrival.quiet.get(path) if path is not None else None


def _changed(unit: Unit, responses: Sequence[SurveyResponse]) -> tuple[SurveyResponse, ...]:
    known = unit.surveys.documents([response.id for response in responses])
    return tuple(response for response in responses if known.get(response.id) != dump(response))
