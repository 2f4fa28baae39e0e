"""Use cases of whoever hands out work: preview a draw, draw, see how far it is."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from qm.analysis.draw_contacts import Drawable, draw, plan_draw
from qm.domain.form import Form
from qm.domain.people import NOBODY, WHOLE, Person, Scope
from qm.domain.text import Text
from qm.domain.work_queue import Assignment, EvaluationStep, FrameRow, FrameWish, LeftOut, QueuePlan, WorkQueue
from qm.errors import NotFoundError
from qm.ports import Unit, UnitOfWork
from qm.services.queue_csv import queue_csv
from qm.services.queue_figures import queue_figures
from qm.services.queue_plans import can_review, check_analyst, check_plan, shares_of
from qm.services.queue_views import AssignmentPage, DrawPreview, QueueLine, QueueList, QueueView, progress_of

Now = Callable[[], datetime]
LOCK = "work_queues"
"""Two draws at once would give one contact to two people."""


class WorkQueueService:
    """Draws contacts for review and shows what became of them.

    Args:
        zone: of the site's calendar.
        token: draws random text for ids and seeds.
        least_n: fewer reviews tell nothing.
        scope: whose contacts may be drawn, and whose queues are seen.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, forms: Mapping[str, Form], zone: str, now: Now,
        token: Callable[[int], str], least_n: int, scope: Scope = WHOLE,
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._forms = forms
        self._zone = zone
        self._now = now
        self._token = token
        self._least_n = least_n
        self._scope = scope

    def seen_by(self, scope: Scope) -> "WorkQueueService":
        """The same for somebody who sees that scope."""
        return WorkQueueService(
            self._unit_of_work, self._reading, self._forms, self._zone, self._now, self._token, self._least_n, scope
        )

    @property
    def today(self) -> date:
        """By the site's calendar."""
        return self._now().astimezone(ZoneInfo(self._zone)).date()

    @property
    def forms(self) -> Mapping[str, Text]:
        """Titles of the forms that are in use, by id."""
        return {form.id: form.title for form in self._forms.values() if not form.draft}

    def analysts(self) -> tuple[Person, ...]:
        """Who may be given work: people who may review and see something of what one sees oneself."""
        with self._reading() as unit:
            shared = ((person, self._scope.narrowed_to(person.sees)) for person in unit.people.every())
            return tuple(p for p, scope in shared if scope != NOBODY and can_review(unit, p.login, scope))

    def preview(self, plan: QueuePlan) -> DrawPreview:
        """What a plan would draw, without drawing it.

        Raises:
            InputError: it can't be drawn so; the message says what to change.
        """
        check_plan(plan, self._forms)
        with self._reading() as unit:
            self._check_analysts(unit, plan)
            frame, left_out = self._frame(unit, plan)
        drawable = plan_draw(frame, plan)
        return DrawPreview(len(frame), left_out, drawable.strata, shares_of(plan), plan.size * plan.second_share)

    def draw(self, plan: QueuePlan, actor: str) -> WorkQueue:
        """Draw, and hand the contacts out.

        Args:
            plan: with seed 0 one is drawn.

        Raises:
            InputError: it can't be drawn so.
        """
        check_plan(plan, self._forms)
        plan = replace(plan, name=" ".join(plan.name.split()), seed=plan.seed or int(self._token(5), 16) + 1)
        with self._unit_of_work() as unit:
            unit.lock(LOCK)
            self._check_analysts(unit, plan)
            frame, left_out = self._frame(unit, plan)
            drawable = plan_draw(frame, plan)
            told = {reason.value: n for reason, n in left_out.items()}
            queue = WorkQueue(
                "q-" + self._token(8), plan, self._reach(plan), len(frame), told, self._now(), actor, self._zone
            )  # fmt: skip
            unit.work_queues.add(queue, self._assigned(queue, drawable))
            unit.audit.note("queue.drawn", "queue", queue.id, actor=actor, after={
                "contacts": plan.size, "of": len(frame), "method": plan.method.value, "form": plan.form_id,
                "seed": plan.seed, "analysts": len(plan.analysts), "second_share": plan.second_share,
            })  # fmt: skip
        return queue

    def queues(self, cursor: str = "", size: int = 20) -> QueueList:
        """Queues within the scope, the latest first."""
        with self._reading() as unit:
            found: list[WorkQueue] = []
            after, page = cursor, unit.work_queues.page(cursor, size + 1)
            while page and len(found) <= size:
                found += [queue for queue in page if queue.scope.within(self._scope)]
                after = page[-1].id
                page = unit.work_queues.page(after, size + 1)
            lines = self._lines(unit, found[:size])
        return QueueList(lines, found[size - 1].id if len(found) > size else "")

    def get(self, queue_id: str) -> QueueView:
        """One queue: progress, agreement of first and second evaluators, estimates. It names no contact.

        Raises:
            NotFoundError: no such queue within the scope.
        """
        with self._reading() as unit:
            queue = queue_within(unit, queue_id, self._scope)
            (line,) = self._lines(unit, [queue])
            rows, reviewed = unit.work_queues.of_queue(queue_id), unit.work_queues.reviewed(queue_id)
        return queue_figures(line, rows, reviewed, self._forms.get(queue.plan.form_id), self._least_n)

    def assignments(self, queue_id: str, cursor: str = "", size: int = 100) -> AssignmentPage:
        """A queue's contacts in the order of work, a page at a time."""
        with self._reading() as unit:
            queue_within(unit, queue_id, self._scope)
            rows = unit.work_queues.of_queue(queue_id, cursor, size + 1)
        return AssignmentPage(rows[:size], rows[size - 1].key if len(rows) > size else "")

    def table(self, queue_id: str, actor: str) -> str:
        """All of a queue as CSV, with the probabilities that a statistician weighs with."""
        with self._unit_of_work() as unit:
            queue = queue_within(unit, queue_id, self._scope)
            rows = unit.work_queues.of_queue(queue_id)
            unit.audit.note("queue.exported", "queue", queue_id, actor=actor, after={"contacts": len(rows)})
        return queue_csv(queue, rows)

    def _lines(self, unit: Unit, queues: list[WorkQueue]) -> tuple[QueueLine, ...]:
        counts = unit.work_queues.counts([queue.id for queue in queues], self.today)
        lines = []
        for queue in queues:
            own = [row for row in counts if row.queue_id == queue.id]
            logins = sorted({row.analyst for row in own})
            people = tuple(progress_of((row for row in own if row.analyst == login), login) for login in logins)
            form = self._forms.get(queue.plan.form_id)
            title = form.title if form else Text(queue.plan.form_id, queue.plan.form_id)
            lines.append(QueueLine(queue, title, progress_of(own), people))
        return tuple(lines)

    def _reach(self, plan: QueuePlan) -> Scope:
        return self._scope.narrowed_to(plan.narrows_to)

    def _check_analysts(self, unit: Unit, plan: QueuePlan) -> None:
        for quota in plan.analysts:
            check_analyst(unit, quota.login, self._reach(plan))

    def _frame(self, unit: Unit, plan: QueuePlan) -> tuple[list[FrameRow], dict[LeftOut, int]]:
        zone = ZoneInfo(self._zone)
        since, until = (
            datetime.combine(day, time(), tzinfo=zone).timestamp() for day in (plan.since, plan.until + timedelta(1))
        )
        wish = FrameWish(
            plan.form_id, since, until, self._reach(plan), self._forms[plan.form_id].pass_mark, plan.process,
            plan.medium, plan.with_tests,
        )  # fmt: skip
        rows = unit.work_queues.frame(wish)
        left_out = Counter(row.out for row in rows if row.out is not None)
        return [row for row in rows if row.out is None], {reason: left_out[reason] for reason in LeftOut}

    def _assigned(self, queue: WorkQueue, drawable: Drawable) -> list[Assignment]:
        plan = queue.plan
        generator = np.random.default_rng(plan.seed)
        drawn = draw(drawable, generator)
        # Decided here, so that the seed tells it too; nobody is told before the first review is handed in.
        seconds = generator.random(len(drawn)) < plan.second_share
        logins = [login for login, n in shares_of(plan).items() for _ in range(n)]
        due = self.today + timedelta(days=plan.due_days)
        return [
            Assignment(
                queue.id, one.row.contact_id, plan.form_id, login, EvaluationStep.FIRST, due, one.probability,
                one.stratum, one.row.risks, one.row.doubts, place, bool(wants),
            )
            for place, (one, login, wants) in enumerate(zip(drawn, logins, seconds, strict=True))
        ]  # fmt: skip


def queue_within(unit: Unit, queue_id: str, scope: Scope) -> WorkQueue:
    """One queue that was drawn within a scope; what lies outside is told like unknown.

    Raises:
        NotFoundError: there is none.
    """
    queue = unit.work_queues.get(queue_id)
    if not queue.scope.within(scope):
        message = f"no work queue '{queue_id[:60]}'"
        raise NotFoundError("queue.unknown", message, "`qm queue list` and the page of work queues name them")
    return queue
