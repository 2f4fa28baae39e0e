"""The day's batch over real audio files, a real database and a scripted recogniser."""

import pytest

from models.fakes import CrashingTranscriber, NonsenseTranscriber, ScriptedTranscriber
from qm.domain.evaluation import Answer
from qm.domain.run import ItemState
from qm.errors import EngineError


def answers(wiring, contact_id):
    with wiring.database.unit_of_work() as unit:
        return {a.criterion_id: a for e in unit.evaluations.of_contact(contact_id) for a in e.answers}


def test_a_day_is_processed_and_a_repeated_run_does_nothing(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav"), day_of.row("C2", "b.wav")])
    wiring = open_wiring()
    summary = run(wiring, folder)
    assert summary.outcomes == {"done": 2, "unchanged": 0, "quarantined": 0}
    given = answers(wiring, "C1")
    assert given["sc-greeting"].answer is Answer.MET
    assert given["co-recording-notice"].answer is Answer.MET
    assert given["sc-apology"].answer is Answer.NOT_MET
    content = wiring.database.content_fingerprint()
    calls = wiring.engine.calls
    assert run(wiring, folder).outcomes == {"done": 0, "unchanged": 2, "quarantined": 0}
    assert wiring.engine.calls == calls
    assert wiring.database.content_fingerprint() == content


def test_coaching_items_name_seconds_and_supervisor(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav"), day_of.row("C2", "b.wav")])
    wiring = open_wiring()
    run(wiring, folder)
    rows = wiring.coaching.read("marta riva")
    assert rows
    assert {row.supervisor for row in rows} == {"Marta Riva"}
    assert all(row.item.missed.n == 2 for row in rows)


def test_test_and_mystery_contacts_never_reach_coaching_or_figures(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav", kind="mystery"), day_of.row("C2", "b.wav", kind="test")])
    wiring = open_wiring()
    run(wiring, folder)
    assert wiring.coaching.read() == ()
    assert wiring.days.day().agents == ()
    assert answers(wiring, "C1")


def test_same_content_from_another_folder_of_data(open_wiring, day_of, run, tmp_path):
    folder = day_of([day_of.row("C1", "a.wav")])
    first, second = open_wiring(tmp_path / "one"), open_wiring(tmp_path / "two")
    run(first, folder)
    run(second, folder)
    assert first.database.content_fingerprint() == second.database.content_fingerprint()


def test_replay_is_byte_identical_and_refuses_a_changed_contact(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav")])
    wiring = open_wiring()
    run(wiring, folder)
    with wiring.database.unit_of_work() as unit:
        evaluation = unit.evaluations.of_contact("C1")[0]
    assert wiring.scoring.replay(evaluation.id).is_identical
    wiring.batch.ingest(day_of([day_of.row("C1", "a.wav", process="guasti")], "day"))
    with pytest.raises(Exception, match=r"replay\.changed"):
        wiring.scoring.replay(evaluation.id)


def test_changed_row_is_scored_again_without_recognition(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav")])
    wiring = open_wiring()
    run(wiring, folder)
    calls = wiring.engine.calls
    changed = (folder / "contacts.csv").read_text(encoding="utf-8").replace("fatturazione", "sollecito")
    (folder / "contacts.csv").write_text(changed, encoding="utf-8")
    assert run(wiring, folder).outcomes["done"] == 1
    assert wiring.engine.calls == calls
    assert answers(wiring, "C1")["co-debt-threat"].answer is Answer.MET


def test_failing_engine_quarantines_each_contact_and_retry_takes_them_up(open_wiring, day_of, run, tmp_path):
    folder = day_of([day_of.row("C1", "a.wav"), day_of.row("C2", "b.wav")])
    broken = open_wiring(tmp_path / "data", transcriber=CrashingTranscriber({}))
    assert run(broken, folder).outcomes["quarantined"] == 2
    entries = broken.contacts.quarantine()
    assert [(e.subject, e.code, e.command) for e in entries] == [
        ("C1", "engine.failed", "qm retry C1"),
        ("C2", "engine.failed", "qm retry C2"),
    ]
    mended = open_wiring(tmp_path / "data")
    assert mended.batch.retry(["C1"], lambda _s: None, lambda _t: None).outcomes["done"] == 1
    assert [e.subject for e in mended.contacts.quarantine()] == ["C2"]
    assert mended.batch.retry([], lambda _s: None, lambda _t: None).outcomes["done"] == 1
    assert mended.contacts.quarantine() == ()


class _FaultyTranscriber(ScriptedTranscriber):
    def transcribe(self, audios, languages, terms=()):
        raise KeyError("a fault of ours")


def test_unforeseen_error_stops_one_contact_only(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav"), day_of.row("C2", "", medium="chat")])
    (folder / "chats").mkdir()
    (folder / "chats" / "x.json").write_text(
        '{"contact_id": "C2", "turns": [{"role": "agent", "at": "2026-11-20T09:00:00+01:00", "text": "Buongiorno"}]}',
        encoding="utf-8",
    )
    wiring = open_wiring(transcriber=_FaultyTranscriber({}))
    assert run(wiring, folder).outcomes == {"done": 1, "unchanged": 0, "quarantined": 1}
    assert wiring.contacts.quarantine()[0].code == "internal.error"


class _MissingEngine(ScriptedTranscriber):
    def transcribe(self, audios, languages, terms=()):
        raise EngineError("engine.missing", "no engine", "install it")


def test_missing_engine_stops_the_run_and_blames_no_contact(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav")])
    wiring = open_wiring(transcriber=_MissingEngine({}))
    with pytest.raises(EngineError):
        run(wiring, folder)
    assert wiring.contacts.quarantine() == ()
    with wiring.database.unit_of_work() as unit:
        assert unit.work.state("C1") is ItemState.WAITING


def test_nonsense_from_the_recogniser_never_becomes_an_automatic_fail(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav")])
    wiring = open_wiring(transcriber=NonsenseTranscriber({}))
    run(wiring, folder)
    given = answers(wiring, "C1")
    fails = [c.id for form in wiring.forms.values() for c in form.criteria if c.automatic_fail]
    assert all(given[c].answer is not Answer.NOT_MET for c in fails)


def test_mono_recording_answers_cannot_tell_and_says_why(open_wiring, day_of, run, script):
    folder = day_of([day_of.row("C1", "a.wav", agent_channel="")])
    day_of.tone(folder / "recordings" / "a.wav", channels=1)
    speech = type(script)(script.language, script.language_confidence, (script.channels[0],))
    wiring = open_wiring(transcriber=ScriptedTranscriber({}, speech))
    run(wiring, folder)
    given = answers(wiring, "C1")
    assert (given["sc-greeting"].answer, given["sc-greeting"].reason) == (Answer.CANNOT_TELL, "roles_unknown")
    assert given["co-sale-withdrawal"].answer is Answer.NOT_APPLICABLE
