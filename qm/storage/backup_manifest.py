"""What is told beside a backup: enough to know whether it's whole, and into what it can be restored."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qm.documents import dump, load
from qm.errors import InputError

SCHEMA = "backup/1"
SUFFIX = ".json"
AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """One backup.

    Attributes:
        form: `sqlite` (a SQLite file, which either database can take in) or `pg_dump` (PostgreSQL alone).
        at: when it was begun; it holds what stood then.
        database: what it was made from, like `PostgreSQL 15.13`.
        file: name of the file beside this manifest.
        sha256: of the file's bytes.
        revision: schema of the content.
        version: of the product that made it.
        rows: by table.
        content: fingerprint over the content (`Database.content_fingerprint`).
    """

    schema: str
    id: str
    form: str
    at: datetime
    database: str
    file: str
    sha256: str
    bytes: int
    revision: str
    version: str
    rows: Mapping[str, int]
    content: str


def manifest_path(backup: Path) -> Path:
    """Where the manifest of a backup lies."""
    return backup.with_name(backup.name + SUFFIX)


def write_manifest(manifest: Manifest, backup: Path) -> None:
    """Put it beside its backup; readable by its owner only, as the backup is."""
    path = manifest_path(backup)
    path.touch(mode=0o600)
    path.write_text(dump(manifest) + "\n", encoding="utf-8")


def read_manifest(backup: Path) -> Manifest:
    """The manifest of a backup whose bytes are those that it tells.

    Raises:
        InputError: there is no such backup or manifest, or the file was altered or cut off.
    """
    path = manifest_path(backup)
    try:
        manifest = load(Manifest, path.read_text(encoding="utf-8"), str(path))
        found = sha256_of(backup)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it isn't text"
        hint = "give the backup's file, with its manifest (the same name and .json) beside it"
        raise InputError("database.no_backup", f"{path.with_suffix('')} can't be read: {reason}", hint) from None
    if manifest.schema != SCHEMA or found != manifest.sha256:
        message = f"{backup} isn't what was backed up: its bytes don't fit its manifest"
        raise InputError("database.backup_altered", message, "restore another backup")
    return manifest


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, lower-case hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(AT_ONCE):
            found.update(block)
    return found.hexdigest()
