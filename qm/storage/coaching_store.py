"""The coaching list, and what it's picked from: answers as letters, agent by agent."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, delete, func, select

from qm.documents import dump, load
from qm.domain.coaching import CoachingItem, Told
from qm.domain.contact import Kind
from qm.domain.evaluation import Answer
from qm.domain.run import ItemState
from qm.storage import tables
from qm.storage.facts import LETTERS
from qm.storage.sql_store import SqlStore

MET, NOT_MET = LETTERS[Answer.MET], LETTERS[Answer.NOT_MET]


class SqlCoachingStore(SqlStore):
    """The coaching list."""

    def replace(self, items: Sequence[CoachingItem], agent_ids: Collection[str] | None = None) -> None:
        """Put these in the place of the whole list, or of these agents' part of it."""
        table = tables.coaching_items
        statement = delete(table)
        if agent_ids is not None:
            statement = statement.where(self._among(table.c.agent_id, sorted(agent_ids)))
        self._connection.execute(statement)
        rows = [{"id": item.id, "agent_id": item.agent_id, "rank": item.rank, "document": dump(item)} for item in items]
        self._put_all(table, rows)

    def every(self) -> tuple[CoachingItem, ...]:
        """All items by agent and rank."""
        table = tables.coaching_items
        rows = self._connection.execute(select(table.c.document).order_by(table.c.agent_id, table.c.rank))
        return tuple(load(CoachingItem, row.document) for row in rows)

    def newest(self) -> Mapping[str, float]:
        """When the newest done contact that counts for each agent began, seconds since 1970."""
        facts, items = tables.contact_facts, tables.items
        source = facts.join(items, items.c.contact_id == facts.c.contact_id)
        statement = select(facts.c.agent_id, func.max(facts.c.started_s)).select_from(source).where(*_counts())
        rows = self._connection.execute(statement.group_by(facts.c.agent_id))
        return {row[0]: row[1] for row in rows}

    def told(self, agent_id: str, after_s: float, form_ids: Collection[str]) -> Iterator[Told]:
        """What is told of the agent's contacts that began later and count, by contact and form."""
        facts, items, table, lists = tables.contact_facts, tables.items, tables.evaluations, tables.criterion_lists
        statement = (
            select(table.c.id, table.c.contact_id, table.c.form_id, facts.c.started_s, lists.c.criteria, table.c.codes)
            .join(facts, facts.c.contact_id == table.c.contact_id)
            .join(items, items.c.contact_id == table.c.contact_id)
            .join(lists, lists.c.id == table.c.criteria)
            .where(facts.c.agent_id == agent_id, facts.c.started_s > after_s, *_counts())
            .where(self._among(table.c.form_id, sorted(form_ids)))
            .order_by(table.c.contact_id, table.c.form_id)
        )
        for evaluation_id, contact_id, form_id, started_s, criteria, codes in self._connection.execute(statement):
            started_at = datetime.fromtimestamp(started_s, UTC)
            yield Told(evaluation_id, contact_id, form_id, started_at, *_answered(criteria, codes))


def _counts() -> tuple[ColumnElement[bool], ...]:
    """Done, and neither a test nor a mystery contact."""
    return tables.items.c.state == ItemState.DONE.value, tables.contact_facts.c.kind == Kind.CUSTOMER.value


@lru_cache(maxsize=4096)
def _answered(criteria: str, codes: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Criteria met and not met; most evaluations of a form say the same as many others."""
    pairs = tuple(zip(criteria.split(), codes, strict=True))
    return tuple(name for name, code in pairs if code == MET), tuple(name for name, code in pairs if code == NOT_MET)
