"""The retention plan: what the file says is what is done, and every fault is told with its line."""

from datetime import UTC, datetime, timedelta

import pytest

from qm.domain.retention import Aged, DataKind, Mark, RetentionRule
from qm.errors import SettingsError
from qm.retention_file import read_retention

PLAN = """
rules:
  - id: failed
    outcome: [automatic_fail, open_case]
    keep: {audio: 730, transcript: 730, contact: never}
  - id: sales
    medium: voice
    process: [vendite, "12"]
    keep: {audio: 180}
  - id: rest
    keep: {audio: 90, transcript: 365, evidence: 730, contact: 1095}
"""
ONE = "rules:\n  - id: a\n    keep: {audio: 1}"
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def read(tmp_path):
    def from_text(text):
        path = tmp_path / "retention.yaml"
        path.write_text(text, encoding="utf-8")
        return read_retention(str(path))

    return from_text


def aged(medium="voice", process="", *marks, gone=()):
    return Aged("C-1", START, medium, process, frozenset({Mark.DONE, *marks}), frozenset(gone))


def test_no_file_no_dates():
    assert read_retention("").due_of(aged()) == {}
    assert read_retention("").shortest_days is None


def test_the_first_rule_that_fits_decides_alone(read):
    plan = read(PLAN)
    named = [
        (aged("voice", "vendite", Mark.AUTOMATIC_FAIL), "failed"), (aged("voice", "vendite"), "sales"),
        (aged("voice", "12"), "sales"), (aged("chat", "vendite"), "rest"), (aged(), "rest"),
    ]  # fmt: skip
    assert [(plan.rule_for(contact).id, wanted) for contact, wanted in named] == [(w, w) for _c, w in named]
    assert plan.due_of(aged("voice", "vendite")) == {DataKind.AUDIO: START + timedelta(days=180)}
    assert plan.shortest_days == 90


def test_a_whole_contact_takes_everything_with_it(read):
    plan = read(PLAN)
    assert plan.due_now(aged(), START + timedelta(days=400)) == {DataKind.AUDIO, DataKind.TRANSCRIPT}
    assert plan.due_now(aged(), START + timedelta(days=1095)) == {DataKind.CONTACT}
    assert plan.due_now(aged(gone=[DataKind.AUDIO]), START + timedelta(days=100)) == frozenset()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: []", "1: rules.missing_key: plan: 'rules' is missing"),
        ("[1]", "1: rules.bad_value: the plan must be a mapping"),
        ("rules:\n  - id: a\n    keep: {audio: -1}", "3: rules.bad_number: rule 'a': keep.audio must be whole days"),
        ("rules:\n  - id: a\n    keep: {audio: 1.5}", "3: rules.bad_number"),
        ("rules:\n  - id: a\n    keep: {audio: yes}", "3: rules.bad_number"),
        ("rules:\n  - id: a\n    keep: {sound: 1}", "3: rules.unknown_key: rule 'a': keep: unknown key 'sound'"),
        ("rules:\n  - id: a\n    keep: {}", "3: rules.bad_value: rule 'a': keep names nothing"),
        ("rules:\n  - id: a\n    keep: 30", "3: rules.bad_value: rule 'a': keep must be a mapping"),
        ("rules:\n  - id: A b\n    keep: {audio: 1}", "2: rules.bad_value: rule 'A b': this can't be an id"),
        ("rules:\n  - id: a\n    medium: fax\n    keep: {audio: 1}", "3: rules.bad_value: rule 'a': unknown medium"),
        ("rules:\n  - id: a\n    outcome: failed\n    keep: {audio: 1}", "3: rules.bad_value: rule 'a': unknown out"),
        ("rules:\n  - id: a\n    process: []\n    keep: {audio: 1}", "3: rules.bad_list: rule 'a': 'process' is empty"),
        ("rules:\n  - id: a\n    process: [12]\n    keep: {audio: 1}", "3: rules.bad_list"),
        ("rules:\n  - id: a\n    keep: {audio: 9}\n    kept: 1", "4: rules.unknown_key"),
        (f"{ONE}\n  - id: b\n    keep: {{audio: 2}}", "4: rules.bad_value: rule 'b' decides nothing"),
        (f"{ONE}\n  - id: a\n    keep: {{audio: 2}}", "already stands in line 2"),
        ("rules:\n  - id: a\n    keep: {audio: 9, contact: 8}", "audio is kept 9 days, but the contact only 8 days"),
        ("rules:\n  - id: a\n    keep: {audio: never, contact: 8}", "audio is kept for ever, but the contact"),
    ],
)  # fmt: skip
def test_faults_name_their_line(read, text, told):
    with pytest.raises(SettingsError) as caught:
        read(text)
    assert caught.value.code == "retention.faulty"
    assert told in caught.value.message


def test_all_faults_are_told_together(read):
    with pytest.raises(SettingsError) as caught:
        read("rules:\n  - id: a\n    keep: {audio: x}\n  - id: b\n    medium: fax\n    keep: {audio: 1}")
    assert caught.value.message.count("retention.yaml:") == 2


def test_a_file_that_isnt_there_says_so(tmp_path):
    with pytest.raises(SettingsError, match=r"retention\.unreadable"):
        read_retention(str(tmp_path / "none.yaml"))


def test_a_rule_without_days_is_refused():
    with pytest.raises(ValueError, match="at least one kind"):
        RetentionRule("a")
