"""Searches that people keep, and what they find among contacts newly worked on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from qm.domain.people import RIGHTS, PersonState, Right, Scope
from qm.domain.search import LONGEST_NAME, MOST_SAVED, SavedSearch, SearchFilter
from qm.errors import ConflictError, InputError, NotFoundError
from qm.ports import Unit, UnitOfWork
from qm.services.search import SearchService

MOST_NOTED = 200
"""Contacts noted for one search after one run."""


@dataclass(frozen=True)
class KeptSearch:
    """A search with how many of its contacts haven't been read."""

    search: SavedSearch
    unread: int


class SavedSearchService:
    """Use cases of kept searches.

    Args:
        finder: over the whole site; narrowed to each owner's scope.
        token: random hexadecimal digits for so many bytes.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, finder: SearchService, now: Callable[[], datetime],
        token: Callable[[int], str],
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._finder = finder
        self._now = now
        self._token = token

    def of(self, owner: str) -> tuple[KeptSearch, ...]:
        """A person's searches by name."""
        with self._reading() as unit:
            unread = unit.search.unread(owner)
            return tuple(KeptSearch(one, unread.get(one.id, 0)) for one in unit.search.saved(owner))

    def keep(self, owner: str, name: str, text: str, filters: SearchFilter, *, alerts: bool) -> SavedSearch:
        """Keep a search under a name; of the same name it takes the place of the one before.

        Raises:
            InputError: no name, one that is too long, or a query that can't be read.
            ConflictError: the person keeps too many.
        """
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME:
            raise InputError("search.name", f"a name of 1 to {LONGEST_NAME} characters is needed", "a few words")
        self._finder.check(text, filters)
        with self._unit_of_work() as unit:
            own = unit.search.saved(owner)
            same = next((one for one in own if one.name == name), None)
            if same is None and len(own) >= MOST_SAVED:
                raise ConflictError("search.too_many", f"you keep {MOST_SAVED} searches", "delete one first")
            kept = SavedSearch(
                same.id if same else "s-" + self._token(8), owner, name, text, filters, alerts,
                self._now().timestamp(),
            )  # fmt: skip
            if same:
                unit.search.forget(same.id, owner)
            unit.search.save(kept)
            unit.audit.note("search.kept", "search", kept.id, actor=owner)
        return kept

    def forget(self, owner: str, search_id: str) -> None:
        """Delete a search with its alerts.

        Raises:
            NotFoundError: that person keeps none of that id.
        """
        with self._unit_of_work() as unit:
            if not unit.search.forget(search_id, owner):
                raise _unknown(search_id)
            unit.audit.note("search.dropped", "search", search_id, actor=owner)

    def found(self, owner: str, search_id: str) -> tuple[SavedSearch, tuple[tuple[str, bool], ...]]:
        """A person's search and its contacts, the last noted first; from now on they count as read.

        Raises:
            NotFoundError: that person keeps none of that id.
        """
        with self._unit_of_work() as unit:
            search = _one(unit.search.saved(owner), search_id)
            contacts = unit.search.alerts(search_id, MOST_NOTED)
            unit.search.read(search_id)
        return search, contacts

    def look(self) -> int:
        """Run every search with alerts over the entries made since it was last run; returns how many contacts are new.

        Each is run with what its owner may see now; who has left, or may search no more, is told nothing.
        """
        with self._reading() as unit:
            wanted = [one for one in unit.search.saved() if one.alerts]
            scopes = _scopes(unit, {one.owner for one in wanted})
        new = 0
        for one in wanted:
            scope = scopes.get(one.owner)
            if scope is None:
                continue
            at_s = self._now().timestamp()
            try:
                found = self._finder.seen_by(scope).new_ones(one.text, one.filters, one.since_s, MOST_NOTED, one.owner)
            except InputError:  # a form or criterion that is no more; the page says so when it's opened
                continue
            with self._unit_of_work() as unit:
                if one in unit.search.saved(one.owner):
                    new += unit.search.alert(one.id, found, at_s)
                    unit.search.save(replace(one, since_s=at_s))
        return new


def _one(searches: Sequence[SavedSearch], search_id: str) -> SavedSearch:
    for one in searches:
        if one.id == search_id:
            return one
    raise _unknown(search_id)


def _unknown(search_id: str) -> NotFoundError:
    return NotFoundError("search.unknown", f"you keep no search '{search_id[:40]}'", "/search lists yours")


def _scopes(unit: Unit, logins: set[str]) -> Mapping[str, Scope]:
    """What those of them may see who may search."""
    people = (unit.people.by_login(login) for login in sorted(logins))
    return {
        person.login: person.sees
        for person in people
        if person is not None and person.state is not PersonState.LEFT and Right.SEARCH_USE in RIGHTS[person.role]
    }
