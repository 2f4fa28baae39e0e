"""What remembers: the stores of one transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from qm.domain.coaching import CoachingItem, Told
from qm.domain.contact import Contact
from qm.domain.evaluation import Brief, Evaluation
from qm.domain.people import Scope
from qm.domain.recognition import Recognition, Voices
from qm.domain.run import ItemState, Quarantine, Run, StoppedPage
from qm.domain.signals import Signals
from qm.domain.survey import SurveyLink, SurveyResponse
from qm.domain.transcript import Transcript
from qm.ports.contact_list import Choices, ContactQuery, ListedPage


class ContactStore(Protocol):
    """Contacts and where each comes from."""

    def save(self, contact: Contact, folder: str, position: int, fingerprint: str) -> None:
        """Insert or replace."""
        ...

    def save_all(self, folder: str, rows: Iterable[tuple[Contact, int, str]]) -> None:
        """The same for contacts of one day folder, each with its position and its row's fingerprint; none twice."""
        ...

    def read_ahead(self, contact_ids: Sequence[str]) -> None:
        """These will be asked for next, one by one: they are read at once."""
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

    def stopped(self, after: str, size: int) -> StoppedPage:
        """A page of the entries, by subject.

        Args:
            after: only those that follow this subject; it needn't be among them any more. Empty: from the start.
        """
        ...

    def quarantine_of(self, subject: str) -> Quarantine | None:
        """The entry of one subject, or `None`."""
        ...

    def release(self, subject: str) -> None:
        """Take an entry out of quarantine."""
        ...

    def read_ahead(self, contact_ids: Sequence[str]) -> None:
        """What is published of these will be asked for next, contact by contact: it's read at once."""
        ...

    def published(self, contact_id: str, stage: str) -> str | None:
        """Fingerprint under which a stage's output stands, or `None`."""
        ...

    def marks(self, contact_ids: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        """What is published of these contacts, by contact and stage: it changes with anything that is made of one."""
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

    def replace(self, contact_id: str, evaluations: Sequence[Evaluation]) -> tuple[str, ...]:
        """Put these in the place of the contact's machine evaluations; theirs are the answers that count.

        Returns:
            Ids of those that stood there.
        """
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

    def some(self, ids: Sequence[str]) -> Iterator[Evaluation]:
        """Those of the named evaluations that are there, in any order."""
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

    def replace(self, items: Sequence[CoachingItem], agent_ids: Collection[str] | None = None) -> None:
        """Put these in the place of the whole list, or of these agents' part of it."""
        ...

    def newest(self) -> Mapping[str, float]:
        """When the newest done contact that counts for each agent began, seconds since 1970."""
        ...

    def told(self, agent_id: str, after_s: float, form_ids: Collection[str]) -> Iterator[Told]:
        """What is told of the agent's contacts that began later and count, by contact and form."""
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
