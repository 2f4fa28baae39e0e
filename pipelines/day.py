"""The day's batch: taken in, worked through by whatever executor, and what came of it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from pipelines.executors.executor import Executor
from pipelines.files.day_folder import Day
from pipelines.intake import INGEST, Intake, TakenIn
from pipelines.retries import Retries
from pipelines.runner import Outcome, Step, Watch
from qm.domain.contact import Contact
from qm.domain.run import TODAY, RunKind, RunState
from qm.errors import Fault, NotFoundError
from qm.ports import Unit

Announce = Callable[[int], None]
"""Told how many contacts there are before they are worked through."""
RETRY = "retry"


@dataclass(frozen=True)
class RunSummary:
    """What one run did. `seconds` is the time spent by stage, of all workers together.

    Attributes:
        left: contacts that nobody worked on, since the run was cancelled.
    """

    day: str
    contact_ids: tuple[str, ...]
    outcomes: dict[str, int]
    faults: int
    surveys_new: int
    surveys_linked: int
    surveys_unlinked: int
    coaching_items: int
    wall_s: float
    seconds: dict[str, float]
    run_id: str = ""
    left: int = 0


class DayBatch:
    """Runs day folders and retries.

    Args:
        seconds: what the intake spends, by stage.
        held_up: told of a run that somebody paused while it's waited for.
    """

    def __init__(
        self, retries: Retries, intake: Intake, executor: Callable[[], Executor], seconds: dict[str, float],
        held_up: Callable[[str], None] = lambda _run_id: None,
    ) -> None:  # fmt: skip
        self._retries = retries
        self._intake = intake
        self._executor = executor
        self._seconds = seconds
        self._held_up = held_up

    def ingest(self, folder: Path) -> Day:
        """Read a day folder and put its contacts on the work list, in one transaction.

        Raises:
            DayFolderError: the folder as a whole can't be used; nothing was changed.
        """
        return self._intake.read(folder)

    def take_in(
        self, folder: Path, watch: Watch, announce: Announce, priority: int = TODAY, more: Sequence[Fault] = ()
    ) -> tuple[Day, TakenIn]:  # fmt: skip
        """Read a day folder, store its recordings and chats, and want its contacts done by whoever works.

        Args:
            more: faults of what the folder was made from.
        """
        began = perf_counter()
        day = self._intake.read(folder, more)
        self._spent(INGEST, perf_counter() - began)
        announce(len(day.contacts))
        place = str(folder.resolve())
        return day, self._intake.want(RunKind.DAY, place, priority, day.contacts, datetime.now(UTC), watch)

    def run(self, folder: Path, watch: Watch, announce: Announce) -> RunSummary:
        """Everything from folder to coaching list.

        Args:
            announce: called with the number of contacts before they are worked through.
        """
        began = perf_counter()
        known = self._retries.read(lambda unit: {response.id for response in unit.surveys.every()})
        seen = Seen(watch)
        day, taken = self.take_in(folder, seen, announce)
        new = len({response.id for response in day.responses} - known)
        return self._work(str(folder), taken, [c.id for c in day.contacts], len(day.faults), new, began, seen)

    def retry(self, contact_ids: Sequence[str], watch: Watch, announce: Announce) -> RunSummary:
        """Take quarantined contacts up again; all of them where none is named.

        Raises:
            NotFoundError: a named contact isn't known.
        """
        began = perf_counter()
        contacts = self._retries.read(lambda unit: _to_retry(unit, contact_ids))
        announce(len(contacts))
        seen = Seen(watch)
        taken = self._intake.want(RunKind.RETRY, RETRY, TODAY, contacts, datetime.now(UTC), seen)
        return self._work(RETRY, taken, [contact.id for contact in contacts], 0, 0, began, seen)

    def _work(
        self, label: str, taken: TakenIn, contact_ids: list[str], faults: int, new: int, began: float, seen: "Seen"
    ) -> RunSummary:
        spent = self._executor().work(taken.scope, seen, lambda: self._is_over(taken))
        for stage, seconds in spent.items():
            self._spent(stage, seconds)
        links, items, states = self._retries.read(
            lambda unit: (unit.surveys.links(), unit.coaching.every(), unit.tasks.states(taken.scope))
        )
        of = {name: states.get((taken.elsewhere.get(name, taken.run.id), name)) for name in contact_ids}
        outcomes = Counter(Outcome.DONE if name in seen.done else state for name, state in of.items())
        linked = sum(bool(link.contact_id) for link in links)
        return RunSummary(
            day=label, contact_ids=tuple(contact_ids),
            outcomes={outcome.value: outcomes[outcome] for outcome in Outcome}, faults=faults,
            surveys_new=new, surveys_linked=linked, surveys_unlinked=len(links) - linked, coaching_items=len(items),
            wall_s=round(perf_counter() - began, 3), seconds={k: round(v, 3) for k, v in self._seconds.items()},
            run_id=taken.run.id, left=len(contact_ids) - sum(outcomes[outcome] for outcome in Outcome),
        )  # fmt: skip

    def _is_over(self, taken: TakenIn) -> bool:
        """True once nobody works on these contacts any more, and what follows them was done."""

        def look(unit: Unit) -> dict[str, RunState]:
            states = {run_id: unit.tasks.run(run_id).state for run_id in taken.scope}
            if states[taken.run.id] is RunState.WANTED:  # another command took the same day in, and was killed
                unit.tasks.move(taken.run.id, (RunState.WANTED,), RunState.RUNNING)
            return states

        states = self._retries.write(look)
        for run_id, state in states.items():
            if state is RunState.PAUSED:
                self._held_up(run_id)
        return not any(state.is_open for state in states.values())

    def _spent(self, stage: str, seconds: float) -> None:
        self._seconds[stage] = self._seconds.get(stage, 0.0) + seconds


class Seen:
    """Hands steps on and remembers who was done: another command may want the same contacts once more meanwhile."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.done: set[str] = set()

    def __call__(self, step: Step) -> None:
        """Hand it on."""
        if step.outcome is Outcome.DONE:
            self.done.add(step.contact_id)
        self._watch(step)


def _to_retry(unit: Unit, contact_ids: Sequence[str]) -> list[Contact]:
    states = unit.work.states()
    waiting = [entry.subject for entry in unit.work.quarantined() if entry.subject in states]
    if unknown := [contact_id for contact_id in contact_ids if contact_id not in states]:
        raise NotFoundError("contact.unknown", f"no contact '{unknown[0]}'", "`qm status` lists the quarantine")
    return [unit.contacts.get(contact_id) for contact_id in contact_ids or waiting]
