"""Take the recording or chat of a contact into the object store."""

import errno
from dataclasses import dataclass
from pathlib import Path

from pipelines.day_folder import CHATS, find_recording
from qm.domain.contact import Contact, Medium
from qm.errors import ChatError, ContactError, RecordingError
from qm.fingerprint import fingerprint
from qm.ports import ObjectStore, Unit, UnitOfWork


@dataclass(frozen=True)
class Source:
    """A contact and the folder of its day."""

    contact: Contact
    folder: Path


class StoreStage:
    """Content-addressed copy; the same bytes under a second contact are refused as a duplicate."""

    name = "store"
    version = "1"

    def __init__(self, objects: ObjectStore, unit_of_work: UnitOfWork) -> None:
        self._objects = objects
        self._unit_of_work = unit_of_work

    def fingerprint(self, unit: Unit, contact_id: str) -> str:
        """Over the contact's row and the file's size and time: bytes are hashed only when they may have changed."""
        source = self.needs(unit, contact_id)
        path = _find(source)
        stamp = [path.stat().st_size, path.stat().st_mtime_ns] if path is not None and path.exists() else []
        return fingerprint(self.name, self.version, unit.contacts.origin(contact_id)[1], stamp)

    def needs(self, unit: Unit, contact_id: str) -> Source:
        """The contact and its folder."""
        return Source(unit.contacts.get(contact_id), Path(unit.contacts.origin(contact_id)[0]))

    def run(self, needs: Source) -> str:
        """Copy; returns the SHA-256 of the bytes."""
        contact, path = needs.contact, _find(needs)
        error = RecordingError if contact.medium is Medium.VOICE else ChatError
        what = "recording" if contact.medium is Medium.VOICE else "chat"
        if path is None:
            message = f"{what} '{contact.source}' isn't in the day folder" if contact.source else f"no {what} is named"
            raise error(f"{what}.missing", message, "put the file there, then retry")
        sha256 = self._copy(path, error, what)
        with self._unit_of_work() as unit:
            other = unit.outputs.earlier_with(sha256, contact.id)
        if other is not None:
            message = f"the same {what} already belongs to contact '{other}'"
            raise error(f"{what}.duplicate", message, "check the recorder's export; remove one of the two rows")
        return sha256

    def _copy(self, path: Path, error: type[ContactError], what: str) -> str:
        try:
            with path.open("rb") as file:
                return self._objects.put(file)
        except OSError as cause:
            reason = "permission denied" if cause.errno == errno.EACCES else str(cause.strerror).lower()
            raise error(f"{what}.unreadable", f"{path.name!r} can't be read: {reason}", "check the file") from cause

    def publish(self, unit: Unit, contact_id: str, output: str) -> None:
        """Name the object."""
        unit.outputs.save_recording(contact_id, output)


def _find(source: Source) -> Path | None:
    contact = source.contact
    if not contact.source:
        return None
    if contact.medium is Medium.VOICE:
        return find_recording(source.folder, contact.source)
    path = source.folder / CHATS / contact.source
    return path if path.exists() else None
