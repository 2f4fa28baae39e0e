"""Sums by day and agent: kept in step by marks, equal to a sum from scratch, on both databases."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from qm.domain.contact import Agent
from qm.domain.evaluation import Answer
from qm.domain.people import WHOLE, Scope
from qm.domain.run import Quarantine
from qm.domain.survey import LinkMethod, SurveyLink, SurveyResponse
from qm.ports.figures import CellQuery
from qm.rules.aggregate import score_form
from qm.services.figure_cells import CellService
from tests.unit import builders

FORM = builders.form((1.0, [builders.criterion(f"c{n}") for n in (1, 2)]))
ROME = ZoneInfo("Europe/Rome")
EVER = ("2020-01-01", "2030-01-01")


@pytest.fixture
def cells(database):
    return CellService(database.unit_of_work, database.reading, ROME)


def evaluation(contact_id, *given):
    answers = tuple(builders.answer(f"c{n}", one) for n, one in enumerate(given, 1))
    return replace(builders.evaluation(contact_id, answers), score=score_form(FORM, answers))


def put(database, contact_id, *given, agent="A1", team="Casa", days=0, **more):
    made = builders.contact(contact_id, **more)
    agent = Agent(agent, f"name of {agent}", team, "", "")
    made = replace(made, agent=agent, started_at=made.started_at + timedelta(days=days))
    with database.unit_of_work() as unit:
        unit.contacts.save(made, "/day", 0, "f")
        if given:
            unit.evaluations.replace(contact_id, [evaluation(contact_id, *given)])
            unit.work.finish(contact_id)
    return made


def sums(database, *by, scope=WHOLE, **more):
    with database.reading() as unit:
        return unit.figures.sums(CellQuery(*EVER, by, scope, **more))


def test_cells_follow_what_is_done(database, cells):
    put(database, "C-1", Answer.MET, Answer.NOT_MET)
    put(database, "C-2", Answer.MET, Answer.MET)
    put(database, "C-3")
    assert cells.look() is False
    ((_, whole),) = sums(database, "agent_id", forms=("",))
    ((_, on_form),) = sums(database, forms=(FORM.id,))
    assert (whole.count("contacts"), whole.count("done"), whole.count("counted")) == (3, 2, 2)
    assert (on_form.count("scored"), on_form["score_sum"], on_form["score_squares"]) == (2, 150.0, 12500.0)
    with database.reading() as unit:
        found = unit.figures.criteria(CellQuery(*EVER, ("criterion_id",), WHOLE))
        assert [(key, s.count("met"), s.count("not_met")) for key, s in found] == [(("c1",), 2, 0), (("c2",), 1, 1)]
        assert unit.figures.names(["A1"]) == {"A1": "name of A1"}
    assert cells.faults() == ()


def test_a_contact_that_moves_leaves_its_old_cell(database, cells):
    put(database, "C-1", Answer.MET, Answer.MET)
    cells.catch_up()
    put(database, "C-1", Answer.MET, Answer.MET, agent="A2", team="Partner", days=1)
    cells.catch_up()
    assert [key for key, _ in sums(database, "agent_id", "team", forms=("",))] == [("A2", "Partner")]
    assert [key for key, _ in sums(database, "team", forms=("",))] == [("Partner",)]
    assert cells.faults() == ()


def test_a_scope_sees_its_own(database, cells):
    put(database, "C-1", Answer.MET, Answer.MET)
    put(database, "C-2", Answer.MET, Answer.MET, agent="A2", team="Partner")
    cells.catch_up()
    for scope in (Scope(teams=frozenset({"Casa"})), Scope(agents=frozenset({"A1"}))):
        ((_, seen),) = sums(database, forms=("",), scope=scope)
        assert seen.count("contacts") == 1


def test_the_day_is_the_sites(database, cells):
    put(database, "C-1", Answer.MET, Answer.MET, started_at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    cells.catch_up()
    ((key, _),) = sums(database, "day", forms=("",))
    assert key == ("2026-11-24",)


def test_what_changed_too_much_for_a_page_is_left_to_the_run(database, cells, monkeypatch):
    monkeypatch.setattr("qm.services.figure_cells.ON_READING", 1)
    for n in range(3):
        put(database, f"C-{n}", Answer.MET, Answer.MET, agent=f"A{n}")
    assert cells.look() is True
    assert len(sums(database, "agent_id", forms=("",))) == 1
    cells.catch_up()
    assert cells.look() is False
    assert len(sums(database, "agent_id", forms=("",))) == 3


def test_an_agents_day_is_summed_once_however_often_it_changed(database, cells, monkeypatch):
    summed = []
    resum = CellService._resum
    monkeypatch.setattr(CellService, "_resum", lambda self, *what: (summed.append(what), resum(self, *what)))
    for n in range(12):
        put(database, f"C-{n}", Answer.MET, Answer.NOT_MET, agent=f"A{n % 2}", days=n % 3)
    assert cells.catch_up() == 6
    assert [agents for _day, agents in summed] == [["A0", "A1"]] * 3
    monkeypatch.setattr("qm.services.figure_cells.MARKS", 1)
    put(database, "C-1", Answer.MET, Answer.MET, agent="A0")
    put(database, "C-2", Answer.MET, Answer.MET, agent="A1")
    cells.catch_up()
    assert cells.look() is False
    assert cells.faults() == ()


def test_random_operations_leave_no_fault(database, cells):
    chance = random.Random(7)
    answers = list(Answer)
    for step in range(60):
        contact_id = f"C-{chance.randrange(8)}"
        what = chance.randrange(5)
        if what <= 1:
            given = () if chance.random() < 0.2 else (chance.choice(answers), chance.choice(answers))
            put(database, contact_id, *given, agent=f"A{chance.randrange(3)}", days=chance.randrange(3))
        elif what == 2:
            put(database, contact_id)
            with database.unit_of_work() as unit:
                unit.work.quarantine(Quarantine(contact_id, "ingest", "x.y", "", "", ""), is_contact=True)
        elif what == 3:
            put(database, contact_id, Answer.MET, Answer.MET)
            with database.unit_of_work() as unit:
                unit.surveys.save([SurveyResponse(f"R-{step}", nps=chance.randrange(11), satisfaction=7)])
                unit.surveys.replace_links([SurveyLink(f"R-{step}", contact_id, LinkMethod.CONTACT_ID, 1.0, "")])
        elif chance.random() < 0.5:
            cells.look()
    assert cells.faults() == ()
    with database.reading() as unit:
        days = {day: unit.figures.kept(day) for day in unit.figures.days()}
    assert cells.rebuild() >= len(days)
    with database.reading() as unit:
        assert {day: unit.figures.kept(day) for day in days} == days


def test_a_fault_is_found(database, cells):
    put(database, "C-1", Answer.MET, Answer.MET)
    cells.catch_up()
    with database.unit_of_work() as unit:
        unit.connection.exec_driver_sql("UPDATE figure_cells SET counted = 9")
    assert len(cells.faults()) == 1
    cells.rebuild()
    assert cells.faults() == ()
