"""Tables as CSV that a spreadsheet can open without running anything that is in them."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""A header and rows, `,` between cells; a text that begins like a formula is made plain by an apostrophe.

    >>> csv_text(["a", "b"], [["=1+1", -1.5]])
    "a,b\r\n'=1+1,-1.5\r\n"
    """
    return csv_rows([columns]) + csv_rows(rows)


def csv_rows(rows: Iterable[Sequence[object]]) -> str:
    """Rows alone, for what is written piece by piece."""
    target = io.StringIO()
    csv.writer(target).writerows([harmless(cell) for cell in row] for row in rows)
    return target.getvalue()


def harmless(cell: object) -> object:
    """The cell, with an apostrophe before a text that a spreadsheet would run as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell
