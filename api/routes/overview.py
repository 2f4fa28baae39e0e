"""A day in numbers, and what stopped on the way."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import Cursor, ServicesHere, Size
from api.menu import first_page
from api.pages import render
from api.people.principal import AskingHere, needs
from api.schemas.lists import QuarantineList
from qm.domain.people import Right
from qm.services.days import read_day
from qm.services.views import DayFigures

router = APIRouter(tags=["overview"])
WHOLE_SITE = [needs(Right.FIGURES_READ, whole=True)]
FRONT = "/"
Day = Annotated[str, Query(description="A day like 2026-11-23; the newest with contacts where not given.")]


@router.get(FRONT, include_in_schema=False)
def overview_page(request: Request, services: ServicesHere, asking: AskingHere, day: Day = "") -> Response:
    """The front page; whoever may not see the day's figures is led to the first page that is open to them."""
    first = first_page(asking.principal)
    if not first:
        return render(request, "nothing.html")
    if first != FRONT:
        return RedirectResponse(first, status_code=303)
    return render(request, "overview.html", figures=services.days.day(read_day(day)))


@router.get("/api/v1/overview", summary="A day's figures", dependencies=[needs(Right.FIGURES_READ)])
def overview(services: ServicesHere, day: Day = "") -> DayFigures:
    """Mean scores, NPS and satisfaction by team and agent, with n and 95 % interval; no value below `min_n`.

    `agents` is empty where more than 40 had contacts that day: `/api/v1/dashboards` has them.
    """
    return services.days.day(read_day(day))


@router.get("/quarantine", include_in_schema=False, dependencies=WHOLE_SITE)
def quarantine_page(request: Request, services: ServicesHere, cursor: Cursor = "", size: Size = 50) -> Response:
    """What stopped."""
    return render(request, "quarantine.html", page=services.contacts.stopped(cursor, size))


@router.get("/api/v1/quarantine", summary="What stopped, and how to retry it", dependencies=WHOLE_SITE)
def quarantine(services: ServicesHere, cursor: Cursor = "", size: Size = 50) -> QuarantineList:
    """Contacts, files and rows that couldn't go on, each with stage, reason and the exact command that retries it.

    Ask again with `next_cursor` until it's empty.
    """
    page = services.contacts.stopped(cursor, size)
    return QuarantineList(items=page.items, total=page.total, next_cursor=page.next_cursor)
