"""Disputes, own contacts, and what counts once people answered: the same on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import select, text

from qm.domain.contact import Agent
from qm.domain.dispute import DisputeState, Ruling
from qm.domain.evaluation import PEOPLE_ONLY, Answer
from qm.domain.own_look import OwnState
from qm.domain.people import Scope
from qm.domain.prediction import LifeStage
from qm.domain.review import GivenAnswer
from qm.domain.trained_answers import Standing
from qm.errors import ConflictError, InputError, NotFoundError, QmError, RightError
from qm.rules.aggregate import score_form
from qm.services.coaching import CoachingService
from qm.services.coaching_picker import CoachingPicker
from qm.services.coaching_sessions import Agreed, CoachingSessionService
from qm.services.contacts import ContactService
from qm.services.disputes import Claim, Decision, DisputeService
from qm.services.overturns import OverturnService
from qm.services.own_contacts import OwnContactService
from qm.services.reviews import Filled, ReviewService
from qm.services.settling import settle_anew
from qm.storage.schema import alembic_config
from tests.unit import builders

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
FORM = builders.form((1.0, [builders.criterion(f"c{n}") for n in (1, 2, 3)]))
FORMS = {FORM.id: FORM}
WHERE = ("C-1", FORM.id)
ANNA = Scope(agents=frozenset({"A-1"}))
MET, NOT_MET = Answer.MET, Answer.NOT_MET
ANSWERS = (
    builders.answer("c1", MET), builders.answer("c2", NOT_MET),
    replace(builders.answer("c3", Answer.CANNOT_TELL, evidence=()), reason=PEOPLE_ONLY),
)  # fmt: skip


def scored(answers=ANSWERS, contact_id="C-1", tag="0"):
    made = builders.evaluation(contact_id, answers, tag=tag)
    return replace(made, score=score_form(FORM, answers))


class House:
    """All services over one database, with a clock that stands until it's moved."""

    def __init__(self, database, self_assessment="offered"):
        ids = iter(range(1000))
        self.database, self.now, self.followed = database, NOW, []
        self.self_assessment = self_assessment
        token = lambda _n: f"{next(ids):04}"  # noqa: E731
        writing, reading, clock = database.unit_of_work, database.reading, lambda: self.now
        self.reviews = ReviewService(writing, reading, FORMS, clock, token)
        self.disputes = DisputeService(
            writing, reading, FORMS, clock, token, timedelta(hours=48), timedelta(hours=72), self.followed.append
        )
        self.contacts = ContactService(reading, FORMS)
        self.own = OwnContactService(
            writing, reading, FORMS, clock, self.contacts, self.disputes, self_assessment, 2
        ).seen_by(ANNA)
        with writing() as unit:
            for name, agent in (("C-1", "A-1"), ("C-2", "A-2"), ("C-3", "A-1")):
                about = builders.contact(name, agent=Agent(agent, "Anna", "Nord"), started_at=NOW - timedelta(hours=9))
                unit.contacts.save(about, "/day", 0, "f")
                unit.evaluations.replace(name, [scored(contact_id=name)])
                unit.work.finish(name)

    def facts(self, contact_id="C-1"):
        with self.database.reading() as unit:
            (brief,) = unit.evaluations.briefs([contact_id])
            table = unit.facts.contacts(answers=True)
        (row,) = (each for _, each in table.iterrows() if each["contact_id"] == contact_id)
        return brief, [int(row[f"c:{FORM.id}/c{n}"]) for n in (1, 2, 3)]

    def contest(self, criterion="c2", contact_id="C-1", **more):
        return self.disputes.seen_by(ANNA).open(contact_id, Claim(FORM.id, criterion, "at 0:12", **more), "anna")

    def audited(self):
        with self.database.reading() as unit:
            return [event.action for event in unit.audit.after(0, 1000)]


@pytest.fixture
def house(database):
    return House(database)


def overturn(criterion="c2", answer=MET):
    return Decision(criterion, GivenAnswer(criterion, answer), "heard at 0:12")


def uphold(criterion="c2"):
    return Decision(criterion, None, "not said")


def code_of(act):
    with pytest.raises(QmError) as found:
        act()
    return found.value.code


