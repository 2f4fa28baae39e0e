"""Who may write: pages of this very origin, and programs that are no browser.

A page of another site can make a browser send a form here, with the browser's rights. Browsers tell where a request
comes from (`Sec-Fetch-Site`; `Origin` where the address isn't trustworthy enough for that header, such as plain HTTP
inside a house). A program that sends neither acts for whoever started it. Hosts that aren't ours were refused before
(see `api.app`), so a name that is pointed at this machine later (DNS rebinding) gains nothing.
"""

import json
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request

from qm.errors import InputError, OriginError, TooLongError

FROM_HERE = frozenset({"same-origin", "none"})
"""`none`: the reader gave the address by hand."""
FORM = "application/x-www-form-urlencoded"
LONGEST_FORM = 1 << 20
"""Bytes; a note may be long, a form of a megabyte is a mistake or an attack."""
HINT = "open the page itself and try again from there"


def same_origin(request: Request) -> None:
    """Refuse a write that another site's page had sent.

    Raises:
        OriginError: the request comes from elsewhere.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        allowed = site in FROM_HERE
    else:
        allowed = origin is None or _host_of(origin) == request.headers.get("host", "").lower()
    if not allowed:
        raise OriginError("request.other_origin", f"{request.url.path}: sent by another site's page", HINT)


async def form_fields(request: Request) -> dict[str, str]:
    """The fields of a form as a browser sends it; the last one counts where a name comes twice.

    Read here, since the library for multipart forms isn't among our dependencies and none of our forms carries files.

    Raises:
        InputError: not that kind of form, or too long.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise InputError("request.not_a_form", f"expected {FORM}, got '{kind or 'nothing'}'", "send it from the page")
    body = await read_body(request, LONGEST_FORM)
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=100))
    except ValueError as error:
        raise InputError("request.not_a_form", f"the form can't be read: {error}", "send it from the page") from None


async def json_body(request: Request, longest: int) -> Any:
    """A JSON document of at most `longest` bytes.

    Raises:
        InputError: too long, or not JSON.
    """
    body = await read_body(request, longest)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError("request.not_json", f"the body isn't JSON: {error}", "see /docs") from None


async def read_body(request: Request, longest: int) -> bytes:
    """The request's body; reading stops as soon as it's longer than `longest` bytes.

    Raises:
        TooLongError: it's longer.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > longest:
            message = f"the request is longer than {longest} bytes"
            raise TooLongError("request.too_long", message, "send it in parts")
    return bytes(body)


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:  # such as a bracket that isn't closed: nobody's host, also not ours
        return ""


SameOrigin = Depends(same_origin)
"""For `APIRouter.post(..., dependencies=[SameOrigin])`."""
FormFields = Annotated[dict[str, str], Depends(form_fields)]
"""A parameter of a handler: the form's fields."""
