"""Pages of coaching sessions, with what was typed and why it was refused where it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from fastapi import Request, Response

from api.envelopes import status_of
from api.pages import render
from api.wiring import Services
from qm.errors import InputError, NotFoundError

PLACES = {"coaching.no_goal": "goal", "coaching.bad_target": "target", "coaching.bad_date": "due"}
"""The field that a refusal is about; what isn't here is told above the form."""
USUAL = timedelta(days=7)
"""A session is due in a week, unless told otherwise."""


@dataclass(frozen=True)
class Refused:
    """A form that wasn't taken, and what was typed into it.

    Attributes:
        step: of the forms on a session's page, the one that was sent.
    """

    error: InputError
    typed: Mapping[str, str] = field(default_factory=dict)
    step: str = ""

    @property
    def code(self) -> str:
        """Stable code of the refusal."""
        return self.error.code

    @property
    def message(self) -> str:
        """What is told where there are no words in the reader's language."""
        return self.error.message

    @property
    def place(self) -> str:
        """Name of the field it's about; empty: all of the form."""
        return PLACES.get(self.error.code, "")


def new_page(
    request: Request, services: Services, actor: str, item_id: str, refused: Refused | None = None
) -> Response:  # fmt: skip
    """The form of a new session.

    Raises:
        NotFoundError: there is no such item (any more).
    """
    found = services.coaching_sessions.item(item_id)
    services.audit.look("quotes.viewed", "contact", found.contact_id, actor)
    row = next((row for row in services.coaching.read(agent_id=found.agent_id) if row.item.id == item_id), None)
    if row is None:
        raise NotFoundError("coaching.unknown_item", "no such coaching item", "the list was made anew: open it again")
    typed = {
        "goal": None, "target": "", "commitment": "", "due": (datetime.now(UTC).date() + USUAL).isoformat(),
    } | dict(refused.typed if refused else {})  # fmt: skip
    status = status_of(refused.error) if refused else 200
    return render(request, "coaching_session_new.html", status=status, row=row, typed=typed, refused=refused)


def session_page(
    request: Request, services: Services, actor: str, session_id: str, *, own: bool, refused: Refused | None = None
) -> Response:  # fmt: skip
    """A session; as the agent sees it, or as who leads them does."""
    view = services.coaching_sessions.get(session_id)
    services.audit.look("coaching.viewed", "coaching", session_id, actor)
    status = status_of(refused.error) if refused else 200
    return render(request, "coaching_session.html", status=status, view=view, own=own, refused=refused)
