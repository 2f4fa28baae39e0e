"""Quick stages share a transaction where nobody has to wait for it; what they come to is the same, failing or not."""

from dataclasses import replace
from itertools import count as count_from

import pytest
from sqlalchemy import event

from pipelines.runner import ContactRunner, Outcome
from qm.domain.run import ItemState
from qm.errors import ContactError, NotFoundError
from tests.unit import builders

CONTACT = builders.contact("C-1")


class Made:
    """A stage whose output is its name; `failure` is raised, or returned where it's asked for."""

    version = "1"

    def __init__(self, name, *, quick=True, instant=False, failure=None, returns=False):
        self.name, self._quick, self._instant, self._failure, self._returns = name, quick, instant, failure, returns
        self.runs = 0

    def fingerprint(self, unit, contact_id):
        return f"{self.name} of {unit.contacts.origin(contact_id)[1]}"

    def needs(self, unit, contact_id):
        return unit.contacts.get(contact_id)

    def is_quick(self, _needs):
        return self._quick

    def is_instant(self, _needs):
        return self._instant

    def run(self, _needs):
        self.runs += 1
        if self._failure and not self._returns:
            raise self._failure
        return self._failure or self.name

    def publish(self, unit, contact_id, output):
        unit.outputs.save_recording(contact_id, output)


@pytest.fixture
def commits(database):
    """Moments at which a transaction was committed, from now on."""
    with database.unit_of_work() as unit:
        unit.contacts.save(CONTACT, "/day", 0, "row")
    found = []
    event.listen(database._engine, "commit", lambda _connection: found.append(1))
    return found


def work(database, *stages, seconds=None):
    spent = {} if seconds is None else seconds
    outcome = ContactRunner(database.unit_of_work, stages, spent).run("C-1", lambda _step: None)
    with database.reading() as unit:
        return outcome, [stage.name for stage in stages if unit.work.published("C-1", stage.name)]


def test_all_is_done_in_fewer_transactions_where_nobody_waits(database, commits):
    stages = [Made("slow", quick=False), *map(Made, "abc")]
    assert work(database, *stages) == (Outcome.DONE, ["slow", "a", "b", "c"])
    needed = len(commits) - 1  # that of `work` itself
    with database.reading() as unit:
        is_alone = unit.blocks_writers
        assert unit.outputs.recording("C-1") == "c"
    assert needed == (1 + 4 if is_alone else 1 + 1)  # the look at the beginning is one
    assert [stage.runs for stage in stages] == [1, 1, 1, 1]


def test_what_takes_an_instant_shares_a_transaction_though_others_wait(database, commits):
    stages = [Made("slow", quick=False), *(Made(name, instant=True) for name in "abc")]
    assert work(database, *stages) == (Outcome.DONE, ["slow", "a", "b", "c"])
    assert len(commits) - 1 == 1 + 1
    assert [stage.runs for stage in stages] == [1, 1, 1, 1]


@pytest.mark.parametrize("instant", [False, True])
@pytest.mark.parametrize("returns", [False, True])
@pytest.mark.parametrize("failure", [ContactError("recording.bad", "it's bad"), ZeroDivisionError("a fault of ours")])
def test_what_was_made_before_a_failure_stands(database, commits, failure, returns, instant):
    if returns and not isinstance(failure, ContactError):
        pytest.skip("only what is known to go wrong is returned")
    failing = Made("b", instant=instant, failure=failure, returns=returns)
    stages = Made("slow", quick=False), Made("a", instant=instant), failing, Made("c")
    assert work(database, *stages) == (Outcome.QUARANTINED, ["slow", "a"])
    with database.reading() as unit:
        (entry,) = unit.work.quarantined()
        assert (entry.stage, unit.work.state("C-1")) == ("b", ItemState.QUARANTINED)
        is_joined = instant or not unit.blocks_writers
    # A fault of ours takes its transaction back, and what was made in it is made once more, apart.
    assert stages[0].runs == (2 if is_joined and isinstance(failure, ZeroDivisionError) else 1)


def test_seconds_are_told_once(database, commits, monkeypatch):
    now = count_from()
    monkeypatch.setattr("pipelines.runner.perf_counter", lambda: next(now))
    seconds = {}
    work(database, Made("slow", quick=False), *map(Made, "ab"), seconds=seconds)
    assert sum(seconds.values()) < next(now)
    assert all(each > 0 for each in seconds.values())


