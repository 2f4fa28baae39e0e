"""Geometry of the bars that tell what customers say of each theme; the template turns them into SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from qm.domain.comment import Sentiment, Theme

LABEL_WIDTH = 330.0
BAR_WIDTH = 400.0
VALUE_WIDTH = 130.0
WIDTH = LABEL_WIDTH + BAR_WIDTH + VALUE_WIDTH
ROW_HEIGHT = 26.0
BAR_HEIGHT = 15.0
LABEL_CHARS = 46
ORDER = (Sentiment.NEGATIVE, Sentiment.UNTOLD, Sentiment.NEUTRAL, Sentiment.POSITIVE)
"""From left to right: complaint and praise at the two ends, so that both are read against an edge."""


@dataclass(frozen=True)
class Part:
    """A piece of a bar; x and width in pixels."""

    sentiment: Sentiment
    x: float
    width: float
    hits: int


@dataclass(frozen=True)
class Bar:
    """A theme's bar, of full width whatever its n."""

    label: str
    name: str
    n: int
    y: float
    middle: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Bars:
    """The whole plot."""

    width: float
    height: float
    bar_height: float
    value_left: float
    rows: tuple[Bar, ...]


def sentiment_bars(themes: Sequence[Theme]) -> Bars | None:
    """A bar a theme, cut by what its comments say; `None` where sentiment wasn't read."""
    told = [theme for theme in themes if theme.sentiment and theme.sentiment.n]
    if not told:
        return None
    rows = tuple(_bar(theme, place * ROW_HEIGHT + 4) for place, theme in enumerate(told))
    return Bars(WIDTH, len(rows) * ROW_HEIGHT + 8, BAR_HEIGHT, LABEL_WIDTH + BAR_WIDTH + 14, rows)


def _bar(theme: Theme, y: float) -> Bar:
    parts, x = [], LABEL_WIDTH
    counts = theme.sentiment
    n = counts.n if counts else 0
    for sentiment in ORDER:
        hits = counts.of(sentiment).hits if counts else 0
        width = round(BAR_WIDTH * hits / n, 1) if n else 0.0
        if hits:
            parts.append(Part(sentiment, round(x, 1), width, hits))
        x += width
    short = theme.name if len(theme.name) <= LABEL_CHARS else theme.name[: LABEL_CHARS - 1].rstrip() + "…"
    return Bar(short, theme.name, n, y, y + BAR_HEIGHT / 2 + 4, tuple(parts))
