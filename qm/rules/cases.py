"""A rule's proof: small conversations with the answer that the rule must give. They lie beside the rule."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qm.analysis.measure_talk import measure_talk
from qm.domain.contact import Contact
from qm.domain.evaluation import Answer, CriterionAnswer
from qm.domain.transcript import Transcript
from qm.errors import Fault
from qm.rules.engine import answer_one
from qm.rules.loader import read_yaml
from qm.rules.located import FaultList, Located, check_keys, nearest_hint
from qm.rules.pack import Pack
from qm.rules.read_conversation import CONVERSATION_KEYS, read_conversation
from qm.rules.scene import Scene, Thresholds

LEAST_CASES = 8
"""Cases that a rule needs, a must-not and a cannot-tell among them (STYLE.md, point 16)."""
_CASE_KEYS = ("rule", "name", "expect", "source", *CONVERSATION_KEYS)


@dataclass(frozen=True)
class Case:
    """One conversation and the answer to give.

    Attributes:
        place: file and line, for messages.
    """

    rule_id: str
    name: str
    expect: Answer
    contact: Contact
    transcript: Transcript
    place: str


@dataclass(frozen=True)
class CaseResult:
    """What the rule answered."""

    case: Case
    answer: CriterionAnswer

    @property
    def holds(self) -> bool:
        """True where the answer is the expected one."""
        return self.answer.answer is self.case.expect


def load_cases(pack: Pack, folder: Path, root: Path) -> tuple[tuple[Case, ...], list[Fault]]:
    """All cases beside a pack's families, and what is wrong with their files."""
    cases: list[Case] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.cases.yaml")):
        shown = str(path.relative_to(root.parent))
        node, found = read_yaml(path, shown)
        faults.extend(found)
        if found:
            continue
        collected = FaultList(shown)
        items = node.get("cases") if isinstance(node, Located) else None
        if not isinstance(items, list):
            collected.add(0, "rules.bad_cases", "a case file is a mapping with `cases:`")
        for item in items if isinstance(items, list) else []:
            try:
                case = _case(item, pack, collected)
            except (ValueError, TypeError) as error:  # a medium, direction or time that isn't one
                collected.add(getattr(item, "line", 0), "rules.bad_value", f"case: {error}")
                continue
            cases.extend([case] if case else [])
        faults.extend(collected.faults)
    return tuple(cases), faults


def run_case(pack: Pack, case: Case, thresholds: Thresholds) -> CaseResult:
    """Answer the case's criterion on its conversation."""
    scene = Scene(case.contact, case.transcript, measure_talk(case.transcript), thresholds)
    return CaseResult(case, answer_one(pack, case.rule_id, scene))


def missing_proof(pack: Pack, cases: tuple[Case, ...], shown: str) -> list[Fault]:
    """A fault for each rule with too few cases, or without a not-met or a cannot-tell among them."""
    faults = []
    for rule in pack.rules:
        answers = [case.expect for case in cases if case.rule_id == rule.id]
        if len(answers) < LEAST_CASES:
            message = f"rule '{rule.id}' has {len(answers)} cases"
            faults.append(Fault(shown, 0, "rules.few_cases", message, f"write at least {LEAST_CASES}"))
        missing = [a.value for a in (Answer.MET, Answer.NOT_MET, Answer.CANNOT_TELL) if a not in answers]
        if missing:
            message = f"rule '{rule.id}' has no case for {', '.join(missing)}"
            faults.append(Fault(shown, 0, "rules.missing_case", message, "write one for each"))
    return faults


def _case(node: Any, pack: Pack, found: FaultList) -> Case | None:
    if not isinstance(node, Located):
        found.add(0, "rules.bad_cases", "a case is a mapping")
        return None
    if not check_keys(node, _CASE_KEYS, ("rule", "name", "expect"), found, "case"):
        return None
    rules = [rule.id for rule in pack.rules]
    if node["rule"] not in rules:
        found.add(
            node.line_of("rule"), "rules.unknown_rule", f"no rule '{node['rule']}'", nearest_hint(node["rule"], rules)
        )
        return None
    answers = [answer.value for answer in Answer]
    if node["expect"] not in answers:
        found.add(node.line_of("expect"), "rules.bad_value", f"no answer '{node['expect']}'", ", ".join(answers))
        return None
    conversation = read_conversation(node, found)
    if conversation is None:
        return None
    place = f"{found.file}:{node.line}"
    answer = Answer(node["expect"])
    return Case(node["rule"], str(node["name"]), answer, conversation.contact, conversation.transcript, place)
