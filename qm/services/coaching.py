"""The coaching list, read by supervisor."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from qm.domain.coaching import CoachingItem
from qm.domain.coaching_session import CoachingSession, SessionState
from qm.domain.contact import Contact
from qm.domain.evaluation import Answer
from qm.domain.form import Form
from qm.domain.people import WHOLE, Scope
from qm.errors import NotFoundError
from qm.ports import Unit, UnitOfWork
from qm.services.views import CoachingPage, CoachingRow


class CoachingService:
    """Reads the list.

    Args:
        scope: whose items are read.
    """

    def __init__(self, reading: UnitOfWork, forms: Mapping[str, Form], scope: Scope = WHOLE) -> None:
        self._reading = reading
        self._forms = forms
        self._scope = scope

    def seen_by(self, scope: Scope) -> "CoachingService":
        """The same for somebody who sees that scope."""
        return CoachingService(self._reading, self._forms, scope)

    def read(self, supervisor: str = "", agent_id: str = "", today: date | None = None) -> tuple[CoachingRow, ...]:
        """The list, the most important items of each agent first.

        Args:
            supervisor: name of a supervisor or, where the site gives none, of a team, in any case.
            today: what is put aside until later isn't shown; `None`: all is.

        Raises:
            NotFoundError: nobody of that name leads anybody; the hint names who does.
        """
        with self._reading() as unit:
            aside = unit.coaching_sessions.aside(today) if today else {}
            listed = [i for i in unit.coaching.every() if agent_id in ("", i.agent_id) and i.id not in aside]
            items = still_missed(unit, listed)
            talks = _latest(unit.coaching_sessions.some(agent_id=agent_id))
            contacts = unit.contacts.some({item.contact_id for item in items}, self._scope)
            shown = (item for item in items if item.contact_id in contacts and self._is_asked(item))
            rows = [self._row(item, contacts[item.contact_id], talks) for item in shown]
            if supervisor:
                rows = [row for row in rows if row.supervisor.casefold() == supervisor.casefold()]
                if not rows:
                    self._require_leader(unit, supervisor)
        rows.sort(key=lambda row: (row.supervisor, row.agent_name, row.item.rank))
        return tuple(rows)

    def page(
        self, supervisor: str = "", agent_id: str = "", today: date | None = None, cursor: str = "", size: int = 50
    ) -> CoachingPage:
        """Part of the same list, in its order; by supervisors, then agents.

        Args:
            cursor: `next_cursor` of the page before.

        Raises:
            NotFoundError: as above, or the cursor names no item of this list (any more).
        """
        rows = self.read(supervisor, agent_id, today)
        places = {row.item.id: place for place, row in enumerate(rows)}
        if cursor and cursor not in places:
            hint = "the list was made anew: start without a cursor"
            raise NotFoundError("page.bad_cursor", f"'{cursor[:60]}' is no item of this list", hint)
        start = places[cursor] + 1 if cursor else 0
        items = rows[start : start + size]
        return CoachingPage(items, len(rows), items[-1].item.id if start + size < len(rows) else "")

    def _require_leader(self, unit: Unit, supervisor: str) -> None:
        """Whoever leads somebody may have an empty list; looked for only then, since it's among all contacts."""
        known = unit.contacts.leaders(self._scope)
        if supervisor.casefold() not in {name.casefold() for name in known}:
            message = f"nobody called '{supervisor}' leads a team here"
            raise NotFoundError("supervisor.unknown", message, "known: " + ", ".join(sorted(known)))

    def _is_asked(self, item: CoachingItem) -> bool:
        """Whether the form is in force and still has the criterion; the list may be from before it changed."""
        form = self._forms.get(item.form_id)
        return form is not None and item.criterion_id in form.by_id

    def _row(
        self, item: CoachingItem, contact: Contact, talks: Mapping[tuple[str, str, str], CoachingSession]
    ) -> CoachingRow:
        talk = talks.get((item.agent_id, item.form_id, item.criterion_id))
        form = self._forms[item.form_id]
        criterion = form.criterion(item.criterion_id)
        return CoachingRow(
            item=item, agent_name=contact.agent.name, team=contact.agent.team, supervisor=leader(contact),
            title=criterion.title, action=criterion.action, form_title=form.title,
            contact_started_at=contact.started_at, process=contact.process, medium=contact.medium.value,
            session_id=talk.id if talk and talk.is_open else "", last_held_at=talk.held_at if talk else None,
        )  # fmt: skip


def still_missed(unit: Unit, items: Sequence[CoachingItem]) -> tuple[CoachingItem, ...]:
    """Without the items that a review or a ruling has answered otherwise since the list was made."""
    people = unit.evaluations.counted([item.evaluation_id for item in items])
    missed = Answer.NOT_MET.value
    return tuple(i for i in items if people.get(i.evaluation_id, {}).get(i.criterion_id, missed) == missed)


def leader(contact: Contact) -> str:
    """Who leads the agent: the site's `supervisor` column, else the team's name."""
    return contact.agent.supervisor or contact.agent.team


def _latest(sessions: Iterable[CoachingSession]) -> dict[tuple[str, str, str], CoachingSession]:
    """By agent, form and criterion: the open session, else the one that was held last."""
    kept = [session for session in sessions if session.state is not SessionState.CANCELLED]
    kept.sort(key=lambda session: (session.is_open, session.held_at or session.picked_at))
    return {(session.agent.id, session.form_id, session.criterion_id): session for session in kept}
