"""What customers write in their own words: themes, and what they say of the service."""

from dataclasses import dataclass
from enum import StrEnum

from qm.domain.figures import Count, Figure


class Sentiment(StrEnum):
    """What a text says of the service; `UNTOLD` where nobody can tell."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    UNTOLD = "untold"


@dataclass(frozen=True)
class SentimentCount:
    """How many comments say what of the service."""

    positive: int = 0
    negative: int = 0
    neutral: int = 0
    untold: int = 0

    @property
    def n(self) -> int:
        """All of them."""
        return self.positive + self.negative + self.neutral + self.untold

    def of(self, sentiment: Sentiment) -> Count:
        """One of them, of all."""
        return Count(int(getattr(self, Sentiment(sentiment).value)), self.n)


@dataclass(frozen=True)
class ThemeExample:
    """A passage that carries a theme, without obvious personal data.

    Attributes:
        turn_id: of the customer's turn; empty for a comment of a survey.
        start_s: where the turn begins in the recording.
    """

    contact_id: str
    response_id: str
    text: str
    sentiment: str = ""
    nps: float | None = None
    turn_id: str = ""
    start_s: float = 0.0


@dataclass(frozen=True)
class ThemeLikeness:
    """A criterion whose title reads like a theme; cosine of their meanings, -1 to 1."""

    form_id: str
    criterion_id: str
    likeness: float


@dataclass(frozen=True)
class ThemeCriterion:
    """How often a criterion isn't met where customers speak of a theme, and where they don't.

    Attributes:
        difference, lo, hi: of the two shares (with less without), 95 % interval (Newcombe 1998).
        p: Fisher's exact test, two-sided; `p_adjusted`: after Benjamini and Hochberg over all pairs tested.
        stands: `p_adjusted` is below 0.05.
    """

    form_id: str
    criterion_id: str
    unmet_with: Count
    unmet_without: Count
    difference: float
    lo: float
    hi: float
    p: float
    p_adjusted: float
    stands: bool


@dataclass(frozen=True)
class ThemeGroup:
    """How often a theme comes up in a process, a team or a month; the share is empty below the minimum n."""

    by: str
    key: str
    count: Count
    share: Figure


@dataclass(frozen=True)
class Theme:
    """Something that many customers speak of.

    Attributes:
        id: made from its words, so that it stays the same from report to report as long as they do.
        terms: words that set it apart from the rest, the most telling first.
        centre: the passage that lies nearest to all others, without obvious personal data.
        n: comments (or contacts) that speak of it.
        share: of all comments.
        sentiment: of the passages that speak of it; `None` where sentiment is switched off.
        detractors: NPS 0 to 6, of those who gave an NPS.
        detractors_elsewhere: the same of comments that don't speak of it.
    """

    id: str
    name: str
    terms: tuple[str, ...]
    centre: str
    n: int
    share: Figure
    sentiment: SentimentCount | None
    detractors: Count
    detractors_elsewhere: Count
    likeness: tuple[ThemeLikeness, ...] = ()
    criteria: tuple[ThemeCriterion, ...] = ()
    groups: tuple[ThemeGroup, ...] = ()
    examples: tuple[ThemeExample, ...] = ()


@dataclass(frozen=True)
class ThemeReport:
    """What customers speak of, as computed at one moment.

    Attributes:
        source: `comments` (of surveys) or `turns` (of customers in conversations).
        method: `meaning` (sentence encoder) or `words` (shared words only).
        made_at, since, until: ISO 8601; an open end is empty.
        n: comments with words, or contacts with turns of some length.
        no_words: comments with nothing but blanks or marks; counted, not read.
        cut: comments that were read only up to the limit.
        other_language: comments that are neither Italian nor English.
        checked: comments whose sentiment agrees with the NPS that their writer gave, of those that can be compared.
        other: comments without any theme.
        tested: pairs of theme and criterion that were tested.
        cannot: stable codes of what can't be said, and why.
    """

    source: str
    method: str
    made_at: str
    since: str
    until: str
    n: int
    no_words: int
    cut: int
    other_language: int
    min_n: int
    sentiment: SentimentCount | None
    checked: Count
    other: Count
    themes: tuple[Theme, ...]
    tested: int = 0
    cannot: tuple[str, ...] = ()
