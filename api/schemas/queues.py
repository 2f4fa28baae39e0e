"""Work queues as JSON: what is sent to draw and to change, and lists of assignments."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from qm.domain.work_queue import (
    Allocation,
    Assignment,
    AssignmentState,
    EvaluationStep,
    Method,
    QueuePlan,
    Quota,
    Risk,
    Stratifier,
    WorkQueue,
)
from qm.ports.work_queues import WorkLine
from qm.services.queue_views import AssignmentPage, MyWork

EXAMPLE: JsonDict = {
    "name": "Settimana 47", "form_id": "servizio-clienti", "since": "2026-11-16", "until": "2026-11-22", "size": 60,
    "method": "stratified", "by": "team", "analysts": {"marta": 40, "luca": 40}, "second_share": 0.1,
}  # fmt: skip
Whole = Annotated[int, Field(ge=0, le=1_000_000)]


class QueueIn(BaseModel):
    """What is drawn, and for whom."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"example": EXAMPLE})

    name: Annotated[str, Field(description="80 characters at most")]
    form_id: str
    since: Annotated[date, Field(description="first day of the contacts")]
    until: Annotated[date, Field(description="last day")]
    size: Annotated[Whole, Field(description="contacts to draw")]
    analysts: Annotated[dict[str, Whole], Field(description="login and quota: how many contacts each takes at most")]
    method: Method = Method.RANDOM
    by: Annotated[Stratifier, Field(description="groups of a stratified draw")] = Stratifier.AGENT
    allocation: Allocation = Allocation.PROPORTIONAL
    team: str = ""
    process: str = ""
    medium: str = ""
    site: str = ""
    vendor: str = ""
    agent_min: Annotated[Whole, Field(description="contacts of each agent at least; 0: no bound")] = 0
    agent_max: Annotated[Whole, Field(description="at most; 0: no bound")] = 0
    due_days: Whole = 7
    second_share: Annotated[float, Field(ge=0, le=1, description="of the contacts that somebody else reviews too")] = 0
    seed: Annotated[int, Field(ge=0, lt=1 << 53, description="draws the same again; 0: one is drawn")] = 0
    with_tests: Annotated[bool, Field(description="test and mystery contacts too")] = False

    def plan(self) -> QueuePlan:
        """As the core takes it."""
        quotas = tuple(Quota(login, n) for login, n in self.analysts.items())
        return QueuePlan(**{**dict(self), "analysts": quotas})


class AssignmentKey(BaseModel):
    """Which contact of a queue."""

    model_config = ConfigDict(
        frozen=True, extra="forbid",
        json_schema_extra={"example": {"contact_id": "C-1", "withdraw": True}},
    )  # fmt: skip

    contact_id: str
    step: EvaluationStep = EvaluationStep.FIRST


class AssignmentChange(AssignmentKey):
    """What becomes of an open assignment: exactly one of the three."""

    to: Annotated[str, Field(description="login of who gets it")] = ""
    due: Annotated[date | None, Field(description="another last day")] = None
    withdraw: bool = False


class HandOver(BaseModel):
    """All open work of somebody in a queue goes to somebody else."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"example": {"from": "luca", "to": "ada"}})

    login: Annotated[str, Field(alias="from")]
    to: str


class Moved(BaseModel):
    """How many assignments changed hands or were withdrawn, and how many stayed as they were."""

    model_config = ConfigDict(frozen=True)

    changed: int
    stayed: int = 0


class DrawnQueue(BaseModel):
    """A queue that was drawn."""

    model_config = ConfigDict(frozen=True)

    id: str
    contacts: int
    frame: Annotated[int, Field(description="contacts that could be drawn")]
    left_out: dict[str, int]
    seed: int

    @classmethod
    def of(cls, queue: WorkQueue) -> "DrawnQueue":
        """In short."""
        plan = queue.plan
        return cls(id=queue.id, contacts=plan.size, frame=queue.frame, left_out=queue.left_out, seed=plan.seed)


class WorkItem(BaseModel):
    """A contact that one is to review. Whether somebody else did or will isn't told."""

    model_config = ConfigDict(frozen=True)

    contact_id: str
    form_id: str
    queue: str
    due: date
    cannot_tell: int
    agent_name: str
    team: str
    process: str
    medium: str
    started_at: datetime

    @classmethod
    def of(cls, line: WorkLine) -> "WorkItem":
        """The same of a line."""
        one = line.assignment
        return cls(
            contact_id=one.contact_id, form_id=one.form_id, queue=line.queue, due=one.due, cannot_tell=one.doubts,
            agent_name=line.agent_name, team=line.team, process=line.process, medium=line.medium,
            started_at=line.started_at,
        )  # fmt: skip


class WorkList(BaseModel):
    """One's own work in order."""

    model_config = ConfigDict(frozen=True)

    today: date
    open: int
    overdue: int
    items: tuple[WorkItem, ...]
    next_cursor: str

    @classmethod
    def of(cls, work: MyWork) -> "WorkList":
        """The same of the view."""
        items = tuple(WorkItem.of(line) for line in work.items)
        return cls(
            today=work.today, open=work.open, overdue=work.overdue, items=items, next_cursor=work.next_cursor
        )  # fmt: skip


class AssignmentRow(BaseModel):
    """A contact of a queue. Whether a second evaluation is to come isn't told before the first is handed in."""

    model_config = ConfigDict(frozen=True)

    contact_id: str
    step: EvaluationStep
    analyst: str
    state: AssignmentState
    due: date
    probability: float
    stratum: str
    risks: tuple[Risk, ...]
    cannot_tell: int
    done_at: datetime | None

    @classmethod
    def of(cls, one: Assignment) -> "AssignmentRow":
        """The same of an assignment."""
        return cls(
            contact_id=one.contact_id, step=one.step, analyst=one.analyst, state=one.state, due=one.due,
            probability=one.probability, stratum=one.stratum, risks=one.risks, cannot_tell=one.doubts,
            done_at=one.done_at,
        )  # fmt: skip


class AssignmentList(BaseModel):
    """A queue's contacts in the order of work."""

    model_config = ConfigDict(frozen=True)

    items: tuple[AssignmentRow, ...]
    next_cursor: str

    @classmethod
    def of(cls, page: AssignmentPage) -> "AssignmentList":
        """The same of the view."""
        return cls(items=tuple(AssignmentRow.of(one) for one in page.items), next_cursor=page.next_cursor)
