"""Read a day folder: contacts, where each one's recording or chat lies, surveys, and everything that is wrong."""

import json
import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite
from pathlib import Path
from time import time_ns
from typing import TypeVar

from pipelines.files.survey_file import read_surveys
from pipelines.files.table_file import Row, read_table
from qm.analysis.read_cells import instant, plain
from qm.domain.contact import Agent, Contact, Direction, History, Kind, Medium
from qm.domain.survey import SurveyResponse
from qm.domain.voc_plan import STANDARD_SCALES, Scale
from qm.errors import DayFolderError, Fault

Choice = TypeVar("Choice", bound=StrEnum)
Stamp = tuple[int, int]
"""Size and time of change of a file."""
REQUIRED = ("contact_id", "medium", "started_at", "agent_id")
KNOWN = {
    *REQUIRED, "agent_name", "team", "site", "vendor", "queue", "process", "direction", "customer_id", "language",
    "recording", "agent_channel", "kind", "supervisor", *vars(History()),
}  # fmt: skip
CONTACTS, RECORDINGS, CHATS, SURVEYS = "contacts.csv", "recordings", "chats", "surveys.csv"
CLEARED = "cleared"
"""A file that says: what isn't in this folder any more was taken in, and then removed."""


@dataclass(frozen=True)
class Day:
    """What a day folder holds. `faults` name file and line; each becomes an entry of the quarantine."""

    folder: Path
    contacts: tuple[Contact, ...]
    responses: tuple[SurveyResponse, ...]
    faults: tuple[Fault, ...]


def read_day(folder: Path, scales: Sequence[Scale] = STANDARD_SCALES) -> Day:
    """Read everything but the recordings themselves.

    Args:
        scales: of the site's surveys.

    Raises:
        DayFolderError: no such folder, an empty one, no `contacts.csv`, or one whose header can't be used.
    """
    if not folder.is_dir():
        raise DayFolderError("day.no_folder", f"{folder} isn't a folder", "give the folder that holds contacts.csv")
    if not any(folder.iterdir()):
        raise DayFolderError("day.empty", f"{folder} is empty", "put contacts.csv and recordings/ into it")
    if not (folder / CONTACTS).exists():
        raise DayFolderError("day.no_contacts", f"{folder} has no {CONTACTS}", "see docs/formats.md for its columns")
    rows, faults = read_table(folder / CONTACTS, CONTACTS, REQUIRED)
    chats, chat_faults = _chat_files(folder / CHATS)
    faults.extend(chat_faults)
    contacts = _contacts(rows, chats, faults)
    faults.extend(_unclaimed(folder, contacts, chats))
    responses: tuple[SurveyResponse, ...] = ()
    if (folder / SURVEYS).exists():
        responses, survey_faults = read_surveys(folder / SURVEYS, SURVEYS, scales)
        faults.extend(survey_faults)
    return Day(folder, tuple(contacts), responses, tuple(faults))


def _contacts(rows: list[Row], chats: dict[str, str], faults: list[Fault]) -> list[Contact]:
    contacts: list[Contact] = []
    lines: dict[str, int] = {}
    for row in rows:
        try:
            contact = _contact(row, chats)
        except ValueError as error:
            faults.append(Fault(CONTACTS, row.line, "contact.bad_row", str(error), "correct the row, then run again"))
            continue
        if contact.id in lines:
            message = f"contact '{contact.id}' already stands in line {lines[contact.id]}; this row is left out"
            faults.append(Fault(CONTACTS, row.line, "contact.duplicate_id", message, "give it an id of its own"))
            continue
        lines[contact.id] = row.line
        contacts.append(contact)
    return contacts


