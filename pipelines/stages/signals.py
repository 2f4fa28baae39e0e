"""Measure the conversation."""

from dataclasses import dataclass

from pipelines.stage import parent
from qm.analysis.measure_talk import Activity, activity_by_role, measure_talk
from qm.domain.signals import Signals
from qm.domain.transcript import Transcript
from qm.fingerprint import fingerprint
from qm.ports import Unit


@dataclass(frozen=True)
class Heard:
    """The turns, and when each party was heard speaking."""

    transcript: Transcript
    activity: Activity


class SignalsStage:
    """Silence, overlap, interruptions, talk share."""

    name = "signals"
    version = "1"

    def fingerprint(self, unit: Unit, contact_id: str) -> str:
        """Over the turns; the detected speech is part of what they were made from."""
        return fingerprint(self.name, self.version, parent(unit, contact_id, "roles"))

    def needs(self, unit: Unit, contact_id: str) -> Heard:
        """Transcript and detected speech."""
        transcript = unit.outputs.transcript(contact_id)
        if transcript.recording is None:
            return Heard(transcript, {})
        recognition = unit.outputs.recognition(contact_id)
        return Heard(transcript, activity_by_role(transcript, recognition.activity))

    def run(self, needs: Heard) -> Signals:
        """The signals."""
        return measure_talk(needs.transcript, needs.activity)

    def publish(self, unit: Unit, contact_id: str, output: Signals) -> None:
        """Keep them."""
        unit.outputs.save_signals(contact_id, output)
