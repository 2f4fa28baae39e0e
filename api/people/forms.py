"""Writes of a browser carry the sign of their session: a form in a field, a script in a header.

Together with `api.same_origin` it keeps other sites' pages from writing with somebody's rights. A program with a token
needs none: no browser sends a token by itself.
"""

from fastapi import Depends, Request

from api.people.principal import AskingHere, check_csrf
from api.same_origin import FormFields, SameOrigin

FIELD, HEADER = "csrf", "x-csrf-token"


def _signed_form(request: Request, asking: AskingHere, fields: FormFields) -> None:
    """Refuse a form that wasn't made for this session (`OriginError`)."""
    check_csrf(asking, {FIELD: request.headers.get(HEADER) or fields.get(FIELD, "")})


def _signed_call(request: Request, asking: AskingHere) -> None:
    """The same for what isn't a form."""
    check_csrf(asking, {FIELD: request.headers.get(HEADER, "")})


FORM_WRITE = (SameOrigin, Depends(_signed_form))
"""Dependencies of every handler that takes a page's form."""
CALL_WRITE = (SameOrigin, Depends(_signed_call))
"""Dependencies of every handler that takes JSON."""