def test_the_first_review_counts_and_a_later_one_is_a_check(house):
    before, codes = house.facts()
    assert (before.counts, before.score.value, before.left) == ("machine", 50.0, ("c3",))
    house.reviews.finish(*WHERE, "ada", Filled((GivenAnswer("c2", MET, why="0:12"), GivenAnswer("c3", MET))))
    brief, told = house.facts()
    assert (brief.counts, brief.score.value, brief.left) == ("review", 100.0, ())
    assert told != codes
    house.now += timedelta(minutes=1)
    house.reviews.finish(*WHERE, "bea", Filled((GivenAnswer("c1", NOT_MET, why="no"),)))
    assert house.facts() == (brief, told)
    house.now += timedelta(minutes=1)  # the first one again: still the first, with its new answers
    house.reviews.finish(*WHERE, "ada", Filled((GivenAnswer("c3", NOT_MET),), seen=2))
    assert house.facts()[0].score.value == pytest.approx(100 / 3, abs=1e-4)
    with house.database.reading() as unit:
        assert unit.evaluations.of_contact("C-1")[0] == scored(), "the machine's document stays for ever"


def test_a_draft_doesnt_count_nor_does_reopening(house):
    house.reviews.save(*WHERE, "ada", Filled((GivenAnswer("c3", MET),)))
    assert house.facts()[0].counts == "machine"
    house.reviews.finish(*WHERE, "ada", Filled((GivenAnswer("c3", MET),), seen=1))
    counted = house.facts()
    house.reviews.save(*WHERE, "ada", Filled((GivenAnswer("c3", NOT_MET),), seen=3))
    assert house.facts() == counted


def test_people_stay_when_the_machine_scores_anew(house):
    house.reviews.finish(*WHERE, "ada", Filled((GivenAnswer("c2", MET, why="0:12"),)))
    anew = scored((builders.answer("c1", NOT_MET), *ANSWERS[1:]), tag="1")
    with house.database.unit_of_work() as unit:
        unit.evaluations.replace("C-1", [anew])
        settle_anew(unit, FORMS, "C-1", [anew], house.now, was_scored=True)
    brief, _codes = house.facts()
    assert (brief.counts, brief.score.value) == ("review", 50.0)
    view = house.contacts.get("C-1").evaluations[0]
    assert [a.answer for a in view.evaluation.answers][:2] == [NOT_MET, NOT_MET]
    assert [a.answer for a in view.counted.evaluation.answers][:2] == [NOT_MET, MET]
    assert view.counted_who == "ada"


def test_a_dispute_is_decided_in_part(house):
    house.contest("c2")
    opened = house.contest("c1", at_s=12.0)
    assert [item.criterion_id for item in opened.items] == ["c2", "c1"]
    assert opened.due_at == NOW + timedelta(hours=72)
    decided = house.disputes.decide(opened.id, [overturn("c2"), uphold("c1")], "vera", opened.version)
    assert decided.state is DisputeState.DECIDED
    assert [item.ruling for item in decided.items] == [Ruling.OVERTURNED, Ruling.UPHELD]
    brief, _codes = house.facts()
    assert (brief.counts, brief.score.value) == ("dispute", 100.0)
    assert [step.kind for step in decided.history] == ["opened", "added", "decided"]
    assert dict(decided.history[-1].facts) == {"c2": "not_met > met", "c1": "met > met"}
    assert house.followed == [frozenset({"c2"})]
    assert [a for a in house.audited() if a.startswith("dispute.")] == [
        "dispute.opened", "dispute.added", "dispute.decided"
    ]  # fmt: skip
    (event,) = house.contacts.get("C-1").evaluations
    assert next(a for a in event.counted.evaluation.answers if a.criterion_id == "c2").reason == "overturned"


def test_what_the_form_no_longer_asks_for_can_only_be_let_stand(house, monkeypatch):
    opened = house.contest()
    shorter = builders.form((1.0, [builders.criterion(name) for name in ("c1", "c3")]))
    monkeypatch.setitem(FORMS, FORM.id, shorter)
    refused = code_of(lambda: house.disputes.decide(opened.id, [overturn()], "vera", 1))
    assert refused == "dispute.form_changed"
    decided = house.disputes.decide(opened.id, [uphold()], "vera", 1)
    assert [item.ruling for item in decided.items] == [Ruling.UPHELD]
    assert house.facts()[0].counts == "machine"
    assert house.disputes.get(opened.id)


