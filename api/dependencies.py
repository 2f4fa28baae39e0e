"""What handlers are given: the services, and query parameters as values of the core."""

from typing import Annotated, Literal

from fastapi import Depends, Query

from api.people.principal import AskingHere
from api.site import SiteServicesHere
from api.wiring import Services
from qm.services.contacts import ContactFilter

# What waits for nothing is `async`: the framework sends the rest to a thread each, which costs as much as a query.

State = Literal["", "waiting", "done", "quarantined"]


async def _services(services: SiteServicesHere, asking: AskingHere) -> Services:
    return services.seen_by(asking.principal.scope)


async def _contact_filter(
    *,
    agent: Annotated[str, Query(description="agent id", examples=["A01"])] = "",
    team: Annotated[str, Query(description="team name")] = "",
    process: Annotated[str, Query(description="process of the contact", examples=["fatturazione"])] = "",
    medium: Annotated[str, Query(description="`voice`, `chat` or `email`")] = "",
    state: Annotated[State, Query(description="where the contact stands; empty: anywhere")] = "",
    failed: Annotated[bool, Query(description="only contacts with a missed automatic fail")] = False,
    open_only: Annotated[bool, Query(alias="open", description="only contacts with a *cannot tell* to decide")] = False,
) -> ContactFilter:
    return ContactFilter(agent, team, process, medium, state, failed, open_only)


ServicesHere = Annotated[Services, Depends(_services)]
"""A parameter of a handler: the services, narrowed to what whoever asks may see."""
FilterHere = Annotated[ContactFilter, Depends(_contact_filter)]
Cursor = Annotated[str, Query(description="`next_cursor` of the page before; empty: from the start")]
Size = Annotated[int, Query(ge=1, le=200, description="rows a page")]
