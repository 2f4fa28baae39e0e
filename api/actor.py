"""Who looks, for the audit trail.

Nobody signs in yet: a page knows the name that its reader typed on a form and the browser kept, a program none. Signing
in has to change this module only.
"""

from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Request

UNNAMED = "unnamed"
"""Stands for who told no name."""
WHO_COOKIE = "qm_who"
LONGEST_NAME = 200


def _actor(request: Request) -> str:
    return unquote(request.cookies.get(WHO_COOKIE, ""))[:LONGEST_NAME].strip() or UNNAMED


ActorHere = Annotated[str, Depends(_actor)]
"""A parameter of a handler: who looks."""
