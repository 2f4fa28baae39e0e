"""From recognised words to turns with roles, and how far to trust them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.stage import SHORT_WORDS, parent
from qm.analysis.assemble_transcript import assemble_transcript
from qm.analysis.assign_roles import form_phrases
from qm.domain.contact import Contact, Medium
from qm.domain.recognition import Recognition, Voices
from qm.domain.transcript import Transcript
from qm.fingerprint import Canonical, canonical, fingerprint
from qm.ports import Unit


@dataclass(frozen=True)
class Recognised:
    """A contact, its words and its voices; no words for a chat, whose turns have roles already."""

    contact: Contact
    recognition: Recognition | None
    voices: Voices = field(default_factory=Voices)


class RolesStage:
    """Turns in order of time, each with the role of its party.

    Args:
        cues: phrases that the forms expect of agents, by language.
    """

    name = "roles"
    version = "2"

    def __init__(self, cues: Mapping[str, Sequence[str]] | None = None) -> None:
        self._cues = {language: tuple(phrases) for language, phrases in (cues or {}).items()}
        # Some hundred phrases, the same in every contact's fingerprint.
        self._cues_text = Canonical(canonical(self._cues))

    def fingerprint(self, unit: Unit, contact_id: str) -> str:
        """Over words, voices, what the contact says of its parties, and the forms' phrases."""
        contact = unit.contacts.get(contact_id)
        hints = [contact.agent_channel, contact.agent.name, contact.direction, self._cues_text]
        return fingerprint(self.name, self.version, parent(unit, contact_id, "voices"), hints)

    def needs(self, unit: Unit, contact_id: str) -> Recognised:
        """The recognised words."""
        contact = unit.contacts.get(contact_id)
        if contact.medium is not Medium.VOICE:
            return Recognised(contact, None)
        return Recognised(contact, unit.outputs.recognition(contact_id), unit.outputs.voices(contact_id))

    def warm_up(self) -> None:
        """Compile the forms' phrases, some hundred of them."""
        for language, phrases in self._cues.items():
            if made := form_phrases(language, phrases):
                made.find(())

    def is_quick(self, _needs: Recognised) -> bool:
        """Always."""
        return True

    def is_instant(self, needs: Recognised) -> bool:
        """Where little was said."""
        return needs.recognition is None or sum(map(len, needs.recognition.channels)) <= SHORT_WORDS

    def run(self, needs: Recognised) -> Transcript | None:
        """The transcript; `None` for a chat."""
        if needs.recognition is None:
            return None
        cues = self._cues.get(needs.recognition.language, ())
        return assemble_transcript(needs.contact, needs.recognition, needs.voices, cues)

    def publish(self, unit: Unit, contact_id: str, output: Transcript | None) -> None:
        """Keep the transcript."""
        if output is not None:
            unit.outputs.save_transcript(contact_id, output)
