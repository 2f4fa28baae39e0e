"""Answer every form of the packs in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipelines.stage import SHORT_TURNS, parent
from qm import __version__
from qm.domain.contact import Contact
from qm.domain.evaluation import Evaluation
from qm.domain.signals import Signals
from qm.domain.transcript import Transcript
from qm.fingerprint import fingerprint
from qm.ports import Unit
from qm.rules.pack import Pack
from qm.rules.scene import Thresholds
from qm.services.audit_notes import note_scores
from qm.services.scoring import NO_AIDS, Aids, evaluate_all
from qm.services.settling import settle_anew


@dataclass(frozen=True)
class Scored:
    """What an evaluation is made from."""

    contact: Contact
    transcript: Transcript
    signals: Signals


class ScoreStage:
    """One evaluation a pack."""

    name = "score"
    version = "3"

    def __init__(self, packs: Sequence[Pack], thresholds: Thresholds, aids: Aids = NO_AIDS) -> None:
        self._packs = tuple(packs)
        self._thresholds = thresholds
        self._aids = aids

    def fingerprint(self, unit: Unit, contact_id: str) -> str:
        """Over signals, the contact's row, the hashes of packs and aids, the thresholds and the product's version."""
        hashes = [[pack.id, pack.version, pack.sha256] for pack in self._packs]
        origin = unit.contacts.origin(contact_id)[1]
        signals = parent(unit, contact_id, "signals")
        aids = self._aids.hashes
        return fingerprint(self.name, self.version, signals, origin, hashes, self._thresholds, __version__, aids)

    def needs(self, unit: Unit, contact_id: str) -> Scored:
        """Contact, transcript and signals."""
        outputs = unit.outputs
        return Scored(unit.contacts.get(contact_id), outputs.transcript(contact_id), outputs.signals(contact_id))

    def is_quick(self, _needs: Scored) -> bool:
        """Unless a model is asked over the network."""
        return self._aids.complete is None

    def is_instant(self, needs: Scored) -> bool:
        """Where little was said."""
        return self.is_quick(needs) and len(needs.transcript.turns) <= SHORT_TURNS

    def run(self, needs: Scored) -> tuple[Evaluation, ...]:
        """The evaluations."""
        return evaluate_all(needs.contact, needs.transcript, needs.signals, self._packs, self._thresholds, self._aids)

    def publish(self, unit: Unit, contact_id: str, output: tuple[Evaluation, ...]) -> None:
        """Put them in the place of earlier ones."""
        before = unit.evaluations.replace(contact_id, output)
        note_scores(unit, contact_id, before, [evaluation.id for evaluation in output])
        forms = {pack.form.id: pack.form for pack in self._packs}
        settle_anew(unit, forms, contact_id, output, datetime.now(UTC), was_scored=bool(before))
