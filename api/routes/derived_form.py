"""A form proposed from the voice of the customer, beside the one in use."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.charts_drivers import validity_plot
from api.dependencies import ServicesHere
from api.envelopes import DOCUMENTED
from api.pages import language_of, render
from api.people.principal import needs
from api.presentation import in_zone
from qm import wording_derived
from qm.domain.people import Right
from qm.services.derive_form import DerivedView
from qm.services.driver_export import derived_csv

router = APIRouter(tags=["drivers"], responses=DOCUMENTED, dependencies=[needs(Right.FIGURES_READ, whole=True)])
FormId = Annotated[str, Query(alias="form", description="id of a form; empty: the proposal made last")]


@router.get("/drivers/form", include_in_schema=False)
def derived_page(request: Request, services: ServicesHere, form_id: FormId = "") -> Response:
    """What becomes of each question, and whether the proposal predicts better."""
    view, language = services.derive.view(form_id), language_of(request)
    proposal = view.proposal
    validity = proposal.validity if proposal else None
    return render(
        request, "derived_form.html", view=view, words=wording_derived,
        made_at=in_zone(proposal.computed_at, services.plan.window.zone) if proposal else None,
        drawn=validity_plot(validity, language) if validity else None,
        lines=list(wording_derived.validity_lines(validity, language)) if validity else [],
    )  # fmt: skip


@router.get("/api/v1/drivers/form", summary="Form proposed from the voice of the customer")
def derived(services: ServicesHere, form_id: FormId = "") -> DerivedView:
    """What `qm forms derive` proposed last; `proposal` is null where there is none."""
    return services.derive.view(form_id)


@router.get("/api/v1/drivers/form.csv", summary="The same as CSV", response_class=PlainTextResponse)
def derived_table(request: Request, services: ServicesHere, form_id: FormId = "") -> Response:
    """A line a question; empty where nothing was proposed yet."""
    proposal = services.derive.view(form_id).proposal
    text = derived_csv(proposal, language_of(request)) if proposal else ""
    headers = {"Content-Disposition": 'attachment; filename="form.csv"'}
    return PlainTextResponse(text, media_type="text/csv; charset=utf-8", headers=headers)
