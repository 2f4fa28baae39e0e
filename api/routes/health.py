"""Is the service alive, and can it read its database?"""

from typing import Any

from fastapi import APIRouter, Request

import qm
from api.schemas.errors import ErrorEnvelope
from api.schemas.lists import Health

router = APIRouter(tags=["health"])


CANT_READ: dict[int | str, dict[str, Any]] = {503: {"model": ErrorEnvelope, "description": "Can't read"}}


@router.get("/healthz", summary="Alive and able to read", responses=CANT_READ)
def health(request: Request) -> Health:
    """Reads from the database; 503 where that fails."""
    request.app.state.services.contacts.quarantine()
    return Health(status="ok", version=qm.__version__)
