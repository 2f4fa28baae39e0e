"""Contacts as rows of an export: read from the columns beside documents, a page at a time."""

import json
from typing import Any

from sqlalchemy import and_, or_, select

from qm.domain.erasure import PREFIX
from qm.domain.people import Scope
from qm.domain.run import ItemState
from qm.domain.voc_names import HISTORY_COLUMNS, SCALE_COLUMNS, TEXT_COLUMNS
from qm.ports.export import ExportRow
from qm.storage import tables
from qm.storage.contact_store import within
from qm.storage.facts import LEFT_TO_PEOPLE, LETTERS
from qm.storage.sql_store import SqlStore

WORDS = {letter: answer.value for answer, letter in LETTERS.items()} | {LEFT_TO_PEOPLE: ""}
SURVEY = ("id", "answered_at", "channel", *SCALE_COLUMNS, "comment")


class SqlExportStore(SqlStore):
    """Rows by start and id."""

    def rows(
        self, since_s: float | None, until_s: float | None, scope: Scope, after: tuple[float, str] | None, size: int
    ) -> tuple[ExportRow, ...]:  # fmt: skip
        """The next rows."""
        facts, items, transcripts = tables.contact_facts, tables.items, tables.transcripts
        where = [~facts.c.contact_id.startswith(PREFIX), *within(scope)]
        if since_s is not None:
            where.append(facts.c.started_s >= since_s)
        if until_s is not None:
            where.append(facts.c.started_s < until_s)
        if after is not None:
            later = and_(facts.c.started_s == after[0], facts.c.contact_id > after[1])
            where.append(or_(facts.c.started_s > after[0], later))
        names = (*TEXT_COLUMNS, *HISTORY_COLUMNS)
        statement = (
            select(
                facts.c.contact_id, facts.c.started_s, facts.c.measures, items.c.state, transcripts.c.grade,
                *(facts.c[name] for name in names),
            )
            .outerjoin(items, items.c.contact_id == facts.c.contact_id)
            .outerjoin(transcripts, transcripts.c.contact_id == facts.c.contact_id)
            .where(*where)
            .order_by(facts.c.started_s, facts.c.contact_id)
            .limit(size)
        )  # fmt: skip
        found = self._connection.execute(statement).all()
        ids = [row.contact_id for row in found]
        scored, answered = self._scored(ids), self._surveys(ids)
        made = []
        for row in found:
            told = {name: getattr(row, name) for name in names}
            told |= {"state": row.state or ItemState.WAITING.value, "grade": row.grade or ""}
            scores, answers = scored.get(row.contact_id, ({}, {}))
            survey, measures = answered.get(row.contact_id, {}), json.loads(row.measures)
            made.append(ExportRow(row.contact_id, row.started_s, told, measures, scores, answers, survey))
        return tuple(made)

    def _scored(self, ids: list[str]) -> dict[str, tuple[dict[str, Any], dict[tuple[str, str], str]]]:
        table, lists = tables.evaluations, tables.criterion_lists
        columns = (table.c.contact_id, table.c.form_id, table.c.score, table.c.codes, lists.c.criteria)
        statement = select(*columns).outerjoin(lists, lists.c.id == table.c.criteria)
        found: dict[str, tuple[dict[str, Any], dict[tuple[str, str], str]]] = {}
        for row in self._connection.execute(statement.where(self._among(table.c.contact_id, ids))):
            scores, answers = found.setdefault(row.contact_id, ({}, {}))
            scores[row.form_id] = row.score
            for criterion, letter in zip((row.criteria or "").split(), row.codes or "", strict=False):
                answers[row.form_id, criterion] = WORDS[letter]
        return found

    def _surveys(self, ids: list[str]) -> dict[str, dict[str, Any]]:
        responses, links = tables.survey_responses, tables.survey_links
        columns = [links.c.contact_id, *(responses.c[name] for name in SURVEY)]
        statement = select(*columns).join(links, links.c.response_id == responses.c.id)
        where = self._among(links.c.contact_id, ids)
        found = self._connection.execute(statement.where(where).order_by(responses.c.at_s, responses.c.id))
        return {row.contact_id: {name: getattr(row, name) for name in SURVEY} for row in found}
