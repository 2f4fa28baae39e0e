"""Everything that the program tells people is worded in both languages: findings, grades, signs, measures."""

import ast
from pathlib import Path

import pytest

from api.measure_groups import GROUPS, PARTIES, measure_groups
from api.texts import WORDS as PAGE_WORDS
from qm.analysis import guard_phantoms
from qm.analysis.measure_talk import MEASURES
from qm.domain.signals import SignalKind
from qm.domain.text import Language
from qm.wording import WORDS, say
from qm.wording_codes import CODES
from qm.wording_findings import FINDINGS, PHANTOM_SIGNS, phantom_reason

ROOT = Path(__file__).resolve().parents[2]
FINDING_AREAS = ("recording.", "transcript.", "roles.")


def constants(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def documented_findings():
    """First column of the table of findings; the documentation's own test compares it with the program."""
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    table = text.split("## Findings")[1].split("\n## ")[0]
    return {line.split("`")[1] for line in table.splitlines() if line.startswith("| `")}


def test_every_finding_is_worded():
    assert documented_findings() == set(FINDINGS)
    assert not set(FINDINGS) & set(CODES), "a code is a finding or a reason to stop, not both"


def test_findings_serve_as_reasons_of_answers_and_grades():
    for prefix in ("finding", "grade", "reason"):
        assert say(f"{prefix}.recording.bleed", Language.ITALIAN) == FINDINGS["recording.bleed"].it
    assert say("grade.roles_unknown", Language.ENGLISH) == "who speaks isn't known"
    assert say("grade.something_new", Language.ITALIAN) == "something_new"


def test_every_reason_of_a_grade_is_worded():
    source = constants(ROOT / "qm" / "analysis" / "grade_transcript.py")
    worded = {key.removeprefix("grade.") for key in WORDS if key.startswith("grade.")}
    assert set("ABCD") <= worded
    assert worded - set("ABCD") <= source
    docstring = next(text for text in source if text.startswith("The grade, with the reasons"))
    named = set(docstring.split("Reasons are codes:")[1].split("or the code")[0].split("`")[1::2])
    assert named == worded - set("ABCD")


def test_every_sign_of_a_phantom_is_worded():
    told = {*guard_phantoms._TELLING.values(), *guard_phantoms._PARTIAL.values()}
    assert told == set(PHANTOM_SIGNS)
    for sign in told:
        message = f"channel 0: 3 words probably never said: {sign} and hardly audible"
        assert phantom_reason(message, Language.ITALIAN) == f"{PHANTOM_SIGNS[sign]} e appena udibile"
        assert phantom_reason(message, Language.ENGLISH) == f"{sign} and hardly audible"


def test_every_measure_and_kind_of_signal_is_worded():
    named = {*MEASURES, *(kind.value for kind in SignalKind)}
    assert not {name for name in named if f"measure.{name}" not in PAGE_WORDS}


def test_every_measure_stands_in_one_group_under_a_label():
    placed = [
        pattern.replace("*", party) for _name, patterns in GROUPS for pattern in patterns
        for party in (PARTIES if "*" in pattern else PARTIES[:1])
    ]  # fmt: skip
    assert len(placed) == len(set(placed))
    assert set(placed) >= MEASURES
    assert set(placed) - MEASURES == {"customer_longest_turn_s"}
    groups = measure_groups(dict.fromkeys(MEASURES, 1.0))
    assert "other" not in {group.name for group in groups}
    labels = {f"group.{group.name}" for group in groups} | {row.label for group in groups for row in group.rows}
    assert not labels - set(PAGE_WORDS)


@pytest.mark.parametrize("words", [WORDS, PAGE_WORDS, CODES, FINDINGS], ids=["words", "pages", "codes", "findings"])
def test_nothing_is_left_empty(words):
    assert not {key for key, text in words.items() if not text.it.strip() or not text.en.strip()}
