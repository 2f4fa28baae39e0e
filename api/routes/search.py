"""Words looked for in conversations, and searches that people keep."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.actor import ActorHere
from api.dependencies import Cursor, ServicesHere
from api.envelopes import DOCUMENTED
from api.pages import render
from api.people.forms import CALL_WRITE, FORM_WRITE
from api.people.principal import needs
from api.same_origin import FormFields
from api.schemas.search import AlertList, AlertRow, SearchList, SearchRow, SearchWish
from api.search_page import address_of, filter_of, shown_filters, url_of
from api.wiring import Services
from qm.domain.evaluation import Answer
from qm.domain.people import Right
from qm.domain.search import LONGEST_QUERY, SearchFilter, SearchPage
from qm.domain.transcript import Role
from qm.errors import InputError

router = APIRouter(tags=["search"], responses=DOCUMENTED, dependencies=[needs(Right.SEARCH_USE)])
Words = Annotated[
    str,
    Query(
        alias="q", max_length=LONGEST_QUERY,
        description='words; `"as they are"`; `pagam*`; `a OR b`; `-never`; `customer:word`; `a NEAR/5 b` in one turn; '
        "`a WITHIN/20 b` and `a THEN/20 b` in seconds",
        examples=["cliente:disdetta THEN/60 agente:offerta"],
    ),
]  # fmt: skip
Size = Annotated[int, Query(ge=1, le=50, description="conversations a page")]
Number = Annotated[float | None, Query(allow_inf_nan=False)]
Seconds = Annotated[float | None, Query(gt=0, le=86400)]


def _filters(
    *,
    agent: str = "",
    team: str = "",
    process: str = "",
    medium: str = "",
    since: Annotated[date | None, Query(description="first day")] = None,
    until: Annotated[date | None, Query(description="last day")] = None,
    role: Annotated[Literal["", "agent", "customer"], Query(description="only what this party says")] = "",
    first_s: Annotated[Seconds, Query(description="only in the first so many seconds")] = None,
    last_s: Annotated[Seconds, Query(description="only in the last so many seconds")] = None,
    measure: Annotated[str, Query(max_length=60, description="of the conversation, like `silence_longest_s`")] = "",
    at_least: Number = None,
    at_most: Number = None,
    form: Annotated[str, Query(description="id of the form that criterion and score are of")] = "",
    criterion: str = "",
    answer: Annotated[Answer | None, Query(description="to the criterion")] = None,
    score_most: Annotated[float | None, Query(ge=0, le=100, description="highest score on the form")] = None,
    nps_most: Annotated[int | None, Query(ge=0, le=10, description="highest answer of the survey")] = None,
) -> SearchFilter:
    return SearchFilter(
        agent, team, process, medium, since, until, Role(role) if role else None, first_s, last_s, measure, at_least,
        at_most, form, criterion, answer, score_most, nps_most,
    )  # fmt: skip


FiltersHere = Annotated[SearchFilter, Depends(_filters)]


@router.get("/search", include_in_schema=False)
def page(request: Request, services: ServicesHere, actor: ActorHere, q: Words = "", cursor: Cursor = "") -> Response:
    """The field, the filters, what was found, and one's own searches."""
    found, fault, filters = None, None, SearchFilter()
    try:
        filters = filter_of(request.query_params)
        found = _find(services, actor, q, filters, cursor, 20) if q.strip() else None
    except InputError as error:
        fault = error
    return render(
        request, "search.html", status=400 if fault else 200, q=q, found=found, fault=fault, filters=filters,
        shown=shown_filters(filters), kept=services.searches.of(actor), choices=services.contacts.choices(),
        forms=services.search.forms, indexed=services.search.size(), kept_url=url_of,
    )  # fmt: skip


@router.get("/api/v1/search", summary="Look for words in conversations")
def search(
    services: ServicesHere, actor: ActorHere, filters: FiltersHere, q: Words, cursor: Cursor = "", size: Size = 20
) -> SearchPage:
    """Conversations, the latest first, each with the turns in which the words stand and their seconds."""
    return _find(services, actor, q, filters, cursor, size)


def _find(
    services: Services, actor: str, q: str, filters: SearchFilter, cursor: str, size: int
) -> SearchPage:  # fmt: skip
    """What was found, told only once that is noted. What was typed isn't noted: it may name people."""
    found = services.search.find(q, filters, cursor, size, actor)
    services.audit.look("search.used", "list", "search", actor)
    return found


@router.post("/search/saved", include_in_schema=False, dependencies=[*FORM_WRITE])
def keep_form(services: ServicesHere, actor: ActorHere, fields: FormFields) -> Response:
    """Keep the search that the page shows."""
    filters = filter_of(fields)
    kept = services.searches.keep(
        actor, fields.get("name", ""), fields.get("q", ""), filters, alerts=fields.get("alerts") == "yes"
    )
    return RedirectResponse("/search?" + url_of(kept), status_code=303)


@router.post("/search/saved/{search_id}/drop", include_in_schema=False, dependencies=[*FORM_WRITE])
def drop_form(services: ServicesHere, actor: ActorHere, search_id: str) -> Response:
    """Delete a search of one's own."""
    services.searches.forget(actor, search_id)
    return RedirectResponse("/search", status_code=303)


@router.get("/search/saved/{search_id}", include_in_schema=False)
def alerts_page(request: Request, services: ServicesHere, actor: ActorHere, search_id: str) -> Response:
    """What a search of one's own found since alerts were asked for."""
    told = _alerts(services, actor, search_id)
    return render(request, "search_alerts.html", told=told, address=address_of(told.search))


@router.get("/api/v1/search/saved", summary="Searches of one's own")
def list_saved(services: ServicesHere, actor: ActorHere) -> SearchList:
    """By name, with how many contacts of their alerts haven't been read."""
    return SearchList.of(services.searches.of(actor))


@router.post("/api/v1/search/saved", status_code=201, summary="Keep a search", dependencies=[*CALL_WRITE])
def keep(services: ServicesHere, actor: ActorHere, wish: SearchWish) -> SearchRow:
    """One of the same name is replaced."""
    return SearchRow.of(services.searches.keep(actor, wish.name, wish.q, wish.filters, alerts=wish.alerts))


@router.get("/api/v1/search/saved/{search_id}", summary="What a kept search found")
def alerts(services: ServicesHere, actor: ActorHere, search_id: str) -> AlertList:
    """Contacts that were worked on since alerts were asked for. From now on they count as read."""
    return _alerts(services, actor, search_id)


@router.delete(
    "/api/v1/search/saved/{search_id}", status_code=204, summary="Delete a search", dependencies=[*CALL_WRITE]
)
def drop(services: ServicesHere, actor: ActorHere, search_id: str) -> None:
    """With its alerts."""
    services.searches.forget(actor, search_id)


def _alerts(services: Services, actor: str, search_id: str) -> AlertList:
    kept, noted = services.searches.found(actor, search_id)
    services.audit.look("search.used", "list", "search", actor)
    contacts = services.search.known([contact_id for contact_id, _is_read in noted])
    rows = [
        AlertRow(
            contact_id=contact_id, started_at=contacts[contact_id].started_at,
            agent_name=contacts[contact_id].agent.name, team=contacts[contact_id].agent.team, is_new=not is_read,
        )
        for contact_id, is_read in noted if contact_id in contacts
    ]  # fmt: skip
    return AlertList(search=SearchRow.of(kept), items=rows)
