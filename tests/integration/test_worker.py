"""Workers over a real database: what dies, comes back late, is stopped, paused or cancelled in the middle."""

import multiprocessing
import os
import signal
from contextlib import contextmanager
from datetime import timedelta

import pytest

from pipelines.retries import Retries
from pipelines.stopping import Stop, StopRequest
from pipelines.worker import ENDED, POISON, Worker, WorkRules
from qm.domain.run import TODAY, ItemState, Run, RunKind, RunState
from qm.domain.work import Wanted, WorkerId
from qm.errors import ConnectionLostError, PassingError, StorageError
from qm.services.runs import RunService
from qm.storage.database import Database
from tests.unit import builders


class Patient(Stop):
    """Notes how long it would have waited."""

    def __init__(self):
        super().__init__()
        self.waits = []

    def wait(self, seconds):
        self.waits.append(seconds)
        self.check()


class Noted:
    """A stage that notes what it's given, and calls `act` on a contact before it's made."""

    name, version = "noted", "1"

    def __init__(self, act=lambda contact_id: None, note=None):
        self._act, self._note = act, note
        self.made = []

    def fingerprint(self, unit, contact_id):
        return unit.contacts.origin(contact_id)[1]

    def needs(self, unit, contact_id):
        return contact_id

    def run(self, needs):
        self._act(needs)
        self.made.append(needs)
        return needs

    def publish(self, unit, contact_id, output):
        if self._note:
            with self._note.open("a") as file:
                file.write(f"{contact_id}\n")


class Group(Noted):
    """Likewise for several at once."""

    def run_together(self, needs):
        return [self.run(each) for each in needs]


@pytest.fixture
def want(database):
    def make(names="abcdef", run_id="r1", version="1.0.0"):
        with database.unit_of_work() as unit:
            for place, name in enumerate(names):
                unit.contacts.save(builders.contact(name), "folder", place, "row")
            unit.tasks.begin(Run(run_id, "day", builders.NINE, None, "", version), RunKind.DAY, TODAY)
            unit.tasks.add(run_id, [Wanted(name, place) for place, name in enumerate(names)])
            unit.tasks.move(run_id, (RunState.WANTED,), RunState.RUNNING)
        return RunService(database.unit_of_work, database.reading)

    return make


class Site:
    """Makes workers over one database and remembers what they told."""

    def __init__(self, database):
        self.database, self.steps, self.stop, self.last_steps = database, [], Patient(), []

    def worker(self, stage, serial="x", gone=lambda _owner: False, unit_of_work=None, **rules):
        database = self.database
        retries = Retries(
            unit_of_work or database.unit_of_work, database.reading, stop=self.stop, most=5, draw=lambda: 0.0
        )
        return Worker(
            unit_of_work or database.unit_of_work, retries, (stage,), lambda: self.last_steps.append(serial),
            WorkRules(version="1.0.0", **rules), self.steps.append, identity=WorkerId("desk", 1, 1, serial), gone=gone,
        )  # fmt: skip

    def all_of(self, worker, most=50):
        """Step until there is nothing to do."""
        outcomes = []
        for _ in range(most):
            did = worker.step()
            outcomes += did.outcomes
            if did.is_idle:
                return [(name, outcome.value) for name, outcome in outcomes]
        raise AssertionError("it never ends")

    def tasks(self, run_id="r1"):
        with self.database.unit_of_work() as unit:
            return {name: state.value for (_run, name), state in unit.tasks.states([run_id]).items()}

    def run(self, run_id="r1"):
        with self.database.unit_of_work() as unit:
            return unit.tasks.run(run_id)


@pytest.fixture
def site(database):
    return Site(database)


def done(names):
    return [(name, "done") for name in names]


def test_a_worker_does_what_is_wanted_and_ends_the_run(site, want):
    want()
    stage = Noted()
    assert site.all_of(site.worker(stage, group=4)) == done("abcdef")
    assert stage.made == list("abcdef")
    assert site.run().state is RunState.DONE
    assert site.run().run.finished_at is not None
    assert (site.last_steps, site.steps[-1].stage) == (["x"], ENDED)


def test_two_workers_do_each_contact_once(site, want):
    want()
    first, second = Noted(), Noted()
    workers = [site.worker(first, "1", group=1), site.worker(second, "2", group=1)]
    for _round in range(5):
        for worker in workers:
            worker.step()
    assert sorted(first.made + second.made) == list("abcdef")
    assert first.made == list("ace")
    assert len(site.last_steps) == 1


def test_who_was_thought_dead_and_comes_back_late_writes_nothing(site, want):
    want("abc")
    other = Noted()

    def overtake(contact_id):
        if contact_id == "a":  # while it computes, its leases run out and another worker takes them
            assert site.all_of(site.worker(other, "2", gone=lambda owner: owner.endswith("/1"))) == done("abc")

    late = Noted(overtake)
    assert site.all_of(site.worker(late, "1")) == []
    assert (late.made, other.made) == (["a"], ["a", "b", "c"])  # b and c stood when it came to them
    assert site.tasks() == dict(done("abc"))


