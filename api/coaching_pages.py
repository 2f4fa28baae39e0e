"""Pages of coaching sessions, with what was typed and why it was refused where it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from fastapi import Request, Response

from api.charts_intervals import IntervalRow, Intervals, interval_plot
from api.envelopes import status_of
from api.pages import language_of, render
from api.presentation import percent
from api.schemas.coaching_sessions import CLIP_FIELD, also_of
from api.texts import say
from api.wiring import Services
from qm.domain.figures import Figure
from qm.domain.text import Language
from qm.errors import InputError, NotFoundError
from qm.services.coaching_sessions import SessionView

PLACES = {"coaching.no_goal": "goal", "coaching.bad_target": "target", "coaching.bad_date": "due"}
"""The field that a refusal is about; what isn't here is told above the form."""
USUAL = timedelta(days=7)
"""A session is due in a week, unless told otherwise."""
CHOSEN = 2
"""Clips beside the item's own that are ticked to begin with."""


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
    clips = services.coaching_sessions.offered(item_id)
    for clip in clips:
        services.audit.look("quotes.viewed", "contact", clip.contact_id, actor)
    row = next((row for row in services.coaching.read(agent_id=found.agent_id) if row.item.id == item_id), None)
    if row is None:
        raise NotFoundError("coaching.unknown_item", "no such coaching item", "the list was made anew: open it again")
    given = dict(refused.typed) if refused else {}
    usual = {"target": "", "commitment": "", "due": (datetime.now(UTC).date() + USUAL).isoformat()}
    chosen = also_of(given) if refused else [clip.contact_id for clip in clips[1 : 1 + CHOSEN]]
    status = status_of(refused.error) if refused else 200
    return render(
        request, "coaching_session_new.html", status=status, row=row, typed={"goal": None} | usual | given,
        refused=refused, clips=clips, chosen=chosen, clip_field=CLIP_FIELD,
    )  # fmt: skip


def session_page(
    request: Request, services: Services, actor: str, session_id: str, *, own: bool, refused: Refused | None = None
) -> Response:  # fmt: skip
    """A session; as the agent sees it, or as who leads them does."""
    view = services.coaching_sessions.get(session_id)
    services.audit.look("coaching.viewed", "coaching", session_id, actor)
    status = status_of(refused.error) if refused else 200
    plot = _change_plot(view, language_of(request))
    return render(request, "coaching_session.html", status=status, view=view, own=own, refused=refused, plot=plot)


def _change_plot(view: SessionView, language: Language) -> Intervals | None:
    """Shares before and after with their intervals, of the agent and of the rest of the team."""
    if view.change is None:
        return None
    times = say("cs.before", language), say("cs.after", language)
    whose = ((view.session.agent.name, view.change.own), (say("cs.team", language), view.change.team))
    rows = [
        IntervalRow(f"{name}, {when.lower()}", figure, _words(figure, language), is_quiet=place > 0)
        for place, (name, figures) in enumerate(whose) for when, figure in zip(times, figures, strict=True)
        if figure.n
    ]  # fmt: skip
    target = view.session.target
    return interval_plot(rows, lambda tick: percent(tick, language), low=0.0, high=1.0, zero=None, target=target)


def _words(figure: Figure, language: Language) -> str:
    if figure.value is None or figure.lo is None or figure.hi is None:
        return f"n={figure.n}"
    value, lo, hi = (percent(each, language) for each in (figure.value, figure.lo, figure.hi))
    return f"{value} ({lo}…{hi}), n={figure.n}"
