"""Take the earlier messages that an e-mail quotes out of it: what somebody quotes isn't what they say.

Machines write the line above a quotation, so it is told by its form: it names a time of day or an address and ends in
« ha scritto: », "wrote:". A person's own « il giorno dopo mi ha scritto: » has neither. Signatures are kept.
"""

import re
from collections.abc import Sequence

LONGEST_ATTRIBUTION = 4
"""Lines over which mail programs wrap the line above a quotation."""
_MARK = re.compile(r"\s*>")
_QUOTES = ">-_—"
"""What a line that is a quotation, or the rule above one, begins with."""
_OPENS = re.compile(
    r"\s*(il\b|on\b|in data\b|le\b|(lun|mar|mer|gio|ven|sab|dom)\w*\b|\d{1,2}[./ -]|\d{4}-)", re.IGNORECASE
)
_CLOSES = re.compile(r"\b(ha scritto|wrote)\s*:\s*$", re.IGNORECASE)
_MACHINE = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\S@\S")
_RULE = re.compile(
    r"\s*[-_—]{2,}\s*(messaggio (originale|inoltrato)|original message|forwarded message)\s*[-_—]*\s*$", re.IGNORECASE
)
_HEADER = re.compile(r"\s*\*?(da|from|inviato|sent|data|date|a|to|cc|oggetto|subject)\*?\s*:\s*\S", re.IGNORECASE)
_FIRST_HEADER = re.compile(r"\s*\*?(da|from)\*?\s*:\s*\S", re.IGNORECASE)
HEADERS_LEAST = 3
"""So many header lines in a row are a quoted mail's; a single « da: » may be the writer's own."""


def strip_quotes(text: str) -> str:
    r"""The text without quoted earlier messages, empty where there is nothing else.

    Lines that begin with `>` go wherever they stand, with the line that introduces them; answers between them stay.
    An introduction without such marks, a rule (`-----Original Message-----`) and a block of headers quote all that
    follows.

    >>> strip_quotes("Va bene.\n\nIl giorno 20/11/2026 alle ore 10:15 Anna ha scritto:\n> Le serve altro?")
    'Va bene.'
    """
    if _is_plain_line(text):
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    kept: list[str] = []
    at = 0
    while at < len(lines):
        if _MARK.match(lines[at]):
            at += 1
            continue
        length = _attribution(lines, at)
        if length and not _is_marked(lines, at + length):
            break
        if _RULE.match(lines[at]) or _is_header_block(lines, at):
            break
        kept.extend(() if length else (lines[at],))
        at += length or 1
    return "\n".join(kept).strip() if len(kept) < len(lines) else text


def _is_plain_line(text: str) -> bool:
    """True of what most turns of a chat are: one line that neither quotes nor introduces anything."""
    bare = text.strip()
    return "\n" not in text and bare[:1] not in _QUOTES and bare[-1:] != ":"


def _attribution(lines: Sequence[str], at: int) -> int:
    """How many lines from `at` on introduce a quotation; 0 where they don't."""
    if not _OPENS.match(lines[at]):
        return 0
    for length in range(1, LONGEST_ATTRIBUTION + 1):
        part = lines[at : at + length]
        if len(part) < length or not part[-1].strip():
            return 0
        joined = " ".join(part)
        if _CLOSES.search(joined):
            return length if _MACHINE.search(joined) else 0
    return 0


def _is_marked(lines: Sequence[str], at: int) -> bool:
    """True where the next line that isn't empty is a quoted one."""
    following = next((line for line in lines[at:] if line.strip()), "")
    return bool(_MARK.match(following))


def _is_header_block(lines: Sequence[str], at: int) -> bool:
    block = lines[at : at + HEADERS_LEAST]
    return bool(_FIRST_HEADER.match(lines[at])) and sum(bool(_HEADER.match(line)) for line in block) == HEADERS_LEAST
