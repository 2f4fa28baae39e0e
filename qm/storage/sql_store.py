"""What all stores over one SQLAlchemy connection can do: read a few rows or very many, and put rows in their place."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    FromClause,
    Row,
    Select,
    String,
    Table,
    any_,
    bindparam,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite

from qm.domain.people import Scope
from qm.errors import NotFoundError
from qm.storage.connect import POSTGRES

AT_ONCE = 1000
"""Rows fetched or written in one go: bounds what they take in memory."""


class SqlStore:
    """Base of all stores. They speak domain values and never commit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _put(self, table: Table, **values: object) -> None:
        """Insert, or replace the row of the same primary key."""
        self._connection.execute(_upsert(table, tuple(values), self._connection.dialect.name), values)

    def _put_all(self, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        """The same for rows with equal columns; no key may come twice."""
        if rows:
            self._many(_upsert(table, tuple(rows[0]), self._connection.dialect.name, is_many=True), table, rows)

    def _add(self, table: Table, **values: object) -> None:
        """Insert, unless a row of the same key is there."""
        self._connection.execute(_insert_new(table, tuple(values), self._connection.dialect.name), values)

    def _add_all(self, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        """The same for rows with equal columns."""
        if rows:
            self._many(_insert_new(table, tuple(rows[0]), self._connection.dialect.name, is_many=True), table, rows)

    def _many(self, statement: Any, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        keys = [column.name for column in table.primary_key]
        # In one order everywhere, so that of two transactions one waits for the other, not each for the other.
        ordered = sorted(rows, key=lambda row: tuple(str(row[key]) for key in keys))
        for start in range(0, len(ordered), AT_ONCE):
            some = ordered[start : start + AT_ONCE]
            if self._connection.dialect.name == POSTGRES and "document" not in some[0]:
                self._connection.execute(statement, {name: [row[name] for row in some] for name in some[0]})
            else:
                self._connection.execute(statement, some)

    def _one(self, table: Table, names: tuple[str, ...], **where: str) -> Row[Any] | None:
        """These columns of a row by columns that tell it, or `None`."""
        return self._all(table, names, **where).first()

    def _all(self, table: Table, names: tuple[str, ...], **where: str) -> CursorResult[Any]:
        """These columns of all rows with these values."""
        return self._connection.execute(_by(table, names, tuple(where)), where)

    def _among(self, column: Column[str], values: Iterable[str]) -> ColumnElement[bool]:
        """`column IN (values)`, handed over as one: a parameter each would cost more than what is found."""
        if self._connection.dialect.name == POSTGRES:
            return column == any_(literal(list(values), ARRAY(String)))
        listed = func.json_each(json.dumps(list(values))).table_valued("value")
        return column.in_(select(listed.c.value))

    def _page(
        self, source: FromClause, where: Sequence[ColumnElement[bool]], shown: Sequence[ColumnElement[Any]],
        order: Sequence[ColumnElement[Any]], after: str, size: int | None,
    ) -> tuple[Sequence[Row[Any]], int, bool]:  # fmt: skip
        """Rows of a list in its order, how many the list has, and whether there are more.

        Args:
            order: the last of it is the id, by which `after` names the last row of the page before.
            size: rows; all of them where it isn't given.

        Raises:
            NotFoundError: `after` isn't in this list.
        """
        count = select(func.count()).select_from(source).where(*where)
        total = int(self._connection.execute(count).scalar_one())
        statement = select(*shown).select_from(source).where(*where).order_by(*order)
        if after:
            place = select(*order).select_from(source).where(*where, order[-1] == after)
            row = self._connection.execute(place).first()
            if row is None:
                message = f"'{after[:60]}' is no cursor of this list"
                raise NotFoundError("page.bad_cursor", message, "start without a cursor")
            statement = statement.where(tuple_(*order) > tuple_(*row))
        found = self._connection.execute(statement.limit(size + 1) if size else statement).all()
        rows = found[:size] if size else found
        return rows, total, len(found) > len(rows)

    def _each(self, statement: Select[Any]) -> Iterator[Row[Any]]:
        """The rows of what may be far too many for memory."""
        with self._connection.execute(statement, execution_options={"yield_per": AT_ONCE}) as result:
            yield from result


def scoped(table: Table, scope: Scope) -> list[ColumnElement[bool]]:
    """What a table's columns of agent, team, site and vendor must hold: `Scope.allows_agent` for the database."""
    pairs = (
        (table.c.team, scope.teams), (table.c.site, scope.sites), (table.c.vendor, scope.vendors),
        (table.c.agent_id, scope.agents),
    )  # fmt: skip
    return [column.in_(sorted(values)) for column, values in pairs if values]


# Statements are built once: a contact costs about forty, and building one takes as long as SQLite takes to run it.


@lru_cache(maxsize=256)
def _by(table: Table, names: tuple[str, ...], where: tuple[str, ...]) -> Select[Any]:
    return select(*(table.c[name] for name in names)).where(*(table.c[name] == bindparam(name) for name in where))


@lru_cache(maxsize=256)
def _upsert(table: Table, names: tuple[str, ...], dialect: str, *, is_many: bool = False) -> Any:
    keys = [column.name for column in table.primary_key]
    statement = _insert(table, names, dialect, is_many=is_many)
    rest = {name: statement.excluded[name] for name in names if name not in keys}
    if not rest:
        return statement.on_conflict_do_nothing()
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


@lru_cache(maxsize=256)
def _insert_new(table: Table, names: tuple[str, ...], dialect: str, *, is_many: bool = False) -> Any:
    return _insert(table, names, dialect, is_many=is_many).on_conflict_do_nothing()


def _insert(table: Table, names: tuple[str, ...], dialect: str, *, is_many: bool) -> Any:
    """Of one row; of many short ones PostgreSQL takes a list a column, which costs it a tenth of a row each.

    Documents in a list would be quoted twice: slower than a row each.
    """
    insert = postgresql.insert if dialect == POSTGRES else sqlite.insert
    if dialect != POSTGRES or not is_many or "document" in names:
        return insert(table).values({name: bindparam(name) for name in names})
    lists = (bindparam(name, type_=ARRAY(table.c[name].type)) for name in names)
    given = func.unnest(*lists).table_valued(*names).render_derived()
    return insert(table).from_select(names, select(*(given.c[name] for name in names)))
