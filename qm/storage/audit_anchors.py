"""Heads of the audit chain, noted down in a file beside the database: whoever shortens the chain must know of it."""

import fcntl
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from qm.domain.audit import Head
from qm.errors import InputError, StorageError

FILE = "audit-anchors.jsonl"


class FileAnchors:
    """A line a head, added at the end of a file.

    Args:
        folder: where the product writes (`QM_DATA`).
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def heads(self) -> Mapping[int, str]:
        """Hash by number of event.

        Raises:
            InputError: a line can't be read.
        """
        found: dict[int, str] = {}
        for number, line in enumerate(self._lines(), 1):
            try:
                head = Head.read(json.loads(line)["head"])
            except (ValueError, KeyError, TypeError, AttributeError):
                message = f"{self.path}:{number}: not a head of the audit chain"
                hint = "move the file away, keep it, and give the last good line by `qm audit verify --expect`"
                raise InputError("audit.bad_anchor", message, hint) from None
            # Of two hashes for one event the first one stays: the later chain is the one that was made anew.
            found.setdefault(head.seq, head.hash)
        return found

    def keep(self, head: Head, at: datetime) -> None:
        """Note a head down; nothing happens where it's the last one already.

        Raises:
            StorageError: the file can't be written.
        """
        if not head.seq:
            return
        line = json.dumps({"at": at.astimezone(UTC).isoformat(timespec="seconds"), "head": str(head)})
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX)  # two checks at once must not cut off each other's line
                self._add(file, line, head)
        except OSError as error:
            message = f"{self.path} can't be written: {error.strerror}"
            raise StorageError("audit.anchors_unwritable", message, "the folder must be writable for `qm`") from error

    def _add(self, file: TextIO, line: str, head: Head) -> None:
        lines = self._lines()
        if lines and f'"{head}"' in lines[-1]:
            return
        file.truncate(sum(len(each.encode("utf-8")) for each in lines))
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())

    def _lines(self) -> list[str]:
        """Whole lines; what a writer that was killed began is none."""
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
            return lines if not lines or lines[-1].endswith("\n") else lines[:-1]
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            message = f"{self.path} can't be read: {getattr(error, 'strerror', None) or 'not text'}"
            raise InputError("audit.bad_anchor", message, "move the file away and keep it") from error
