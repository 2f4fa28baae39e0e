"""One contact made ready for its rules: words by role, the clock, signals, and the thresholds of doubt."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from qm.analysis.match_text import Token, role_stream_indexes, tokens_of
from qm.analysis.normalise_text import normalise
from qm.domain.contact import Contact, Medium
from qm.domain.evaluation import Window
from qm.domain.signals import Signals
from qm.domain.text import Language
from qm.domain.transcript import Role, Transcript
from qm.rules.conditions import Span
from qm.units import Seconds, Share

TAIL_S: Seconds = 3.0
"""How long a phrase that begins inside its window may go on after it."""


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
    """What the predicates look at. Cheap to build; streams are made on first use and kept."""

    def __init__(self, contact: Contact, transcript: Transcript, signals: Signals, thresholds: Thresholds) -> None:
        self.contact = contact
        self.transcript = transcript
        self.signals = signals
        self.thresholds = thresholds
        self._streams: dict[frozenset[Role], tuple[Token, ...]] = {}

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

    def stream(self, roles: frozenset[Role]) -> tuple[Token, ...]:
        """All words of these roles in order."""
        if roles not in self._streams:
            indexes = role_stream_indexes(self.transcript.turns, roles)
            self._streams[roles] = tokens_of(self.transcript.turns, indexes)
        return self._streams[roles]

    def window(self, span: Span) -> Window:
        """The seconds that a span allows; the whole contact where it's counted in turns or not limited."""
        start, end = self.clock.start_s, self.clock.end_s
        if self.is_call and span.first_s is not None:
            return Window(start, start + span.first_s)
        if self.is_call and span.last_s is not None:
            return Window(end - span.last_s, end)
        return Window(start, end)

    def inside(self, stream: tuple[Token, ...], span: Span) -> tuple[Token, ...]:
        """The part of a stream that a span allows and `TAIL_S` more: a phrase has to begin inside, not to end."""
        window = self.window(span)
        turns = self._allowed_turns(stream, span)
        last_s = window.end_s + TAIL_S
        return tuple(t for t in stream if window.start_s <= t.start_s <= last_s and _is_in(t.turn, turns))

    def _allowed_turns(self, stream: tuple[Token, ...], span: Span) -> frozenset[int] | None:
        first, last = span.first_turns, span.last_turns
        if not self.is_call:
            first, last = span.chat_first_turns or first, span.chat_last_turns or last
        if first is None and last is None:
            return None
        order = list(dict.fromkeys(token.turn for token in stream))
        return frozenset(order[:first] if first is not None else order[-(last or 0) :])

    def turn_ids(self, indexes: Iterable[int]) -> tuple[str, ...]:
        """Ids of turns by their index, each once, in order."""
        return tuple(self.transcript.turns[index].id for index in sorted(set(indexes)))


def _is_in(turn: int, turns: frozenset[int] | None) -> bool:
    return turns is None or turn in turns


def between(stream: tuple[Token, ...], start_s: Seconds, end_s: Seconds) -> tuple[Token, ...]:
    """The words that begin inside a stretch of time."""
    return tuple(token for token in stream if start_s <= token.start_s <= end_s)
