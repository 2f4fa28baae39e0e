"""What a draw looks at: every contact of a period with its signs, from columns alone."""

from typing import Any

from sqlalchemy import Connection, Select, func, select

from qm.domain.contact import Kind
from qm.domain.erasure import PREFIX
from qm.domain.evaluation import Answer
from qm.domain.run import ItemState
from qm.domain.work_queue import AssignmentState, FrameRow, FrameWish, LeftOut, Risk
from qm.storage import tables
from qm.storage.contact_store import within
from qm.storage.facts import LETTERS

CHUNK = 20_000
"""Rows fetched at once."""
POOR_GRADES = frozenset({"C", "D"})
"""Letters of transcripts that are hard to rely on."""
NOT_ASKED, DOUBT = LETTERS[Answer.NOT_APPLICABLE], LETTERS[Answer.CANNOT_TELL]


def frame_of(connection: Connection, wish: FrameWish) -> list[FrameRow]:
    """Every contact of a period and filters, by id; those that can't be drawn say why."""
    reviews, given = tables.reviews, tables.assignments
    is_open = given.c.state == AssignmentState.OPEN.value
    reviewed = _ids(connection, select(reviews.c.contact_id).where(reviews.c.form_id == wish.form_id))
    assigned = _ids(connection, select(given.c.contact_id).where(given.c.form_id == wish.form_id, is_open))
    unhappy = _ids(connection, select(tables.cases.c.contact_id))
    rows: list[FrameRow] = []
    texts: dict[str, str] = {}  # equal texts are one object
    with connection.execute(_statement(wish), execution_options={"yield_per": CHUNK}) as found:
        for contact_id, agent_id, team, process, kind, state, codes, score, failed, grade in found:
            out = _left_out(contact_id, state, codes, is_test=kind != Kind.CUSTOMER.value and not wish.with_tests)
            if out is None and contact_id in reviewed:
                out = LeftOut.REVIEWED
            elif out is None and contact_id in assigned:
                out = LeftOut.ASSIGNED
            doubts = codes.count(DOUBT) if codes else 0
            signs = (
                (Risk.FAILED, failed), (Risk.CANNOT_TELL, doubts), (Risk.DISSATISFIED, contact_id in unhappy),
                (Risk.LOW_SCORE, score is not None and score < wish.pass_mark),
                (Risk.POOR_TRANSCRIPT, grade in POOR_GRADES),
            )  # fmt: skip
            risks = () if out else tuple(risk for risk, shown in signs if shown)
            agent, group, about = (texts.setdefault(text, text) for text in (agent_id, team, process))
            rows.append(FrameRow(contact_id, agent, group, about, doubts, risks, out))
    return rows


def _left_out(contact_id: str, state: str, codes: str | None, *, is_test: bool) -> LeftOut | None:
    if contact_id.startswith(PREFIX):
        return LeftOut.ERASED
    if state == ItemState.QUARANTINED.value:
        return LeftOut.QUARANTINED
    if state != ItemState.DONE.value:
        return LeftOut.WAITING
    if not codes or not codes.strip(NOT_ASKED):  # no question of the form is about it
        return LeftOut.NOT_SCORED
    return LeftOut.TEST if is_test else None


def _statement(wish: FrameWish) -> Select[Any]:
    facts, items, scored, words = tables.contact_facts, tables.items, tables.evaluations, tables.transcripts
    where = [facts.c.started_s >= wish.since_s, facts.c.started_s < wish.until_s, *within(wish.scope)]
    where += [facts.c[name] == value for name, value in (("process", wish.process), ("medium", wish.medium)) if value]
    columns = (
        facts.c.contact_id, facts.c.agent_id, facts.c.team, facts.c.process, facts.c.kind,
        func.coalesce(items.c.state, ItemState.WAITING.value), scored.c.codes, scored.c.score,
        tables.HAS_FAILED, words.c.grade,
    )  # fmt: skip
    return (
        select(*columns)
        .outerjoin(items, items.c.contact_id == facts.c.contact_id)
        .outerjoin(scored, (scored.c.contact_id == facts.c.contact_id) & (scored.c.form_id == wish.form_id))
        .outerjoin(words, words.c.contact_id == facts.c.contact_id)
        .where(*where)
        .order_by(facts.c.contact_id)
    )


def _ids(connection: Connection, statement: Select[Any]) -> frozenset[str]:
    return frozenset(connection.execute(statement).scalars())
