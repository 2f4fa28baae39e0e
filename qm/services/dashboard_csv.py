"""Dashboards as tables for a spreadsheet."""

from qm.csv_text import csv_text
from qm.domain.figures import Figure
from qm.domain.text import Language
from qm.services.dashboard_views import HeatMap, ScoreCard, ScoreRow, Trend


def scorecard_csv(card: ScoreCard) -> str:
    """A line for the whole, each team and each agent; every figure with its ends and n."""
    names = [name for name, _ in card.whole.accuracy] if card.whole else []
    figures = ["score", "change", *(f"accuracy_{name}" for name in names), "nps", "satisfaction"]
    head = ["kind", "id", "name", "contacts", "stands"]
    columns = [*head, *(f"{figure}{end}" for figure in figures for end in ("", "_lo", "_hi", "_n"))]
    kinds = (("all", (card.whole,) if card.whole else ()), ("team", card.teams), ("agent", card.agents))
    return csv_text(columns, (
        [kind, row.id, row.name, row.contacts, row.stands.value if kind == "agent" else "", *_figures(row)]
        for kind, rows in kinds for row in rows
    ))  # fmt: skip


def heat_csv(view: HeatMap, language: Language) -> str:
    """A line a criterion and column."""
    return csv_text(("criterion", "title", view.by, "name", "met", "lo", "hi", "n"), (
        [row.criterion_id, row.title.said_in(language), *column, *_cells(figure)]
        for row in view.rows for column, figure in zip(view.columns, row.cells, strict=True)
    ))  # fmt: skip


def trend_csv(view: Trend) -> str:
    """A line a day or week."""
    return csv_text((view.step, view.measure, "lo", "hi", "n"), (
        [point.day.isoformat(), *_cells(point.figure)] for point in view.points
    ))  # fmt: skip


def _figures(row: ScoreRow) -> list[object]:
    figures = (row.score, row.change, *(figure for _, figure in row.accuracy), row.nps, row.satisfaction)
    return [cell for figure in figures for cell in _cells(figure)]


def _cells(figure: Figure) -> list[object]:
    return [*("" if each is None else each for each in (figure.value, figure.lo, figure.hi)), figure.n]