def test_a_dispute_stands_above_a_review(house):
    opened = house.contest()
    house.reviews.finish(*WHERE, "ada", Filled((GivenAnswer("c2", NOT_MET),)))
    house.disputes.decide(opened.id, [overturn()], "vera", 1)
    assert house.facts()[0].counts == "dispute"
    house.reviews.finish(*WHERE, "ada", Filled((GivenAnswer("c2", NOT_MET), GivenAnswer("c3", MET)), seen=2))
    assert (house.facts()[0].counts, house.facts()[0].score.value) == ("dispute", 100.0)


def test_what_is_upheld_changes_nothing(house):
    before = house.facts()
    opened = house.contest()
    house.disputes.decide(opened.id, [uphold()], "vera", 1)
    assert house.facts() == before


def test_the_window_closes_and_opens_again_when_what_counts_changes(house):
    house.now = NOW + timedelta(hours=39, minutes=1)  # the contact began nine hours before
    assert code_of(house.contest) == "dispute.late"
    house.reviews.finish(*WHERE, "ada", Filled((GivenAnswer("c3", NOT_MET),)))
    assert house.contest("c3").state is DisputeState.OPEN


def test_scoring_anew_with_the_same_answers_doesnt_open_it_again(house):
    for hours in (0, 40):
        with house.database.unit_of_work() as unit:
            settle_anew(unit, FORMS, "C-1", [scored()], NOW + timedelta(hours=hours), was_scored=True)
            assert unit.disputes.times("C-1") == {FORM.id: NOW}


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        (Claim(FORM.id, "c2", "  "), "dispute.why"), (Claim(FORM.id, "c2", "x" * 2001), "dispute.too_long"),
        (Claim(FORM.id, "c9", "x"), "dispute.unknown_criterion"), (Claim("other", "c2", "x"), "dispute.no_result"),
        (Claim(FORM.id, "c3", "x"), "dispute.unanswered"), (Claim(FORM.id, "c2", "x", -1.0), "dispute.bad_second"),
        (Claim(FORM.id, "c2", "x", float("nan")), "dispute.bad_second"),
    ],
)  # fmt: skip
def test_what_cant_be_contested(house, claim, code):
    assert code_of(lambda: house.disputes.seen_by(ANNA).open("C-1", claim, "anna")) == code
    assert house.disputes.of_contact("C-1") == ()


def test_nobody_contests_others_contacts(house):
    with pytest.raises(NotFoundError, match=r"contact\.unknown"):
        house.contest(contact_id="C-2")


def test_withdrawn_and_opened_again(house):
    house.contest()
    assert code_of(house.contest) == "dispute.twice"
    mine = house.disputes.seen_by(ANNA)
    assert code_of(lambda: mine.withdraw(*WHERE, "anna", 7)) == "dispute.changed"
    assert mine.withdraw(*WHERE, "anna", 1).state is DisputeState.WITHDRAWN
    assert code_of(lambda: house.disputes.decide("d-0000", [overturn()], "vera", 2)) == "dispute.closed"
    again = house.contest("c1")
    assert [item.criterion_id for item in again.items] == ["c1"]
    assert [step.kind for step in again.history] == ["opened", "withdrawn", "opened"]
    house.disputes.decide(again.id, [uphold("c1")], "vera", again.version)
    assert code_of(house.contest) == "dispute.closed"


def test_two_arbitrators_at_once(house):
    opened = house.contest()
    house.disputes.decide(opened.id, [overturn()], "vera", 1)
    with pytest.raises(ConflictError, match=r"dispute\.changed"):
        house.disputes.decide(opened.id, [uphold()], "ugo", 1)
    assert house.facts()[0].counts == "dispute"


def test_nobody_decides_about_their_own_review(house):
    house.reviews.finish(*WHERE, "ada", Filled((GivenAnswer("c3", NOT_MET),)))
    opened = house.contest("c3")
    with pytest.raises(RightError, match=r"dispute\.own_review"):
        house.disputes.decide(opened.id, [overturn("c3")], "ada", 1)
    assert house.disputes.decide(opened.id, [overturn("c3")], "vera", 1).decided_by == "vera"


