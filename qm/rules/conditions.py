"""What a rule may ask, as values. `qm.rules.loader` builds them from YAML, `qm.rules.predicates` decides them."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TypeAlias

from qm.analysis.match_text import PhraseSet
from qm.domain.evaluation import Answer
from qm.domain.signals import SignalKind
from qm.domain.text import Language
from qm.domain.transcript import Role
from qm.units import Seconds


class Negated(StrEnum):
    """What becomes of a negated phrase: `ignore` it (default), look for it `only`, or let it `count` as said."""

    IGNORE = "ignore"
    ONLY = "only"
    COUNT = "count"


@dataclass(frozen=True)
class Span:
    """Where in the contact to look: one at most of the first six is given; none means everywhere.

    Attributes:
        first_s: the first seconds after the first word of the contact.
        last_s: the last seconds before the last word.
        first_turns: the first turns of the roles asked for (for chats, which have no steady clock).
        last_turns: the last turns of those roles.
        first_words: the first words of those roles; a phrase has to begin among them.
        last_words: the last words of those roles.
        chat_first_turns: taken instead of the others when the contact isn't a call.
        chat_last_turns: likewise.
    """

    first_s: Seconds | None = None
    last_s: Seconds | None = None
    first_turns: int | None = None
    last_turns: int | None = None
    chat_first_turns: int | None = None
    chat_last_turns: int | None = None
    first_words: int | None = None
    last_words: int | None = None


EVERYWHERE = Span()


@dataclass(frozen=True)
class Say:
    """Somebody of `roles` says one of the phrases, at least `least` times, inside `span`.

    Attributes:
        classes: word classes that the phrases name.
    """

    roles: frozenset[Role]
    phrases: tuple[tuple[Language, tuple[str, ...]], ...]
    span: Span = Span()
    least: int = 1
    negated: Negated = Negated.IGNORE
    classes: tuple[tuple[str, frozenset[str]], ...] = ()

    @cached_property
    def compiled(self) -> dict[Language, PhraseSet]:
        """The phrases by language, ready to search."""
        return {language: _compiled(phrases, language, self.classes) for language, phrases in self.phrases}


@lru_cache(maxsize=4096)
def _compiled(
    phrases: tuple[str, ...], language: Language, classes: tuple[tuple[str, frozenset[str]], ...]
) -> PhraseSet:
    """Compiled once, however many conditions name the same list."""
    return PhraseSet(phrases, language, dict(classes))


@dataclass(frozen=True)
class Order:
    """`first` is said before `then` (the first hit of each)."""

    first: Say
    then: Say


@dataclass(frozen=True)
class Beside:
    """Next to every span of a signal of at least `at_least_s`, `say` holds within `before_s` or `after_s`.

    Without any such span it holds.
    """

    signal: SignalKind
    at_least_s: Seconds
    say: Say
    before_s: Seconds = 0.0
    after_s: Seconds = 0.0


@dataclass(frozen=True)
class Near:
    """All parts are said close to one another; just one of the three limits is given.

    Attributes:
        within_words: words at most between one and the next, of the parties that the parts name.
        within_turns: turns in a row that hold them all; 1: a single turn.
        within_s: seconds at most between the end of one and the beginning of the next.
        ordered: they have to come in the order given.
    """

    parts: tuple[Say, ...]
    within_words: int | None = None
    within_turns: int | None = None
    within_s: Seconds | None = None
    ordered: bool = False


@dataclass(frozen=True)
class Reply:
    """After `asked` is said, `answer` is said within the next turns of those who answer.

    Attributes:
        within_turns: turns of the answering party, from the asking on.
        each: every time that it was asked; else once is enough.
    """

    asked: Say
    answer: Say
    within_turns: int = 2
    each: bool = False


@dataclass(frozen=True)
class Repeats:
    """A party says the same stretch of at least `words` words, `times` times in all."""

    roles: frozenset[Role]
    words: int = 5
    times: int = 2
    span: Span = EVERYWHERE


@dataclass(frozen=True)
class Means:
    """A party says something that means nearly what one of the example sentences means.

    Attributes:
        at_least: cosine similarity of the sentence embeddings from which it counts.
        sentences: sentences that are looked at together.
    """

    roles: frozenset[Role]
    like: tuple[tuple[Language, tuple[str, ...]], ...]
    at_least: float = 0.6
    sentences: int = 1
    span: Span = EVERYWHERE


@dataclass(frozen=True)
class Trained:
    """The model trained on people's answers to a criterion says *met*."""

    criterion_id: str


@dataclass(frozen=True)
class Answered:
    """Another criterion's answer is one of `answers`, or its value one of `values` or inside the bounds."""

    criterion_id: str
    answers: tuple[Answer, ...] = ()
    values: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True)
class Measure:
    """A measure lies in `at_least`..`at_most` (either may be open)."""

    name: str
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True)
class ContactField:
    """A field of the contact is one of `values`, or (numbers) lies in `at_least`..`at_most`."""

    name: str
    values: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True)
class All:
    """Every part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    """At least `least` parts hold."""

    parts: tuple["Condition", ...]
    least: int = 1


@dataclass(frozen=True)
class Not:
    """The part doesn't hold."""

    part: "Condition"


Condition: TypeAlias = (
    Say
    | Order
    | Beside
    | Near
    | Reply
    | Repeats
    | Means
    | Trained
    | Answered
    | Measure
    | ContactField
    | All
    | AnyOf
    | Not
)
