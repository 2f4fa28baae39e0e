"""What is listened to in a coaching session: the seconds of its item, and of other contacts that missed the same."""

from collections.abc import Collection
from datetime import timedelta

from qm.analysis.pick_coaching import PERIOD, clip, shown_evidence
from qm.domain.coaching import CoachingItem
from qm.domain.coaching_session import SessionClip
from qm.domain.contact import Agent
from qm.domain.evaluation import ERASED, Answer
from qm.domain.people import Scope
from qm.errors import NotFoundError
from qm.ports import Unit

MOST_CLIPS = 5
"""Of one session: nobody listens to more in a conversation."""
LOOKED_AT = 20
"""Contacts that are looked through for something to hear."""


def offered_clips(unit: Unit, item: CoachingItem, agent: Agent, scope: Scope) -> tuple[SessionClip, ...]:
    """The item's own clip first, then those of the agent's newest other contacts within the scope that missed it."""
    until = (item.until or unit.contacts.get(item.contact_id).started_at) + timedelta(seconds=1)
    span = (until - PERIOD, until)
    missed = unit.coaching_sessions.missed(item.form_id, item.criterion_id, agent.id, *span, LOOKED_AT)
    seen = unit.contacts.some(missed, scope)
    clips = [SessionClip(item.contact_id, item.evaluation_id, item.start_s, item.end_s, item.quote)]
    for contact_id in missed:
        if len(clips) < MOST_CLIPS and contact_id in seen and contact_id != item.contact_id:
            clips += _clip(unit, contact_id, item)
    return tuple(clips)


def chosen_clips(offered: tuple[SessionClip, ...], also: Collection[str]) -> tuple[SessionClip, ...]:
    """The first one, and those of the contacts that were chosen beside it.

    Raises:
        NotFoundError: one of them isn't offered.
    """
    first, *others = offered
    if set(also) - {one.contact_id for one in others}:
        raise NotFoundError("coaching.no_clip", "no such clip", "load the page again")
    return first, *(one for one in others if one.contact_id in also)


def _clip(unit: Unit, contact_id: str, item: CoachingItem) -> list[SessionClip]:
    """Seconds where the machine's evidence proves it; what a person alone answered has none."""
    for evaluation in unit.evaluations.of_contact(contact_id):
        for answer in evaluation.answers if evaluation.form_id == item.form_id else ():
            is_it = answer.criterion_id == item.criterion_id and answer.answer is Answer.NOT_MET
            start_s, end_s = clip(answer.evidence)
            if is_it and answer.reason != ERASED and end_s > start_s:
                shown = shown_evidence(answer.evidence)
                return [SessionClip(contact_id, evaluation.id, start_s, end_s, shown.quote if shown else "")]
    return []
