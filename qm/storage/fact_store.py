"""Many contacts or responses at once, as tables of columns. Documents aren't read: only the columns beside them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, func, or_, select, true

from qm.domain.contact import Kind
from qm.domain.voc_names import (
    CONTACT_COLUMNS,
    HISTORY_COLUMNS,
    NOT_ANSWERED,
    SCALE_COLUMNS,
    TEXT_COLUMNS,
    TIME_COLUMNS,
)
from qm.storage import tables
from qm.storage.facts import CODES
from qm.storage.sql_store import SqlStore

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 20_000
"""Rows fetched at once: bounds what a row's Python objects take."""


class SqlFactStore(SqlStore):
    """Tables of contacts and responses."""

    def contacts(
        self, since: datetime | None = None, until: datetime | None = None, *, columns: Sequence[str] | None = None,
        answers: bool = False, measures: bool = False, surveyed: bool = False, of_surveyed: bool = False,
    ) -> "pd.DataFrame":  # fmt: skip
        """Contacts that began in that time, by start and id."""
        facts = tables.contact_facts
        wanted = [name for name in CONTACT_COLUMNS if columns is None or name in columns or name == "contact_id"]
        picked = [facts.c["started_s" if name == "started_at" else name] for name in wanted]
        if measures:
            picked.append(facts.c.measures)
        where = _between(facts.c.started_s, since, until)
        linked = facts.c.contact_id.in_(select(tables.survey_links.c.contact_id))
        if surveyed:
            where.append(linked)
        if of_surveyed:
            where.append(facts.c.customer_id.in_(select(facts.c.customer_id).where(linked, facts.c.customer_id != "")))
        statement = select(*picked).where(*where).order_by(facts.c.started_s, facts.c.contact_id)
        table = self._table(statement, [*wanted, *(["measures"] if measures else [])])
        if measures:
            table = _spread(table, "measures", "m:")
        return self._with_answers(table, where) if answers else table

    def count(
        self, since: datetime | None = None, until: datetime | None = None, *, process: str = "", team: str = ""
    ) -> int:
        """How many contacts with customers began in that time."""
        facts = tables.contact_facts
        where = [facts.c.kind == Kind.CUSTOMER.value, *_between(facts.c.started_s, since, until)]
        where += _of_group(process, team)
        return int(self._connection.execute(select(func.count()).where(*where)).scalar_one())

    def surveys(
        self, since: datetime | None = None, until: datetime | None = None, *, comments: bool = False
    ) -> "pd.DataFrame":
        """Responses of that time, by id."""
        responses, links = tables.survey_responses, tables.survey_links
        names = [*TIME_COLUMNS, "channel", *SCALE_COLUMNS, "other", *(["comment"] if comments else [])]
        linked = func.coalesce(links.c.contact_id, "")
        statement = (
            select(responses.c.id, linked, *(responses.c[name] for name in names))
            .outerjoin(links, links.c.response_id == responses.c.id)
            .where(*_between(responses.c.at_s, since, until))
            .order_by(responses.c.id)
        )
        return _spread(self._table(statement, ["response_id", "contact_id", *names]), "other", "x:")

    def joined(
        self, columns: Sequence[str], since: datetime | None = None, until: datetime | None = None, *,
        process: str = "", team: str = "", others: bool = False,
    ) -> "pd.DataFrame":  # fmt: skip
        """Linked responses to contacts that began in that time."""
        responses, links, facts = tables.survey_responses, tables.survey_links, tables.contact_facts
        names = ["contact_id", *dict.fromkeys(name for name in columns if name != "contact_id")]
        asked = [*names, *(["other"] if others else [])]
        known = {**dict(responses.c), **dict(facts.c), "started_at": facts.c.started_s}
        picked = [known[name] for name in asked]
        statement = (
            select(*picked)
            .select_from(responses)
            .join(links, links.c.response_id == responses.c.id)
            .join(facts, facts.c.contact_id == links.c.contact_id)
            .where(*_between(facts.c.started_s, since, until), *_of_group(process, team))
        )
        table = self._table(statement, asked)
        return _spread(table, "other", "x:") if others else table

    def unlinked(self, since: datetime | None = None, until: datetime | None = None) -> int:
        """How many responses of that time, or without a time, belong to no contact."""
        responses, links = tables.survey_responses, tables.survey_links
        when = _between(responses.c.at_s, since, until)
        statement = (
            select(func.count())
            .select_from(responses)
            .outerjoin(links, links.c.response_id == responses.c.id)
            .where(func.coalesce(links.c.contact_id, "") == "", or_(responses.c.at_s.is_(None), and_(true(), *when)))
        )
        return int(self._connection.execute(statement).scalar_one())

    def _table(self, statement: Select[Any], names: Sequence[str]) -> "pd.DataFrame":
        import numpy as np
        import pandas as pd

        parts: list[list[Any]] = [[] for _ in names]
        shared: dict[Any, Any] = {}  # equal texts are one object: a million team names take no room
        result = self._connection.execute(statement, execution_options={"yield_per": CHUNK})
        for rows in result.partitions():
            for place, values in enumerate(zip(*rows, strict=True)):
                parts[place].append(_column(names[place], values, shared))
        columns = {
            name: np.concatenate(part) if part else _column(name, (), shared)
            for name, part in zip(names, parts, strict=True)
        }
        table = pd.DataFrame(columns)
        for name in {"started_at", *TIME_COLUMNS} & set(names):
            table[name] = pd.to_datetime(table[name], unit="s", utc=True)
        return table

    def _with_answers(self, table: "pd.DataFrame", where: list[Any]) -> "pd.DataFrame":
        import pandas as pd

        place = {contact_id: row for row, contact_id in enumerate(table["contact_id"])}
        lists = {row.id: row.criteria.split() for row in self._connection.execute(select(tables.criterion_lists))}
        groups: dict[tuple[str, str], _Answered] = {}
        found = self._connection.execute(_answers(where), execution_options={"yield_per": CHUNK})
        for contact_id, form_id, score, listed, codes in found:
            group = groups.setdefault((form_id, listed), _Answered())
            group.rows.append(place[contact_id])
            group.scores.append(float("nan") if score is None else score)
            group.codes.append(codes)
        columns: dict[str, Any] = {}
        for (form_id, listed), group in sorted(groups.items()):
            group.fill(columns, form_id, lists.get(listed, []), len(table))
        return pd.concat([table, pd.DataFrame(columns, index=table.index)], axis=1)