def _contact(row: Row, chats: dict[str, str]) -> Contact:
    for name, cell in row.cells.items():
        if name in KNOWN and name != "recording":
            plain(name, cell)
    medium = _one_of(Medium, row, "medium", None)
    contact_id = row.text("contact_id")
    agent_id = row.text("agent_id")
    if not agent_id:
        raise ValueError("agent_id: must not be empty")
    return Contact(
        id=contact_id,
        medium=medium,
        started_at=_started_at(row),
        agent=Agent(
            agent_id, row.text("agent_name") or agent_id, row.text("team"), row.text("site"), row.text("vendor"),
            row.text("supervisor"),
        ),
        queue=row.text("queue"),
        process=row.text("process"),
        direction=_one_of(Direction, row, "direction", Direction.INBOUND),
        customer_id=row.text("customer_id"),
        language=_language(row.text("language")),
        source=_recording_name(row.text("recording")) if medium is Medium.VOICE else chats.get(contact_id, ""),
        agent_channel=row.optional("agent_channel", int),
        history=_history(row),
        kind=_one_of(Kind, row, "kind", Kind.CUSTOMER),
        attributes={name: cell for name, cell in sorted(row.cells.items()) if name not in KNOWN and cell},
    )  # fmt: skip


def _started_at(row: Row) -> datetime:
    value = row.optional("started_at", instant)
    if value is None:
        raise ValueError("started_at: must not be empty")
    return value


def _one_of(kind: type[Choice], row: Row, name: str, default: Choice | None) -> Choice:
    text = row.text(name).casefold()
    if not text and default is not None:
        return default
    try:
        return kind(text)
    except ValueError:
        allowed = ", ".join(kind)
        raise ValueError(f"{name}: '{text}' is none of {allowed}") from None


def _language(text: str) -> str:
    code = text.casefold().replace("_", "-").split("-")[0]
    if code and not (code.isalpha() and len(code) == 2):
        raise ValueError(f"language: '{text}' isn't a code like it or en")
    return code


def _recording_name(text: str) -> str:
    if text and (Path(text).is_absolute() or ".." in Path(text).parts):
        raise ValueError(f"recording: '{text}' points outside {RECORDINGS}/")
    return text


def _history(row: Row) -> History:
    values: dict[str, float | int | None] = {}
    for name in vars(History()):
        values[name] = row.optional(name, int if name in ("holds", "transfers") else _seconds)
    return History(**values)  # type: ignore[arg-type]


def _seconds(text: str) -> float:
    value = float(text.replace(",", "."))
    if not isfinite(value):
        raise ValueError(f"'{text}' isn't a number of seconds")
    return value


def _chat_files(folder: Path) -> tuple[dict[str, str], list[Fault]]:
    """File name of each contact's chat; only the id is read here."""
    found: dict[str, str] = {}
    faults = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.startswith("."):
            continue
        shown = f"{CHATS}/{printable(path.name)}"
        if not _is_text(path.name):
            faults.append(Fault(shown, 0, "chat.unreadable", "its name isn't UTF-8", "rename the file"))
            continue
        try:
            contact_id = _contact_of(path)
        except (OSError, ValueError, RecursionError) as error:
            message = (
                "isn't a chat: nested too deeply" if isinstance(error, RecursionError) else f"isn't a chat: {error}"
            )
            faults.append(Fault(shown, 0, "chat.unreadable", message, "see docs/formats.md"))
            continue
        if contact_id in found:
            message = f"contact '{contact_id}' already has the chat {found[contact_id]}"
            faults.append(Fault(shown, 0, "chat.duplicate", message, "remove one of them"))
        else:
            found[contact_id] = path.name
    return found, faults


def printable(name: str) -> str:
    r"""A file's name as it can be shown and kept, whatever bytes it has.

    >>> printable("a\udcff.json")
    'a\\xff.json'
    """
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _is_text(text: str) -> bool:
    """False where no database keeps it: a NUL, or bytes that aren't UTF-8."""
    return "\x00" not in text and text == text.encode("utf-8", "ignore").decode("utf-8")


