"""The application: middleware, routes, documentation, static files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles

import qm
from api import envelopes, openapi
from api.etags import EntityTags
from api.hosts import KnownHosts, allowed_hosts
from api.idempotency import IdempotencyKeys
from api.pages import HERE, render
from api.people.principal import AskingHere
from api.people.rate_limit import RateLimit, RateLimiter
from api.routes import (
    account,
    audit,
    calibration,
    calibration_study,
    cases,
    coaching,
    coaching_sessions,
    comments,
    contacts,
    dashboards,
    derived_form,
    disputes,
    drivers,
    estimates,
    exports,
    health,
    hooks,
    mine,
    overview,
    own_coaching,
    printed,
    queues,
    reviews,
    search,
    selection,
    sign_in,
    sign_in_provider,
    surveys,
    tokens,
)
from api.security import SecurityHeaders
from api.watched import WatchedRequests
from api.wiring import build_services, build_watch
from qm.config import Settings, read_settings
from qm.operations.listening import is_secure

DESCRIPTION = """
Scored contacts, their evidence, coaching items, quarantine, and the voice of the customer. Only what people decide is
written, by POST from this very origin (another site's page is refused, 403). Who looks at a recording or a
transcript is noted in the audit trail first.

Every page has a JSON twin below `/api/v1` that returns the very object that the page renders. Lists are paged with
`cursor` and `next_cursor`. Every error leaves as `{"error": {"code", "message", "hint"}}`.
"""

ROUTES = (
    overview, queues, reviews, exports, contacts, printed, search, coaching, coaching_sessions, own_coaching, surveys,
    cases, comments, drivers, derived_form, selection, estimates, calibration, calibration_study, audit, hooks,
    health, sign_in, sign_in_provider, account, tokens, mine, disputes, dashboards,
)  # fmt: skip
"""In the order in which the API documentation lists them."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application over the database that the settings name.

    Args:
        settings: read from the environment and `qm.toml` where not given.

    Raises:
        SettingsError: a setting can't be used.
        RulePackError: a rule pack has faults.
    """
    settings = settings or read_settings()
    services = build_services(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        services.database.close()

    app = FastAPI(
        title="Quality Equation", version=qm.__version__, description=DESCRIPTION, lifespan=lifespan,
        docs_url=None, redoc_url=None,
        # The framework's own traces hold addresses with ids and questions in them; ours don't (see `api.watched`).
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )  # fmt: skip
    app.state.services, app.state.settings = services, settings
    app.state.watch = build_watch(settings, services)
    app.state.limiter = RateLimiter(settings.rate, monotonic)
    envelopes.install(app)
    # The last one added is the outermost: refused hosts get the headers as well.
    app.add_middleware(IdempotencyKeys)
    app.add_middleware(EntityTags)
    app.add_middleware(RateLimit)
    app.add_middleware(KnownHosts, allowed_hosts=allowed_hosts(settings))
    app.add_middleware(SecurityHeaders, only_secure=is_secure(settings))
    app.add_middleware(WatchedRequests)
    for module in ROUTES:
        app.include_router(module.router)
    openapi.install(app)
    app.add_api_route("/docs", _docs, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    return app


def _docs(request: Request, _asking: AskingHere) -> Response:
    return render(request, "docs.html")