def test_cancelled_in_the_middle(site, want):
    service = want()
    stage = Noted(lambda name: service.cancel("r1") if name == "c" else None)
    assert site.all_of(site.worker(stage, group=4)) == done("ab")
    assert site.tasks() == dict(done("ab")) | dict.fromkeys("cdef", "cancelled")
    assert site.run().state is RunState.CANCELLED
    with site.database.unit_of_work() as unit:
        assert unit.work.state("c") is ItemState.WAITING


def test_paused_in_the_middle_and_resumed(site, want):
    service = want()
    stage = Noted(lambda name: service.pause("r1") if name == "c" else None)
    worker = site.worker(stage, group=4)
    assert site.all_of(worker) == done("abcd")  # what was begun is ended
    assert worker.step().is_idle
    service.resume("r1")
    assert site.all_of(worker) == done("ef")


def test_stopped_while_it_computes_gives_everything_back(site, want):
    want()
    stage = Noted(lambda name: site.stop.ask(signal.SIGTERM) if name == "c" else None)
    with pytest.raises(StopRequest) as stopped:
        site.all_of(site.worker(stage))
    assert stopped.value.exit_code == 143
    assert site.tasks() == dict(done("ab")) | dict.fromkeys("cdef", "waiting")
    with site.database.unit_of_work() as unit:
        assert {lease.attempts for lease in unit.tasks.lease("me", ["r1"], 8, 1e9, 60)} == {1}


def test_stopped_while_it_writes_ends_the_transaction(site, want):
    want("ab")

    class Stopping(Noted):
        def publish(self, unit, contact_id, output):
            site.stop.ask()

    with pytest.raises(StopRequest):
        site.all_of(site.worker(Stopping()))
    with site.database.unit_of_work() as unit:
        assert unit.work.published("a", "noted") == "row"
        assert unit.work.published("b", "noted") is None


def test_an_older_worker_leaves_newer_runs_alone_and_says_which_side_to_upgrade(site, want):
    want(version="1.0.1")
    with pytest.raises(StorageError, match=r"run r1 is of version 1\.0\.1, this worker of 1\.0\.0") as error:
        site.worker(Noted()).step()
    assert (error.value.code, "upgrade this worker" in error.value.hint) == ("worker.version", True)
    assert set(site.tasks().values()) == {"waiting"}


def test_a_newer_worker_takes_an_older_run_over(site, want):
    want(version="0.9")
    site.worker(Noted(), group=1).step()
    assert site.run().run.version == "1.0.0"


def test_another_host_s_contacts_are_taken_once_its_leases_ran_out(site, want):
    want("ab")
    with site.database.unit_of_work() as unit:
        unit.tasks.lease("elsewhere/1/1/z", ["r1"], 8, 1e9, -1.0)
    assert site.all_of(site.worker(Noted())) == done("ab")


def test_an_object_that_cant_be_had_for_the_moment_is_tried_later_and_costs_no_try(site, want):
    want("ab")

    def fail(name):
        raise PassingError("objects.away", "the store is away", "wait")

    assert site.all_of(site.worker(Noted(fail))) == []
    assert site.tasks() == {"a": "waiting", "b": "waiting"}
    with site.database.unit_of_work() as unit:
        assert 25 <= unit.tasks.next_s(["r1"]) <= 60
    assert site.stop.waits == [1.0, 2.0, 4.0, 8.0]


class Flaky:
    """Transactions whose connection breaks: before they begin, before the commit, or after it."""

    def __init__(self, unit_of_work, breaks):
        self._unit_of_work, self._breaks = unit_of_work, iter(breaks)
        self.broken = 0

    @contextmanager
    def __call__(self):
        when = next(self._breaks, "")
        self.broken += bool(when)
        lost = ConnectionLostError("database.connection_lost", "the connection broke", "run again")
        if when == "before":
            raise lost
        with self._unit_of_work() as unit:
            yield unit
            if when == "within":
                raise lost
        if when == "after":
            raise lost


@pytest.mark.parametrize("when", ["before", "within", "after"])
@pytest.mark.parametrize("offset", [0, 1, 2])
def test_connections_that_break_anywhere_lose_nothing_and_do_nothing_twice(site, want, when, offset):
    want("abc")
    breaks = ["" if place % 3 != offset else when for place in range(60)]
    flaky = Flaky(site.database.unit_of_work, breaks)
    stage = Noted()
    outcomes = site.all_of(site.worker(stage, unit_of_work=flaky, group=2))
    assert (outcomes, stage.made) == (done("abc"), ["a", "b", "c"])
    assert site.tasks() == dict(done("abc"))
    assert site.run().state is RunState.DONE
    assert flaky.broken >= 3


def test_a_database_that_stays_away_ends_the_command(site, want):
    want("ab")
    with pytest.raises(ConnectionLostError):
        site.worker(Noted(), unit_of_work=Flaky(site.database.unit_of_work, ["before"] * 99)).step()
    assert site.stop.waits == [1.0, 2.0, 4.0, 8.0]


