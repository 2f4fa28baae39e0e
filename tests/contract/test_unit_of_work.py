"""Stores and transactions: what is put comes back equal, all of a transaction or none of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from qm.domain.coaching import CoachingItem
from qm.domain.contact import History, Kind, Medium
from qm.domain.evaluation import Answer
from qm.domain.figures import Count
from qm.domain.recognition import Recognition
from qm.domain.recording import Finding, Recording, Severity
from qm.domain.run import ItemState, Quarantine, Run
from qm.domain.signals import Signal, SignalKind, Signals
from qm.domain.survey import LinkMethod, SurveyLink, SurveyResponse
from qm.domain.transcript import Role
from qm.errors import NotFoundError, StorageError
from qm.storage.database import Database
from tests.unit import builders

ROME = timezone(timedelta(hours=1))
CONTACT = builders.contact(
    "C/1 è", started_at=datetime(2026, 11, 20, 9, 12, 0, 5, ROME), medium=Medium.CHAT, kind=Kind.TEST, agent_channel=1,
    history=History(wait_s=0.0, holds=2), attributes={"x_città": "Forlì\n"},
)  # fmt: skip
TRANSCRIPT = builders.call((Role.AGENT, 0.1, "Buongiorno, è l'ENEL?"), (Role.CUSTOMER, 0.3, "no"))
ENTRY = Quarantine("C-1", "store", "recording.truncated", "cut off", "ask again", "qm retry C-1")


def item(place, agent="A-1", rank=1):
    return CoachingItem(
        f"co-{place}", agent, rank, "form", "c1", "C-1", "ev", Count(1, 3), 0.1, 0.7, 0.2, ("weight",), 1.0, 2.5,
        "detto", ("t1",), False,
    )  # fmt: skip


def save(unit, *contact_ids):
    for place, contact_id in enumerate(contact_ids):
        unit.contacts.save(builders.contact(contact_id), "/day", place, "f")


# Transactions


def test_a_finished_block_stays(database):
    with database.unit_of_work() as unit:
        save(unit, "C-1")
    with database.unit_of_work() as unit:
        assert unit.contacts.get("C-1").id == "C-1"


def test_an_error_leaves_nothing_of_its_block(database):
    before = database.content_fingerprint()

    def half_way():
        with database.unit_of_work() as unit:
            save(unit, "C-1")
            unit.surveys.save([SurveyResponse("R-1")])
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        half_way()
    assert database.content_fingerprint() == before


def test_other_transactions_see_only_what_was_committed(database):
    with database.unit_of_work() as unit:
        save(unit, "C-1")
        with database.reading() as other:
            assert list(other.contacts.every()) == []


def test_nothing_can_be_published_for_a_contact_that_isnt_there(database):
    with pytest.raises(IntegrityError), database.unit_of_work() as unit:
        unit.outputs.save_recording("C-404", builders.SHA)


# Stores


def test_contact_comes_back_equal_with_its_origin(database):
    with database.unit_of_work() as unit:
        unit.contacts.save(CONTACT, "/day", 3, "f1")
        unit.contacts.save(replace(CONTACT, queue="q"), "/day 2", 4, "f2")
    with database.unit_of_work() as unit:
        found = unit.contacts.get(CONTACT.id)
        assert found == replace(CONTACT, queue="q")
        assert found.started_at.utcoffset() == timedelta(hours=1)
        assert unit.contacts.origin(CONTACT.id) == ("/day 2", "f2")
        with pytest.raises(NotFoundError, match=r"contact\.unknown"):
            unit.contacts.get("C-404")


def test_contacts_come_in_order_of_the_instant_not_of_the_clock_on_the_wall(database):
    times = {"C-3": (10, ROME), "C-1": (9, UTC), "C-2": (9, UTC), "C-0": (10, UTC)}
    with database.unit_of_work() as unit:
        for contact_id, (hour, zone) in times.items():
            started_at = datetime(2026, 11, 20, hour, tzinfo=zone)
            unit.contacts.save(builders.contact(contact_id, started_at=started_at), "/day", 0, "f")
        assert [contact.id for contact in unit.contacts.every()] == ["C-1", "C-2", "C-3", "C-0"]


def test_outputs_come_back_equal_and_are_replaced(database):
    recording = Recording(builders.SHA, 12.345, 8000, 2, "opus")
    words = builders.words("sì, è l'ora", 0.1)
    finding = Finding("recording.clipped", Severity.NOTE, "", 0.0, None)
    recognition = Recognition(recording, "it", 0.87, (words, ()), builders.ENGINE, (finding,), (((0.1, 1.2),), ()))
    signals = Signals((Signal(SignalKind.SILENCE, 1.0, 5.0),), {"silence_longest_s": 4.0, "agent_talk_share": None})
    with database.unit_of_work() as unit:
        save(unit, "C-1", "C-2")
        for read in (unit.outputs.recognition, unit.outputs.transcript, unit.outputs.signals):
            with pytest.raises(NotFoundError, match=r"output\.missing"):
                read("C-1")
        assert unit.outputs.recording("C-1") is None
        unit.outputs.save_recording("C-1", "old")
        unit.outputs.save_recording("C-1", builders.SHA)
        unit.outputs.save_recognition("C-1", recognition)
        unit.outputs.save_transcript("C-1", builders.call())
        unit.outputs.save_transcript("C-1", TRANSCRIPT)
        unit.outputs.save_signals("C-1", signals)
    with database.unit_of_work() as unit:
        assert unit.outputs.recording("C-1") == builders.SHA
        assert unit.outputs.recognition("C-1") == recognition
        assert unit.outputs.transcript("C-1") == TRANSCRIPT
        assert unit.outputs.signals("C-1") == signals
        assert unit.outputs.earlier_with(builders.SHA, "C-2") == "C-1"
        assert unit.outputs.earlier_with(builders.SHA, "C-1") is None


def test_evaluations_are_replaced_not_duplicated(database):
    old = [builders.evaluation(form_id="f1"), builders.evaluation(form_id="f2")]
    answers = [builders.answer("c1", Answer.MET), builders.answer("c2", Answer.CANNOT_TELL, evidence=())]
    new = builders.evaluation(form_id="f1", answers=answers, tag="1")
    with database.unit_of_work() as unit:
        save(unit, "C-1", "C-2")
        unit.evaluations.replace("C-1", old)
        unit.evaluations.replace("C-2", [builders.evaluation("C-2")])
        assert unit.evaluations.of_contact("C-1") == tuple(old)
    with database.unit_of_work() as unit:
        unit.evaluations.replace("C-1", [new])
        unit.evaluations.replace("C-1", [new])
    with database.unit_of_work() as unit:
        assert unit.evaluations.of_contact("C-1") == (new,)
        assert unit.evaluations.get(new.id) == new
        assert [evaluation.contact_id for evaluation in unit.evaluations.every()] == ["C-1", "C-2"]
        with pytest.raises(NotFoundError, match=r"evaluation\.unknown"):
            unit.evaluations.get(old[0].id)
    with database.reading() as unit:
        rows = unit.connection.execute(text("SELECT evaluation_id, criterion_id FROM answers")).all()
    assert {row for row in rows if row[0] == new.id} == {(new.id, "c1"), (new.id, "c2")}
    assert len(rows) == 3


def test_work_list(database):
    with database.unit_of_work() as unit:
        save(unit, "C-1", "C-2")
        unit.work.quarantine(ENTRY, is_contact=True)
        unit.work.quarantine(replace(ENTRY, subject="contacts.csv:3"), is_contact=False)
        save(unit, "C-1")  # ingested again, it isn't new
        assert unit.work.states() == {"C-1": ItemState.QUARANTINED, "C-2": ItemState.WAITING}
        assert [entry.subject for entry in unit.work.quarantined()] == ["C-1", "contacts.csv:3"]
        assert unit.work.quarantined()[0] == ENTRY
        unit.work.finish("C-1")
        assert unit.work.state("C-1") is ItemState.DONE
        unit.work.release("contacts.csv:3")
        assert unit.work.quarantined() == ()


def test_published_fingerprints_stand_by_contact_and_stage(database):
    with database.unit_of_work() as unit:
        save(unit, "C-1")
        assert unit.work.published("C-1", "roles") is None
        unit.work.publish("C-1", "roles", "f1")
        unit.work.publish("C-1", "roles", "f2")
        unit.work.publish("C-1", "score", "f3")
        assert [unit.work.published("C-1", stage) for stage in ("roles", "score")] == ["f2", "f3"]


def test_surveys_and_links(database):
    answered_at = datetime(2026, 11, 21, tzinfo=ROME)
    unhappy = SurveyResponse("R-2", nps=0, resolved=False, comment="«mai più»")
    responses = [unhappy, SurveyResponse("R-1", answered_at=answered_at)]
    links = [SurveyLink("R-1", "C-1", LinkMethod.CONTACT_ID, 1.0), SurveyLink("R-2", "", LinkMethod.NONE, 0.35, "x")]
    with database.unit_of_work() as unit:
        assert unit.surveys.save(responses) == 2
        assert unit.surveys.save([*responses, SurveyResponse("R-3")]) == 1
        assert unit.surveys.every() == (responses[1], responses[0], SurveyResponse("R-3"))
        unit.surveys.replace_links([SurveyLink("R-3", "C-1", LinkMethod.CONTACT_ID, 1.0)])
        unit.surveys.replace_links(links)
        assert unit.surveys.links() == tuple(links)


def test_coaching_list_is_replaced_whole(database):
    with database.unit_of_work() as unit:
        unit.coaching.replace([item(9)])
        items = [item(1, "A-2"), item(2, "A-1", 2), item(3, "A-1", 1)]
        unit.coaching.replace(items)
        assert unit.coaching.every() == (items[2], items[1], items[0])
        unit.coaching.replace([])
        assert unit.coaching.every() == ()


def test_latest_run(database):
    begun = Run("r1", "day", builders.NINE, None, "")
    finished = replace(begun, finished_at=builders.NINE + timedelta(minutes=1))
    with database.unit_of_work() as unit:
        assert unit.runs.latest() is None
        unit.runs.begin(begun)
        unit.runs.begin(replace(begun, id="r0", started_at=builders.NINE - timedelta(days=1)))
        unit.runs.finish(finished)
        assert unit.runs.latest() == finished


# The database as a whole


def test_migrations_lead_to_the_tables_and_may_be_repeated(database):
    assert database.check() == []
    with database.unit_of_work() as unit:
        save(unit, "C-1")
    database.upgrade()
    assert database.check() == []
    with database.unit_of_work() as unit:
        assert unit.contacts.get("C-1")


def test_missing_schema_is_said_with_the_remedy(empty_database_url, tmp_path):
    (tmp_path / "new folder").mkdir()
    empty = Database(empty_database_url)
    assert "schema is empty" in empty.check()[0]
    with pytest.raises(StorageError, match=r"database\.no_schema.*qm db upgrade"), empty.unit_of_work() as unit:
        unit.runs.latest()
    empty.close()


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "d.db").write_text("this is a letter, not a database. " * 50)
    damaged = Database(f"sqlite:///{tmp_path / 'd.db'}")
    with pytest.raises(StorageError, match=r"database\.damaged"), damaged.unit_of_work() as unit:
        unit.runs.latest()
    damaged.close()


def test_content_is_the_same_whenever_and_wherever_and_in_whatever_order_it_was_made(sqlite_url, postgres_url):
    hashes = []
    for place, (url, order) in enumerate(((sqlite_url, ["C-1", "C-2"]), (postgres_url, ["C-2", "C-1"]))):
        database = Database(url)
        with database.unit_of_work() as unit:
            unit.runs.begin(Run(f"r{place}", "day", builders.NINE + timedelta(days=place), None, ""))
            for contact_id in order:
                unit.contacts.save(builders.contact(contact_id), "/day", 0, "f")
        hashes.append(database.content_fingerprint())
        with database.unit_of_work() as unit:
            unit.work.finish("C-1")
        assert database.content_fingerprint() != hashes[-1]
        database.close()
    assert hashes[0] == hashes[1]
