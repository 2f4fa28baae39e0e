"""A worker: leases contacts, brings them through their stages, ends runs. Wherever it runs, the loop is the same."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Self

from pipelines.identity import is_gone, this_worker
from pipelines.pulse import Pulse
from pipelines.retries import Retries
from pipelines.runner import ContactRunner, Outcome, Step, Watch, retry_command
from pipelines.stage import Stage
from qm import __version__
from qm.domain.run import Quarantine, Run, RunRow, RunState
from qm.domain.work import Abandoned, Lease, TaskState, WorkerId, WorkerRow, fair_group, is_spent, version_key
from qm.errors import LeaseLostError, PassingError, StorageError
from qm.operations.logs import log
from qm.operations.metrics import count
from qm.operations.traces import record_run
from qm.ports import Unit, UnitOfWork
from qm.units import Seconds

WORKABLE = (RunState.WANTED, RunState.RUNNING)
IDLE_S: Seconds = 1.0
"""Between two looks for work, where there was none."""
POISON = "work.poison"
ENDED = "ended"
"""In the place of a stage, with a run in the place of a contact: its last step was done."""
LONG = 6
"""Tries after which the pause is about a minute."""


@dataclass(frozen=True)
class WorkRules:
    """How much is leased at once, for how long, and how often a contact is tried.

    Attributes:
        group: contacts at most, and `group_s` seconds of audio.
        version: of the product; runs of a newer one are left alone.
    """

    group: int = 8
    group_s: Seconds = 3600.0
    lease_s: Seconds = 60.0
    attempts: int = 3
    version: str = __version__


@dataclass(frozen=True)
class Did:
    """What one step did.

    Attributes:
        outcomes: of contacts that this worker ended, in order.
        ended: runs whose last step it did.
        wait_s: how long to wait before the next step where there was nothing to do.
    """

    outcomes: tuple[tuple[str, Outcome], ...] = ()
    ended: tuple[str, ...] = ()
    wait_s: Seconds = 0.0

    @property
    def is_idle(self) -> bool:
        """True where nothing could be done."""
        return not self.outcomes and not self.ended and self.wait_s > 0


class LeaseClaim:
    """The leases of one group as the right to publish: each transaction holds on to its row, or is refused."""

    def __init__(self, leases: Sequence[Lease], lease_s: Seconds) -> None:
        self._leases = {lease.contact_id: lease for lease in leases}
        self._lease_s = lease_s

    def run_of(self, contact_id: str) -> str:
        """The run that it was leased for."""
        lease = self._leases.get(contact_id)
        return lease.run_id if lease else ""

    def check(self, unit: Unit, contact_id: str) -> None:
        """Return where it's still ours."""
        if not unit.tasks.holds(self._leases[contact_id], self._lease_s):
            raise _lost(contact_id)

    def ended(self, unit: Unit, contact_id: str) -> Outcome | None:
        """What the task was ended as under this lease."""
        state = unit.tasks.ended(self._leases[contact_id])
        return None if state is None else Outcome(state.value)

    def close(self, unit: Unit, contact_id: str, outcome: Outcome, trouble: str) -> Outcome:
        """End the task; what became of it, where a commit in doubt had ended it before."""
        state = unit.tasks.close(self._leases[contact_id], TaskState(outcome.value), trouble)
        if state is None:
            raise _lost(contact_id)
        return Outcome(state.value)


