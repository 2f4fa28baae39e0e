"""Headline figures, raw, weighted and bounded, as a table for a spreadsheet."""

from collections.abc import Iterator

from qm.csv_text import csv_text
from qm.domain.figures import Figure
from qm.domain.selection import Bounds, SelectionReport

HEADLINE_COLUMNS = (
    "figure", "dimension", "group", "name", "n", "raw", "raw_lo", "raw_hi", "weighted", "weighted_lo", "weighted_hi",
    "effective_n", "invited", "invited_lo", "invited_hi", "contacts", "all_lo", "all_hi",
)  # fmt: skip


def headlines_csv(report: SelectionReport) -> str:
    """A line for each figure of each group."""
    return csv_text(HEADLINE_COLUMNS, _headlines(report))


def _headlines(report: SelectionReport) -> Iterator[list[object]]:
    for one in report.headlines:
        yield [
            one.id, one.dimension, one.group, one.name, one.raw.n, *figure_cells(one.raw), *figure_cells(one.weighted),
            one.effective_n, *_bounds(one.among_invited), *_bounds(one.among_all),
        ]  # fmt: skip


def figure_cells(figure: Figure) -> list[object]:
    """Value and interval, empty where there is none."""
    return ["" if value is None else value for value in (figure.value, figure.lo, figure.hi)]


def _bounds(bounds: Bounds | None) -> list[object]:
    return ["", "", ""] if bounds is None else [bounds.n, bounds.lo, bounds.hi]
