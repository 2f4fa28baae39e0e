"""Tasks over one SQLAlchemy connection: leased by conditional update, the same on both databases."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, func, select, tuple_, update

from qm.domain.run import RunState
from qm.domain.work import Abandoned, Lease, TaskState, Wanted, pick_group
from qm.storage import tables
from qm.storage.wanted_runs import OPEN_STATES, SqlWantedRuns
from qm.units import Seconds

AT_ONCE = 1000
"""Contacts named in one statement."""
TASKS = tables.tasks
HELD_UP = (RunState.PAUSED, RunState.CANCELLED, RunState.DONE)
CLOSED = tuple(state.value for state in TaskState if not state.is_open)


class SqlTaskStore(SqlWantedRuns):
    """What runs want done, contact by contact."""

    def add(self, run_id: str, wanted: Sequence[Wanted]) -> Mapping[str, str]:
        """Want contacts done; returns those that another run has open, with that run."""
        elsewhere: dict[str, str] = {}
        run = self.run(run_id)
        for some in _in_parts(wanted):
            busy = self._busy(run_id, [each.contact_id for each in some])
            elsewhere |= busy
            rows = [_row(run_id, run.priority, each) for each in some if each.contact_id not in busy]
            self._put_all(TASKS, rows)
        return elsewhere

    def _busy(self, run_id: str, contact_ids: Sequence[str]) -> dict[str, str]:
        """Contacts that are open and stay so; those that wait in a run that nobody works on are taken out of it."""
        open_ = (TASKS.c.contact_id.in_(contact_ids), TASKS.c.state.in_(OPEN_STATES))
        columns = (TASKS.c.contact_id, TASKS.c.run_id, TASKS.c.state, tables.runs.c.state.label("run_state"))
        rows = self._connection.execute(select(*columns).join(tables.runs).where(*open_)).all()
        held_up = [
            row.contact_id for row in rows
            if row.state == TaskState.WAITING and row.run_state in HELD_UP and row.run_id != run_id
        ]  # fmt: skip
        if held_up:
            self._connection.execute(
                update(TASKS).where(TASKS.c.contact_id.in_(held_up), TASKS.c.state == TaskState.WAITING.value)
                .values(state=TaskState.CANCELLED.value)
            )  # fmt: skip
        return {row.contact_id: row.run_id for row in rows if row.contact_id not in held_up}

    def shut(self, run_id: str, wanted: Wanted, state: TaskState, error: str) -> None:
        """Note a contact of a run that ended before anybody could lease it."""
        row = _row(run_id, self.run(run_id).priority, wanted)
        self._put(TASKS, **(row | {"state": state.value, "error": error, "until_s": self.now()}))

    def withdraw(self, contact_ids: Collection[str]) -> None:
        """Take the lease of contacts away; they wait again."""
        held = (TASKS.c.contact_id.in_(contact_ids), TASKS.c.state == TaskState.LEASED.value)
        freed = {"state": TaskState.WAITING.value, "owner": "", "token": TASKS.c.token + 1, "attempts": 0}
        self._connection.execute(update(TASKS).where(*held).values(**freed))

    def cancel(self, run_id: str) -> int:
        """Close all open tasks of a run; returns how many."""
        open_ = (TASKS.c.run_id == run_id, TASKS.c.state.in_(OPEN_STATES))
        closed = {
            "state": TaskState.CANCELLED.value,
            "owner": "",
            "until_s": self._after(0),
            "token": TASKS.c.token + 1,
        }
        return self._connection.execute(update(TASKS).where(*open_).values(**closed)).rowcount

    def lease(
        self, owner: str, run_ids: Collection[str], most: int, most_s: Seconds, lease_s: Seconds
    ) -> tuple[Lease, ...]:
        """Take the next contacts of these runs that go together; empty where none may be taken now."""
        columns = (TASKS.c[name] for name in ("run_id", "contact_id", "token", "length_s", "attempts"))
        ready = (TASKS.c.state == TaskState.WAITING.value, TASKS.c.not_before_s <= self._after(0))
        found = self._connection.execute(
            select(*columns).where(*ready, TASKS.c.run_id.in_(run_ids))
            .order_by(TASKS.c.priority, TASKS.c.not_before_s, TASKS.c.position).limit(most)
            .with_for_update(skip_locked=True)
        )  # fmt: skip
        candidates = [Lease(row.run_id, row.contact_id, row.token + 1, row.length_s, row.attempts + 1) for row in found]
        group = pick_group(candidates, most, most_s)
        taken = {
            "state": TaskState.LEASED.value, "owner": owner, "until_s": self._after(lease_s),
            "token": TASKS.c.token + 1, "attempts": TASKS.c.attempts + 1,
        }  # fmt: skip
        if group:
            still = TASKS.c.state == TaskState.WAITING.value
            self._connection.execute(update(TASKS).where(_named(group), still).values(**taken))
        return group

    def renew(self, leases: Sequence[Lease], owner: str, lease_s: Seconds) -> frozenset[str]:
        """Hold on to leases; returns the contacts that are still ours."""
        if not leases:
            return frozenset()
        mine = (_named(leases), TASKS.c.state == TaskState.LEASED.value, TASKS.c.owner == owner)
        self._connection.execute(update(TASKS).where(*mine).values(until_s=self._after(lease_s)))
        rows = self._connection.execute(select(TASKS.c.contact_id, TASKS.c.token).where(*mine))
        tokens = {lease.contact_id: lease.token for lease in leases}
        return frozenset(row.contact_id for row in rows if tokens[row.contact_id] == row.token)

    def holds(self, lease: Lease, lease_s: Seconds) -> bool:
        """True where the lease is still ours; the row is locked, so it stays so until this transaction ends."""
        return self._connection.execute(
            update(TASKS).where(*_held(lease)).values(until_s=self._after(lease_s))
        ).rowcount == 1  # fmt: skip

    def close(self, lease: Lease, state: TaskState, error: str = "") -> TaskState | None:
        """End a task; its state, also where it was ended under this lease before. `None` where it's ours no more."""
        after = {"state": state.value, "owner": "", "until_s": self._after(0), "error": error}
        if self._connection.execute(update(TASKS).where(*_held(lease)).values(**after)).rowcount == 1:
            return state
        return self.ended(lease)

    def ended(self, lease: Lease) -> TaskState | None:
        """What a task was ended as under this lease; `None` where it wasn't."""
        where = (TASKS.c.run_id == lease.run_id, TASKS.c.contact_id == lease.contact_id)
        row = self._connection.execute(select(TASKS.c.state, TASKS.c.token).where(*where)).first()
        is_ours = row is not None and row.token == lease.token and row.state in CLOSED
        return TaskState(row.state) if row is not None and is_ours else None

    def give_back(self, leases: Sequence[Lease], pause_s: Seconds = 0.0) -> None:
        """Let others have what is still ours; these tries don't count."""
        for lease in leases:
            freed = {"state": TaskState.WAITING.value, "owner": "", "attempts": TASKS.c.attempts - 1}
            later = {"not_before_s": self._after(pause_s)} if pause_s else {}
            self._connection.execute(update(TASKS).where(*_held(lease)).values(**freed, **later))

    def abandoned(self, is_gone: Callable[[str], bool]) -> tuple[Abandoned, ...]:
        """Leased tasks whose owner is gone or whose lease has run out."""
        columns = (TASKS.c[name] for name in Abandoned.__dataclass_fields__)
        rows = self._connection.execute(select(*columns).where(TASKS.c.state == TaskState.LEASED.value)).all()
        if not rows:
            return ()
        now = self.now()
        gone = {owner for owner in {row.owner for row in rows} if is_gone(owner)}
        return tuple(Abandoned(*row) for row in rows if row.owner in gone or row.until_s < now)

    def free(self, task: Abandoned, pause_s: Seconds) -> bool:
        """Let an abandoned task wait again; its try counts. False where its owner came back meanwhile."""
        after = {
            "state": TaskState.WAITING.value,
            "owner": "",
            "not_before_s": self._after(pause_s) if pause_s else 0.0,
        }
        return self._connection.execute(update(TASKS).where(*_left(task)).values(**after)).rowcount == 1

    def poison(self, task: Abandoned, error: str) -> bool:
        """Close an abandoned task that isn't tried any more. False as above."""
        after = {
            "state": TaskState.QUARANTINED.value, "owner": "", "until_s": self._after(0), "error": error,
            "token": TASKS.c.token + 1,
        }  # fmt: skip
        return self._connection.execute(update(TASKS).where(*_left(task)).values(**after)).rowcount == 1

    def has_open(self, run_ids: Collection[str]) -> bool:
        """True where work is left in one of these runs."""
        left = (TASKS.c.run_id.in_(run_ids), TASKS.c.state.in_(OPEN_STATES))
        return self._connection.execute(select(TASKS.c.contact_id).where(*left).limit(1)).first() is not None

    def waiting(self, run_ids: Collection[str], limit: int) -> int:
        """How many contacts wait, counted up to a limit."""
        waiting = (TASKS.c.state == TaskState.WAITING.value, TASKS.c.run_id.in_(run_ids))
        in_order = (TASKS.c.priority, TASKS.c.not_before_s, TASKS.c.position)  # or PostgreSQL reads all that is over
        some = select(TASKS.c.contact_id).where(*waiting).order_by(*in_order).limit(limit).subquery()
        return int(self._connection.execute(select(func.count()).select_from(some)).scalar_one())

    def at_work(self, contact_ids: Collection[str]) -> tuple[str, ...]:
        """Those of these contacts that somebody holds a lease on, by id; by the clock that leases go by."""
        held = (TASKS.c.state == TaskState.LEASED.value, TASKS.c.until_s > self._after(0))
        where = (TASKS.c.contact_id.in_(list(contact_ids)), *held)
        statement = select(TASKS.c.contact_id).where(*where).order_by(TASKS.c.contact_id)
        return tuple(self._connection.execute(statement).scalars().all())

    def next_s(self, run_ids: Collection[str]) -> Seconds | None:
        """Seconds until a waiting task may be leased; `None` where none waits."""
        waiting = (TASKS.c.run_id.in_(run_ids), TASKS.c.state == TaskState.WAITING.value)
        least = self._connection.execute(select(func.min(TASKS.c.not_before_s)).where(*waiting)).scalar()
        return None if least is None else max(0.0, float(least) - self.now())

    def counts(self, run_id: str) -> Mapping[TaskState, int]:
        """Tasks of a run by state."""
        grouped = select(TASKS.c.state, func.count()).where(TASKS.c.run_id == run_id).group_by(TASKS.c.state)
        return {TaskState(state): count for state, count in self._connection.execute(grouped)}

    def states(self, run_ids: Collection[str]) -> Mapping[tuple[str, str], TaskState]:
        """State by run and contact."""
        rows = self._each(select(TASKS.c.run_id, TASKS.c.contact_id, TASKS.c.state).where(TASKS.c.run_id.in_(run_ids)))
        return {(row.run_id, row.contact_id): TaskState(row.state) for row in rows}

    def pace(self, run_id: str, since_s: float) -> tuple[int, float, float]:
        """Tasks that ended since a moment: how many, and when the first and the last did."""
        ended = (TASKS.c.run_id == run_id, TASKS.c.state.in_(CLOSED), TASKS.c.until_s >= since_s)
        what = (func.count(), func.min(TASKS.c.until_s), func.max(TASKS.c.until_s))
        count, first, last = self._connection.execute(select(*what).where(*ended)).one()
        return count, first or 0.0, last or 0.0

    def errors(self, run_id: str) -> Mapping[str, str]:
        """Why contacts of a run were quarantined, at length."""
        told = (TASKS.c.run_id == run_id, TASKS.c.error != "")
        rows = self._connection.execute(select(TASKS.c.contact_id, TASKS.c.error).where(*told))
        return {row.contact_id: row.error for row in rows}


