"""STAR as contacts: what a transcript holds of each conversation, and what was answered in the questionnaires.

Used of a conversation: the texts that customer and wizard (the agent) wrote, in order, with their times. Not used: the
wizard's actions, its suggestions and search results, the scenario, who the workers are.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qm.domain.contact import Agent, Contact, Medium
from qm.domain.transcript import EngineDescription, Role, Transcript, Turn
from qm.errors import InputError

WRITTEN = EngineDescription("written", "1", "0" * 64, "none", "none")
QUESTIONS = {"change": "change his/her mind", "annoyed": "aggressive or annoyed", "calm": "calm and helpful"}
OTHERS = ("enjoy this task", "unsure about", "seem confused")
"""Asked as well, and not measured here."""


@dataclass(frozen=True)
class StarAnswer:
    """One answer of a questionnaire on one conversation."""

    question: str
    contact: Contact
    transcript: Transcript
    is_met: bool


def read_star(folder: Path) -> tuple[StarAnswer, ...]:
    """All answers, by conversation; the question is `outcome`, `change`, `annoyed` or `calm`.

    Raises:
        InputError: the conversations are absent.
    """
    found: list[StarAnswer] = []
    paths = sorted((folder / "dialogues").glob("*.json"))
    if not paths:
        raise InputError("bench.no_data", f"{folder} is absent", "set QM_SHARED_DATA to the folder of shared data")
    for path in paths:
        found.extend(_answers(json.loads(path.read_text(encoding="utf-8"))))
    return tuple(found)


def _answers(dialogue: dict[str, Any]) -> Iterator[StarAnswer]:
    transcript = _transcript(dialogue["Events"])
    for item in (*dialogue["UserQuestionnaire"], *dialogue["WizardQuestionnaire"]):
        text = item["Question"]
        question = next((name for name, part in QUESTIONS.items() if part in text), "outcome")
        if not any(part in text for part in OTHERS):
            process = text if question == "outcome" else ""
            yield StarAnswer(question, _contact(str(dialogue["DialogueID"]), process), transcript, bool(item["Answer"]))


def _contact(number: str, process: str) -> Contact:
    """The question of an outcome stands for the process: a booking and a search are different work."""
    return Contact(
        number, Medium.CHAT, datetime(2020, 5, 1, tzinfo=UTC), Agent("", "", ""), process=process, language="en"
    )


def _transcript(events: list[dict[str, Any]]) -> Transcript:
    turns: list[Turn] = []
    began = next((float(event["UnixTime"]) for event in events if "UnixTime" in event), 0.0)
    for event in events:
        role = _role(event)
        if role is not None and event.get("Text"):
            at_s = max(0.0, float(event["UnixTime"]) - began)
            turns.append(Turn(f"t{len(turns) + 1}", role, role.value, at_s, at_s, event["Text"], 1.0))
    return Transcript("en", 1.0, tuple(turns), WRITTEN, role_confidence=1.0)


def _role(event: dict[str, Any]) -> Role | None:
    if event["Agent"] == "User" and event["Action"] == "utter":
        return Role.CUSTOMER
    if event["Agent"] == "Wizard" and event["Action"] in {"utter", "pick_suggestion"}:
        return Role.AGENT
    return None
