"""The weekly report about detractor cases: reached, recovered, causes, age, and whether the clock was kept."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from qm.analysis.estimate_quality import LEVEL
from qm.analysis.voc.case_clock import hours_between
from qm.analysis.voc.group_figures import share_figure
from qm.domain.case import Case, CaseState, ChangeKind, Outcome
from qm.domain.case_plan import CasePlan, Side, WorkCalendar
from qm.domain.case_report import AgeGroup, CaseReport, CauseCount, Part, TeamCases
from qm.domain.figures import Count, Figure

AGE_LIMITS_H = (24.0, 48.0, 96.0)
"""Working hours at which open cases are told apart by age: the two clocks, and twice the second."""


def report_cases(
    cases: Sequence[Case], teams: Mapping[str, str], since: datetime, until: datetime, now: datetime, plan: CasePlan,
    least_n: int,
) -> CaseReport:  # fmt: skip
    """The report over cases opened in `since` <= opened < `until`; ages are those of all cases open at `now`.

    Cases whose survey was corrected so that it opens none any more are counted apart and enter no figure.

    Args:
        teams: of the contact's agent, by contact.
        least_n: below so many cases no share and no median is told.
    """
    week = [case for case in cases if since <= case.opened_at < until]
    counted = [case for case in week if case.stands]
    unfinished = [case for case in cases if case.state is not CaseState.CLOSED and case.stands]
    by_team: dict[str, list[Case]] = defaultdict(list)
    for case in counted:
        by_team[teams.get(case.contact_id, "")].append(case)
    return CaseReport(
        since=since, until=until, made_at=now, min_n=least_n, opened=len(counted), withdrawn=len(week) - len(counted),
        whole=_team("", counted, now, least_n),
        teams=tuple(_team(team, by_team[team], now, least_n) for team in sorted(by_team)),
        causes=_causes(counted, plan, least_n), sides=_sides(counted, least_n),
        without_cause=sum(not case.cause_id for case in counted),
        outcomes={kind.value: sum(case.outcome is kind for case in counted) for kind in Outcome},
        answers=dict(Counter(_answer(case) for case in counted)), ages=ages_of(unfinished, now, plan.calendar),
        first_attempt_h=_hours(counted, lambda case: case.first_attempt_at, plan.calendar, least_n),
        closing_h=_hours(counted, _first_closed, plan.calendar, least_n),
    )  # fmt: skip


def part(hits: int, n: int, least_n: int) -> Part:
    """A share with its interval; below `least_n` its counts only."""
    count = Count(hits, n)
    return Part(count, share_figure(count, least_n))


def median_figure(values: Sequence[float], least_n: int) -> Figure:
    """Median with a 95 % interval from order statistics (Conover 1999): it holds for any distribution.

    The interval runs from the k-th smallest to the k-th largest value; k is the largest rank for which a binomial of n
    and 1/2 stays below k with a probability under 2.5 %. Empty below `least_n` and below 6 values: no such k exists.

    >>> median_figure([1, 2, 3, 4, 5, 6, 7, 8, 9], 5)
    Figure(value=5, lo=2, hi=8, n=9)
    """
    from scipy import stats

    n, ordered = len(values), sorted(values)
    rank = int(stats.binom.ppf((1 - LEVEL) / 2, n, 0.5)) if n else 0
    if n < least_n or rank < 1:
        return Figure(None, None, None, n)
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2 if n % 2 == 0 else ordered[n // 2]
    return Figure(middle, ordered[rank - 1], ordered[n - rank], n)


def ages_of(unfinished: Sequence[Case], now: datetime, calendar: WorkCalendar) -> tuple[AgeGroup, ...]:
    """How old open cases are, in working hours, and how many of each age are overdue."""
    ages = [(hours_between(case.opened_at, now, calendar), case) for case in unfinished]
    groups = []
    for low, high in pairwise((0.0, *AGE_LIMITS_H, math.inf)):
        own = [case for age, case in ages if low <= max(age, 0.0) < high]
        overdue = sum(case.due is not None and case.due < now for case in own)
        groups.append(AgeGroup(low, high if high < math.inf else None, Count(overdue, len(own))))
    return tuple(groups)


def _team(team: str, cases: Sequence[Case], now: datetime, least_n: int) -> TeamCases:
    reached = [case for case in cases if case.is_reached]
    tried = [case for case in cases if case.attempts or case.attempt_due < now]
    ended = [case for case in cases if _first_closed(case) or case.close_due < now]
    return TeamCases(
        team=team, opened=len(cases), closed=sum(case.state is CaseState.CLOSED for case in cases),
        reached=part(len(reached), len(tried), least_n),
        recovered=part(sum(case.outcome is Outcome.RECOVERED for case in reached), len(reached), least_n),
        attempt_kept=part(sum(_kept(case.first_attempt_at, case.attempt_due) for case in tried), len(tried), least_n),
        close_kept=part(sum(_kept(_first_closed(case), case.close_due) for case in ended), len(ended), least_n),
    )  # fmt: skip


def _causes(cases: Sequence[Case], plan: CasePlan, least_n: int) -> tuple[CauseCount, ...]:
    """Causes that were found, the most frequent first; one that the plan no longer has keeps the side it had."""
    found = [(case.cause_id, _side(case)) for case in cases if case.cause_id]
    counts = sorted(Counter(found).items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(
        CauseCount(cause, plan.cause_title(cause), side, part(hits, len(found), least_n))
        for (cause, side), hits in counts
    )


def _sides(cases: Sequence[Case], least_n: int) -> dict[str, Part]:
    found = Counter(_side(case) for case in cases if case.cause_id)
    return {side.value: part(found[side], found.total(), least_n) for side in Side}


def _side(case: Case) -> Side:
    change = case.latest(ChangeKind.CAUSE)
    assert change is not None  # only asked of cases with a cause
    return Side(change.facts["side"])


def _answer(case: Case) -> str:
    heard = case.latest(ChangeKind.ANSWER)
    return heard.facts["answer"] if heard else "not_asked"


def _first_closed(case: Case) -> datetime | None:
    """When the case was closed for the first time: what was reopened later was still dealt with by then."""
    return next((change.at for change in case.history if change.kind is ChangeKind.CLOSED), None)


def _kept(happened: datetime | None, due: datetime) -> bool:
    return happened is not None and happened <= due


def _hours(
    cases: Sequence[Case], end_of: Callable[[Case], datetime | None], calendar: WorkCalendar, least_n: int
) -> Figure:
    """Median working hours from opening to an end, over the cases that have come there."""
    ends = [(case.opened_at, end) for case in cases if (end := end_of(case)) is not None]
    return median_figure([round(hours_between(start, end, calendar), 2) for start, end in ends], least_n)
