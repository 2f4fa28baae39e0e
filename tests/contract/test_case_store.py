"""Cases in the database: what is put comes back, and nobody writes over what they haven't seen."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from qm.analysis.voc import change_case
from qm.domain.case import CaseState
from qm.domain.case_plan import Severity
from qm.domain.contact import Agent
from qm.domain.people import Scope
from qm.errors import ConflictError, NotFoundError
from qm.ports.cases import CaseQuery
from tests.unit import builders
from tests.unit.case_builders import DAY, HOUR, MONDAY, RULES, act, case, response


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


NOW = MONDAY + DAY + 3 * HOUR


def listed(database, **wanted):
    with database.reading() as unit:
        return unit.cases.page(CaseQuery(NOW, **wanted)).cases


def test_the_queue_leaves_closed_cases_out_and_begins_with_the_most_urgent(database):
    one, two = case(), case(response("R-2", nps=6, satisfaction=6))
    tried = change_case.attempt(one, act(), act().at, "phone", reached=False)
    put(database, tried, 0)
    put(database, two, 0)
    assert listed(database) == (two, tried), "who was tried has until the second deadline"
    closed = change_case.close(two, act(), "no_detractor", RULES)
    put(database, closed, two.version)
    assert listed(database) == (tried,)
    assert listed(database, with_closed=True) == (tried, closed)


N = 60
STATES = ("new", "tried", "withdrawn", "closed", "reopened")


def made(number):
    """A case of many kinds: by hour of opening, severity, who has it and where it stands."""
    at = MONDAY + (number % 7) * HOUR
    answer = response(f"R-{number}", nps=number % 7, contact_id=f"C-{number}", answered_at=at)
    one = replace(case(answer), contact_id=f"C-{number}")
    if number % 3:
        one = change_case.assign(one, act(), ("Ada", "Bea")[number % 2])
    state = STATES[number % 5]
    if state == "tried":
        one = change_case.attempt(one, act(10 * HOUR), MONDAY + 10 * HOUR, "phone", reached=False)
    if state in ("closed", "reopened"):
        one = change_case.close(one, act(), "no_detractor", RULES)
    if state == "reopened":
        one = change_case.reopen(one, act(note="richiamano"), RULES)
    return replace(one, stands=state != "withdrawn")


def agent_of(number):
    return Agent(f"A-{number % 4}", "Ada", ("Nord", "Sud")[number % 2])


@pytest.fixture
def many(database):
    cases = [made(number) for number in range(N)]
    with database.unit_of_work() as unit:
        # Of every tenth the contact isn't there any more.
        for number in (n for n in range(N) if n % 10):
            unit.contacts.save(
                builders.contact(f"C-{number}", agent=agent_of(number), process=f"p{number % 3}"), "/day", number, "f"
            )
        unit.surveys.save([response(one.response_id) for one in cases])
        for one in cases:
            unit.cases.save(one, 0)
    return database, cases


def urgency(one):
    closed = one.state is CaseState.CLOSED
    running = one.stands and not closed
    return closed, not running, one.due.timestamp() if running else 0.0, -one.severity, one.id


def number_of(one):
    return int(one.response_id[2:])


FILTERS = (
    ({}, lambda one: True),
    ({"with_closed": True}, None),
    ({"state": "assigned"}, lambda one: one.state is CaseState.ASSIGNED),
    ({"state": "closed", "with_closed": True}, lambda one: one.state is CaseState.CLOSED),
    ({"severity": Severity.HIGH}, lambda one: one.severity is Severity.HIGH),
    ({"assignee": ""}, lambda one: not one.assignee),
    ({"assignee": "Ada"}, lambda one: one.assignee == "Ada"),
    ({"overdue": True}, lambda one: one.stands and one.due < NOW),
    ({"opened_before": MONDAY + 3 * HOUR}, lambda one: one.opened_at < MONDAY + 3 * HOUR),
    ({"team": "Nord"}, lambda one: number_of(one) % 10 and number_of(one) % 2 == 0),
    ({"process": "p1"}, lambda one: number_of(one) % 10 and number_of(one) % 3 == 1),
    ({"scope": Scope(teams=frozenset({"Sud"}))}, lambda one: number_of(one) % 10 and number_of(one) % 2),
)


@pytest.mark.parametrize(("wanted", "fits"), FILTERS)
def test_a_list_is_what_going_through_all_cases_finds(many, wanted, fits):
    database, cases = many
    live = [one for one in cases if wanted.get("with_closed") or one.state is not CaseState.CLOSED]
    expected = sorted(filter(fits, live) if fits else live, key=urgency)
    assert expected, "else nothing is compared"
    assert list(listed(database, **wanted)) == expected
    seen, after = [], ""
    while True:
        with database.reading() as unit:
            page = unit.cases.page(CaseQuery(NOW, **wanted), after, 4)
        assert page.total == len(expected)
        seen += page.cases
        if not page.is_more:
            break
        after = page.cases[-1].id
    assert seen == expected
    with database.reading() as unit, pytest.raises(NotFoundError, match=r"page\.bad_cursor"):
        unit.cases.page(CaseQuery(NOW, **wanted), "D-404", 4)


@pytest.mark.parametrize("scope", [Scope(), Scope(teams=frozenset({"Sud"})), Scope(teams=frozenset({"nowhere"}))])
def test_the_head_of_the_list_counts_the_open_cases_of_the_scope(many, scope):
    database, cases = many
    own = [
        one for one in cases if scope.is_whole or (number_of(one) % 10 and agent_of(number_of(one)).team in scope.teams)
    ]
    unfinished = [one for one in own if one.state is not CaseState.CLOSED]
    live = [one for one in unfinished if one.stands]
    with database.reading() as unit:
        tally = unit.cases.tally(CaseQuery(NOW, team="Nord", scope=scope))
        with_closed = unit.cases.tally(CaseQuery(NOW, with_closed=True, scope=scope))
    counts = (len(live), len(unfinished) - len(live), sum(one.due < NOW for one in live),
              sum(not one.assignee for one in live), sum(one.severity is Severity.HIGH for one in live))  # fmt: skip
    assert (tally.unfinished, tally.withdrawn, tally.overdue, tally.unassigned, tally.high) == counts
    assert tally.assignees == tuple(sorted({one.assignee for one in unfinished} - {""}))
    numbers = {number_of(one) for one in own if number_of(one) % 10}
    assert with_closed.teams == tuple(sorted({agent_of(number).team for number in numbers}))
    assert with_closed.processes == tuple(sorted({f"p{number % 3}" for number in numbers}))


def test_what_is_erased_is_not_worked_on(database):
    one = replace(case(), id="D-erased-0f")
    put(database, one, 0)
    assert listed(database, with_closed=True) == ()
    with database.reading() as unit:
        assert unit.cases.tally(CaseQuery(NOW)).unfinished == 0
        assert unit.cases.every() == (one,), "reports count it"


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
