"""Small valid values that tests change where it matters. Import as `from tests.unit import builders`."""

from datetime import UTC, datetime

from qm.analysis.measure_talk import measure_talk
from qm.domain.contact import Agent, Contact, Medium
from qm.domain.evaluation import Answer, CriterionAnswer, Evaluation, Evidence, EvidenceKind, Manifest, Score, Window
from qm.domain.form import Criterion, Form, Section
from qm.domain.recording import Recording
from qm.domain.text import Language, Text
from qm.domain.transcript import EngineDescription, Role, Transcript, Turn, Word
from qm.rules.conditions import Say
from qm.rules.scene import Scene, Thresholds

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)
SHA = "ab" * 32
ENGINE = EngineDescription("scripted", "1", SHA, "int8", "cpu")
TITLE = Text("titolo", "title")
WORD_S = 0.4


def contact(contact_id="C-1", **changes):
    values = {"medium": Medium.VOICE, "started_at": NINE, "agent": Agent("A-1", "Anna Bianchi", "Nord")}
    return Contact(contact_id, **(values | changes))


def words(text, start_s=0.0, *, confidence=0.95, each_s=WORD_S, gap_s=0.0):
    parts = text.split()
    starts = [start_s + place * each_s for place in range(len(parts))]
    return tuple(
        Word(part, round(at, 3), round(at + each_s - gap_s, 3), confidence)
        for part, at in zip(parts, starts, strict=True)
    )


def call(*said, language="it", quality=(), duration_s=600.0):
    """A call of `(role, start_s, text)` or `(role, start_s, text, confidence)`."""
    turns = []
    for place, (role, start_s, text, *rest) in enumerate(said):
        confidence = rest[0] if rest else 0.95
        own = words(text, start_s, confidence=confidence)
        end_s = own[-1].end_s if own else start_s
        channel = {Role.AGENT: "ch0", Role.CUSTOMER: "ch1"}.get(role, "ch0")
        turns.append(Turn(f"t{place + 1}", role, channel, start_s, end_s, text, confidence, own))
    recording = Recording(SHA, duration_s, 8000, 2, "pcm_mulaw")
    return Transcript(language, 0.99, tuple(turns), ENGINE, recording, tuple(quality))


def scene(transcript, about=None):
    return Scene(about or contact(), transcript, measure_talk(transcript), Thresholds())


def say(*phrases, by=(Role.AGENT,), **changes):
    both = ((Language.ITALIAN, phrases), (Language.ENGLISH, phrases))
    return Say(frozenset(by), both, **changes)


def criterion(criterion_id="c1", **changes):
    return Criterion(criterion_id, TITLE, TITLE, TITLE, **changes)


def form(*sections):
    """A form of sections given as `(weight, criteria)`."""
    made = [Section(f"s{at}", TITLE, weight, tuple(criteria)) for at, (weight, criteria) in enumerate(sections)]
    return Form("form", "1", TITLE, tuple(made))


def quote(text="è inaccettabile", start_s=10.0, end_s=12.0, **changes):
    values = {"turn_ids": ("t1",), "quote": text, "roles": (Role.AGENT,), "window": Window(0.0, 60.0)}
    return Evidence(EvidenceKind.WORDS, start_s, end_s, **(values | changes))


def answer(criterion_id="c1", given=Answer.NOT_MET, *, evidence=None, confidence=0.9):
    return CriterionAnswer(criterion_id, given, "found", (quote(),) if evidence is None else evidence, confidence)


def evaluation(contact_id="C-1", answers=None, *, form_id="form", tag="0"):
    manifest = Manifest(SHA, SHA, SHA, SHA, vars(ENGINE), "pack", "1", SHA, {"alike": 0.8}, "0.1.0")
    score = Score(50.0, 40.0, 60.0, {a.value: 0 for a in Answer}, ())
    answers = (answer(),) if answers is None else tuple(answers)
    return Evaluation(f"ev-{contact_id}-{form_id}-{tag}", contact_id, form_id, "1", "machine", answers, score, manifest)
