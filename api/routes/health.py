"""For machines that watch this process: is it alive, can it do its work, what did it count. Nothing personal."""

from typing import Any

from fastapi import APIRouter, Request, Response

import qm
from api.schemas.lists import Health, Ready
from qm.operations.metrics import METRICS, render

router = APIRouter(tags=["health"])

NOT_READY: dict[int | str, dict[str, Any]] = {503: {"model": Ready, "description": "A part can't be used"}}


@router.get("/healthz", summary="Alive: the process answers")
def health() -> Health:
    """Touches nothing: a process that can't reach its database needs no restart. See `/readyz`."""
    return Health(status="ok", version=qm.__version__)


@router.get("/readyz", summary="Ready: database, schema and objects can be used", responses=NOT_READY)
def ready(request: Request, response: Response) -> Ready:
    """503 where a part can't be used, with its code and what to do."""
    found = request.app.state.watch.ready()
    response.status_code = 200 if found.is_ready else 503
    status = "ready" if found.is_ready else "not ready"
    return Ready(status=status, version=qm.__version__, parts=dict(found.parts), hints=dict(found.hints))


@router.get("/metrics", summary="Metrics for Prometheus", response_class=Response)
def metrics(request: Request) -> Response:
    """Of this process, with the work list, quarantine and workers of the whole site."""
    body, kind = render(METRICS, request.app.state.watch.gauges)
    return Response(body, media_type=kind)
