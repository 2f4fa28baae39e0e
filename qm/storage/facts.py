"""What the columns beside a document hold: the facts that figures over many contacts are computed from."""

from datetime import datetime

from qm.documents import dump
from qm.domain.contact import Contact
from qm.domain.evaluation import Answer, Evaluation
from qm.domain.signals import Signals
from qm.domain.survey import SurveyResponse
from qm.domain.voc_names import CANNOT_TELL, HISTORY_COLUMNS, MET, NOT_ANSWERED, NOT_APPLICABLE, NOT_MET

LETTERS = {Answer.MET: "m", Answer.NOT_MET: "n", Answer.NOT_APPLICABLE: "a", Answer.CANNOT_TELL: "c"}
"""Answers as they stand in `evaluations.codes`, a letter a criterion."""
LEFT_TO_PEOPLE = "p"
"""Stands for a criterion that neither a rule nor a model answers."""
CODES = {"m": MET, "n": NOT_MET, "a": NOT_APPLICABLE, "c": CANNOT_TELL, LEFT_TO_PEOPLE: NOT_ANSWERED}
"""What the letters are in tables."""


def facts_of_contact(contact: Contact) -> dict[str, object]:
    """The row of `contact_facts`, without its measures."""
    agent = contact.agent
    texts = {
        "agent_id": agent.id, "agent_name": agent.name, "team": agent.team, "site": agent.site, "vendor": agent.vendor,
        "queue": contact.queue, "process": contact.process, "medium": contact.medium.value,
        "direction": contact.direction.value, "kind": contact.kind.value, "language": contact.language,
        "customer_id": contact.customer_id,
    }  # fmt: skip
    history = {name: getattr(contact.history, name) for name in HISTORY_COLUMNS}
    return {"contact_id": contact.id, "started_s": contact.started_at.timestamp(), **texts, **history}


def measures_of(signals: Signals) -> str:
    """The measures that could be told, as canonical JSON."""
    return dump({name: value for name, value in signals.measures.items() if value is not None})


def codes_of(evaluation: Evaluation) -> tuple[str, str]:
    """Criteria in order, separated by blanks, and their answers, a letter each."""
    names = " ".join(answer.criterion_id for answer in evaluation.answers)
    return names, "".join(
        LEFT_TO_PEOPLE if answer.is_left_to_people else LETTERS[answer.answer] for answer in evaluation.answers
    )


def facts_of_response(response: SurveyResponse) -> dict[str, object]:
    """The columns of `survey_responses` beside its document."""
    at = response.answered_at or response.started_at or response.invited_at
    return {
        "id": response.id, "at_s": _seconds(at), "invited_at": _seconds(response.invited_at),
        "survey_started_at": _seconds(response.started_at), "answered_at": _seconds(response.answered_at),
        "channel": response.medium, "nps": response.nps, "satisfaction": response.satisfaction, "csat": response.csat,
        "ces": response.ces, "resolved": None if response.resolved is None else float(response.resolved),
        "other": dump(dict(response.other)), "comment": response.comment,
    }  # fmt: skip


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None
