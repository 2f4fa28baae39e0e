"""A conversation as an analyst writes it in YAML, as the contact and transcript that the product would make of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from qm.domain.contact import Agent, Contact, Direction, History, Medium
from qm.domain.recording import Recording
from qm.domain.transcript import EngineDescription, Role, Transcript, Turn, Word
from qm.rules.located import FaultList, Located, check_keys
from qm.units import Seconds

SPEECH_S: Seconds = 0.35
"""Length of a word where no times are given: about 170 words a minute."""
PAUSE_S: Seconds = 0.6
WRITTEN_PAUSE_S: Seconds = 20.0
"""Time between messages of a chat or an e-mail that gives none: long enough that no phrase spans two."""
CONVERSATION_KEYS = ("language", "medium", "contact", "turns", "roles")
_SPEAKERS = {"agent": Role.AGENT, "customer": Role.CUSTOMER, "ivr": Role.IVR, "bot": Role.IVR}
_TURN_KEYS = (*_SPEAKERS, "at", "until", "confidence")
_CONTACT_KEYS = ("process", "direction", "queue", "team", "site", "vendor", "agent_name", *vars(History()))
_AGENT_NAME = "Anna Bianchi"


@dataclass(frozen=True)
class Conversation:
    """Who spoke with whom, and what was said."""

    contact: Contact
    transcript: Transcript


def read_conversation(node: Located, found: FaultList) -> Conversation | None:
    """The conversation that a mapping holds; `None`, with its faults in `found`, where it holds none.

    Raises:
        ValueError, TypeError: a medium, direction or time isn't one.
    """
    before = len(found.faults)
    medium = Medium(node.get("medium", "voice"))
    contact = _contact(node, medium, found)
    turns = _turns(node, found, medium)
    if contact is None or len(found.faults) > before:
        return None
    if node.get("roles") == "unknown":
        turns = tuple(
            Turn(t.id, Role.UNKNOWN, "mono", t.start_s, t.end_s, t.text, t.confidence, t.words) for t in turns
        )
    recording = Recording("0" * 64, turns[-1].end_s if turns else 0.0, 8000, 2) if medium is Medium.VOICE else None
    engine = EngineDescription("case", "1", "", "", "")
    return Conversation(contact, Transcript(str(node.get("language", "it")), 1.0, turns, engine, recording))


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


def _turns(node: Located, found: FaultList, medium: Medium) -> tuple[Turn, ...]:
    build, pause_s = (_spoken, PAUSE_S) if medium is Medium.VOICE else (_written, WRITTEN_PAUSE_S)
    turns: list[Turn] = []
    clock: Seconds = 0.0
    for item in node.get("turns") or []:
        if not isinstance(item, Located) or not check_keys(item, _TURN_KEYS, (), found, "turn"):
            continue
        said = [key for key in _SPEAKERS if key in item]
        if len(said) != 1:
            found.add(item.line, "rules.bad_cases", f"a turn has exactly one of {', '.join(_SPEAKERS)}")
            continue
        turn = build(f"t{len(turns) + 1}", _SPEAKERS[said[0]], str(item[said[0]]), item, clock)
        clock = max(clock, turn.end_s) + pause_s
        turns.append(turn)
    return tuple(sorted(turns, key=lambda turn: turn.start_s))


def _written(turn_id: str, role: Role, text: str, given: Mapping[str, Any], clock: Seconds) -> Turn:
    """A message as chats and e-mails are read: a moment, words without times of their own, sure since written."""
    at_s = float(given.get("at", clock))
    return Turn(turn_id, role, role.value, at_s, at_s, text, 1.0)


def _spoken(turn_id: str, role: Role, text: str, given: Mapping[str, Any], clock: Seconds) -> Turn:
    words = text.split()
    start = float(given.get("at", clock))
    end = float(given.get("until", start + SPEECH_S * len(words)))
    each = (end - start) / max(len(words), 1)
    confidence = float(given.get("confidence", 0.95))
    timed = tuple(
        Word(word, start + each * place, start + each * (place + 1), confidence) for place, word in enumerate(words)
    )
    return Turn(turn_id, role, role.value, start, end, text, confidence, timed)
