"""What the page of drivers draws: effects with their intervals, and bars of importance."""

from dataclasses import dataclass

from api.charts_intervals import IntervalRow, Intervals, interval_plot
from qm.domain.derived_form import Validity
from qm.domain.drivers import DriverReport, Effect, Verdict
from qm.domain.figures import Figure
from qm.domain.text import Language
from qm.wording_derived import derived_word
from qm.wording_drivers import interval, plain, signed

BAR_WIDTH = 120.0
NOTHING = "–"
TOLD = (Verdict.MATTERS, Verdict.HINT)


@dataclass(frozen=True)
class Bar:
    """A share of the importance, in pixels, and in words. `None` lengths: no value."""

    length: float | None
    lo: float | None
    hi: float | None
    shown: str


def effect_plot(effects: tuple[Effect, ...], report: DriverReport, language: Language) -> Intervals | None:
    """Forest plot of effects in percentage points; those that don't stand out are drawn grey."""
    rows = [
        IntervalRow(
            report.titles[effect.key].said_in(language), effect.points, interval(effect, language),
            effect.verdict not in TOLD,
        )
        for effect in effects
    ]  # fmt: skip
    return interval_plot(rows, lambda value: signed(value, language).replace(",0", "").replace(".0", ""))


def validity_plot(validity: Validity, language: Language) -> Intervals | None:
    """Areas under the curve of the old and the proposed form, in hundredths; the line stands at 50, a coin's."""
    rows = []
    for key, figure in (("old", validity.old), ("proposed", validity.new)):
        value, lo, hi = (100 * (one or 0.0) for one in (figure.value, figure.lo, figure.hi))
        shown = f"{plain(value, language)} ({plain(lo, language)}…{plain(hi, language)})"
        rows.append(IntervalRow(derived_word(key, language), Figure(value, lo, hi, figure.n), shown, key == "old"))
    return interval_plot(rows, lambda value: f"{value:g}", zero=50.0)


def importance_bar(figure: Figure, largest: float, language: Language) -> Bar:
    """A bar of one importance; the largest one's interval fills the width."""
    if figure.value is None or figure.lo is None or figure.hi is None or largest <= 0:
        return Bar(None, None, None, NOTHING)
    length, lo, hi = (round(BAR_WIDTH * min(value / largest, 1.0), 1) for value in (figure.value, figure.lo, figure.hi))
    sign = " %" if language is Language.ITALIAN else "%"
    low, high = plain(100 * figure.lo, language), plain(100 * figure.hi, language)
    return Bar(length, lo, hi, f"{plain(100 * figure.value, language)}{sign} ({low}…{high})")


def largest_importance(effects: tuple[Effect, ...]) -> float:
    """Upper end of the widest interval; 0 where nothing has an importance."""
    return max((effect.importance.hi or 0.0 for effect in effects), default=0.0)
