"""Errors on their way out: one JSON envelope, or a page where a browser asked for one."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.pages import render
from api.people.principal import sign_in_address
from api.schemas.errors import ErrorBody, ErrorEnvelope
from api.security import FIXED_HEADERS
from qm import errors
from qm.operations.logs import log

STATUS_BY_CLASS: tuple[tuple[type[errors.QmError], int], ...] = (
    (errors.NotFoundError, 404),
    (errors.ObjectMissingError, 404),
    (errors.SignInError, 401),
    (errors.RightError, 403),
    (errors.OriginError, 403),
    (errors.ConflictError, 409),
    (errors.SettingsError, 500),
    (errors.RulePackError, 500),
    (errors.TooLongError, 413),
    (errors.InputError, 400),
    (errors.ContactError, 409),
    (errors.EngineError, 503),
    (errors.StorageError, 503),
)
"""Most special first: the first class that fits gives the status."""
MACHINE_PREFIXES = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json")
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorEnvelope, "description": "Nothing of that name"},
    422: {"model": ErrorEnvelope, "description": "A parameter can't be used"},
}
"""Error responses as OpenAPI shows them."""


def status_of(error: errors.QmError) -> int:
    """HTTP status of an error by its class; 500 for a class that the table doesn't know."""
    return next((status for kind, status in STATUS_BY_CLASS if isinstance(error, kind)), 500)


def install(app: FastAPI) -> None:
    """Make every error of the application leave in the envelope."""
    app.add_exception_handler(errors.QmError, _on_qm_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(ClientDisconnect, _on_gone)
    app.add_exception_handler(Exception, _on_unexpected)


def wants_page(request: Request) -> bool:
    """True where a browser navigates; machines and media elements get JSON."""
    path = request.url.path
    return "text/html" in request.headers.get("accept", "") and not path.startswith(MACHINE_PREFIXES)


def respond(request: Request, status: int, body: ErrorBody) -> Response:
    """The error as a page or as JSON."""
    if wants_page(request):
        return render(request, "error.html", status=status, error=body)
    return JSONResponse(ErrorEnvelope(error=body).model_dump(), status_code=status)


def _on_qm_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.QmError)  # registered for this class only
    if error.code == "sign_in.needed" and wants_page(request):
        return RedirectResponse(sign_in_address(request), status_code=303)
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request.failed", code=error.code, hint=error.hint, status=status)
    return respond(request, status, ErrorBody(code=error.code, message=error.message, hint=error.hint))


def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # registered for this class only
    places = [f"{'.'.join(str(part) for part in fault['loc'][1:])}: {fault['msg']}" for fault in error.errors()]
    return respond(request, 422, ErrorBody(code="request.invalid", message="; ".join(places), hint="see /docs"))


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # registered for this class only
    status = HTTPStatus(error.status_code)
    hint = "this address is only read: use GET" if status == HTTPStatus.METHOD_NOT_ALLOWED else "see / or /docs"
    message = f"{request.method} {request.url.path}: {status.phrase}"
    body = ErrorBody(code=f"http.{status.name.lower()}", message=message, hint=hint)
    response = respond(request, status.value, body)
    response.headers.update(error.headers or {})
    return response


def _on_gone(_request: Request, _error: Exception) -> Response:
    """Whoever asked went away in the middle of the question: nobody reads an answer, and it's no fault of ours."""
    return Response(status_code=400)


def _on_unexpected(request: Request, error: Exception) -> Response:
    # The edge of the process: what nobody foresaw is logged with its places, and told without details.
    log.error("request.failed", error, code="internal.unexpected", method=request.method)
    body = ErrorBody(code="internal.unexpected", message="something unexpected went wrong", hint="see the server's log")
    response = JSONResponse(ErrorEnvelope(error=body).model_dump(), status_code=500)
    response.headers.update(FIXED_HEADERS | {"Cache-Control": "no-store"})
    return response
