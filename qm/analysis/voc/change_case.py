"""What people do about a detractor case: each step returns the case with one more line of history, or says why not."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

from qm.analysis.voc.case_clock import after_hours
from qm.domain.case import Case, CaseState, Change, ChangeKind, Outcome
from qm.domain.case_plan import CasePlan
from qm.errors import ConflictError, InputError, NotFoundError

LONGEST_NAME, LONGEST_NOTE = 200, 4000
"""Characters. A note is what one person writes about one call; a whole mail belongs elsewhere."""
UNFIT = frozenset({"Cc", "Cs"})
"""Unicode categories that no name or note may hold: control characters, and half characters (can't be stored)."""
CLOCK_SKEW = timedelta(minutes=2)
"""Two machines' clocks differ by so much at most, and a browser's time has no seconds."""
CHANNELS = ("phone", "email", "sms", "chat", "visit", "letter")
REACHED = frozenset({Outcome.RECOVERED, Outcome.NOT_RECOVERED, Outcome.DECLINED})
"""Outcomes that somebody can only know who spoke with the customer."""
EXPLAINED = frozenset({Outcome.RECOVERED, Outcome.NOT_RECOVERED})
"""Outcomes for which the weekly report needs to know the cause."""
ANSWERS = ("satisfied", "unsatisfied", "no_answer")


@dataclass(frozen=True)
class Act:
    """Who does something now, and what they have to say about it.

    Raises:
        InputError: no name, or a name or a note that can't be kept.
    """

    at: datetime
    who: str
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "who", _name(self.who, "who does this"))
        object.__setattr__(self, "note", self.note.replace("\r\n", "\n").strip())
        if len(self.note) > LONGEST_NOTE:
            message = f"the note has {len(self.note)} characters, {LONGEST_NOTE} at most"
            raise InputError("case.long_note", message, "write down what matters; keep the rest with the contact")
        if any(unicodedata.category(char) in UNFIT and char not in "\n\t" for char in self.note):
            raise InputError("case.bad_text", "the note holds control characters", "write plain text")

    def then(self, case: Case, kind: ChangeKind, **facts: str) -> Case:
        """The case with this act as the newest line."""
        return case.then(Change(self.at, self.who, kind, facts, self.note))


def assign(case: Case, act: Act, to: str) -> Case:
    """Give the case to somebody."""
    _still_open(case)
    return act.then(case, ChangeKind.ASSIGNED, to=_name(to, "who gets the case"))


def attempt(case: Case, act: Act, at: datetime, channel: str, *, reached: bool) -> Case:
    """Note an attempt to reach the customer.

    Raises:
        InputError: it lies in the future, or before the customer answered.
        NotFoundError: no such channel.
    """
    _still_open(case)
    _known(channel, CHANNELS, "case.unknown_channel", "channel")
    if at > act.at + CLOCK_SKEW:
        raise InputError("case.future", f"an attempt at {at.isoformat()} lies in the future", "give when it was made")
    if at < case.opened_at:
        message = f"an attempt at {at.isoformat()} lies before the survey answer of {case.opened_at.isoformat()}"
        raise InputError("case.before_case", message, "give the attempt that followed the survey")
    return act.then(case, ChangeKind.ATTEMPT, at=at.isoformat(), channel=channel, reached="yes" if reached else "no")


def find_cause(case: Case, act: Act, cause_id: str, plan: CasePlan) -> Case:
    """Say why the customer was unhappy; a later finding counts in the place of an earlier one."""
    _still_open(case)
    sides = {cause.id: cause.side.value for cause in plan.causes}
    _known(cause_id, sides, "case.unknown_cause", "cause")
    return act.then(case, ChangeKind.CAUSE, cause=cause_id, side=sides[cause_id])


def offer(case: Case, act: Act, remedy_id: str, plan: CasePlan) -> Case:
    """Say what was offered. What the plan's table doesn't offer to such a case needs a note that says why.

    Raises:
        InputError: not in the table for this severity and value, and no note.
        NotFoundError: no such remedy.
    """
    _still_open(case)
    _known(remedy_id, [remedy.id for remedy in plan.remedies], "case.unknown_remedy", "remedy")
    offered = [remedy.id for remedy in plan.offered(case.severity, case.value)]
    if remedy_id not in offered and not act.note:
        message = f"'{remedy_id}' isn't offered to a case of this severity and customer value"
        known = f"offered: {', '.join(offered)}" if offered else "nothing is offered to it"
        raise InputError("case.not_offered", message, f"{known}; or say why in a note")
    return act.then(case, ChangeKind.REMEDY, remedy=remedy_id, offered="yes" if remedy_id in offered else "no")


