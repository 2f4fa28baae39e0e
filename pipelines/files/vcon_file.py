"""Read vCons (draft-ietf-vcon-vcon-core-04) and lay them out as a day folder, which is then taken in like any other.

Nothing is fetched from anywhere: what lies outside the file is refused, and so is what is signed or encrypted, since
neither signature nor key can be checked here. What is hashed is checked.
"""

import binascii
import csv
import hashlib
import json
import shutil
from base64 import urlsafe_b64decode
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.files.day_folder import CHATS, CLEARED, CONTACTS, RECORDINGS, printable
from qm.analysis.read_cells import instant
from qm.errors import DayFolderError, Fault
from qm.fingerprint import fingerprint

ENDINGS = (".vcon.json", ".vcon")
LONGEST = 1 << 30
"""Bytes of a file; a recording of a day and a half fits."""
EXTENSION = "quality_equation"
COLUMNS = (
    "contact_id", "medium", "started_at", "agent_id", "agent_name", "team", "site", "vendor", "queue", "process",
    "direction", "customer_id", "language", "recording", "agent_channel", "wait_s", "ivr_s", "hold_s", "holds",
    "transfers", "talk_s", "wrap_s", "kind",
)  # fmt: skip
KEPT = (
    "queue", "process", "direction", "language", "site", "agent_channel", "wait_s", "ivr_s", "hold_s", "holds",
    "transfers", "talk_s", "wrap_s", "kind",
)  # fmt: skip
SUFFIXES = {
    "audio/wav": ".wav", "audio/x-wav": ".wav", "audio/wave": ".wav", "audio/mpeg": ".mp3", "audio/mp3": ".mp3",
    "audio/flac": ".flac", "audio/ogg": ".ogg", "audio/opus": ".opus", "audio/mp4": ".m4a", "audio/x-m4a": ".m4a",
}  # fmt: skip
CHAT_ROLES = {"agent": "agent", "bot": "bot"}
HINT = "see docs/formats.md"


class VconError(ValueError):
    """Why a vCon can't be taken in; a code and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class ReadVcon:
    """A contact as its row, and what was said.

    Attributes:
        audio: the recording's bytes; `None`: it's a chat or mails.
        turns: of a chat, as docs/formats.md has them.
    """

    row: dict[str, str]
    audio: bytes | None = None
    turns: tuple[dict[str, str], ...] = ()


def is_vcon(path: Path) -> bool:
    """Whether that is a vCon's file, or a folder of them rather than a day folder."""
    if path.is_dir():
        return not (path / CONTACTS).exists() and bool(_files(path))
    return path.name.lower().endswith(ENDINGS)


def lay_out(path: Path, into: Path) -> tuple[Path, tuple[Fault, ...]]:
    """Make a day folder of a vCon or of a folder of them; the same files give the same folder.

    Raises:
        DayFolderError: the place can't be read or written.
    """
    found = _files(path) if path.is_dir() else [path]
    folder = into / ("vcon-" + fingerprint(str(path.resolve()))[:12])
    faults: list[Fault] = []
    rows: dict[str, dict[str, str]] = {}
    try:
        (folder / CLEARED).unlink(missing_ok=True)
        for name in (RECORDINGS, CHATS):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for each in found:  # written one by one: a folder of them doesn't fit into memory
            read = _tried(each, rows, faults)
            if read is not None:
                _write_content(folder, read)
                rows[read.row["contact_id"]] = read.row
        _write_rows(folder, rows.values())
    except OSError as error:
        raise DayFolderError("day.unwritable", f"{folder}: {error.strerror}", "check QM_DATA") from None
    return folder, tuple(faults)


def clear(folder: Path, kept: Collection[str]) -> None:
    """Take from a folder that `lay_out` made what was taken in: an erasure wouldn't find it there.

    Args:
        kept: contacts that stopped, and are to be tried again from there.

    Raises:
        DayFolderError: it can't be removed.
    """
    try:
        if not kept:
            shutil.rmtree(folder)
            return
        with (folder / CONTACTS).open(encoding="utf-8", newline="") as source:
            rows = list(csv.DictReader(source))
        for row in rows:
            if row["contact_id"] not in kept:
                (folder / RECORDINGS / row["recording"] if row["recording"] else _chat(folder, row)).unlink()
        _write_rows(folder, [row for row in rows if row["contact_id"] in kept])
        (folder / CLEARED).touch()
    except OSError as error:
        message = f"{folder}: {error.strerror}"
        raise DayFolderError("day.unwritable", message, "what was taken in still lies there: delete it") from None


