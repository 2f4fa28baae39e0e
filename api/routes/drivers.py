"""What goes with satisfied customers: leading metrics, questions of the form, measures; and what predicts nothing."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.charts_drivers import effect_plot, importance_bar, largest_importance
from api.dependencies import ServicesHere
from api.envelopes import DOCUMENTED
from api.pages import language_of, render
from api.people.principal import needs
from api.presentation import in_zone
from qm import wording_drivers
from qm.domain.drivers import DriverKind, Verdict
from qm.domain.people import Right
from qm.services.driver_export import drivers_csv
from qm.services.drivers import DriverView

router = APIRouter(tags=["drivers"], responses=DOCUMENTED, dependencies=[needs(Right.FIGURES_READ, whole=True)])
ReportId = Annotated[
    str, Query(alias="report", description="`<scale>:<form>`; empty: the newest", examples=["satisfaction:chat"])
]


@router.get("/drivers", include_in_schema=False)
def drivers_page(request: Request, services: ServicesHere, report_id: ReportId = "") -> Response:
    """Effects with intervals, importance, and what can't be said."""
    view, language = services.drivers.view(report_id), language_of(request)
    report = view.report
    largest = largest_importance(report.drivers.effects) if report else 0.0
    return render(
        request, "drivers.html", report=report, view=view, kinds=DriverKind, verdicts=Verdict,
        made_at=in_zone(report.computed_at, services.plan.window.zone) if report else None, words=wording_drivers,
        plot_of=lambda effects: effect_plot(effects, report, language) if report else None,
        bar_of=lambda figure: importance_bar(figure, largest, language),
    )  # fmt: skip


@router.get("/api/v1/drivers", summary="Drivers of satisfaction")
def drivers(services: ServicesHere, report_id: ReportId = "") -> DriverView:
    """The report that `qm drivers` computed last, or the one asked for; `report` is null where there is none."""
    return services.drivers.view(report_id)


@router.get("/api/v1/drivers.csv", summary="Drivers of satisfaction as CSV", response_class=PlainTextResponse)
def drivers_table(request: Request, services: ServicesHere, report_id: ReportId = "") -> Response:
    """A line a predictor; empty where nothing was computed yet."""
    report = services.drivers.read(report_id)
    text = drivers_csv(report, language_of(request)) if report else ""
    headers = {"Content-Disposition": 'attachment; filename="drivers.csv"'}
    return PlainTextResponse(text, media_type="text/csv; charset=utf-8", headers=headers)
