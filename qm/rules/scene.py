"""One contact made ready for its rules: words by role, the clock, signals, earlier answers, and thresholds of doubt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qm.analysis.find_phrases import Found
from qm.analysis.match_text import Hit, Likeness, PhraseSet
from qm.analysis.normalise_text import normalise
from qm.analysis.word_stream import Stream, role_stream_indexes, stream_of_turns
from qm.domain.contact import Contact, Medium
from qm.domain.evaluation import CriterionAnswer, Window
from qm.domain.prediction import Prediction
from qm.domain.signals import Signals
from qm.domain.text import Language
from qm.domain.transcript import Role, Transcript
from qm.rules.conditions import EVERYWHERE, Span
from qm.rules.part import TAIL_S, TAIL_WORDS, Part, cut
from qm.rules.rule_book import RuleBook
from qm.units import Seconds, Share

__all__ = ["TAIL_S", "TAIL_WORDS", "Encoder", "Part", "Scene", "Thresholds"]


class Encoder(Protocol):
    """What sentences mean, as vectors: similar meanings, similar directions, whatever the language."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row of unit length for each text."""


@dataclass(frozen=True)
class Thresholds:
    """When words are too doubtful to carry an automatic fail.

    Attributes:
        word_confidence: a quoted word below this makes the quote doubtful.
        alike: words at least this similar to a phrase count as said, but are in doubt, where the recogniser was unsure.
        sure_word: of words recognised at least this surely (or written), another wording is another wording.
        near_miss: words at least this similar make the absence doubtful.
        low_confidence_share: more doubtful words than this share of the searched ones make an absence doubtful.
    """

    word_confidence: Share = 0.56
    alike: Share = 0.82
    sure_word: Share = 0.83
    near_miss: Share = 0.76
    low_confidence_share: Share = 0.30


