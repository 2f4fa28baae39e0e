"""What reviews ask of the store."""

from typing import Protocol

from qm.domain.review import Review


class ReviewStore(Protocol):
    """Reviews, each written only over the version that its writer saw."""

    def save(self, review: Review, seen: int) -> None:
        """Insert a review, or put it in the place of version `seen` (0: it's new).

        Raises:
            ConflictError: there is another version by now; nothing was written.
        """
        ...

    def of_contact(self, contact_id: str, form_id: str = "") -> tuple[Review, ...]:
        """A contact's reviews, on one form or on all, by id."""
        ...

    def drop(self, review_id: str) -> None:
        """Take one away; harmless when repeated."""
        ...
