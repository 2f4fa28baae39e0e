"""Made cases for swapped channels: what is said against `agent_channel`, over calls, codecs and levels."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.channels import CODECS, RATE_HZ, coded, stereo_calls
from benchmarks.figures import BenchFigure
from qm.analysis.assign_roles import RoleGuess, assign_roles
from qm.analysis.estimate_quality import wilson
from qm.domain.contact import Agent, Contact, Direction, Medium
from qm.domain.figures import Count
from qm.domain.recording import Recording
from qm.domain.transcript import Role, Word
from qm.ports import Audio, Transcriber
from qm.units import Seconds

CASES = 100
"""Degraded calls; each stands for its right and its swapped `agent_channel`, since channels are recognised apart."""
PART_S: Seconds = 60.0
"""From the start of the call: there people introduce themselves. A whole bench is recognised in some minutes."""
REAL_AGENT_CHANNEL = 0
"""The real calls have the agent on the left."""


@dataclass(frozen=True)
class Case:
    """One degraded call.

    Attributes:
        contact: with the true `agent_channel`.
    """

    name: str
    contact: Contact
    audio: Audio


@dataclass(frozen=True)
class SwappedCounts:
    """What role assignment said of the made cases.

    Attributes:
        found: swapped ones found, of all swapped ones.
        flagged: right ones called swapped, of all right ones.
        unaided: roles right without any `agent_channel`, of all.
        unaided_wrong: roles wrong without it; the rest is unknown.
        wrong: names of cases, with what went wrong.
    """

    found: Count
    flagged: Count
    unaided: Count
    unaided_wrong: Count
    wrong: tuple[str, ...]


def main_figures(transcriber: Transcriber, seed: int, day: Path, shared: Path) -> dict[str, BenchFigure]:
    """The counts as figures."""
    counts = measure(transcriber, made_cases(seed, day, shared))
    return {
        "swapped_found": _figure(counts.found, "1"),
        "right_called_swapped": _figure(counts.flagged, "0"),
        "roles_right_unaided": _figure(counts.unaided, ""),
        "roles_wrong_unaided": _figure(counts.unaided_wrong, "0"),
    }


def made_cases(seed: int, day: Path, shared: Path, cases: int = CASES) -> Iterator[Case]:
    """Cases in a fixed order; equal seeds give equal cases. Every call is taken in turn, with a codec and levels drawn.

    Args:
        day: the example day's folder.
        shared: the shared data's folder; where it is absent the example calls stand alone.
    """
    calls = stereo_calls((day / "recordings", shared))
    contacts = {name: contact for name in calls if (contact := _contact(name, day)) is not None}
    names = sorted({calls[name][:, : 10 * RATE_HZ].tobytes(): name for name in sorted(contacts, reverse=True)}.values())
    draw = np.random.default_rng(seed)
    for number in range(cases):
        name = names[number % len(names)]
        part = calls[name][:, : round(PART_S * RATE_HZ)]
        yield _case(draw, f"{number} {name}", contacts[name], part)


def measure(transcriber: Transcriber, cases: Iterator[Case]) -> SwappedCounts:
    """Recognise every case once and assign roles with the right, the swapped and no `agent_channel`."""
    swapped, flagged, unaided, unaided_wrong = [], [], [], []
    wrong: list[str] = []
    for case in cases:
        speech = transcriber.transcribe([case.audio], [case.contact.language])[0]
        channel = case.contact.agent_channel
        assert channel is not None
        truth = (Role.AGENT, Role.CUSTOMER) if channel == 0 else (Role.CUSTOMER, Role.AGENT)
        turned, right, none = (_guess(case, speech.channels, given) for given in (1 - channel, channel, None))
        swapped.append(turned.source == "swapped" and turned.roles == truth)
        flagged.append(right.source == "swapped")
        unaided.append(none.roles == truth)
        unaided_wrong.append(none.roles != truth and none.source == "said")
        if not swapped[-1] or flagged[-1] or unaided_wrong[-1]:
            wrong.append(f"{case.name}: {turned.source}, {right.source}, {none.source}")
    return SwappedCounts(_count(swapped), _count(flagged), _count(unaided), _count(unaided_wrong), tuple(wrong))


def _guess(case: Case, channels: tuple[tuple[Word, ...], ...], given: int | None) -> RoleGuess:
    return assign_roles(replace(case.contact, agent_channel=given), channels, case.contact.language)


def _contact(name: str, day: Path) -> Contact | None:
    """The contact of a call, `None` where the agent's channel isn't known."""
    with (day / "contacts.csv").open(encoding="utf-8", newline="") as file:
        rows = {Path(row["recording"]).stem: row for row in csv.DictReader(file) if row["recording"]}
    row = rows.get(name)
    started_at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    if row is None:
        agent = Agent("A", "", "")
        return Contact(name, Medium.VOICE, started_at, agent, language="en", agent_channel=REAL_AGENT_CHANNEL)
    if not row["agent_channel"]:
        return None
    language = row["language"] or ("it" if "fault" not in name else "en")
    return Contact(
        name, Medium.VOICE, started_at, Agent("A", row["agent_name"], ""), direction=Direction(row["direction"]),
        language=language, agent_channel=int(row["agent_channel"]),
    )  # fmt: skip


def _case(draw: np.random.Generator, name: str, contact: Contact, part: NDArray[np.float32]) -> Case:
    """Levels a channel, line noise, and a codec for both or one a channel."""
    gains = draw.uniform(-20, 0, 2)
    noise = 10 ** (draw.uniform(-75, -55) / 20) * draw.standard_normal(part.shape)
    pair = np.clip(10 ** (gains[:, None] / 20) * part + noise, -1, 1).astype(np.float32)
    codecs = [str(draw.choice(sorted(CODECS))) for _channel in range(2)]
    if draw.random() < 0.5:
        codecs = codecs[:1] * 2
    made = np.concatenate([coded(pair[at : at + 1], codec) for at, codec in enumerate(codecs)])
    pcm = np.round(np.clip(made.T, -1, 1) * 32767).astype(np.int16)
    sha256 = hashlib.sha256(pcm.tobytes()).hexdigest()
    recording = Recording(sha256, len(pcm) / RATE_HZ, RATE_HZ, 2, "|".join(codecs))
    label = f"{name} {recording.codec} gains {gains[0]:.0f} {gains[1]:.0f}"
    return Case(label, contact, Audio(recording, pcm, RATE_HZ))


def _count(found: list[bool]) -> Count:
    return Count(sum(found), len(found))


def _figure(count: Count, target: str) -> BenchFigure:
    lo, hi = wilson(count)
    return BenchFigure(round(count.rate or 0.0, 4), "share", count.n, round(lo, 4), round(hi, 4), target)
