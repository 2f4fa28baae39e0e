"""Sums by day and agent in their tables."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, delete, func, insert, literal, select

from qm.domain.contact import Kind
from qm.domain.figure_cells import COUNTED, CRITERION_COUNTS, SUMMED, Cells, ContactFact, FormFact, Place, Sums
from qm.domain.milestone import Milestone
from qm.domain.people import Scope
from qm.domain.run import ItemState
from qm.domain.text import Text
from qm.ports.figures import CellQuery, Mark, Summed
from qm.storage import tables
from qm.storage.sql_store import SqlStore, scoped

AGENT, TEAM = "agent", "team"
GROUPED = ("team", "site", "vendor")
CELLS: tuple[tuple[Table, tuple[str, ...], tuple[str, ...]], ...] = (
    (tables.figure_cells, ("form_id",), (*COUNTED, *SUMMED)),
    (tables.figure_criteria, ("form_id", "criterion_id"), CRITERION_COUNTS),
    (tables.figure_tallies, ("kind", "name"), ("n",)),
)
"""Each table with its keys beside the place, and what it sums."""


class SqlFigureStore(SqlStore):
    """Figures' cells and marks."""

    def marks(self, most: int) -> tuple[Mark, ...]:
        """What is marked, each quarter and agent once, the earliest first."""
        columns = tables.figure_marks.c.started_s, tables.figure_marks.c.agent_id
        rows = self._connection.execute(select(*columns).distinct().order_by(*columns).limit(most))
        return tuple(Mark(*row) for row in rows)

    def some_marks(self, most: int) -> tuple[Mark, ...]:
        """Some of the marks, as they come."""
        columns = tables.figure_marks.c.started_s, tables.figure_marks.c.agent_id
        return tuple(Mark(*row) for row in self._connection.execute(select(*columns).limit(most)))

    def is_behind(self) -> bool:
        """Whether there is any mark."""
        return self._connection.execute(select(tables.figure_marks.c.id).limit(1)).first() is not None

    def unmark(self, since_s: float, until_s: float, agents: Collection[str]) -> None:
        """Take away the marks of these agents from one moment up to another (not included)."""
        table = tables.figure_marks
        where = table.c.started_s >= since_s, table.c.started_s < until_s
        self._connection.execute(delete(table).where(*where, self._among(table.c.agent_id, sorted(agents))))

    def clear(self) -> None:
        """Take all cells and marks away."""
        for table in (tables.figure_marks, *(table for table, _, _ in CELLS)):
            self._connection.execute(delete(table))

    def span(self) -> tuple[float, float] | None:
        """Moments of the first and last contact, or `None`."""
        started = tables.contact_facts.c.started_s
        first, last = self._connection.execute(select(func.min(started), func.max(started))).one()
        return None if first is None else (first, last)

    def facts(self, since_s: float, until_s: float, agents: Collection[str] | None) -> Iterator[ContactFact]:
        """Contacts that began from one moment up to another (not included), by id."""
        facts = tables.contact_facts
        where = [facts.c.started_s >= since_s, facts.c.started_s < until_s]
        if agents is not None:
            where.append(self._among(facts.c.agent_id, sorted(agents)))
        forms, answers = self._forms(where), self._answers(where)
        for row in self._connection.execute(_contacts(where)):
            yield ContactFact(
                row.contact_id, Place(row.agent_id, row.team, row.site, row.vendor), row.agent_name, Kind(row.kind),
                row.language, bool(row.customer_id), ItemState(row.state) if row.state else None, row.grade or "",
                row.code or "", row.medium, tuple((row.findings or "").split()), tuple(forms[row.contact_id]),
                tuple(answers[row.contact_id]),
            )  # fmt: skip

    def _forms(self, where: list[ColumnElement[bool]]) -> dict[str, list[FormFact]]:
        table, facts = tables.evaluations, tables.contact_facts
        listed = select(tables.criterion_lists.c.id, tables.criterion_lists.c.criteria)
        lists = {row.id: row.criteria for row in self._connection.execute(listed)}
        columns = (table.c[name] for name in ("contact_id", "form_id", "score", "result", "criteria", "codes"))
        joined = select(*columns).join(facts, facts.c.contact_id == table.c.contact_id).where(*where)
        found: dict[str, list[FormFact]] = defaultdict(list)
        for contact_id, form_id, score, result, criteria, codes in self._connection.execute(
            joined.order_by(table.c.contact_id, table.c.form_id)
        ):
            found[contact_id].append(FormFact(form_id, score, result, lists.get(criteria, ""), codes))
        return found

    def _answers(self, where: list[ColumnElement[bool]]) -> dict[str, list[tuple[float | None, float | None]]]:
        links, responses, facts = tables.survey_links, tables.survey_responses, tables.contact_facts
        joined = (
            select(links.c.contact_id, responses.c.nps, responses.c.satisfaction)
            .join(responses, responses.c.id == links.c.response_id)
            .join(facts, facts.c.contact_id == links.c.contact_id)
            .where(*where)
            .order_by(links.c.contact_id, links.c.response_id)
        )
        found: dict[str, list[tuple[float | None, float | None]]] = defaultdict(list)
        for contact_id, nps, satisfaction in self._connection.execute(joined):
            found[contact_id].append((nps, satisfaction))
        return found

    def replace(self, day: str, agents: Collection[str] | None, cells: Cells) -> None:
        """Put these in the place of the agents' cells of a day, and sum up its teams again."""
        rows: tuple[list[dict[str, object]], ...] = (
            [_placed(day, place) | {"form_id": form} | _all_sums(sums) for (place, form), sums in cells.forms.items()],
            [_placed(day, place) | {"form_id": form, "criterion_id": criterion}
             | dict(zip(CRITERION_COUNTS, counts, strict=True))
             for (place, form, criterion), counts in cells.criteria.items()],
            [_placed(day, place) | {"kind": kind, "name": name, "n": n}
             for (place, kind, name), n in cells.tallies.items()],
        )  # fmt: skip
        for (table, keys, names), own in zip(CELLS, rows, strict=True):
            where = [table.c.grain == AGENT, table.c.day == day]
            if agents is not None:
                where.append(self._among(table.c.agent_id, sorted(agents)))
            self._connection.execute(delete(table).where(*where))
            self._put_all(table, own)
            self._sum_teams(table, keys, names, day)
        named = [{"agent_id": agent_id, "name": name} for agent_id, name in cells.names.items()]
        self._put_all(tables.figure_agents, named)

    def _sum_teams(self, table: Table, keys: tuple[str, ...], names: tuple[str, ...], day: str) -> None:
        self._connection.execute(delete(table).where(table.c.grain == TEAM, table.c.day == day))
        own = [table.c[name] for name in (*GROUPED, *keys)]
        summed = select(
            literal(TEAM), table.c.day, literal(""), *own, *(func.sum(table.c[name]) for name in names)
        ).where(table.c.grain == AGENT, table.c.day == day).group_by(table.c.day, *own)  # fmt: skip
        columns = ["grain", "day", "agent_id", *GROUPED, *keys, *names]
        self._connection.execute(insert(table).from_select(columns, summed))

    def kept(self, day: str) -> Cells:
        """The agents' cells of a day as they stand."""
        cells = Cells()
        for table, _, _ in CELLS:
            where = and_(table.c.grain == AGENT, table.c.day == day)
            for row in self._connection.execute(select(table).where(where)).mappings():
                place = Place(row["agent_id"], row["team"], row["site"], row["vendor"])
                if table is tables.figure_cells:
                    cells.forms[place, row["form_id"]] = {name: row[name] for name in (*COUNTED, *SUMMED) if row[name]}
                elif table is tables.figure_criteria:
                    counts = [row[name] for name in CRITERION_COUNTS]
                    cells.criteria[place, row["form_id"], row["criterion_id"]] = counts
                else:
                    cells.tallies[place, row["kind"], row["name"]] = row["n"]
        return cells

    def days(self) -> tuple[str, ...]:
        """Days that have cells."""
        day = tables.figure_cells.c.day
        return tuple(self._connection.execute(select(day).distinct().order_by(day)).scalars())

    def newest(self, scope: Scope) -> str:
        """The last day that has cells within the scope; empty without."""
        return self._a_day(scope, func.max(tables.figure_cells.c.day))

    def beside(self, day: str, scope: Scope) -> tuple[str, str]:
        """The days with cells within the scope right before and after a day; empty where there is none."""
        column = tables.figure_cells.c.day
        before = self._a_day(scope, func.max(column), column < day)
        return before, self._a_day(scope, func.min(column), column > day)

    def _a_day(self, scope: Scope, which: ColumnElement[str], *where: ColumnElement[bool]) -> str:
        table = tables.figure_cells
        grain = table.c.grain == (AGENT if scope.agents else TEAM)
        return self._connection.execute(select(which).where(grain, *scoped(table, scope), *where)).scalar() or ""

    def sums(self, wanted: CellQuery) -> Summed:
        """Added-up cells by the wanted columns."""
        return self._summed(tables.figure_cells, wanted, wanted.names or (*COUNTED, *SUMMED))

    def criteria(self, wanted: CellQuery) -> Summed:
        """Added-up answers by the wanted columns."""
        return self._summed(tables.figure_criteria, wanted, CRITERION_COUNTS)

    def tallies(self, wanted: CellQuery) -> list[tuple[tuple[str, ...], int]]:
        """Added-up tallies by the wanted columns."""
        return [(key, sums.count("n")) for key, sums in self._summed(tables.figure_tallies, wanted, ("n",))]

    def _summed(self, table: Table, wanted: CellQuery, names: tuple[str, ...]) -> Summed:
        by = [table.c[name] for name in wanted.by]
        statement = select(*by, *(func.sum(table.c[name]) for name in names)).where(*_where(table, wanted))
        if by:
            statement = statement.group_by(*by).order_by(*by)
        width = len(by)
        return [
            (tuple(row[:width]), Sums(dict(zip(names, map(float, row[width:]), strict=True))))
            for row in self._connection.execute(statement)
            if row[width] is not None
        ]

    def names(self, agents: Collection[str]) -> dict[str, str]:
        """Names of agents, where they are known."""
        table = tables.figure_agents
        rows = self._connection.execute(select(table).where(self._among(table.c.agent_id, sorted(agents))))
        return {row.agent_id: row.name for row in rows}

    def milestones(self, since: str, until: str) -> tuple[Milestone, ...]:
        """Milestones of days, both included, by day."""
        table = tables.milestones
        where = and_(table.c.day >= since, table.c.day <= until)
        rows = self._connection.execute(select(table).where(where).order_by(table.c.day, table.c.id))
        return tuple(
            Milestone(row.id, date.fromisoformat(row.day), Text(row.title_it, row.title_en)) for row in rows
        )  # fmt: skip

    def add_milestone(self, milestone: Milestone) -> None:
        """Insert or replace."""
        title = milestone.title
        day = milestone.day.isoformat()
        self._put(tables.milestones, id=milestone.id, day=day, title_it=title.it, title_en=title.en)

    def drop_milestone(self, milestone_id: str) -> bool:
        """Take one away; whether it was there."""
        table = tables.milestones
        return bool(self._connection.execute(delete(table).where(table.c.id == milestone_id)).rowcount)


