"""Names of objects: SHA-256 in hexadecimal digits, in folders by their first two."""

import re

NAME = re.compile(r"[0-9a-f]{64}")


def is_name(text: str) -> bool:
    """True where `text` can be the name of an object; nothing else is ever looked for or removed."""
    return NAME.fullmatch(text) is not None


def place_of(sha256: str) -> str:
    """Where an object lies below the root of a store."""
    return f"{sha256[:2]}/{sha256}"
