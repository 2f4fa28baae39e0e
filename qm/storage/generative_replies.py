"""Replies of a generative model in a folder: content-addressed, whole or not there, damaged ones left aside."""

import contextlib
import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from qm.documents import dump, load
from qm.domain.generative import GenerativeManifest, Reply
from qm.errors import DiskFullError, InputError, StorageError
from qm.fingerprint import fingerprint

T = TypeVar("T")
MANIFESTS = "manifests"
LATEST = "latest.json"


@dataclass(frozen=True)
class KeptReply:
    """A reply with its key and a hash over both: what was changed on disk is seen."""

    key: str
    reply: Reply
    sha256: str


class FolderReplies:
    """Replies as files `ab/abcdef….json`. `tell` hears of every damaged one, which is then as good as missing."""

    def __init__(self, root: Path, tell: Callable[[str], None]) -> None:
        self._root = root
        self._tell = tell

    def get(self, key: str) -> Reply | None:
        """The reply kept under a key; `None` where there is none, or it is damaged."""
        kept = self._read(self._place(key), KeptReply)
        if kept and (kept.key != key or kept.sha256 != fingerprint(key, kept.reply)):
            self._tell_damaged(self._place(key))
            return None
        return kept.reply if kept else None

    def put(self, key: str, reply: Reply) -> None:
        """Keep a reply, in place of an earlier one."""
        self._write(self._place(key), dump(KeptReply(key, reply, fingerprint(key, reply))))

    def manifest(self, sha256: str) -> GenerativeManifest | None:
        """A manifest by its fingerprint; `None` where there is none, or it is damaged."""
        place = self._root / MANIFESTS / f"{sha256}.json"
        kept = self._read(place, GenerativeManifest)
        if kept and fingerprint(kept) != sha256:
            self._tell_damaged(place)
            return None
        return kept

    def latest(self) -> GenerativeManifest | None:
        """The manifest that was kept last."""
        return self._read(self._root / MANIFESTS / LATEST, GenerativeManifest)

    def put_manifest(self, sha256: str, manifest: GenerativeManifest) -> None:
        """Keep a manifest, and that it was the last."""
        for name in (f"{sha256}.json", LATEST):
            self._write(self._root / MANIFESTS / name, dump(manifest))

    def _place(self, key: str) -> Path:
        return self._root / key[:2] / f"{key}.json"

    def _read(self, place: Path, kind: type[T]) -> T | None:
        try:
            return load(kind, place.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, InputError):
            self._tell_damaged(place)
            return None

    def _tell_damaged(self, place: Path) -> None:
        self._tell(f"generative.damaged: {place} is damaged or unreadable; it is asked again")

    def _write(self, place: Path, text: str) -> None:
        part = place.with_name(f".part-{os.getpid()}-{place.name}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(text, encoding="utf-8")
            part.replace(place)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink()
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                message, hint = f"no space left below {self._root}", "free some space, then run again"
                raise DiskFullError("storage.disk_full", message, hint) from error
            message = f"can't write below {self._root}: {error.strerror}"
            raise StorageError("storage.unwritable", message, "set QM_DATA to a folder you may write to") from error
