"""What pages, their JSON twins and command-line reports show: one view object for all three."""

from dataclasses import dataclass
from datetime import date, datetime

from qm.analysis.judge_classes import ClassFigure
from qm.domain.coaching import CoachingItem
from qm.domain.contact import Contact
from qm.domain.evaluation import CriterionAnswer, Evaluation
from qm.domain.figures import Figure
from qm.domain.form import Criterion
from qm.domain.run import ItemState, Quarantine
from qm.domain.signals import Signals
from qm.domain.survey import SurveyLink, SurveyResponse
from qm.domain.text import Text
from qm.domain.transcript import Transcript


@dataclass(frozen=True)
class FormScore:
    """A contact's score on one form. `passed` is `None` where a person has still to decide; so is `band`.

    `counted_by`: whose answers count: `machine`, `review` or `dispute`.
    """

    form_id: str
    title: Text
    evaluation_id: str
    value: float | None
    lo: float | None
    hi: float | None
    answered: int
    open: int
    failed_by: tuple[str, ...]
    passed: bool | None
    band: Text | None = None
    counted_by: str = "machine"

    @property
    def applies(self) -> bool:
        """False where no question of the form is about this contact."""
        return self.value is not None or self.answered + self.open > 0


@dataclass(frozen=True)
class ContactRow:
    """One line of the contact list. `grade`: letter of the transcript, empty for a chat and before it's done."""

    id: str
    started_at: datetime
    medium: str
    direction: str
    process: str
    agent_id: str
    agent_name: str
    team: str
    kind: str
    language: str
    state: ItemState
    duration_s: float | None
    scores: tuple[FormScore, ...]
    satisfaction: int | None
    nps: int | None
    quarantine_code: str
    grade: str


@dataclass(frozen=True)
class ContactPage:
    """Part of the contact list.

    Attributes:
        next_cursor: empty on the last page.
        total: how many the filter lets through, counted up to 1,000.
        is_longer: there are more than `total`.
    """

    items: tuple[ContactRow, ...]
    next_cursor: str
    total: int
    is_longer: bool = False


@dataclass(frozen=True)
class CriterionView:
    """A criterion with its answer."""

    criterion: Criterion
    answer: CriterionAnswer


@dataclass(frozen=True)
class SectionView:
    """A section of a form with its answers; `value` is 0 to 100, `None` where nothing applied.

    Attributes:
        passed: `None` where it has no pass mark, or a person has still to decide.
        band: title of the band that it is surely in.
        failed: brought to 0 by an automatic fail of its own.
        sections: those inside it, in place of criteria.
    """

    id: str
    title: Text
    value: float | None
    criteria: tuple[CriterionView, ...]
    passed: bool | None = None
    band: Text | None = None
    failed: bool = False
    sections: tuple["SectionView", ...] = ()


@dataclass(frozen=True)
class EvaluationView:
    """An evaluation as people read it.

    Attributes:
        evaluation: the machine's, in a contact's view.
        counted: the same with the answers that count, where a person's do; `None`: the machine's count.
        counted_who: login of that person.
        is_partial: the form has changed since: of its criteria only those with an answer are shown, and of the answers
            only those that it still asks for. Scoring the contact anew answers all of them.
    """

    score: FormScore
    sections: tuple[SectionView, ...]
    evaluation: Evaluation
    counted: "EvaluationView | None" = None
    counted_who: str = ""
    is_partial: bool = False

    @property
    def leaves(self) -> tuple[SectionView, ...]:
        """The sections that hold criteria, wherever they stand."""
        return tuple(leaf for section in self.sections for leaf in section.sections or (section,))


@dataclass(frozen=True)
class SurveyView:
    """A survey response with the link that brought it here."""

    response: SurveyResponse
    link: SurveyLink


@dataclass(frozen=True)
class ContactView:
    """Everything about one contact. Transcript and signals are `None` where processing stopped before them."""

    row: ContactRow
    contact: Contact
    transcript: Transcript | None
    signals: Signals | None
    evaluations: tuple[EvaluationView, ...]
    surveys: tuple[SurveyView, ...]
    quarantine: Quarantine | None
    has_audio: bool


@dataclass(frozen=True)
class CoachingRow:
    """A coaching item with the names that a supervisor knows it by.

    Attributes:
        session_id: of the open session about the same criterion; empty: the item is new.
        last_held_at: of the last session about the same criterion.
    """

    item: CoachingItem
    agent_name: str
    team: str
    supervisor: str
    title: Text
    action: Text
    form_title: Text
    contact_started_at: datetime
    process: str
    medium: str
    session_id: str = ""
    last_held_at: datetime | None = None


