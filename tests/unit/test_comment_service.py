"""Comments from the database to a saved report."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from models.fakes_encoder import HashingEncoder
from qm.documents import load
from qm.domain.comment import Sentiment, ThemeReport
from qm.domain.contact import Kind
from qm.domain.evaluation import Answer
from qm.domain.figures import Count
from qm.domain.survey import LinkMethod, SurveyLink, SurveyResponse
from qm.domain.text import Language
from qm.domain.transcript import Role
from qm.errors import EngineError
from qm.services.comments import CommentService, ThemeRequest
from qm.services.theme_export import themes_csv
from qm.storage.database import Database
from tests.unit import builders

AT = builders.NINE
NOW = datetime(2026, 12, 1, tzinfo=UTC)
WAIT, BILL = "attesa al telefono troppo lunga", "importo della fattura sbagliato"


class NoEncoder(HashingEncoder):
    def warm_up(self):
        raise EngineError("weights.missing", "no weights here", "fetch them")


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'q.db'}")
    database.upgrade()
    yield database
    database.close()


def service(database, encoder=None, *, sentiment=True, min_n=5, forms=()):
    return CommentService(
        database.unit_of_work, {form.id: form for form in forms}, min_n, has_sentiment=sentiment,
        language=Language.ITALIAN, encoder=encoder or HashingEncoder(),
    )  # fmt: skip


def add(database, comments, *, linked=False, unmet=(), **changes):
    """A response for each `(comment, nps)`; linked ones have a contact with one answered criterion."""
    with database.unit_of_work() as unit:
        links = []
        for place, (comment, nps) in enumerate(comments):
            name = f"{place:05d}"
            at = AT + timedelta(days=place % 40)
            if linked:
                contact = builders.contact(f"C{name}", started_at=at, process="guasti", language="it", **changes)
                unit.contacts.save(contact, "/day", place, "f")
                given = Answer.NOT_MET if place in unmet else Answer.MET
                evaluation = builders.evaluation(contact.id, [builders.answer(given=given)], tag=name)
                unit.evaluations.replace(contact.id, [evaluation])
            unit.surveys.save([SurveyResponse(f"R{name}", answered_at=at, nps=nps, comment=comment)])
            links.append(SurveyLink(f"R{name}", f"C{name}" if linked else "", LinkMethod.CONTACT_ID, 1.0))
        unit.surveys.replace_links(links)


def themes_of(report):
    return {theme.terms[0]: theme for theme in report.themes}


def test_two_themes_with_counts_sentiment_and_detractors(database):
    add(database, [(WAIT, 2)] * 12 + [(f"{BILL} di nuovo", 9)] * 8 + [("Ho due gatti", 7)])
    report = service(database).compute(ThemeRequest(), NOW)
    assert (report.n, report.other, len(report.themes)) == (21, Count(1, 21), 2)
    wait, bill = report.themes
    assert (wait.n, wait.detractors, wait.detractors_elsewhere) == (12, Count(12, 12), Count(0, 9))
    assert (wait.sentiment.of(Sentiment.NEGATIVE), bill.detractors) == (Count(12, 12), Count(0, 8))
    assert wait.share.value == round(12 / 21, 4)
    assert wait.share.lo < wait.share.value < wait.share.hi
    assert wait.centre == WAIT
    assert {group.key for group in wait.groups if group.by == "month"} == {"2026-11", "2026-12"}
    assert report.checked.n == 20
    assert "not_linked" in report.cannot


def test_the_report_is_kept_and_read_again(database):
    add(database, [(WAIT, 2)] * 6)
    service_ = service(database)
    assert service_.read() is None
    report = service_.compute(ThemeRequest(), NOW)
    assert service_.read() == report
    assert service_.read("turns") is None
    with database.reading() as unit:
        assert load(ThemeReport, unit.documents.get("themes", "comments")) == report
    assert service(database).compute(ThemeRequest(), NOW) == report


def test_a_criterion_missed_where_customers_complain_is_linked(database):
    add(database, [(WAIT, 2)] * 30 + [(BILL, 3)] * 30, linked=True, unmet=[*range(25), 31, 33])
    report = service(database).compute(ThemeRequest(), NOW)
    (link,) = themes_of(report)[report.themes[0].terms[0]].criteria
    assert link.stands
    assert {(link.unmet_with, link.unmet_without)} <= {(Count(25, 30), Count(2, 30)), (Count(2, 30), Count(25, 30))}
    assert report.tested == 2
    assert {group.key for group in report.themes[0].groups if group.by == "process"} == {"guasti"}
    assert report.themes[0].examples[0].contact_id


def test_test_and_mystery_contacts_are_no_customers(database):
    add(database, [(WAIT, 2)] * 6, linked=True, kind=Kind.MYSTERY)
    assert service(database).compute(ThemeRequest(), NOW).cannot[0] == "none"


@pytest.mark.parametrize(
    ("comments", "n", "no_words", "themes", "reason"),
    [
        ([], 0, 0, 0, "none"),
        ([("", 5), ("   ", 5)], 0, 0, 0, "none"),
        ([("...", 5), ("👍", 9)], 0, 2, 0, "none"),
        ([(WAIT, 2)], 1, 0, 0, "too_few"),
        ([(WAIT, 2)] * 30, 30, 0, 1, "not_linked"),
        ([("zzz yyy xxx", 2), ("aaa bbb ccc", 2), ("ddd", 1), ("eee fff", 1), ("ggg hhh", 4)], 5, 0, 0, "no_theme"),
        ([("El servicio es muy malo y la espera larga", 2)] * 6, 6, 0, 1, "other_language"),
        ([("خدمة ممتازة شكرا جزيلا", 9)] * 6, 6, 0, 1, "other_language"),
        ([("<p>attesa &amp; attesa</p>", 2)] * 6, 6, 0, 1, "not_linked"),
    ],
)
@pytest.mark.parametrize("by_words", [False, True])
def test_odd_input_is_told(database, comments, n, no_words, themes, reason, by_words):
    add(database, comments)
    report = service(database).compute(ThemeRequest(by_words=by_words), NOW)
    assert (report.n, report.no_words, len(report.themes)) == (n, no_words, themes)
    assert reason in report.cannot
    assert report.method == ("words" if by_words else "meaning")
    if reason == "other_language":
        assert report.sentiment.untold == n


def test_a_comment_of_100_kb_is_counted_as_cut(database):
    add(database, [("attesa troppo lunga. " * 5000, 1)] + [(WAIT, 2)] * 6)
    report = service(database).compute(ThemeRequest(), NOW)
    assert (report.n, report.cut) == (7, 1)
    assert report.themes[0].n == 7
    assert all(len(example.text) <= 300 for example in report.themes[0].examples)


def test_examples_hold_no_obvious_personal_data(database):
    add(database, [(f"attesa troppo lunga richiamatemi al 333 12345{n:02d}", 2) for n in range(8)])
    report = service(database).compute(ThemeRequest(), NOW)
    shown = [theme.centre for theme in report.themes] + [e.text for theme in report.themes for e in theme.examples]
    assert shown
    assert all("[…]" in text and "333" not in text for text in shown)
    assert not any(char.isdigit() for theme in report.themes for term in theme.terms for char in term)


def test_sentiment_can_be_switched_off(database):
    add(database, [(WAIT, 2)] * 6)
    report = service(database, sentiment=False).compute(ThemeRequest(), NOW)
    assert report.sentiment is None
    assert report.themes[0].sentiment is None
    assert {example.sentiment for example in report.themes[0].examples} == {""}
    assert report.checked == Count(0, 0)
    assert "sentiment_off" in report.cannot
    assert "scontent" not in themes_csv(report)


def test_without_the_encoder_the_way_out_is_named(database):
    add(database, [(WAIT, 2)] * 6)
    with pytest.raises(EngineError, match="--by-words") as caught:
        service(database, NoEncoder()).compute(ThemeRequest(), NOW)
    assert caught.value.code == "comments.no_encoder"
    assert service(database, NoEncoder()).compute(ThemeRequest(by_words=True), NOW).method == "words"


def test_only_the_time_asked_for_counts_and_progress_is_told(database):
    add(database, [(WAIT, 2)] * 40)
    told = []
    until = AT + timedelta(days=10)
    report = service(database).compute(ThemeRequest(until=until), NOW, lambda done, every: told.append((done, every)))
    assert report.n == 10
    assert report.until == until.isoformat(timespec="minutes")
    assert told[-1] == (1, 1)


def test_customers_turns_are_read_and_no_others(database):
    said = [
        (Role.AGENT, 0.0, "l'attesa al telefono è sempre troppo lunga mi scusi"),
        (Role.CUSTOMER, 5.0, "attesa al telefono troppo lunga davvero"),
        (Role.CUSTOMER, 9.0, "sì grazie"),
    ]
    with database.unit_of_work() as unit:
        for place in range(6):
            contact = builders.contact(f"C{place}")
            unit.contacts.save(contact, "/day", place, "f")
            unit.outputs.save_transcript(contact.id, builders.call(*said))
        unit.contacts.save(builders.contact("C9"), "/day", 9, "f")
    report = service(database).compute(ThemeRequest("turns"), NOW)
    (theme,) = report.themes
    assert (report.source, report.n, theme.n) == ("turns", 6, 6)
    assert (theme.examples[0].turn_id, theme.examples[0].start_s) == ("t2", 5.0)
    assert "scusi" not in theme.centre
    assert "no_nps" in report.cannot


def test_the_csv_has_a_line_a_theme_and_a_group_and_no_formulas(database):
    add(database, [("=attesa troppo lunga", 2)] * 6, linked=True)
    text = themes_csv(service(database).compute(ThemeRequest(), NOW))
    lines = text.splitlines()
    assert lines[0].startswith("theme,name,by,key,n,of,share,lo,hi")
    assert [line.split(",")[2] for line in lines[1:]] == ["all", "process", "team", "month"]
    assert ",=" not in text


def test_titles_that_read_like_a_theme_are_named(database):
    about = dataclasses.replace(builders.criterion("c-wait"), title=dataclasses.replace(builders.TITLE, it=WAIT))
    add(database, [(WAIT, 2)] * 6)
    form = builders.form((1.0, [about]))
    report = service(database, forms=[form]).compute(ThemeRequest(), NOW)
    assert report.themes[0].likeness[0].criterion_id == "c-wait"
    view = service(database, forms=[form]).view()
    assert view.titles[f"{form.id}/c-wait"].it == WAIT
