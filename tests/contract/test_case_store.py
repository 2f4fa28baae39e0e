"""Cases in the database: what is put comes back, and nobody writes over what they haven't seen."""

import pytest
from sqlalchemy.exc import IntegrityError

from qm.analysis.voc import change_case
from qm.errors import ConflictError, NotFoundError
from tests.unit import builders
from tests.unit.case_builders import RULES, act, case, response


@pytest.fixture
def database(database):
    with database.unit_of_work() as unit:
        unit.contacts.save(builders.contact("C-1"), "/day", 0, "f")
        unit.surveys.save([response("R-1"), response("R-2", nps=6, satisfaction=6)])
    return database


def put(database, made, seen):
    with database.unit_of_work() as unit:
        unit.cases.save(made, seen)


def test_cases_come_back_equal(database):
    made = change_case.assign(case(customer_value="alto"), act(note="riga\n«è»"), "Ada")
    put(database, made, 0)
    with database.reading() as unit:
        assert unit.cases.get(made.id) == made
        assert unit.cases.every() == (made,)


def test_two_people_dont_write_over_each_other(database):
    made = case()
    put(database, made, 0)
    mine, theirs = change_case.assign(made, act(), "Ada"), change_case.assign(made, act(), "Bea")
    put(database, theirs, made.version)
    with pytest.raises(ConflictError, match=r"case\.changed"):
        put(database, mine, made.version)
    with database.reading() as unit:
        assert unit.cases.get(made.id) == theirs


def test_a_response_has_one_case(database):
    put(database, case(), 0)
    with pytest.raises(IntegrityError):
        put(database, case(), 0)


def test_the_queue_leaves_closed_cases_out_and_begins_with_the_most_urgent(database):
    one, two = case(), case(response("R-2", nps=6, satisfaction=6))
    tried = change_case.attempt(one, act(), act().at, "phone", reached=False)
    put(database, tried, 0)
    put(database, two, 0)
    with database.reading() as unit:
        assert unit.cases.unfinished() == (two, tried), "who was tried has until the second deadline"
    put(database, change_case.close(two, act(), "no_detractor", RULES), two.version)
    with database.reading() as unit:
        assert unit.cases.unfinished() == (tried,)
        assert len(unit.cases.every()) == 2


def test_an_unknown_case_names_the_nearest(database):
    made = case()
    put(database, made, 0)
    with database.reading() as unit:
        with pytest.raises(NotFoundError, match=made.id):
            unit.cases.get(made.id[:-1] + "x")
        with pytest.raises(NotFoundError, match="qm cases list"):
            unit.cases.get("what?")


def test_one_response_by_its_id(database):
    with database.reading() as unit:
        assert unit.surveys.get("R-1") == response("R-1")
        assert unit.surveys.get("R-404") is None
