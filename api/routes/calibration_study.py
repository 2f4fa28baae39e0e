"""How severe raters are, and what a score tells of satisfaction."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.charts_intervals import IntervalRow, Intervals, interval_plot
from api.charts_reliability import reliability_plot
from api.dependencies import ServicesHere
from api.envelopes import DOCUMENTED
from api.pages import language_of, render
from api.people.principal import needs
from api.presentation import number, percent
from qm.analysis.calibration.fit_severity import chance_on_even_cases
from qm.domain.calibration import MACHINE
from qm.domain.calibration_study import FacetEffect
from qm.domain.figures import Figure
from qm.domain.people import Right
from qm.domain.text import Language
from qm.services.study_export import map_csv, raters_csv
from qm.services.study_views import MapView, RaterView
from qm.wording_study import study_word

router = APIRouter(tags=["calibration"], responses=DOCUMENTED, dependencies=[needs(Right.FIGURES_READ, whole=True)])
FormId = Annotated[str, Query(alias="form", description="form id; empty: the first one with answers")]


@router.get("/calibration/raters", include_in_schema=False)
def raters_page(request: Request, services: ServicesHere, form_id: FormId = "") -> Response:
    """Severity, difficulty, changes, sources of differences, and how many contacts are needed."""
    view, language = services.rater_study.raters_view(form_id), language_of(request)
    return render(
        request, "calibration_raters.html", view=view, report=view.report, plots=_plots(view, language),
        evens=lambda effect: _evens(effect, language),
        shown=lambda figure, digits=2: _in_words(figure, language, digits), names=_names(view, language),
    )  # fmt: skip


@router.get("/api/v1/calibration/raters", summary="Severity of raters and difficulty of questions")
def raters(services: ServicesHere, form_id: FormId = "") -> RaterView:
    """What `qm calibrate raters` computed last for a form; effects in log-odds, positive is more severe."""
    return services.rater_study.raters_view(form_id)


@router.get("/api/v1/calibration/raters.csv", summary="The same as CSV", response_class=PlainTextResponse)
def raters_as_csv(services: ServicesHere, form_id: FormId = "") -> Response:
    """A line a rater, question and change."""
    return _csv("raters.csv", raters_csv(services.rater_study.raters_view(form_id)))


@router.get("/calibration/map", include_in_schema=False)
def map_page(request: Request, services: ServicesHere, form_id: FormId = "") -> Response:
    """Do contacts with a high score satisfy?"""
    view, language = services.rater_study.map_view(form_id), language_of(request)
    drawn = reliability_plot(
        view.report.map, lambda score: number(score, language), lambda share: percent(share, language)
    ) if view.report else None  # fmt: skip
    return render(
        request, "calibration_map.html", view=view, report=view.report, drawn=drawn,
        shown=lambda figure: _in_words(figure, language, 0, 100, " %"),
    )  # fmt: skip


@router.get("/api/v1/calibration/map", summary="From score to probability of a satisfied customer")
def score_map(services: ServicesHere, form_id: FormId = "") -> MapView:
    """What `qm calibrate map` computed last for a form: the curve and its reliability, or why there is none."""
    return services.rater_study.map_view(form_id)


@router.get("/api/v1/calibration/map.csv", summary="The same as CSV", response_class=PlainTextResponse)
def map_as_csv(services: ServicesHere, form_id: FormId = "") -> Response:
    """A line a point of the curve and a line a bin."""
    return _csv("map.csv", map_csv(services.rater_study.map_view(form_id)))


def _csv(name: str, text: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(text, media_type="text/csv", headers=headers)


def _plots(view: RaterView, language: Language) -> dict[str, Intervals | None]:
    if view.report is None:
        return {}
    study, names = view.report.study, _names(view, language)
    return {
        "raters": _plot([(names(one.id), one.effect, one.stands_out) for one in _by_value(study.raters)], language),
        "criteria": _plot([(names(one.id), one.effect, one.stands_out) for one in _by_value(study.criteria)], language),
        "drifts": _plot(
            [(f"{names(one.rater)} · {one.period}", one.change, one.is_alarm) for one in study.drifts], language
        ),
    }


def _by_value(effects: Sequence[FacetEffect]) -> list[FacetEffect]:
    told = [one for one in effects if one.effect.value is not None]
    return sorted(told, key=lambda one: -(one.effect.value or 0.0))


def _plot(effects: Sequence[tuple[str, Figure, bool]], language: Language) -> Intervals | None:
    """In hundredths of even cases: people read that more easily than log-odds. 50: like the mean, or like before."""
    rows = [
        IntervalRow(label, _in_hundredths(effect), _evens(effect, language), is_quiet=not stands_out)
        for label, effect, stands_out in effects
        if effect.value is not None
    ]
    return interval_plot(rows, lambda value: number(value, language) + " %", low=0.0, high=100.0, zero=50.0)


def _in_hundredths(effect: Figure) -> Figure:
    chance = chance_on_even_cases(effect)
    if chance.value is None or chance.lo is None or chance.hi is None:
        return effect
    return Figure(100 * chance.value, 100 * chance.lo, 100 * chance.hi, chance.n)


def _evens(effect: Figure, language: Language) -> str:
    return _in_words(chance_on_even_cases(effect), language, 0, 100, " %")


def _names(view: RaterView, language: Language) -> Callable[[str], str]:
    titles = {one.id: one.title.said_in(language) for one in view.questions}
    titles[MACHINE] = study_word("machine", language)
    return lambda item: titles.get(item, item)


def _in_words(figure: Figure, language: Language, digits: int = 2, times: float = 1.0, unit: str = "") -> str:
    if figure.value is None:
        return "–"
    value, lo, hi = (number(times * (part or 0.0), language, digits) for part in (figure.value, figure.lo, figure.hi))
    return f"{value}{unit} ({lo}…{hi})"
