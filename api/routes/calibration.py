"""Calibration sessions: the list, one session with what it found, and the sheet that a rater fills in blind."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from api import calibration_pages as pages
from api.actor import PersonHere
from api.dependencies import ServicesHere
from api.envelopes import DOCUMENTED
from api.pages import language_of, render
from api.people.forms import CALL_WRITE, FORM_WRITE
from api.people.principal import needs
from api.presentation import url_part
from api.same_origin import FormFields
from api.schemas.calibration import RaterAnswers, SessionList, SheetList
from api.schemas.errors import ErrorEnvelope
from api.wiring import Services
from qm.domain.agreement import Coefficient, Pair
from qm.domain.people import Right
from qm.services.calibration_views import SessionRow, SessionView

WRITES: dict[int | str, dict[str, Any]] = DOCUMENTED | {
    400: {"model": ErrorEnvelope, "description": "Closed, past its deadline, or about something that wasn't asked"},
    403: {"model": ErrorEnvelope, "description": "Sent by another site's page"},
}
router = APIRouter(
    tags=["calibration"], responses=DOCUMENTED, dependencies=[needs(Right.CALIBRATION_ANSWER, whole=True)]
)
PairHere = Annotated[Pair, Query(description="whose answers are compared")]
CoefficientHere = Annotated[Coefficient, Query(description="the measure to draw")]
SESSIONS = "/api/v1/calibration/sessions"


@router.get("/calibration", include_in_schema=False)
def calibration_page(request: Request, services: ServicesHere) -> Response:
    """The list of sessions."""
    return render(request, "calibration.html", rows=services.calibration.rows(), **_words(request, services))


@router.get("/calibration/sessions/{session_id}", include_in_schema=False)
def session_page(
    request: Request, services: ServicesHere, session_id: str, person: PersonHere,
    pair: PairHere = Pair.MACHINE_ANALYSTS, coefficient: CoefficientHere = Coefficient.AC1,
) -> Response:  # fmt: skip
    """One session: progress while it's blind, then agreement and where answers differ."""
    view, language = services.calibration.view(session_id), language_of(request)
    drawn = pages.agreement_plot(view.report, pair, coefficient, language) if view.report else None
    return render(
        request, "calibration_session.html", view=view, report=view.report, pair=pair, coefficient=coefficient,
        chart=drawn, own=services.calibration.rater(session_id, person), **_words(request, services),
    )  # fmt: skip


@router.get("/calibration/sessions/{session_id}/score", include_in_schema=False)
def score_page(
    request: Request, services: ServicesHere, session_id: str, person: PersonHere, contact: str = "",
    saved: bool = False,
) -> Response:  # fmt: skip
    """One contact to listen to and its questions; neither the machine's nor others' answers are in it."""
    rater = services.calibration.rater(session_id, person)
    lines = services.calibration.sheet(session_id, rater)
    ids = list(dict.fromkeys(line.contact_id for line in lines))
    chosen = contact if contact in ids else pages.next_contact(lines, "") or ids[0]
    own = [line for line in lines if line.contact_id == chosen]
    services.audit.look("transcript.viewed", "contact", chosen, person.login)
    return render(
        request, "calibration_score.html", session_id=session_id, rater=rater, lines=own, ids=ids, chosen=chosen,
        view=services.contacts.get(chosen), saved=saved, is_done=all(line.answer for line in lines),
        **_words(request, services),
    )  # fmt: skip


@router.post("/calibration/sessions/{session_id}/score", include_in_schema=False, dependencies=FORM_WRITE)
def take_scores(services: ServicesHere, session_id: str, fields: FormFields, person: PersonHere) -> Response:
    """Keep the answers on one contact and go to the next that isn't answered."""
    rater, contact_id = services.calibration.rater(session_id, person), fields.get("contact", "")
    services.calibration.submit(session_id, rater, pages.given_answers(contact_id, fields), person.login)
    following = pages.next_contact(services.calibration.sheet(session_id, rater), contact_id) or contact_id
    query = urlencode({"contact": following, "saved": "true"})
    return RedirectResponse(f"/calibration/sessions/{url_part(session_id)}/score?{query}", status_code=303)


@router.get(SESSIONS, summary="Calibration sessions")
def sessions(services: ServicesHere) -> SessionList:
    """Each with how far its raters are; nothing of what they answered."""
    return SessionList(items=services.calibration.rows())


@router.get(SESSIONS + "/{session_id}", summary="One calibration session")
def session(services: ServicesHere, session_id: str) -> SessionView:
    """`report` is `null` while the session is blind; then it holds agreement, key and disagreements."""
    return services.calibration.view(session_id)


@router.get(SESSIONS + "/{session_id}/agreement.csv", summary="Agreement as CSV", response_class=PlainTextResponse)
def agreement_table(request: Request, services: ServicesHere, session_id: str) -> Response:
    """A line a criterion, pair and coefficient, with interval and n. Refused while the session is blind."""
    text = pages.agreement_csv(services.calibration.report(session_id), language_of(request))
    return PlainTextResponse(text, media_type="text/csv; charset=utf-8")


@router.get(SESSIONS + "/{session_id}/sheet", summary="One's own sheet")
def sheet(services: ServicesHere, session_id: str, person: PersonHere) -> SheetList:
    """The questions for whoever is signed in, with their own answers only; 404 for who takes no part."""
    return SheetList(items=services.calibration.sheet(session_id, services.calibration.rater(session_id, person)))


@router.post(SESSIONS + "/{session_id}/answers", summary="Hand in answers", responses=WRITES,
             dependencies=CALL_WRITE)  # fmt: skip
def hand_in(services: ServicesHere, session_id: str, sent: RaterAnswers, person: PersonHere) -> SessionRow:
    """Of the contacts that they are about, the answers replace what the same rater gave before."""
    rater = services.calibration.rater(session_id, person)
    return services.calibration.submit(session_id, rater, sent.given(), person.login)


def _words(request: Request, services: Services) -> dict[str, Any]:
    return pages.words(language_of(request), services.plan.window.zone)
