"""Opening, the queue and the report over a real database, with a clock of the test's own."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from qm.domain.case_plan import CaseRule
from qm.domain.contact import Kind
from qm.domain.survey import LinkMethod, SurveyLink
from qm.errors import ConflictError, InputError, NotFoundError
from qm.services.case_steps import Step
from qm.services.case_views import CaseFilter
from qm.services.cases import CaseService
from qm.storage.database import Database
from tests.unit import builders
from tests.unit.case_builders import DAY, HOUR, MONDAY, PLAN, response

NOW = MONDAY + 30 * HOUR


@pytest.fixture
def database(tmp_path):
    made = Database(f"sqlite:///{tmp_path / 'q.db'}")
    made.upgrade()
    yield made
    made.close()


@pytest.fixture
def service(database):
    return CaseService(database.unit_of_work, database.reading, PLAN, lambda: NOW, 5)


def put(database, *, contacts=(), responses=(), links=None):
    with database.unit_of_work() as unit:
        for place, contact in enumerate(contacts):
            unit.contacts.save(contact, "/day", place, "f")
        unit.surveys.save(list(responses))
        if links is not None:
            unit.surveys.replace_links([
                SurveyLink(one, contact, LinkMethod.CONTACT_ID if contact else LinkMethod.NONE, 1.0, reason)
                for one, contact, reason in links
            ])  # fmt: skip


def four(database):
    """Cases that fall due after one another, of two teams' agents."""
    numbers = range(1, 5)
    contacts = [builders.contact(f"C-{n}", process="p" if n % 2 else "q") for n in numbers]
    answers = [response(f"R-{n}", nps=n, contact_id=f"C-{n}", answered_at=MONDAY + n * HOUR) for n in numbers]
    put(database, contacts=contacts, responses=answers, links=[(f"R-{n}", f"C-{n}", "") for n in numbers])


def test_only_customers_contacts_open_cases_and_only_once(database, service):
    contacts = [builders.contact("C-1"), builders.contact("C-2", kind=Kind.MYSTERY), builders.contact("C-3")]
    answers = [response(f"R-{n}") for n in range(1, 6)] + [response("R-6", nps=9)]
    links = [("R-1", "C-1", ""), ("R-2", "C-2", ""), ("R-3", "", "answered_again"), ("R-4", "", "unknown_contact"),
             ("R-6", "C-3", "")]  # fmt: skip
    put(database, contacts=contacts, responses=answers, links=links)
    found = service.open_all()
    assert (found.opened, found.changed, found.without_contact) == (1, 0, 2), "R-4, and R-5 that nobody linked yet"
    assert [row.response_id for row in service.queue().items] == ["R-1"]
    before = database.content_fingerprint()
    assert service.open_all().opened == 0
    assert database.content_fingerprint() == before


def test_a_site_without_answers_or_with_another_rule(database, service):
    assert service.open_all().opened == 0
    assert service.queue().items == ()
    assert service.report().opened == 0
    four(database)
    rule = CaseRule({"nps": 2.0})
    strict = replace(PLAN, cases=replace(PLAN.cases, rule=rule))
    assert CaseService(database.unit_of_work, database.reading, strict, lambda: NOW, 5).open_all().opened == 2


def test_the_queue_runs_by_deadline_and_pages(database, service):
    four(database)
    service.open_all()
    assert [row.response_id for row in service.queue().items] == ["R-1", "R-2", "R-3", "R-4"]
    seen, cursor = [], ""
    while True:
        page = service.queue(cursor=cursor, size=3)
        seen += [row.response_id for row in page.items]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == ["R-1", "R-2", "R-3", "R-4"]
    assert page.total == 4
    with pytest.raises(NotFoundError, match=r"page\.bad_cursor"):
        service.queue(cursor="D-404")