def _contacts(where: list[ColumnElement[bool]]) -> Select[Any]:
    facts, items, stopped, transcripts = tables.contact_facts, tables.items, tables.quarantine, tables.transcripts
    names = (
        "contact_id", "agent_id", "team", "site", "vendor", "agent_name", "kind", "language", "customer_id", "medium",
    )  # fmt: skip
    told = items.c.state, transcripts.c.grade, transcripts.c.findings, stopped.c.code
    return (
        select(*(facts.c[name] for name in names), *told)
        .outerjoin(items, items.c.contact_id == facts.c.contact_id)
        .outerjoin(transcripts, transcripts.c.contact_id == facts.c.contact_id)
        .outerjoin(stopped, stopped.c.subject == facts.c.contact_id)
        .where(*where)
        .order_by(facts.c.contact_id)
    )


def _where(table: Table, wanted: CellQuery) -> list[ColumnElement[bool]]:
    is_by_agent = "agent_id" in wanted.by or wanted.agent is not None or bool(wanted.scope.agents)
    where = [table.c.grain == (AGENT if is_by_agent else TEAM), table.c.day >= wanted.since,
             table.c.day <= wanted.until, *scoped(table, wanted.scope)]  # fmt: skip
    if wanted.forms is not None:
        where.append(table.c.form_id.in_(wanted.forms))
    if wanted.team is not None:
        where.append(table.c.team == wanted.team)
    if wanted.agent is not None:
        where.append(table.c.agent_id == wanted.agent)
    return where


def _placed(day: str, place: Place) -> dict[str, object]:
    return {"grain": AGENT, "day": day, **vars(place)}


def _all_sums(sums: dict[str, float]) -> dict[str, object]:
    counts = {name: int(sums.get(name, 0)) for name in COUNTED}
    return {**counts, **{name: float(sums.get(name, 0)) for name in SUMMED}}
