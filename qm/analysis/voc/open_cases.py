"""Which responses open a detractor case, and what becomes of a case when its response is corrected or linked anew."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from qm.analysis.voc.case_clock import after_hours
from qm.analysis.voc.case_severity import marks_of, severity_of
from qm.domain.case import Case, Change, ChangeKind
from qm.domain.case_plan import CasePlan, CaseRule, Value
from qm.domain.contact import Contact
from qm.domain.survey import SurveyResponse
from qm.domain.voc_plan import VocPlan
from qm.fingerprint import fingerprint

ID_LENGTH = 12
"""Hexadecimal digits of a case's id: two of a million cases share one with a probability of 1 in 500."""


@dataclass(frozen=True)
class LinkedResponse:
    """A response and its contact; `None` where it's linked to none, or to one that counts for nobody."""

    response: SurveyResponse
    contact: Contact | None


def case_id(response_id: str) -> str:
    """A response has one case at most, so the id comes from it, whoever imports it and in whatever order."""
    return f"D-{fingerprint('case', response_id)[:ID_LENGTH]}"


def scores_of(response: SurveyResponse, rule: CaseRule) -> dict[str, float]:
    """The answers to the rule's scales, by scale, without those that were left out."""
    found = {scale: getattr(response, scale, response.other.get(scale)) for scale in rule.at_most}
    return {scale: float(value) for scale, value in found.items() if value is not None}


def is_detractor(response: SurveyResponse, rule: CaseRule) -> bool:
    """Whether the rule sees an unhappy customer. Where it needs all scales and one is missing: no."""
    scores = scores_of(response, rule)
    if not scores or (rule.needs_all and len(scores) < len(rule.at_most)):
        return False
    return all(value <= rule.at_most[scale] for scale, value in scores.items())


def open_cases(
    linked: Iterable[LinkedResponse], known: Mapping[str, Case], plan: VocPlan, now: datetime
) -> tuple[Case, ...]:
    """Cases that are new or changed, by id; running it again over the same responses gives none.

    A case is never taken back: where its response was corrected, or is linked to another contact or to none, its
    history tells so.

    Args:
        known: the cases there are, by response.
        now: written beside such a change. A new case takes its moment from the response, never from this clock.
    """
    found = {}
    for item in linked:
        before = known.get(item.response.id)
        after = _followed(before, item, plan, now) if before else _opened(item, plan)
        if after is not None and after is not before:
            found[after.id] = after
    return tuple(found[key] for key in sorted(found))


def _opened(item: LinkedResponse, plan: VocPlan) -> Case | None:
    response, contact, rules = item.response, item.contact, plan.cases
    if contact is None or not is_detractor(response, rules.rule):
        return None
    at = response.answered_at or response.started_at or response.invited_at or contact.started_at
    scores, marks = scores_of(response, rules.rule), marks_of(response.comment)
    return Case(
        id=case_id(response.id), response_id=response.id, contact_id=contact.id, opened_at=at,
        attempt_due=after_hours(at, rules.attempt_h, rules.calendar),
        close_due=after_hours(at, rules.close_h, rules.calendar), scores=scores,
        severity=severity_of(scores, rules.rule.at_most, _lows(plan), marks), value=_value(contact, rules), marks=marks,
        history=(Change(at, "", ChangeKind.OPENED, _shown(scores)),),
    )  # fmt: skip


def _followed(case: Case, item: LinkedResponse, plan: VocPlan, now: datetime) -> Case:
    """The case with what changed about its response and link since; the same object where nothing did."""
    response, rule = item.response, plan.cases.rule
    scores, marks, stands = scores_of(response, rule), marks_of(response.comment), is_detractor(response, rule)
    after = case
    if (scores, marks, stands) != (dict(case.scores), case.marks, case.stands):
        facts = {**_shown(scores), "stands": "yes" if stands else "no"}
        severity = severity_of(scores, rule.at_most, _lows(plan), marks) if stands else case.severity
        change = Change(now, "", ChangeKind.SURVEY, facts)
        after = after.then(change, scores=scores, marks=marks, stands=stands, severity=severity)
    contact_id = item.contact.id if item.contact else ""
    if contact_id != case.contact_id:
        facts = {"from": case.contact_id, "to": contact_id}
        after = after.then(Change(now, "", ChangeKind.LINK, facts), contact_id=contact_id)
    return after


def _lows(plan: VocPlan) -> dict[str, float]:
    return {scale.id: scale.low for scale in plan.scales}


def _value(contact: Contact, plan: CasePlan) -> Value:
    return plan.values.get(contact.attributes.get(plan.value_column, "").strip().casefold(), Value.UNKNOWN)


def _shown(scores: Mapping[str, float]) -> dict[str, str]:
    return {scale: f"{value:g}" for scale, value in scores.items()}
