"""Reviews in their table."""

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from qm.documents import dump, load
from qm.domain.review import Review
from qm.errors import ConflictError
from qm.storage import tables
from qm.storage.sql_store import SqlStore


class SqlReviewStore(SqlStore):
    """Reviews by contact."""

    def save(self, review: Review, seen: int) -> None:
        """Insert, or replace version `seen`; `ConflictError` where another one stands."""
        table = tables.reviews
        values = {
            "contact_id": review.contact_id, "form_id": review.form_id, "reviewer": review.reviewer,
            "state": review.state.value, "changed_s": review.changed_at.timestamp(), "version": review.version,
            "document": dump(review),
        }  # fmt: skip
        if seen == 0:
            try:
                with self._connection.begin_nested():
                    self._connection.execute(insert(table).values(id=review.id, **values))
            except IntegrityError:  # the same person, in another window, a moment ago
                raise _changed() from None
            return
        where = (table.c.id == review.id, table.c.version == seen)
        if not self._connection.execute(update(table).where(*where).values(**values)).rowcount:
            raise _changed()

    def of_contact(self, contact_id: str, form_id: str = "") -> tuple[Review, ...]:
        """A contact's reviews, on one form or on all, by id."""
        table = tables.reviews
        where = [table.c.contact_id == contact_id, *([table.c.form_id == form_id] if form_id else [])]
        documents = self._connection.execute(select(table.c.document).where(*where).order_by(table.c.id)).scalars()
        return tuple(load(Review, document) for document in documents)

    def drop(self, review_id: str) -> None:
        """Take one away; harmless when repeated."""
        self._connection.execute(delete(tables.reviews).where(tables.reviews.c.id == review_id))


def _changed() -> ConflictError:
    message = "this review was changed in another window since"
    return ConflictError("review.changed", message, "load the page again, then repeat what is still right")