def _row(run_id: str, priority: int, wanted: Wanted) -> dict[str, object]:
    return {
        "run_id": run_id, "contact_id": wanted.contact_id, "state": TaskState.WAITING.value, "priority": priority,
        "position": wanted.position, "length_s": wanted.length_s, "not_before_s": 0.0, "attempts": 0, "owner": "",
        "until_s": 0.0, "error": "",
    }  # fmt: skip


def _named(leases: Sequence[Lease]) -> ColumnElement[bool]:
    return tuple_(TASKS.c.run_id, TASKS.c.contact_id).in_([(lease.run_id, lease.contact_id) for lease in leases])


def _held(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return (
        TASKS.c.run_id == lease.run_id, TASKS.c.contact_id == lease.contact_id, TASKS.c.token == lease.token,
        TASKS.c.state == TaskState.LEASED.value,
    )  # fmt: skip


def _left(task: Abandoned) -> tuple[ColumnElement[bool], ...]:
    return (
        TASKS.c.run_id == task.run_id, TASKS.c.contact_id == task.contact_id, TASKS.c.owner == task.owner,
        TASKS.c.state == TaskState.LEASED.value, TASKS.c.until_s == task.until_s,
    )  # fmt: skip


def _in_parts(wanted: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
    for start in range(0, len(wanted), AT_ONCE):
        yield wanted[start : start + AT_ONCE]
