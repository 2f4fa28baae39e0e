"""Domain values as hypothesis draws them. Import as `from tests.property import strategies`."""

from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from qm.domain.contact import Agent, Contact, Direction, History, Kind, Medium
from qm.domain.evaluation import (
    Answer,
    CriterionAnswer,
    Evaluation,
    Evidence,
    EvidenceKind,
    Manifest,
    Score,
    SectionScore,
    Window,
)
from qm.domain.form import Criterion, Form, Section
from qm.domain.recording import Finding, Recording, Severity
from qm.domain.text import Text
from qm.domain.transcript import EngineDescription, Grade, Role, Transcript, Turn, Word

TEXT = st.text(max_size=12)
NAME = st.text("abcdefghij-_0123", min_size=1, max_size=6)
SECONDS = st.floats(0, 1e5, allow_nan=False)
SHARE = st.floats(0, 1, allow_nan=False)
MAYBE = st.none() | SECONDS
ANSWER = st.sampled_from(list(Answer))
TITLE = Text("t", "t")


def many(strategy, most=3):
    return st.lists(strategy, max_size=most).map(tuple)


words = st.builds(
    lambda text, start_s, length_s, confidence: Word(text, start_s, start_s + length_s, confidence),
    TEXT, SECONDS, st.floats(0, 5), SHARE,
)  # fmt: skip
turns = st.builds(Turn, NAME, st.sampled_from(list(Role)), NAME, SECONDS, SECONDS, TEXT, SHARE, many(words))
recordings = st.builds(Recording, NAME, SECONDS, st.integers(1, 48000), st.integers(1, 2), TEXT)
findings = st.builds(Finding, NAME, st.sampled_from(list(Severity)), TEXT, MAYBE, MAYBE)
engines = st.builds(EngineDescription, TEXT, TEXT, TEXT, TEXT, TEXT)
transcripts = st.builds(
    Transcript,
    TEXT,
    SHARE,
    many(turns),
    engines,
    st.none() | recordings,
    many(findings),
    st.none() | SHARE,
    st.none() | st.builds(Grade, TEXT, many(TEXT)),
)

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=zones)  # noqa: DTZ001 - zones are drawn
histories = st.builds(
    History, wait_s=MAYBE, hold_s=MAYBE, holds=st.none() | st.integers(0, 9), transfers=st.none() | st.integers(0, 9)
)
contacts = st.builds(
    Contact, NAME, st.sampled_from(list(Medium)), moments, st.builds(Agent, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT),
    TEXT, TEXT, st.sampled_from(list(Direction)), TEXT, TEXT, TEXT, st.sampled_from([None, 0, 1]), histories,
    st.sampled_from(list(Kind)), st.dictionaries(TEXT, TEXT, max_size=3),
)  # fmt: skip

evidences = st.builds(
    Evidence, st.sampled_from(list(EvidenceKind)), SECONDS, SECONDS, many(NAME), TEXT,
    many(st.sampled_from(list(Role))), st.none() | st.builds(Window, SECONDS, SECONDS), SHARE, SHARE, TEXT,
)  # fmt: skip
answers = st.builds(CriterionAnswer, NAME, ANSWER, TEXT, many(evidences), SHARE)
scores = st.builds(
    Score, MAYBE, MAYBE, MAYBE, st.dictionaries(NAME, st.integers(0, 99), max_size=4),
    many(st.builds(SectionScore, NAME, SECONDS, SECONDS)), many(NAME), many(NAME),
)  # fmt: skip
manifests = st.builds(
    Manifest, NAME, NAME, NAME, NAME, st.dictionaries(NAME, TEXT, max_size=3), NAME, NAME, NAME,
    st.dictionaries(NAME, SHARE | TEXT, max_size=3), NAME,
)  # fmt: skip
evaluations = st.builds(
    Evaluation, NAME, NAME, NAME, NAME, NAME, many(answers), scores, manifests, st.just("evaluation/1")
)


@st.composite
def answered_forms(draw):
    """A form and an answer to each of its criteria."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    weights, points = st.sampled_from([0.5, 1.0, 3.0, 7.25, 30.0]), st.sampled_from([0.1, 1.0, 2.0, 3.7])
    sections, given = [], []
    for place, size in enumerate(sizes):
        ids = [f"{place}.{at}" for at in range(size)]
        fails = st.sampled_from([False, False, False, True])
        criteria = [Criterion(c, TITLE, TITLE, TITLE, draw(points), draw(fails)) for c in ids]
        sections.append(Section(f"s{place}", TITLE, draw(weights), tuple(criteria)))
        given.extend(CriterionAnswer(c, draw(ANSWER), "r") for c in ids)
    return Form("f", "1", TITLE, tuple(sections)), tuple(given)


@st.composite
def channels_of_words(draw, most_channels=3, most_words=12):
    """Words of some channels: ordered and without overlap inside each, on a clock of milliseconds."""
    channels = []
    for channel in range(draw(st.integers(1, most_channels))):
        at, own = 0, []
        for place in range(draw(st.integers(0, most_words))):
            at += draw(st.integers(0, 6000))
            length = draw(st.integers(0, 2000))
            own.append(Word(f"w{channel}.{place}", at / 1000, (at + length) / 1000, 0.5))
            at += length
        channels.append(tuple(own))
    return tuple(channels)
