"""What remembers: the stores of one transaction."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from qm.domain.coaching import CoachingItem
from qm.domain.contact import Contact
from qm.domain.evaluation import Brief, Evaluation
from qm.domain.people import Scope
from qm.domain.recognition import Recognition, Voices
from qm.domain.run import ItemState, Quarantine, Run
from qm.domain.signals import Signals
from qm.domain.survey import SurveyLink, SurveyResponse
from qm.domain.transcript import Transcript
from qm.ports.contact_list import Choices, ContactQuery, ListedPage


class ContactStore(Protocol):
    """Contacts and where each comes from."""

    def save(self, contact: Contact, folder: str, position: int, fingerprint: str) -> None:
        """Insert or replace."""
        ...

    def get(self, contact_id: str) -> Contact:
        """One contact.

        Raises:
            NotFoundError: no such contact.
        """
        ...

    def origin(self, contact_id: str) -> tuple[str, str]:
        """Day folder and fingerprint of the contact's row."""
        ...

    def every(self) -> Iterator[Contact]:
        """All contacts in order of start, then id."""
        ...

    def some(self, ids: Collection[str], scope: Scope) -> dict[str, Contact]:
        """Those of the named contacts that are there and within the scope, by id."""
        ...

    def page(self, wanted: ContactQuery, after: str = "", size: int = 50) -> ListedPage:
        """One page of the list in order of start, then id.

        Args:
            after: id of the last line of the page before; empty: from the beginning.

        Raises:
            NotFoundError: `after` isn't in this list.
        """
        ...

    def leaders(self, scope: Scope) -> frozenset[str]:
        """Who leads agents within the scope: the contact's supervisor, or its team where none is told."""
        ...

    def choices(self, scope: Scope) -> Choices:
        """Values of the list's filters, as far as they stand in contacts within the scope."""
        ...


class WorkStore(Protocol):
    """What is done, what is left, what is quarantined. The durable truth of a run; saving a contact puts it there."""

    def state(self, contact_id: str) -> ItemState:
        """Where a contact stands."""
        ...

    def states(self) -> Mapping[str, ItemState]:
        """Where every contact stands."""
        ...

    def finish(self, contact_id: str) -> None:
        """Mark done and lift its quarantine."""
        ...

    def quarantine(self, entry: Quarantine, *, is_contact: bool) -> None:
        """Note why a contact or a file stopped."""
        ...

    def quarantined(self) -> tuple[Quarantine, ...]:
        """All entries, by subject."""
        ...

    def quarantine_of(self, subject: str) -> Quarantine | None:
        """The entry of one subject, or `None`."""
        ...

    def release(self, subject: str) -> None:
        """Take an entry out of quarantine."""
        ...

    def published(self, contact_id: str, stage: str) -> str | None:
        """Fingerprint under which a stage's output stands, or `None`."""
        ...

    def publish(self, contact_id: str, stage: str, fingerprint: str) -> None:
        """Note that the stage's output stands; part of the transaction that writes it."""
        ...


class OutputStore(Protocol):
    """What the stages publish for a contact."""

    def save_recording(self, contact_id: str, sha256: str) -> None:
        """Name the stored object of a contact."""
        ...

    def recording(self, contact_id: str) -> str | None:
        """SHA-256 of a contact's stored object, `None` where there is none."""
        ...

    def earlier_with(self, sha256: str, contact_id: str) -> str | None:
        """Another contact that has the same object."""
        ...

    def save_recognition(self, contact_id: str, recognition: Recognition) -> None:
        """Insert or replace."""
        ...

    def recognition(self, contact_id: str) -> Recognition:
        """The words as recognised.

        Raises:
            NotFoundError: not recognised yet.
        """
        ...

    def save_voices(self, contact_id: str, voices: Voices) -> None:
        """Insert or replace."""
        ...

    def voices(self, contact_id: str) -> Voices:
        """Who speaks when on a shared channel.

        Raises:
            NotFoundError: nobody looked yet.
        """
        ...

    def save_transcript(self, contact_id: str, transcript: Transcript) -> None:
        """Insert or replace."""
        ...

    def transcript(self, contact_id: str) -> Transcript:
        """The turns.

        Raises:
            NotFoundError: not there yet.
        """
        ...

    def grades(self) -> dict[str, str]:
        """Letter of every transcript that has a grade, by contact."""
        ...

    def save_signals(self, contact_id: str, signals: Signals) -> None:
        """Insert or replace."""
        ...

    def signals(self, contact_id: str) -> Signals:
        """The signals.

        Raises:
            NotFoundError: not there yet.
        """
        ...


