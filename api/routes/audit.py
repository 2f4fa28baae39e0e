"""The audit trail: who did or looked at what."""

from datetime import date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response

from api.dependencies import Cursor, ServicesHere, Size
from api.envelopes import DOCUMENTED
from api.pages import language_of, render
from api.people.principal import needs
from api.presentation import in_zone
from api.wiring import Services
from qm.domain.people import Right
from qm.errors import InputError
from qm.ports.audit import AuditFilter
from qm.services.audit import AuditPage
from qm.wording_audit import ACTIONS, action_word, actor_word, kind_word, tell_details

router = APIRouter(tags=["audit"], responses=DOCUMENTED, dependencies=[needs(Right.AUDIT_READ, whole=True)])


def _audit_filter(
    services: ServicesHere,
    subject: Annotated[str, Query(description="id of a contact, case, run …")] = "",
    actor: Annotated[str, Query(description="who did it")] = "",
    action: Annotated[
        str, Query(description="`recording.played`; with a dot at its end, all of that kind", examples=["recording."])
    ] = "",
    since: Annotated[str, Query(description="from that day on, in the site's time zone")] = "",
) -> AuditFilter:
    return AuditFilter("", subject.strip(), actor.strip(), action, _begin(since, services))


FilterHere = Annotated[AuditFilter, Depends(_audit_filter)]


@router.get("/audit", include_in_schema=False)
def audit_page(
    request: Request, services: ServicesHere, wanted: FilterHere, cursor: Cursor = "", size: Size = 100
) -> Response:
    """The trail, the latest first."""
    page, language = services.audit.page(wanted, cursor, size), language_of(request)
    zone = services.plan.window.zone
    return render(
        request, "audit.html", page=page, wanted=wanted, since=request.query_params.get("since", ""),
        action_word=lambda action: action_word(action, language), kind_word=lambda kind: kind_word(kind, language),
        actor_word=lambda actor: actor_word(actor, language),
        details=lambda row: tell_details(vars(row), language), actions=tuple(ACTIONS),
        moment=lambda at: in_zone(at if isinstance(at, str) else at.isoformat(), zone),
    )  # fmt: skip


@router.get("/api/v1/audit", summary="The audit trail")
def audit(services: ServicesHere, wanted: FilterHere, cursor: Cursor = "", size: Size = 100) -> AuditPage:
    """Events, the latest first, with the end of the chain and what its last check found.

    Ask again with `next_cursor` until it's empty. `qm audit export` writes the whole chain, to be checked elsewhere.
    """
    return services.audit.page(wanted, cursor, size)


def _begin(since: str, services: Services) -> datetime | None:
    if not since:
        return None
    try:
        return datetime.combine(date.fromisoformat(since), time(), ZoneInfo(services.plan.window.zone))
    except ValueError:
        raise InputError("audit.bad_moment", f"since: '{since[:60]}' isn't a day", "write 2026-11-23") from None