def _contact_of(path: Path) -> str:
    content = json.loads(path.read_text(encoding="utf-8-sig"))
    contact_id = content.get("contact_id") if isinstance(content, dict) else None
    if not isinstance(contact_id, str) or not contact_id:
        raise ValueError("it has no contact_id")
    if not _is_text(contact_id):
        raise ValueError("its contact_id holds a NUL or half a character")
    return contact_id


def find_recording(folder: Path, name: str) -> Path | None:
    """The recording of that name, whichever way its accents are composed; `None` where there is none."""
    exact = folder / RECORDINGS / name
    try:
        if exact.exists():
            return exact
    except OSError:  # a name longer than the file system allows
        return None
    wanted = unicodedata.normalize("NFC", name)
    candidates = exact.parent.iterdir() if exact.parent.is_dir() else ()
    return next((path for path in candidates if unicodedata.normalize("NFC", path.name) == Path(wanted).name), None)


def find_chat(folder: Path, contact: Contact) -> Path | None:
    """The contact's chat; looked for by its content where it wasn't there when the day was read."""
    name = contact.source or _known_chats(folder / CHATS).get(contact.id, "")
    path = folder / CHATS / name
    return path if name and path.exists() else None


@dataclass(frozen=True)
class _Listing:
    """The chats of a folder, as long as it and those that couldn't be read stay what they were.

    Attributes:
        unread: files that hold nobody's chat so far, each with what tells of its change.
    """

    changed_ns: int
    chats: Mapping[str, str]
    unread: Mapping[Path, Stamp]

    def stands(self, folder: Path) -> bool:
        """Whether reading the folder again would find the same. A file that was good isn't looked at again."""
        try:
            is_same = folder.stat().st_mtime_ns == self.changed_ns
            return is_same and all(_stamp(path) == stamp for path, stamp in self.unread.items())
        except OSError:
            return False


SETTLED_NS = 2_000_000_000
"""A folder that changed less than so long ago may change again without a later time to show it."""
_LISTINGS: dict[Path, _Listing] = {}
"""Of the day folder that was searched last: with thousands of contacts without a chat, each would read all files."""


def _known_chats(folder: Path) -> Mapping[str, str]:
    known = _LISTINGS.get(folder)
    if known is not None and known.stands(folder):
        return known.chats
    try:
        changed_ns = folder.stat().st_mtime_ns
        stamps = {path: _stamp(path) for path in folder.iterdir()}
    except OSError:  # no such folder, or a file went meanwhile: nothing to remember
        return _chat_files(folder)[0]
    chats, _faults = _chat_files(folder)
    good = set(chats.values())
    _LISTINGS.clear()
    if time_ns() - changed_ns < SETTLED_NS:
        return chats
    _LISTINGS[folder] = _Listing(changed_ns, chats, {path: s for path, s in stamps.items() if path.name not in good})
    return chats


def _stamp(path: Path) -> Stamp:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _unclaimed(folder: Path, contacts: list[Contact], chats: dict[str, str]) -> list[Fault]:
    faults = []
    claimed = {unicodedata.normalize("NFC", c.source) for c in contacts if c.medium is Medium.VOICE}
    recordings = folder / RECORDINGS
    for path in sorted(recordings.rglob("*")) if recordings.is_dir() else []:
        name = path.relative_to(recordings).as_posix()
        if path.is_file() and not path.name.startswith(".") and unicodedata.normalize("NFC", name) not in claimed:
            hint = "add its row to contacts.csv, then run again" if _is_text(name) else "rename it: that isn't UTF-8"
            shown = f"{RECORDINGS}/{printable(name)}"
            faults.append(Fault(shown, 0, "recording.unclaimed", "no contact names this file", hint))
    ids = {contact.id for contact in contacts}
    for contact_id, name in chats.items():
        if contact_id not in ids:
            message = f"no contact '{contact_id}' in {CONTACTS}"
            faults.append(Fault(f"{CHATS}/{name}", 0, "chat.unclaimed", message, "add its row, then run again"))
    return faults
