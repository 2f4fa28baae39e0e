"""What use cases tell the audit trail: what changed, as short as it can be said, and nothing that names a customer."""

from collections.abc import Mapping, Sequence
from typing import Any

from qm.domain.calibration import Sheet
from qm.domain.case import Case
from qm.domain.coaching_session import CoachingSession
from qm.domain.dispute import Dispute
from qm.domain.evaluation import Evaluation
from qm.domain.review import Review, is_override
from qm.domain.survey import SurveyResponse
from qm.domain.trained_answers import Standing
from qm.ports import Unit

WORKER = "worker"
"""Who acts where the machine scores by itself."""
UNTOLD = frozenset({"customer_id", "comment"})
"""Fields of a response whose values aren't repeated: that they changed is enough."""


def note_case(unit: Unit, before: Case | None, after: Case, actor: str = "") -> None:
    """A case was opened, or somebody took a step with it (or the machine, on a corrected survey).

    Args:
        actor: empty: whoever the case's history names.
    """
    if before is None:
        told: Any = {"severity": after.severity.name.lower(), "scores": after.scores}
        unit.audit.note("case.opened", "case", after.id, after=told)
        return
    step = after.history[-1]
    unit.audit.note(
        "case.changed", "case", after.id, before=_standing_of(before), why=step.note,
        actor=actor or step.who,
        after={"step": step.kind.value, **step.facts, **_standing_of(after)},
    )  # fmt: skip


def _standing_of(case: Case) -> dict[str, object]:
    return {"state": case.state.value, "assignee": case.assignee, "version": case.version}


def note_sheets(
    unit: Unit, session_id: str, actor: str, before: Sequence[Sheet], after: Sequence[Sheet]
) -> None:  # fmt: skip
    """A rater handed answers in."""
    sides = [{sheet.contact_id: _answers_of(sheet) for sheet in sheets} for sheets in (before, after)]
    told = sides[0] or None
    unit.audit.note("calibration.answered", "session", session_id, before=told, after=sides[1], actor=actor)


def _answers_of(sheet: Sheet) -> dict[str, str]:
    return {answer.criterion_id: answer.answer.value for answer in sheet.answers}


def note_review(unit: Unit, machine: Evaluation, review: Review) -> None:
    """A review was handed in: whose answers differ from the machine's, in codes; reasons stay in the review."""
    own = review.result.answers if review.result else ()
    changed = [
        (before, after) for before, after in zip(machine.answers, own, strict=True) if is_override(after, before)
    ]
    unit.audit.note(
        "review.done", "contact", review.contact_id, actor=review.reviewer,
        before={"form": review.form_id, **{before.criterion_id: before.answer.value for before, _ in changed}},
        after={"form": review.form_id, **{after.criterion_id: after.answer.value for _, after in changed}},
    )  # fmt: skip


def note_reopened(unit: Unit, review: Review) -> None:
    """Somebody changes what they had handed in: others see it again once it's handed in again."""
    given = {one.criterion_id: one.answer.value for one in review.given}
    before = {"form": review.form_id, **given}
    unit.audit.note("review.reopened", "contact", review.contact_id, actor=review.reviewer, before=before)


def note_responses(
    unit: Unit, new: int, known: Mapping[str, SurveyResponse], changed: Sequence[SurveyResponse]
) -> None:
    """Survey answers came in: one event for the new ones together, one for each that was corrected.

    Args:
        known: of those that changed, what stood there before.
    """
    if new:
        unit.audit.note("survey.imported", "survey", "import", after={"new": new, "corrected": len(changed) - new})
    for response in changed:
        if (earlier := known.get(response.id)) is not None:
            before, after = _differing(vars(earlier), vars(response))
            unit.audit.note("response.changed", "response", response.id, before=before, after=after)


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in after if before[name] != after[name]]
    told = [name for name in names if name not in UNTOLD]
    hidden = {name: "…" for name in names if name in UNTOLD}
    return {name: before[name] for name in told}, {name: after[name] for name in told} | hidden


def note_standing(unit: Unit, before: Standing | None, after: Standing) -> None:
    """A trained model was made, put to use or taken out of it."""
    told = _use_of(before) if before else None
    if told != _use_of(after):
        unit.audit.note("model.changed", "criterion", after.criterion_id, before=told, after=_use_of(after))


def _use_of(standing: Standing) -> dict[str, str]:
    return {"stage": standing.stage.value, "model": standing.model, "reason": standing.reason}


def note_scores(unit: Unit, contact_id: str, before: Sequence[str], after: Sequence[str]) -> None:
    """A contact was scored, or scored otherwise; equal evaluations are no change.

    Args:
        before: ids of the evaluations that stood there.
        after: ids of those in their place.
    """
    if sorted(before) == sorted(after):
        return
    action = "evaluation.changed" if before else "evaluation.scored"
    earlier = sorted(before) if before else None
    unit.audit.note(action, "contact", contact_id, before=earlier, after=sorted(after), actor=WORKER)


def note_dispute(unit: Unit, before: Dispute | None, after: Dispute, actor: str) -> None:
    """A dispute was opened, added to, withdrawn or decided: codes of the last step; reasons stay in the dispute."""
    step = after.history[-1]
    told = {"form": after.form_id, "state": after.state.value, **step.facts}
    unit.audit.note(
        f"dispute.{step.kind}", "contact", after.contact_id, actor=actor, after=told,
        before={"form": before.form_id, "state": before.state.value} if before else None,
    )  # fmt: skip


def note_coaching(unit: Unit, session: CoachingSession, actor: str) -> None:
    """A step was taken with a coaching session, in codes; what was written stays in the session."""
    kind = session.history[-1].kind.value
    after = {"agent": session.agent.id, "criterion": session.criterion_id, "state": session.state.value}
    unit.audit.note(f"coaching.{kind}", "coaching", session.id, after=after, actor=actor)
