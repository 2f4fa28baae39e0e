"""Read CSV as contact centres export it: any delimiter, with or without a byte-order mark, with line numbers."""

import csv
import io
import unicodedata
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
    text, skipped = _without_separator_line(text)
    csv.field_size_limit(LARGEST_FIELD)
    # Strict: a quote that is never closed would swallow every row after it without a word.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    begun = [1 + skipped]
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        _check_header(header, shown, required)
        rows = list(_rows(reader, header, shown, faults, begun, skipped))
    except csv.Error as error:
        hint = "a quote may be missing there; export it again as CSV"
        raise DayFolderError("table.bad_csv", f"{shown}:{begun[0]}: {error}", hint) from error
    return rows, faults


def _without_separator_line(text: str) -> tuple[str, int]:
    """The table without the `sep=;` line that Excel puts first, and how many lines were left out."""
    first, _end, rest = text.partition("\n")
    return (rest, 1) if first.strip().casefold().startswith("sep=") else (text, 0)


def _text(path: Path, shown: str) -> tuple[str, list[Fault]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DayFolderError(
            "table.unreadable", f"{shown}: {error.strerror}", "give a CSV file that can be read"
        ) from error
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace"), []
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


def _rows(
    reader: Iterator[list[str]], header: Sequence[str], shown: str, faults: list[Fault], begun: list[int], skipped: int
) -> Iterator[Row]:
    """Rows with the line that each begins in; `begun[0]` is the line of the row being read, for errors."""
    begun[0] = reader.line_num + 1 + skipped  # type: ignore[attr-defined]
    for cells in reader:
        start, begun[0] = begun[0], reader.line_num + 1 + skipped  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            message = f"{len(cells)} cells, the header has {len(header)}"
            faults.append(Fault(shown, start, "table.too_many_cells", message, "quote cells that hold the delimiter"))
            continue
        padded = [*cells, *[""] * (len(header) - len(cells))]
        yield Row(start, {name: cell.strip() for name, cell in zip(header, padded, strict=True)})


def plain(name: str, text: str) -> str:
    """The text, if nothing in it would break a line, a screen or an address.

    Raises:
        ValueError: it holds control characters.
    """
    if any(unicodedata.category(char) == "Cc" for char in text):
        raise ValueError(f"{name}: holds control characters")
    return text


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
