"""Made transcripts and a made form for `qm bench score`: sentences of the example dialogues and of the rules' cases."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import yaml

from qm.analysis.measure_talk import measure_talk
from qm.domain.contact import Agent, Contact, Medium
from qm.domain.form import Form, Section
from qm.domain.recording import Recording
from qm.domain.signals import Signals
from qm.domain.text import Language, Text
from qm.domain.transcript import EngineDescription, Role, Transcript, Turn, Word
from qm.rules.pack import Pack

SENTENCES = {Role.AGENT: (1, 3), Role.CUSTOMER: (1, 2)}
"""Sentences a turn, drawn evenly."""
WORD_S = (0.18, 0.42)
PAUSE_S = (0.1, 1.2)
SURE, SURENESS = 7.0, 0.8
"""Beta distribution of word confidences: mean 0.9, one word in a dozen below 0.75."""
MISHEARD = 0.03
"""Share of words that lose a letter, as recognisers' do."""
NAMES = ("Anna Bianchi", "Tommaso Greco", "Giulia Ferri", "Paul Smith")
_BEGUN = datetime(2026, 11, 20, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Item:
    """A contact ready to score."""

    contact: Contact
    transcript: Transcript
    signals: Signals


@lru_cache(maxsize=1)
def sentences(root: Path) -> dict[tuple[Language, Role], tuple[str, ...]]:
    """What agents and customers say in the example dialogues and in the cases of all packs, by language."""
    found: dict[tuple[Language, Role], dict[str, None]] = {}
    for path in (*sorted(root.glob("examples/dialogues/*.yaml")), *sorted(root.glob("scoring_rules/*/*.cases.yaml"))):
        node = yaml.safe_load(path.read_text(encoding="utf-8"))
        for talk in node.get("cases", [node]):
            _collect(talk, found)
    return {key: tuple(texts) for key, texts in found.items()}


def _collect(talk: dict[str, object], found: dict[tuple[Language, Role], dict[str, None]]) -> None:
    about = talk.get("contact")
    code = talk.get("language") or (about.get("language") if isinstance(about, dict) else None) or "it"
    if code not in set(Language):
        return
    turns = talk.get("turns")
    for turn in turns if isinstance(turns, list) else []:
        for role in (Role.AGENT, Role.CUSTOMER):
            text = turn.get("text") if turn.get("role") == role.value else turn.get(role.value)
            if isinstance(text, str) and text.strip():
                found.setdefault((Language(str(code)), role), {})[text] = None


def made_items(root: Path, count: int, turns: int, seed: int) -> tuple[Item, ...]:
    """Calls of so many turns, three Italian ones for each English one; equal arguments, equal calls."""
    pool = sentences(root)
    return tuple(_item(pool, number, turns, random.Random(f"{seed}/{turns}/{number}")) for number in range(count))


def _item(pool: dict[tuple[Language, Role], tuple[str, ...]], number: int, turns: int, draw: random.Random) -> Item:
    language = Language.ENGLISH if number % 4 == 3 else Language.ITALIAN
    made: list[Turn] = []
    clock = 0.5
    for place in range(turns):
        role = Role.AGENT if place % 2 == 0 else Role.CUSTOMER
        text = " ".join(draw.choice(pool[language, role]) for _ in range(draw.randint(*SENTENCES[role])))
        made.append(_turn(place, role, text, clock, draw))
        clock = made[-1].end_s + draw.uniform(*PAUSE_S)
    engine = EngineDescription("made", "1", "0" * 64, "", "cpu")
    recording = Recording("0" * 64, clock, 8000, 2)
    transcript = Transcript(language.value, 0.99, tuple(made), engine, recording, role_confidence=1.0)
    agent = Agent("A1", draw.choice(NAMES), "Nord")
    contact = Contact(f"M-{number}", Medium.VOICE, _BEGUN, agent, language=language.value,
                      process=draw.choice(("fatturazione", "vendita", "sollecito", "reclami", "guasti")))  # fmt: skip
    return Item(contact, transcript, measure_talk(transcript))


def _turn(place: int, role: Role, text: str, clock: float, draw: random.Random) -> Turn:
    words = []
    for text_of_word in text.split():
        heard = text_of_word
        if len(heard) > 3 and draw.random() < MISHEARD:
            at = draw.randrange(1, len(heard) - 1)
            heard = heard[:at] + heard[at + 1 :]
        end = clock + draw.uniform(*WORD_S)
        words.append(Word(heard, round(clock, 2), round(end, 2), round(draw.betavariate(SURE, SURENESS), 3)))
        clock = end
    said = " ".join(word.text for word in words)
    sure = sum(word.confidence for word in words) / len(words)
    return Turn(f"t{place + 1}", role, "ch0" if role is Role.AGENT else "ch1", words[0].start_s, words[-1].end_s,
                said, round(sure, 3), tuple(words))  # fmt: skip


def made_pack(packs: tuple[Pack, ...], criteria: int) -> Pack:
    """A form of so many criteria out of the packs' own rules, in the order of packs and forms.

    Where the packs have fewer rules, all of them. Conditions on other answers are left out with their criteria.
    """
    chosen = [
        (criterion, pack.rule(criterion.id))
        for pack in packs
        for criterion in pack.form.criteria
        if pack.rule_of(criterion.id) is not None and not pack.asked[criterion.id] and criterion.id not in pack.shown
    ][:criteria]
    title = Text("Modulo di prova", "Bench form")
    section = Section("all", title, 1.0, tuple(replace(criterion, bonus=False) for criterion, _rule in chosen))
    form = Form("bench", "1", title, (section,))
    return Pack("bench", "1", "0" * 64, form, tuple(rule for _criterion, rule in chosen))
