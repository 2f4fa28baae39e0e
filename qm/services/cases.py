"""Detractor cases: opened from surveys, worked on by people, reported by week."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from qm.analysis.voc.case_clock import hours_between, last_working_day, next_working_day
from qm.analysis.voc.open_cases import LinkedResponse, is_detractor, open_cases
from qm.analysis.voc.report_cases import report_cases
from qm.domain.case import Case, CaseState
from qm.domain.case_plan import CasePlan, Severity
from qm.domain.case_report import CaseReport
from qm.domain.contact import Contact
from qm.domain.erasure import is_erased
from qm.domain.people import WHOLE, Scope
from qm.domain.voc_plan import VocPlan
from qm.errors import InputError, NotFoundError
from qm.ports import Unit, UnitOfWork
from qm.ports.cases import CaseQuery
from qm.services.audit_notes import note_case
from qm.services.case_steps import Step, take
from qm.services.case_views import CaseFilter, CaseQueue, CaseRow, CaseView, Opened

Now = Callable[[], datetime]
Pair = tuple[Case, Contact | None]
OPENING = ("cases", "opening")
"""Kind and id of the saved report that says what the last opening found."""
SECOND_ANSWER = "answered_again"
"""Reason of a link: the contact has an earlier answer, which may have opened a case already."""
EVERY_STATE = "all"
NOBODY = "-"
WEEK = timedelta(days=7)
YEARS = range(1970, 2200)
"""Within which every clock and calendar can reckon."""


class CaseService:
    """Use cases of detractor cases.

    Args:
        reading: transactions for what only looks.
        now: the clock.
        min_n: below so many cases no share is told.
        scope: cases about whose contacts are shown and worked on; all others are as if they weren't there.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, plan: VocPlan, now: Now, min_n: int, scope: Scope = WHOLE
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._plan = plan
        self._clock = now
        self._min_n = min_n
        self._scope = scope

    def seen_by(self, scope: Scope) -> "CaseService":
        """The same for somebody who sees that scope."""
        return CaseService(self._unit_of_work, self._reading, self._plan, self._clock, self._min_n, scope)

    def _now(self) -> datetime:
        """Whole seconds: what people write down has no finer ones."""
        return self._clock().replace(microsecond=0)

    @property
    def plan(self) -> CasePlan:
        """The site's rules about cases."""
        return self._plan.cases

    def open_all(self) -> Opened:
        """Open a case for every response that calls for one, and tell each case what changed about its response."""
        with self._unit_of_work() as unit:
            unit.lock("cases")
            known = {case.response_id: case for case in unit.cases.every()}
            linked = list(self._linked(unit, set(known)))
            changed = open_cases(linked, known, self._plan, self._now())
            for case in changed:
                before = known.get(case.response_id)
                unit.cases.save(case, before.version if before else 0)
                note_case(unit, before, case)
            new = sum(case.response_id not in known for case in changed)
            waiting = [item for item in linked if item.contact is None and item.response.id not in known]
            without = sum(is_detractor(item.response, self.plan.rule) for item in waiting)
            unit.documents.save(*OPENING, json.dumps({"without_contact": without}))
        return Opened(new, len(changed) - new, without)

    def _linked(self, unit: Unit, known: set[str]) -> Iterator[LinkedResponse]:
        """Responses that have a case or may open one.

        Contacts that count for nobody (test, mystery) open none, nor does a second answer about the same contact.
        """
        links = {link.response_id: link for link in unit.surveys.links()}
        for response in unit.surveys.every():
            if is_erased(response.id):
                continue  # nobody is left to be called, and what opened the case can't be looked at again
            link, is_known = links.get(response.id), response.id in known
            is_second = link is not None and link.reason == SECOND_ANSWER
            if not is_known and (is_second or not is_detractor(response, self.plan.rule)):
                continue
            contact = unit.contacts.get(link.contact_id) if link and link.contact_id else None
            if contact is None or contact.counts_for_agent or is_known:
                yield LinkedResponse(response, contact)

    def queue(self, wanted: CaseFilter = CaseFilter(), cursor: str = "", size: int | None = None) -> CaseQueue:  # noqa: B008 - frozen
        """Cases by urgency.

        Args:
            cursor: `next_cursor` of the page before.
            size: rows a page; all of them where it isn't given.

        Raises:
            NotFoundError: the cursor names no case of this list.
            InputError: a filter has a value that nothing can have.
        """
        _check(wanted)
        now = self._now()
        asked = self._asked(wanted, now)
        with self._reading() as unit:
            page, tally = unit.cases.page(asked, cursor, size), unit.cases.tally(asked)
            pairs = list(self._seen(unit, page.cases))
            opening = unit.documents.get(*OPENING) if self._scope.is_whole else None
        items = tuple(self.row(*pair, now) for pair in pairs)
        return CaseQueue(
            items=items, total=page.total, next_cursor=items[-1].id if page.is_more else "", made_at=now,
            unfinished=tally.unfinished, withdrawn=tally.withdrawn, overdue=tally.overdue, unassigned=tally.unassigned,
            high=tally.high, detractors_without_contact=json.loads(opening)["without_contact"] if opening else 0,
            teams=tally.teams, processes=tally.processes, assignees=tally.assignees,
        )  # fmt: skip

    def _asked(self, wanted: CaseFilter, now: datetime) -> CaseQuery:
        calendar = self.plan.calendar
        before = None
        if wanted.day:
            day = last_working_day(wanted.day, calendar) or date.min
            before = datetime.combine(day, time(), ZoneInfo(calendar.zone))
        return CaseQuery(
            now, "" if wanted.state == EVERY_STATE else wanted.state, wanted.state in (CaseState.CLOSED, EVERY_STATE),
            Severity[wanted.severity.upper()] if wanted.severity else None, wanted.team, wanted.process,
            {"": None, NOBODY: ""}.get(wanted.assignee, wanted.assignee),
            wanted.overdue, before, self._scope,
        )  # fmt: skip

    def get(self, case_id: str) -> CaseView:
        """One case with all that is known about it.

        Raises:
            NotFoundError: no such case.
        """
        with self._reading() as unit:
            case, contact = self._one(unit, case_id)
            response = unit.surveys.get(case.response_id)
        return CaseView(
            row=self.row(case, contact, self._now()), case=case, version=case.version, response=response,
            contact=contact, causes=self.plan.causes, remedies=self.plan.remedies,
            offered=self.plan.offered(case.severity, case.value), zone=self.plan.calendar.zone,
        )  # fmt: skip

    def take(self, case_id: str, name: str, step: Step) -> Case:
        """Take a step with a case.

        Raises:
            NotFoundError: no such case, cause, remedy, channel or outcome.
            ConflictError: somebody else changed the case since `step.seen`, or it's closed.
            InputError: the step can't be taken; nothing was changed.
        """
        with self._unit_of_work() as unit:
            unit.lock("cases")
            case, _contact = self._one(unit, case_id)
            after = take(name, case, step, self.plan, self._now())
            unit.cases.save(after, case.version if step.seen is None else step.seen)
            note_case(unit, case, after, step.actor)
        return after

    def report(self, since: date | None = None, until: date | None = None) -> CaseReport:
        """The report over the cases opened from the day `since` to before the day `until`.

        Where neither is given: the last seven days, today among them.

        Raises:
            InputError: `until` doesn't lie after `since`, or a day lies far off.
        """
        now, zone = self._now(), ZoneInfo(self.plan.calendar.zone)
        for day in (since, until):
            if day is not None and day.year not in YEARS:
                raise InputError("case.bad_dates", f"{day} lies outside {YEARS[0]} to {YEARS[-1]}", "correct it")
        end = until or (since + WEEK if since else now.astimezone(zone).date() + timedelta(days=1))
        begin = since or end - WEEK
        if end <= begin:
            raise InputError("case.bad_dates", f"{end} doesn't lie after {begin}", "`until` is the first day after")
        first, last = (datetime.combine(day, time(), zone) for day in (begin, end))
        with self._reading() as unit:
            cases = unit.cases.every()
            if not self._scope.is_whole:
                cases = tuple(case for case, _contact in self._seen(unit, cases))
            own = [case for case in cases if first <= case.opened_at < last]
            teams = {case.contact_id: contact.agent.team for case, contact in self._seen(unit, own) if contact}
        return report_cases(cases, teams, first, last, now, self.plan, self._min_n)

    def export(self) -> tuple[tuple[CaseRow, Case], ...]:
        """Every case with its line, by moment of opening."""
        now = self._now()
        with self._reading() as unit:
            pairs = [(self.row(*pair, now), pair[0]) for pair in self._seen(unit, unit.cases.every())]
        return tuple(sorted(pairs, key=lambda pair: (pair[0].opened_at, pair[0].id)))

    def row(self, case: Case, contact: Contact | None, now: datetime) -> CaseRow:
        """The line of a case."""
        # A corrected survey leaves nothing to be called about: no deadline runs, the case only has to be closed.
        due, calendar = case.due if case.stands else None, self.plan.calendar
        zone = ZoneInfo(calendar.zone)
        return CaseRow(
            id=case.id, response_id=case.response_id, contact_id=case.contact_id,
            customer_id=contact.customer_id if contact else "", agent_id=contact.agent.id if contact else "",
            agent_name=contact.agent.name if contact else "", team=contact.agent.team if contact else "",
            process=contact.process if contact else "", opened_at=case.opened_at.astimezone(zone),
            queue_day=next_working_day(case.opened_at, calendar),
            state=case.state, assignee=case.assignee,
            severity=case.severity.name.lower(), value=case.value.name.lower(), scores=case.scores,
            attempts=len(case.attempts), is_reached=case.is_reached, next_step=_next_step(case, now),
            due=due.astimezone(zone) if due else None,
            hours_left=round(hours_between(now, due, calendar), 1) if due else None,
            is_overdue=due is not None and due < now, cause_id=case.cause_id,
            outcome=case.outcome.value if case.outcome else "", stands=case.stands,
        )  # fmt: skip

    def _seen(self, unit: Unit, cases: "tuple[Case, ...] | list[Case]") -> Iterator[Pair]:
        """Those within the scope, each with its contact."""
        known = unit.contacts.some({case.contact_id for case in cases if case.contact_id}, WHOLE)
        for case in cases:
            contact = known.get(case.contact_id)
            if self._scope.is_whole or (contact is not None and self._scope.allows(contact)):
                yield case, contact

    def _one(self, unit: Unit, case_id: str) -> Pair:
        """One case within the scope; whoever sees a part of the site isn't told of cases elsewhere."""
        try:
            found = list(self._seen(unit, [unit.cases.get(case_id)]))
        except NotFoundError:
            if self._scope.is_whole:
                raise
            found = []
        if not found:
            raise NotFoundError("case.unknown", f"no case '{case_id[:60]}'", "the page of cases names them")
        return found[0]


def _next_step(case: Case, now: datetime) -> str:
    if case.state is CaseState.CLOSED:
        return ""
    if not case.stands:
        return "withdrawn"
    if case.appointment_at and case.appointment_at > now:
        return "appointment"
    return "close" if case.attempts else "attempt"


def _check(wanted: CaseFilter) -> None:
    states = ("", EVERY_STATE, *(state.value for state in CaseState))
    for name, allowed in (("state", states), ("severity", ("", *(level.name.lower() for level in Severity)))):
        if getattr(wanted, name) not in allowed:
            message = f"{name}: '{getattr(wanted, name)[:60]}' isn't known"
            raise InputError("case.bad_filter", message, f"one of {', '.join(filter(None, allowed))}")
