"""One form on one contact by one evaluator: answers, each with the evidence it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from qm.domain.transcript import Role
from qm.units import Seconds, Share


class Answer(StrEnum):
    """The four answers. *Cannot tell* goes to a person and is never counted as 0."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    CANNOT_TELL = "cannot_tell"


class Origin(StrEnum):
    """Who gave an answer: a rule, a model trained on analysts' answers, a generative model, a person."""

    RULE = "rule"
    MODEL = "model"
    GENERATIVE = "generative"
    PERSON = "person"


class EvidenceKind(StrEnum):
    """`words`: said; `absence`: searched and not found; `signal`: measured; `contact`: known of the contact."""

    WORDS = "words"
    ABSENCE = "absence"
    SIGNAL = "signal"
    CONTACT = "contact"


@dataclass(frozen=True)
class Window:
    """Where words are allowed to stand, in seconds on the contact's clock."""

    start_s: Seconds
    end_s: Seconds


@dataclass(frozen=True)
class Evidence:
    """What an answer rests on.

    Attributes:
        turn_ids: turns quoted (words) or searched (absence).
        quote: the words as they stand in the transcript; for an absence the nearest miss, if any.
        roles: who was allowed to say it.
        similarity: of the nearest miss to the nearest phrase; 1.0 for words that were found.
        confidence: lowest word confidence inside the quote; 1.0 where no word is involved.
        fact: the measure or contact field and its value (`silence_longest_s = 25.3`), for those kinds.
    """

    kind: EvidenceKind
    start_s: Seconds = 0.0
    end_s: Seconds = 0.0
    turn_ids: tuple[str, ...] = ()
    quote: str = ""
    roles: tuple[Role, ...] = ()
    window: Window | None = None
    similarity: Share = 1.0
    confidence: Share = 1.0
    fact: str = ""


PEOPLE_ONLY = "people_only"
"""Reason of an answer to a criterion that no rule or model answers."""
ERASED = "erased"
"""Reason of an answer whose evidence was erased; the answer itself stays, since figures rest on it."""


@dataclass(frozen=True)
class CriterionAnswer:
    """The answer to one criterion.

    Attributes:
        reason: stable code of why (`found`, `absent`, `roles_unknown`, …); worded by the user interface.
        confidence: 0 to 1; the weakest link of the evidence.
        origin: who gave it; a person's *not applicable* stays apart from the system's.
        value: the chosen option's id, the options' ids, the number, the date (ISO 8601) or the text; `None` for yes/no.
        share: share of the criterion's points that the value earns; `None`: all where met, none where not met.
    """

    criterion_id: str
    answer: Answer
    reason: str
    evidence: tuple[Evidence, ...] = ()
    confidence: Share = 1.0
    origin: Origin = Origin.RULE
    value: str | float | tuple[str, ...] | None = None
    share: Share | None = None

    @property
    def is_left_to_people(self) -> bool:
        """True where neither a rule nor a model answers the criterion: nobody was asked yet."""
        return self.answer is Answer.CANNOT_TELL and self.reason == PEOPLE_ONLY


@dataclass(frozen=True)
class SectionScore:
    """Points met and points answered of one section, those of sections inside it among them; 0 where nothing applied.

    Attributes:
        value: 0 to 100 over met and not met, by the form's weights; `None` where nothing was answered, and in
            evaluations made before sections had it. 0 where the section failed.
        lo: if every *cannot tell* turned out not met.
        hi: if every *cannot tell* turned out met.
    """

    section_id: str
    met: float
    answered: float
    value: float | None = None
    lo: float | None = None
    hi: float | None = None


@dataclass(frozen=True)
class ClassScore:
    """What one class of critical criteria came to in one evaluation.

    Attributes:
        name: `customer`, `business` or `compliance`.
        met: points met.
        answered: points answered.
        n: criteria answered.
        errors: criteria not met.
        open: criteria that a person has to decide.
    """

    name: str
    met: float
    answered: float
    n: int
    errors: int
    open: int

    @property
    def is_clean(self) -> bool | None:
        """Whether the contact is free of errors of this class; `None` where that's open or nothing was answered.

        The accuracy of a class is a figure over contacts: clean ones of those that are clean or not (COPC CX Standard).
        """
        if self.errors:
            return False
        return True if self.n and not self.open else None


@dataclass(frozen=True)
class Score:
    """The result on a form, 0 to 100.

    Attributes:
        value: over met and not met only; `None` where nothing could be answered.
        lo: if every *cannot tell* turned out not met.
        hi: if every *cannot tell* turned out met.
        counts: number of scored criteria by answer.
        failed_by: automatic-fail criteria of the form that weren't met.
        open_fails: automatic-fail criteria of the form that a person has to decide.
        not_applicable: how many of them the `system` and how many a `person` found not applicable.
        classes: of the classes that the form has.
        failed_sections: sections that a missed automatic fail brought to 0.
        bonus: points that bonuses added to `value`, before it was capped at 100.
    """

    value: float | None
    lo: float | None
    hi: float | None
    counts: Mapping[str, int]
    sections: tuple[SectionScore, ...]
    failed_by: tuple[str, ...] = ()
    open_fails: tuple[str, ...] = ()
    not_applicable: Mapping[str, int] = field(default_factory=dict)
    classes: tuple[ClassScore, ...] = ()
    failed_sections: tuple[str, ...] = ()
    bonus: float = 0.0


@dataclass(frozen=True)
class Manifest:
    """Everything that a score depends on. Equal manifests, equal bytes.

    Attributes:
        settings: the thresholds of doubt by name.
        form_sha256: of the form as it was read; empty in evaluations made before it was kept.
        aids: SHA-256 by name of what helped the rules: sentence encoder, trained models, generative model.
    """

    contact_sha256: str
    audio_sha256: str
    transcript_sha256: str
    signals_sha256: str
    engine: Mapping[str, str]
    pack: str
    pack_version: str
    pack_sha256: str
    settings: Mapping[str, float | str]
    product_version: str
    form_sha256: str = ""
    aids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Evaluation:
    """A finished evaluation. `id` is derived from contact and manifest, so the same work has the same id."""

    id: str
    contact_id: str
    form_id: str
    form_version: str
    evaluator: str
    answers: tuple[CriterionAnswer, ...]
    score: Score
    manifest: Manifest
    schema: str = field(default="evaluation/1")

    def answer_to(self, criterion_id: str) -> CriterionAnswer:
        """The answer to one criterion.

        Raises:
            KeyError: the form has no such criterion.
        """
        for answer in self.answers:
            if answer.criterion_id == criterion_id:
                return answer
        raise KeyError(criterion_id)


@dataclass(frozen=True)
class Brief:
    """What lists and figures need of an evaluation, read without its evidence.

    Attributes:
        cannot_tell: criteria that were asked and couldn't be told.
        asked: criteria that a rule or a model was asked.
        left: criteria that are left to people.
        counts: whose answers these are: `machine`, `review` or `dispute`.
    """

    id: str
    contact_id: str
    form_id: str
    score: Score
    cannot_tell: int
    asked: int
    left: tuple[str, ...]
    counts: str = "machine"
