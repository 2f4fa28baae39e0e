"""Who looks or writes: their login for the audit trail, and the name that people know them by."""

from typing import Annotated

from fastapi import Depends

from api.people.principal import AskingHere
from qm.domain.people import Person


async def _actor(asking: AskingHere) -> str:
    return asking.principal.person.login


def _person(asking: AskingHere) -> Person:
    return asking.principal.person


ActorHere = Annotated[str, Depends(_actor)]
"""A parameter of a handler: the login of who asks."""
PersonHere = Annotated[Person, Depends(_person)]
"""A parameter of a handler: who asks."""
