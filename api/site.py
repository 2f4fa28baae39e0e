"""The services of the whole site, for what is asked before anybody is known: signing in, and who asks."""

from typing import Annotated

from fastapi import Depends, Request

from api.wiring import Services


async def _site_services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


SiteServicesHere = Annotated[Services, Depends(_site_services)]
"""A parameter of what serves everybody; handlers for people take `api.dependencies.ServicesHere`."""
