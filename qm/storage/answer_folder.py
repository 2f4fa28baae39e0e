"""Trained answers in a folder: each artefact under its hash, and a file a criterion that says where it stands.

`<root>/<criterion>/<hash>/{manifest.json, …}` and `<root>/<criterion>/standing.json`. Nothing here is ever run or
unpickled: what is read is JSON and plain arrays, and every byte is compared with the manifest, the manifest with its
name.
"""

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from qm.documents import dump, load
from qm.domain.trained_answers import Standing
from qm.errors import DiskFullError, EngineError, InputError, StorageError

MANIFEST, STANDING, SCHEMA = "manifest.json", "standing.json", "answers/1"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,99}")


class AnswerFolder:
    """Artefacts below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, criterion_id: str, files: Mapping[str, bytes]) -> str:
        """Keep the files of one artefact; they appear under their name only when they are whole."""
        manifest = _manifest(criterion_id, files)
        sha256 = _sha256(manifest)
        place = self._place(criterion_id) / sha256
        if place.is_dir():
            shutil.rmtree(place)  # same bytes, or damaged ones: either way these are right
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            part = Path(tempfile.mkdtemp(prefix=".part-", dir=place.parent))
            for name, content in {**files, MANIFEST: manifest}.items():
                (part / name).write_bytes(content)
            part.replace(place)
        except OSError as error:
            raise _write_error(error, self._root) from error
        return sha256

    def get(self, criterion_id: str, sha256: str) -> Mapping[str, bytes]:
        """The files of an artefact, every byte checked."""
        place = self._place(criterion_id) / sha256
        try:
            manifest = (place / MANIFEST).read_bytes()
            if _sha256(manifest) != sha256:
                raise _altered(place / MANIFEST)
            named: dict[str, str] = json.loads(manifest)["files"]
            files = {name: (place / name).read_bytes() for name in sorted(named)}
        except OSError as error:
            raise _altered(place, str(error.strerror)) from error
        for name, content in files.items():
            if _sha256(content) != named[name]:
                raise _altered(place / name)
        return files

    def path(self, criterion_id: str, sha256: str) -> Path:
        """Where an artefact lies, for people who want to read its card."""
        return self._place(criterion_id) / sha256

    def standings(self) -> tuple[Standing, ...]:
        """Where every trained criterion stands, by criterion."""
        found = []
        for place in sorted(self._root.glob(f"*/{STANDING}")):
            try:
                found.append(load(Standing, place.read_bytes(), str(place)))
            except (OSError, InputError, ValueError) as error:
                raise _altered(place, str(error)) from error
            if found[-1].criterion_id != place.parent.name:
                raise _altered(place, f"it speaks of '{found[-1].criterion_id}'")
        return tuple(found)

    def stand(self, standing: Standing) -> None:
        """Note where a criterion stands."""
        place = self._place(standing.criterion_id) / STANDING
        part = place.with_name(f".part-{os.getpid()}-{STANDING}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(dump(standing), encoding="utf-8")
            part.replace(place)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise _write_error(error, self._root) from error

    def _place(self, criterion_id: str) -> Path:
        if not _NAME.fullmatch(criterion_id):
            raise InputError("criterion.unknown", f"'{criterion_id}' is no id of a criterion", "see pack.yaml")
        return self._root / criterion_id


def _manifest(criterion_id: str, files: Mapping[str, bytes]) -> bytes:
    hashes = {name: _sha256(content) for name, content in sorted(files.items())}
    return dump({"schema": SCHEMA, "criterion": criterion_id, "files": hashes}).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _altered(place: Path, why: str = "its bytes aren't those of its manifest") -> EngineError:
    return EngineError("answers.altered", f"{place}: {why}", "train the criterion again, or restore a copy")


def _write_error(error: OSError, root: Path) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError("storage.disk_full", f"no space left below {root}", "free some space, then run again")
    message = f"can't write below {root}: {error.strerror}"
    return StorageError("storage.unwritable", message, "set QM_DATA to a folder you may write to")
