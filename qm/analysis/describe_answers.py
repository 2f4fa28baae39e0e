"""What a trained answer sees of a contact: words by party and place, what they mean, and what can be counted.

Only what a transcript holds (roles, texts, in order), the contact's process, queue and medium, and the signals. Never
who the agent or the customer is: a model that knew them would answer from their past.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qm.analysis.cues_of_answers import CUES
from qm.analysis.measure_talk import MEASURES
from qm.analysis.normalise_text import normalise
from qm.domain.contact import Contact
from qm.domain.signals import Signals
from qm.domain.transcript import Role, Transcript

Vectors = NDArray[np.float32]
Floats = NDArray[np.float64]
PARTIES = {Role.AGENT: "a", Role.CUSTOMER: "c"}
LATE_TURNS = 6
"""How a contact ends often says how it went: words of the last turns count once more, as words of the end."""
FADE_TURNS = 4.0
"""Turns over which the weight of meaning falls to 1/e, back from the end."""
_DIGITS = re.compile(r"\d")
_QUOTED = re.compile(r"(?<!\w)['\"«“]([^'\"»”]{2,40})['\"»”](?!\w)")


@dataclass(frozen=True)
class Described:
    """One contact as numbers.

    Attributes:
        turns: each turn's words with the party's letter, and its place in the transcript.
        words: of the whole contact, with counts.
        facts: counted things, in the order of `FACTS`.
        meaning: mean vector of each party, whole and weighted to the end, one after the other.
    """

    turns: tuple[tuple[int, tuple[str, ...]], ...]
    words: Mapping[str, int]
    facts: Floats
    meaning: Floats


_TURN_FACTS = (
    "turns_agent", "turns_customer", "letters_agent", "letters_customer", "longest_customer", "same_said",
    "same_said_most", "like_said", "like_said_most", "alike_customer_most", "alike_customer_mean",
)  # fmt: skip
FACTS = (
    *_TURN_FACTS, *(f"cue_{name}_{letter}" for letter in PARTIES.values() for name in CUES), *sorted(MEASURES),
    *(f"known_{name}" for name in sorted(MEASURES)),
)  # fmt: skip


def texts_of(transcript: Transcript) -> tuple[str, ...]:
    """The texts whose vectors `describe` needs, in order."""
    return tuple(turn.text for turn in transcript.turns if turn.role in PARTIES and turn.text.strip())


def describe(contact: Contact, transcript: Transcript, signals: Signals, vectors: Vectors) -> Described:
    """One contact as numbers.

    Args:
        vectors: of `texts_of(transcript)`, shape (n, d).
    """
    spoken = [
        (place, turn) for place, turn in enumerate(transcript.turns) if turn.role in PARTIES and turn.text.strip()
    ]
    said = [(PARTIES[turn.role], turn.text) for _place, turn in spoken]
    by_party = {letter: vectors[[who == letter for who, _text in said]] for letter in PARTIES.values()}
    turns = tuple(
        (place, turn_words(letter, text, is_late=number >= len(said) - LATE_TURNS))
        for number, ((place, _turn), (letter, text)) in enumerate(zip(spoken, said, strict=True))
    )
    words = Counter(word for _place, own in turns for word in own)
    words.update(_contact_words(contact))
    facts = np.array([*_turn_facts(said, by_party["c"]), *_cue_counts(said), *_measures(signals)])
    meaning = np.concatenate([_meaning(by_party[letter], vectors.shape[1]) for letter in PARTIES.values()])
    return Described(turns, words, facts, meaning)


@lru_cache(maxsize=65536)
def turn_words(letter: str, text: str, *, is_late: bool) -> tuple[str, ...]:
    """Words and pairs of neighbours with the party's letter; quoted names and numbers stand for any of their kind.

    >>> turn_words("a", "Flight 605 is gone.", is_late=False)
    ('a:flight', 'a:#', 'a:is', 'a:gone', 'a:flight #', 'a:# is', 'a:is gone')
    """
    masked = _QUOTED.sub(" qqq ", text)
    plain = ["#" if _DIGITS.search(word) else word for word in normalise(masked)]
    plain += ["?"] * ("?" in text) + ["!"] * ("!" in text)
    grams = [*plain, *(f"{one} {two}" for one, two in pairwise(plain))]
    prefixes = (letter, f"{letter}>") if is_late else (letter,)
    return tuple(f"{prefix}:{gram}" for prefix in prefixes for gram in grams)


def _contact_words(contact: Contact) -> list[str]:
    parts = {"process": contact.process, "queue": contact.queue, "medium": contact.medium.value}
    return [f"x:{name} {word}" for name, text in parts.items() for word in normalise(text)]


def _turn_facts(said: Sequence[tuple[str, str]], customer: Vectors) -> list[float]:
    agent = [text for letter, text in said if letter == "a"]
    other = [text for letter, text in said if letter == "c"]
    same = Counter(agent)
    like = Counter(re.sub(r"\b[A-Z]\w+", "", _QUOTED.sub("", _DIGITS.sub("", text))).casefold() for text in agent)
    alike = (customer @ customer.T)[np.triu_indices(len(customer), 1)] if len(customer) > 1 else np.zeros(1)
    counts = [
        len(agent), len(other), sum(map(len, agent)), sum(map(len, other)), max(map(len, other), default=0),
        len(agent) - len(same), max(same.values(), default=0), len(agent) - len(like), max(like.values(), default=0),
    ]  # fmt: skip
    return [*np.log1p(counts).tolist(), float(alike.max()), float(alike.mean())]


def _cue_counts(said: Sequence[tuple[str, str]]) -> list[float]:
    """Turns of each party that hold a cue, as log(1 + n)."""
    found: Counter[tuple[str, str]] = Counter()
    for letter, text in said:
        plain = f" {' '.join(normalise(text))} "
        found.update((letter, name) for name, cues in CUES.items() if any(f" {cue} " in plain for cue in cues))
    return [float(np.log1p(found[letter, name])) for letter in PARTIES.values() for name in CUES]


def _measures(signals: Signals) -> list[float]:
    """Measures on a scale that squeezes seconds, and whether each could be taken."""
    values = [signals.measures.get(name) for name in sorted(MEASURES)]
    squeezed = [float(np.sign(value) * np.log1p(abs(value))) if value is not None else 0.0 for value in values]
    return [*squeezed, *(float(value is not None) for value in values)]


def _meaning(own: Vectors, dimensions: int) -> Floats:
    if not len(own):
        return np.zeros(2 * dimensions)
    whole = own.astype(np.float64)
    return np.concatenate([_unit(whole.mean(axis=0)), _unit(_to_the_end(len(own)) @ whole)])


def _to_the_end(count: int) -> Floats:
    weights = np.exp(-np.arange(count)[::-1] / FADE_TURNS)
    return np.asarray(weights / weights.sum())


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
