"""Make `examples/day` and `examples/expected.json` from the written dialogues.

Run ``python examples/make_day.py``. Needs festival with the Italian voices, flite, sox and ffmpeg, and the Python
packages pyyaml, numpy and soundfile. The result is committed, so a user of the product needs none of these.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from speech import (
    ENCODINGS,
    SAMPLE_RATE_HZ,
    ProgramError,
    Samples,
    Turn,
    Voice,
    check_programs,
    encode_call,
    render_call,
)
from truth import find_truth_faults

HERE = Path(__file__).resolve().parent
DAY = HERE / "day"
DATE = "2026-11-20"
OFFSET = "+01:00"
DEFAULT_GAP_S = (0.45, 0.7, 0.55, 0.9, 0.6, 0.8)  # pauses between turns, taken in this order

CONTACT_COLUMNS = [
    "contact_id",
    "medium",
    "started_at",
    "agent_id",
    "agent_name",
    "team",
    "site",
    "vendor",
    "queue",
    "process",
    "direction",
    "customer_id",
    "language",
    "recording",
    "agent_channel",
    "wait_s",
    "ivr_s",
    "hold_s",
    "holds",
    "transfers",
    "talk_s",
    "wrap_s",
    "kind",
    "supervisor",
]
SURVEY_COLUMNS = [
    "response_id",
    "contact_id",
    "customer_id",
    "agent_id",
    "invited_at",
    "answered_at",
    "medium",
    "nps",
    "satisfaction",
    "csat",
    "ces",
    "resolved",
    "comment",
]
QUARANTINE_CODES = {
    "truncated": "recording.truncated",
    "not_audio": "recording.not_audio",
    "duplicate": "recording.duplicate",
}

Row = dict[str, Any]


class DialogueError(ValueError):
    """A dialogue is incomplete or contradicts itself."""


@dataclass(frozen=True)
class Dialogue:
    """One written contact, as its YAML file states it."""

    contact: Row
    codec: str | None
    kbit: int
    voices: dict[str, Voice]
    turns: list[Row]
    truth: dict[str, str]
    told_apart: dict[str, str]
    planted: list[str]
    survey: Row | None

    @property
    def contact_id(self) -> str:
        """Id of the contact."""
        return str(self.contact["contact_id"])

    @property
    def is_mono(self) -> bool:
        """Whether both parties share one channel."""
        return self.contact["medium"] == "voice" and self.contact["agent_channel"] is None

    @property
    def recording(self) -> str:
        """File name of the recording; empty for a chat."""
        return f"{self.contact['recording']}.{ENCODINGS[self.codec][0]}" if self.codec else ""


def read_dialogue(path: Path) -> Dialogue:
    """Read and check one dialogue.

    Raises:
        DialogueError: The truth is incomplete, or a turn has an unknown role.
    """
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    voices = {role: Voice(**voice) for role, voice in raw.get("voices", {}).items()}
    dialogue = Dialogue(
        contact=raw["contact"],
        codec=raw.get("codec"),
        kbit=raw.get("kbit", 32),
        voices=voices,
        turns=raw["turns"],
        truth=raw["truth"],
        told_apart=raw.get("told_apart", {}),
        planted=raw.get("planted", []),
        survey=raw.get("survey"),
    )
    contact = dialogue.contact
    faults = find_truth_faults(
        dialogue.truth, contact["medium"], contact["direction"], contact["process"], dialogue.is_mono
    )
    known = {"agent", "customer", "bot"} if contact["medium"] == "chat" else {"agent", "customer"}
    faults += [f"unknown role {turn['role']!r}" for turn in dialogue.turns if turn["role"] not in known]
    if faults:
        raise DialogueError(f"{path.name}: " + "; ".join(faults))
    return dialogue


def read_dialogues(folder: Path) -> list[Dialogue]:
    """All dialogues of a folder, in the order of their file names; no contact id twice."""
    dialogues = [read_dialogue(path) for path in sorted(folder.glob("*.yaml"))]
    ids = [dialogue.contact_id for dialogue in dialogues]
    twice = sorted({contact_id for contact_id in ids if ids.count(contact_id) > 1})
    if twice:
        raise DialogueError(f"contact ids used twice: {', '.join(twice)}")
    return dialogues


def speak_dialogue(dialogue: Dialogue) -> dict[str, Samples]:
    """The two parties of a call as sound."""
    turns = []
    for index, raw in enumerate(dialogue.turns):
        hold = raw.get("hold", {})
        gap_s = raw.get("gap", DEFAULT_GAP_S[index % len(DEFAULT_GAP_S)])
        say = str(raw.get("say", raw["text"]))
        turns.append(Turn(raw["role"], say, gap_s, hold.get("seconds", 0.0), hold.get("music", False)))
    return render_call(turns, dialogue.voices, dialogue.contact_id)


def write_chat(dialogue: Dialogue, path: Path) -> int:
    """Write a chat as JSON; returns its length in seconds."""
    start = datetime.fromisoformat(_stamp(dialogue.contact["at"]))
    clock, turns = start, []
    for raw in dialogue.turns:
        clock += timedelta(seconds=raw.get("gap", 0))
        turns.append({"role": raw["role"], "at": clock.isoformat(), "text": raw["text"]})
    _write_json(path, {"contact_id": dialogue.contact_id, "turns": turns})
    return int((clock - start).total_seconds())


def make_row(contact: Row, agents: dict[str, Row], measured: Row) -> Row:
    """One row of contacts.csv from what the dialogue says, who the agent is, and what the audio measures."""
    defaults = {"medium": "voice", "agent_channel": 0, "hold_s": 0, "holds": 0, "transfers": 0, "kind": "customer"}
    row = defaults | contact | agents[contact["agent"]] | measured
    row |= {"agent_id": contact["agent"], "started_at": _stamp(contact["at"])}
    return {column: "" if row.get(column) is None else row[column] for column in CONTACT_COLUMNS}


def make_contact(dialogue: Dialogue, agents: dict[str, Row], recordings: dict[str, bytes]) -> Row:
    """Write the recording or chat of a dialogue and return its row."""
    if dialogue.codec is None:
        talk_s = write_chat(dialogue, DAY / "chats" / f"{dialogue.contact_id}.json")
        return make_row(dialogue.contact, agents, {"recording": "", "agent_channel": None, "talk_s": talk_s})
    channels = speak_dialogue(dialogue)
    path = DAY / "recordings" / dialogue.recording
    encode_call(channels, dialogue.contact["agent_channel"], dialogue.codec, dialogue.kbit, path)
    recordings[dialogue.contact_id] = path.read_bytes()
    # The telephone system knows of a hold when its music plays; a silence of the agent it counts as talk.
    holds = [turn["hold"]["seconds"] for turn in dialogue.turns if turn.get("hold", {}).get("music")]
    length_s = len(channels["agent"]) / SAMPLE_RATE_HZ
    measured = {"hold_s": round(sum(holds)), "holds": len(holds), "talk_s": round(length_s - sum(holds))}
    return make_row(dialogue.contact, agents, {"recording": dialogue.recording, **measured})


def make_fault(fault: Row, agents: dict[str, Row], dialogues: dict[str, Dialogue], recordings: dict[str, bytes]) -> Row:
    """Write one faulty recording and return its row."""
    path = DAY / "recordings" / fault["recording"]
    measured: Row = {}
    if fault["fault"] == "not_audio":
        path.write_text("Registrazione non disponibile: vedere il ticket 4821.\n" * 40, encoding="utf-8")
    elif fault["fault"] == "duplicate":
        path.write_bytes(recordings[fault["source"]])
    else:
        channels = speak_dialogue(dialogues[fault["source"]])
        encode_call(channels, 0, "mulaw", 0, path)
        path.write_bytes(path.read_bytes()[:64_000])  # 4 s of the 72 that the header promises
    return make_row(fault, agents, measured)


def make_surveys(dialogues: list[Dialogue], strays: list[Row]) -> tuple[list[Row], dict[str, Any]]:
    """Rows of surveys.csv and the links that are true of them."""
    rows, links = [], {}
    for dialogue in dialogues:
        if dialogue.survey is None:
            continue
        survey, contact = dict(dialogue.survey), dialogue.contact
        began = datetime.fromisoformat(_stamp(contact["at"]))
        by_contact = survey.pop("link") == "contact"
        key = {"contact_id": dialogue.contact_id} if by_contact else {}
        key |= {} if by_contact else {"customer_id": contact["customer_id"], "agent_id": contact["agent"]}
        invited = began + timedelta(minutes=survey.pop("invited_min"))
        answered = began + timedelta(minutes=survey.pop("answered_min"))
        rows.append(survey | key | {"invited_at": invited.isoformat(), "answered_at": answered.isoformat()})
        links[survey["response_id"]] = dialogue.contact_id
    rows += [
        stray | {"invited_at": _stamp(stray["invited"]), "answered_at": _stamp(stray["answered"])} for stray in strays
    ]
    unlinked = [stray["response_id"] for stray in strays]
    rows.sort(key=lambda row: row["response_id"])
    return rows, {"links": dict(sorted(links.items())), "unlinked": unlinked}


def make_day() -> None:
    """Rebuild the day folder and the truth beside it."""
    check_programs()
    dialogues = read_dialogues(HERE / "dialogues")
    agents = yaml.safe_load((HERE / "agents.yaml").read_text(encoding="utf-8"))
    faults = yaml.safe_load((HERE / "faults.yaml").read_text(encoding="utf-8"))
    shutil.rmtree(DAY, ignore_errors=True)
    for folder in ("recordings", "chats"):
        (DAY / folder).mkdir(parents=True)
    recordings: dict[str, bytes] = {}
    rows = []
    for dialogue in dialogues:
        rows.append(make_contact(dialogue, agents, recordings))
        print(f"{dialogue.contact_id}  {rows[-1]['recording'] or 'chat'}  {rows[-1]['talk_s']} s")
    by_id = {dialogue.contact_id: dialogue for dialogue in dialogues}
    rows += [make_fault(fault, agents, by_id, recordings) for fault in faults["rows"]]
    rows.sort(key=lambda row: (row["started_at"], row["contact_id"]))
    surveys, links = make_surveys(dialogues, faults["stray_surveys"])
    _write_csv(DAY / "contacts.csv", CONTACT_COLUMNS, rows)
    _write_csv(DAY / "surveys.csv", SURVEY_COLUMNS, surveys)
    expected = {
        "schema": "expected/1",
        "contacts": {d.contact_id: _truth_of(d) for d in dialogues},
        "quarantine": {fault["contact_id"]: QUARANTINE_CODES[fault["fault"]] for fault in faults["rows"]},
        "surveys": links,
    }
    _write_json(HERE / "expected.json", expected)


def _truth_of(dialogue: Dialogue) -> Row:
    told_apart = {"told_apart": dialogue.told_apart} if dialogue.told_apart else {}
    return {"answers": dialogue.truth, **told_apart, "planted": dialogue.planted}


def _stamp(clock: str) -> str:
    """A clock time of the day as ISO 8601 with offset."""
    return f"{DATE}T{clock}{OFFSET}"


def _write_csv(path: Path, columns: list[str], rows: list[Row]) -> None:
    """Write rows under the given header; columns that a row lacks stay empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write_json(path: Path, value: object) -> None:
    """Write one JSON document, readable, with a newline at the end."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        make_day()
    except (ProgramError, DialogueError) as error:
        sys.exit(f"make_day: {error}")
