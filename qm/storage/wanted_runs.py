"""Runs as work that is wanted, the workers, and named locks, over one SQLAlchemy connection."""

import time
from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, cast, delete, exists, extract, func, literal, select, update

from qm.documents import dump, load
from qm.domain.run import Run, RunKind, RunRow, RunState
from qm.domain.work import OPEN, WorkerRow
from qm.errors import NotFoundError
from qm.storage import tables
from qm.storage.sql_store import SqlStore
from qm.units import Seconds

Clock = Callable[[], float]
OPEN_STATES = tuple(state.value for state in OPEN)


class SqlWantedRuns(SqlStore):
    """Runs, workers and locks.

    Args:
        clock: seconds since 1970, in tests. By default PostgreSQL's own, since hosts may disagree; with SQLite there
            is one host, and its clock serves.
    """

    def __init__(self, connection: Connection, clock: Clock | None = None) -> None:
        super().__init__(connection)
        self._clock = clock or (None if connection.dialect.name == "postgresql" else time.time)

    def now(self) -> float:
        """Seconds since 1970 by the database's clock."""
        if self._clock is not None:
            return self._clock()
        return float(self._connection.execute(select(_SERVER_CLOCK)).scalar_one())

    def _after(self, seconds: Seconds) -> ColumnElement[Any]:
        """The moment so long from now, as part of a statement."""
        return literal(self._clock() + seconds) if self._clock is not None else _SERVER_CLOCK + seconds

    def begin(self, run: Run, kind: RunKind, priority: int) -> None:
        """Note a wanted run, still being taken in."""
        self._put(
            tables.runs, id=run.id, started_at=run.started_at.isoformat(), state=RunState.WANTED.value,
            kind=kind.value, priority=priority, document=dump(run),
        )  # fmt: skip

    def run(self, run_id: str) -> RunRow:
        """One run, or `NotFoundError`."""
        row = self._connection.execute(select(*_RUN).where(tables.runs.c.id == run_id)).first()
        if row is None:
            raise NotFoundError("run.unknown", f"no run '{run_id}'", "`qm runs list` shows them")
        return _run_row(row)

    def runs(self, states: Collection[RunState] = ()) -> tuple[RunRow, ...]:
        """Runs in these states (all where none is named), the last begun first."""
        statement = select(*_RUN).order_by(tables.runs.c.started_at.desc(), tables.runs.c.id)
        if states:
            statement = statement.where(tables.runs.c.state.in_([state.value for state in states]))
        return tuple(_run_row(row) for row in self._connection.execute(statement))

    def move(self, run_id: str, before: Collection[RunState], after: RunState) -> bool:
        """Bring a run from one of these states into another; false where it's in none of them."""
        table = tables.runs
        was = table.c.state.in_([state.value for state in before])
        changed = self._connection.execute(
            update(table).where(table.c.id == run_id, was).values(state=after.value, owner="", until_s=0)
        )
        return changed.rowcount == 1

    def set_priority(self, run_id: str, priority: int) -> None:
        """Of a run and its open tasks."""
        runs, tasks = tables.runs, tables.tasks
        self._connection.execute(update(runs).where(runs.c.id == run_id).values(priority=priority))
        mine = (tasks.c.run_id == run_id, tasks.c.state.in_(OPEN_STATES))
        self._connection.execute(update(tasks).where(*mine).values(priority=priority))

    def raise_version(self, run: Run) -> None:
        """Keep a run's document; its state stays."""
        table = tables.runs
        self._connection.execute(update(table).where(table.c.id == run.id).values(document=dump(run)))

    def begin_finishing(self, run_id: str, owner: str, lease_s: Seconds, is_gone: Callable[[str], bool]) -> bool:
        """Take the last step of a run that has no open task; false where somebody else has it, or it was done."""
        table = tables.runs
        row = self._connection.execute(
            select(table.c.state, table.c.owner, table.c.until_s, table.c.token)
            .where(table.c.id == run_id, ~_has_open_task(run_id)).with_for_update()
        ).first()  # fmt: skip
        if row is None or row.state not in _FINISHABLE:
            return False
        is_held = row.state == RunState.FINISHING and row.owner != owner
        if is_held and row.until_s >= self.now() and not is_gone(row.owner):
            return False
        self._connection.execute(
            update(table).where(table.c.id == run_id).values(
                state=RunState.FINISHING.value, owner=owner, token=row.token + 1, until_s=self._after(lease_s)
            )
        )  # fmt: skip
        return True

    def renew_finishing(self, run_id: str, owner: str, lease_s: Seconds) -> None:
        """Hold on to the last step of a run."""
        table = tables.runs
        mine = (table.c.id == run_id, table.c.state == RunState.FINISHING.value, table.c.owner == owner)
        self._connection.execute(update(table).where(*mine).values(until_s=self._after(lease_s)))

    def end(self, run: Run, owner: str) -> bool:
        """Note that a run is over; false where its last step was taken over, or new tasks came meanwhile."""
        table = tables.runs
        mine = (table.c.id == run.id, table.c.state == RunState.FINISHING.value, table.c.owner == owner)
        after = {"state": RunState.DONE.value, "document": dump(run), "owner": "", "until_s": 0}
        ended = self._connection.execute(update(table).where(*mine, ~_has_open_task(run.id)).values(**after))
        return ended.rowcount == 1

    def greet(self, worker: WorkerRow) -> None:
        """Note that a worker is there."""
        self._put(tables.workers, **vars(worker))

    def leave(self, worker_id: str) -> None:
        """Strike a worker off."""
        self._connection.execute(delete(tables.workers).where(tables.workers.c.id == worker_id))

    def workers(self) -> tuple[WorkerRow, ...]:
        """All workers by id."""
        table = tables.workers
        columns = [table.c[name] for name in WorkerRow.__dataclass_fields__]
        return tuple(WorkerRow(*row) for row in self._connection.execute(select(*columns).order_by(table.c.id)))

    def acquire(self, name: str, owner: str, lease_s: Seconds, is_gone: Callable[[str], bool]) -> bool:
        """Take or keep a named lock; false where somebody else has it."""
        table = tables.locks
        self._add(table, name=name, owner="", until_s=0.0)
        where = table.c.name == name
        row = self._connection.execute(select(table.c.owner, table.c.until_s).where(where).with_for_update()).one()
        is_free = row.owner in {"", owner} or row.until_s < self.now() or is_gone(row.owner)
        if is_free:
            self._connection.execute(update(table).where(where).values(owner=owner, until_s=self._after(lease_s)))
        return is_free

    def holder(self, name: str) -> str:
        """Who has a named lock; empty where nobody has."""
        table = tables.locks
        row = self._connection.execute(select(table.c.owner, table.c.until_s).where(table.c.name == name)).first()
        return row.owner if row is not None and row.until_s >= self.now() else ""

    def release(self, name: str, owner: str) -> None:
        """Let a named lock go."""
        table = tables.locks
        self._connection.execute(delete(table).where(table.c.name == name, table.c.owner == owner))


def _has_open_task(run_id: str) -> ColumnElement[bool]:
    tasks = tables.tasks
    return exists().where(tasks.c.run_id == run_id, tasks.c.state.in_(OPEN_STATES))


def _run_row(row: Any) -> RunRow:
    return RunRow(load(Run, row.document), RunKind(row.kind), RunState(row.state), row.priority)


_SERVER_CLOCK: ColumnElement[Any] = cast(extract("epoch", func.clock_timestamp()), Float)
_RUN = tuple(tables.runs.c[name] for name in ("document", "kind", "state", "priority"))
_FINISHABLE = {state.value for state in (RunState.WANTED, RunState.RUNNING, RunState.FINISHING)}