@dataclass(frozen=True)
class CoachingPage:
    """Part of the coaching list; `next_cursor` is empty on the last page."""

    items: tuple[CoachingRow, ...]
    total: int
    next_cursor: str


@dataclass(frozen=True)
class GroupFigures:
    """Figures of one team or agent.

    Attributes:
        scores: mean score by form id.
        classes: accuracy in each class of critical criteria, over all forms.
    """

    id: str
    name: str
    contacts: int
    scores: tuple[tuple[str, Figure], ...]
    nps: Figure
    satisfaction: Figure
    classes: tuple[ClassFigure, ...] = ()

    def score(self, form_id: str) -> Figure:
        """The mean score on one form.

        Raises:
            KeyError: no such form.
        """
        return dict(self.scores)[form_id]


@dataclass(frozen=True)
class ClassRow:
    """Accuracy in the classes of critical criteria, of the `day`, a `form`, a `team` or an `agent`."""

    kind: str
    id: str
    name: Text | str
    classes: tuple[ClassFigure, ...]


@dataclass(frozen=True)
class DayFigures:
    """The day in numbers.

    Attributes:
        cannot_tell: of `answers`, those that were tried and are left to a person.
        answers: that rules and models were asked for; those of `people_only` aren't among them.
        people_only: answers that the forms leave to people from the start; of a day, on contacts that count for agents.
        noted_only: of those, the ones that count in no score: dates, texts, plain numbers.
        min_n: below so many observations no value is shown.
        classes: accuracy in each class of critical criteria over the whole day, contact by contact.
        form_classes: likewise by form id, each form by itself.
        day: whose figures these are; `None` where they're those of a run's contacts, or there are none.
        earlier: the day with contacts before it; `later`: the one after it.
        is_behind: some contacts that changed aren't counted yet.
        agents: empty where there are too many for a page: the dashboards show them.
        agents_n: agents with contacts that count.
        responses: survey responses of the whole site; `unlinked_n` of them without a contact, the newest in `unlinked`.
    """

    contacts: int
    done: int
    quarantined: int
    cannot_tell: int
    answers: int
    min_n: int
    form_titles: tuple[tuple[str, Text], ...]
    teams: tuple[GroupFigures, ...]
    agents: tuple[GroupFigures, ...]
    responses: int
    linked: int
    unlinked: tuple[SurveyLink, ...]
    people_only: int = 0
    noted_only: int = 0
    classes: tuple[ClassFigure, ...] = ()
    form_classes: tuple[tuple[str, tuple[ClassFigure, ...]], ...] = ()
    day: date | None = None
    earlier: date | None = None
    later: date | None = None
    is_behind: bool = False
    agents_n: int = 0
    unlinked_n: int = 0

    @property
    def class_names(self) -> tuple[str, ...]:
        """Classes that some contact was asked about."""
        return tuple(each.name for each in self.classes if each.is_asked)

    @property
    def class_rows(self) -> tuple[ClassRow, ...]:
        """The whole day, forms, teams and agents that were asked about a class, with those of `class_names`."""
        titles = dict(self.form_titles)
        forms = [ClassRow("form", form_id, titles[form_id], self._asked(own)) for form_id, own in self.form_classes]
        groups = [
            ClassRow(kind, group.id, group.name, self._asked(group.classes))
            for kind, members in (("team", self.teams), ("agent", self.agents)) for group in members
        ]  # fmt: skip
        rows = (ClassRow("day", "", "", self._asked(self.classes)), *forms, *groups)
        return tuple(row for row in rows if any(each.is_asked for each in row.classes))

    def _asked(self, figures: tuple[ClassFigure, ...]) -> tuple[ClassFigure, ...]:
        names = self.class_names
        return tuple(each for each in figures if each.name in names)

    @property
    def told(self) -> tuple[tuple[str, Text], ...]:
        """Forms on which some team or agent has enough contacts for a value: the columns worth a reader's look."""
        return tuple(form for form in self.form_titles if self._is_told(form[0]))

    @property
    def untold(self) -> tuple[tuple[Text, int], ...]:
        """The other forms, with how many contacts were scored on each."""
        return tuple(
            (title, sum(team.score(form_id).n for team in self.teams))
            for form_id, title in self.form_titles if not self._is_told(form_id)
        )  # fmt: skip

    def _is_told(self, form_id: str) -> bool:
        return any(group.score(form_id).value is not None for group in (*self.teams, *self.agents))
