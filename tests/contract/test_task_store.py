"""Leases of contacts on both databases: each has one holder at a time, and whoever held it before is refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from qm.domain.run import BACK_LOAD, TODAY, Run, RunKind, RunState
from qm.domain.work import TaskState, Wanted, WorkerRow
from qm.errors import NotFoundError
from tests.unit import builders

NOBODY, EVERYBODY = (lambda _owner: False), (lambda _owner: True)
ALL = 10_000


@pytest.fixture
def wanting(database):
    """Runs over contacts that stand in the database."""

    def want(run_id="r1", names="abc", priority=TODAY, lengths=None, started=0):
        run = Run(run_id, f"day of {run_id}", builders.NINE + timedelta(hours=started), None, "", "1.0.0")
        wanted = [Wanted(name, place, (lengths or {}).get(name, 0.0)) for place, name in enumerate(names)]
        with database.unit_of_work() as unit:
            for place, name in enumerate(names):
                unit.contacts.save(builders.contact(name), "folder", place, "row")
            unit.tasks.begin(run, RunKind.DAY, priority)
            elsewhere = unit.tasks.add(run_id, wanted)
            unit.tasks.move(run_id, (RunState.WANTED,), RunState.RUNNING)
        return run, dict(elsewhere)

    return want


def lease(database, owner="me", runs=("r1",), most=8, most_s=3600.0, lease_s=60.0):
    with database.unit_of_work() as unit:
        return unit.tasks.lease(owner, runs, most, most_s, lease_s)


def names(leases):
    return [each.contact_id for each in leases]


def states(database, run_id="r1"):
    with database.unit_of_work() as unit:
        return {name: state.value for (_run, name), state in unit.tasks.states([run_id]).items()}


def use(database, name, *arguments):
    with database.unit_of_work() as unit:
        return getattr(unit.tasks, name)(*arguments)


def test_contacts_are_leased_in_order_and_once(database, wanting):
    wanting(names="cab")
    assert names(lease(database, most=2)) == ["c", "a"]
    assert names(lease(database, "you")) == ["b"]
    assert lease(database, "her") == ()


def test_today_goes_before_what_is_older(database, wanting):
    wanting("old", "ab", BACK_LOAD)
    wanting("new", "cd", TODAY)
    assert names(lease(database, runs=("old", "new"), most=3)) == ["c", "d", "a"]
    use(database, "set_priority", "old", -1)
    assert names(lease(database, runs=("old", "new"))) == ["b"]


def test_a_group_ends_where_there_is_too_much_audio(database, wanting):
    wanting(names="abcd", lengths={"a": 30.0, "b": 40.0, "c": 90.0, "d": 10.0})
    assert names(lease(database, most_s=80.0)) == ["a", "b"]
    assert names(lease(database, most_s=80.0)) == ["c"]
    assert names(lease(database, most_s=80.0)) == ["d"]


def test_who_was_held_by_a_dead_worker_goes_alone_and_in_its_place(database, wanting):
    wanting(names="abcd")
    lease(database, "dead", most=2)
    with database.unit_of_work() as unit:
        assert [unit.tasks.free(task, 0.0) for task in unit.tasks.abandoned(EVERYBODY)] == [True, True]
    assert [names(lease(database)) for _ in range(3)] == [["a"], ["b"], ["c", "d"]]


def test_what_waits_for_its_moment_isnt_leased(database, wanting):
    wanting(names="a")
    held = lease(database)
    use(database, "give_back", held, 1000.0)
    assert lease(database) == ()
    assert 900 < use(database, "next_s", ["r1"]) <= 1000
    assert use(database, "next_s", ["other"]) is None


def test_a_lease_that_was_given_back_doesnt_count_as_a_try(database, wanting):
    wanting(names="a")
    use(database, "give_back", lease(database))
    (again,) = lease(database)
    assert (again.attempts, again.token) == (1, 2)


def test_late_holder_is_refused_everything(database, wanting):
    wanting(names="a")
    (late,) = lease(database, "late")
    with database.unit_of_work() as unit:
        (task,) = unit.tasks.abandoned(EVERYBODY)
        assert unit.tasks.free(task, 0.0)
        assert not unit.tasks.holds(late, 60.0)
    (new,) = lease(database, "new")
    with database.unit_of_work() as unit:
        assert not unit.tasks.holds(late, 60.0)
        assert unit.tasks.close(late, TaskState.DONE) is None
        assert unit.tasks.renew([late], "late", 60.0) == frozenset()
        unit.tasks.give_back([late])
        assert unit.tasks.holds(new, 60.0)
    assert states(database) == {"a": "leased"}


def test_closing_twice_says_what_it_was_closed_as(database, wanting):
    wanting(names="a")
    (held,) = lease(database)
    assert use(database, "close", held, TaskState.DONE) is TaskState.DONE
    assert use(database, "close", held, TaskState.UNCHANGED) is TaskState.DONE


def test_renewing_keeps_a_lease_from_being_taken(database, wanting):
    wanting(names="ab")
    held = lease(database, "me", lease_s=-1.0)
    assert len(use(database, "abandoned", NOBODY)) == 2
    assert use(database, "renew", held, "me", 60.0) == frozenset("ab")
    assert use(database, "abandoned", NOBODY) == ()


def test_an_owner_that_came_back_keeps_its_contact(database, wanting):
    wanting(names="a")
    held = lease(database, "me", lease_s=-1.0)
    (task,) = use(database, "abandoned", NOBODY)
    use(database, "renew", held, "me", 60.0)
    assert not use(database, "free", task, 0.0)
    assert not use(database, "poison", task, "why")


def test_a_contact_that_changed_is_taken_from_its_holder(database, wanting):
    wanting(names="a")
    (held,) = lease(database)
    use(database, "withdraw", ["a"])
    assert not use(database, "holds", held, 60.0)
    assert names(lease(database)) == ["a"]


def test_cancelled_contacts_are_refused_to_their_holder(database, wanting):
    wanting(names="ab")
    (held,) = lease(database, most=1)
    assert use(database, "cancel", "r1") == 2
    assert use(database, "close", held, TaskState.DONE) is None
    assert not use(database, "holds", held, 60.0)
    assert states(database) == {"a": "cancelled", "b": "cancelled"}


def test_a_contact_is_open_in_one_run_only(database, wanting):
    wanting("r1", "ab")
    _run, elsewhere = wanting("r2", "bc")
    assert elsewhere == {"b": "r1"}
    assert names(lease(database, runs=("r2",))) == ["c"]


def test_contacts_of_a_paused_run_come_over(database, wanting):
    wanting("r1", "ab")
    use(database, "move", "r1", (RunState.RUNNING,), RunState.PAUSED)
    assert wanting("r2", "b")[1] == {}
    assert (states(database, "r1"), states(database, "r2")) == ({"a": "waiting", "b": "cancelled"}, {"b": "waiting"})


def test_a_contact_may_be_wanted_again(database, wanting):
    run, _ = wanting(names="a")
    (first,) = lease(database)
    use(database, "close", first, TaskState.DONE)
    use(database, "add", run.id, [Wanted("a", 0)])
    (second,) = lease(database)
    assert second.token > first.token
    assert use(database, "close", first, TaskState.DONE) is None


def test_one_worker_ends_a_run_and_another_takes_over_when_it_dies(database, wanting):
    run, _ = wanting(names="a")
    assert not use(database, "begin_finishing", "r1", "me", 60.0, NOBODY)  # a contact is left
    use(database, "close", lease(database)[0], TaskState.DONE)
    assert use(database, "begin_finishing", "r1", "me", 60.0, NOBODY)
    assert not use(database, "begin_finishing", "r1", "you", 60.0, NOBODY)
    assert use(database, "begin_finishing", "r1", "you", 60.0, EVERYBODY)
    assert not use(database, "end", run, "me")
    assert use(database, "end", run, "you")
    assert not use(database, "begin_finishing", "r1", "me", 60.0, EVERYBODY)
    assert use(database, "run", "r1").state is RunState.DONE


def test_a_run_whose_finisher_went_silent_is_taken_over(database, wanting):
    wanting(names="a")
    use(database, "close", lease(database)[0], TaskState.DONE)
    assert use(database, "begin_finishing", "r1", "me", -1.0, NOBODY)
    assert use(database, "begin_finishing", "r1", "you", 60.0, NOBODY)


def test_a_run_isnt_over_where_new_contacts_came_meanwhile(database, wanting):
    run, _ = wanting(names="a")
    use(database, "close", lease(database)[0], TaskState.DONE)
    use(database, "begin_finishing", "r1", "me", 60.0, NOBODY)
    use(database, "add", "r1", [Wanted("a", 0)])
    assert not use(database, "end", run, "me")


def test_a_named_lock_has_one_holder(database):
    assert use(database, "acquire", "schedule", "me", 60.0, NOBODY)
    assert use(database, "acquire", "schedule", "me", 60.0, NOBODY)
    assert not use(database, "acquire", "schedule", "you", 60.0, NOBODY)
    assert use(database, "holder", "schedule") == "me"
    use(database, "release", "schedule", "you")
    assert use(database, "holder", "schedule") == "me"
    assert use(database, "acquire", "schedule", "you", 60.0, EVERYBODY)
    use(database, "release", "schedule", "you")
    assert use(database, "holder", "schedule") == ""
    assert use(database, "acquire", "schedule", "me", -1.0, NOBODY)
    assert use(database, "acquire", "schedule", "you", 60.0, NOBODY)


def test_workers_come_and_go(database):
    row = WorkerRow("desk#1/7/9/a", "desk#1", 7, "1.0.0", "busy", "r1", 1.0, 2.0)
    use(database, "greet", row)
    use(database, "greet", row)
    assert use(database, "workers") == (row,)
    use(database, "leave", row.id)
    assert use(database, "workers") == ()


def test_counts_pace_and_errors(database, wanting):
    wanting(names="abc")
    first, second, _third = lease(database)
    use(database, "close", first, TaskState.DONE)
    use(database, "close", second, TaskState.QUARANTINED, "the whole traceback")
    assert use(database, "counts", "r1") == {TaskState.DONE: 1, TaskState.QUARANTINED: 1, TaskState.LEASED: 1}
    assert use(database, "errors", "r1") == {"b": "the whole traceback"}
    ended, begun, last = use(database, "pace", "r1", 0.0)
    assert (ended, begun <= last) == (2, True)
    assert use(database, "pace", "r1", last + 1)[0] == 0


def test_runs_that_nobody_knows(database):
    with pytest.raises(NotFoundError, match="no run 'x'"):
        use(database, "run", "x")


def test_four_workers_at_once_never_get_the_same_contact(database, wanting):
    wanting(names=[f"c{number}" for number in range(300)])

    def work(owner):
        mine = []
        while group := lease(database, owner):
            mine += names(group)
        return mine

    with ThreadPoolExecutor(4) as pool:
        got = [name for part in pool.map(work, "abcd") for name in part]
    assert len(got) == len(set(got)) == 300
