"""Reports about raters and scores as CSV."""

from collections.abc import Iterator

from qm.csv_text import csv_text
from qm.services.study_views import MapView, RaterView

RATER_COLUMNS = (
    "kind",
    "id",
    "period",
    "group",
    "met",
    "answers",
    "stricter",
    "apart",
    "value",
    "lo",
    "hi",
    "p",
    "why",
)
MAP_COLUMNS = ("kind", "score_lo", "score_hi", "predicted", "observed", "lo", "hi", "n")


def raters_csv(view: RaterView) -> str:
    """A line a rater, question, rater and month, and change; effects in log-odds, p after Holm."""
    return csv_text(RATER_COLUMNS, _rater_rows(view))


def map_csv(view: MapView) -> str:
    """A line a point of the curve (its predicted probability) and a line a bin (predicted and observed)."""
    return csv_text(MAP_COLUMNS, _map_rows(view))


def _rater_rows(view: RaterView) -> Iterator[tuple[object, ...]]:
    if view.report is None:
        return
    study = view.report.study
    effects = [("rater", "", one) for one in study.raters] + [("question", "", one) for one in study.criteria]
    effects += [("rater_in_month", period, one) for period, found in study.periods for one in found]
    for kind, period, one in effects:
        figure = one.effect
        yield (kind, one.id, period, one.group, one.answers.hits, one.answers.n, one.apart.hits, one.apart.n,
               figure.value, figure.lo, figure.hi, one.p_value, one.why)  # fmt: skip
    for drift in study.drifts:
        change = drift.change
        yield ("change", drift.rater, drift.period, "", "", "", "", "", change.value, change.lo, change.hi,
               drift.p_value, drift.why)  # fmt: skip


def _map_rows(view: MapView) -> Iterator[tuple[object, ...]]:
    if view.report is None:
        return
    for point in view.report.map.curve:
        chance = point.chance
        yield "curve", point.score, point.score, chance.value, "", chance.lo, chance.hi, chance.n
    for one in view.report.map.bins:
        yield "bin", one.lo, one.hi, one.said, one.came.value, one.came.lo, one.came.hi, one.came.n
