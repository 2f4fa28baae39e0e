"""The audit chain: events that follow each other by hash, so that none can be changed, taken out or put in unseen.

An event says who did what to which thing, and when. What was there before and after, and why, is kept apart
(`Details`): an event carries only salted hashes of it, so that details can be erased and the chain still holds. Chained
hashes after S. Haber and W. S. Stornetta, "How to time-stamp a digital document", Journal of Cryptology 3 (1991); the
salt keeps anybody from guessing short erased values from their hash.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
"""What the first event names as the hash before it."""
NOTHING = ""
"""Stands for the hash of what isn't given."""
LONGEST = 200
"""Characters of an actor or a subject."""
ACTION = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
KIND = re.compile(r"[a-z]+(_[a-z]+)*")
PEOPLE = frozenset({"customer", "person", "caller"})
"""Kinds that no event may be about: events stay when a customer is erased."""


@dataclass(frozen=True)
class AuditNote:
    """What a use case tells about itself.

    Attributes:
        actor: who did it; empty: whoever the transaction belongs to.
        before: what can be written as JSON; `None`: nothing was there.
        after: likewise; `None`: nothing is there any more.
        why: the reason in people's own words.
    """

    action: str
    subject_kind: str
    subject: str
    before: Any = None
    after: Any = None
    why: str = ""
    actor: str = ""

    def __post_init__(self) -> None:
        if not ACTION.fullmatch(self.action):
            raise ValueError(f"action: '{self.action}' isn't like thing.done")
        if not KIND.fullmatch(self.subject_kind) or self.subject_kind in PEOPLE:
            raise ValueError(f"subject_kind: '{self.subject_kind}' isn't a kind of thing")
        for name in ("subject", "actor"):
            object.__setattr__(self, name, one_line(getattr(self, name)))

    @property
    def has_details(self) -> bool:
        """True where there is more to tell than who, what and when."""
        return self.before is not None or self.after is not None or bool(self.why)


@dataclass(frozen=True)
class Details:
    """What may be erased of an event.

    Attributes:
        salt: random; part of every hash of these details.
    """

    salt: str
    before: Any = None
    after: Any = None
    why: str = ""

    @property
    def sha256(self) -> str:
        """Over all of it."""
        return _sha256([self.salt, self.before, self.after, self.why])

    def sha256_of(self, side: Any) -> str:
        """Of `before` or `after`; nothing where there is nothing."""
        return _sha256([self.salt, side]) if side is not None else NOTHING

    @property
    def hashes(self) -> tuple[str, str, str]:
        """Of all, of before, of after: as an event names them."""
        return self.sha256, self.sha256_of(self.before), self.sha256_of(self.after)


@dataclass(frozen=True)
class AuditEvent:
    """One link of the chain.

    Attributes:
        seq: 1, 2, 3 … without a gap; it alone says what came first.
        at: UTC, ISO 8601 with milliseconds.
        subject: id of a contact, case, run …; never a name, a customer's id or a text.
        details_sha256: empty where there are no details.
        previous: hash of the event before; `GENESIS` of the first.
        hash: see `hash_of`.
    """

    seq: int
    at: str
    actor: str
    action: str
    subject_kind: str
    subject: str
    details_sha256: str
    before_sha256: str
    after_sha256: str
    previous: str
    hash: str


@dataclass(frozen=True)
class Head:
    """The end of a chain: with it kept elsewhere, nobody can cut the chain shorter unseen."""

    seq: int = 0
    hash: str = GENESIS

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """From `SEQ:HASH`; `ValueError` where it isn't one."""
        seq, _, digest = text.strip().partition(":")
        if not re.fullmatch(r"\d{1,18}", seq, re.ASCII) or not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise ValueError(f"'{text[:90]}' isn't SEQ:HASH")
        return cls(int(seq), digest)


@dataclass(frozen=True)
class AuditFault:
    """A place where the chain doesn't hold.

    Attributes:
        seq: of the event concerned.
        code: `audit.altered`, `audit.missing`, `audit.order`, `audit.details_altered`, `audit.cut` or
            `audit.other_chain`.
        message: in one sentence.
    """

    seq: int
    code: str
    message: str


@dataclass(frozen=True)
class Verification:
    """What checking a chain found.

    Attributes:
        first_seq: of the first event that was checked; 0 where there was none.
        details: events whose details were there and checked.
        erased: events whose details are erased.
        backwards: events whose time lies before that of the event before them: a clock was set back.
        fault: the first one, or `None`.
    """

    first_seq: int
    events: int
    details: int
    erased: int
    backwards: int
    head: Head
    fault: AuditFault | None = None

    @property
    def is_whole(self) -> bool:
        """True where nothing is wrong."""
        return self.fault is None


