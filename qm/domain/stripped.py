"""What is left of things once they must no longer tell whose they were: enough for every figure, nothing to look up.

Ids become random ones, moments are rounded down to the hour (so that day, hour and order stay), words and quotes go.
Agents stay: they are somebody else, and the figures are theirs.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from qm.domain.calibration import CalibrationSession, Sheet
from qm.domain.case import Case, CaseState, Change
from qm.domain.coaching_session import CoachingSession
from qm.domain.contact import Contact
from qm.domain.dispute import Dispute, DisputeState
from qm.domain.evaluation import ERASED, CriterionAnswer, Evaluation
from qm.domain.review import Review
from qm.domain.survey import SurveyLink, SurveyResponse

Ids = Mapping[str, str]
"""The new id of each erased one."""


def to_hour(at: datetime) -> datetime:
    """The same moment rounded down to the hour by its own clock.

    >>> to_hour(datetime.fromisoformat("2026-11-20T09:12:30+01:00")).isoformat()
    '2026-11-20T09:00:00+01:00'
    """
    return at.replace(minute=0, second=0, microsecond=0)


def strip_contact(contact: Contact, ids: Ids) -> Contact:
    """Without customer, file, file's columns that the product doesn't know, and exact time."""
    return replace(
        contact, id=ids[contact.id], started_at=to_hour(contact.started_at), source="", attributes={},
        customer_id=ids.get(contact.customer_id, "") if contact.customer_id else "",
    )  # fmt: skip


def strip_response(response: SurveyResponse, ids: Ids, contact_id: str) -> SurveyResponse:
    """Scores alone.

    Args:
        contact_id: that it is linked to, by its new id; empty: to none.
    """
    return replace(
        response, id=ids[response.id], comment="", customer_id=ids.get(response.customer_id, ""),
        contact_id=contact_id or ids.get(response.contact_id, ""), invited_at=_hour(response.invited_at),
        started_at=_hour(response.started_at), answered_at=_hour(response.answered_at),
    )  # fmt: skip


def _hour(at: datetime | None) -> datetime | None:
    return to_hour(at) if at else None


def strip_link(link: SurveyLink, ids: Ids) -> SurveyLink:
    """The same between new ids."""
    return replace(
        link,
        response_id=ids.get(link.response_id, link.response_id),
        contact_id=ids.get(link.contact_id, link.contact_id),
    )


def strip_answer(answer: CriterionAnswer) -> CriterionAnswer:
    """The result alone. A value that was written or chosen goes; its share of the points stays."""
    value = answer.value if isinstance(answer.value, float | int) else None
    reason = answer.reason if answer.is_left_to_people else ERASED
    return replace(answer, evidence=(), reason=reason, value=value)


def strip_evaluation(evaluation: Evaluation, ids: Ids) -> Evaluation:
    """Results without evidence, and a manifest without the hashes of what it was made from.

    A short row can be guessed from its hash, so those go too.
    """
    return replace(
        evaluation, id=ids.get(evaluation.id, evaluation.id),
        contact_id=ids.get(evaluation.contact_id, evaluation.contact_id),
        answers=tuple(strip_answer(answer) for answer in evaluation.answers),
        manifest=replace(
            evaluation.manifest, contact_sha256="", audio_sha256="", transcript_sha256="", signals_sha256=""
        ),
    )  # fmt: skip


def strip_case(case: Case, ids: Ids) -> Case:
    """Who did what when, without notes and the customer's words. One that is still open has nobody left to call."""
    history = tuple(_strip_change(change, ids) for change in case.history)
    gone = case.response_id in ids and case.state is not CaseState.CLOSED
    return replace(
        case, id=ids.get(case.id, case.id), response_id=ids.get(case.response_id, case.response_id),
        contact_id=ids.get(case.contact_id, case.contact_id), marks=(), history=history,
        stands=case.stands and not gone,
    )  # fmt: skip


def _strip_change(change: Change, ids: Ids) -> Change:
    facts = {name: ids.get(value, value) for name, value in change.facts.items()}
    return replace(change, facts=facts, note="")


def strip_review(review: Review, ids: Ids) -> Review:
    """What a reviewer answered, without values, reasons, notes and quotes."""
    return replace(
        review, contact_id=ids.get(review.contact_id, review.contact_id),
        evaluation_id=ids.get(review.evaluation_id, review.evaluation_id), notes=(), comment="",
        given=tuple(replace(given, value=None, why="") for given in review.given),
        result=strip_evaluation(review.result, ids) if review.result else None,
    )  # fmt: skip


def strip_dispute(dispute: Dispute, ids: Ids) -> Dispute:
    """Which answers were contested and how it ended, without words. What is still open has nothing left to listen to.

    When the words go, nobody can decide any more: it counts as expired.
    """
    state = DisputeState.EXPIRED if dispute.state is DisputeState.OPEN else dispute.state
    items = tuple(
        replace(
            item, why="", ruling_why="", at_s=None, decided=replace(item.decided, value=None) if item.decided else None
        )
        for item in dispute.items
    )
    return replace(dispute, contact_id=ids.get(dispute.contact_id, dispute.contact_id), items=items, state=state)


def strip_coaching(session: CoachingSession, ids: Ids, gone: Collection[str]) -> CoachingSession:
    """The same without the quotes of erased contacts, and without what people wrote: it may quote them too."""
    clips = tuple(
        replace(
            clip, contact_id=ids.get(clip.contact_id, clip.contact_id),
            evaluation_id=ids.get(clip.evaluation_id, clip.evaluation_id), quote="",
        ) if clip.contact_id in gone else clip
        for clip in session.clips
    )  # fmt: skip
    history = tuple(replace(step, text="") for step in session.history)
    return replace(session, clips=clips, goal="", commitment="", outcome="", history=history)


def strip_session(session: CalibrationSession, ids: Ids) -> CalibrationSession:
    """The same with new ids of contacts."""
    drawn = tuple(replace(each, contact_id=ids.get(each.contact_id, each.contact_id)) for each in session.contacts)
    return replace(session, contacts=drawn)


def strip_sheet(sheet: Sheet, ids: Ids) -> Sheet:
    """What a rater answered, without notes."""
    return replace(
        sheet, contact_id=ids.get(sheet.contact_id, sheet.contact_id),
        evaluation_id=ids.get(sheet.evaluation_id, sheet.evaluation_id),
        answers=tuple(replace(answer, note="") for answer in sheet.answers),
    )  # fmt: skip
