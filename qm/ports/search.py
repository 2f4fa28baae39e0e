"""What looking for words in conversations asks of the store."""

from collections.abc import Collection, Sequence
from typing import Protocol

from qm.domain.people import Scope
from qm.domain.search import Candidate, Entry, KeySpan, SavedSearch, SearchFilter, Wanted


class SearchStore(Protocol):
    """The index over conversations, and searches that people keep. Both databases find the same, in the same order."""

    def lacking(self, version: int, most: int, after: str = "") -> tuple[tuple[str, str], ...]:
        """Done contacts whose entry is missing, or was made from something else: id and fingerprint, so many by id.

        Args:
            after: only those whose id follows this one.
        """
        ...

    def put(self, entries: Sequence[Entry], version: int, at_s: float) -> None:
        """Insert entries, or put them in the place of those of the same contacts."""
        ...

    def drop(self, contact_ids: Collection[str]) -> int:
        """Take entries away; returns how many."""
        ...

    def size(self) -> int:
        """Conversations that can be found."""
        ...

    def candidates(
        self, wanted: Wanted, filters: SearchFilter, scope: Scope, keys: KeySpan, most: int, made_since_s: float = 0.0
    ) -> tuple[Candidate, ...]:
        """Done contacts that hold what is wanted and fit the filters, the latest first, so many.

        Days, parties and seconds of the filter are for whoever reads the candidates.

        Args:
            made_since_s: only entries made after this moment.
        """
        ...

    def save(self, search: SavedSearch) -> None:
        """Insert a search, or put it in the place of the one of its id."""
        ...

    def saved(self, owner: str = "") -> tuple[SavedSearch, ...]:
        """Searches by name, of one person or of all."""
        ...

    def forget(self, search_id: str, owner: str) -> bool:
        """Take a search and its alerts away; false where that person has none of that id."""
        ...

    def alert(self, search_id: str, contact_ids: Sequence[str], at_s: float) -> int:
        """Note contacts in which a search found something; returns how many weren't noted yet."""
        ...

    def alerts(self, search_id: str, most: int) -> tuple[tuple[str, bool], ...]:
        """Contacts of a search, the last noted first, and whether each has been read."""
        ...

    def unread(self, owner: str) -> dict[str, int]:
        """Contacts that haven't been read, by search of a person."""
        ...

    def read(self, search_id: str) -> None:
        """Note that the owner has read everything of a search."""
        ...
