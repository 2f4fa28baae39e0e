"""What people can do about a case, by name: the same for forms, JSON and the command line."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from qm.analysis.voc import change_case
from qm.analysis.voc.change_case import Act
from qm.domain.case import Case
from qm.domain.case_plan import CasePlan
from qm.errors import InputError


@dataclass(frozen=True)
class Step:
    """What somebody fills in; which fields count depends on the step.

    Attributes:
        who: the name that the case's history shows.
        actor: the login for the audit trail; empty: it names `who`.
        seen: version of the case that they looked at; `None`: whatever it is now.
        at: of an attempt (`None`: now) or an appointment; without an offset it's taken in the plan's time zone.
    """

    who: str
    note: str = ""
    seen: int | None = None
    to: str = ""
    at: datetime | None = None
    channel: str = "phone"
    reached: bool = False
    cause: str = ""
    remedy: str = ""
    outcome: str = ""
    answer: str = ""
    score: float | None = None
    actor: str = ""


Take = Callable[[Case, Act, Step, CasePlan], Case]


def take(name: str, case: Case, step: Step, plan: CasePlan, now: datetime) -> Case:
    """The case after a step.

    Raises:
        InputError: no such step, or it can't be taken; the classes tell why (`qm.analysis.voc.change_case`).
    """
    if name not in STEPS:
        raise InputError("case.unknown_step", f"no step '{name[:60]}'", f"known: {', '.join(STEPS)}")
    return STEPS[name](case, Act(now, step.who, step.note), step, plan)


def _at(step: Step, plan: CasePlan, otherwise: datetime | None) -> datetime:
    at = step.at or otherwise
    if at is None:
        raise InputError("case.no_time", "an appointment needs a time", "give its day and hour")
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(plan.calendar.zone))


STEPS: dict[str, Take] = {
    "assign": lambda case, act, step, _plan: change_case.assign(case, act, step.to),
    "attempt": lambda case, act, step, plan: change_case.attempt(
        case, act, _at(step, plan, act.at), step.channel, reached=step.reached
    ),
    "cause": lambda case, act, step, plan: change_case.find_cause(case, act, step.cause, plan),
    "remedy": lambda case, act, step, plan: change_case.offer(case, act, step.remedy, plan),
    "appointment": lambda case, act, step, plan: change_case.appoint(case, act, _at(step, plan, None)),
    "close": lambda case, act, step, plan: change_case.close(case, act, step.outcome, plan),
    "reopen": lambda case, act, _step, plan: change_case.reopen(case, act, plan),
    "answer": lambda case, act, step, _plan: change_case.hear(case, act, step.answer, step.score),
}
"""By name; `docs/voc.md` says which fields each needs."""
