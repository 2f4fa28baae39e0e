"""Two at once that each put a whole set in the place of the old one: neither fails and neither undoes the other's."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from pipelines.stages.store import StoreStage
from qm.analysis.voc.link_surveys import LinkPolicy
from qm.domain.survey import SurveyResponse
from qm.domain.voc_plan import VocPlan
from qm.errors import RecordingError
from qm.services.cases import CaseService
from qm.services.coaching_picker import CoachingPicker
from qm.services.surveys import SurveyService
from qm.storage.database import Database
from tests.unit import builders

MANY = 4
POLICY = LinkPolicy(timedelta(hours=48), 0.6)


@pytest.fixture
def both(database):
    """The same database as several processes would open it."""
    opened = [Database(database.url) for _ in range(MANY)]
    yield opened
    for each in opened:
        each.close()


def together(work, things):
    """Call `work` with each thing at the same moment, in threads of their own; the results, or the first error."""
    gate = threading.Barrier(len(things))

    def one(thing):
        gate.wait(30)
        return work(thing)

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(one, things))


def unhappy(number):
    return SurveyResponse(f"R-{number}", f"C-{number % 3}", nps=1, satisfaction=1, answered_at=builders.NINE)


def surveyed(database):
    with database.unit_of_work() as unit:
        for place in range(3):
            unit.contacts.save(builders.contact(f"C-{place}"), "/day", place, "f")
            unit.work.finish(f"C-{place}")
    SurveyService(database.unit_of_work, POLICY).take_in([unhappy(number) for number in range(20)])


def test_links_cases_and_coaching_by_several(database, both):
    surveyed(database)

    def finish(one):
        links = SurveyService(one.unit_of_work, POLICY).link_all()
        opened = CaseService(one.unit_of_work, one.reading, VocPlan(), lambda: builders.NINE, 5).open_all()
        CoachingPicker(one.unit_of_work, one.reading, {}, 3).refresh()
        return len(links), opened.opened

    results = together(finish, both)
    assert [links for links, _opened in results] == [20] * MANY
    with database.reading() as unit:
        cases = unit.cases.every()
        assert len(unit.surveys.links()) == 20
    assert sum(opened for _links, opened in results) == len(cases) == 3, "each case is opened by one of them"


def test_responses_that_several_take_in_at_once(database, both):
    def take_in(number):
        responses = [unhappy(n) for n in range(50)]
        return SurveyService(both[number].unit_of_work, POLICY).take_in(responses[:: 1 if number % 2 else -1])

    together(take_in, range(MANY))
    with database.reading() as unit:
        assert len(unit.surveys.every()) == 50


def test_the_same_bytes_under_several_contacts_belong_to_one(database, both):
    with database.unit_of_work() as unit:
        for place in range(MANY):
            unit.contacts.save(builders.contact(f"C-{place}"), "/day", place, "f")

    def publish(number):
        try:
            with both[number].unit_of_work() as unit:
                StoreStage(None).publish(unit, f"C-{number}", builders.SHA)
        except RecordingError as error:
            return error.code
        return "stored"

    assert sorted(together(publish, range(MANY))) == ["recording.duplicate"] * (MANY - 1) + ["stored"]


def test_a_name_is_held_by_one_and_let_go_at_the_end(postgres_url):
    one, two = Database(postgres_url), Database(postgres_url)
    order = []

    def wait_and_note():
        with two.unit_of_work() as unit:
            unit.lock("links")
            order.append("second")

    with one.unit_of_work() as unit:
        unit.lock("links")
        other = threading.Thread(target=wait_and_note)
        other.start()
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not unit.connection.exec_driver_sql(waiting).scalar_one():
            pass  # until the other one waits for it
        order.append("first")
    other.join(30)
    assert order == ["first", "second"]
    one.close()
    two.close()


def test_several_bring_an_empty_database_up_at_once(empty_database_url):
    opened = [Database(empty_database_url) for _ in range(MANY)]
    together(lambda one: one.upgrade(), opened)
    assert opened[0].check() == []
    for one in opened:
        one.close()