def hash_of(event: AuditEvent) -> str:
    """SHA-256 of the JSON array of all fields but the hash itself, as UTF-8 without blanks, in lower-case hexadecimal.

    The array is: seq, at, actor, action, subject_kind, subject, before_sha256, after_sha256, details_sha256, previous.
    """
    return _sha256([
        event.seq, event.at, event.actor, event.action, event.subject_kind, event.subject, event.before_sha256,
        event.after_sha256, event.details_sha256, event.previous,
    ])  # fmt: skip


def link(note: AuditNote, head: Head, at: datetime, actor: str, details: Details | None) -> AuditEvent:
    """The event that follows `head`.

    Args:
        actor: where the note names none.
        details: of the note; `None` where it has none.
    """
    whole, before, after = details.hashes if details else (NOTHING, NOTHING, NOTHING)
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds")
    fields = (head.seq + 1, moment, note.actor or one_line(actor), note.action, note.subject_kind, note.subject)
    open_end = AuditEvent(*fields, whole, before, after, head.hash, NOTHING)
    return AuditEvent(*fields, whole, before, after, head.hash, hash_of(open_end))


def one_line(text: str) -> str:
    r"""A text as a row of the chain may hold it: one line, no control characters, nothing that UTF-8 can't write.

    >>> one_line(" Ada\nRossi\x00 ")
    'Ada Rossi'
    """
    written = text[: 4 * LONGEST].encode("utf-8", "replace").decode("utf-8")
    plain = "".join(sign if sign.isprintable() else " " for sign in written)
    return " ".join(plain.split())[:LONGEST]


@dataclass
class ChainCheck:
    """Follows a chain event by event, in memory that doesn't grow with it.

    Attributes:
        head: the event before the first one to come; unknown (`None`) where checking begins in the middle.
        expected: heads that were written down earlier, by seq.
    """

    head: Head | None = field(default_factory=Head)
    expected: Mapping[int, str] = field(default_factory=dict)
    _at: str = ""
    _first: int = 0
    _events: int = 0
    _details: int = 0
    _erased: int = 0
    _backwards: int = 0

    def take(self, event: AuditEvent, details: Details | None) -> AuditFault | None:
        """Check the next event; the fault, where there is one."""
        if fault := next(self._faults(event, details), None):
            return fault
        self._first = self._first or event.seq
        self._events += 1
        self._details += details is not None
        self._erased += bool(event.details_sha256) and details is None
        self._backwards += event.at < self._at
        self._at, self.head = event.at, Head(event.seq, event.hash)
        return None

    def _faults(self, event: AuditEvent, details: Details | None) -> Iterator[AuditFault]:
        before = self.head
        if before is not None and event.seq > before.seq + 1:
            message = f"event {before.seq + 1} is missing: {event.seq} comes after {before.seq}"
            yield AuditFault(before.seq + 1, "audit.missing", message)
        elif before is not None and event.seq <= before.seq:
            yield AuditFault(event.seq, "audit.order", f"event {event.seq} comes after {before.seq}")
        if hash_of(event) != event.hash:
            message = f"event {event.seq} was altered: its fields don't give its hash"
            yield AuditFault(event.seq, "audit.altered", message)
        if before is not None and event.previous != before.hash:
            message = f"event {event.seq} doesn't follow event {before.seq}: one of them was put in later"
            yield AuditFault(event.seq, "audit.other_chain", message)
        if self.expected.get(event.seq, event.hash) != event.hash:
            message = f"event {event.seq} isn't the one that was noted down: the chain was made anew"
            yield AuditFault(event.seq, "audit.other_chain", message)
        if details is not None and details.hashes != (event.details_sha256, event.before_sha256, event.after_sha256):
            message = f"the details of event {event.seq} were altered"
            yield AuditFault(event.seq, "audit.details_altered", message)

    def finish(self, fault: AuditFault | None = None) -> Verification:
        """What was found; a chain that ends before a head that was noted down is cut."""
        head = self.head or Head()
        last = max(self.expected, default=0)
        if fault is None and last > head.seq:
            message = f"the chain ends at event {head.seq}, event {last} was noted down: the events since are gone"
            fault = AuditFault(head.seq + 1, "audit.cut", message)
        return Verification(self._first, self._events, self._details, self._erased, self._backwards, head, fault)


# Plain JSON rather than our own canonical form: anybody can check the chain with a few lines of any language.
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


def _sha256(value: object) -> str:
    return hashlib.sha256(_JSON.encode(value).encode("utf-8")).hexdigest()
