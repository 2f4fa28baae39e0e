"""A rule's proof: small conversations with the answer that the rule must give. They lie beside the rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qm.analysis.measure_talk import measure_talk
from qm.domain.contact import Agent, Contact, Direction, History, Medium
from qm.domain.evaluation import Answer, CriterionAnswer
from qm.domain.recording import Recording
from qm.domain.transcript import EngineDescription, Role, Transcript, Turn, Word
from qm.errors import Fault
from qm.rules.engine import answer_criterion
from qm.rules.loader import read_yaml
from qm.rules.located import FaultList, Located, check_keys, nearest_hint
from qm.rules.pack import Pack
from qm.rules.scene import Scene, Thresholds
from qm.units import Seconds

LEAST_CASES = 8
"""Cases that a rule needs, a must-not and a cannot-tell among them (STYLE.md, point 16)."""
SPEECH_S: Seconds = 0.35
"""Length of a word in a case that gives no times: about 170 words a minute."""
PAUSE_S: Seconds = 0.6
_CASE_KEYS = ("rule", "name", "expect", "language", "medium", "contact", "turns", "roles")
_TURN_KEYS = ("agent", "customer", "ivr", "at", "until", "confidence")
_CONTACT_KEYS = ("process", "direction", "queue", "team", "site", "vendor", "agent_name", *vars(History()))
_AGENT_NAME = "Anna Bianchi"


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
    return CaseResult(case, answer_criterion(pack.form.criterion(case.rule_id), pack.rule(case.rule_id), scene))


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
    before = len(found.faults)
    medium = Medium(node.get("medium", "voice"))
    contact = _contact(node, medium, found)
    turns = _turns(node, found)
    if contact is None or len(found.faults) > before:
        return None
    if node.get("roles") == "unknown":
        turns = tuple(
            Turn(t.id, Role.UNKNOWN, "mono", t.start_s, t.end_s, t.text, t.confidence, t.words) for t in turns
        )
    recording = Recording("0" * 64, turns[-1].end_s if turns else 0.0, 8000, 2) if medium is Medium.VOICE else None
    engine = EngineDescription("case", "1", "", "", "")
    transcript = Transcript(str(node.get("language", "it")), 1.0, turns, engine, recording)
    place = f"{found.file}:{node.line}"
    return Case(node["rule"], str(node["name"]), Answer(node["expect"]), contact, transcript, place)


def _contact(node: Located, medium: Medium, found: FaultList) -> Contact | None:
    given = node.get("contact", Located())
    if not isinstance(given, Located) or not check_keys(given, _CONTACT_KEYS, (), found, "contact"):
        return None
    history = History(**{key: given[key] for key in given if key in vars(History())})
    agent = Agent(
        "A1",
        str(given.get("agent_name", _AGENT_NAME)),
        str(given.get("team", "")),
        str(given.get("site", "")),
        str(given.get("vendor", "")),
    )
    return Contact(
        id="case", medium=medium, started_at=datetime(2026, 11, 20, 9, tzinfo=UTC), agent=agent, history=history,
        queue=str(given.get("queue", "")), process=str(given.get("process", "")),
        direction=Direction(given.get("direction", "in")), language=str(node.get("language", "it")),
    )  # fmt: skip


def _turns(node: Located, found: FaultList) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    clock: Seconds = 0.0
    for item in node.get("turns") or []:
        if not isinstance(item, Located) or not check_keys(item, _TURN_KEYS, (), found, "turn"):
            continue
        said = [key for key in ("agent", "customer", "ivr") if key in item]
        if len(said) != 1:
            found.add(item.line, "rules.bad_cases", "a turn has exactly one of agent, customer, ivr")
            continue
        turn = _turn(f"t{len(turns) + 1}", Role(said[0]), str(item[said[0]]), item, clock)
        clock = max(clock, turn.end_s) + PAUSE_S
        turns.append(turn)
    return tuple(sorted(turns, key=lambda turn: turn.start_s))


def _turn(turn_id: str, role: Role, text: str, given: Mapping[str, Any], clock: Seconds) -> Turn:
    words = text.split()
    start = float(given.get("at", clock))
    end = float(given.get("until", start + SPEECH_S * len(words)))
    each = (end - start) / max(len(words), 1)
    confidence = float(given.get("confidence", 0.95))
    timed = tuple(
        Word(word, start + each * place, start + each * (place + 1), confidence) for place, word in enumerate(words)
    )
    return Turn(turn_id, role, role.value, start, end, text, confidence, timed)
