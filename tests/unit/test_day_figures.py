"""The day's figures over a database: critical classes by form, team and agent, and answers that only people give."""

import io
import json
from dataclasses import replace
from datetime import UTC

import pytest
from rich.console import Console
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.day import RunSummary
from pipelines.reports.day_tables import print_summary
from qm.domain.contact import Agent, Kind
from qm.domain.evaluation import Answer, ClassScore
from qm.domain.run import Quarantine
from qm.domain.text import Language
from qm.rules.loader import load_packs
from qm.services.days import DayService
from qm.services.figure_cells import CellService
from qm.services.figures import FigureService
from qm.storage.database import Database
from tests.unit import builders
from tests.unit.form_files import write_pack

ANNA, BRUNO = Agent("A-1", "Anna Bianchi", "Nord"), Agent("A-2", "Bruno Neri", "Sud")
CLEAN, ERROR, OPEN, NOTHING = (ClassScore("customer", 1, n, n, errors, open_) for n, errors, open_ in
                               ((2, 0, 0), (2, 1, 0), (1, 0, 1), (0, 0, 0)))  # fmt: skip
MADE = (
    *((ANNA, CLEAN, Kind.CUSTOMER),) * 4, (ANNA, ERROR, Kind.CUSTOMER), (ANNA, OPEN, Kind.CUSTOMER),
    (ANNA, NOTHING, Kind.CUSTOMER), (BRUNO, ERROR, Kind.CUSTOMER), (BRUNO, CLEAN, Kind.CUSTOMER),
    *((BRUNO, ERROR, Kind.TEST),) * 6, *((BRUNO, ERROR, Kind.MYSTERY),) * 6,
)  # fmt: skip


def people_only(criterion_id):
    return replace(builders.answer(criterion_id, Answer.CANNOT_TELL, evidence=()), reason="people_only")


ANSWERS = (
    builders.answer("r-quick"), builders.answer("r-offer", Answer.CANNOT_TELL),
    people_only("p-tone"), people_only("p-notes"),
)  # fmt: skip


@pytest.fixture
def day(tmp_path, monkeypatch):
    """A database of `MADE`, a contact in quarantine with an evaluation from before, and the packs of `form_files`."""
    rules = write_pack(tmp_path)
    for name, value in (("QM_RULES", str(rules)), ("QM_DATA", str(tmp_path / "var")), ("QM_LANGUAGE", "en")):
        monkeypatch.setenv(name, value)
    (tmp_path / "var").mkdir()
    database = Database(f"sqlite:///{tmp_path / 'var' / 'quality.db'}")
    database.upgrade()
    with database.unit_of_work() as unit:
        for place, (agent, found, kind) in enumerate((*MADE, (BRUNO, ERROR, Kind.CUSTOMER))):
            contact_id = f"C-{place:02}"
            unit.contacts.save(builders.contact(contact_id, agent=agent, kind=kind), "/day", place, "f")
            made = builders.evaluation(contact_id, ANSWERS, form_id="demo")
            unit.evaluations.replace(contact_id, [replace(made, score=replace(made.score, classes=(found,)))])
            unit.work.finish(contact_id)
        unit.work.quarantine(Quarantine(contact_id, "score", "internal.error", "x", "y", "z"), is_contact=True)
    yield database, {pack.form.id: pack.form for pack in load_packs(rules)}
    database.close()


def of_a_run(database, forms):
    with database.unit_of_work() as unit:
        everyone = [contact.id for contact in unit.contacts.every()]
    return FigureService(database.unit_of_work, forms, 5).of(everyone)


def of_a_day(database, forms):
    cells = CellService(database.unit_of_work, database.reading, UTC)
    return DayService(database.reading, forms, cells, 5).day()


@pytest.fixture(params=[of_a_run, of_a_day])
def figures_of(request):
    """From contacts, and from the sums of a day: the same."""
    return request.param


def counted(figures_of):
    """Contacts whose answers that are left to people are told: of a day, those that count for an agent."""
    return len(MADE) if figures_of is of_a_run else sum(kind is Kind.CUSTOMER for _, _, kind in MADE)


