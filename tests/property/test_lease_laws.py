"""Whatever workers do, and however time goes: one valid holder a contact, none lost, none published twice.

A model keeps what each worker believes it holds and who may really publish; the store has to agree with it. The clock
is ours, so that leases run out without anybody waiting.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import create_engine

from qm.domain.run import TODAY, Run, RunKind, RunState
from qm.domain.work import TaskState, Wanted, is_spent
from qm.storage import tables
from qm.storage.task_store import SqlTaskStore
from tests.unit import builders

LEASE_S, ATTEMPTS = 60.0, 3
NAMES = [f"c{number}" for number in range(5)]
WORKERS = ["w1", "w2", "w3"]


class Leases(RuleBasedStateMachine):
    """Three workers over five contacts of one run."""

    def __init__(self):
        super().__init__()
        self.now = 1000.0
        self.engine = create_engine("sqlite://")
        tables.metadata.create_all(self.engine)
        self.connection = self.engine.connect()
        self.tasks = SqlTaskStore(self.connection, lambda: self.now)
        self.believed = {worker: {} for worker in WORKERS}
        self.closed = {}
        self.tries = dict.fromkeys(NAMES, 0)
        self.is_cancelled = False

    @initialize()
    def want(self):
        self.tasks.begin(Run("r", "day", builders.NINE, None, ""), RunKind.DAY, TODAY)
        self.tasks.add("r", [Wanted(name, place) for place, name in enumerate(NAMES)])
        self.tasks.move("r", (RunState.WANTED,), RunState.RUNNING)

    @rule(worker=st.sampled_from(WORKERS), most=st.integers(1, 3))
    def lease(self, worker, most):
        before = self._holders()
        for lease in self.tasks.lease(worker, ["r"], most, 1e9, LEASE_S):
            assert lease.contact_id not in before, "it has a holder"
            assert lease.contact_id not in self.closed, "it's over"
            self.tries[lease.contact_id] += 1
            self.believed[worker][lease.contact_id] = lease

    @rule(worker=st.sampled_from(WORKERS))
    def beat(self, worker):
        leases = list(self.believed[worker].values())
        assert self.tasks.renew(leases, worker, LEASE_S) == {
            lease.contact_id for lease in leases if self._holders().get(lease.contact_id) == (worker, lease.token)
        }

    @rule(seconds=st.sampled_from([1.0, 30.0, 61.0, 200.0]))
    def pass_time(self, seconds):
        self.now += seconds

    @rule(gone=st.sets(st.sampled_from(WORKERS), max_size=2))
    def take_up(self, gone):
        """As every worker does before it leases; some owners are known to be gone."""
        for task in self.tasks.abandoned(lambda owner: owner in gone):
            assert task.owner in gone or task.until_s < self.now
            if is_spent(task.attempts, ATTEMPTS):
                assert self.tries[task.contact_id] >= ATTEMPTS
                assert self.tasks.poison(task, "died")
                self.closed[task.contact_id] = TaskState.QUARANTINED
            else:
                assert self.tasks.free(task, 0.0)

    @precondition(lambda self: any(self.believed.values()))
    @rule(worker=st.sampled_from(WORKERS), most=st.integers(1, 3))
    def overtake(self, worker, most):
        """All leases run out, and one worker takes what the others still believe to hold: late holders abound."""
        self.pass_time(200.0)
        self.take_up(set())
        self.lease(worker, most)

    @rule(worker=st.sampled_from(WORKERS), data=st.data())
    @precondition(lambda self: any(self.believed.values()))
    def publish(self, worker, data):
        """A worker that may long have lost its lease ends a contact."""
        if not self.believed[worker]:
            return
        name = data.draw(st.sampled_from(sorted(self.believed[worker])))
        lease = self.believed[worker].pop(name)
        is_valid = self._holders().get(name) == (worker, lease.token)
        assert self.tasks.holds(lease, LEASE_S) == is_valid
        state = self.tasks.close(lease, TaskState.DONE)
        if is_valid:
            assert state is TaskState.DONE
            assert name not in self.closed, "published twice"
            self.closed[name] = TaskState.DONE
        else:
            assert state is None

    @rule(worker=st.sampled_from(WORKERS))
    def give_back(self, worker):
        mine = [lease for lease in self.believed[worker].values()
                if self._holders().get(lease.contact_id) == (worker, lease.token)]  # fmt: skip
        self.tasks.give_back(list(self.believed[worker].values()))
        for lease in mine:
            self.tries[lease.contact_id] -= 1
        self.believed[worker].clear()

    @rule(worker=st.sampled_from(WORKERS))
    def forget(self, worker):
        """A worker dies; its leases stay where they are."""
        self.believed[worker].clear()

    @rule(name=st.sampled_from(NAMES))
    def change(self, name):
        if name in self._holders():
            self.tries[name] = 0
        self.tasks.withdraw([name])

    @precondition(lambda self: len(self.closed) > 2 and not self.is_cancelled)
    @rule()
    def cancel(self):
        self.is_cancelled = True
        self.tasks.cancel("r")
        self.closed |= {name: TaskState.CANCELLED for name in NAMES if name not in self.closed}

    def _holders(self):
        """Who may publish, and under which token."""
        rows = self.connection.execute(tables.tasks.select()).all()
        return {row.contact_id: (row.owner, row.token) for row in rows if row.state == TaskState.LEASED.value}

    @invariant()
    def none_is_lost_and_none_comes_back(self):
        states = {name: state for (_run, name), state in self.tasks.states(["r"]).items()}
        if states:
            assert set(states) == set(NAMES)
            assert {name: state for name, state in states.items() if not state.is_open} == self.closed

    def teardown(self):
        """In the end a worker that is left alone does everything that isn't over."""
        self.now += 1000.0
        for _ in range(30):
            for task in self.tasks.abandoned(lambda _owner: False):
                spent = is_spent(task.attempts, ATTEMPTS)
                assert self.tasks.poison(task, "died") if spent else self.tasks.free(task, 0.0)
            for lease in self.tasks.lease("last", ["r"], 8, 1e9, LEASE_S):
                assert self.tasks.close(lease, TaskState.DONE) is TaskState.DONE
        assert not self.tasks.has_open(["r"])
        self.connection.close()
        self.engine.dispose()


TestLeases = Leases.TestCase
TestLeases.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
