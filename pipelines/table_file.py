"""Read CSV as contact centres export it: any delimiter, with or without a byte-order mark, with line numbers."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from qm.errors import DayFolderError, Fault

T = TypeVar("T")
LARGEST_FIELD = 1 << 20
"""Bytes in one cell; a comment of 100 kB is real, a cell of a megabyte is a broken quote."""


@dataclass(frozen=True)
class Row:
    """One line: its 1-based number and its cells by column name, stripped."""

    line: int
    cells: Mapping[str, str]

    def text(self, name: str) -> str:
        """The cell, empty where the column is missing."""
        return self.cells.get(name, "")

    def optional(self, name: str, read: Callable[[str], T]) -> T | None:
        """The cell read as something, `None` where it's empty.

        Raises:
            ValueError: naming the column.
        """
        text = self.text(name)
        if not text:
            return None
        try:
            return read(text)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None


def read_table(path: Path, shown: str, required: Sequence[str]) -> tuple[list[Row], list[Fault]]:
    """Rows and the faults of single lines.

    Raises:
        DayFolderError: not readable, not text, no header, or a required column is missing.
    """
    text, faults = _text(path, shown)
    csv.field_size_limit(LARGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, shown, required)
        rows = list(_rows(reader, header, shown, faults))
    except csv.Error as error:
        raise DayFolderError(
            "table.bad_csv", f"{shown}:{reader.line_num}: {error}", "export it again as CSV"
        ) from error
    return rows, faults


def _text(path: Path, shown: str) -> tuple[str, list[Fault]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DayFolderError("table.unreadable", f"{shown}: {error.strerror}", "check its permissions") from error
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        hint = "save it as UTF-8"
        return content.decode("cp1252", errors="replace"), [
            Fault(shown, 0, "table.encoding", "isn't UTF-8; read as Windows-1252", hint)
        ]


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(",;\t", key=head.count)


def _check_header(header: Sequence[str], shown: str, required: Sequence[str]) -> None:
    missing = [name for name in required if name not in header]
    if not missing:
        twice = sorted({name for name in header if header.count(name) > 1})
        if twice:
            raise DayFolderError("table.bad_header", f"{shown}: column {', '.join(twice)} is there twice", "keep one")
        return
    near = [m for name in missing for m in get_close_matches(name, header, n=1, cutoff=0.6)]
    hint = f"is it '{near[0]}'?" if near else "the first line names the columns; see docs/formats.md"
    raise DayFolderError("table.bad_header", f"{shown}: column {', '.join(missing)} is missing", hint)


def _rows(reader: Iterator[list[str]], header: Sequence[str], shown: str, faults: list[Fault]) -> Iterator[Row]:
    line = reader.line_num + 1  # type: ignore[attr-defined]
    for cells in reader:
        start, line = line, reader.line_num + 1  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            message = f"{len(cells)} cells, the header has {len(header)}"
            faults.append(Fault(shown, start, "table.too_many_cells", message, "quote cells that hold the delimiter"))
            continue
        padded = [*cells, *[""] * (len(header) - len(cells))]
        yield Row(start, {name: cell.strip() for name, cell in zip(header, padded, strict=True)})


def instant(text: str) -> datetime:
    """An aware time.

    Raises:
        ValueError: not ISO 8601, or without offset.
    """
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' isn't a time like 2026-11-20T09:30:00+01:00") from None
    if value.tzinfo is None:
        raise ValueError(f"'{text}' has no offset; write 2026-11-20T09:30:00+01:00")
    if not 1970 <= value.year <= 2199:
        raise ValueError(f"'{text}' lies outside the years 1970 to 2199")
    return value


def yes_or_no(text: str) -> bool:
    """`yes`, `no` and their Italian and numeric forms.

    Raises:
        ValueError: anything else.
    """
    lowered = text.casefold()
    if lowered in {"yes", "y", "si", "sì", "true", "1"}:
        return True
    if lowered in {"no", "n", "false", "0"}:
        return False
    raise ValueError(f"'{text}' is neither yes nor no")
