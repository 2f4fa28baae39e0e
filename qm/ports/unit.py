"""One transaction: the stores that change together."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeAlias

from qm.ports.audit import AuditStore
from qm.ports.calibration import CalibrationStore
from qm.ports.cases import CaseStore
from qm.ports.coaching_sessions import CoachingSessionStore
from qm.ports.disputes import DisputeStore
from qm.ports.export import ExportStore
from qm.ports.figures import FigureStore
from qm.ports.hooks import HookStore
from qm.ports.kept_answers import KeptAnswerStore
from qm.ports.objects import ObjectNames
from qm.ports.people import PeopleStore, SessionStore
from qm.ports.retention import Eraser, ErasureLedger, HoldStore, SubjectStore
from qm.ports.reviews import ReviewStore
from qm.ports.search import SearchStore
from qm.ports.stores import (
    CoachingStore,
    ContactStore,
    EvaluationStore,
    OutputStore,
    RunStore,
    SurveyStore,
    WorkStore,
)
from qm.ports.voc import DrawStore, FactStore, ReportStore
from qm.ports.work import TaskStore
from qm.ports.work_queues import WorkQueueStore


class Unit(Protocol):
    """One transaction: commits when its block ends, rolls back when an error leaves it."""

    @property
    def blocks_writers(self) -> bool:
        """Whether all other writers wait until this transaction ends: then hardly anything is computed within it."""
        ...

    def lock(self, name: str) -> None:
        """Wait until no other transaction holds that name; it's let go when this one ends.

        For use cases that read a whole set and put another in its place: two at once would each undo the other's.
        """
        ...

    @property
    def contacts(self) -> ContactStore:
        """The contacts of this transaction."""
        ...

    @property
    def work(self) -> WorkStore:
        """The work list of this transaction."""
        ...

    @property
    def outputs(self) -> OutputStore:
        """The outputs of this transaction."""
        ...

    @property
    def evaluations(self) -> EvaluationStore:
        """The evaluations of this transaction."""
        ...

    @property
    def surveys(self) -> SurveyStore:
        """The surveys of this transaction."""
        ...

    @property
    def coaching(self) -> CoachingStore:
        """The coaching of this transaction."""
        ...

    @property
    def runs(self) -> RunStore:
        """The runs of this transaction."""
        ...

    @property
    def facts(self) -> FactStore:
        """Contacts and responses as tables."""
        ...

    @property
    def draws(self) -> DrawStore:
        """Who is asked in a survey."""
        ...

    @property
    def documents(self) -> ReportStore:
        """Saved reports."""
        ...

    @property
    def cases(self) -> CaseStore:
        """Detractor cases."""
        ...

    @property
    def calibration(self) -> CalibrationStore:
        """Calibration sessions and their sheets."""
        ...

    @property
    def object_names(self) -> ObjectNames:
        """Which objects the database names."""
        ...

    @property
    def tasks(self) -> TaskStore:
        """What runs want done, and who holds it."""
        ...

    @property
    def holds(self) -> HoldStore:
        """The legal holds of this transaction."""
        ...

    @property
    def ledger(self) -> ErasureLedger:
        """Certificates of erasures, and what mustn't come back."""
        ...

    @property
    def subjects(self) -> SubjectStore:
        """Finds what an erasure is about."""
        ...

    @property
    def eraser(self) -> Eraser:
        """Takes personal data out."""
        ...

    @property
    def audit(self) -> AuditStore:
        """Who did or looked at what."""
        ...

    @property
    def reviews(self) -> ReviewStore:
        """What people answered beside the machine."""
        ...

    @property
    def search(self) -> SearchStore:
        """What was said, by its words."""
        ...

    @property
    def work_queues(self) -> WorkQueueStore:
        """Draws of contacts for review, and who reviews each."""
        ...

    @property
    def export(self) -> ExportStore:
        """Contacts as rows of a table."""
        ...

    @property
    def hooks(self) -> HookStore:
        """Who is told of events."""
        ...

    @property
    def kept_answers(self) -> KeptAnswerStore:
        """What repeated requests were answered."""
        ...

    @property
    def figures(self) -> FigureStore:
        """Sums by day and agent."""
        ...

    @property
    def disputes(self) -> DisputeStore:
        """What agents contest, and what they did with their own contacts."""
        ...

    @property
    def coaching_sessions(self) -> CoachingSessionStore:
        """What supervisors planned with agents."""
        ...

    @property
    def people(self) -> PeopleStore:
        """Who may sign in."""
        ...

    @property
    def sessions(self) -> SessionStore:
        """Who is signed in."""
        ...


UnitOfWork: TypeAlias = Callable[[], AbstractContextManager[Unit]]
"""Opens a transaction: `with unit_of_work() as unit: …`."""