def _tried(path: Path, known: Collection[str], faults: list[Fault]) -> ReadVcon | None:
    """What is in a file; where it can't be taken in, a fault more."""
    try:
        read = read_vcon(_content(path))
        if read.row["contact_id"] in known:
            raise VconError("vcon.duplicate", f"contact '{read.row['contact_id']}' has another vCon here")
    except VconError as fault:
        faults.append(Fault(printable(path.name), 0, fault.code, str(fault), HINT))
    except OSError as error:
        faults.append(Fault(printable(path.name), 0, "vcon.unreadable", f"{error.strerror}", HINT))
    else:
        return read
    return None


def read_vcon(content: bytes) -> ReadVcon:
    """The contact in a vCon.

    Raises:
        VconError: it can't be taken in.
    """
    try:
        vcon = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise VconError("vcon.unreadable", "this isn't JSON") from None
    if not isinstance(vcon, dict):
        raise VconError("vcon.unreadable", "a vCon is a JSON object")
    if "ciphertext" in vcon:
        raise VconError("vcon.encrypted", "it's encrypted; decrypt it first")
    if "signatures" in vcon:
        raise VconError("vcon.signed", "it's signed; check the signature and take its payload out first")
    try:
        return _read(vcon)
    except VconError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise VconError("vcon.unreadable", f"it isn't as vCons are: {type(error).__name__}") from None


def _read(vcon: dict[str, Any]) -> ReadVcon:
    dialogs = [each for each in _objects(vcon, "dialog") if each.get("type") in ("recording", "text")]
    parties = _objects(vcon, "parties")
    if not dialogs:
        raise VconError("vcon.no_dialog", "it holds no recording and no message")
    ours = vcon.get(EXTENSION)
    ours = ours if isinstance(ours, dict) else {}
    agent, customer = _roles(parties)
    row = {name: _text(ours, name) for name in KEPT} | {
        "contact_id": _text(ours, "contact_id") or _text(vcon, "uuid"),
        "started_at": _text(ours, "started_at") or _start(dialogs[0]),
        "agent_id": _name(parties[agent]) if agent is not None else "",
        "agent_name": _text(parties[agent], "name") if agent is not None else "",
        "team": _text(parties[agent], "dept") if agent is not None else "",
        "vendor": _text(parties[agent], "org") if agent is not None else "",
        "customer_id": _name(parties[customer]) if customer is not None else "",
    }  # fmt: skip
    if not row["contact_id"]:
        raise VconError("vcon.no_id", "it has no uuid")
    if not row["agent_id"]:
        raise VconError("vcon.no_agent", "no party is the agent, or the agent has no uuid, address, number or name")
    recordings = [each for each in dialogs if each["type"] == "recording"]
    if not recordings:
        medium = _text(ours, "medium")
        row["medium"] = medium if medium in ("chat", "email") else "chat"
        return ReadVcon(row, None, tuple(_turn(each, parties, agent) for each in dialogs))
    if len(recordings) > 1:
        raise VconError("vcon.many_recordings", f"{len(recordings)} recordings, and a contact has one: join them first")
    row |= {"medium": "voice", "agent_channel": row["agent_channel"] or _channel(recordings[0], agent)}
    row["recording"] = fingerprint(row["contact_id"])[:24] + SUFFIXES.get(_media(recordings[0]), ".wav")
    return ReadVcon(row, _body(recordings[0]))


def _roles(parties: Sequence[dict[str, Any]]) -> tuple[int | None, int | None]:
    """Places of agent and customer, by `role`; where none is an agent, the first party is, and the next customer."""
    roles = [_text(party, "role").lower() for party in parties]
    agent = roles.index("agent") if "agent" in roles else (0 if parties else None)
    others = [place for place, role in enumerate(roles) if place != agent and role != "bot"]
    customer = roles.index("customer") if "customer" in roles else (others[0] if others else None)
    return agent, customer


