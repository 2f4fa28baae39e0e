"""Takes people out of the database and leaves what figures need. What becomes of each column: `qm.storage.personal`."""

import json
from collections.abc import Callable, Collection, Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select, update

from qm.documents import dump, load
from qm.domain.calibration import CalibrationSession, Sheet
from qm.domain.case import Case
from qm.domain.coaching_session import CoachingSession
from qm.domain.contact import Contact
from qm.domain.dispute import Dispute
from qm.domain.erasure import PREFIX, ErasureKind, Subject, added
from qm.domain.evaluation import ERASED, PEOPLE_ONLY, Evaluation
from qm.domain.retention import GONE, STAGES_OF, DataKind
from qm.domain.review import Review
from qm.domain.stripped import (
    Ids,
    strip_case,
    strip_coaching,
    strip_contact,
    strip_dispute,
    strip_evaluation,
    strip_link,
    strip_response,
    strip_review,
    strip_session,
    strip_sheet,
)
from qm.domain.survey import SurveyLink, SurveyResponse
from qm.ports.retention import NewId
from qm.storage import tables
from qm.storage.case_store import case_row
from qm.storage.facts import facts_of_contact, facts_of_response
from qm.storage.mentions import drop_mentions
from qm.storage.sql_store import SqlStore
from qm.storage.subject_store import mark_stage

ALL_STAGES = STAGES_OF[DataKind.TRANSCRIPT]
OUTPUTS_OF = {
    DataKind.AUDIO: (tables.recordings,),
    DataKind.TRANSCRIPT: (
        tables.recognitions,
        tables.voices,
        tables.transcripts,
        tables.signals,
        tables.search_entries,
        tables.search_alerts,
    ),
}
OUTPUTS = (*OUTPUTS_OF[DataKind.AUDIO], *OUTPUTS_OF[DataKind.TRANSCRIPT], tables.published)