def test_whoever_ends_the_run_dies_and_another_takes_over(site, want):
    want("a")
    site.all_of(dying := site.worker(Noted(), "1"))
    with site.database.unit_of_work() as unit:
        unit.tasks.move("r1", (RunState.DONE,), RunState.RUNNING)
        assert unit.tasks.begin_finishing("r1", dying.id, 60, lambda _owner: False)
    assert site.worker(Noted(), "2").step().is_idle
    assert site.worker(Noted(), "3", gone=lambda owner: owner.endswith("/1")).step().ended == ("r1",)


def test_the_heartbeat_keeps_leases_and_tells_that_we_are_there(site, want):
    want("ab")

    def silence(name):
        with site.database.unit_of_work() as unit:  # as if a long time had passed
            unit.tasks.renew(worker.pulse._leases, worker.id, -1.0)
            assert len(unit.tasks.abandoned(lambda _owner: False)) == 2
        worker.pulse.beat()
        with site.database.unit_of_work() as unit:
            assert unit.tasks.abandoned(lambda _owner: False) == ()
            (row,) = unit.tasks.workers()
            assert (row.state, row.run_id, row.pid) == ("busy", "r1", 1)

    stage = Group(lambda name: silence(name) if name == "a" else None)
    worker = site.worker(stage)
    with worker:
        worker.step()
    with site.database.unit_of_work() as unit:
        assert unit.tasks.workers() == ()


def test_a_heartbeat_that_fails_is_counted_and_stops_nothing(site, want):
    want("a")
    worker = site.worker(Noted(), unit_of_work=Flaky(site.database.unit_of_work, ["before", "", "before"]))
    worker.pulse.beat()
    assert worker.pulse.failures == 1
    worker.pulse.beat()
    assert worker.pulse.failures == 0


def test_one_that_kills_its_worker_is_put_away_and_the_other_seven_are_done(sqlite_url, tmp_path):
    """Real processes, killed over the same contact; each death counts, and the group it was in goes one by one."""
    database = Database(sqlite_url)
    site, note = Site(database), tmp_path / "published"
    with database.unit_of_work() as unit:
        for place, name in enumerate("abcdefgh"):
            unit.contacts.save(builders.contact(name), "folder", place, "row")
        unit.tasks.begin(Run("r1", "day", builders.NINE, None, "", "1.0.0"), RunKind.DAY, TODAY)
        unit.tasks.add("r1", [Wanted(name, place) for place, name in enumerate("abcdefgh")])
        unit.tasks.move("r1", (RunState.WANTED,), RunState.RUNNING)
    database.close()

    def child():
        def act(name):
            if name == "c":
                os.kill(os.getpid(), signal.SIGKILL)

        own = Site(Database(sqlite_url))
        with own.worker(Group(act, note), gone=lambda _owner: True, attempts=3) as worker:
            while not worker.step().is_idle or own.run().state is not RunState.DONE:
                own.stop.waits.clear()
                with own.database.unit_of_work() as unit:  # nobody waits for the pause between two tries
                    unit.tasks.set_priority("r1", 0)
                    _no_pause(unit)

    fork = multiprocessing.get_context("fork")
    codes = []
    while not codes or codes[-1] != 0:
        process = fork.Process(target=child)
        process.start()
        process.join()
        codes.append(process.exitcode)
        assert len(codes) < 10
    assert codes == [-signal.SIGKILL] * 3 + [0]
    assert site.tasks() == dict(done("abdefgh")) | {"c": "quarantined"}
    assert sorted(note.read_text().split()) == list("abdefgh")
    with database.unit_of_work() as unit:
        (entry,) = unit.work.quarantined()
        assert (entry.subject, entry.code, entry.command) == ("c", POISON, "qm retry c")
        assert "3 times" in unit.tasks.errors("r1")["c"]
    database.close()


def _no_pause(unit):
    from sqlalchemy import update

    from qm.storage import tables

    waiting = tables.tasks.c.not_before_s > 0
    unit.connection.execute(update(tables.tasks).where(waiting).values(not_before_s=1.0))


def test_a_run_that_is_over_can_neither_be_paused_nor_cancelled(site, want):
    service = want("a")
    site.all_of(site.worker(Noted()))
    for change in (service.pause, service.resume, service.cancel, lambda run_id: service.set_priority(run_id, 5)):
        with pytest.raises(Exception, match=r"run\.state"):
            change("r1")


def test_what_is_told_of_runs(site, want):
    service = want("abcdef")
    want("x", "r2")
    with site.database.unit_of_work() as unit:
        unit.tasks.move("r2", (RunState.RUNNING,), RunState.PAUSED)
    worker = site.worker(Noted(), group=5)
    worker.step()
    first, second = service.every()
    assert (first.id, second.state) == ("r1", RunState.PAUSED) or (second.id, first.state) == ("r1", RunState.PAUSED)
    view = service.get("r1").view
    assert (view.counts["done"], view.left, view.pace.n) == (5, 1, 5)
    assert view.left_s == pytest.approx(view.pace.seconds / 5, rel=0.01)
    assert view.age_s > timedelta(days=1).total_seconds()
