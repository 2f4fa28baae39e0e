"""Coaching sessions: planned from an item, held, answered, closed; what changed; two at once; another team."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from qm.analysis.measure_change import Verdict
from qm.domain.coaching_session import SessionState, StepKind
from qm.domain.contact import Agent
from qm.domain.erasure import ErasureKind, Subject
from qm.domain.evaluation import Answer
from qm.domain.figures import Count
from qm.domain.people import Scope
from qm.errors import ConflictError, InputError, NotFoundError
from qm.rules.aggregate import score_form
from qm.services.coaching import CoachingService
from qm.services.coaching_picker import CoachingPicker
from qm.services.coaching_session_csv import sessions_csv
from qm.services.coaching_sessions import Agreed, CoachingSessionService
from tests.unit import builders

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
FORM = builders.form((1.0, [builders.criterion(f"c{n}") for n in (1, 2)]))
ANNA, BRUNO = Agent("A1", "Anna", "Casa"), Agent("A2", "Bruno", "Casa")
AGREED = Agreed("saluto sempre completo", date(2026, 12, 1), 0.9)
S = StepKind


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def talk(database, name, agent, at, *, met):
    given = (
        builders.answer("c1", Answer.MET if met else Answer.NOT_MET, evidence=(builders.quote(f"detto in {name}"),)),
        builders.answer("c2", Answer.CANNOT_TELL, confidence=0.4),
    )
    with database.unit_of_work() as unit:
        unit.contacts.save(builders.contact(name, agent=agent, started_at=at), "/day", 0, "f")
        unit.work.finish(name)
        made = builders.evaluation(name, given)
        unit.evaluations.replace(name, [replace(made, score=score_form(FORM, given))])


@pytest.fixture
def coaching(database):
    for n in range(12):
        talk(database, f"C-{n}", ANNA, NOW - timedelta(days=2, minutes=n), met=n == 0)
    CoachingPicker(database.unit_of_work, database.reading, {FORM.id: FORM}, 3).refresh()
    return CoachingService(database.reading, {FORM.id: FORM})


@pytest.fixture
def sessions(database, clock, coaching):
    ids = iter(range(1000))
    return CoachingSessionService(
        database.unit_of_work, database.reading, {FORM.id: FORM}, clock, lambda _n: f"{next(ids):04}", 5
    )


@pytest.fixture
def item_id(coaching):
    return coaching.read()[0].item.id


def test_other_contacts_that_missed_it_are_offered_and_chosen(database, sessions, item_id):
    own, *others = sessions.offered(item_id)
    assert (own.contact_id, len(others)) == (sessions.item(item_id).contact_id, 4)
    names = [one.contact_id for one in others]
    assert names == [f"C-{n}" for n in range(1, 12) if f"C-{n}" != own.contact_id][:4]  # the newest first
    assert "C-0" not in names  # it met the criterion
    made = sessions.make(item_id, "boss", AGREED, names[:2])
    assert [clip.contact_id for clip in made.clips] == [own.contact_id, *names[:2]]
    assert made.clips[1].quote == f"detto in {names[0]}"
    assert made.clips[1].end_s > made.clips[1].start_s


def test_a_clip_that_isnt_offered_is_refused(sessions, item_id):
    for wrong in ("C-0", "nowhere"):
        with pytest.raises(NotFoundError, match=r"coaching\.no_clip"):
            sessions.make(item_id, "boss", AGREED, [wrong])
    assert sessions.page().items == ()


def test_clips_of_another_team_arent_offered(database, sessions, item_id, coaching):
    own = sessions.item(item_id).contact_id
    for n in range(1, 12):
        if f"C-{n}" != own:
            talk(database, f"C-{n}", replace(ANNA, team="Partner"), NOW - timedelta(days=2, minutes=n), met=False)
    assert len(sessions.offered(item_id)) == 5
    assert [c.contact_id for c in sessions.seen_by(Scope(teams=frozenset({"Casa"}))).offered(item_id)] == [own]


def actions(database):
    with database.reading() as unit:
        return [event.action for event in unit.audit.after(0, 100) if event.action.startswith("coaching.")]


def test_a_session_from_plan_to_outcome(database, clock, sessions, item_id):
    made = sessions.make(item_id, "ada", AGREED)
    assert (made.state, made.agent.id, made.criterion_id, made.version) == (SessionState.PLANNED, "A1", "c1", 1)
    assert made.clips[0].quote.startswith("detto in C-")
    sessions.take(made.id, S.HELD, "ada", "lo dico sempre", 1)
    sessions.take(made.id, S.ANSWERED, "anna", "fatto", 2, is_agent=True)
    clock.now += timedelta(days=3)
    for n in range(20):
        talk(database, f"D-{n}", ANNA, NOW + timedelta(days=1, minutes=n), met=True)
    view = sessions.get(made.id)
    assert (view.session.commitment, view.session.answered_at) == ("lo dico sempre", NOW)
    assert (view.change.own[0].n, view.change.own[1].n, view.change.verdict) == (12, 20, Verdict.BETTER)
    done = sessions.take(made.id, S.DONE, "ada", "ci siamo", 3)
    assert (done.state, done.outcome) == (SessionState.DONE, "ci siamo")
    assert actions(database) == ["coaching.made", "coaching.held", "coaching.answered", "coaching.done"]


def test_counts_leave_out_other_agents_and_what_cant_be_told(database, sessions):
    talk(database, "B-1", BRUNO, NOW - timedelta(days=1), met=True)
    span = (NOW - timedelta(days=28), NOW)
    with database.reading() as unit:
        met = unit.coaching_sessions.met
        assert met(FORM.id, "c1", *span, agent_id="A1") == Count(1, 12)
        assert met(FORM.id, "c1", *span, others_of=("Casa", "A1")) == Count(1, 1)
        assert met(FORM.id, "c2", *span, agent_id="A1") == Count(0, 0)
        assert met(FORM.id, "c9", *span, agent_id="A1") == Count(0, 0)
        assert met(FORM.id, "c1", NOW, NOW, agent_id="A1") == Count(0, 0)


def test_two_at_once_and_steps_out_of_turn(sessions, item_id):
    made = sessions.make(item_id, "ada", AGREED)
    with pytest.raises(ConflictError, match="open with this agent"):
        sessions.make(item_id, "bea", AGREED)
    with pytest.raises(ConflictError, match="planned"):
        sessions.take(made.id, S.DONE, "ada", "x", 1)
    sessions.take(made.id, S.HELD, "ada", "", 1)
    with pytest.raises(ConflictError, match="changed"):
        sessions.take(made.id, S.DONE, "bea", "x", 1)
    with pytest.raises(InputError, match="isn't yours"):
        sessions.take(made.id, S.DONE, "anna", "x", 2, is_agent=True)
    with pytest.raises(InputError, match="nothing was written"):
        sessions.take(made.id, S.COMMENTED, "ada", "  ", 2)
    with pytest.raises(InputError, match="more than"):
        sessions.take(made.id, S.COMMENTED, "ada", "x" * 2001, 2)


@pytest.mark.parametrize(
    ("agreed", "code"),
    [
        (replace(AGREED, goal=" "), "coaching.no_goal"), (replace(AGREED, goal="x" * 2001), "coaching.too_long"),
        (replace(AGREED, due=date(2026, 11, 22)), "coaching.bad_date"),
        (replace(AGREED, due=date(9999, 1, 1)), "coaching.bad_date"),
        (replace(AGREED, target=1.5), "coaching.bad_target"),
        (replace(AGREED, target=float("nan")), "coaching.bad_target"),
    ],
)  # fmt: skip
def test_what_cant_be_agreed(sessions, item_id, agreed, code):
    with pytest.raises(InputError) as raised:
        sessions.make(item_id, "ada", agreed)
    assert raised.value.code == code
    assert sessions.page().items == ()


def test_another_teams_session_is_unknown(sessions, item_id):
    made = sessions.make(item_id, "ada", AGREED)
    other, own = sessions.seen_by(Scope(teams=frozenset({"Auto"}))), sessions.seen_by(Scope(agents=frozenset({"A1"})))
    assert (other.page().items, [view.session.id for view in own.page().items]) == ((), [made.id])
    for ask in (lambda: other.get(made.id), lambda: other.item(item_id), lambda: other.clip_of(made.id, 0),
                lambda: other.take(made.id, S.HELD, "x", "", 1), lambda: own.clip_of(made.id, 1)):  # fmt: skip
        with pytest.raises(NotFoundError):
            ask()
    assert own.clip_of(made.id, 0) == made.clips[0]


def test_a_cancelled_session_plays_nothing(sessions, item_id):
    made = sessions.make(item_id, "ada", AGREED)
    sessions.take(made.id, S.CANCELLED, "ada", "", 1)
    with pytest.raises(NotFoundError):
        sessions.clip_of(made.id, 0)
    assert sessions.make(item_id, "ada", AGREED).state is SessionState.PLANNED


def test_what_is_open_or_put_aside_isnt_new(database, sessions, coaching, clock, item_id):
    made = sessions.make(item_id, "ada", AGREED)
    assert [row.session_id for row in coaching.read(today=NOW.date())] == [made.id]
    sessions.take(made.id, S.CANCELLED, "ada", "", 1)
    sessions.put_aside(item_id, "ada", "later", date(2026, 11, 30))
    assert coaching.read(today=NOW.date()) == ()
    assert [row.item.id for row in coaching.read(today=date(2026, 11, 30))] == [item_id]
    with pytest.raises(InputError):
        sessions.put_aside(item_id, "ada", "nonsense", date(2026, 11, 30))
    with pytest.raises(InputError):
        sessions.put_aside(item_id, "ada", "later", NOW.date())


def test_filters(sessions, clock, item_id):
    sessions.make(item_id, "ada", AGREED)
    asked = ("planned",), ("overdue",), ("", "bea")
    assert [sessions.page(*each).total for each in asked] == [1, 0, 0]
    clock.now += timedelta(days=30)
    assert [view.is_overdue for view in sessions.page("overdue", "ada").items] == [True]
    with pytest.raises(InputError, match=r"coaching\.bad_state"):
        sessions.page("lost")


def test_an_erased_contacts_words_go(database, sessions, item_id):
    made = sessions.make(item_id, "ada", AGREED)
    contact_id = made.clips[0].contact_id
    with database.unit_of_work() as unit:
        evaluations = tuple(e.id for e in unit.evaluations.of_contact(contact_id))
        subject = Subject(ErasureKind.CONTACT, contacts=(contact_id,), evaluations=evaluations)
        unit.eraser.strip(subject, iter(f"n{i}" for i in range(9)).__next__)
    left = sessions.get(made.id).session
    assert (left.clips[0].quote, left.goal, left.agent) == ("", "", made.agent)
    assert contact_id not in left.clips[0].contact_id


OTHERS = (("A1", "Casa", "s1"), ("A2", "Casa", "s2"), ("A3", "Partner", "s1"))
STATES = (SessionState.PLANNED, SessionState.HELD, SessionState.DONE, SessionState.CANCELLED)


@pytest.fixture
def kept(database, sessions, item_id):
    """Sessions of three agents in every state, some of one day."""
    first = sessions.make(item_id, "ada", AGREED)
    found = []
    with database.unit_of_work() as unit:
        for n in range(24):
            agent_id, team, place = OTHERS[n % 3]
            agent = Agent(agent_id, agent_id, team, site=place)
            one = replace(
                first, id=f"cs-{n:02}", agent=agent, state=STATES[n % 4], due=NOW.date() + timedelta(days=n % 5 - 2),
                supervisor=("ada", "ugo")[n % 2], held_at=NOW if STATES[n % 4] is SessionState.HELD else None,
            )  # fmt: skip
            unit.coaching_sessions.save(one, 0)
            found.append(one)
    return [first, *found]


def in_order(sessions):
    day = {one.id: one.due.toordinal() for one in sessions}
    return sorted(sessions, key=lambda one: (not one.is_open, day[one.id] if one.is_open else -day[one.id], one.id))


@pytest.mark.parametrize(("asked", "fits"), [
    ({}, lambda one: True),
    ({"state": "held"}, lambda one: one.state is SessionState.HELD),
    ({"state": "overdue"}, lambda one: one.is_overdue(NOW.date())),
    ({"supervisor": "ugo"}, lambda one: one.supervisor == "ugo"),
    ({"state": "cancelled", "supervisor": "ugo"},
     lambda one: one.state is SessionState.CANCELLED and one.supervisor == "ugo"),
])  # fmt: skip
@pytest.mark.parametrize("scope", [
    Scope(), Scope(teams=frozenset({"Casa"})), Scope(sites=frozenset({"s1"})), Scope(agents=frozenset({"A2"})),
])  # fmt: skip
def test_a_list_of_sessions_pages_through_what_fits(kept, sessions, asked, fits, scope):
    expected = [one.id for one in in_order(kept) if fits(one) and scope.allows_agent(one.agent)]
    seen, cursor = [], ""
    own = sessions.seen_by(scope)
    while True:
        page = own.page(**asked, cursor=cursor, size=5)
        assert page.total == len(expected)
        seen += [view.session.id for view in page.items]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == expected == [view.session.id for view in own.page(**asked).items]
    with pytest.raises(NotFoundError, match=r"page\.bad_cursor"):
        own.page(**asked, cursor="cs-404", size=5)


def test_the_list_tells_whether_the_next_contacts_changed(database, clock, sessions, item_id):
    made = sessions.make(item_id, "ada", AGREED)
    assert sessions.page().items[0].change is None
    sessions.take(made.id, S.HELD, "ada", "", 1)
    clock.now += timedelta(days=3)
    for n in range(20):
        talk(database, f"D-{n}", ANNA, NOW + timedelta(days=1, minutes=n), met=True)
    assert sessions.page().items[0].change.own[1].n == 0, "as of the day when it was held"
    assert sessions.watch() == 1
    (view,) = sessions.page().items
    assert view == sessions.get(made.id)
    assert (view.change.verdict, view.change.own[1].n) == (Verdict.BETTER, 20)
    header, line = sessions_csv([view]).splitlines()
    told = dict(zip(header.split(","), line.split(","), strict=True))
    names = ("state", "verdict", "agent_after", "agent_after_n", "team_after_n")
    assert [told[name] for name in names] == ["held", "better", "1.0", "20", "0"]