class Worker:
    """Pulls work from the database until nobody wants it any more.

    Use it as a context: it greets and leaves, and its heartbeat ends with the block.

    Args:
        stages: of a contact, after its bytes were taken in.
        last_step: what follows once all contacts of a run are done; may be done twice.
        seconds: filled with the time spent by stage.
        gone: whether an owner of a lease is known to have ended.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, retries: Retries, stages: Sequence[Stage[Any, Any]],
        last_step: Callable[[], None], rules: WorkRules, watch: Watch, seconds: dict[str, float] | None = None,
        identity: WorkerId | None = None, gone: Callable[[str], bool] = is_gone,
    ) -> None:  # fmt: skip
        self.id = str(identity or this_worker())
        self.seconds = {} if seconds is None else seconds
        self._unit_of_work = unit_of_work
        self._retries = retries
        self._stages = stages
        self._last_step = last_step
        self._rules = rules
        self._watch = watch
        self._gone = gone
        self._held: tuple[Lease, ...] = ()
        host, pid, *_rest = self.id.rsplit("/", 3)
        row = WorkerRow(self.id, host, int(pid), rules.version, "idle", "", 0.0, 0.0)
        self.pulse = Pulse(unit_of_work, row, rules.lease_s)

    def __enter__(self) -> Self:
        self.pulse.beat()
        self.pulse.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.pulse.stop()
        with suppress(StorageError), self._unit_of_work() as unit:  # a worker that can't leave is struck off later
            unit.tasks.leave(self.id)

    def step(self, scope: Collection[str] = ()) -> Did:
        """Lease one group and do it; where there is none, end runs that are through.

        Args:
            scope: runs to work on; empty: all that are wanted.

        Raises:
            EngineError: no contact can be recognised; what was leased was given back.
            StorageError: likewise, or a newer version is at work here (`worker.version`).
            StopRequest: somebody asked to stop; what was leased was given back.
        """
        try:
            self._retries.write(lambda unit: self._take(unit, scope))
            if self._held:
                return Did(self._work())
        finally:
            self.give_back()
        ended = self._end_runs(scope)
        return Did((), ended, 0.0 if ended else self._pause(scope))

    def take_up(self, gone: Callable[[str], bool]) -> None:
        """Let what dead workers held be tried again, and strike them off.

        Args:
            gone: whether an owner of leases has ended.
        """

        def look(unit: Unit) -> None:
            for task in unit.tasks.abandoned(gone):
                self._take_up(unit, task)
            for worker in unit.tasks.workers():
                if gone(worker.id):
                    unit.tasks.leave(worker.id)

        self._retries.write(look)

    def _take(self, unit: Unit, scope: Collection[str]) -> None:
        unit.tasks.give_back(self._held)  # done again after a commit in doubt: what that leased, if it did
        self._held = ()
        runs = [row for row in unit.tasks.runs(WORKABLE) if not scope or row.run.id in scope]
        for row in runs:
            self._compare_versions(unit, row)
        for task in unit.tasks.abandoned(self._gone):
            self._take_up(unit, task)
        if runs:
            ids = [row.run.id for row in runs]
            rules = self._rules
            fresh_s = unit.tasks.now() - rules.lease_s
            crowd = sum(worker.seen_s > fresh_s for worker in unit.tasks.workers())
            most = fair_group(rules.group, crowd, lambda limit: unit.tasks.waiting(ids, limit))
            self._held = unit.tasks.lease(self.id, ids, most, rules.group_s, rules.lease_s)

    def _compare_versions(self, unit: Unit, row: RunRow) -> None:
        ours, theirs = version_key(self._rules.version), version_key(row.run.version)
        if theirs > ours:
            message = f"run {row.run.id} is of version {row.run.version}, this worker of {self._rules.version}"
            raise StorageError("worker.version", message, "upgrade this worker: install the newer version here")
        if theirs < ours:
            unit.tasks.raise_version(replace(row.run, version=self._rules.version))

    def _take_up(self, unit: Unit, task: Abandoned) -> None:
        """Let a dead worker's contact be tried again, or put it away where it was its worker's death too often."""
        if not is_spent(task.attempts, self._rules.attempts):
            unit.tasks.free(task, self._retries.pause(task.attempts - 1) if task.attempts > 1 else 0.0)
            return
        message = f"its worker died {task.attempts} times over this contact"
        if unit.tasks.poison(task, f"{message}; the last one was {task.owner}"):
            hint = "look at the worker's log and the recording; the retry tries it anew"
            entry = Quarantine(task.contact_id, "work", POISON, message, hint, retry_command(task.contact_id))
            unit.work.quarantine(entry, is_contact=True)
            unit.hooks.tell("contact.quarantined", "contact", entry.subject, code=entry.code, stage=entry.stage)

    def _work(self) -> tuple[tuple[str, Outcome], ...]:
        leases = self._held
        began = perf_counter()
        claim = LeaseClaim(leases, self._rules.lease_s)
        runner = ContactRunner(self._unit_of_work, self._stages, self.seconds, claim, self._retries)
        self.pulse.hold(leases)
        outcomes = []
        try:
            for contact_id, outcome in runner.run_group([lease.contact_id for lease in leases], self._watch):
                self._held = tuple(lease for lease in self._held if lease.contact_id != contact_id)
                outcomes.append((contact_id, outcome))
                count("contacts", outcome=outcome.value)
                told = {"contact": contact_id, "run": claim.run_of(contact_id), "outcome": outcome.value}
                log.info("contact.ended", **told, worker=self.id)
        except PassingError:  # an object can't be had for the moment: others get their turn
            pause = self._retries.pause(LONG)
            held, self._held = self._held, ()
            self._retries.write(lambda unit: unit.tasks.give_back(held, pause))
        finally:
            self.pulse.hold()
        ended = {contact_id for contact_id, _outcome in outcomes}
        count("audio_seconds", sum(lease.length_s for lease in leases if lease.contact_id in ended))
        count("work_seconds", perf_counter() - began)
        return tuple(outcomes)

    def give_back(self) -> None:
        """Let others have what is leased; what is still being made of it will be refused."""
        held, self._held = self._held, ()
        if held:
            with suppress(StorageError), self._unit_of_work() as unit:  # else the leases run out by themselves
                unit.tasks.give_back(held)

    def _end_runs(self, scope: Collection[str]) -> tuple[str, ...]:
        states = (RunState.RUNNING, RunState.FINISHING)
        rows = self._retries.read(lambda unit: unit.tasks.runs(states))
        return tuple(row.run.id for row in rows if (not scope or row.run.id in scope) and self._end(row))

    def _end(self, row: RunRow) -> bool:
        """The last step of a run, unless it isn't through, or somebody else is at it."""
        run, lease_s = row.run, self._rules.lease_s
        if not self._retries.write(lambda unit: unit.tasks.begin_finishing(run.id, self.id, lease_s, self._gone)):
            return False
        self.pulse.hold(finishing=run.id)
        try:
            self._retries.again(self._last_step)
            ended = replace(run, finished_at=datetime.now(UTC))
            is_over = self._retries.write(lambda unit: self._over(unit, ended))
            if is_over:
                log.info("run.ended", run=run.id, worker=self.id)
                record_run(run.id, run.started_at.timestamp(), datetime.now(UTC).timestamp())
                self._watch(Step(run.id, ENDED))
            return is_over
        finally:
            self.pulse.hold()

    def _over(self, unit: Unit, run: Run) -> bool:
        is_over = unit.tasks.end(run, self.id)
        if is_over:
            unit.hooks.tell("run.ended", "run", run.id)
        return is_over

    def _pause(self, scope: Collection[str]) -> Seconds:
        """Until the next look: where a contact waits for its moment, no longer than that."""

        def look(unit: Unit) -> Seconds | None:
            ids = [row.run.id for row in unit.tasks.runs(WORKABLE) if not scope or row.run.id in scope]
            return unit.tasks.next_s(ids) if ids else None

        next_s = self._retries.read(look)
        return IDLE_S if next_s is None else max(0.05, min(IDLE_S, next_s))


def _lost(contact_id: str) -> LeaseLostError:
    message = f"contact '{contact_id}' was given to another worker, or its run was cancelled"
    return LeaseLostError("work.lease_lost", message, "nothing was written; the other worker goes on")
