"""The ids that mustn't come back, in a file beside the database: a restored backup is taught them again.

`erasures.jsonl`: first a line with the site's salt, then a line for each erased id (its salted hash, never the id). The
file only grows, a line is written whole or not at all, and half a last line (a kill in mid-write) is passed over.
"""

import errno
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from qm.documents import dump, load
from qm.domain.erasure import LedgerLine
from qm.errors import DiskFullError, InputError, StorageError

NAME = "erasures.jsonl"


class ErasureFile:
    """One file. `folder` is QM_DATA as a rule."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def keep(self, salt: str, lines: Sequence[LedgerLine], beside: Sequence[str] = ()) -> None:
        """Add lines that aren't there yet, and put a copy beside each of these backups where that can be reached."""
        _salt, known = self.read()
        new = [line for line in lines if line not in set(known)]
        text = "" if _salt else json.dumps({"salt": salt}) + "\n"
        text += "".join(dump(line) + "\n" for line in new)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _append(self.path, text)
        except OSError as error:
            raise _write_error(error, self.path) from error
        for place in beside:
            _copy(self.path, Path(place).parent / NAME)

    def read(self) -> tuple[str, tuple[LedgerLine, ...]]:
        """Salt and lines; an empty salt where there is no file.

        Raises:
            InputError: a line can't be read.
        """
        return read_ledger(self.path)


def read_ledger(path: Path) -> tuple[str, tuple[LedgerLine, ...]]:
    """Salt and lines of a file of this kind, wherever it lies."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return "", ()
    except (OSError, ValueError) as error:
        raise _faulty(path, 0, str(error)) from error
    whole = text[: text.rfind("\n") + 1].splitlines()
    if not whole:
        return "", ()
    try:
        salt = json.loads(whole[0])["salt"]
        bytes.fromhex(salt)
    except (ValueError, KeyError, TypeError) as error:
        raise _faulty(path, 1, "it begins with the salt") from error
    return salt, tuple(_line(path, number, line) for number, line in enumerate(whole[1:], 2) if line.strip())


def _line(path: Path, number: int, text: str) -> LedgerLine:
    try:
        return load(LedgerLine, text)
    except InputError as error:
        raise _faulty(path, number, error.message) from error


def _faulty(path: Path, number: int, why: str) -> InputError:
    place = f"{path}:{number}" if number else str(path)
    return InputError("erasure.bad_ledger", f"{place}: {why}", "put back a copy from beside a backup")


def _append(path: Path, text: str) -> None:
    """Half a last line is cut off first: what follows it would be lost with it."""
    with path.open("a+b") as file:
        os.fchmod(file.fileno(), 0o600)
        file.seek(0)
        written = file.read()
        file.truncate(written.rfind(b"\n") + 1)
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def _copy(source: Path, target: Path) -> None:
    if target == source or not target.parent.is_dir():
        return
    part = target.with_name(f".part-{os.getpid()}-{NAME}")
    # Somebody else's folder (a mounted backup disk): a copy there is a help, not a condition.
    with suppress(OSError):
        part.write_bytes(source.read_bytes())
        part.replace(target)


def _write_error(error: OSError, path: Path) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError("storage.disk_full", f"no space left for {path}", "free some space, then run again")
    message = f"can't write {path}: {error.strerror}"
    return StorageError("storage.unwritable", message, "set QM_DATA to a folder you may write to")
