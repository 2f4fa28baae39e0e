"""Read a chat or an exchange of e-mails: messages with roles and times, as a transcript on their own clock."""

import json
from datetime import datetime
from typing import Any

from qm.analysis.read_cells import instant
from qm.analysis.strip_quotes import strip_quotes
from qm.domain.transcript import EngineDescription, Role, Transcript, Turn
from qm.errors import ChatError

WRITTEN = EngineDescription("chat", "1", "", "", "")
_ROLES = {"agent": Role.AGENT, "customer": Role.CUSTOMER, "bot": Role.IVR}


def read_chat(content: bytes, language: str) -> Transcript:
    """The transcript of a chat or of mails; seconds count from the first, confidence is 1: it was written.

    Earlier messages that a message quotes are left out of it: they are another's words, or were read already.

    Raises:
        ChatError: not JSON, not a chat, no turn, or a turn with an unknown role or a bad time.
    """
    try:
        document = json.loads(content.decode("utf-8-sig"))
        turns = document.get("turns") if isinstance(document, dict) else None
        if not isinstance(turns, list) or not turns:
            raise ValueError("it has no turns")
        read = sorted((_read(turn) for turn in turns), key=lambda turn: turn[0])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"'{error.args[0]}' is missing" if isinstance(error, KeyError) else str(error)
        message = "nested too deeply" if isinstance(error, RecursionError) else message
        raise ChatError("chat.bad_file", f"isn't a chat: {message}", "see docs/formats.md") from error
    began = read[0][0]
    made = tuple(
        _turn(f"t{place + 1}", role, (at - began).total_seconds(), text) for place, (at, role, text) in enumerate(read)
    )
    return Transcript(language, 1.0 if language else 0.0, made, WRITTEN)


def _read(turn: Any) -> tuple[datetime, Role, str]:
    if not isinstance(turn, dict):
        raise ValueError("a turn is an object with role, at and text")  # noqa: TRY004 - collected with the others
    role = _ROLES.get(str(turn["role"]))
    if role is None:
        raise ValueError(f"unknown role '{turn['role']}' (agent, customer or bot)")
    text = turn["text"]
    if type(text) is not str:
        raise ValueError("a turn's text is no text")
    text.encode("utf-8")  # half of a surrogate pair can't be stored; UnicodeEncodeError is a ValueError
    return instant(str(turn["at"])), role, strip_quotes(text)


def _turn(turn_id: str, role: Role, at_s: float, text: str) -> Turn:
    return Turn(turn_id, role, role.value, at_s, at_s, text, 1.0)
