"""Score a contact on every form, and prove later that the score would come out the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from qm import __version__
from qm.documents import dump
from qm.domain.contact import Contact
from qm.domain.evaluation import Evaluation, Manifest
from qm.domain.signals import Signals
from qm.domain.transcript import Transcript
from qm.errors import ReplayError
from qm.fingerprint import fingerprint
from qm.ports import UnitOfWork
from qm.rules.aggregate import score_form
from qm.rules.engine import answer_form
from qm.rules.pack import Pack
from qm.rules.scene import Scene, Thresholds

MACHINE = "machine"


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
    contact: Contact, transcript: Transcript, signals: Signals, pack: Pack, thresholds: Thresholds
) -> Evaluation:
    """The evaluation of one contact on one pack's form. Pure: equal arguments, equal bytes."""
    scene = Scene(contact, transcript, signals, thresholds)
    answers = answer_form(pack, scene)
    manifest = Manifest(
        contact_sha256=fingerprint(contact),
        audio_sha256=transcript.recording.sha256 if transcript.recording else "",
        transcript_sha256=fingerprint(transcript),
        signals_sha256=fingerprint(signals),
        engine=vars(transcript.engine),
        pack=pack.id,
        pack_version=pack.version,
        pack_sha256=pack.sha256,
        settings=vars(thresholds),
        product_version=__version__,
    )
    return Evaluation(
        id="ev-" + fingerprint(contact.id, manifest)[:16], contact_id=contact.id, form_id=pack.form.id,
        form_version=pack.form.version, evaluator=MACHINE, answers=answers, score=score_form(pack.form, answers),
        manifest=manifest,
    )  # fmt: skip


class ScoringService:
    """Scores and replays with the packs in force."""

    def __init__(self, unit_of_work: UnitOfWork, packs: Sequence[Pack]) -> None:
        self._unit_of_work = unit_of_work
        self._packs = {pack.id: pack for pack in packs}

    def replay(self, evaluation_id: str) -> Replay:
        """Do an evaluation again from what its manifest names.

        Raises:
            NotFoundError: no such evaluation.
            ReplayError: the contact's data, the pack or the product's version changed since.
        """
        with self._unit_of_work() as unit:
            stored = unit.evaluations.get(evaluation_id)
            contact = unit.contacts.get(stored.contact_id)
            transcript = unit.outputs.transcript(stored.contact_id)
            signals = unit.outputs.signals(stored.contact_id)
        manifest = stored.manifest
        pack = self._packs.get(manifest.pack)
        present = {
            "contact": fingerprint(contact) == manifest.contact_sha256,
            "transcript": fingerprint(transcript) == manifest.transcript_sha256,
            "signals": fingerprint(signals) == manifest.signals_sha256,
            "rule pack": pack is not None and pack.sha256 == manifest.pack_sha256,
            "product version": manifest.product_version == __version__,
        }
        if changed := [name for name, same in present.items() if not same]:
            message = f"evaluation '{evaluation_id}' can't be replayed: changed since: {', '.join(changed)}"
            raise ReplayError("replay.changed", message, "run `qm run` again to score with what is in force now")
        assert pack is not None
        again = evaluate(contact, transcript, signals, pack, Thresholds(**_floats(manifest.settings)))
        return Replay(evaluation_id, dump(stored), dump(again))


def _floats(settings: object) -> dict[str, float]:
    assert isinstance(settings, dict)
    return {name: float(value) for name, value in settings.items()}
