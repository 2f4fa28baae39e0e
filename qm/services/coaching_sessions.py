"""Use cases of coaching sessions: planned from an item, held, answered by the agent, closed; and what changed since."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from qm.analysis.measure_change import Change, Counted, measure_change
from qm.documents import dump, load
from qm.domain.coaching import CoachingItem
from qm.domain.coaching_session import (
    LONGEST_TEXT,
    MOST_COMMENTS,
    OPEN_STATES,
    CoachingSession,
    SessionClip,
    SessionState,
    SessionStep,
    StepKind,
)
from qm.domain.contact import Agent
from qm.domain.figures import Count
from qm.domain.form import Form
from qm.domain.people import WHOLE, Scope
from qm.domain.text import Text
from qm.errors import ConflictError, InputError, NotFoundError
from qm.ports import Unit, UnitOfWork
from qm.ports.coaching_sessions import PutAside, SessionQuery
from qm.services.audit_notes import note_coaching
from qm.services.coaching import still_missed
from qm.services.coaching_clips import chosen_clips, offered_clips

BEFORE = timedelta(days=28)
"""How long before the picking the "before" begins."""
OVERDUE = "overdue"
WATCHED = timedelta(days=90)
"""How long after a session was held the list goes on telling what changed."""
LONGEST_ASIDE = timedelta(days=366)
ASIDE_REASONS = ("solved", "unfair", "later", "other")
"""Why an item may be put aside."""
AFTER: Mapping[StepKind, tuple[tuple[SessionState, ...], SessionState | None]] = {
    StepKind.HELD: ((SessionState.PLANNED,), SessionState.HELD),
    StepKind.COMMENTED: ((*OPEN_STATES, SessionState.DONE), None),
    StepKind.ANSWERED: ((SessionState.HELD,), None),
    StepKind.DONE: ((SessionState.HELD,), SessionState.DONE),
    StepKind.CANCELLED: ((SessionState.PLANNED,), SessionState.CANCELLED),
}
"""In which states a step may be taken, and the state that it leads to."""
AGENTS_STEPS = (StepKind.COMMENTED, StepKind.ANSWERED)


@dataclass(frozen=True)
class Agreed:
    """What is agreed in a session; all but the goal may follow later."""

    goal: str
    due: date
    target: float | None = None
    commitment: str = ""


@dataclass(frozen=True)
class SessionView:
    """A session with the names that people know things by.

    Attributes:
        change: before and after; `None` until it's held.
    """

    session: CoachingSession
    title: Text
    form_title: Text
    is_overdue: bool
    change: Change | None = None


@dataclass(frozen=True)
class SessionPage:
    """A page of sessions.

    Attributes:
        total: sessions that pass the filter.
    """

    items: tuple[SessionView, ...]
    total: int
    next_cursor: str


class CoachingSessionService:
    """Coaching sessions.

    Args:
        token: draws random text for ids.
        least: contacts below which no value is shown.
        scope: whose sessions are seen: an agent's own, a supervisor's teams.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, forms: Mapping[str, Form], now: Callable[[], datetime],
        token: Callable[[int], str], least: int, scope: Scope = WHOLE,
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._forms = forms
        self._now = now
        self._token = token
        self._least = least
        self._scope = scope

    def seen_by(self, scope: Scope) -> "CoachingSessionService":
        """The same for somebody who sees that scope."""
        return CoachingSessionService(
            self._unit_of_work, self._reading, self._forms, self._now, self._token, self._least, scope
        )

    def page(self, state: str = "", supervisor: str = "", cursor: str = "", size: int | None = None) -> SessionPage:
        """Sessions within the scope: open ones by date, then the others, the newest first.

        What changed is told as it was when it was last reckoned (`watch`): that costs too much for a list.

        Args:
            state: or `overdue`; empty: all.
            supervisor: login of who made them; empty: anybody.
            cursor: `next_cursor` of the page before.
            size: sessions a page; all of them where it isn't given.

        Raises:
            InputError: no such state.
            NotFoundError: the cursor names no session of this list.
        """
        late = state == OVERDUE
        if state and not late and state not in list(SessionState):
            message = f"'{state[:60]}' is no state of a session"
            raise InputError("coaching.bad_state", message, "planned, held, done, cancelled or overdue")
        named = SessionState(state) if state and not late else None
        wanted = SessionQuery(self._now().date(), named, late, supervisor, self._scope)
        with self._reading() as unit:
            found = unit.coaching_sessions.page(wanted, cursor, size)
        kept = {name: load(Change, text) for name, text in found.changes.items() if text}
        items = tuple(self._named(session, kept.get(session.id)) for session in found.sessions)
        return SessionPage(items, found.total, items[-1].session.id if found.is_more else "")

    def get(self, session_id: str) -> SessionView:
        """One session, with what changed since it was held.

        Raises:
            NotFoundError: no such session within the scope.
        """
        with self._reading() as unit:
            session = self._within(unit, session_id)
            return self._named(session, self._change(unit, session))

    def watch(self) -> int:
        """Reckon anew what changed since the sessions that were held lately, for their list; how many these are."""
        since = self._now() - WATCHED
        with self._reading() as unit:
            held = unit.coaching_sessions.some(states=(SessionState.HELD.value, SessionState.DONE.value))
            watched = [session for session in held if session.held_at and session.held_at >= since]
            changes = {session.id: dump(self._change(unit, session)) for session in watched}
        if changes:
            with self._unit_of_work() as unit:
                for session_id, change in changes.items():
                    unit.coaching_sessions.keep_change(session_id, change)
        return len(changes)

    def clip_of(self, session_id: str, place: int) -> SessionClip:
        """A clip of a session that isn't cancelled.

        Raises:
            NotFoundError: no such session within the scope, or no such clip in it.
        """
        with self._reading() as unit:
            session = self._within(unit, session_id)
        if session.state is SessionState.CANCELLED or not 0 <= place < len(session.clips):
            raise NotFoundError("coaching.no_clip", "no such clip", "load the page again")
        return session.clips[place]

    def item(self, item_id: str) -> CoachingItem:
        """A coaching item of the list within the scope.

        Raises:
            NotFoundError: there is none (any more).
        """
        with self._reading() as unit:
            return self._item(unit, item_id)[0]

    def offered(self, item_id: str) -> tuple[SessionClip, ...]:
        """What may be listened to about an item: its own clip, then others of the agent that missed the same.

        Raises:
            NotFoundError: no such item within the scope.
        """
        with self._reading() as unit:
            return offered_clips(unit, *self._item(unit, item_id), self._scope)

    def make(self, item_id: str, supervisor: str, agreed: Agreed, also: Collection[str] = ()) -> CoachingSession:
        """Plan a session about an item.

        Args:
            also: other contacts to listen to, of those that are offered.

        Raises:
            NotFoundError: no such item within the scope, or no such clip.
            InputError: a text is missing or too long, a date or share can't be.
            ConflictError: a session about the same criterion with the same agent is open.
        """
        now = self._now()
        _check(agreed, now)
        with self._unit_of_work() as unit:
            unit.lock("coaching")
            item, agent = self._item(unit, item_id)
            for other in unit.coaching_sessions.some(agent_id=agent.id, states=[s.value for s in OPEN_STATES]):
                if (other.form_id, other.criterion_id) == (item.form_id, item.criterion_id):
                    message = "a session about this criterion is open with this agent"
                    raise ConflictError("coaching.open_already", message, "go on with that one, or close it")
            clips = chosen_clips(offered_clips(unit, item, agent, self._scope), also)
            session = CoachingSession(
                "cs-" + self._token(12), agent, supervisor, item.form_id, item.criterion_id, item.id, clips,
                agreed.goal.strip(), agreed.due, now, agreed.target, agreed.commitment.strip(),
                history=(SessionStep(now, supervisor, StepKind.MADE),),
            )  # fmt: skip
            unit.coaching_sessions.save(session, 0)
            note_coaching(unit, session, supervisor)
            return session

    def take(
        self, session_id: str, kind: StepKind, by: str, text: str, seen: int, *, is_agent: bool = False
    ) -> CoachingSession:
        """Take a step: hold, comment, close, cancel; the agent comments and answers.

        Args:
            text: a comment, the outcome of closing; when held, what the agent commits to (if it wasn't told yet).
            seen: the version that it was decided on.

        Raises:
            NotFoundError: no such session within the scope.
            InputError: a text is missing or too long.
            ConflictError: somebody changed it since, or its state doesn't allow that step.
        """
        with self._unit_of_work() as unit:
            session = self._within(unit, session_id)
            if session.version != seen:
                message = "somebody else changed this session since"
                raise ConflictError("coaching.changed", message, "load the page again, then repeat what is still right")
            after = _stepped(session, kind, SessionStep(self._now(), by, kind, text.strip()), is_agent=is_agent)
            unit.coaching_sessions.save(after, session.version)
            if kind in (StepKind.HELD, StepKind.DONE):
                unit.coaching_sessions.keep_change(after.id, dump(self._change(unit, after)))
            note_coaching(unit, after, by)
            return after

    def put_aside(self, item_id: str, by: str, reason: str, until: date) -> None:
        """Don't show an item until a day.

        Raises:
            NotFoundError: no such item within the scope.
            InputError: no such reason, or the day is past or more than a year away.
        """
        now = self._now()
        if reason not in ASIDE_REASONS:
            raise InputError("coaching.bad_reason", f"'{reason[:60]}' is no reason", ", ".join(ASIDE_REASONS))
        if not now.date() < until <= (now + LONGEST_ASIDE).date():
            raise InputError("coaching.bad_date", "a day that is past or too far away", "within the next year")
        with self._unit_of_work() as unit:
            item, agent = self._item(unit, item_id)
            unit.coaching_sessions.put_aside(PutAside(item.id, agent.id, reason, until, by, now))
            after = {"reason": reason, "until": until.isoformat()}
            unit.audit.note("coaching.put_aside", "coaching", item.id, after=after, actor=by)

    def _item(self, unit: Unit, item_id: str) -> tuple[CoachingItem, Agent]:
        named = [item for item in unit.coaching.every() if item.id == item_id]
        for item in still_missed(unit, named):
            contacts = unit.contacts.some({item.contact_id}, self._scope)
            if item.contact_id in contacts:
                return item, contacts[item.contact_id].agent
        raise NotFoundError("coaching.unknown_item", "no such coaching item", "the list was made anew: open it again")

    def _within(self, unit: Unit, session_id: str) -> CoachingSession:
        session = unit.coaching_sessions.get(session_id)
        if session is None or not self._scope.allows_agent(session.agent):
            raise NotFoundError("coaching.unknown", "no such coaching session", "the list of sessions names them")
        return session

    def _change(self, unit: Unit, session: CoachingSession) -> Change | None:
        form, counted = self._forms.get(session.form_id), self._counted(unit, session)
        return measure_change(counted, len(form.criteria) if form else 1, self._least) if counted else None

    def _named(self, session: CoachingSession, change: Change | None) -> SessionView:
        form = self._forms.get(session.form_id)
        known = {criterion.id: criterion.title for criterion in form.criteria} if form else {}
        title = known.get(session.criterion_id, Text(session.criterion_id, session.criterion_id))
        form_title = form.title if form else Text(session.form_id, session.form_id)
        return SessionView(session, title, form_title, session.is_overdue(self._now().date()), change)

    def _counted(self, unit: Unit, session: CoachingSession) -> Counted | None:
        if session.held_at is None:
            return None
        others = session.agent.team, session.agent.id
        spans = (
            (session.picked_at - BEFORE, session.picked_at), (session.picked_at, session.held_at),
            (session.held_at, self._now()),
        )  # fmt: skip
        met, what = unit.coaching_sessions.met, (session.form_id, session.criterion_id)
        mine = [met(*what, *span, agent_id=session.agent.id) for span in spans]
        team = [met(*what, *span, others_of=others) if session.agent.team else Count(0, 0) for span in spans]
        return Counted(*mine, *team)


