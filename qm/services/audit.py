"""Read, check and hand out the audit chain, and note that somebody looked at something."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from qm.csv_text import csv_rows
from qm.documents import dump, load
from qm.domain.audit import AuditEvent, ChainCheck, Details, Head, Verification
from qm.errors import InputError, NotFoundError
from qm.ports import UnitOfWork
from qm.ports.audit import AnchorStore, AuditFilter

Now = Callable[[], datetime]
AT_ONCE = 2000
"""Events read in one transaction: memory stays flat however long the chain is."""
CHECKED = ("audit", "checked")
"""Kind and id of the saved report that says what the last check found."""
COLUMNS = (
    "seq", "at", "actor", "action", "subject_kind", "subject", "before", "after", "why", "before_sha256",
    "after_sha256", "details_sha256", "previous", "hash",
)  # fmt: skip
Pair = tuple[AuditEvent, Details | None]


@dataclass(frozen=True)
class AuditRow:
    """An event as lists show it.

    Attributes:
        is_erased: there were details, and they are erased.
    """

    seq: int
    at: str
    actor: str
    action: str
    subject_kind: str
    subject: str
    hash: str
    before: Any = None
    after: Any = None
    why: str = ""
    is_erased: bool = False


@dataclass(frozen=True)
class Checked:
    """What the last check of the chain found, and when it was."""

    at: datetime
    found: Verification


@dataclass(frozen=True)
class AuditPage:
    """Events, the latest first; `next_cursor` is empty on the last page."""

    items: tuple[AuditRow, ...]
    next_cursor: str
    head: Head
    checked: Checked | None


@dataclass(frozen=True)
class ExportedEvent:
    """A line of an export."""

    event: AuditEvent
    details: Details | None = None


@dataclass(frozen=True)
class ExportEnd:
    """The last line of an export, by which a shortened file is known."""

    events: int
    head: str


class AuditService:
    """Use cases of auditing.

    Args:
        reading: transactions for what only looks.
        anchors: heads that were noted down outside of the database.
        now: the clock.
    """

    def __init__(self, unit_of_work: UnitOfWork, reading: UnitOfWork, anchors: AnchorStore, now: Now) -> None:
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._anchors = anchors
        self._now = now

    def look(self, action: str, subject_kind: str, subject: str, actor: str = "") -> None:
        """Note that somebody looks, before anything is shown.

        Raises:
            StorageError: it couldn't be noted, so nothing may be shown.
        """
        with self._unit_of_work() as unit:
            unit.audit.note(action, subject_kind, subject, actor=actor)

    def page(self, wanted: AuditFilter = AuditFilter(), cursor: str = "", size: int = 100) -> AuditPage:  # noqa: B008 - frozen
        """Events that fit, the latest first.

        Args:
            cursor: `next_cursor` of the page before.

        Raises:
            NotFoundError: the cursor isn't one.
        """
        before = _cursor(cursor)
        with self._reading() as unit:
            events = unit.audit.latest(wanted, before, size + 1)
            shown = events[:size]
            details = unit.audit.details([event.seq for event in shown])
            head, saved = unit.audit.head(), unit.documents.get(*CHECKED)
        more = str(shown[-1].seq) if len(events) > size else ""
        rows = tuple(_row(event, details.get(event.seq)) for event in shown)
        return AuditPage(rows, more, head, load(Checked, saved) if saved else None)

    def verify(self, start: int = 1, expect: Head | None = None) -> Verification:
        """Check the chain from an event to its end, against itself and against the heads that were noted down.

        Raises:
            NotFoundError: there is no event of that number.
            InputError: what was noted down can't be read.
        """
        expected = {seq: digest for seq, digest in self._anchors.heads().items() if seq >= start}
        if expect is not None:
            expected[expect.seq] = expect.hash
        check = ChainCheck(self._head_before(start), expected)
        return _follow(check, self._pairs(start))

    def note_down(self, found: Verification) -> None:
        """Keep what a check found for the page and, where the chain is whole, its head beside the database."""
        now = self._now()
        if found.is_whole:
            self._anchors.keep(found.head, now)
        with self._unit_of_work() as unit:
            unit.documents.save(*CHECKED, dump(Checked(now, found)))

    def anchor(self) -> Head:
        """Note down where the chain ends now, without checking it: what follows can't be cut off unseen."""
        with self._reading() as unit:
            head = unit.audit.head()
        self._anchors.keep(head, self._now())
        return head

    def export(self, since: datetime | None, *, as_csv: bool, with_details: bool, actor: str = "") -> Iterator[str]:
        """The chain from a moment on, in pieces of text; that it was exported is its last event.

        Args:
            with_details: also what changed and why, as far as it isn't erased: it may hold personal data.
        """
        with self._unit_of_work() as unit:
            after = {"details": with_details} | ({"since": since.isoformat()} if since else {})
            unit.audit.note("audit.exported", "audit", "events", after=after, actor=actor)
        with self._reading() as unit:
            start = unit.audit.first_since(since) if since else 1
        pairs = ((event, details if with_details else None) for event, details in self._pairs(start))
        return _csv(pairs) if as_csv else _lines(pairs)

    def _pairs(self, start: int) -> Iterator[Pair]:
        seq = start - 1
        while True:
            with self._reading() as unit:
                events = unit.audit.after(seq, AT_ONCE)
                details = unit.audit.details([event.seq for event in events if event.details_sha256])
            yield from ((event, details.get(event.seq)) for event in events)
            if len(events) < AT_ONCE:
                return
            seq = events[-1].seq

    def _head_before(self, start: int) -> Head:
        if start <= 1:
            return Head()
        with self._reading() as unit:
            found = unit.audit.after(start - 2, 1)
            last = unit.audit.head().seq
        if start > last or not found:
            raise NotFoundError("audit.no_event", f"there is no event {start}", f"the last one is {last}")
        # Where the event before is gone itself, the check begins one earlier and names it.
        return Head(start - 1, found[0].hash) if found[0].seq == start - 1 else Head(start - 2, "")


