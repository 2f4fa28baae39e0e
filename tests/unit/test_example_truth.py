"""The truth of the example day: stated for every criterion, coherent, and what `expected.json` holds."""

import importlib
import json
from itertools import pairwise

import pytest

from qm.config import REPOSITORY
from qm.rules.loader import load_packs

EXAMPLES = REPOSITORY / "examples"


@pytest.fixture
def truth(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    return importlib.import_module("truth")


@pytest.fixture
def dialogues(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    return importlib.import_module("make_day").read_dialogues(EXAMPLES / "dialogues")


def stated(truth, medium, direction, process, answer="met"):
    """A truth that says the same of every criterion that contact data leave open."""
    closed = {name for name in truth.CRITERIA if truth.is_ruled_out(name, medium, direction, process)}
    return {name: "not_applicable" if name in closed else answer for name in truth.CRITERIA}


def test_the_truth_names_just_the_criteria_of_the_packs(truth):
    packs = {pack.form.id: {c.id for c in pack.form.criteria} for pack in load_packs(REPOSITORY / "scoring_rules")}
    assert {pack: set(criteria) for pack, criteria in truth.PACKS.items()} == packs


def test_expected_answers_are_those_of_the_dialogues(dialogues):
    expected = json.loads((EXAMPLES / "expected.json").read_text(encoding="utf-8"))["contacts"]
    assert {d.contact_id: (d.truth, d.told_apart, d.planted) for d in dialogues} == {
        contact_id: (entry["answers"], entry.get("told_apart", {}), entry["planted"])
        for contact_id, entry in expected.items()
    }


def test_voices_told_apart_settle_just_what_one_channel_leaves_open(truth, dialogues):
    mono = [d for d in dialogues if d.is_mono]
    assert [d.contact_id for d in mono] == ["C-1014", "C-1015"]
    assert [truth.find_told_apart_faults(d.truth, d.told_apart) for d in mono] == [[], []]
    assert not [d.contact_id for d in dialogues if d.told_apart and not d.is_mono]


def test_times_of_a_chat_are_as_the_truth_says(dialogues):
    chats = [d for d in dialogues if d.contact["medium"] == "chat"]
    assert len(chats) == 3
    for chat in chats:
        turns = [turn for turn in chat.turns if turn["role"] != "bot"]
        waits = sorted(b["gap"] for a, b in pairwise(turns) if (a["role"], b["role"]) == ("customer", "agent"))
        first = next(b["gap"] for a, b in pairwise(turns) if a["role"] == "customer")
        median = (waits[(len(waits) - 1) // 2] + waits[len(waits) // 2]) / 2
        assert chat.truth["ch-first-response"] == ("met" if first <= 60 else "not_met")
        assert chat.truth["ch-longest-response"] == ("met" if waits[-1] <= 180 else "not_met")
        assert chat.truth["ch-median-response"] == ("met" if median <= 90 else "not_met")
        assert (chat.truth["ch-wait-told"] == "not_applicable") == (waits[-1] < 120)


@pytest.mark.parametrize(
    ("criterion", "contact", "ruled_out"),
    [
        ("re-apology", ("chat", "in", "reclami"), False),
        ("re-apology", ("voice", "in", "disdetta"), True),
        ("rd-lets-talk", ("voice", "out", "richiamo-detrattori"), False),
        ("rd-lets-talk", ("chat", "out", "richiamo-detrattori"), True),
        ("rd-press", ("chat", "out", "richiamo-detrattori"), False),
        ("rd-press", ("voice", "in", "richiamo-detrattori"), True),
        ("at-ticket", ("voice", "in", "guasti"), False),
        ("vt-needs", ("voice", "out", "vendita"), False),
        ("vt-needs", ("voice", "in", "vendita"), True),
        ("so-plan", ("voice", "out", "sollecito"), False),
        ("so-plan", ("voice", "out", "vendita"), True),
        ("ch-canned", ("email", "in", "reclami"), False),
        ("ch-canned", ("voice", "in", "reclami"), True),
        ("ch-idle", ("email", "in", "reclami"), True),
        ("ch-mail-response", ("chat", "in", "reclami"), True),
        ("sc-greeting", ("chat", "out", "vendita"), False),
    ],
)
def test_contact_data_rule_criteria_out(truth, criterion, contact, ruled_out):
    assert truth.is_ruled_out(criterion, *contact) is ruled_out


def test_a_complete_truth_has_no_fault(truth):
    contact = ("voice", "in", "reclami")
    assert truth.find_truth_faults(stated(truth, *contact), *contact, is_mono=False) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"re-blame": None}, "truth lacks re-blame"),
        ({"re-blam": "met"}, "truth names an unknown criterion re-blam"),
        ({"re-blame": "yes"}, "re-blame: 'yes' is no answer"),
        ({"vt-needs": "not_met"}, "vt-needs: contact data rule it out, but the truth says not_met"),
    ],
)
def test_a_slip_in_the_truth_is_named(truth, change, fault):
    contact = ("voice", "in", "reclami")
    answers = {name: answer for name, answer in (stated(truth, *contact) | change).items() if answer}
    assert truth.find_truth_faults(answers, *contact, is_mono=False) == [fault]


def test_on_one_channel_who_speaks_is_unknown(truth):
    contact = ("voice", "in", "reclami")
    answers = stated(truth, *contact, answer="cannot_tell") | {"sc-silence": "met", "re-blame": "met"}
    faults = truth.find_truth_faults(answers, *contact, is_mono=True)
    assert faults == ["re-blame: met cannot be told on a mono recording"]


@pytest.mark.parametrize(
    ("told_apart", "faults"),
    [
        ({"re-blame": "met"}, []),
        ({}, ["told_apart lacks re-blame"]),
        ({"re-blame": "cannot_tell"}, ["told_apart: re-blame: 'cannot_tell' is no answer of voices told apart"]),
        (
            {"re-blame": "met", "sc-silence": "met"},
            ["told_apart names sc-silence, which one channel leaves no doubt of"],
        ),
    ],
)
def test_a_slip_in_what_voices_told_apart_settle_is_named(truth, told_apart, faults):
    answers = {"re-blame": "cannot_tell", "sc-silence": "met"}
    assert truth.find_told_apart_faults(answers, told_apart) == faults