class Scene:
    """What the predicates look at. Cheap to build; streams and what is found in them are made on first use and kept.

    Attributes:
        answers: by criterion, filled while a form is answered, so that later criteria can ask for earlier ones.
    """

    def __init__(
        self,
        contact: Contact,
        transcript: Transcript,
        signals: Signals,
        thresholds: Thresholds,
        encoder: Encoder | None = None,
        predictions: Mapping[str, Prediction] | None = None,
    ) -> None:
        self.contact = contact
        self.transcript = transcript
        self.signals = signals
        self.thresholds = thresholds
        self.encoder = encoder
        self.predictions = predictions or {}
        self.answers: dict[str, CriterionAnswer] = {}
        self._book: RuleBook | None = None
        self._streams: dict[frozenset[Role], Stream] = {}
        self._parts: dict[tuple[frozenset[Role], Span, Window | None], Part] = {}
        self._found: dict[Stream, dict[PhraseSet, list[Found]]] = {}
        self._likenesses: dict[tuple[PhraseSet, Part, Share], Likeness | None] = {}

    def use(self, book: RuleBook) -> None:
        """Look for all phrases of a pack at once from now on; what is found stays the same."""
        self._book = book

    @cached_property
    def language(self) -> Language | None:
        """The language that was spoken, `None` where the rules have no phrases for it."""
        try:
            return Language(self.transcript.language)
        except ValueError:
            return None

    def has_suspects(self, roles: frozenset[Role], start_s: Seconds, end_s: Seconds) -> bool:
        """True where a party has words in a span that were perhaps never said: there something else may have been."""
        return any(role in roles and start_s <= at_s <= end_s for role, at_s in self._suspects)

    @cached_property
    def _suspects(self) -> tuple[tuple[Role, Seconds], ...]:
        turns = self.transcript.turns
        return tuple((turn.role, word.start_s) for turn in turns for word in turn.words if word.suspect)

    @cached_property
    def has_unknown_roles(self) -> bool:
        """True where somebody speaks and nobody knows in which part."""
        return any(turn.role is Role.UNKNOWN for turn in self.transcript.turns)

    @cached_property
    def has_words(self) -> bool:
        """False where nothing was said or written."""
        return self.transcript.has_words

    @cached_property
    def clock(self) -> Window:
        """From the first word to the last."""
        turns = self.transcript.turns
        return Window(turns[0].start_s, max(turn.end_s for turn in turns)) if turns else Window(0.0, 0.0)

    @cached_property
    def agent_names(self) -> frozenset[str]:
        """The agent's names as words, to recognise an introduction; initials are left out."""
        return frozenset(name for name in normalise(self.contact.agent.name) if len(name) > 2)

    @property
    def is_call(self) -> bool:
        """True for voice: seconds mean something."""
        return self.contact.medium is Medium.VOICE

    def stream(self, roles: frozenset[Role]) -> Stream:
        """All words of these roles in order; the same object for roles that differ only by who never speaks."""
        heard = roles & self._present
        if heard not in self._streams:
            indexes = role_stream_indexes(self.transcript.turns, heard)
            self._streams[heard] = stream_of_turns(self.transcript.turns, indexes)
        return self._streams[heard]

    @cached_property
    def _present(self) -> frozenset[Role]:
        return frozenset(turn.role for turn in self.transcript.turns)

    def offsets(self, roles: frozenset[Role], among: frozenset[Role]) -> dict[int, int]:
        """By turn of some roles, what to add to the place of a word to have its place among the words of more roles."""
        own, wider = _first_places(self.stream(roles)), _first_places(self.stream(among))
        return {turn: wider[turn] - at for turn, at in own.items()}

    def window(self, span: Span) -> Window:
        """The seconds that a span allows; the whole contact where it's counted in turns or words or not limited."""
        start, end = self.clock.start_s, self.clock.end_s
        if self.is_call and span.first_s is not None:
            return Window(start, start + span.first_s)
        if self.is_call and span.last_s is not None:
            return Window(end - span.last_s, end)
        return Window(start, end)

    def part(self, roles: frozenset[Role], span: Span = EVERYWHERE, within: Window | None = None) -> Part:
        """The words of these roles that a span allows, and of those the ones that begin `within` some seconds."""
        key = roles, span, within
        if key not in self._parts:
            self._parts[key] = cut(self.stream(roles), span, self.window(span), within, is_call=self.is_call)
        return self._parts[key]

    def hits(self, phrases: PhraseSet, roles: frozenset[Role], part: Part) -> tuple[Hit, ...]:
        """Where phrases stand in a part, negated or not."""
        return phrases.choose(self._all_found(phrases, roles, part.stream), part.stream, part.first, part.stop)

    def _all_found(self, phrases: PhraseSet, roles: frozenset[Role], stream: Stream) -> Sequence[Found]:
        known = self._found.setdefault(stream, {})
        if phrases not in known and self._book is not None and self.language is not None:
            heard = roles & self._present
            book = self._book.of(phrases, self.language, heard, self._present)
            if book is not None and phrases in book.sets and self._streams.get(heard) is stream:
                known.update({each: [] for each in book.sets})
                known.update(book.search(stream, self.agent_names))
        if phrases not in known:
            known[phrases] = phrases.search(stream, self.agent_names)
        return known[phrases]

    def nearest(self, phrases: PhraseSet, part: Part, least: Share) -> Likeness | None:
        """What sounds most like one of the phrases in a part."""
        key = phrases, part, least
        if key not in self._likenesses:
            self._likenesses[key] = phrases.nearest_in(part.letters, least)
        return self._likenesses[key]

    def turn_ids(self, indexes: Iterable[int]) -> tuple[str, ...]:
        """Ids of turns by their index, each once, in order."""
        return tuple(self.transcript.turns[index].id for index in sorted(set(indexes)))


def _first_places(stream: Stream) -> dict[int, int]:
    """Place of the first word of each turn."""
    places: dict[int, int] = {}
    for at, turn in enumerate(stream.turns):
        places.setdefault(turn, at)
    return places
