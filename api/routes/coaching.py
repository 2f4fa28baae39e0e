"""The coaching list, by supervisor and agent."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.actor import ActorHere
from api.dependencies import Cursor, ServicesHere, Size
from api.envelopes import DOCUMENTED
from api.pages import render
from api.people.principal import needs
from api.schemas.lists import CoachingList
from qm.domain.people import Right

router = APIRouter(tags=["coaching"], responses=DOCUMENTED, dependencies=[needs(Right.COACHING_READ)])
Supervisor = Annotated[str, Query(description="name of a supervisor, or of a team that has none; empty: all")]
AgentId = Annotated[str, Query(alias="agent", description="agent id; empty: all", examples=["A01"])]


@router.get("/coaching", include_in_schema=False)
def coaching_page(
    request: Request, services: ServicesHere, actor: ActorHere, supervisor: Supervisor = "", agent_id: AgentId = ""
) -> Response:
    """The list with the seconds to listen to."""
    rows = services.coaching.read(supervisor, agent_id, _today())
    services.audit.look("quotes.viewed", "list", "coaching", actor)
    every = services.coaching.read(today=_today()) if supervisor or agent_id else rows
    return render(request, "coaching.html", rows=rows, every=every, supervisor=supervisor, agent_id=agent_id)


@router.get("/api/v1/coaching", summary="Coaching items")
def coaching(
    services: ServicesHere, actor: ActorHere, supervisor: Supervisor = "", agent_id: AgentId = "",
    cursor: Cursor = "", size: Size = 50,
) -> CoachingList:  # fmt: skip
    """The few things worth a conversation with each agent, the most important first.

    Ask again with `next_cursor` until it's empty.
    """
    services.audit.look("quotes.viewed", "list", "coaching", actor)
    page = services.coaching.page(supervisor, agent_id, _today(), cursor, size)
    return CoachingList(items=page.items, total=page.total, next_cursor=page.next_cursor)


def _today() -> date:
    return datetime.now(UTC).date()
