"""From bytes to words: decode, look, recognise. Chats have their words already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.files.chat_file import read_chat
from pipelines.recognise import recognise
from pipelines.stage import stored_file
from qm.analysis.detect_language import detect_written_language
from qm.domain.contact import Contact, Medium
from qm.domain.recognition import Recognition
from qm.domain.transcript import Transcript
from qm.domain.vocabulary import Vocabulary
from qm.errors import ContactError
from qm.fingerprint import fingerprint
from qm.ports import Audio, AudioReader, ObjectStore, Transcriber, Unit

WRITTEN = "quotations taken out"
"""How written contacts are read; a change of it reads them again, and no recording."""


@dataclass(frozen=True)
class Words:
    """Either kind of output: words by channel of a recording, or the turns of a chat."""

    recognition: Recognition | None = None
    chat: Transcript | None = None


@dataclass(frozen=True)
class Bytes:
    """A contact and its stored object."""

    contact: Contact
    sha256: str


class TranscribeStage:
    """Recognition of contacts.

    Args:
        settings: what else decides the words (beam, …), for the fingerprint.
        vocabulary: names and products to expect.
    """

    name = "transcribe"
    version = "4"

    def __init__(
        self, objects: ObjectStore, reader: AudioReader, transcriber: Transcriber, settings: dict[str, int],
        vocabulary: Vocabulary,
    ) -> None:  # fmt: skip
        self._objects = objects
        self._reader = reader
        self._transcriber = transcriber
        self._settings = settings
        self._vocabulary = vocabulary

    def fingerprint(self, unit: Unit, contact_id: str) -> str:
        """Over the bytes, the language asked for, the engine and its settings."""
        contact = unit.contacts.get(contact_id)
        engine = (
            [self._transcriber.describe(), self._settings, self._vocabulary.terms(contact)]
            if contact.medium is Medium.VOICE
            else [WRITTEN]
        )
        sha256 = unit.outputs.recording(contact_id) or ""
        return fingerprint(self.name, self.version, sha256, contact.language, contact.medium, engine)

    def needs(self, unit: Unit, contact_id: str) -> Bytes:
        """The stored object."""
        return Bytes(unit.contacts.get(contact_id), unit.outputs.recording(contact_id) or "")

    def run(self, needs: Bytes) -> Words:
        """Words of the recording, or the chat's turns."""
        (output,) = self.run_together((needs,))
        if isinstance(output, ContactError):
            raise output
        return output

    def run_together(self, needs: Sequence[Bytes]) -> Sequence[Words | ContactError]:
        """The same for several contacts; the speech of all their recordings is decoded in common batches."""
        outputs: dict[int, Words | ContactError] = {}
        audios: dict[int, Audio] = {}
        for place, need in enumerate(needs):
            try:
                read = self._read(need)
            except ContactError as error:
                outputs[place] = error
                continue
            if isinstance(read, Words):
                outputs[place] = read
            else:
                audios[place] = read
        outputs |= self._recognised({place: (needs[place].contact, audio) for place, audio in audios.items()})
        return [outputs[place] for place in range(len(needs))]

    def _read(self, need: Bytes) -> Audio | Words:
        """A recording, or a chat's turns. Fetched here, not in `needs`: no transaction waits for a store far away."""
        with stored_file(self._objects, need.sha256) as path:
            if need.contact.medium is Medium.VOICE:
                return self._reader.read(path, need.sha256)
            return Words(chat=_chat(path, need.contact))

    def _recognised(self, heard: Mapping[int, tuple[Contact, Audio]]) -> dict[int, Words | ContactError]:
        """Recognition by place. Where a common call fails, each recording gets its own: one may be the cause."""
        if not heard:
            return {}
        contacts = [contact for contact, _audio in heard.values()]
        try:
            found = recognise(
                [audio for _contact, audio in heard.values()], [contact.language for contact in contacts],
                [self._vocabulary.terms(contact) for contact in contacts], self._transcriber,
            )  # fmt: skip
        except ContactError as error:
            if len(heard) == 1:
                return dict.fromkeys(heard, error)
            return {place: output for at in heard for place, output in self._recognised({at: heard[at]}).items()}
        return {place: Words(recognition=recognition) for place, recognition in zip(heard, found, strict=True)}

    def publish(self, unit: Unit, contact_id: str, output: Words) -> None:
        """Keep the words."""
        if output.recognition is not None:
            unit.outputs.save_recognition(contact_id, output.recognition)
        if output.chat is not None:
            unit.outputs.save_transcript(contact_id, output.chat)


def _chat(path: Path, contact: Contact) -> Transcript:
    chat = read_chat(path.read_bytes(), contact.language)
    return chat if chat.language else detect_written_language(chat)