@dataclass
class _Answered:
    """Evaluations on the same criteria of a form."""

    rows: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    def fill(self, columns: dict[str, Any], form_id: str, criteria: Sequence[str], n: int) -> None:
        """Put scores and answers into the columns of a table of `n` rows."""
        import numpy as np

        columns.setdefault(f"s:{form_id}", np.full(n, np.nan))[self.rows] = self.scores
        if not criteria:
            return
        code_of = np.full(128, NOT_ANSWERED, dtype=np.int8)
        code_of[[ord(letter) for letter in CODES]] = list(CODES.values())
        letters = np.frombuffer("".join(self.codes).encode("ascii"), dtype=np.uint8)
        matrix = code_of[letters.reshape(len(self.rows), len(criteria))]
        for number, criterion in enumerate(criteria):
            column = columns.setdefault(f"c:{form_id}/{criterion}", np.full(n, NOT_ANSWERED, np.int8))
            column[self.rows] = matrix[:, number]


def _answers(where: list[Any]) -> Select[Any]:
    evaluations, facts = tables.evaluations, tables.contact_facts
    columns = ("contact_id", "form_id", "score", "criteria", "codes")
    joined = select(*(evaluations.c[name] for name in columns)).join(
        facts, facts.c.contact_id == evaluations.c.contact_id
    )
    return joined.where(*where)


def _of_group(process: str, team: str) -> list[Any]:
    facts = tables.contact_facts
    return [facts.c[name] == wanted for name, wanted in (("process", process), ("team", team)) if wanted]


def _between(column: Any, since: datetime | None, until: datetime | None) -> list[Any]:
    where = []
    if since is not None:
        where.append(column >= since.timestamp())
    if until is not None:
        where.append(column < until.timestamp())
    return where


def _column(name: str, values: Sequence[Any], shared: dict[Any, Any]) -> Any:
    import numpy as np

    if name in HISTORY_COLUMNS or name in SCALE_COLUMNS or name in TIME_COLUMNS or name == "started_at":
        return np.array(values, dtype=np.float64)
    column = np.empty(len(values), dtype=object)
    is_shared = name in TEXT_COLUMNS or name == "channel"
    column[:] = [shared.setdefault(value, value) for value in values] if is_shared else values
    return column


def _spread(table: "pd.DataFrame", name: str, prefix: str) -> "pd.DataFrame":
    """A column a key of the JSON objects that stand in column `name`, which goes."""
    import pandas as pd

    texts = table.pop(name)
    objects = [json.loads(text) if text != "{}" else {} for text in texts]
    keys = sorted({key for found in objects for key in found})
    spread = {prefix + key: [float(found.get(key, "nan")) for found in objects] for key in keys}
    return pd.concat([table, pd.DataFrame(spread, index=table.index, dtype="float64")], axis=1)
