"""Take the recording or chat of a contact into the object store."""

import errno
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from pipelines.files.day_folder import CLEARED, find_chat, find_recording
from qm.domain.contact import Contact, Medium
from qm.errors import ChatError, ContactError, RecordingError
from qm.fingerprint import fingerprint
from qm.ports import ObjectStore, Unit


@dataclass(frozen=True)
class Source:
    """A contact and the folder of its day."""

    contact: Contact
    folder: Path


class StoreStage:
    """Content-addressed copy; the same bytes under a second contact are refused as a duplicate."""

    name = "store"
    version = "1"

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def fingerprint(self, unit: Unit, contact_id: str) -> str:
        """Over the contact's row and the file's size and time: bytes are hashed only when they may have changed.

        An object that was lost since makes it another one, so that the next run stores it again. Where the day folder
        isn't seen, on another host or since it was removed, or the file was removed from it once it was taken in, what
        was stored stands.
        """
        source = self.needs(unit, contact_id)
        stored = unit.outputs.recording(contact_id)
        lost = stored is not None and not self._objects.has(stored)
        standing = unit.work.published(contact_id, self.name)
        path = _find(source)
        is_gone = not source.folder.is_dir() or (path is None and (source.folder / CLEARED).exists())
        if standing is not None and stored is not None and not lost and is_gone:
            return standing
        stamp = [path.stat().st_size, path.stat().st_mtime_ns] if path is not None and path.exists() else []
        return fingerprint(self.name, self.version, unit.contacts.origin(contact_id)[1], stamp, lost)

    def needs(self, unit: Unit, contact_id: str) -> Source:
        """The contact and its folder."""
        return Source(unit.contacts.get(contact_id), Path(unit.contacts.origin(contact_id)[0]))

    def run(self, needs: Source) -> str:
        """Copy; returns the SHA-256 of the bytes."""
        contact, path = needs.contact, _find(needs)
        refusal, what = _kind(contact)
        if path is None:
            message = f"{what} '{contact.source}' isn't in the day folder" if contact.source else f"no {what} is named"
            raise refusal(f"{what}.missing", message, "put the file there, then retry")
        return self._copy(path, refusal, what)

    def _copy(self, path: Path, refusal: type[ContactError], what: str) -> str:
        if not path.is_file():
            raise refusal(f"{what}.unreadable", f"{path.name!r} isn't a file", "put the file there, then retry")
        try:
            before = _stamp(path)
            with _Reading(path, refusal, what) as file:
                stored = self._objects.put(file)
            after = _stamp(path)
        except OSError as cause:
            raise _unreadable(path.name, cause, refusal, what) from cause
        if after != before:
            message = f"{path.name!r} changed while it was copied: {before[0]} bytes before, {after[0]} after"
            raise refusal(f"{what}.changing", message, "wait until the recorder has finished the file, then retry")
        return stored

    def publish(self, unit: Unit, contact_id: str, output: str) -> None:
        """Name the object, unless it's another contact's already; two that ask at once are asked one by one."""
        unit.lock(f"recording:{output}")
        other = unit.outputs.earlier_with(output, contact_id)
        if other is not None:
            refusal, what = _kind(unit.contacts.get(contact_id))
            message = f"the same {what} already belongs to contact '{other}'"
            raise refusal(f"{what}.duplicate", message, "check the recorder's export; remove one of the two rows")
        unit.outputs.save_recording(contact_id, output)


class _Reading(FileIO):
    """A source whose failures to be read aren't taken for those of the store that reads it."""

    def __init__(self, path: Path, refusal: type[ContactError], what: str) -> None:
        super().__init__(path, "rb")
        self._about = path.name, refusal, what

    def read(self, size: int | None = -1, /) -> bytes:
        """As of any file; may be shorter than asked for."""
        try:
            return super().read(size) or b""
        except OSError as cause:
            name, refusal, what = self._about
            raise _unreadable(name, cause, refusal, what) from cause


def _stamp(path: Path) -> tuple[int, int, int, int]:
    """Size, times of change of content and of the entry, and which file it is: all that tells of a change."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _unreadable(name: str, cause: OSError, refusal: type[ContactError], what: str) -> ContactError:
    reason = "permission denied" if cause.errno == errno.EACCES else str(cause.strerror).lower()
    return refusal(f"{what}.unreadable", f"{name!r} can't be read: {reason}", "check the file")


def _kind(contact: Contact) -> tuple[type[ContactError], str]:
    return (RecordingError, "recording") if contact.medium is Medium.VOICE else (ChatError, "chat")


def _find(source: Source) -> Path | None:
    contact = source.contact
    if contact.medium is not Medium.VOICE:
        return find_chat(source.folder, contact)
    return find_recording(source.folder, contact.source) if contact.source else None
