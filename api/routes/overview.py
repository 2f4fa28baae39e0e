"""The day in numbers, and what stopped on the way."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import ServicesHere
from api.menu import first_page
from api.pages import render
from api.people.principal import AskingHere, needs
from api.schemas.lists import QuarantineList
from qm.domain.people import Right
from qm.services.views import DayFigures

router = APIRouter(tags=["overview"])
FIGURES = [needs(Right.FIGURES_READ, whole=True)]
FRONT = "/"


@router.get(FRONT, include_in_schema=False)
def overview_page(request: Request, services: ServicesHere, asking: AskingHere) -> Response:
    """The front page; whoever may not see the day's figures is led to the first page that is open to them."""
    first = first_page(asking.principal)
    if not first:
        return render(request, "nothing.html")
    if first != FRONT:
        return RedirectResponse(first, status_code=303)
    return render(request, "overview.html", figures=services.figures.day())


@router.get("/api/v1/overview", summary="The day's figures", dependencies=FIGURES)
def overview(services: ServicesHere) -> DayFigures:
    """Mean scores, NPS and satisfaction by team and agent, with n and 95 % interval; no value below `min_n`."""
    return services.figures.day()


@router.get("/quarantine", include_in_schema=False, dependencies=FIGURES)
def quarantine_page(request: Request, services: ServicesHere) -> Response:
    """What stopped."""
    contact_ids = services.contacts.quarantined()
    return render(request, "quarantine.html", items=services.contacts.quarantine(), contact_ids=contact_ids)


@router.get("/api/v1/quarantine", summary="What stopped, and how to retry it", dependencies=FIGURES)
def quarantine(services: ServicesHere) -> QuarantineList:
    """Contacts, files and rows that couldn't go on, each with stage, reason and the exact command that retries it."""
    return QuarantineList(items=services.contacts.quarantine())