def test_the_queue_says_what_is_late_and_filters(database, service):
    four(database)
    service.open_all()
    queue = service.queue()
    assert (queue.unfinished, queue.overdue, queue.unassigned, queue.high) == (4, 4, 4, 2)
    assert [row.hours_left for row in queue.items] == [-5.0, -4.0, -3.0, -2.0]
    service.take(queue.items[0].id, "assign", Step("Marta", to="Ada"))
    for wanted, n in (
        (CaseFilter(assignee="Ada"), 1), (CaseFilter(assignee="-"), 3), (CaseFilter(process="q"), 2),
        (CaseFilter(overdue=True), 4), (CaseFilter(state="assigned"), 1), (CaseFilter(day=date(2026, 11, 16)), 0),
        (CaseFilter(day=date(2026, 11, 17)), 4), (CaseFilter(severity="high"), 2),
    ):  # fmt: skip
        assert service.queue(wanted).total == n
    with pytest.raises(InputError, match=r"case\.bad_filter"):
        service.queue(CaseFilter(severity="awful"))


def test_closed_cases_leave_the_queue_but_not_the_list(database, service):
    four(database)
    service.open_all()
    first = service.queue().items[0].id
    service.take(first, "close", Step("Ada", outcome="no_detractor"))
    assert service.queue().total == 3
    assert service.queue(CaseFilter(state="all")).total == 4
    assert [row.id for row in service.queue(CaseFilter(state="closed")).items] == [first]
    assert service.report(date(2026, 11, 16)).whole.closed == 1


def test_whoever_saw_an_older_version_is_refused(database, service):
    four(database)
    service.open_all()
    one = service.queue().items[0].id
    service.take(one, "assign", Step("Ada", seen=1, to="Ada"))
    with pytest.raises(ConflictError, match=r"case\.changed"):
        service.take(one, "assign", Step("Bea", seen=1, to="Bea"))
    assert service.take(one, "assign", Step("Bea", to="Bea")).assignee == "Bea", "without a version: on what there is"


def test_an_appointment_is_the_next_step_until_it_has_passed(database, service):
    four(database)
    service.open_all()
    one = service.queue().items[0].id
    service.take(one, "appointment", Step("Ada", at=(NOW + DAY).replace(tzinfo=None)))
    assert service.get(one).row.next_step == "appointment"
    later = CaseService(database.unit_of_work, database.reading, PLAN, lambda: NOW + 2 * DAY, 5)
    assert later.get(one).row.next_step == "attempt"
    assert service.get(one).case.appointment_at == NOW + DAY - timedelta(hours=1), "no offset: the site's own time"


def test_a_case_whose_contact_is_gone_from_its_link_can_still_be_read(database, service):
    four(database)
    service.open_all()
    one = service.queue().items[0]
    put(database, links=[("R-1", "", "other_agent")])
    service.open_all()
    view = service.get(one.id)
    assert (view.contact, view.row.contact_id, view.response.id) == (None, "", "R-1")
    assert service.export()[0][0].id == one.id


@pytest.mark.parametrize(
    ("since", "until", "opened"),
    [(date(2026, 11, 16), None, 4), (None, date(2026, 11, 17), 4), (None, date(2026, 11, 16), 0), (None, None, 4),
     (date(2026, 11, 17), date(2026, 11, 18), 0)],
)  # fmt: skip
def test_weeks_of_the_report(database, service, since, until, opened):
    four(database)
    service.open_all()
    assert service.report(since, until).opened == opened


def test_impossible_days_are_refused(service):
    for days in ((date(2026, 11, 17), date(2026, 11, 17)), (date.max, None), (None, date.min)):
        with pytest.raises(InputError, match=r"case\.bad_dates"):
            service.report(*days)


def test_a_corrected_survey_leaves_a_case_to_close_and_nobody_to_call(database, service):
    four(database)
    service.open_all()
    put(database, responses=[response("R-1", nps=10, contact_id="C-1", answered_at=MONDAY + HOUR)])
    assert service.open_all().changed == 1
    queue = service.queue()
    assert (queue.unfinished, queue.withdrawn) == (3, 1)
    last = queue.items[-1]
    assert (last.response_id, last.next_step, last.due, last.is_overdue) == ("R-1", "withdrawn", None, False)
    assert [row.next_step for row in queue.items[:-1]] == ["attempt"] * 3
