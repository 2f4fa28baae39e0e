"""Who looks, for the audit trail."""

from typing import Annotated

from fastapi import Depends

from api.people.principal import AskingHere

WHO_COOKIE = "qm_who"
LONGEST_NAME = 200


async def _actor(asking: AskingHere) -> str:
    return asking.principal.person.login


ActorHere = Annotated[str, Depends(_actor)]
"""A parameter of a handler: who looks."""
