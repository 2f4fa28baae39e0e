"""A site of any size in minutes: a few hundred conversations worked through for real, and copied in the database."""

import random
import wave
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.scale_day import (
    AGENTS,
    LOUDNESS,
    RATE_HZ,
    ScriptedReader,
    VariedTranscriber,
    contact_id,
    make_chat_day,
    make_voice_day,
)
from benchmarks.workbench_copies import Copy, copy_rows, name_recording
from pipelines.search_wiring import make_index
from pipelines.wiring import Wiring
from qm.analysis.pick_coaching import Ground, pick_coaching
from qm.config import Settings
from qm.domain.contact import Agent, Contact
from qm.domain.survey import SurveyResponse
from qm.units import Seconds

SOURCES = 100
"""Conversations that the product itself works through; half calls, half chats."""
TEAMS, SITES, VENDORS, DAYS = 20, ("Bari", "Lecce", "Milano", "Torino"), ("Alfa", "Beta"), 30
PROCESSES = ("fatturazione", "guasti", "vendite", "reclami")
LAST_DAY = datetime(2026, 11, 20, tzinfo=UTC)
DAY_BEGINS_S, DAY_S = 7 * 3600, 11 * 3600
CALL_S: Seconds = 300.0
SURVEYED = 0.1
COACHED = 8
"""Contacts of each agent that the coaching list is picked from: picking from all reads each evaluation whole."""
COMMENTS = (
    "",
    "Operatore gentile e preparato.",
    "Ho aspettato troppo e il problema non è risolto.",
    "Tutto bene, grazie.",
)


@dataclass(frozen=True)
class MadeSite:
    """What was made.

    Attributes:
        steps_s: seconds by step.
        recording: the one stored object that all calls name.
    """

    contacts: int
    turns: int
    recording: str
    steps_s: Mapping[str, Seconds]


def make_site(settings: Settings, folder: Path, contacts: int, turns: int = 25, seed: int = 1) -> MadeSite:
    """Fill the empty database of these settings.

    Args:
        folder: where the days that the product works through are laid.
    """
    steps: dict[str, Seconds] = {}
    began = perf_counter()
    wiring = Wiring(settings, transcriber=VariedTranscriber(turns), reader=ScriptedReader(turns))
    sources = min(SOURCES, contacts)
    _work_through(wiring, folder, sources, turns)
    recording = wiring.objects.put(BytesIO(made_call(seed)))
    steps["sources"] = perf_counter() - began
    with wiring.database.unit_of_work() as unit:
        models = [unit.contacts.get(contact_id(number)) for number in range(sources)]
    draw = random.Random(seed)
    copies = (_copy(models[n % sources], n, contacts, draw) for n in range(sources, contacts))
    copy_rows(wiring.database, copies, steps)
    with wiring.database.unit_of_work() as unit:
        name_recording(unit.connection, recording)
    _answer(wiring, contacts, seed, steps)
    for name, step in (("figures", wiring.cells.rebuild), ("search", make_index(wiring).catch_up)):
        began = perf_counter()
        step()
        steps[name] = perf_counter() - began
    wiring.database.close()
    return MadeSite(contacts, contacts * turns, recording, {name: round(spent, 1) for name, spent in steps.items()})


def _work_through(wiring: Wiring, folder: Path, sources: int, turns: int) -> None:
    calls = sources // 2
    days = [make_chat_day(folder / "chats", sources - calls, turns, first=calls)]
    if calls:
        days.append(make_voice_day(folder / "calls", calls, turns))
    for day in days:
        wiring.batch.run(day.folder, lambda _step: None, lambda _total: None)


def _copy(model: Contact, number: int, contacts: int, draw: random.Random) -> Copy:
    """A contact like one that was worked through, of another agent and moment."""
    agent = number % AGENTS
    day = day_of(number, contacts)
    made = replace(
        model, id=contact_id(number), started_at=day + timedelta(seconds=DAY_BEGINS_S + draw.randrange(DAY_S)),
        agent=agent_of(agent), process=PROCESSES[draw.randrange(len(PROCESSES))], customer_id=f"K-{number // 2}",
        history=replace(model.history, talk_s=float(draw.randrange(30, 900))),
    )  # fmt: skip
    return Copy(made, model.id, number)


def day_of(number: int, contacts: int) -> datetime:
    """Copies lie in the order of their days."""
    return LAST_DAY - timedelta(days=DAYS - 1 - number * DAYS // contacts)


def agent_of(agent: int) -> Agent:
    """An agent by number: of a team on a site of a vendor."""
    team = agent % TEAMS
    return Agent(
        f"A{agent:03d}", f"Agent {agent}", f"T{team:02d}", site=SITES[team % len(SITES)],
        vendor=VENDORS[team % len(VENDORS)], supervisor=f"S{team:02d}",
    )  # fmt: skip


def _answer(wiring: Wiring, contacts: int, seed: int, steps: dict[str, Seconds]) -> None:
    """Surveys, the cases that they open, and the coaching list, each by the product's own service or law."""
    began = perf_counter()
    wiring.surveys.take_in(list(_responses(contacts, seed)))
    wiring.surveys.link_all()
    steps["surveys"] = perf_counter() - began
    began = perf_counter()
    wiring.cases.open_all()
    steps["cases"] = perf_counter() - began
    began = perf_counter()
    _coach(wiring, contacts)
    steps["coaching"] = perf_counter() - began


def _responses(contacts: int, seed: int) -> Iterator[SurveyResponse]:
    draw = random.Random(seed + 1)
    for number in sorted(draw.sample(range(contacts), max(1, round(SURVEYED * contacts)))):
        day = LAST_DAY if number < SOURCES else day_of(number, contacts)
        satisfaction = min(10, max(0, round(draw.gauss(7.5, 2.5))))
        yield SurveyResponse(
            f"R-{number:07d}", contact_id(number), f"K-{number // 2}", answered_at=day + timedelta(hours=30),
            medium="sms", nps=min(10, max(0, satisfaction + draw.randrange(-1, 2))), satisfaction=satisfaction,
            comment=draw.choice(COMMENTS),
        )  # fmt: skip


def _coach(wiring: Wiring, contacts: int) -> None:
    some = [contact_id(number) for number in range(max(0, contacts - COACHED * AGENTS), contacts)]
    with wiring.database.unit_of_work() as unit:
        known = {name: unit.contacts.get(name) for name in some}
        evaluations = (each for name in some for each in unit.evaluations.of_contact(name))
        items = pick_coaching(known, evaluations, Ground(wiring.forms, most=wiring.settings.coaching_items))
        unit.coaching.replace(items)


def made_call(seed: int = 1, seconds: Seconds = CALL_S) -> bytes:
    """A call of noise that comes and goes on two channels, 16 bit at 8 kHz."""
    draw = np.random.default_rng(seed)
    frames = round(seconds * RATE_HZ)
    turn = (np.arange(frames) // (4 * RATE_HZ)) % 2
    speaks = np.stack([turn, 1 - turn], axis=1)
    pcm = (draw.normal(0, LOUDNESS, (frames, 2)) * speaks).astype("<i2")
    written = BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(pcm.tobytes())
    return written.getvalue()
