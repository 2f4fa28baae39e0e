"""Transcripts as files: what can't be scored is refused with a code, before anything is scored."""

import json
from dataclasses import replace

import pytest

from pipelines.files.transcript_file import read_transcript
from qm.analysis.measure_talk import measure_talk
from qm.documents import dump
from qm.domain.evaluation import Answer
from qm.domain.transcript import Role, Transcript, Turn
from qm.errors import InputError
from qm.rules.loader import load_packs
from qm.rules.scene import Thresholds
from qm.services.scoring import evaluate
from tests.unit import builders

CALL = builders.call((Role.AGENT, 0.0, "buongiorno"), (Role.CUSTOMER, 2.0, "salve"))


@pytest.fixture
def write(tmp_path):
    def make(content):
        path = tmp_path / "t.json"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return make


def document(**changes):
    return json.dumps(json.loads(dump(CALL)) | changes)


def turn(**changes):
    return json.loads(dump(CALL.turns[0])) | changes


def test_a_transcript_comes_back(write):
    assert read_transcript(write(dump(CALL))) == CALL
    empty = replace(CALL, turns=())
    assert read_transcript(write(dump(empty))) == empty


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Invalid JSON"),
        (b"\xff\xfe\x00", "Invalid JSON"),
        ("not json", "Invalid JSON"),
        ("[" * 5000, "Invalid JSON"),
        ("[]", "t.json"),
        ("{}", "language"),
        ('{"contact_id": "C", "turns": []}', "language"),
        (document(schema="transcript/9"), "schema is 'transcript/9', not 'transcript/1'"),
        (document(schema="evaluation/1"), "schema is 'evaluation/1'"),
        (document(turns=[turn(), turn()]), "the same id"),
        (document(turns=[turn(start_s=9.0, end_s=9.5), turn(id="t2")]), "not in order"),
        (document(turns=[turn(start_s=2.0, end_s=1.0, words=[])]), "ends before it starts"),
        (document(turns=[turn(role="boss")]), "turns.0.role"),
        (document(turns=[turn(confidence=7.0)]), "0..1"),
        (document(turns=[turn(words=[{"text": "a", "start_s": 2, "end_s": 1, "confidence": 1}])]), "before start_s"),
        (document(turns=[turn(start_s=0.0, end_s=float("inf"))]), "t.json"),
        (document(language_confidence=float("nan")), "t.json"),
        (document(role_confidence=float("nan")), "t.json"),
    ],
)
def test_what_is_no_transcript_is_refused(write, content, told):
    with pytest.raises(InputError, match=r"document\.invalid") as caught:
        read_transcript(write(content))
    assert told in caught.value.message
    assert caught.value.hint


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "nothing.json", tmp_path):
        with pytest.raises(InputError, match=r"file\.unreadable"):
            read_transcript(path)


# What scoring does with the extremes


@pytest.fixture
def pack(tmp_path):
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "pack.yaml").write_text(
        "pack: p\nversion: 1.0.0\ntitle: {it: a, en: b}\nfamilies: [one]\nsections:\n"
        "  - {id: s, title: {it: a, en: b}, weight: 1, criteria: [{rule: x-one}]}\n",
        encoding="utf-8",
    )
    (folder / "one.yaml").write_text(
        "family: one\nrules:\n  - id: x-one\n    title: {it: a, en: b}\n    explanation: {it: a, en: b}\n"
        "    action: {it: a, en: b}\n    status: stable\n    since: 2026-11-21\n    rationale: r\n    references: [r]\n"
        "    false_alarms: [f]\n    met: {say: {by: agent, it: [grazie mille], en: [thank you]}}\n",
        encoding="utf-8",
    )
    return load_packs(tmp_path)[0]


def scored(transcript, pack):
    return evaluate(builders.contact(), transcript, measure_talk(transcript), pack, Thresholds()).answers[0]


def test_an_empty_transcript_is_a_persons_to_judge(pack):
    for turns in ((), (Turn("t1", Role.AGENT, "agent", 0.0, 0.0, "", 1.0),)):
        answer = scored(Transcript("it", 1.0, turns, builders.ENGINE), pack)
        assert (answer.answer, answer.reason) == (Answer.CANNOT_TELL, "no_speech")


def test_ten_thousand_turns_are_scored(pack, write):
    said = [(Role.AGENT if at % 2 else Role.CUSTOMER, float(at), f"parola numero {at}") for at in range(10_000)]
    turns = tuple(
        Turn(f"t{at}", role, role.value, start, start, text, 1.0) for at, (role, start, text) in enumerate(said)
    )
    long = read_transcript(write(dump(Transcript("it", 1.0, turns, builders.ENGINE))))
    answer = scored(long, pack)
    assert (answer.answer, answer.reason) == (Answer.NOT_MET, "absent")
    assert len(answer.evidence[0].turn_ids) == 5_000
