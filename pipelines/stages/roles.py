"""From words by channel to turns with roles."""

from dataclasses import dataclass

from pipelines.stage import parent
from qm.analysis.assign_roles import assign_roles
from qm.analysis.build_turns import build_turns
from qm.analysis.settle_words import settle_words
from qm.domain.contact import Contact, Medium
from qm.domain.recognition import Recognition
from qm.domain.recording import Finding, Severity
from qm.domain.transcript import Transcript
from qm.fingerprint import fingerprint
from qm.ports import Unit


@dataclass(frozen=True)
class Recognised:
    """A contact and its words; `None` for a chat, whose turns have roles already."""

    contact: Contact
    recognition: Recognition | None


class RolesStage:
    """Turns in order of time, each with the role of its channel."""

    name = "roles"
    version = "1"

    def fingerprint(self, unit: Unit, contact_id: str) -> str:
        """Over the words and what the contact says of its channels."""
        contact = unit.contacts.get(contact_id)
        hints = [contact.agent_channel, contact.agent.name]
        return fingerprint(self.name, self.version, parent(unit, contact_id, "transcribe"), hints)

    def needs(self, unit: Unit, contact_id: str) -> Recognised:
        """The recognised words."""
        contact = unit.contacts.get(contact_id)
        return Recognised(contact, unit.outputs.recognition(contact_id) if contact.medium is Medium.VOICE else None)

    def run(self, needs: Recognised) -> Transcript | None:
        """The transcript; `None` for a chat."""
        return transcript_of(needs.contact, needs.recognition) if needs.recognition else None

    def publish(self, unit: Unit, contact_id: str, output: Transcript | None) -> None:
        """Keep the transcript."""
        if output is not None:
            unit.outputs.save_transcript(contact_id, output)


def transcript_of(contact: Contact, recognition: Recognition) -> Transcript:
    """Turns with roles, and a finding where roles had to be guessed or aren't known."""
    channels = settle_words(recognition.channels, recognition.activity)
    guess = assign_roles(contact, channels, recognition.language)
    findings = list(recognition.quality)
    if guess.source != "given":
        findings.append(Finding(f"roles.{guess.source}", Severity.NOTE, _SOURCES[guess.source]))
    turns = build_turns(channels, guess.roles)
    if not turns:
        findings.append(Finding("transcript.no_speech", Severity.NOTE, "no speech was recognised"))
    return Transcript(
        recognition.language, recognition.language_confidence, turns, recognition.engine, recognition.recording,
        tuple(findings),
    )  # fmt: skip


_SOURCES = {
    "one_channel": "both parties share one channel: who speaks isn't known",
    "no_cues": "agent_channel isn't given and nothing said tells who the agent is",
    "said": "agent_channel isn't given; the agent was told by what was said",
}