def verify_export(lines: Iterable[str], name: str, expect: Head | None = None) -> Verification:
    """Check an exported chain without a database.

    Args:
        name: of the file, for messages.
        expect: a head that was noted down and must be in it.

    Raises:
        InputError: a line can't be read, or the file was cut off.
    """
    check = ChainCheck(None, {expect.seq: expect.hash} if expect else {})
    count = 0
    for number, line in enumerate(lines, 1):
        if line.startswith('{"events"'):
            end = load(ExportEnd, line, f"{name}:{number}")
            if (end.events, end.head) == (count, str(check.head or Head())):
                return check.finish()
            break
        exported = load(ExportedEvent, line, f"{name}:{number}")
        count += 1
        if fault := check.take(exported.event, exported.details):
            return check.finish(fault)
    message = f"{name}: the file isn't whole: {count} events are in it, its last line says otherwise or is missing"
    raise InputError("audit.bad_export", message, "export again, or get the whole file; only JSONL can be checked")


def _follow(check: ChainCheck, pairs: Iterator[Pair]) -> Verification:
    for event, details in pairs:
        if fault := check.take(event, details):
            return check.finish(fault)
    return check.finish()


def _lines(pairs: Iterator[Pair]) -> Iterator[str]:
    count, head = 0, Head()
    for event, details in pairs:
        yield dump(ExportedEvent(event, details)) + "\n"
        count, head = count + 1, Head(event.seq, event.hash)
    yield dump(ExportEnd(count, str(head))) + "\n"


def _csv(pairs: Iterator[Pair]) -> Iterator[str]:
    yield csv_rows([COLUMNS])
    for event, details in pairs:
        told = {name: _text(value) for name, value in asdict(details).items()} if details else {}
        cells = {"before": "", "after": "", "why": "", **vars(event), **told}
        yield csv_rows([[cells[name] for name in COLUMNS]])


def _text(value: Any) -> str:
    """What changed, in a cell: a text as it is, anything else as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _row(event: AuditEvent, details: Details | None) -> AuditRow:
    told: Mapping[str, Any] = {"before": details.before, "after": details.after, "why": details.why} if details else {}
    return AuditRow(
        event.seq, event.at, event.actor, event.action, event.subject_kind, event.subject, event.hash, **told,
        is_erased=bool(event.details_sha256) and details is None,
    )  # fmt: skip


def _cursor(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise NotFoundError("page.bad_cursor", f"'{text[:60]}' is no place in this list", "start without a cursor")
    return int(text)
