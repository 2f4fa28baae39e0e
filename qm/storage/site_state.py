"""Where the site stands, in a few counts: work list, quarantine, workers. Cheap enough to ask every few seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from qm.domain.run import RunState
from qm.domain.work import OPEN, TaskState
from qm.storage.database import Database
from qm.storage.tables import quarantine, runs, tasks, workers
from qm.units import Seconds

OPEN_RUNS = [state.value for state in RunState if state.is_open]


@dataclass(frozen=True)
class SiteState:
    """Counts at one moment.

    Attributes:
        tasks: contacts on the work list by state; only the open states.
        oldest_s: since when the oldest run that still has waiting contacts is wanted; 0 where none waits.
        workers: by state; only those whose heartbeat is fresh.
    """

    tasks: Mapping[str, int]
    oldest_s: Seconds
    quarantine: int
    workers: Mapping[str, int]

    def gauges(self) -> list[tuple[str, tuple[str, ...], float]]:
        """As metrics: name, labels, value."""
        open_tasks = [("queue_tasks", (state,), float(number)) for state, number in self.tasks.items()]
        at_work = [("workers", (state,), float(number)) for state, number in self.workers.items()]
        rest = [("queue_oldest_seconds", (), self.oldest_s), ("quarantine", (), float(self.quarantine))]
        return [*open_tasks, *at_work, *rest]


def read_site_state(database: Database, fresh_s: Seconds) -> SiteState:
    """The state now, in one short transaction that only reads.

    Args:
        fresh_s: a worker that was silent for longer isn't counted.

    Raises:
        StorageError: the database can't be read.
    """
    with database.reading() as unit:
        connection, now_s = unit.connection, unit.tasks.now()
        return SiteState(
            tasks={state.value: 0 for state in sorted(OPEN)} | _by_state(connection),
            oldest_s=_oldest(connection, now_s),
            quarantine=connection.execute(select(func.count()).select_from(quarantine)).scalar_one(),
            workers=_workers(connection, now_s - fresh_s),
        )


def _by_state(connection: Connection) -> dict[str, int]:
    wanted = select(tasks.c.state, func.count()).where(tasks.c.state.in_(sorted(OPEN))).group_by(tasks.c.state)
    return dict(connection.execute(wanted).all())


def _oldest(connection: Connection, now_s: float) -> Seconds:
    waits = select(1).where(tasks.c.run_id == runs.c.id, tasks.c.state == TaskState.WAITING.value).exists()
    wanted = select(func.min(runs.c.started_at)).where(runs.c.state.in_(OPEN_RUNS), waits)
    began = connection.execute(wanted).scalar_one_or_none()
    return max(0.0, now_s - datetime.fromisoformat(began).timestamp()) if began else 0.0


def _workers(connection: Connection, since_s: float) -> dict[str, int]:
    wanted = select(workers.c.state, func.count()).where(workers.c.seen_s >= since_s).group_by(workers.c.state)
    return dict(connection.execute(wanted).all())
