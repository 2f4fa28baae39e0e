"""Themes of comments as a table for a spreadsheet."""

from collections.abc import Iterator

from qm.analysis.estimate_quality import wilson
from qm.csv_text import csv_text
from qm.domain.comment import Sentiment, Theme, ThemeReport
from qm.domain.figures import Count

COLUMNS = (
    "theme", "name", "by", "key", "n", "of", "share", "lo", "hi", "positive", "negative", "neutral", "untold",
    "detractors", "detractors_of", "detractors_lo", "detractors_hi", "terms", "centre",
)  # fmt: skip


def themes_csv(report: ThemeReport) -> str:
    """A line for each theme as a whole, then one for each process, team and month."""
    return csv_text(COLUMNS, (cells for theme in report.themes for cells in _lines(theme)))


def _lines(theme: Theme) -> Iterator[list[object]]:
    told = [theme.sentiment.of(kind).hits if theme.sentiment else "" for kind in Sentiment]
    detractors = [theme.detractors.hits, theme.detractors.n, *_interval(theme.detractors)]
    share = [theme.n, theme.share.n, theme.share.value, theme.share.lo, theme.share.hi]
    yield [theme.id, theme.name, "all", "", *share, *told, *detractors, ", ".join(theme.terms), theme.centre]
    for group in theme.groups:
        figure = [group.count.hits, group.count.n, group.share.value, group.share.lo, group.share.hi]
        yield [theme.id, theme.name, group.by, group.key, *figure, *[""] * 10]


def _interval(count: Count) -> list[object]:
    return [round(end, 4) for end in wilson(count)] if count.n else ["", ""]
