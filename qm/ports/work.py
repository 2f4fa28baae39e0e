"""What is wanted, who holds it, and what only one process may do at a time. Times are the database's own."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from qm.domain.run import Run, RunKind, RunRow, RunState
from qm.domain.work import Abandoned, Lease, TaskState, Wanted, WorkerRow
from qm.units import Seconds


class TaskStore(Protocol):
    """Runs, their tasks, the workers, and named locks."""

    def now(self) -> float:
        """Seconds since 1970 by the database's clock: the one that all hosts share."""
        ...

    # Runs

    def begin(self, run: Run, kind: RunKind, priority: int) -> None:
        """Note a wanted run, still being taken in."""
        ...

    def run(self, run_id: str) -> RunRow:
        """One run.

        Raises:
            NotFoundError: no such run.
        """
        ...

    def runs(self, states: Collection[RunState] = ()) -> tuple[RunRow, ...]:
        """Runs in these states (all where none is named), the last begun first."""
        ...

    def move(self, run_id: str, before: Collection[RunState], after: RunState) -> bool:
        """Bring a run from one of these states into another; false where it's in none of them."""
        ...

    def set_priority(self, run_id: str, priority: int) -> None:
        """Of a run and its waiting tasks."""
        ...

    def raise_version(self, run: Run) -> None:
        """Note that a newer version works on a run, so that older ones leave it."""
        ...

    def begin_finishing(self, run_id: str, owner: str, lease_s: Seconds, is_gone: Callable[[str], bool]) -> bool:
        """Take the last step of a run that has no open task; false where somebody else has it."""
        ...

    def renew_finishing(self, run_id: str, owner: str, lease_s: Seconds) -> None:
        """Hold on to the last step of a run."""
        ...

    def end(self, run: Run, owner: str) -> bool:
        """Note that a run is over; false where its last step was taken over, or new tasks came."""
        ...

    # Tasks

    def add(self, run_id: str, wanted: Sequence[Wanted]) -> Mapping[str, str]:
        """Want contacts done, again where they were; returns those that another run has open, with that run.

        A task that waits in a paused run comes over into this one.
        """
        ...

    def shut(self, run_id: str, wanted: Wanted, state: TaskState, error: str) -> None:
        """Note a contact of a run that ended before anybody could lease it."""
        ...

    def withdraw(self, contact_ids: Collection[str]) -> None:
        """Take the lease of contacts away, since what they are made from has changed; they wait again."""
        ...

    def cancel(self, run_id: str) -> int:
        """Close all open tasks of a run; returns how many."""
        ...

    def lease(
        self, owner: str, run_ids: Collection[str], most: int, most_s: Seconds, lease_s: Seconds
    ) -> tuple[Lease, ...]:
        """Take the next contacts of these runs that go together; empty where none may be taken now."""
        ...

    def renew(self, leases: Sequence[Lease], owner: str, lease_s: Seconds) -> frozenset[str]:
        """Hold on to leases; returns the contacts that are still ours."""
        ...

    def holds(self, lease: Lease, lease_s: Seconds) -> bool:
        """True where the lease is still ours; it stays so until this transaction ends."""
        ...

    def ended(self, lease: Lease) -> TaskState | None:
        """What a task was ended as under this lease; `None` where it wasn't."""
        ...

    def close(self, lease: Lease, state: TaskState, error: str = "") -> TaskState | None:
        """End a task; its state, also where it was ended under this lease before. `None` where it's ours no more."""
        ...

    def give_back(self, leases: Sequence[Lease], pause_s: Seconds = 0.0) -> None:
        """Let others have what is still ours; these tries don't count."""
        ...

    def abandoned(self, is_gone: Callable[[str], bool]) -> tuple[Abandoned, ...]:
        """Leased tasks whose owner is gone or whose lease has run out."""
        ...

    def free(self, task: Abandoned, pause_s: Seconds) -> bool:
        """Let an abandoned task wait again; its try counts. False where its owner came back meanwhile."""
        ...

    def poison(self, task: Abandoned, error: str) -> bool:
        """Close an abandoned task that isn't tried any more. False as above."""
        ...

    def has_open(self, run_ids: Collection[str]) -> bool:
        """True where work is left in one of these runs."""
        ...

    def waiting(self, run_ids: Collection[str], limit: int) -> int:
        """How many contacts wait, counted up to a limit."""
        ...

    def at_work(self, contact_ids: Collection[str]) -> tuple[str, ...]:
        """Those of these contacts that somebody holds a lease on, by id."""
        ...

    def next_s(self, run_ids: Collection[str]) -> Seconds | None:
        """Seconds until a waiting task may be leased; `None` where none waits."""
        ...

    def counts(self, run_id: str) -> Mapping[TaskState, int]:
        """Tasks of a run by state."""
        ...

    def states(self, run_ids: Collection[str]) -> Mapping[tuple[str, str], TaskState]:
        """State by run and contact."""
        ...

    def pace(self, run_id: str, since_s: float) -> tuple[int, float, float]:
        """Tasks that ended since a moment: how many, and when the first and the last did."""
        ...

    def errors(self, run_id: str) -> Mapping[str, str]:
        """Why contacts of a run were quarantined, at length."""
        ...

    # Workers and locks

    def greet(self, worker: WorkerRow) -> None:
        """Note that a worker is there."""
        ...

    def leave(self, worker_id: str) -> None:
        """Strike a worker off."""
        ...

    def workers(self) -> tuple[WorkerRow, ...]:
        """All workers by id."""
        ...

    def acquire(self, name: str, owner: str, lease_s: Seconds, is_gone: Callable[[str], bool]) -> bool:
        """Take or keep a named lock; false where somebody else has it."""
        ...

    def holder(self, name: str) -> str:
        """Who has a named lock; empty where nobody has."""
        ...

    def release(self, name: str, owner: str) -> None:
        """Let a named lock go."""
        ...
