"""Use cases of trained answers: train, say, follow what people say of it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qm import __version__
from qm.analysis.describe_answers import Described, describe, texts_of
from qm.analysis.follow_answers import after_reviews, after_training
from qm.analysis.train_answers import (
    DEFAULT_SEED,
    DEFAULT_TARGET,
    AnswerModel,
    decide,
    groups_of,
    predict,
    train,
    weighing_turns,
)  # fmt: skip
from qm.domain.contact import Contact
from qm.domain.evaluation import Answer
from qm.domain.prediction import LifeStage, Prediction
from qm.domain.signals import Signals
from qm.domain.trained_answers import SIDES, AnswerLabel, AnswerReview, Standing, TrainingReport
from qm.domain.transcript import Transcript
from qm.errors import EngineError, InputError, NotFoundError
from qm.fingerprint import fingerprint
from qm.ports import SentenceEncoder, UnitOfWork
from qm.ports.answers import AnswerStore
from qm.services.answer_artefacts import pack, unpack
from qm.services.audit_notes import note_standing
from qm.units import Share

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Trained:
    """One criterion after training; hashes and seed are empty and 0 where nothing was fitted."""

    standing: Standing
    report: TrainingReport
    labels_sha256: str = ""
    encoder_sha256: str = ""
    seed: int = 0


@dataclass(frozen=True)
class LeftOut:
    """A label that couldn't be used: which, and why (`no_contact`, `no_transcript`, `no_criterion`)."""

    label: AnswerLabel
    reason: str