def _turn(dialog: dict[str, Any], parties: Sequence[dict[str, Any]], agent: int | None) -> dict[str, str]:
    said = dialog.get("parties", dialog.get("originator"))
    while isinstance(said, list):
        said = said[0] if said else None
    who = said if isinstance(said, int) and not isinstance(said, bool) and 0 <= said < len(parties) else None
    role = "agent" if who is not None and who == agent else "customer"
    if who is not None and "bot" in (_text(parties[who], "role"), _text(parties[who], "type")):
        role = "bot"
    if _media(dialog) not in ("", "text/plain"):
        raise VconError("vcon.mediatype", f"a message of {_media(dialog)[:60]}; only text/plain is read")
    return {"role": role, "at": _start(dialog), "text": _body(dialog).decode("utf-8")}


def _body(dialog: dict[str, Any]) -> bytes:
    body, encoding = dialog.get("body"), dialog.get("encoding", "none")
    if body is None and dialog.get("url"):
        raise VconError("vcon.external", "what was said lies elsewhere, and nothing is fetched: put it inside")
    if not isinstance(body, str):
        raise VconError("vcon.no_body", "a dialog without content")
    if encoding == "base64url":
        content = _decoded(body)
    elif encoding == "none":
        content = body.encode("utf-8")
    else:
        raise VconError("vcon.encoding", f"content in the encoding '{str(encoding)[:40]}'")
    _check_hash(dialog.get("content_hash"), content)
    return content


def _decoded(body: str) -> bytes:
    try:
        return urlsafe_b64decode(body.rstrip("=").encode("ascii") + b"=" * (-len(body.rstrip("=")) % 4))
    except (binascii.Error, ValueError):
        raise VconError("vcon.encoding", "the content isn't base64url") from None


def _check_hash(told: Any, content: bytes) -> None:
    for each in told if isinstance(told, list) else [told]:
        name, _dash, value = each.partition("-") if isinstance(each, str) else ("", "", "")
        if name in ("sha256", "sha384", "sha512") and _decoded(value) != hashlib.new(name, content).digest():
            raise VconError("vcon.hash", f"the content isn't what its {name} says")


def _channel(dialog: dict[str, Any], agent: int | None) -> str:
    parties = dialog.get("parties")
    is_told = isinstance(parties, list) and len(parties) == 2 and agent in parties
    return str(parties.index(agent)) if is_told else ""  # type: ignore[union-attr]


def _objects(vcon: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = vcon.get(name) or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise VconError("vcon.unreadable", f"{name} isn't a list of objects")
    return found


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    if value is None or isinstance(value, bool | dict | list):
        return ""
    text = str(value)
    if "\x00" in text or "\n" in text or "\r" in text or text != text.encode("utf-8", "ignore").decode("utf-8"):
        raise VconError("vcon.unreadable", f"{name} holds what no table keeps")
    return text


def _name(party: dict[str, Any]) -> str:
    return next((text for name in ("uuid", "mailto", "tel", "sip", "name") if (text := _text(party, name))), "")


def _media(dialog: dict[str, Any]) -> str:
    return _text(dialog, "mediatype").partition(";")[0].strip().lower()


def _start(dialog: dict[str, Any]) -> str:
    text = _text(dialog, "start")
    try:
        return instant(text).isoformat()
    except ValueError:
        raise VconError("vcon.no_start", f"a dialog begins at '{text[:40]}'") from None


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name.lower().endswith(ENDINGS))


def _content(path: Path) -> bytes:
    if path.stat().st_size > LONGEST:
        raise VconError("vcon.too_long", f"larger than {LONGEST} bytes")
    return path.read_bytes()


def _chat(folder: Path, row: Mapping[str, str]) -> Path:
    return folder / CHATS / (fingerprint(row["contact_id"])[:24] + ".json")


def _write_content(folder: Path, read: ReadVcon) -> None:
    if read.audio is not None:
        (folder / RECORDINGS / read.row["recording"]).write_bytes(read.audio)
        return
    chat = {"contact_id": read.row["contact_id"], "turns": read.turns}
    _chat(folder, read.row).write_text(json.dumps(chat, ensure_ascii=False), encoding="utf-8")


def _write_rows(folder: Path, rows: Iterable[Mapping[str, str]]) -> None:
    with (folder / CONTACTS).open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
