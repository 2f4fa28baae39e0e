"""An erasure: what it is about, what it took away, and the paper that proves it without telling of whom."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

PREFIX = "erased-"
"""How the ids begin that stand in the place of erased ones."""
HASH_BYTES = 32


class ErasureKind(StrEnum):
    """What asked for it: a contact, a customer, the retention plan, or a backup that brought erased things back."""

    CONTACT = "contact"
    CUSTOMER = "customer"
    RETENTION = "retention"
    RESTORED = "restored"


class ErasureState(StrEnum):
    """How far it is: `begun`: nothing may come back; `stripped`: the rows are gone; `done`: looked for afterwards."""

    BEGUN = "begun"
    STRIPPED = "stripped"
    DONE = "done"


def is_erased(subject: str) -> bool:
    """Whether an id stands in the place of an erased one.

    >>> is_erased("erased-0f"), is_erased("C-1"), is_erased("D-erased-0f")
    (True, False, True)
    """
    return subject.startswith((PREFIX, f"D-{PREFIX}"))


def subject_sha256(salt: str, kind: str, subject: str) -> str:
    """What stands for an id in the ledger: HMAC-SHA256 under the site's salt (hexadecimal).

    No table of guesses made elsewhere fits. Who has the salt and guesses an id can tell that it was erased, and
    nothing else.
    """
    return hmac.new(bytes.fromhex(salt), f"{kind}\n{subject}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Subject:
    """Everything that one erasure is about, with its ids in clear: lives in memory only.

    Attributes:
        contacts: their ids, in order.
        customers: ids that the customer goes by.
        responses: ids of survey responses.
        sources: names of the files that the contacts came in.
        folders: day folders that the contacts came in.
        objects: SHA-256 of stored objects that no other contact has.
        evaluations: their ids.
        cases: ids of detractor cases.
        spoken: what was said or written, turn by turn: replies of a generative model that quote it are found by it.
    """

    kind: ErasureKind
    contacts: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    responses: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    evaluations: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True where nothing here is about it."""
        return not (self.contacts or self.responses)

    @property
    def strings(self) -> tuple[str, ...]:
        """What must be found nowhere afterwards."""
        every = (*self.contacts, *self.customers, *self.responses, *self.sources, *self.evaluations, *self.cases)
        return tuple(dict.fromkeys(text for text in every if text.strip()))

    def ledger(self, salt: str) -> tuple[tuple[str, str], ...]:
        """Kind and hash of every id that mustn't come back."""
        named = [("contact", each) for each in self.contacts]
        named += [("response", each) for each in self.responses]
        if self.kind is ErasureKind.CUSTOMER:
            named += [("customer", each) for each in self.customers]
        return tuple((kind, subject_sha256(salt, kind, each)) for kind, each in named)


@dataclass(frozen=True)
class Identity:
    """What a contact or response goes by, to be compared with the ledger.

    Attributes:
        kind: `contact` or `response`.
        at: when it began or was answered; `None` where that isn't known.
    """

    kind: str
    id: str
    customer_id: str
    at: datetime | None


@dataclass(frozen=True)
class Remainder:
    """Something that an erasure couldn't or mustn't take away.

    Attributes:
        code: stable, worded by the user interface.
        what: where; never personal data.
        until: when it ends by itself, where that's known (a day).
    """

    code: str
    what: str = ""
    until: str = ""


@dataclass(frozen=True)
class Certificate:
    """What was erased. It holds no personal data: the subject stands as a salted hash.

    Attributes:
        counts: what was erased or stripped, by kind (`objects`, `transcripts`, `evaluations`, …).
        objects_sha256: of the erased objects; for the retention plan their fingerprint alone.
        checked: places that were searched afterwards, and how often anything of the subject was found there.
    """

    id: str
    kind: ErasureKind
    subject_sha256: str
    state: ErasureState
    begun_at: datetime
    by: str
    why: str
    counts: Mapping[str, int] = field(default_factory=dict)
    objects_sha256: tuple[str, ...] = ()
    checked: Mapping[str, int] = field(default_factory=dict)
    remains: tuple[Remainder, ...] = ()
    finished_at: datetime | None = None
    schema: str = "erasure/1"

    @property
    def is_clean(self) -> bool:
        """True where it's finished and nothing was found afterwards."""
        return self.state is ErasureState.DONE and not any(self.checked.values())


@dataclass(frozen=True)
class LedgerLine:
    """One id that mustn't come back, as it stands in the file beside the backups.

    Attributes:
        at: when it was erased; of a customer only what is older is refused, since they may come back one day.
    """

    kind: str
    subject_sha256: str
    erasure_id: str
    at: datetime


def added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Counts of both together.

    >>> added({"objects": 1}, {"objects": 2, "cases": 1})
    {'cases': 1, 'objects': 3}
    """
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}