@pytest.mark.parametrize(
    ("decisions", "code"),
    [
        ([], "dispute.undecided"), ([overturn(), overturn()], "dispute.undecided"),
        ([Decision("c2", None, " ")], "dispute.ruling_why"), ([Decision("c2", None, "x" * 2001)], "dispute.too_long"),
        ([Decision("c2", GivenAnswer("c2", MET, "x"), "y")], "dispute.bad_answer"),
    ],
)  # fmt: skip
def test_what_isnt_a_decision(house, decisions, code):
    opened = house.contest()
    assert code_of(lambda: house.disputes.decide(opened.id, decisions, "vera", 1)) == code
    assert house.facts()[0].counts == "machine"


def test_the_list_is_by_what_is_due_within_the_scope(house):
    first = house.contest()
    house.now += timedelta(hours=1)
    second = house.contest(contact_id="C-3")
    page = house.disputes.page(size=1)
    assert [row.id for row in page.items] == [first.id]
    assert [row.id for row in house.disputes.page(cursor=page.next_cursor).items] == [second.id]
    elsewhere = house.disputes.seen_by(Scope(teams=frozenset({"Sud"})))
    assert elsewhere.page().items == ()
    assert code_of(lambda: elsewhere.get(first.id)) == "dispute.unknown"
    house.now += timedelta(hours=72)
    assert [row.is_overdue for row in house.disputes.page().items] == [True, False]
    assert code_of(lambda: house.disputes.page("nonsense")) == "dispute.bad_filter"
    assert code_of(lambda: house.disputes.page(cursor="d-9")) == "page.bad_cursor"


def test_own_answers_come_before_the_result(house):
    own = house.own.get("C-1", "anna")
    assert (own.is_hidden, own.may_skip, own.view.evaluations, own.forms[0].evaluation) == (True, True, (), None)
    assert house.own.page().items[0].scores == ()
    house.own.assess(*WHERE, [GivenAnswer("c2", MET)], "anna")
    assert code_of(lambda: house.own.assess(*WHERE, [], "anna")) == "own.assessed"
    shown = house.own.get("C-1", "anna")
    assert (shown.is_hidden, shown.state) == (False, OwnState.SEEN)
    assert shown.forms[0].assessed.given == (GivenAnswer("c2", MET),)
    assert code_of(lambda: house.own.assess("C-3", "other", [], "anna")) == "dispute.no_result"


@pytest.mark.parametrize(("setting", "hidden"), [("off", False), ("offered", False), ("required", True)])
def test_whether_the_result_may_be_shown_at_once(database, setting, hidden):
    house = House(database, setting)
    assert house.own.get("C-1", "anna", skip=True).is_hidden is hidden


def test_states_of_own_contacts_in_order(house):
    assert code_of(lambda: house.own.acknowledge("C-1", "", "anna")) == "own.unseen"
    house.own.get("C-1", "anna", skip=True)
    house.own.acknowledge("C-1", " ok ", "anna")
    assert code_of(lambda: house.own.acknowledge("C-1", "", "anna")) == "own.acknowledged"
    assert code_of(lambda: house.own.acknowledge("C-3", "x" * 2001, "anna")) == "own.too_long"
    states = {row.id: row.state for row in house.own.page().items}
    assert states == {"C-1": OwnState.ACKNOWLEDGED, "C-3": OwnState.NEW}
    opened = house.contest()
    assert house.own.get("C-1", "anna").state is OwnState.DISPUTED
    house.disputes.decide(opened.id, [overturn()], "vera", 1)
    assert house.own.get("C-1", "anna").state is OwnState.DECIDED
    with pytest.raises(NotFoundError):
        house.own.get("C-2", "anna")


def test_who_is_no_agent_has_no_contacts(house):
    assert house.own.seen_by(Scope()).page().items == ()
    assert house.own.seen_by(Scope(teams=frozenset({"Nord"}))).page().items == ()


def test_own_pages_follow_each_other_and_figures_have_n(house):
    page = house.own.page(size=1)
    assert [row.id for row in page.items] == ["C-3"]
    assert [row.id for row in house.own.page(page.next_cursor).items] == ["C-1"]
    (figure,) = house.own.figures()
    assert (figure.score.n, figure.score.value) == (2, 50.0)


class Folder:
    def __init__(self, *standings):
        self.kept = list(standings)

    def standings(self):
        return tuple(self.kept)

    def stand(self, standing):
        self.kept = [standing]


