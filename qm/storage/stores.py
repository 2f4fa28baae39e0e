"""Stores over one SQLAlchemy connection. They speak domain values and never commit."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from sqlalchemy import Connection, delete, func, select, update

from qm.documents import dump, load
from qm.domain.coaching import CoachingItem
from qm.domain.evaluation import Answer, Brief, Evaluation, Score
from qm.domain.run import ItemState, Quarantine, Run
from qm.domain.survey import SurveyLink, SurveyResponse
from qm.errors import NotFoundError
from qm.fingerprint import fingerprint
from qm.storage import tables
from qm.storage.facts import LEFT_TO_PEOPLE, LETTERS, codes_of, facts_of_response
from qm.storage.sql_store import SqlStore

MOST_VALUES = 10_000
"""Values asked for in one statement; SQLite takes 32,766, PostgreSQL 65,535."""


class SqlWorkStore(SqlStore):
    """Work list, quarantine and published outputs; those of the last contact asked for are remembered."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._last = ""
        self._stages: dict[str, str] = {}

    def forget(self) -> None:
        """Read anew what is asked for next; for whoever changes outputs beside this store."""
        self._last = ""

    def state(self, contact_id: str) -> ItemState:
        """Where a contact stands."""
        row = self._one(tables.items, ("state",), contact_id=contact_id)
        return ItemState(row.state) if row else ItemState.WAITING

    def states(self) -> Mapping[str, ItemState]:
        """Where every contact stands."""
        return {row.contact_id: ItemState(row.state) for row in self._connection.execute(select(tables.items))}

    def finish(self, contact_id: str) -> None:
        """Mark done and lift its quarantine."""
        self._put(tables.items, contact_id=contact_id, state=ItemState.DONE.value)
        self.release(contact_id)

    def quarantine(self, entry: Quarantine, *, is_contact: bool) -> None:
        """Note why a contact or a file stopped."""
        self._put(tables.quarantine, **vars(entry))
        if is_contact:
            self._put(tables.items, contact_id=entry.subject, state=ItemState.QUARANTINED.value)

    def quarantined(self) -> tuple[Quarantine, ...]:
        """All entries by subject."""
        rows = self._connection.execute(select(tables.quarantine).order_by(tables.quarantine.c.subject))
        return tuple(Quarantine(*row) for row in rows)

    def quarantine_of(self, subject: str) -> Quarantine | None:
        """The entry of one subject, or `None`."""
        where = tables.quarantine.c.subject == subject
        row = self._connection.execute(select(tables.quarantine).where(where)).first()
        return Quarantine(*row) if row else None

    def release(self, subject: str) -> None:
        """Take an entry out of quarantine."""
        self._connection.execute(delete(tables.quarantine).where(tables.quarantine.c.subject == subject))

    def published(self, contact_id: str, stage: str) -> str | None:
        """Fingerprint of a stage's output, or `None`."""
        if self._last != contact_id:
            rows = self._all(tables.published, ("stage", "fingerprint"), contact_id=contact_id)
            self._last, self._stages = contact_id, {row.stage: row.fingerprint for row in rows}
        return self._stages.get(stage)

    def publish(self, contact_id: str, stage: str, fingerprint: str) -> None:
        """Note that the stage's output stands."""
        self._put(tables.published, contact_id=contact_id, stage=stage, fingerprint=fingerprint)
        if self._last == contact_id:
            self._stages[stage] = fingerprint


