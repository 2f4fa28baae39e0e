"""Read what a cell or a field holds: times with offset, yes and no, plain text; say what is wrong with it."""

import unicodedata
from datetime import datetime

YES = frozenset({"yes", "y", "si", "sì", "true", "1"})
NO = frozenset({"no", "n", "false", "0"})


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
    if lowered in YES:
        return True
    if lowered in NO:
        return False
    raise ValueError(f"'{text}' is neither yes nor no")
