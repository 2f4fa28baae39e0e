"""Reviews: drafts, handing in, what differs from the machine's answer, two people at one form."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from qm.domain.evaluation import Answer, Origin
from qm.domain.people import Scope
from qm.domain.review import GivenAnswer, PinnedNote, ReviewState
from qm.domain.run import Quarantine
from qm.errors import ConflictError, InputError, NotFoundError
from qm.rules.aggregate import score_form
from qm.services.reviews import Filled, ReviewService
from tests.unit import builders

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
FORM = builders.form((1.0, [builders.criterion(f"c{n}") for n in (1, 2, 3)]))
WHERE = ("C-1", FORM.id)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def reviews(database, clock):
    ids = iter(range(1000))
    answers = (
        builders.answer("c1", Answer.MET), builders.answer("c2", Answer.NOT_MET),
        builders.answer("c3", Answer.CANNOT_TELL, confidence=0.4),
    )  # fmt: skip
    machine = replace(builders.evaluation("C-1", answers), score=score_form(FORM, answers))
    with database.unit_of_work() as unit:
        unit.contacts.save(builders.contact("C-1"), "/day", 0, "f")
        unit.evaluations.replace("C-1", [machine])
    token = lambda _n: f"{next(ids):04}"  # noqa: E731
    return ReviewService(database.unit_of_work, database.reading, {FORM.id: FORM}, clock, token)


def filled(*given, seen=0, **more):
    return Filled(tuple(given), seen=seen, **more)


def audited(database, action="review.done"):
    with database.reading() as unit:
        return [event for event in unit.audit.after(0, 100) if event.action == action]


def test_a_draft_is_its_writers_alone_until_its_handed_in(reviews):
    draft = reviews.save(*WHERE, "ada", filled(GivenAnswer("c1", Answer.MET)))
    assert (draft.state, draft.version, draft.result) == (ReviewState.DRAFT, 1, None)
    assert reviews.view(*WHERE, "ada").own == draft
    assert (reviews.view(*WHERE, "bea").own, reviews.view(*WHERE, "bea").others) == (None, ())
    done = reviews.finish(*WHERE, "ada", filled(GivenAnswer("c1", Answer.MET), seen=1))
    assert [one.id for one in reviews.view(*WHERE, "bea").others] == [done.id]
    assert reviews.view(*WHERE, "ada").own == done


def test_the_machines_answer_stays_beside_the_persons(reviews):
    given = (
        GivenAnswer("c1", Answer.MET),
        GivenAnswer("c2", Answer.MET, why="at 2:10"),
        GivenAnswer("c3", Answer.NOT_MET),
    )
    done = reviews.finish(*WHERE, "ada", filled(*given))
    found = {a.criterion_id: (a.answer, a.reason, a.origin) for a in done.result.answers}
    assert found == {
        "c1": (Answer.MET, "accepted", Origin.PERSON), "c2": (Answer.MET, "overridden", Origin.PERSON),
        "c3": (Answer.NOT_MET, "decided", Origin.PERSON),
    }  # fmt: skip
    assert done.result.score == score_form(FORM, done.result.answers)
    assert done.result.evaluator == "ada"
    assert done.result.answers[0].evidence, "what was accepted keeps its evidence"
    view = reviews.view(*WHERE, "bea")
    assert [a.answer for a in view.machine.answers] == [Answer.MET, Answer.NOT_MET, Answer.CANNOT_TELL]
    assert not view.is_stale


def test_what_nobody_looked_at_stays_the_machines(reviews):
    done = reviews.finish(*WHERE, "ada", filled(GivenAnswer("c3", Answer.MET)))
    assert [a.origin for a in done.result.answers] == [Origin.RULE, Origin.RULE, Origin.PERSON]


def test_an_override_needs_a_word_of_why_and_nothing_is_lost_without(database, reviews):
    given = GivenAnswer("c2", Answer.MET, why="  ")
    with pytest.raises(InputError, match=r"review\.why.*c2"):
        reviews.finish(*WHERE, "ada", filled(given))
    assert reviews.view(*WHERE, "ada").own is None
    draft = reviews.save(*WHERE, "ada", filled(given))
    with pytest.raises(InputError, match=r"review\.why"):
        reviews.finish(*WHERE, "ada", filled(given, seen=draft.version))
    assert reviews.view(*WHERE, "ada").own == draft
    assert audited(database) == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (filled(GivenAnswer("c9", Answer.MET)), "review.unknown_criterion"),
        (filled(GivenAnswer("c1", Answer.MET), GivenAnswer("c1", Answer.NOT_MET)), "review.twice"),
        (filled(GivenAnswer("c1", Answer.MET, value="x")), "review.bad_answer"),
        (filled(GivenAnswer("c1", Answer.MET, why="x" * 2001)), "review.too_long"),
        (filled(notes=(PinnedNote(-1.0, "x"),)), "review.bad_note"),
        (filled(notes=(PinnedNote(float("nan"), "x"),)), "review.bad_note"),
        (filled(notes=(PinnedNote(1.0, " "),)), "review.bad_note"),
        (filled(notes=(PinnedNote(1.0, "x"),) * 201), "review.too_long"),
        (filled(comment="x" * 10_001), "review.too_long"),
    ],
)
def test_what_cant_be_kept_is_told_by_its_code(reviews, wrong, code):
    with pytest.raises(InputError) as caught:
        reviews.save(*WHERE, "ada", wrong)
    assert caught.value.code == code
    assert reviews.view(*WHERE, "ada").own is None


def test_two_windows_dont_overwrite_each_other(reviews):
    reviews.save(*WHERE, "ada", filled(GivenAnswer("c1", Answer.MET)))
    with pytest.raises(ConflictError, match=r"review\.changed"):
        reviews.save(*WHERE, "ada", filled(GivenAnswer("c1", Answer.NOT_MET)))
    later = reviews.save(*WHERE, "ada", filled(GivenAnswer("c1", Answer.NOT_MET), seen=1))
    assert later.version == 2
    with pytest.raises(ConflictError, match=r"review\.changed"):
        reviews.finish(*WHERE, "ada", filled(seen=1))


def test_two_people_at_one_form_are_told(reviews, clock):
    reviews.save(*WHERE, "ada", filled(GivenAnswer("c1", Answer.MET)))
    assert reviews.view(*WHERE, "bea").at_it == ("ada",)
    assert reviews.view(*WHERE, "ada").at_it == ()
    clock.now += timedelta(minutes=6)
    assert reviews.view(*WHERE, "bea").at_it == ()


def test_a_review_may_be_changed_after_it_was_handed_in_and_each_time_is_in_the_trail(database, reviews):
    given = GivenAnswer("c2", Answer.MET, why="heard")
    first = reviews.finish(*WHERE, "ada", filled(given))
    again = reviews.save(*WHERE, "ada", filled(given, seen=first.version, comment="more"))
    assert (again.state, again.done_at) == (ReviewState.DRAFT, first.done_at)
    with pytest.raises(ConflictError, match=r"review\.done"):
        reviews.drop(*WHERE, "ada")
    second = reviews.finish(*WHERE, "ada", filled(given, seen=again.version))
    assert second.id == first.id
    assert [(event.subject, event.actor) for event in audited(database)] == [("C-1", "ada")] * 2
    assert len(audited(database, "review.reopened")) == 1


def test_a_draft_can_be_thrown_away(reviews):
    with pytest.raises(NotFoundError, match=r"review\.unknown"):
        reviews.drop(*WHERE, "ada")
    reviews.save(*WHERE, "ada", filled())
    reviews.drop(*WHERE, "ada")
    assert reviews.view(*WHERE, "ada").own is None


def test_a_machine_that_scored_anew_makes_a_draft_stale(database, reviews):
    reviews.save(*WHERE, "ada", filled(GivenAnswer("c1", Answer.MET)))
    with database.unit_of_work() as unit:
        (before,) = unit.evaluations.of_contact("C-1")
        unit.evaluations.replace("C-1", [replace(before, id="ev-anew")])
    assert reviews.view(*WHERE, "ada").is_stale


def test_a_form_that_changed_since_is_reviewed_once_it_is_answered(database, reviews):
    """A draft of before stays, and can be thrown away."""
    reviews.save(*WHERE, "ada", filled(GivenAnswer("c1", Answer.MET)))
    with database.unit_of_work() as unit:
        (before,) = unit.evaluations.of_contact("C-1")
        unit.evaluations.replace("C-1", [replace(before, id="ev-anew", answers=before.answers[1:])])
    for ask in (
        lambda: reviews.view(*WHERE, "ada"), lambda: reviews.save(*WHERE, "ada", filled(seen=1)),
        lambda: reviews.finish(*WHERE, "ada", filled(seen=1)),
    ):  # fmt: skip
        with pytest.raises(ConflictError, match=r"review\.form_changed"):
            ask()
    reviews.drop(*WHERE, "ada")
    with database.reading() as unit:
        assert unit.reviews.of_contact("C-1", "form") == ()


def test_a_contact_in_quarantine_isnt_reviewed(database, reviews):
    with database.unit_of_work() as unit:
        unit.work.quarantine(Quarantine("C-1", "score", "x.y", "", "", ""), is_contact=True)
    with pytest.raises(NotFoundError, match=r"review\.no_evaluation"):
        reviews.view(*WHERE, "ada")


def test_a_contact_of_others_cant_be_reviewed(reviews):
    others = reviews.seen_by(Scope(teams=frozenset({"elsewhere"})))
    for ask in (
        lambda: others.view(*WHERE, "ada"), lambda: others.save(*WHERE, "ada", filled()),
        lambda: others.finish(*WHERE, "ada", filled()), lambda: others.drop(*WHERE, "ada"),
    ):  # fmt: skip
        with pytest.raises(NotFoundError, match=r"contact\.unknown"):
            ask()
    with pytest.raises(NotFoundError, match=r"review\.no_evaluation"):
        reviews.view("C-1", "nothing", "ada")
