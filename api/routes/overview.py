"""The day in numbers, and what stopped on the way."""

from fastapi import APIRouter, Request, Response

from api.dependencies import ServicesHere
from api.pages import render
from api.people.principal import needs
from api.schemas.lists import QuarantineList
from qm.domain.people import Right
from qm.services.views import DayFigures

router = APIRouter(tags=["overview"], dependencies=[needs(Right.FIGURES_READ, whole=True)])


@router.get("/", include_in_schema=False)
def overview_page(request: Request, services: ServicesHere) -> Response:
    """The front page."""
    return render(request, "overview.html", figures=services.figures.day())


@router.get("/api/v1/overview", summary="The day's figures")
def overview(services: ServicesHere) -> DayFigures:
    """Mean scores, NPS and satisfaction by team and agent, with n and 95 % interval; no value below `min_n`."""
    return services.figures.day()


@router.get("/quarantine", include_in_schema=False)
def quarantine_page(request: Request, services: ServicesHere) -> Response:
    """What stopped."""
    contact_ids = services.contacts.quarantined()
    return render(request, "quarantine.html", items=services.contacts.quarantine(), contact_ids=contact_ids)


@router.get("/api/v1/quarantine", summary="What stopped, and how to retry it")
def quarantine(services: ServicesHere) -> QuarantineList:
    """Contacts, files and rows that couldn't go on, each with stage, reason and the exact command that retries it."""
    return QuarantineList(items=services.contacts.quarantine())
