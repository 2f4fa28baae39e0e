"""Exports: contacts as a table, one row each."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from tempfile import TemporaryFile
from typing import IO, Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse, StreamingResponse

from api.actor import ActorHere
from api.dependencies import ServicesHere
from api.envelopes import DOCUMENTED
from api.people.principal import Asking, AskingHere, needs
from api.schemas.errors import ErrorEnvelope
from qm.domain.people import Right
from qm.errors import RightError
from qm.parquet_file import require_parquet, write_parquet
from qm.services.contact_export import ExportWish

router = APIRouter(tags=["export"], responses=DOCUMENTED, dependencies=[needs(Right.EXPORT_TAKE)])
PIECE = 1 << 16
CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "A header, and a line a contact"},
    400: {"model": ErrorEnvelope, "description": "Days that can't be"},
}
PARQUET: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}}},
        "description": "A row a contact",
    },
    400: CSV[400],
    503: {"model": ErrorEnvelope, "description": "pyarrow isn't installed here"},
}

VCON: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"schema": {"type": "object"}}}, "description": "An unsigned vCon"},
    403: {"model": ErrorEnvelope, "description": "Without the right, or inline without that to listen"},
}


def _wish(
    asking: AskingHere,
    since: Annotated[
        date | None, Query(description="first day, in the site's time zone", examples=["2026-11-20"])
    ] = None,
    until: Annotated[date | None, Query(description="last day", examples=["2026-11-20"])] = None,
    form: Annotated[str, Query(description="only this form's columns; empty: all forms in force")] = "",
    comments: Annotated[bool, Query(description="with what customers wrote in surveys")] = False,
) -> ExportWish:
    if comments:
        _require(asking, Right.CONTACT_READ, "ask without `comments`")
    return ExportWish(since, until, form, comments)


def _require(asking: Asking, right: Right, hint: str) -> None:
    who = asking.principal
    if not who.may(right):
        raise RightError("right.missing", f"'{who.person.login}' may not do that ({right.value})", hint)


WishHere = Annotated[ExportWish, Depends(_wish)]


@router.get(
    "/api/v1/export/contacts.csv", summary="Contacts as CSV", response_class=StreamingResponse, responses=CSV
)  # fmt: skip
def contacts_csv(services: ServicesHere, actor: ActorHere, wish: WishHere) -> Response:
    """One line a contact: facts, state, scores, answers, measures and survey answer, as docs/formats.md names them."""
    pieces = services.export.csv(wish, actor)
    services.audit.look("contacts.exported", "list", "contacts", actor)
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=_named("contacts.csv"))


@router.get(
    "/api/v1/export/contacts.parquet", summary="Contacts as Parquet", response_class=StreamingResponse,
    responses=PARQUET,
)  # fmt: skip
def contacts_parquet(services: ServicesHere, actor: ActorHere, wish: WishHere) -> Response:
    """The same as a Parquet file; the server needs the extra `parquet`."""
    require_parquet()
    columns = [(column.name, column.kind) for column in services.export.columns(wish)]
    services.audit.look("contacts.exported", "list", "contacts", actor)
    with ExitStack() as stack:
        target = stack.enter_context(TemporaryFile())
        write_parquet(target, columns, services.export.pages(wish, actor))
        stack.pop_all()  # closed once it was sent
    media = "application/vnd.apache.parquet"
    return StreamingResponse(_pieces(target), media_type=media, headers=_named("contacts.parquet"))


def _pieces(target: IO[bytes]) -> Iterator[bytes]:
    with target:
        target.seek(0)
        while piece := target.read(PIECE):
            yield piece


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


# Before the contact itself, whose id takes the whole rest of an address: this module stands before `contacts`.
@router.get(
    "/api/v1/contacts/{contact_id:path}/vcon", summary="A contact as a vCon", response_class=JSONResponse,
    dependencies=[needs(Right.CONTACT_READ)], responses=VCON,
)  # fmt: skip
def vcon(
    services: ServicesHere, asking: AskingHere, contact_id: str,
    inline: Annotated[bool, Query(description="with the recording inside; needs the right to listen")] = False,
) -> Response:  # fmt: skip
    """Parties, dialog, and as analysis the transcript and one evaluation a form (draft-ietf-vcon-vcon-core-04)."""
    who = asking.principal
    if inline:
        _require(asking, Right.CONTACT_LISTEN, "ask without `inline`")
        services.audit.look("recording.played", "contact", contact_id, who.person.login)
    made = services.vcon.make(contact_id, inline=inline)
    services.audit.look("vcon.exported", "contact", contact_id, who.person.login)
    return JSONResponse(made, headers=_named("contact.vcon.json"))
