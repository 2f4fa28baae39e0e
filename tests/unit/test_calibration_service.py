"""Sessions: drawn, blind, submitted, closed, reported; and nothing of them in anybody's figures."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from qm.domain.agreement import Coefficient, Pair, Unsaid
from qm.domain.calibration import MACHINE, Purpose, Why
from qm.domain.evaluation import Answer
from qm.domain.survey import LinkMethod, SurveyLink, SurveyResponse
from qm.domain.voc_plan import VocPlan
from qm.errors import InputError, NotFoundError
from qm.services.calibration import CalibrationService, GivenAnswer, Wanted
from qm.services.calibration_views import SessionStage
from qm.storage.database import Database
from tests.unit import builders

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DUE = NOW + timedelta(days=3)
FORM = builders.form((1.0, [builders.criterion("c1"), builders.criterion("c2")]))
CONTACTS = [f"C-{n:02}" for n in range(40)]
MET, NOT_MET, NA, OPEN = Answer.MET, Answer.NOT_MET, Answer.NOT_APPLICABLE, Answer.CANNOT_TELL


class Clock:
    now = NOW

    def __call__(self):
        return self.now


def machine_answers(place):
    return [
        builders.answer("c1", NOT_MET if place % 3 == 0 else MET),
        builders.answer("c2", OPEN if place < 8 else MET),
    ]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    file = tmp_path_factory.mktemp("calibration") / "qm.db"
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    with database.unit_of_work() as unit:
        for place, contact_id in enumerate(CONTACTS):
            unit.contacts.save(builders.contact(contact_id), "day", place, "f")
            evaluation = builders.evaluation(contact_id, machine_answers(place), form_id=FORM.id)
            unit.evaluations.replace(contact_id, [evaluation])
        unit.surveys.save([SurveyResponse(f"R{n}", satisfaction=2 if n < 3 else 9) for n in range(12)])
        unit.surveys.replace_links([SurveyLink(f"R{n}", CONTACTS[n], LinkMethod.CONTACT_ID, 1.0) for n in range(12)])
    database.close()
    return file


@pytest.fixture
def world(filled, tmp_path):
    shutil.copy(filled, tmp_path / "qm.db")
    database = Database(f"sqlite:///{tmp_path}/qm.db")
    clock = Clock()
    service = CalibrationService(
        database.unit_of_work, database.reading, {FORM.id: FORM}, VocPlan(), clock, min_n=5
    )  # fmt: skip
    yield service, clock, database
    database.close()


def wanted(**changes):
    return replace(Wanted(FORM.id, Purpose.RANDOM, 20, ("anna", "bruno"), DUE), **changes)


def hand_in(service, session, rater, answer_of):
    answers = [
        GivenAnswer(contact.contact_id, criterion, answer_of(contact.contact_id, criterion))
        for contact in session.contacts
        for criterion in session.criteria
    ]
    return service.submit(session.id, rater, answers)


def test_each_purpose_draws_its_contacts(world):
    service, _, _ = world
    rated = service.open(wanted(purpose=Purpose.RATED, size=6))
    assert sorted(contact.why for contact in rated.contacts) == [Why.RATED_HIGH] * 3 + [Why.RATED_LOW] * 3
    assert {contact.probability for contact in rated.contacts} == {1.0, 3 / 9}
    doubtful = service.open(wanted(purpose=Purpose.DISAGREEMENT, size=3))
    drawn = {contact.contact_id for contact in doubtful.contacts}
    assert drawn <= set(CONTACTS[:8])
    assert not drawn & {contact.contact_id for contact in rated.contacts}, "drawn twice"


def test_nothing_to_draw_is_said(world):
    service, _, _ = world
    with pytest.raises(InputError, match="no contact to draw") as caught:
        service.open(wanted(since=NOW, purpose=Purpose.RATED))
    assert caught.value.code == "calibration.no_contacts"
    with pytest.raises(NotFoundError, match="no form 'other'"):
        service.open(wanted(form_id="other"))


@pytest.mark.parametrize(
    "changes", [{"due_at": NOW}, {"raters": ("anna", "anna")}, {"raters": (MACHINE,)}, {"expert": "anna"}]
)
def test_a_session_that_can_not_be_is_refused(world, changes):
    with pytest.raises(InputError) as caught:
        world[0].open(wanted(**changes))
    assert caught.value.code == "calibration.bad_session"


def test_nobody_sees_what_others_answered_before_it_is_closed(world):
    service, _, _ = world
    session = service.open(wanted())
    hand_in(service, session, "anna", lambda _c, _q: MET)
    assert {line.answer for line in service.sheet(session.id, "bruno")} == {None}
    assert {line.answer for line in service.sheet(session.id, "anna")} == {MET}
    view = service.view(session.id)
    assert (view.row.stage, view.report) == (SessionStage.BLIND, None)
    assert [(one.rater, one.answered.hits, one.answered.n) for one in view.row.progress] == [
        ("anna", 40, 40), ("bruno", 0, 40),
    ]  # fmt: skip
    assert len(service.ratings_table()) == 0
    with pytest.raises(InputError) as caught:
        service.report(session.id)
    assert caught.value.code == "calibration.blind"
    with pytest.raises(NotFoundError, match="taking part: anna, bruno"):
        service.sheet(session.id, MACHINE)


def test_answers_are_taken_until_the_deadline_and_replace_earlier_ones(world):
    service, clock, _ = world
    session = service.open(wanted(size=2))
    contact = session.contacts[0].contact_id
    service.submit(session.id, "anna", [GivenAnswer(contact, "c1", MET), GivenAnswer(contact, "c2", MET)])
    row = service.submit(session.id, "anna", [GivenAnswer(contact, "c1", NOT_MET, "no greeting")])
    assert row.progress[0].answered.hits == 1
    first = service.sheet(session.id, "anna")[0]
    assert (first.answer, first.note) == (NOT_MET, "no greeting")
    with pytest.raises(InputError) as caught:
        service.submit(session.id, "anna", [GivenAnswer("C-99", "c1", MET)])
    assert caught.value.code == "calibration.not_asked"
    clock.now = DUE
    with pytest.raises(InputError) as caught:
        service.submit(session.id, "anna", [GivenAnswer(contact, "c1", MET)])
    assert caught.value.code == "calibration.past_due"
    assert service.view(session.id).row.stage is SessionStage.DUE
    service.close(session.id)
    with pytest.raises(InputError) as caught:
        service.submit(session.id, "anna", [GivenAnswer(contact, "c1", MET)])
    assert caught.value.code == "calibration.closed"


def by_number(contact_id, criterion):
    return NOT_MET if int(contact_id[2:]) % 3 == 0 and criterion == "c1" else MET


def test_a_closed_session_tells_who_agrees_with_whom(world):
    service, _, _ = world
    session = service.open(wanted(size=40))
    hand_in(service, session, "anna", by_number)
    hand_in(service, session, "bruno", lambda c, q: MET if c == "C-00" else by_number(c, q))
    report = service.close(session.id)
    found = {(one.pair, one.criterion_id): one for one in report.agreements}
    people = found[Pair.ANALYSTS, "c1"]
    assert (people.contacts, people.met.hits, people.met.n) == (40, 53, 80)
    assert people.of(Coefficient.PERCENT).figure.value == pytest.approx(39 / 40)
    assert 0.9 < people.of(Coefficient.KAPPA).figure.value < 1
    same = found[Pair.ANALYSTS, "c2"]
    assert same.of(Coefficient.KAPPA).reason is Unsaid.ONE_ANSWER
    assert (same.of(Coefficient.AC1).figure.value, same.of(Coefficient.AC1).figure.lo < 1) == (1.0, True)
    machine = found[Pair.MACHINE_KEY, "c2"]
    assert machine.contacts == 32, "what the machine left open is no answer"
    assert (report.left_open.hits, report.left_open.n) == (8, 80)
    whole = found[Pair.ANALYSTS, ""]
    assert whole.of(Coefficient.ICC).figure.n == 40
    assert report.without_key == 1
    (differing,) = [one for one in report.disagreements if one.criterion_id == "c1"]
    assert (differing.contact_id, differing.key) == ("C-00", None)
    assert service.report(session.id) == report, "kept as it was when it was closed"
    assert service.close(session.id) == report


def test_the_expert_is_the_key_where_there_is_one(world):
    service, _, _ = world
    session = service.open(wanted(size=40, expert="carla"))
    hand_in(service, session, "anna", by_number)
    hand_in(service, session, "carla", lambda c, _q: MET)
    report = service.close(session.id)
    found = {(one.pair, one.criterion_id): one for one in report.agreements}
    assert report.key == "expert"
    assert found[Pair.ANALYSTS, "c1"].of(Coefficient.PERCENT).reason is Unsaid.NOBODY_TWICE
    assert found[Pair.MACHINE_KEY, "c1"].of(Coefficient.PERCENT).figure.value == pytest.approx(26 / 40)


def test_the_ratings_table_holds_met_and_not_met_only(world):
    service, _, _ = world
    session = service.open(wanted(size=40))
    hand_in(service, session, "anna", lambda _c, q: NA if q == "c2" else MET)
    service.close(session.id)
    table = service.ratings_table([session.id])
    assert set(table["kind"]) == {"person", "machine"}
    assert len(table[table["rater"] == "anna"]) == 40
    assert len(table[(table["rater"] == MACHINE) & (table["criterion"] == "c2")]) == 32
    assert str(table["at"].dt.tz) == "UTC"
    assert len(service.ratings_table(["K999"])) == 0


def test_evaluations_stay_as_they_were(world):
    service, _, database = world
    with database.reading() as unit:
        before = list(unit.evaluations.every())
    session = service.open(wanted())
    hand_in(service, session, "anna", lambda _c, _q: NOT_MET)
    service.close(session.id)
    with database.reading() as unit:
        assert list(unit.evaluations.every()) == before


def test_doubt_grows_where_people_differed_before(world):
    service, _, _ = world
    session = service.open(wanted(size=8, purpose=Purpose.DISAGREEMENT))
    hand_in(service, session, "anna", lambda _c, _q: MET)
    hand_in(service, session, "bruno", lambda _c, q: NOT_MET if q == "c1" else MET)
    service.close(session.id)
    later = service.open(wanted(size=10, purpose=Purpose.DISAGREEMENT))
    assert {contact.probability for contact in later.contacts} == {10 / 32}