class SqlEvaluationStore(SqlStore):
    """Evaluations with one row an answer beside them."""

    def replace(self, contact_id: str, evaluations: Sequence[Evaluation]) -> None:
        """Put these in the place of the contact's machine evaluations."""
        table = tables.evaluations
        old = select(table.c.id).where(table.c.contact_id == contact_id)
        self._connection.execute(delete(tables.answers).where(tables.answers.c.evaluation_id.in_(old)))
        self._connection.execute(delete(table).where(table.c.contact_id == contact_id))
        listed: dict[str, str] = {}
        rows, answers = [], []
        for evaluation in evaluations:
            criteria, codes = codes_of(evaluation)
            name = fingerprint(criteria)
            listed[name] = criteria
            rows.append({
                "id": evaluation.id, "contact_id": contact_id, "form_id": evaluation.form_id,
                "score": evaluation.score.value, "criteria": name, "codes": codes, "result": dump(evaluation.score),
                "document": dump(evaluation),
            })  # fmt: skip
            answers += [
                {"evaluation_id": evaluation.id, "criterion_id": answer.criterion_id, "answer": answer.answer.value,
                 "reason": answer.reason} for answer in evaluation.answers
            ]  # fmt: skip
        # All forms at once: a statement for each would cost more than the scoring of a short contact.
        self._add_all(tables.criterion_lists, [{"id": name, "criteria": criteria} for name, criteria in listed.items()])
        self._put_all(table, rows)
        self._put_all(tables.answers, answers)

    def count(self, evaluation: Evaluation, by: str) -> None:
        """Let these answers count in lists and figures; the machine's document of the same id stays as it is."""
        table = tables.evaluations
        _criteria, codes = codes_of(evaluation)
        values = {"score": evaluation.score.value, "codes": codes, "result": dump(evaluation.score), "counts": by}
        self._connection.execute(update(table).where(table.c.id == evaluation.id).values(**values))
        answers = [
            {"evaluation_id": evaluation.id, "criterion_id": answer.criterion_id, "answer": answer.answer.value,
             "reason": answer.reason} for answer in evaluation.answers
        ]  # fmt: skip
        self._put_all(tables.answers, answers)

    def tally(self, criterion_id: str) -> Mapping[str, int]:
        """How many answers of each kind count for a criterion, over all contacts."""
        table = tables.answers
        statement = select(table.c.answer, func.count()).where(table.c.criterion_id == criterion_id)
        return {answer: int(n) for answer, n in self._connection.execute(statement.group_by(table.c.answer))}

    def counted(self, among: Collection[str] | None = None) -> Mapping[str, Mapping[str, str]]:
        """Where people's answers count: by evaluation, the answer to each criterion; empty: left to people."""
        table, lists = tables.evaluations, tables.criterion_lists
        statement = (
            select(table.c.id, table.c.codes, lists.c.criteria)
            .join(lists, lists.c.id == table.c.criteria)
            .where(table.c.counts != "machine", *([] if among is None else [self._among(table.c.id, among)]))
        )
        given = {letter: answer.value for answer, letter in LETTERS.items()}
        return {
            row.id: {name: given.get(letter, "") for name, letter in zip(row.criteria.split(), row.codes, strict=True)}
            for row in self._each(statement)
        }

    def get(self, evaluation_id: str) -> Evaluation:
        """One evaluation, or `NotFoundError`."""
        table = tables.evaluations
        row = self._connection.execute(select(table.c.document).where(table.c.id == evaluation_id)).first()
        if row is None:
            message = f"no evaluation '{evaluation_id}'"
            raise NotFoundError("evaluation.unknown", message, "the contact page names them")
        return load(Evaluation, row.document)

    def ids_of(self, contact_id: str) -> tuple[str, ...]:
        """Ids of a contact's evaluations by form id."""
        table = tables.evaluations
        statement = select(table.c.id).where(table.c.contact_id == contact_id).order_by(table.c.form_id)
        return tuple(self._connection.execute(statement).scalars())

    def of_contact(self, contact_id: str) -> tuple[Evaluation, ...]:
        """A contact's evaluations by form id."""
        table = tables.evaluations
        rows = self._connection.execute(
            select(table.c.document).where(table.c.contact_id == contact_id).order_by(table.c.form_id)
        )
        return tuple(load(Evaluation, row.document) for row in rows)

    def every(self) -> Iterator[Evaluation]:
        """All evaluations by contact and form id."""
        table = tables.evaluations
        for row in self._each(select(table.c.document).order_by(table.c.contact_id, table.c.form_id)):
            yield load(Evaluation, row.document)

    def briefs(self, contact_ids: Sequence[str] | None = None) -> Iterator[Brief]:
        """What lists and figures need of all evaluations, or of these contacts', by contact and form id."""
        table, lists = tables.evaluations, tables.criterion_lists
        names = {row.id: tuple(row.criteria.split()) for row in self._connection.execute(select(lists))}
        columns = (table.c[name] for name in ("id", "contact_id", "form_id", "result", "criteria", "codes", "counts"))
        statement = select(*columns).order_by(table.c.contact_id, table.c.form_id)
        if contact_ids is not None:
            statement = statement.where(self._among(table.c.contact_id, contact_ids))
        for row in self._each(statement):
            evaluation_id, contact_id, form_id, result, criteria, codes, counts = tuple(row)
            told = _answered(names[criteria], codes)
            yield Brief(evaluation_id, contact_id, form_id, _score(result), *told, counts)


# Most forms aren't about most contacts, and their results are the same text again and again: each is read once.


@lru_cache(maxsize=1024)
def _score(result: str) -> Score:
    return load(Score, result)


@lru_cache(maxsize=1024)
def _answered(names: tuple[str, ...], codes: str) -> tuple[int, int, tuple[str, ...]]:
    """How many couldn't be told and how many were asked, and those left to people."""
    left = tuple(name for name, letter in zip(names, codes, strict=True) if letter == LEFT_TO_PEOPLE)
    return codes.count(LETTERS[Answer.CANNOT_TELL]), len(codes) - len(left), left