class AnswerService:
    """Trained answers of the contacts in the database.

    Args:
        criteria: ids that labels may speak of.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, store: AnswerStore, encoder: SentenceEncoder, criteria: Collection[str]
    ) -> None:
        self._unit_of_work = unit_of_work
        self._store = store
        self._encoder = encoder
        self._criteria = criteria
        self._models: dict[tuple[str, str], AnswerModel] = {}
        self._in_use: tuple[Standing, ...] | None = None

    def train(
        self, labels: Iterable[AnswerLabel], *, target: Share = DEFAULT_TARGET, seed: int = DEFAULT_SEED,
        tell: Tell = lambda _line: None,
    ) -> tuple[tuple[Trained, ...], tuple[LeftOut, ...]]:  # fmt: skip
        """Train every criterion that the labels speak of; what is trained anew loses its standing.

        Raises:
            InputError: no label can be used.
            EngineError: the encoder can't be used.
        """
        rows = list(labels)
        contacts, left_out = self._contacts_of(rows)
        by_criterion: dict[str, list[AnswerLabel]] = defaultdict(list)
        for label in rows:
            if label.contact_id in contacts and label.criterion_id in self._criteria and label.answer in SIDES:
                by_criterion[label.criterion_id].append(label)
        if not by_criterion:
            raise InputError("answers.no_labels", "no row can be learned from", "see `docs/answers.md` for the columns")
        described = {name: self._describe(*contacts[name]) for name in sorted(contacts)}
        agents = {name: contact.agent.id for name, (contact, _transcript, _signals) in contacts.items()}
        found = []
        for criterion_id in sorted(by_criterion):
            tell(f"{criterion_id}: {len(by_criterion[criterion_id])} labels")
            found.append(self._train_one(criterion_id, by_criterion[criterion_id], described, agents, target, seed))
        return tuple(found), left_out

    def reports(self) -> tuple[Trained, ...]:
        """Every trained criterion, with its report."""
        return tuple(self._trained(standing) for standing in self._store.standings())

    def report(self, criterion_id: str) -> Trained:
        """One trained criterion.

        Raises:
            NotFoundError: it was never trained.
        """
        for standing in self._store.standings():
            if standing.criterion_id == criterion_id:
                return self._trained(standing)
        raise NotFoundError("answers.untrained", f"'{criterion_id}' was never trained", "see `qm answers report`")

    def hashes(self) -> Mapping[str, str]:
        """What answers depend on, for manifests: each model in use with its stage, and the encoder."""
        used = {f"answers.{one.criterion_id}": fingerprint(one.model, one.stage) for one in self._used()}
        return used | {"answers.encoder": self._encoder.describe().sha256} if used else {}

    def predict(self, contact: Contact, transcript: Transcript, signals: Signals) -> Mapping[str, Prediction]:
        """What the models in use say about one contact, by criterion; empty where there are none or nobody speaks.

        Raises:
            EngineError: a model is damaged, or was trained with another encoder.
        """
        used = self._used()
        if not used or not texts_of(transcript):
            return {}
        described = self._describe(contact, transcript, signals)
        return {one.criterion_id: self._predict_one(one, described, transcript) for one in used}

    def apply(self, contact_ids: Sequence[str]) -> Mapping[str, Mapping[str, Prediction]]:
        """What the models say about contacts of the database; all with a transcript where none is named.

        Raises:
            NotFoundError: a named contact isn't there, or has no transcript yet.
        """
        with self._unit_of_work() as unit:
            named = list(contact_ids) or [contact.id for contact in unit.contacts.every()]
        found = {}
        for contact_id in named:
            try:
                found[contact_id] = self.predict(*self._read(contact_id))
            except NotFoundError:
                if contact_ids:
                    raise
        return found

    def review(self, labels: Iterable[AnswerLabel]) -> tuple[tuple[Standing, ...], tuple[LeftOut, ...]]:
        """Count people's answers against the models' sure ones, and move what has to be moved.

        A contact that a model was trained on doesn't count; nor does one that was counted before.
        """
        rows = list(labels)
        contacts, left_out = self._contacts_of(rows)
        moved = []
        for standing in self._store.standings():
            about = self._trained(standing).report
            if not about.answers:
                continue
            new = self._reviews(standing, [row for row in rows if row.criterion_id == standing.criterion_id], contacts)
            after = after_reviews(standing, new)
            self._stand(after)
            moved.append(after)
        return tuple(moved), left_out

    def _reviews(
        self,
        standing: Standing,
        rows: Iterable[AnswerLabel],
        contacts: Mapping[str, tuple[Contact, Transcript, Signals]],
    ) -> list[AnswerReview]:
        found = []
        for row in sorted(rows, key=lambda row: (row.at, row.contact_id)):
            if row.contact_id in contacts and row.answer in SIDES and row.contact_id not in standing.trained_on:
                contact, transcript, signals = contacts[row.contact_id]
                given = self._predict_one(standing, self._describe(contact, transcript, signals), transcript).answer
                if given is not Answer.CANNOT_TELL:
                    found.append(AnswerReview(row.contact_id, given, row.answer, row.at))
        return found

    def _train_one(
        self, criterion_id: str, labels: Sequence[AnswerLabel], described: Mapping[str, Described],
        agents: Mapping[str, str], target: Share, seed: int,
    ) -> Trained:  # fmt: skip
        rows = sorted(labels, key=lambda label: label.contact_id)
        names = [row.contact_id for row in rows]
        by, groups = groups_of(names, [agents[name] for name in names])
        is_met = np.array([float(row.answer is Answer.MET) for row in rows])
        model, report = train(
            criterion_id, [described[name] for name in names], is_met, groups, by=by, target=target, seed=seed
        )
        sha256 = ""
        if model is not None:
            files = pack(
                model, report, encoder_sha256=self._encoder.describe().sha256, seed=seed, product_version=__version__,
                labels_sha256=fingerprint([[row.contact_id, row.answer] for row in rows]),
            )  # fmt: skip
            sha256 = self._store.put(criterion_id, files)
        standing = replace(after_training(report, sha256), trained_on=tuple(names))
        self._stand(standing)
        return self._trained(standing) if sha256 else Trained(standing, report)

    def _trained(self, standing: Standing) -> Trained:
        if standing.model:
            _model, about, report = unpack(self._store.get(standing.criterion_id, standing.model))
            return Trained(standing, report, about.labels_sha256, about.encoder_sha256, about.seed)
        return Trained(standing, TrainingReport.nothing(standing))

    def _used(self) -> tuple[Standing, ...]:
        """Read once, so that all contacts of a run are answered by the same models."""
        if self._in_use is None:
            self._in_use = tuple(one for one in self._store.standings() if one.stage is not LifeStage.PEOPLE)
        return self._in_use

    def _stand(self, standing: Standing) -> None:
        before = next((one for one in self._store.standings() if one.criterion_id == standing.criterion_id), None)
        # Noted first: a change that can't be noted isn't made.
        with self._unit_of_work() as unit:
            note_standing(unit, before, standing)
        self._store.stand(standing)
        self._in_use = None

    def _predict_one(self, standing: Standing, described: Described, transcript: Transcript) -> Prediction:
        model = self._model(standing)
        probability = predict(model, described)
        answer = decide(model, probability)
        turns = weighing_turns(model, described, answer)
        return Prediction(
            standing.criterion_id, answer, probability, standing.model,
            tuple(transcript.turns[place].id for place in turns), standing.stage.value,
        )  # fmt: skip

    def _model(self, standing: Standing) -> AnswerModel:
        key = (standing.criterion_id, standing.model)
        if key not in self._models:
            model, about, _report = unpack(self._store.get(*key))
            if about.encoder_sha256 != self._encoder.describe().sha256:
                message = f"'{standing.criterion_id}' was trained with another sentence encoder"
                raise EngineError("answers.other_encoder", message, "train it again")
            self._models[key] = model
        return self._models[key]

    def _describe(self, contact: Contact, transcript: Transcript, signals: Signals) -> Described:
        return describe(contact, transcript, signals, self._encoder.encode(texts_of(transcript)))

    def _contacts_of(
        self, labels: Iterable[AnswerLabel]
    ) -> tuple[dict[str, tuple[Contact, Transcript, Signals]], tuple[LeftOut, ...]]:
        """Contact, transcript and signals of the labels that can be used, and the labels that can't."""
        found: dict[str, tuple[Contact, Transcript, Signals]] = {}
        left_out = []
        for label in labels:
            if label.criterion_id not in self._criteria:
                left_out.append(LeftOut(label, "no_criterion"))
            elif label.contact_id not in found:
                try:
                    found[label.contact_id] = self._read(label.contact_id)
                except NotFoundError as error:
                    left_out.append(
                        LeftOut(label, "no_contact" if error.code == "contact.unknown" else "no_transcript")
                    )
        return found, tuple(left_out)

    def _read(self, contact_id: str) -> tuple[Contact, Transcript, Signals]:
        with self._unit_of_work() as unit:
            contact = unit.contacts.get(contact_id)
            return contact, unit.outputs.transcript(contact_id), unit.outputs.signals(contact_id)
