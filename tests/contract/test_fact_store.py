"""Tables of many contacts: they tell what the documents tell, and a filled older database gets its columns filled."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from alembic import command
from sqlalchemy import text

from qm.domain.contact import History, Kind
from qm.domain.evaluation import Answer
from qm.domain.signals import Signals
from qm.domain.survey import LinkMethod, SurveyLink, SurveyResponse
from qm.ports.voc import SurveyDraw
from qm.storage.schema import alembic_config
from tests.unit import builders

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def answered(unit, contact_id, first, second):
    answers = (builders.answer("c1", first), builders.answer("c2", second))
    unit.evaluations.replace(contact_id, [builders.evaluation(contact_id, answers, tag=contact_id)])


def fill(unit):
    for place in range(4):
        contact = builders.contact(
            f"C-{place}", started_at=START + timedelta(hours=place), kind=Kind.TEST if place == 3 else Kind.CUSTOMER,
            history=History(wait_s=0.0 if place else None, transfers=place), customer_id="K-1",
        )  # fmt: skip
        unit.contacts.save(contact, "/day", place, "f")
    unit.outputs.save_signals("C-1", Signals(measures={"silence_share": 0.25, "agent_talk_share": None}))
    answered(unit, "C-1", Answer.MET, Answer.CANNOT_TELL)
    answered(unit, "C-2", Answer.NOT_MET, Answer.NOT_APPLICABLE)
    unit.surveys.save(
        [
            SurveyResponse("R-1", "C-1", nps=3, resolved=False, answered_at=START, comment="no", other={"stars": 4.0}),
            SurveyResponse("R-2", invited_at=START + timedelta(days=1)),
        ]
    )
    unit.surveys.replace_links(
        [
            SurveyLink("R-1", "C-1", LinkMethod.CONTACT_ID, 1.0),
            SurveyLink("R-2", "", LinkMethod.NONE, 0.0, "no_contact"),
        ]
    )


def test_contacts_come_with_history_answers_and_measures(database):
    with database.unit_of_work() as unit:
        fill(unit)
        table = unit.facts.contacts(answers=True, measures=True)
    assert list(table["contact_id"]) == ["C-0", "C-1", "C-2", "C-3"]
    assert table["started_at"][1] == START + timedelta(hours=1)
    assert np.isnan(table["wait_s"][0])
    assert list(table["wait_s"][1:]) == [0.0, 0.0, 0.0]
    assert list(table["kind"]) == ["customer", "customer", "customer", "test"]
    assert table["m:silence_share"][1] == 0.25
    assert "m:agent_talk_share" not in table
    assert list(table["c:form/c1"]) == [-3, 1, 0, -3]
    assert list(table["c:form/c2"]) == [-3, -2, -1, -3]


def test_a_span_of_time_and_some_columns_are_all_that_is_read(database):
    with database.unit_of_work() as unit:
        fill(unit)
        hour = timedelta(hours=1)
        table = unit.facts.contacts(START + hour, START + 3 * hour, columns=["team"], answers=True)
        surveyed = unit.facts.contacts(surveyed=True)
    assert list(table["contact_id"]) == ["C-1", "C-2"]
    assert list(table.columns) == ["contact_id", "team", "s:form", "c:form/c1", "c:form/c2"]
    assert list(surveyed["contact_id"]) == ["C-1"]


def test_surveys_come_with_their_contact_and_the_sites_own_scales(database):
    with database.unit_of_work() as unit:
        fill(unit)
        table = unit.facts.surveys(comments=True)
        later = unit.facts.surveys(START + timedelta(hours=1))
    assert list(table["contact_id"]) == ["C-1", ""]
    assert table["nps"][0] == 3
    assert table["resolved"][0] == 0.0
    assert table["x:stars"][0] == 4.0
    assert table["answered_at"][1] is not table["answered_at"][0]
    assert table["answered_at"].isna().tolist() == [False, True]
    assert table["comment"][0] == "no"
    assert list(later["response_id"]) == ["R-2"]


def test_an_empty_store_gives_empty_tables_with_their_columns(database):
    with database.reading() as unit:
        contacts, surveys = unit.facts.contacts(answers=True, measures=True), unit.facts.surveys()
    assert len(contacts) == len(surveys) == 0
    assert {"contact_id", "started_at", "wait_s"} <= set(contacts.columns)
    assert {"response_id", "nps", "answered_at"} <= set(surveys.columns)


def test_a_draw_is_kept_and_tells_who_was_asked_before(database):
    draw = SurveyDraw("C-0", "2026-11-20", "K-1", "billing", 0.25, is_drawn=True)
    with database.unit_of_work() as unit:
        fill(unit)
        left_out = SurveyDraw("C-1", "2026-11-20", "K-2", "billing", 0.0, is_drawn=False, reason="asked_recently")
        unit.draws.save([draw, left_out])
        unit.draws.save([draw])
        assert unit.draws.of_day("2026-11-20") == (draw, left_out)
        assert unit.draws.last_asked("2026-11-21") == {"K-1": "2026-11-20"}
        assert unit.draws.last_asked("2026-11-20") == {}
        assert unit.draws.probabilities() == {"C-0": 0.25, "C-1": 0.0}


def test_a_saved_report_is_replaced(database):
    with database.unit_of_work() as unit:
        unit.documents.save("drivers", "all", "1")
        unit.documents.save("drivers", "all", "2")
        unit.documents.save("drivers", "form", "3")
        assert unit.documents.get("drivers", "all") == "2"
        assert unit.documents.get("themes", "all") is None
        assert unit.documents.every("drivers") == (("all", "2"), ("form", "3"))


def test_a_filled_older_database_gets_the_same_columns_as_a_new_one(database):
    tables = ("contact_facts", "criterion_lists", "evaluations", "survey_responses")
    with database.unit_of_work() as unit:
        fill(unit)

    def content():
        with database._engine.connect() as connection:
            return {
                name: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {name}"))), key=str) for name in tables
            }

    before = content()
    assert len(before["evaluations"]) == 2
    with database._engine.connect() as connection, connection.begin():
        command.downgrade(alembic_config(connection), "0002")
    database.upgrade()
    after = content()
    assert database.check() == []
    assert after["contact_facts"] == before["contact_facts"]
    assert after["criterion_lists"] == before["criterion_lists"]
    assert after["evaluations"] == before["evaluations"]
    # Scales of the site's own and openings are new: no older database has them.
    assert [row[:6] for row in after["survey_responses"]] == [row[:6] for row in before["survey_responses"]]


def test_contact_ids_with_blanks_and_quotes_are_kept(database):
    with database.unit_of_work() as unit:
        unit.contacts.save(replace(builders.contact("C 'è\" 1")), "/day", 0, "f")
        assert list(unit.facts.contacts()["contact_id"]) == ["C 'è\" 1"]


def test_the_other_contacts_of_surveyed_customers_are_read_alone(database):
    with database.unit_of_work() as unit:
        fill(unit)
        unit.contacts.save(builders.contact("C-8", started_at=START, customer_id="K-9"), "/day", 8, "f")
        unit.contacts.save(builders.contact("C-9", started_at=START), "/day", 9, "f")
        table = unit.facts.contacts(of_surveyed=True)
    assert list(table["contact_id"]) == ["C-0", "C-1", "C-2", "C-3"]
