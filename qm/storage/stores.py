"""Stores over one SQLAlchemy connection. They speak domain values and never commit."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from sqlalchemy import Connection, delete, func, select, update

from qm.documents import dump, load
from qm.domain.evaluation import Answer, Brief, Evaluation, Score
from qm.domain.run import ItemState, Quarantine, Run, StoppedPage
from qm.domain.survey import SurveyLink, SurveyResponse
from qm.errors import NotFoundError
from qm.fingerprint import fingerprint
from qm.storage import tables
from qm.storage.facts import LEFT_TO_PEOPLE, LETTERS, codes_of, facts_of_response
from qm.storage.sql_store import SqlStore

MOST_VALUES = 10_000
"""Values asked for in one statement; SQLite takes 32,766, PostgreSQL 65,535."""


class SqlWorkStore(SqlStore):
    """Work list, quarantine and published outputs; those of the last contact asked for are remembered.

    What is published is written at once for all stages of the transaction: before this store reads another contact's,
    and at its end.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._stages: dict[str, dict[str, str]] = {}
        self._fresh: dict[tuple[str, str], str] = {}

    def forget(self) -> None:
        """Read anew what is asked for next; for whoever changes outputs beside this store."""
        self.flush()
        self._stages = {}

    def flush(self) -> None:
        """Write what was published."""
        rows = [
            {"contact_id": contact_id, "stage": stage, "fingerprint": wanted}
            for (contact_id, stage), wanted in self._fresh.items()
        ]
        self._fresh.clear()
        self._put_all(tables.published, rows)

    def read_ahead(self, contact_ids: Sequence[str]) -> None:
        """Remember what is published of these instead of the last one's; for a group of some dozens."""
        self.flush()
        table = tables.published
        columns = (table.c.contact_id, table.c.stage, table.c.fingerprint)
        self._stages = {contact_id: {} for contact_id in contact_ids}
        statement = select(*columns).where(self._among(table.c.contact_id, contact_ids))
        for row in self._connection.execute(statement):
            self._stages[row.contact_id][row.stage] = row.fingerprint

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

    def stopped(self, after: str, size: int) -> StoppedPage:
        """A page of the entries, by subject."""
        table, items = tables.quarantine, tables.items
        statement = (
            select(*table.c, items.c.state).outerjoin(items, items.c.contact_id == table.c.subject)
            .where(table.c.subject > after).order_by(table.c.subject).limit(size + 1)
        )  # fmt: skip
        found = self._connection.execute(statement).all()
        total = int(self._connection.execute(select(func.count()).select_from(table)).scalar_one())
        entries = tuple(Quarantine(*row[:-1]) for row in found[:size])
        contacts = frozenset(row.subject for row in found[:size] if row.state is not None)
        return StoppedPage(entries, contacts, total, entries[-1].subject if len(found) > size else "")

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
        if contact_id not in self._stages:
            self.flush()
            rows = self._all(tables.published, ("stage", "fingerprint"), contact_id=contact_id)
            self._stages = {contact_id: {row.stage: row.fingerprint for row in rows}}
        return self._stages[contact_id].get(stage)

    def marks(self, contact_ids: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        """What is published of these contacts, by contact and stage: it changes with anything that is made of one."""
        self.read_ahead(tuple(contact_ids))
        return self._stages

    def publish(self, contact_id: str, stage: str, fingerprint: str) -> None:
        """Note that the stage's output stands."""
        self._fresh[contact_id, stage] = fingerprint
        if contact_id in self._stages:
            self._stages[contact_id][stage] = fingerprint


class SqlEvaluationStore(SqlStore):
    """Evaluations with one row an answer beside them."""

    def replace(self, contact_id: str, evaluations: Sequence[Evaluation]) -> tuple[str, ...]:
        """Put these in the place of the contact's machine evaluations, whose ids are returned."""
        table = tables.evaluations
        if old := self.ids_of(contact_id):
            self._connection.execute(delete(tables.answers).where(self._among(tables.answers.c.evaluation_id, old)))
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
        return old

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

    def some(self, ids: Sequence[str]) -> Iterator[Evaluation]:
        """Those of the named evaluations that are there, in any order."""
        table = tables.evaluations
        for row in self._connection.execute(select(table.c.document).where(self._among(table.c.id, ids))):
            yield load(Evaluation, row.document)

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
