"""What is wanted, how far it is, and changing that: pause, resume, cancel, bring forward."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from qm.domain.run import RunKind, RunRow, RunState
from qm.domain.work import TaskState, WorkerRow
from qm.errors import ConflictError
from qm.ports import Unit, UnitOfWork
from qm.units import Seconds

PACE_S: Seconds = 600.0
"""The time left is told from what ended in these last seconds."""
LEAST_FOR_PACE = 5
"""Below so many ended contacts nothing is said of the time left."""
LATEST = 20


@dataclass(frozen=True)
class Pace:
    """How fast a run goes: contacts that ended in so many seconds."""

    n: int
    seconds: Seconds

    @property
    def per_minute(self) -> float | None:
        """Contacts a minute; `None` where too few ended."""
        return 60 * self.n / self.seconds if self.n >= LEAST_FOR_PACE and self.seconds > 0 else None

    def left_s(self, left: int) -> Seconds | None:
        """How long so many contacts take at this pace; `None` where it can't be told."""
        return None if self.per_minute is None else 60 * left / self.per_minute


@dataclass(frozen=True)
class RunView:
    """A run as people see it.

    Attributes:
        counts: contacts by state.
        left: waiting or at work.
        age_s: since it began, while it's open.
        left_s: time left at the pace of the last minutes, `None` where it can't be told.
    """

    id: str
    kind: RunKind
    day: str
    state: RunState
    priority: int
    started_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int]
    left: int
    age_s: Seconds
    pace: Pace
    left_s: Seconds | None


@dataclass(frozen=True)
class RunDetail:
    """One run with who works on it, and the tracebacks of what failed, by contact."""

    view: RunView
    workers: tuple[WorkerRow, ...]
    errors: Mapping[str, str]


class RunService:
    """Reads and steers runs."""

    def __init__(self, unit_of_work: UnitOfWork, reading: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work
        self._reading = reading

    def every(self, latest: int = LATEST) -> tuple[RunView, ...]:
        """Open runs, then the latest others."""
        with self._reading() as unit:
            rows = unit.tasks.runs()
            open_ = sorted((row for row in rows if row.state.is_open), key=lambda row: row.priority)
            others = [row for row in rows if not row.state.is_open]
            return tuple(_view(unit, row) for row in [*open_, *others[:latest]])

    def get(self, run_id: str) -> RunDetail:
        """One run.

        Raises:
            NotFoundError: no such run.
        """
        with self._reading() as unit:
            row = unit.tasks.run(run_id)
            workers = tuple(worker for worker in unit.tasks.workers() if worker.run_id == run_id)
            return RunDetail(_view(unit, row), workers, unit.tasks.errors(run_id))

    def workers(self) -> tuple[WorkerRow, ...]:
        """Who works, or waits for work."""
        with self._reading() as unit:
            return unit.tasks.workers()

    def cancel(self, run_id: str) -> RunView:
        """Give up what is left of a run; what is being worked on is thrown away.

        Raises:
            NotFoundError: no such run.
            ConflictError: it's over already.
        """
        with self._unit_of_work() as unit:
            _change(unit, run_id, _OPEN, RunState.CANCELLED)
            unit.tasks.cancel(run_id)
            return _view(unit, unit.tasks.run(run_id))

    def pause(self, run_id: str) -> RunView:
        """Lease nothing more of a run until it's resumed; what is being worked on is ended.

        Raises:
            NotFoundError: no such run.
            ConflictError: it isn't being worked on.
        """
        with self._unit_of_work() as unit:
            _change(unit, run_id, (RunState.WANTED, RunState.RUNNING), RunState.PAUSED)
            return _view(unit, unit.tasks.run(run_id))

    def resume(self, run_id: str) -> RunView:
        """Go on with a paused run.

        Raises:
            NotFoundError: no such run.
            ConflictError: it isn't paused.
        """
        with self._unit_of_work() as unit:
            _change(unit, run_id, (RunState.PAUSED,), RunState.RUNNING)
            return _view(unit, unit.tasks.run(run_id))

    def set_priority(self, run_id: str, priority: int) -> RunView:
        """Let a run go before or after others; the smaller number goes first.

        Raises:
            NotFoundError: no such run.
            ConflictError: it's over.
        """
        with self._unit_of_work() as unit:
            row = unit.tasks.run(run_id)
            if not row.state.is_open:
                raise _over(row)
            unit.tasks.set_priority(run_id, priority)
            before, after = {"priority": row.priority}, {"priority": priority}
            unit.audit.note("run.priority", "run", run_id, before=before, after=after)
            return _view(unit, unit.tasks.run(run_id))


_OPEN = tuple(state for state in RunState if state.is_open)


def _change(unit: Unit, run_id: str, before: Sequence[RunState], after: RunState) -> None:
    row = unit.tasks.run(run_id)
    if not unit.tasks.move(run_id, before, after):
        raise _over(row)
    action = {RunState.CANCELLED: "run.cancelled", RunState.PAUSED: "run.paused", RunState.RUNNING: "run.resumed"}
    unit.audit.note(action[after], "run", run_id, before={"state": row.state}, after={"state": after})


def _over(row: RunRow) -> ConflictError:
    message = f"run {row.run.id} is {row.state.value}"
    return ConflictError("run.state", message, "`qm runs list` shows which runs are open, and how each stands")


def _view(unit: Unit, row: RunRow) -> RunView:
    counts = unit.tasks.counts(row.run.id)
    now = unit.tasks.now()
    left = sum(count for state, count in counts.items() if state.is_open)
    ended, first, _last = unit.tasks.pace(row.run.id, now - PACE_S)
    pace = Pace(ended, max(0.0, now - first) if ended else 0.0)
    is_open = row.state.is_open
    started_s = row.run.started_at.astimezone(UTC).timestamp()
    return RunView(
        row.run.id, row.kind, row.run.day, row.state, row.priority, row.run.started_at, row.run.finished_at,
        {state.value: counts.get(state, 0) for state in TaskState}, left, max(0.0, now - started_s) if is_open else 0.0,
        pace, pace.left_s(left) if is_open else None,
    )  # fmt: skip
