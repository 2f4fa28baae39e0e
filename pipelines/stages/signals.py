"""Measure the conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.stage import SHORT_TURNS, parent
from qm.analysis.find_speech import Activity, activity_by_role
from qm.analysis.measure_talk import measure_talk
from qm.domain.contact import History
from qm.domain.signals import Signals
from qm.domain.transcript import Role, Transcript
from qm.fingerprint import fingerprint
from qm.ports import Unit


@dataclass(frozen=True)
class Heard:
    """The turns, when each party was heard speaking and how loud, and what the telephone system counted."""

    transcript: Transcript
    activity: Activity
    history: History = field(default_factory=History)
    loudness: Mapping[Role, float | None] = field(default_factory=dict)


class SignalsStage:
    """Talk, silence, holds, responses, overlap, interruptions."""

    name = "signals"
    version = "3"

    def fingerprint(self, unit: Unit, contact_id: str) -> str:
        """Over the turns and the delivered holds; the detected speech is part of what the turns were made from."""
        history = unit.contacts.get(contact_id).history
        holds = [history.holds, history.hold_s]
        return fingerprint(self.name, self.version, parent(unit, contact_id, "roles"), holds)

    def needs(self, unit: Unit, contact_id: str) -> Heard:
        """Transcript, detected speech and contact data."""
        transcript = unit.outputs.transcript(contact_id)
        if transcript.recording is None:
            return Heard(transcript, {})
        recognition, voices = unit.outputs.recognition(contact_id), unit.outputs.voices(contact_id)
        activity = activity_by_role(transcript, recognition.activity, voices.stretches)
        history = unit.contacts.get(contact_id).history
        return Heard(transcript, activity, history, _loudness(transcript, recognition.levels))

    def is_quick(self, _needs: Heard) -> bool:
        """Always."""
        return True

    def is_instant(self, needs: Heard) -> bool:
        """Where little was said."""
        return len(needs.transcript.turns) <= SHORT_TURNS

    def run(self, needs: Heard) -> Signals:
        """The signals."""
        return measure_talk(needs.transcript, needs.activity, history=needs.history, loudness=needs.loudness)

    def publish(self, unit: Unit, contact_id: str, output: Signals) -> None:
        """Keep them."""
        unit.outputs.save_signals(contact_id, output)


def _loudness(transcript: Transcript, levels: Sequence[float | None]) -> dict[Role, float | None]:
    """Level by role; only where each party has a channel of its own."""
    roles = {turn.speaker: turn.role for turn in transcript.turns}
    return {roles[name]: level for at, level in enumerate(levels) if len(levels) > 1 and (name := f"ch{at}") in roles}
