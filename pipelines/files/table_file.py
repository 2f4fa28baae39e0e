"""Read CSV as contact centres export it: any delimiter, with or without a byte-order mark, with line numbers."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
        return _line_by_line(content, shown)


def _line_by_line(content: bytes, shown: str) -> tuple[str, list[Fault]]:
    """Each line that is UTF-8 as such, every other as Windows-1252: exports are joined from files of both kinds."""
    hint, lines, odd, is_mixed = "save it as UTF-8", [], [], False
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            lines.append(line.decode("utf-8"))
            is_mixed |= not line.isascii()
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", errors="replace"))
            odd.append(number)
    if not is_mixed:
        faults = [Fault(shown, 0, "table.encoding", "isn't UTF-8; read as Windows-1252", hint)]
    else:
        message = "this line isn't UTF-8, others are; it was read as Windows-1252"
        faults = [Fault(shown, number, "table.encoding", message, hint) for number in odd]
    return "\n".join(lines), faults


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
        if any("\x00" in cell for cell in cells):
            hint = "export it again; a file that was copied while it was written may hold such gaps"
            faults.append(Fault(shown, start, "table.nul", "the row holds a NUL character", hint))
            continue
        padded = [*cells, *[""] * (len(header) - len(cells))]
        yield Row(start, {name: cell.strip() for name, cell in zip(header, padded, strict=True)})