def test_one_that_isnt_quick_this_time_gets_a_transaction_of_its_own(database, commits):
    assert work(database, *map(Made, "ab"), Made("slow", quick=False), Made("c"))[1] == ["a", "b", "slow", "c"]
    assert len(commits) - 1 in {1 + 2, 1 + 4}


def test_a_contact_that_is_changed_is_read_anew(database, commits):
    other = replace(CONTACT, process="guasti")
    with database.unit_of_work() as unit:
        assert unit.contacts.get("C-1") == CONTACT
        unit.contacts.save(other, "/other", 1, "new")
        assert (unit.contacts.get("C-1"), unit.contacts.origin("C-1")) == (other, ("/other", "new"))


def test_an_output_that_is_published_or_gone_is_known(database, commits):
    with database.unit_of_work() as unit:
        assert unit.work.published("C-1", "a") is None
        unit.work.publish("C-1", "a", "f")
        assert (unit.work.published("C-1", "a"), unit.work.published("C-2", "a")) == ("f", None)
        assert unit.work.published("C-1", "a") == "f"


def test_what_is_published_is_written_once_at_the_end_of_the_transaction(database, commits):
    statements = []
    event.listen(database._engine, "before_cursor_execute", lambda _c, _cursor, said, *_rest: statements.append(said))
    with database.unit_of_work() as unit:
        for stage in "abc":
            unit.work.publish("C-1", stage, "old")
        unit.work.publish("C-1", "a", "f")
        assert unit.work.published("C-1", "a") == "f"
        unit.work.publish("C-1", "d", "f")
    assert len([said for said in statements if said.startswith("INSERT INTO published")]) == 2
    with database.reading() as unit:
        found = {stage: unit.work.published("C-1", stage) for stage in "abcd"}
    assert found == {"a": "f", "b": "old", "c": "old", "d": "f"}


def test_nothing_is_published_by_a_transaction_that_fails(database, commits):
    def fail():
        with database.unit_of_work() as unit:
            unit.work.publish("C-1", "a", "f")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.reading() as unit:
        assert unit.work.published("C-1", "a") is None


def test_a_group_is_read_at_once_and_known_as_if_each_had_been_asked_for(database, commits):
    with database.unit_of_work() as unit:
        unit.contacts.save(replace(CONTACT, id="C-2"), "/day", 1, "second")
        unit.work.publish("C-1", "a", "f")
    statements = []
    event.listen(database._engine, "before_cursor_execute", lambda _c, _cursor, said, *_rest: statements.append(said))
    with database.unit_of_work() as unit:
        unit.contacts.read_ahead(["C-1", "C-2", "gone"])
        unit.work.read_ahead(["C-1", "C-2", "gone"])
        read = len(statements)
        assert [unit.contacts.origin(name)[1] for name in ("C-1", "C-2")] == ["row", "second"]
        assert [unit.work.published(name, "a") for name in ("C-1", "C-2", "gone")] == ["f", None, None]
        assert len(statements) == read
        unit.work.publish("C-2", "a", "g")
        unit.contacts.save(replace(CONTACT, process="guasti"), "/other", 1, "new")
        assert (unit.work.published("C-2", "a"), unit.contacts.origin("C-1")) == ("g", ("/other", "new"))
        with pytest.raises(NotFoundError):
            unit.contacts.get("gone")


def test_contacts_of_a_day_are_kept_as_if_one_by_one(database):
    rows = [(replace(CONTACT, id=f"C-{number}"), number, f"row {number}") for number in range(3)]
    with database.unit_of_work() as unit:
        unit.contacts.save_all("/day", iter(rows))
        unit.contacts.save_all("/day", ())
    with database.reading() as unit:
        assert [unit.contacts.get(contact.id) for contact, *_rest in rows] == [contact for contact, *_rest in rows]
        assert [unit.contacts.origin(f"C-{number}") for number in range(3)] == [("/day", f"row {n}") for n in range(3)]
        assert {unit.work.state(contact.id) for contact, *_rest in rows} == {ItemState.WAITING}
