"""Score a contact on every form, and prove later that the score would come out the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from qm import __version__
from qm.documents import dump
from qm.domain.contact import Contact
from qm.domain.evaluation import CriterionAnswer, Evaluation, Manifest
from qm.domain.form import Form
from qm.domain.prediction import Prediction
from qm.domain.signals import Signals
from qm.domain.transcript import Transcript
from qm.errors import ReplayError
from qm.fingerprint import fingerprint
from qm.ports import UnitOfWork
from qm.rules.aggregate import score_form
from qm.rules.engine import answer_form
from qm.rules.pack import Pack
from qm.rules.scene import Encoder, Scene, Thresholds

MACHINE = "machine"
MOST_FORMS = 256
"""Hashes of forms that are kept; a form is hashed once, not once a contact."""


@dataclass(frozen=True)
class Aids:
    """What helps the rules beside the words, the same for every contact.

    Attributes:
        hashes: SHA-256 by name of everything here that answers depend on; part of each manifest.
        encoder: of sentences, for conditions of meaning.
        predict: answers of trained models by criterion, for one contact.
        complete: looks at a form's answers after the rules, and may give those that the rules left open.
    """

    hashes: Mapping[str, str] = field(default_factory=dict)
    encoder: Encoder | None = None
    predict: Callable[[Contact, Transcript, Signals], Mapping[str, Prediction]] | None = None
    complete: Callable[[Pack, Scene, tuple[CriterionAnswer, ...]], tuple[CriterionAnswer, ...]] | None = None


NO_AIDS = Aids()


@dataclass(frozen=True)
class Replay:
    """Two texts that must be the same bytes."""

    evaluation_id: str
    stored: str
    again: str

    @property
    def is_identical(self) -> bool:
        """True where the replay gave the same bytes."""
        return self.stored == self.again


def evaluate(
    contact: Contact, transcript: Transcript, signals: Signals, pack: Pack, thresholds: Thresholds,
    aids: Aids = NO_AIDS,
) -> Evaluation:  # fmt: skip
    """The evaluation of one contact on one pack's form. Pure: equal arguments, equal bytes."""
    (evaluation,) = evaluate_all(contact, transcript, signals, (pack,), thresholds, aids)
    return evaluation


def evaluate_all(
    contact: Contact, transcript: Transcript, signals: Signals, packs: Sequence[Pack], thresholds: Thresholds,
    aids: Aids = NO_AIDS,
) -> tuple[Evaluation, ...]:  # fmt: skip
    """The evaluations of one contact on each pack's form, each as if it were alone."""
    parts = {
        "contact_sha256": fingerprint(contact),
        "audio_sha256": transcript.recording.sha256 if transcript.recording else "",
        "transcript_sha256": fingerprint(transcript),
        "signals_sha256": fingerprint(signals),
    }
    predictions = aids.predict(contact, transcript, signals) if aids.predict else {}
    evaluations = []
    for pack in packs:
        # A scene of its own: what one form answered is no ground for another's conditions.
        scene = Scene(contact, transcript, signals, thresholds, aids.encoder, predictions)
        manifest = Manifest(
            **parts, engine=vars(transcript.engine), pack=pack.id, pack_version=pack.version, pack_sha256=pack.sha256,
            settings=vars(thresholds), product_version=__version__, form_sha256=_hash_of(pack.form), aids=aids.hashes,
        )  # fmt: skip
        evaluations.append(_evaluation(pack, scene, manifest, aids))
    return tuple(evaluations)


def _evaluation(pack: Pack, scene: Scene, manifest: Manifest, aids: Aids) -> Evaluation:
    answers = answer_form(pack, scene)
    if aids.complete:
        answers = aids.complete(pack, scene, answers)
    contact_id = scene.contact.id
    return Evaluation(
        id="ev-" + fingerprint(contact_id, manifest)[:16], contact_id=contact_id, form_id=pack.form.id,
        form_version=pack.form.version, evaluator=MACHINE, answers=answers, score=score_form(pack.form, answers),
        manifest=manifest,
    )  # fmt: skip


_FORMS: dict[int, tuple[Form, str]] = {}


def _hash_of(form: Form) -> str:
    """Fingerprint of a form; kept with the form itself, so that another one at the same address isn't taken for it."""
    kept = _FORMS.get(id(form))
    if kept is None or kept[0] is not form:
        if len(_FORMS) >= MOST_FORMS:
            _FORMS.clear()
        kept = _FORMS[id(form)] = (form, fingerprint(form))
    return kept[1]


class ScoringService:
    """Replays with the packs in force.

    Args:
        recall: what helps the rules now, by the hashes of what helped them then.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        packs: Sequence[Pack],
        recall: Callable[[Mapping[str, str]], Aids] = lambda _then: NO_AIDS,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._packs = {pack.id: pack for pack in packs}
        self._recall = recall

    def replay(self, evaluation_id: str) -> Replay:
        """Do an evaluation again from what its manifest names.

        Raises:
            NotFoundError: no such evaluation.
            ReplayError: something that the manifest names changed since; the message says what.
        """
        with self._unit_of_work() as unit:
            stored = unit.evaluations.get(evaluation_id)
            contact = unit.contacts.get(stored.contact_id)
            transcript = unit.outputs.transcript(stored.contact_id)
            signals = unit.outputs.signals(stored.contact_id)
        manifest = stored.manifest
        aids = self._recall(manifest.aids)
        pack = self._packs.get(manifest.pack)
        present = {
            "contact": fingerprint(contact) == manifest.contact_sha256,
            "transcript": fingerprint(transcript) == manifest.transcript_sha256,
            "signals": fingerprint(signals) == manifest.signals_sha256,
            "rule pack": pack is not None and pack.sha256 == manifest.pack_sha256,
            "form": pack is not None and _hash_of(pack.form) == manifest.form_sha256,
            "thresholds": set(manifest.settings) == set(vars(Thresholds())),
            "product version": manifest.product_version == __version__,
        }
        changed = [name for name, same in present.items() if not same]
        changed += [f"'{name}'" for name in _changed(manifest.aids, aids.hashes)]
        if changed:
            message = f"evaluation '{evaluation_id}' can't be replayed: changed since: {', '.join(changed)}"
            raise ReplayError("replay.changed", message, "run `qm run` again to score with what is in force now")
        assert pack is not None
        thresholds = Thresholds(**{name: float(value) for name, value in manifest.settings.items()})
        again = evaluate(contact, transcript, signals, pack, thresholds, aids)
        return Replay(evaluation_id, dump(stored), dump(again))


def _changed(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*then, *now} if then.get(name) != now.get(name))