def told(figures):
    customer = figures[0]
    return customer.name, customer.accuracy.value, customer.accuracy.n, customer.open


def test_each_class_by_day_form_team_and_agent(day, figures_of):
    database, forms = day
    figures = figures_of(database, forms)
    assert told(figures.classes) == ("customer", pytest.approx(100 * 5 / 7, abs=1e-4), 7, 1)
    assert [(name, told(own)) for name, own in figures.form_classes] == [("demo", told(figures.classes))]
    assert {team.name: told(team.classes) for team in figures.teams} == {
        "Nord": ("customer", 80.0, 5, 1), "Sud": ("customer", None, 2, 0),
    }  # fmt: skip
    assert [told(agent.classes)[1:] for agent in figures.agents] == [(80.0, 5, 1), (None, 2, 0)]
    assert figures.class_names == ("customer",)
    assert [(row.kind, row.id) for row in figures.class_rows] == [
        ("day", ""), ("form", "demo"), ("team", "Nord"), ("team", "Sud"), ("agent", "A-1"), ("agent", "A-2"),
    ]  # fmt: skip


def test_what_only_people_answer_is_counted_apart(day, figures_of):
    database, forms = day
    figures = figures_of(database, forms)
    done, left = len(MADE), counted(figures_of)
    assert (figures.answers, figures.cannot_tell) == (2 * done, done)
    assert (figures.people_only, figures.noted_only) == (2 * left, left)


def test_an_error_on_another_form_is_the_contacts_error(day, figures_of):
    database, forms = day
    other = builders.evaluation("C-00", ANSWERS, form_id="other")
    with database.unit_of_work() as unit:
        first = builders.evaluation("C-00", ANSWERS, form_id="demo")
        both = (replace(e, score=replace(e.score, classes=(c,))) for e, c in ((first, CLEAN), (other, ERROR)))
        unit.evaluations.replace("C-00", list(both))
    figures = figures_of(database, forms)
    assert figures.classes[0].accuracy.value == pytest.approx(100 * 4 / 7, abs=1e-4)
    assert figures.form_classes[0][1][0].accuracy.value == pytest.approx(100 * 5 / 7, abs=1e-4)


def test_status_prints_classes_and_their_open_contacts(day):
    result = CliRunner().invoke(app, ["status"], catch_exceptions=False, env={"COLUMNS": "200"})
    assert "Contacts without critical errors" in result.stdout
    line = next(line for line in result.stdout.splitlines() if "Team Nord" in line and "to be decided" in line)
    assert "80.0 [37.6; 96.4] (5), 1 to be decided" in line
    figures = json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)["figures"]
    assert figures["classes"][0]["accuracy"]["n"] == 7
    assert figures["form_classes"][0][0] == "demo"


def test_nothing_is_printed_where_no_form_has_a_class(day):
    database, _forms = day
    with database.unit_of_work() as unit:
        for place in range(len(MADE)):
            unit.evaluations.replace(f"C-{place:02}", [builders.evaluation(f"C-{place:02}", ANSWERS, form_id="demo")])
    result = CliRunner().invoke(app, ["status"], catch_exceptions=False)
    assert "critical errors" not in result.stdout


def test_the_summary_names_what_people_alone_answer(day):
    database, forms = day
    figures = of_a_run(database, forms)
    n, summary = len(MADE), RunSummary("day", (), {}, 0, 0, 0, 0, 0, 1.0, {})
    for language, told_apart in (
        (Language.ITALIAN, f"{2 * n} risposte che le schede lasciano solo alle persone ({n} senza punteggio)"),
        (Language.ENGLISH, f"{2 * n} answers that the forms leave to people alone ({n} count in no score)"),
    ):
        shown = io.StringIO()
        print_summary(Console(file=shown, width=200), summary, figures, language)
        assert told_apart in shown.getvalue()
        assert f"  {n} {'su' if language is Language.ITALIAN else 'of'} {2 * n}: " in shown.getvalue()