class EvaluationStore(Protocol):
    """Evaluations and their answers."""

    def replace(self, contact_id: str, evaluations: Sequence[Evaluation]) -> None:
        """Put these in the place of the contact's machine evaluations; theirs are the answers that count."""
        ...

    def count(self, evaluation: Evaluation, by: str) -> None:
        """Let these answers count in lists and figures; the machine's document of the same id stays as it is.

        Args:
            by: `machine`, `review` or `dispute`.
        """
        ...

    def tally(self, criterion_id: str) -> Mapping[str, int]:
        """How many answers of each kind count for a criterion, over all contacts."""
        ...

    def counted(self, among: Collection[str] | None = None) -> Mapping[str, Mapping[str, str]]:
        """Where people's answers count: by evaluation, the answer to each criterion; empty: left to people.

        Args:
            among: ids of evaluations; `None`: all.
        """
        ...

    def get(self, evaluation_id: str) -> Evaluation:
        """One evaluation.

        Raises:
            NotFoundError: no such evaluation.
        """
        ...

    def of_contact(self, contact_id: str) -> tuple[Evaluation, ...]:
        """A contact's evaluations by form id."""
        ...

    def ids_of(self, contact_id: str) -> tuple[str, ...]:
        """Ids of a contact's evaluations by form id."""
        ...

    def every(self) -> Iterator[Evaluation]:
        """All evaluations by contact and form id."""
        ...

    def briefs(self, contact_ids: Sequence[str] | None = None) -> Iterator[Brief]:
        """What lists and figures need of all evaluations, or of these contacts', by contact and form id."""
        ...


class SurveyStore(Protocol):
    """Survey responses and their links."""

    def save(self, responses: Sequence[SurveyResponse]) -> int:
        """Insert or replace; returns how many were new."""
        ...

    def every(self) -> tuple[SurveyResponse, ...]:
        """All responses by id."""
        ...

    def get(self, response_id: str) -> SurveyResponse | None:
        """One response, or `None`."""
        ...

    def documents(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Those of the named responses that are there, as canonical JSON by id."""
        ...

    def replace_links(self, links: Sequence[SurveyLink]) -> None:
        """Put these in the place of all links."""
        ...

    def links(self) -> tuple[SurveyLink, ...]:
        """All links by response id."""
        ...

    def links_of(self, contact_id: str) -> tuple[SurveyLink, ...]:
        """A contact's links by response id."""
        ...

    def count(self) -> int:
        """Responses."""
        ...

    def unlinked(self, most: int) -> tuple[int, tuple[SurveyLink, ...]]:
        """How many responses have no contact, and the links of some of them by response id."""
        ...


class CoachingStore(Protocol):
    """The coaching list."""

    def replace(self, items: Sequence[CoachingItem]) -> None:
        """Put these in the place of the whole list."""
        ...

    def every(self) -> tuple[CoachingItem, ...]:
        """All items by agent and rank."""
        ...


class RunStore(Protocol):
    """Executions of the pipeline."""

    def begin(self, run: Run) -> None:
        """Note that a run began."""
        ...

    def finish(self, run: Run) -> None:
        """Note that it ended."""
        ...

    def latest(self) -> Run | None:
        """The run that began last."""
        ...