class SqlSurveyStore(SqlStore):
    """Responses and links."""

    def save(self, responses: Sequence[SurveyResponse]) -> int:
        """Insert or replace; returns how many were new."""
        wanted = {response.id: response for response in responses}
        known = self._known(sorted(wanted))
        rows = [{**facts_of_response(each), "document": dump(each)} for each in wanted.values()]
        self._put_all(tables.survey_responses, rows)
        return len(wanted.keys() - known)

    def _known(self, ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(ids), MOST_VALUES):
            some = tables.survey_responses.c.id.in_(ids[start : start + MOST_VALUES])
            found.update(self._connection.execute(select(tables.survey_responses.c.id).where(some)).scalars())
        return found

    def every(self) -> tuple[SurveyResponse, ...]:
        """All responses by id."""
        table = tables.survey_responses
        rows = self._connection.execute(select(table.c.document).order_by(table.c.id))
        return tuple(load(SurveyResponse, row.document) for row in rows)

    def get(self, response_id: str) -> SurveyResponse | None:
        """One response, or `None`."""
        table = tables.survey_responses
        row = self._connection.execute(select(table.c.document).where(table.c.id == response_id)).first()
        return load(SurveyResponse, row.document) if row else None

    def documents(self, ids: Sequence[str]) -> dict[str, str]:
        """Those of the named responses that are there, as canonical JSON by id."""
        table = tables.survey_responses
        found: dict[str, str] = {}
        for start in range(0, len(ids), MOST_VALUES):
            where = table.c.id.in_(ids[start : start + MOST_VALUES])
            rows = self._connection.execute(select(table.c.id, table.c.document).where(where))
            found.update((row.id, row.document) for row in rows)
        return found

    def replace_links(self, links: Sequence[SurveyLink]) -> None:
        """Put these in the place of all links; only what differs is written."""
        table = tables.survey_links
        before = {row.response_id: row.document for row in self._each(select(table.c.response_id, table.c.document))}
        wanted = {link.response_id: (link.contact_id, dump(link)) for link in links}
        gone = sorted(before.keys() - wanted.keys())
        for start in range(0, len(gone), MOST_VALUES):
            some = table.c.response_id.in_(gone[start : start + MOST_VALUES])
            self._connection.execute(delete(table).where(some))
        self._put_all(
            table,
            [
                {"response_id": response_id, "contact_id": contact_id, "document": document}
                for response_id, (contact_id, document) in sorted(wanted.items())
                if before.get(response_id) != document
            ],
        )

    def links(self) -> tuple[SurveyLink, ...]:
        """All links by response id."""
        table = tables.survey_links
        rows = self._connection.execute(select(table.c.document).order_by(table.c.response_id))
        return tuple(load(SurveyLink, row.document) for row in rows)

    def links_of(self, contact_id: str) -> tuple[SurveyLink, ...]:
        """A contact's links by response id."""
        table = tables.survey_links
        where = table.c.contact_id == contact_id
        rows = self._connection.execute(select(table.c.document).where(where).order_by(table.c.response_id))
        return tuple(load(SurveyLink, row.document) for row in rows)

    def count(self) -> int:
        """Responses."""
        return self._connection.execute(select(func.count()).select_from(tables.survey_responses)).scalar_one()

    def unlinked(self, most: int) -> tuple[int, tuple[SurveyLink, ...]]:
        """How many responses have no contact, and the links of some of them by response id."""
        table = tables.survey_links
        where = table.c.contact_id == ""
        n = self._connection.execute(select(func.count()).select_from(table).where(where)).scalar_one()
        rows = self._connection.execute(select(table.c.document).where(where).order_by(table.c.response_id).limit(most))
        return n, tuple(load(SurveyLink, row.document) for row in rows)


class SqlCoachingStore(SqlStore):
    """The coaching list."""

    def replace(self, items: Sequence[CoachingItem]) -> None:
        """Put these in the place of the whole list."""
        self._connection.execute(delete(tables.coaching_items))
        rows = [{"id": item.id, "agent_id": item.agent_id, "rank": item.rank, "document": dump(item)} for item in items]
        self._put_all(tables.coaching_items, rows)

    def every(self) -> tuple[CoachingItem, ...]:
        """All items by agent and rank."""
        table = tables.coaching_items
        rows = self._connection.execute(select(table.c.document).order_by(table.c.agent_id, table.c.rank))
        return tuple(load(CoachingItem, row.document) for row in rows)


class SqlRunStore(SqlStore):
    """Executions of the pipeline."""

    def begin(self, run: Run) -> None:
        """Note that a run began."""
        self._put(tables.runs, id=run.id, started_at=run.started_at.isoformat(), document=dump(run))

    def finish(self, run: Run) -> None:
        """Note that it ended."""
        self.begin(run)

    def latest(self) -> Run | None:
        """The run that began last."""
        table = tables.runs
        row = self._connection.execute(select(table.c.document).order_by(table.c.started_at.desc()).limit(1)).first()
        return load(Run, row.document) if row else None