def appoint(case: Case, act: Act, at: datetime) -> Case:
    """Agree on a time with the customer; a later one counts in the place of an earlier one.

    Raises:
        InputError: it lies in the past.
    """
    _still_open(case)
    if at < act.at - CLOCK_SKEW:
        raise InputError("case.past", f"an appointment at {at.isoformat()} lies in the past", "give a time to come")
    return act.then(case, ChangeKind.APPOINTMENT, at=at.isoformat())


def close(case: Case, act: Act, outcome: str, plan: CasePlan) -> Case:
    """End the case. Nothing ends without an outcome, nor with one that its own history speaks against.

    Raises:
        InputError: no outcome; or it needs a customer who was reached, a cause, or more attempts.
        ConflictError: it's closed already.
        NotFoundError: no such outcome.
    """
    _still_open(case)
    names = [kind.value for kind in Outcome]
    if not outcome:
        raise InputError("case.no_outcome", f"{case.id} can't be closed without an outcome", f"one of {_listed(names)}")
    _known(outcome, names, "case.unknown_outcome", "outcome")
    _fits(case, Outcome(outcome), plan)
    return act.then(case, ChangeKind.CLOSED, outcome=outcome)


def reopen(case: Case, act: Act, plan: CasePlan) -> Case:
    """Take a closed case up again, with a note that says why; it gets a new deadline to be closed by.

    Raises:
        InputError: no note.
        ConflictError: it isn't closed.
    """
    if case.state is not CaseState.CLOSED:
        raise ConflictError("case.not_closed", f"{case.id} isn't closed", "work on it as it is")
    if not act.note:
        raise InputError("case.no_reason", f"{case.id} can't be reopened without a reason", "say why in a note")
    due = after_hours(act.at, plan.close_h, plan.calendar)
    return act.then(case, ChangeKind.REOPENED, close_due=due.isoformat())


def hear(case: Case, act: Act, answer: str, score: float | None = None) -> Case:
    """Note what the customer said afterwards, while the case is open or after it was closed.

    Args:
        score: satisfaction 0 to 10, where the customer gave one.

    Raises:
        InputError: a score outside 0 to 10.
        NotFoundError: no such answer.
    """
    _known(answer, ANSWERS, "case.unknown_answer", "answer")
    if score is None:
        return act.then(case, ChangeKind.ANSWER, answer=answer)
    if not 0 <= score <= 10:
        raise InputError("case.bad_score", f"the customer's score must lie in 0..10, got {score:g}", "correct it")
    return act.then(case, ChangeKind.ANSWER, answer=answer, score=f"{score:g}")


def _fits(case: Case, outcome: Outcome, plan: CasePlan) -> None:
    if outcome in REACHED and not case.is_reached:
        message = f"'{outcome.value}' needs an attempt that reached the customer"
        raise InputError("case.not_reached", message, "note that attempt first")
    if outcome in EXPLAINED and not case.cause_id:
        raise InputError("case.no_cause", f"'{outcome.value}' needs a cause", "say first why the customer was unhappy")
    least = plan.attempts_before_giving_up
    if outcome is Outcome.UNREACHABLE and (case.is_reached or len(case.attempts) < least):
        told = "the customer was reached" if case.is_reached else f"{len(case.attempts)} attempts of {least} were made"
        raise InputError("case.too_few_attempts", f"'{outcome.value}' doesn't fit: {told}", "note every attempt")


def _still_open(case: Case) -> None:
    if case.state is CaseState.CLOSED:
        raise ConflictError("case.closed", f"{case.id} is closed", "reopen it first")


def _name(text: str, meaning: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise InputError("case.no_name", f"{meaning}: no name was given", "give a name")
    if len(name) > LONGEST_NAME or any(unicodedata.category(char) in UNFIT for char in name):
        raise InputError("case.bad_text", f"{meaning}: that is no name", f"at most {LONGEST_NAME} plain characters")
    return name


def _known(name: str, names: Iterable[str], code: str, kind: str) -> None:
    listed = list(names)
    if name in listed:
        return
    near = get_close_matches(name, listed, n=1, cutoff=0.5)
    hint = f"is it '{near[0]}'? " if near else ""
    raise NotFoundError(code, f"no {kind} '{name[:60]}'", f"{hint}known: {_listed(listed)}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