class SqlEraser(SqlStore):
    """Writes; a call is part of one transaction.

    Args:
        forget: told before rows change that other stores may remember.
    """

    def __init__(self, connection: Connection, forget: Callable[[], None]) -> None:
        super().__init__(connection)
        self._forget = forget

    def cancel(self, contact_ids: Collection[str]) -> int:
        """Take contacts off the work list; returns how many waited there."""
        table = tables.tasks
        where = (table.c.contact_id.in_(list(contact_ids)), table.c.state == "waiting")
        return self._connection.execute(update(table).where(*where).values(state="cancelled")).rowcount

    def strip(self, subject: Subject, new_id: NewId) -> Mapping[str, int]:
        """Erase what tells anything of a subject and leave under random ids what figures need; returns counts."""
        self._overwrite()
        ids = _new_ids(subject, new_id)
        counts = {"contacts": self._contacts(subject, ids), "surveys": self._responses(subject, ids)}
        counts["evaluations"] = self._evaluations(subject, ids)
        self._facts(subject, ids)
        self._renamed(subject, ids)
        counts["cases"] = self._cases(subject, ids)
        counts["sheets"] = self._calibration(subject.contacts, ids)
        counts["reviews"] = self._reviews(subject.contacts, ids)
        self._assignments(subject.contacts, ids)
        counts["deliveries"] = self._told((*subject.contacts, *subject.cases))
        counts["disputes"] = self._disputes(subject.contacts, ids)
        seen = (tables.own_looks, tables.result_times)
        counts |= {table.name: self._drop(table, table.c.contact_id.in_(subject.contacts)) for table in seen}
        counts["coaching_sessions"] = self._coaching(subject.contacts, ids)
        counts |= {table.name: self._drop(table, table.c.contact_id.in_(subject.contacts)) for table in OUTPUTS}
        counts |= drop_mentions(self._connection, subject, ids)
        self._drop(tables.contacts, tables.contacts.c.id.in_(subject.contacts))
        self._drop(tables.survey_responses, tables.survey_responses.c.id.in_(subject.responses))
        return {name: n for name, n in counts.items() if n}

    def drop(self, contact_ids: Collection[str], kind: DataKind) -> Mapping[str, int]:
        """Erase one kind of data of these contacts, which stay what they are otherwise; returns counts."""
        self._overwrite()
        self._connection.execute(delete(tables.kept_answers))
        ids = list(contact_ids)
        without_words = set(ids) - set(self._column(tables.transcripts.c.contact_id, ids))
        counts = {t.name: self._drop(t, t.c.contact_id.in_(ids)) for t in OUTPUTS_OF.get(kind, ())}
        if kind is DataKind.EVIDENCE:
            counts = added(counts, self._evidence(ids))
        for contact_id in ids:
            # What was never made can't be made any more either: nothing must ask for it again.
            stages = ALL_STAGES if contact_id in without_words else STAGES_OF[kind]
            for stage in (*stages, mark_stage(kind)):
                self._put(tables.published, contact_id=contact_id, stage=stage, fingerprint=GONE)
        return {name: n for name, n in counts.items() if n}

    def _overwrite(self) -> None:
        """SQLite leaves deleted bytes in its file unless told to overwrite them."""
        self._forget()
        if self._connection.dialect.name == "sqlite":
            self._connection.exec_driver_sql("PRAGMA secure_delete=ON")

    def _contacts(self, subject: Subject, ids: Ids) -> int:
        table = tables.contacts
        for row in self._rows(table, table.c.id.in_(subject.contacts)):
            left = strip_contact(load(Contact, row.document), ids)
            values = {**row._mapping, "id": left.id, "folder": "", "position": 0, "fingerprint": ""}  # noqa: SLF001 - SQLAlchemy's public name for a row as mapping
            self._add(table, **values | {"started_at": _utc(left), "document": dump(left)})
        return len(subject.contacts)

    def _responses(self, subject: Subject, ids: Ids) -> int:
        table, links = tables.survey_responses, tables.survey_links
        linked = {row.response_id: row for row in self._rows(links, links.c.response_id.in_(subject.responses))}
        self._drop(links, links.c.response_id.in_(subject.responses))
        for row in self._rows(table, table.c.id.in_(subject.responses)):
            link = linked.get(row.id)
            left = strip_response(load(SurveyResponse, row.document), ids, ids.get(link.contact_id, "") if link else "")
            self._add(table, **facts_of_response(left), document=dump(left))
            if link:
                shown = strip_link(load(SurveyLink, link.document), ids)
                self._add(links, response_id=shown.response_id, contact_id=shown.contact_id, document=dump(shown))
        return len(subject.responses)

    def _evaluations(self, subject: Subject, ids: Ids) -> int:
        table, answers = tables.evaluations, tables.answers
        for row in self._rows(table, table.c.id.in_(subject.evaluations)):
            left = strip_evaluation(load(Evaluation, row.document), ids)
            values = {**row._mapping, "id": left.id, "contact_id": left.contact_id, "document": dump(left)}  # noqa: SLF001 - as above
            self._connection.execute(insert(table).values(**values))
            self._forget_reasons(answers.c.evaluation_id == row.id, evaluation_id=left.id)
        self._drop(table, table.c.id.in_(subject.evaluations))
        return len(subject.evaluations)

    def _forget_reasons(self, where: ColumnElement[bool], **more: str) -> None:
        answers = tables.answers
        self._connection.execute(update(answers).where(where, answers.c.reason != PEOPLE_ONLY).values(reason=ERASED))
        if more:
            self._connection.execute(update(answers).where(where).values(**more))

    def _facts(self, subject: Subject, ids: Ids) -> None:
        facts, contacts = tables.contact_facts, tables.contacts
        new = [ids[contact_id] for contact_id in subject.contacts]
        for row in self._rows(contacts, contacts.c.id.in_(new)):
            left = facts_of_contact(load(Contact, row.document))
            old = next(each for each, name in ids.items() if name == row.id)
            self._connection.execute(update(facts).where(facts.c.contact_id == old).values(**left))

    def _renamed(self, subject: Subject, ids: Ids) -> None:
        draws, tasks = tables.survey_draws, tables.tasks
        for contact_id in subject.contacts:
            new = {"contact_id": ids[contact_id]}
            customer = {"customer_id": next((ids[each] for each in subject.customers), "")}
            for table, more in ((tables.items, {}), (draws, customer), (tasks, {"error": "", "position": 0})):
                where = table.c.contact_id == contact_id
                self._connection.execute(update(table).where(where).values(**new, **more))
        open_ones = (tasks.c.contact_id.in_(list(ids.values())), tasks.c.state == "waiting")
        self._connection.execute(update(tasks).where(*open_ones).values(state="cancelled"))

    def _cases(self, subject: Subject, ids: Ids) -> int:
        table = tables.cases
        for row in self._rows(table, table.c.id.in_(subject.cases)):
            self._write_case(row.id, strip_case(load(Case, row.document), ids))
        return len(subject.cases)

    def _write_case(self, case_id: str, left: Case) -> None:
        table = tables.cases
        self._connection.execute(update(table).where(table.c.id == case_id).values(**case_row(left)))

    def _calibration(self, contact_ids: Collection[str], ids: Ids) -> int:
        """Sheets lose their notes; sheets and sessions get the new ids of contacts, where there are any."""
        sessions, sheets = tables.calibration_sessions, tables.calibration_sheets
        about = self._rows(sheets, sheets.c.contact_id.in_(list(contact_ids)))
        for row in about:
            left = strip_sheet(load(Sheet, row.document), ids)
            key = (sheets.c.session_id == row.session_id, sheets.c.rater == row.rater)
            one = update(sheets).where(*key, sheets.c.contact_id == row.contact_id)
            self._connection.execute(one.values(contact_id=left.contact_id, document=dump(left)))
        for row in self._rows(sessions, sessions.c.id.is_not(None)) if ids else ():
            session = load(CalibrationSession, row.document)
            left_session = strip_session(session, ids)
            if left_session != session:
                where = sessions.c.id == row.id
                self._connection.execute(update(sessions).where(where).values(document=dump(left_session)))
        return len(about)

    def _reviews(self, contact_ids: Collection[str], ids: Ids) -> int:
        table = tables.reviews
        about = self._rows(table, table.c.contact_id.in_(list(contact_ids)))
        for row in about:
            left = strip_review(load(Review, row.document), ids)
            values = {"contact_id": left.contact_id, "document": dump(left)}
            self._connection.execute(update(table).where(table.c.id == row.id).values(**values))
        return len(about)

    def _assignments(self, contact_ids: Collection[str], ids: Ids) -> None:
        """What was drawn and done stays, under new ids; nobody is asked to review what is gone."""
        table = tables.assignments
        for contact_id in contact_ids:
            own = update(table).where(table.c.contact_id == contact_id)
            self._connection.execute(own.where(table.c.state == "open").values(state="withdrawn"))
            self._connection.execute(own.values(contact_id=ids[contact_id]))

    def _told(self, ids: Collection[str]) -> int:
        """Deliveries of webhooks about these go; so do all answers kept for repeated requests, which may quote them."""
        self._connection.execute(delete(tables.kept_answers))
        table = tables.hook_deliveries
        return self._drop(table, table.c.subject.in_(list(ids)))

    def _disputes(self, contact_ids: Collection[str], ids: Ids) -> int:
        table = tables.disputes
        about = self._rows(table, table.c.contact_id.in_(list(contact_ids)))
        for row in about:
            left = strip_dispute(load(Dispute, row.document), ids)
            values = {"contact_id": left.contact_id, "document": dump(left), "state": left.state.value}
            self._connection.execute(update(table).where(table.c.id == row.id).values(**values))
        return len(about)

    def _coaching(self, contact_ids: Collection[str], ids: Ids) -> int:
        table, clips = tables.coaching_sessions, tables.coaching_clips
        named = select(clips.c.session_id).where(clips.c.contact_id.in_(list(contact_ids)))
        about = self._rows(table, table.c.id.in_(named))
        for row in about:
            left = strip_coaching(load(CoachingSession, row.document), ids, contact_ids)
            self._connection.execute(update(table).where(table.c.id == row.id).values(document=dump(left)))
        for old in contact_ids:
            if new := ids.get(old):
                self._connection.execute(update(clips).where(clips.c.contact_id == old).values(contact_id=new))
        return len(about)

    def _evidence(self, contact_ids: list[str]) -> dict[str, int]:
        """Quotes, reasons, notes and comments go; results, scores and ids stay."""
        evaluations, responses, links, cases = (
            tables.evaluations, tables.survey_responses, tables.survey_links, tables.cases,
        )  # fmt: skip
        for row in (scored := self._rows(evaluations, evaluations.c.contact_id.in_(contact_ids))):
            left = dump(strip_evaluation(load(Evaluation, row.document), {}))
            self._connection.execute(update(evaluations).where(evaluations.c.id == row.id).values(document=left))
            self._forget_reasons(tables.answers.c.evaluation_id == row.id)
        answered = self._column(links.c.response_id, contact_ids, links.c.contact_id)
        for row in (said := self._rows(responses, responses.c.id.in_(answered) & (responses.c.comment != ""))):
            document = dump({**json.loads(row.document), "comment": ""})
            where = responses.c.id == row.id
            self._connection.execute(update(responses).where(where).values(comment="", document=document))
        for row in self._rows(cases, cases.c.contact_id.in_(contact_ids)):
            self._write_case(row.id, strip_case(load(Case, row.document), {}))
        subject = Subject(ErasureKind.RETENTION, contacts=tuple(contact_ids), responses=tuple(answered))
        counts = drop_mentions(self._connection, subject, {})
        self._connection.execute(delete(tables.kept_answers))
        return {
            **counts,
            "evaluations": len(scored),
            "comments": len(said),
            "sheets": self._calibration(contact_ids, {}),
            "reviews": self._reviews(contact_ids, {}),
            "disputes": self._disputes(contact_ids, {}),
            "own_looks": self._drop(tables.own_looks, tables.own_looks.c.contact_id.in_(contact_ids)),
            "coaching_sessions": self._coaching(contact_ids, {}),
        }

    def _drop(self, table: Table, where: ColumnElement[bool]) -> int:
        return self._connection.execute(delete(table).where(where)).rowcount

    def _rows(self, table: Table, where: ColumnElement[bool]) -> Any:
        return self._connection.execute(select(table).where(where)).all()

    def _column(self, column: Any, contact_ids: list[str], key: Any = None) -> list[str]:
        wanted = column if key is None else key
        return list(self._connection.execute(select(column).where(wanted.in_(contact_ids))).scalars())


def _new_ids(subject: Subject, new_id: NewId) -> dict[str, str]:
    """A random id for each of the subject's. A case's begins as cases' do."""
    plain = (*subject.contacts, *subject.customers, *subject.responses, *subject.evaluations)
    ids = {old: PREFIX + new_id() for old in plain}
    return ids | {old: f"D-{PREFIX}{new_id()}" for old in subject.cases}


def _utc(contact: Contact) -> str:
    return contact.started_at.astimezone(UTC).isoformat()