def test_overturned_automatic_answers_go_back_to_assisted(house):
    folder = Folder(Standing("c2", LifeStage.AUTOMATIC, "m", 0.95))
    overturns = OverturnService(house.database.unit_of_work, house.database.reading, FORMS, lambda: folder, 2)
    by_model = [replace(a, origin="model") for a in ANSWERS]
    with house.database.unit_of_work() as unit:
        for name in ("C-1", "C-3"):
            unit.evaluations.replace(name, [scored(by_model, name)])
    for name in ("C-1", "C-3"):
        opened = house.contest(contact_id=name)
        house.disputes.decide(opened.id, [overturn()], "vera", 1)
    overturns.follow(frozenset({"c1"}))
    assert folder.kept[0].stage is LifeStage.AUTOMATIC
    overturns.follow(frozenset({"c2"}))  # two of three are wrong
    (after,) = folder.kept
    assert (after.stage, after.reason, len(after.reviews)) == (LifeStage.ASSISTED, "overturned", 2)
    (row,) = overturns.figures().rows
    assert (row.origin, row.decided, row.overturned, row.rate.n) == ("model", 2, 2, 2)
    assert row.rate.lo < 1.0
    assert overturns.seen_by(Scope(teams=frozenset({"Sud"}))).figures().rows == ()
    assert overturns.csv("it").splitlines()[0].startswith("form,criterion")


def test_coaching_leaves_out_what_was_overturned(house):
    with house.database.unit_of_work() as unit:
        assert unit.evaluations.counted() == {}
    opened = house.contest()
    house.disputes.decide(opened.id, [overturn()], "vera", 1)
    with house.database.unit_of_work() as unit:
        (told,) = unit.evaluations.counted().values()
        assert told == {"c1": "met", "c2": "met", "c3": ""}
        assert unit.evaluations.tally("c2") == {"met": 1, "not_met": 2}


def listed(house, agent_id="A-1"):
    return CoachingService(house.database.reading, FORMS).read(agent_id=agent_id)


def test_what_was_contested_in_vain_twice_becomes_a_reason_to_talk(house):
    coaching = CoachingPicker(house.database.unit_of_work, house.database.reading, FORMS, 3)
    for contact_id, reasons in (("C-1", ("repeated",)), ("C-3", ("repeated", "disputed"))):
        opened = house.contest(contact_id=contact_id)
        house.disputes.decide(opened.id, [uphold()], "vera", 1)
        coaching.refresh()
        (row,) = listed(house)
        assert row.item.reasons == reasons
    assert (row.item.missed.hits, row.item.missed.n, row.item.since) == (2, 2, NOW - timedelta(hours=9))


@pytest.mark.parametrize("answer", [MET, Answer.NOT_APPLICABLE])
def test_what_a_ruling_overturned_leaves_the_coaching_list_at_once(house, answer):
    coaching = CoachingPicker(house.database.unit_of_work, house.database.reading, FORMS, 3)
    coaching.refresh()
    (row,) = listed(house)
    sessions = CoachingSessionService(
        house.database.unit_of_work, house.database.reading, FORMS, lambda: NOW, lambda _n: "0001", 2
    )
    opened = house.contest(contact_id=row.item.contact_id)
    assert listed(house) == (row,), "nothing was decided yet"
    house.disputes.decide(opened.id, [overturn(answer=answer)], "vera", 1)
    assert listed(house) == ()
    assert code_of(lambda: sessions.item(row.item.id)) == "coaching.unknown_item"
    agreed = Agreed("x", NOW.date() + timedelta(days=7))
    assert code_of(lambda: sessions.make(row.item.id, "sara", agreed)) == "coaching.unknown_item"
    coaching.refresh()
    (other,) = listed(house)
    assert other.item.contact_id != row.item.contact_id, "missed in the other contact still"
    assert len(listed(house, "A-2")) == 1, "of somebody else"


def test_an_input_error_is_one(house):
    with pytest.raises(InputError):
        house.disputes.seen_by(ANNA).open("C-1", Claim(FORM.id, "c2", ""), "anna")


def test_reviews_from_before_count_after_the_migration(house):
    house.reviews.finish(*WHERE, "ada", Filled((GivenAnswer("c2", MET, why="0:12"),)))
    counted = house.facts()
    with house.database._engine.connect() as connection, connection.begin():
        command.downgrade(alembic_config(connection), "0007")
        codes = select(text("codes")).select_from(text("evaluations")).where(text("contact_id = 'C-1'"))
        assert connection.execute(codes).scalar_one() == "mnp", "the machine's again"
    house.database.upgrade()
    assert house.facts() == counted
