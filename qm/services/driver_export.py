"""Drivers as a table for a spreadsheet: what was found, and what can't be said and why."""

from collections.abc import Iterator

from qm.csv_text import csv_text
from qm.domain.derived_form import DerivedForm, ProposedCriterion
from qm.domain.drivers import DriverReport
from qm.domain.figures import Figure
from qm.domain.text import Language
from qm.wording_drivers import REASONS, VERDICTS

COLUMNS = (
    "key", "kind", "title", "points", "points_lo", "points_hi", "n", "satisfied_with", "n_with", "satisfied_without",
    "n_without", "p", "p_holm", "p_bh", "importance", "importance_lo", "importance_hi", "vif", "verdict", "why",
)  # fmt: skip
DERIVED_COLUMNS = (
    "criterion", "title", "fate", "points", "weight_before", "weight_after", "effect", "effect_lo", "effect_hi", "n",
    "reason", "themes",
)  # fmt: skip


def drivers_csv(report: DriverReport, language: Language) -> str:
    """A line a predictor: those with an effect, then *a transfer or a hold*, then those that nothing is said of."""
    return csv_text(COLUMNS, [*_effects(report, language), *_left_out(report, language)])


def derived_csv(derived: DerivedForm, language: Language) -> str:
    """A line a question of the form: what becomes of it, its weight before and after, and the effect behind that."""
    return csv_text(DERIVED_COLUMNS, (_question(one, language) for one in derived.criteria))


def _question(one: ProposedCriterion, language: Language) -> list[object]:
    points = one.effect.points if one.effect else Figure(None, None, None, 0)
    return [
        one.id, one.title.said_in(language), one.fate.value, one.points, one.before, one.after,
        *_figure(points.value, points.lo, points.hi), points.n, one.reason, " ".join(one.themes),
    ]  # fmt: skip


def _effects(report: DriverReport, language: Language) -> Iterator[list[object]]:
    either = (report.drivers.either,) if report.drivers.either else ()
    for effect in (*report.drivers.effects, *either):
        figures = [*_figure(effect.points.value, effect.points.lo, effect.points.hi), effect.points.n]
        counts = ["", "", "", ""] if effect.step else [
            effect.present.hits, effect.present.n, effect.absent.hits, effect.absent.n,
        ]  # fmt: skip
        importance = _figure(effect.importance.value, effect.importance.lo, effect.importance.hi)
        yield [
            effect.key, effect.kind.value, report.titles[effect.key].said_in(language), *figures, *counts,
            f"{effect.p:.4g}", f"{effect.p_holm:.4g}", f"{effect.p_bh:.4g}", *importance, effect.vif,
            effect.verdict.value, VERDICTS[effect.verdict].said_in(language),
        ]  # fmt: skip


def _left_out(report: DriverReport, language: Language) -> Iterator[list[object]]:
    for one in report.drivers.left_out:
        yield [
            one.key, one.kind.value, report.titles[one.key].said_in(language), "", "", "", one.n, one.present.hits,
            one.present.n, one.absent.hits, one.absent.n, *[""] * 7, one.reason, REASONS[one.reason].said_in(language),
        ]  # fmt: skip


def _figure(*values: float | None) -> list[object]:
    return ["" if value is None else value for value in values]