def _check(agreed: Agreed, now: datetime) -> None:
    if not agreed.goal.strip():
        raise InputError("coaching.no_goal", "a session without a goal", "a few words: what is to be different")
    if max(len(agreed.goal), len(agreed.commitment)) > LONGEST_TEXT:
        raise InputError("coaching.too_long", f"a text of more than {LONGEST_TEXT} characters", "shorten it")
    if not now.date() <= agreed.due <= (now + LONGEST_ASIDE).date():
        raise InputError("coaching.bad_date", "a day that is past or too far away", "within the next year")
    if agreed.target is not None and not 0 < agreed.target <= 1:
        raise InputError("coaching.bad_target", "the target isn't a share", "between 1 and 100 %")


def _stepped(session: CoachingSession, kind: StepKind, step: SessionStep, *, is_agent: bool) -> CoachingSession:
    if kind not in AFTER or (is_agent and kind not in AGENTS_STEPS) or (not is_agent and kind is StepKind.ANSWERED):
        raise InputError("coaching.bad_step", f"'{kind.value}' isn't yours to do here", "see what the page offers")
    states, state = AFTER[kind]
    if session.state not in states or (kind is StepKind.ANSWERED and session.answered_at):
        message = f"the session is {session.state.value}: this can't be done any more, or not yet"
        raise ConflictError("coaching.bad_state_now", message, "load the page again")
    if len(step.text) > LONGEST_TEXT or len(session.history) >= MOST_COMMENTS:
        message = f"a text of more than {LONGEST_TEXT} characters, or too many entries"
        raise InputError("coaching.too_long", message, "shorten it")
    if not step.text and kind in (StepKind.COMMENTED, StepKind.DONE):
        raise InputError("coaching.no_text", "nothing was written", "a few words")
    return replace(
        session, state=state or session.state, history=(*session.history, step), version=session.version + 1,
        held_at=step.at if kind is StepKind.HELD else session.held_at,
        answered_at=step.at if kind is StepKind.ANSWERED else session.answered_at,
        commitment=step.text or session.commitment if kind is StepKind.HELD else session.commitment,
        outcome=step.text if kind is StepKind.DONE else session.outcome,
    )  # fmt: skip
