"""Work queues on both databases: what can be drawn, who gets it, what handing in does, and who may see or change it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from qm.domain.agreement import Coefficient
from qm.domain.evaluation import Answer
from qm.domain.people import PersonState, Scope
from qm.domain.work_queue import (
    AssignmentState,
    EvaluationStep,
    LeftOut,
    Method,
    Quota,
    Risk,
    Stratifier,
)
from qm.errors import ConflictError, InputError, NotFoundError
from qm.services.assignments import AssignmentService
from qm.services.contact_export import ContactExport, ExportWish
from qm.services.contacts import ContactFilter, ContactService
from tests.unit.queue_site import DAY, FORM, PLAN, Work, person

NORD = Scope(teams=frozenset({"Nord"}))
FIRST, SECOND = EvaluationStep


@pytest.fixture
def work(database):
    return Work(database)


def rows_of(work, queue):
    return work.queues.assignments(queue.id).items


def test_a_draw_is_handed_out_with_its_probabilities(work):
    queue = work.queues.draw(PLAN, "ada")
    rows = rows_of(work, queue)
    assert len(rows) == 6 == len({row.contact_id for row in rows})
    assert sorted(row.analyst for row in rows) == ["ada"] * 3 + ["bea"] * 3
    assert {row.probability for row in rows} == {0.5}
    assert {row.due for row in rows} == {date(2026, 11, 30)}
    assert (queue.frame, queue.drawn_by) == (12, "ada")
    ((event, details),) = work.audited("queue.drawn")
    assert (event.subject, details.after["seed"], details.after["contacts"]) == (queue.id, 7, 6)


def test_what_the_machine_couldnt_tell_comes_first(work):
    rows = rows_of(work, work.queues.draw(replace(PLAN, size=12), "ada"))
    assert [row.doubts > 0 for row in rows] == [True] * 3 + [False] * 9
    assert [row.contact_id for row in rows] != sorted(row.contact_id for row in rows)
    mine = work.work.mine("ada")
    assert mine.next.assignment == mine.items[0].assignment
    assert [line.assignment for line in mine.items] == [row for row in rows if row.analyst == "ada"]


def test_the_same_seed_draws_the_same(work):
    first = work.queues.draw(PLAN, "ada")
    ids = [row.contact_id for row in rows_of(work, first)]
    work.queues_gone = work.work.withdraw_queue(first.id, "ada")
    assert [row.contact_id for row in rows_of(work, work.queues.draw(PLAN, "ada"))] == ids
    assert work.queues.draw(replace(PLAN, seed=0), "ada").plan.seed > 0


def test_what_cant_be_drawn_is_counted_by_reason(work):
    work.add_undrawable()
    preview = work.queues.preview(PLAN)
    assert preview.contacts == 12
    assert {reason: n for reason, n in preview.left_out.items() if n} == {
        LeftOut.TEST: 1, LeftOut.QUARANTINED: 1, LeftOut.WAITING: 1, LeftOut.REVIEWED: 1,
    }  # fmt: skip
    assert work.queues.preview(replace(PLAN, with_tests=True)).contacts == 13


def test_nobody_gets_what_somebody_has(work):
    work.queues.draw(PLAN, "ada")
    preview = work.queues.preview(PLAN)
    assert (preview.contacts, preview.left_out[LeftOut.ASSIGNED]) == (6, 6)
    work.queues.draw(PLAN, "ada")
    with pytest.raises(InputError, match="no contact can be drawn"):
        work.queues.draw(PLAN, "ada")


def test_risk_and_strata_are_recorded(work):
    plan = replace(PLAN, size=4, method=Method.RISK)
    rows = rows_of(work, work.queues.draw(plan, "ada"))
    chance = {row.risks: row.probability for row in rows}
    assert all(Risk.LOW_SCORE in risks for risks in chance), "one of two met: below the pass mark"
    frame = {row.contact_id for row in rows}
    work.work.withdraw_queue(rows[0].queue_id, "ada")
    by_team = work.queues.preview(replace(PLAN, size=4, method=Method.STRATIFIED, by=Stratifier.TEAM))
    assert [(one.name, one.contacts) for one in by_team.strata] == [("Nord", 8), ("Sud", 4)]
    assert [one.expected for one in by_team.strata] == pytest.approx([8 / 3, 4 / 3])
    assert frame


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"size": 13}, "queue.too_many"),
        ({"size": 0}, "queue.bad_plan"),
        ({"name": " "}, "queue.bad_plan"),
        ({"name": "x" * 81}, "queue.bad_plan"),
        ({"form_id": "nonsense"}, "queue.bad_plan"),
        ({"until": DAY - timedelta(1)}, "queue.bad_plan"),
        ({"since": DAY - timedelta(400)}, "queue.bad_plan"),
        ({"seed": -1}, "queue.bad_plan"),
        ({"second_share": 1.5}, "queue.bad_plan"),
        ({"due_days": -1}, "queue.bad_plan"),
        ({"agent_max": 1, "agent_min": 2}, "queue.bad_plan"),
        ({"agent_min": 1}, "queue.agent_bounds"),
        ({"agent_max": 1, "method": Method.RISK}, "queue.agent_bounds"),
        ({"agent_min": 3, "method": Method.RISK}, "queue.agent_bounds"),
        ({"agent_min": 1, "method": Method.STRATIFIED, "by": Stratifier.TEAM}, "queue.agent_bounds"),
        ({"analysts": ()}, "queue.quotas"),
        ({"analysts": (Quota("ada", 5),)}, "queue.quotas"),
        ({"analysts": (Quota("ada", 0), Quota("bea", 9))}, "queue.quotas"),
        ({"analysts": (Quota("ada", 9), Quota("ada", 9))}, "queue.quotas"),
        ({"analysts": (Quota("ada", 9),), "second_share": 0.5}, "queue.quotas"),
        ({"analysts": (Quota("nobody", 9),)}, "queue.analyst"),
        ({"analysts": (Quota("sara", 9),)}, "queue.analyst"),
        ({"analysts": (Quota("nora", 9),)}, "queue.analyst"),
        ({"since": DAY + timedelta(1), "until": DAY + timedelta(1)}, "queue.nothing"),
    ],
)
def test_what_cant_be_done_is_said(work, change, code):
    for attempt in (work.queues.preview, lambda plan: work.queues.draw(plan, "ada")):
        with pytest.raises(InputError) as caught:
            attempt(replace(PLAN, **change))
        assert caught.value.code == code
        assert caught.value.hint
    assert work.queues.queues().items == ()


def test_handing_in_finishes_an_assignment_and_taking_it_up_again_doesnt_reopen_it(work):
    queue = work.queues.draw(PLAN, "ada")
    mine = work.work.mine("ada")
    done = work.review(mine.next.assignment.contact_id, "ada")
    after = work.work.mine("ada")
    assert (after.open, after.next.assignment) == (2, mine.items[1].assignment)
    row = next(r for r in rows_of(work, queue) if r.contact_id == done.contact_id)
    assert (row.state, row.done_at) == (AssignmentState.DONE, work.now)
    work.reviews.save(done.contact_id, FORM.id, "ada", replace_seen(done))
    assert work.work.mine("ada").open == 2
    progress = work.queues.queues().items[0].progress
    assert (progress.done, progress.open, progress.asked) == (1, 5, 6)


def replace_seen(done):
    from qm.services.reviews import Filled

    return Filled(done.given, seen=done.version)


def test_a_review_by_somebody_else_finishes_nothing(work):
    queue = work.queues.draw(PLAN, "ada")
    work.review(work.work.mine("ada").next.assignment.contact_id, "ciro")
    assert all(row.state is AssignmentState.OPEN for row in rows_of(work, queue))


def test_the_second_evaluator_is_somebody_else_and_sees_nothing_of_the_first(work):
    queue = work.queues.draw(replace(PLAN, second_share=1.0), "ada")
    contact_id = work.work.mine("ada").next.assignment.contact_id
    work.review(contact_id, "ada")
    (second,) = [row for row in rows_of(work, queue) if row.step is SECOND]
    assert (second.analyst, second.contact_id, second.state) == ("bea", contact_id, AssignmentState.OPEN)
    assert work.reviews.view(contact_id, FORM.id, "bea").others == ()
    assert work.reviews.finished(contact_id, "bea") == ()
    assert [one.reviewer for one in work.reviews.finished(contact_id, "ciro")] == ["ada"]
    assert [one.reviewer for one in work.reviews.finished(contact_id, "ada")] == ["ada"]
    work.review(contact_id, "bea", Answer.NOT_MET)
    assert {one.reviewer for one in work.reviews.finished(contact_id, "bea")} == {"ada", "bea"}
    assert len([row for row in rows_of(work, queue) if row.step is SECOND]) == 1, "nobody is asked a third time"
    view = work.queues.get(queue.id)
    assert view.pairs == 1
    assert view.answers.of(Coefficient.PERCENT).figure.value is None, "one contact tells nothing"


def test_lists_and_exports_tell_the_second_evaluator_nothing_of_the_first(work):
    queue = work.queues.draw(replace(PLAN, second_share=1.0), "ada")
    contact_id = work.work.mine("ada").next.assignment.contact_id
    units, forms = (work.database.unit_of_work, work.database.reading), {FORM.id: FORM}
    contacts, export = ContactService(units[1], forms), ContactExport(units[1], forms, "Europe/Rome")

    def told(reader):
        rows = {row.id: row.scores for row in contacts.page(ContactFilter(), reader=reader).items}
        names = [column.name for column in export.columns(ExportWish())]
        ((cells,),) = [[row for row in page if row[0] == contact_id] for page in export.pages(ExportWish(), reader)]
        named = dict(zip(names, cells, strict=True))
        return len(rows[contact_id]), named[f"score:{FORM.id}"] is not None, named[f"answer:{FORM.id}/c1"] is not None

    assert told("bea") == told("ada") == (1, True, True)  # what the machine said is nobody's secret
    work.review(contact_id, "ada", Answer.NOT_MET)
    assert [row.analyst for row in rows_of(work, queue) if row.step is SECOND] == ["bea"]
    assert told("bea") == (0, False, False)
    assert told("ada") == told("ciro") == told("") == (1, True, True)
    with units[1]() as unit:
        assert unit.work_queues.blind_pairs("bea") == {(contact_id, FORM.id)}
    open_only = contacts.page(ContactFilter(open_only=True), reader="ciro").items
    seen = contacts.page(ContactFilter(open_only=True), reader="bea").items
    assert {row.id for row in seen} == {row.id for row in open_only} - {contact_id}
    work.review(contact_id, "bea")
    assert told("bea") == (1, True, True)


def test_no_second_evaluator_where_nobody_else_can(work):
    queue = work.queues.draw(replace(PLAN, second_share=1.0), "ada")
    leave(work, "bea")
    work.review(work.work.mine("ada").next.assignment.contact_id, "ada")
    assert all(row.step is FIRST for row in rows_of(work, queue))


def leave(work, login):
    with work.database.unit_of_work() as unit:
        known = unit.people.by_login(login)
        unit.people.change(replace(known, state=PersonState.LEFT))


def test_work_is_given_to_others_later_and_to_nobody(work):
    queue = work.queues.draw(PLAN, "ada")
    one, two, three = (line.assignment for line in work.work.mine("ada").items)
    work.work.reassign(queue.id, FIRST, one.contact_id, "ciro", "ada")
    assert work.work.mine("ciro").next.assignment.contact_id == one.contact_id
    work.work.postpone(queue.id, FIRST, two.contact_id, date(2026, 12, 24), "ada")
    work.work.withdraw(queue.id, FIRST, three.contact_id, "ada")
    assert [line.assignment.due for line in work.work.mine("ada").items] == [date(2026, 12, 24)]
    for again in (
        lambda: work.work.withdraw(queue.id, FIRST, three.contact_id, "ada"),
        lambda: work.work.reassign(queue.id, FIRST, three.contact_id, "ciro", "ada"),
        lambda: work.work.postpone(queue.id, FIRST, three.contact_id, date(2026, 12, 24), "ada"),
    ):
        with pytest.raises(ConflictError, match="isn't open"):
            again()
    assert [len(work.audited(f"assignment.{step}")) for step in ("moved", "postponed", "withdrawn")] == [1, 1, 1]


def test_bad_steps_change_nothing(work):
    queue = work.queues.draw(PLAN, "ada")
    one = work.work.mine("ada").next.assignment
    for attempt, code in (
        (lambda: work.work.reassign(queue.id, FIRST, one.contact_id, "sara", "x"), "queue.analyst"),
        (lambda: work.work.reassign(queue.id, FIRST, one.contact_id, "ada", "x"), "queue.same_person"),
        (lambda: work.work.postpone(queue.id, FIRST, one.contact_id, DAY, "x"), "queue.bad_day"),
        (lambda: work.work.withdraw(queue.id, SECOND, one.contact_id, "x"), "queue.no_assignment"),
        (lambda: work.work.withdraw("q-none", FIRST, one.contact_id, "x"), "queue.unknown"),
        (lambda: work.work.hand_over(queue.id, "ada", "ada", "x"), "queue.same_person"),
        (lambda: work.queues.assignments(queue.id, "non/sense"), "page.bad_cursor"),
        (lambda: work.work.mine("ada", "x"), "page.bad_cursor"),
        (lambda: work.queues.queues("x"), "page.bad_cursor"),
    ):
        with pytest.raises(InputError) as caught:
            attempt()
        assert caught.value.code == code
    assert work.work.mine("ada").open == 3


def test_who_leaves_hands_everything_over_in_one_step(work):
    queue = work.queues.draw(replace(PLAN, second_share=1.0), "ada")
    contact_id = work.work.mine("ada").next.assignment.contact_id
    work.review(contact_id, "ada")
    leave(work, "bea")
    assert work.work.hand_over(queue.id, "bea", "ada", "x") == (3, 1), "ada can't be the second on her own"
    assert work.work.hand_over(queue.id, "bea", "ciro", "x") == (1, 0)
    assert work.work.hand_over(queue.id, "bea", "ciro", "x") == (0, 0)


def test_a_withdrawn_queue_asks_nobody_and_keeps_what_is_done(work):
    queue = work.queues.draw(PLAN, "ada")
    work.review(work.work.mine("ada").next.assignment.contact_id, "ada")
    assert work.work.withdraw_queue(queue.id, "x") == 5
    assert work.work.withdraw_queue(queue.id, "x") == 0
    progress = work.queues.get(queue.id).line.progress
    assert (progress.done, progress.open, progress.withdrawn) == (1, 0, 5)
    assert len(work.audited("queue.withdrawn")) == 1


def test_overdue_by_the_sites_calendar(work):
    work.queues.draw(replace(PLAN, due_days=0), "ada")
    assert work.work.mine("ada").overdue == 0
    work.now += timedelta(hours=15, minutes=30)  # half past midnight in Rome, still the day before in UTC
    assert work.work.mine("ada").overdue == 3
    assert work.queues.queues().items[0].progress.overdue == 6


def test_whoever_sees_a_part_draws_from_it_and_sees_only_queues_of_it(work):
    whole = work.queues.draw(replace(PLAN, size=2), "ada")
    part = work.queues.seen_by(NORD)
    plan = replace(PLAN, size=2, analysts=(Quota("nora", 9),))
    assert part.preview(plan).contacts <= 8
    own = part.draw(plan, "nora")
    assert {row.stratum for row in rows_of(work, own)} == {""}
    assert [line.queue.id for line in part.queues().items] == [own.id]
    assert [line.queue.id for line in work.queues.queues().items] == [own.id, whole.id]
    assert [p.login for p in part.analysts()] == ["ada", "bea", "ciro", "nora"]
    narrowed = AssignmentService(
        work.database.unit_of_work, work.database.reading, "Europe/Rome", lambda: work.now, NORD
    )
    for ask in (
        lambda: part.get(whole.id),
        lambda: part.assignments(whole.id),
        lambda: part.table(whole.id, "x"),
        lambda: narrowed.withdraw_queue(whole.id, "x"),
        lambda: narrowed.hand_over(whole.id, "ada", "bea", "x"),
    ):
        with pytest.raises(NotFoundError, match="no work queue"):
            ask()
    with pytest.raises(InputError, match="no contact can be drawn"):
        part.preview(replace(plan, team="Sud"))
    # What lies outside of a scope that was narrowed since isn't shown as work either.
    in_sud = narrowed.seen_by(Scope(teams=frozenset({"Sud"}))).mine("nora")
    assert (in_sud.open, in_sud.items) == (0, ())


def test_lists_are_paged(work):
    queues = [work.queues.draw(replace(PLAN, size=2, seed=n + 1), "ada") for n in range(4)]
    first = work.queues.queues(size=3)
    rest = work.queues.queues(first.next_cursor, 3)
    assert {line.queue.id for line in (*first.items, *rest.items)} == {queue.id for queue in queues}
    assert (len(first.items), len(rest.items), rest.next_cursor) == (3, 1, "")
    page = work.work.mine("ada", size=3)
    assert [len(page.items), len(work.work.mine("ada", page.next_cursor, 3).items)] == [3, 1]
    assert work.work.mine("ada", page.next_cursor, 3).next == page.next


def test_estimates_weigh_what_was_drawn(work):
    queue = work.queues.draw(replace(PLAN, size=12, analysts=(Quota("ada", 12),)), "ada")
    for row in rows_of(work, queue):
        number = int(row.contact_id[2:])
        work.review(row.contact_id, "ada", Answer.MET if number < 6 else Answer.NOT_MET)
    estimates = work.queues.get(queue.id).estimates
    assert not estimates.is_provisional
    assert (estimates.score.n, estimates.score.value) == (12, pytest.approx((6 * 100 + 6 * 200 / 3) / 12))
    wrong = {one.criterion_id: one.machine_wrong for one in estimates.criteria}
    assert (wrong["c1"].value, wrong["c2"].value, wrong["c2"].lo) == (0.0, 0.5, 0.5)
    assert wrong["c3"].n == 9, "what the machine couldn't tell it didn't get wrong"


def test_a_table_has_probabilities_and_no_scores(work):
    queue = work.queues.draw(PLAN, "ada")
    head, *lines = work.queues.table(queue.id, "ada").splitlines()
    assert "probability" in head
    assert "score" not in head
    assert len(lines) == 6
    assert len(work.audited("queue.exported")) == 1


def test_people_of_two_logins_in_one_draw_keep_their_quotas(work):
    with work.database.unit_of_work() as unit:
        unit.people.add(person("dino"))
    plan = replace(PLAN, size=10, analysts=(Quota("ada", 8), Quota("bea", 4), Quota("dino", 1)))
    rows = rows_of(work, work.queues.draw(plan, "ada"))
    counts = {login: sum(row.analyst == login for row in rows) for login in ("ada", "bea", "dino")}
    assert counts == {"ada": 6, "bea": 3, "dino": 1}
