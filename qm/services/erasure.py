"""Erase a contact or a customer everywhere, prove it, and see that nothing comes back.

In steps, each of which may be the last before a kill; the same request given again goes on where it stopped:

1. one transaction: holds and leases are looked at, the ids are noted as never to come back, the objects are listed;
2. the same ids go into the file beside the backups;
3. objects go, with all their versions, then what lies in other places;
4. one transaction: rows are erased or stripped, and the certificate says so;
5. the database lets go of the bytes, everything is searched, and the certificate is finished.

Objects go before the rows that name them: so none is ever left that nothing names.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from qm.domain.erasure import (
    Certificate,
    ErasureKind,
    ErasureState,
    Identity,
    LedgerLine,
    Remainder,
    Subject,
    added,
    subject_sha256,
)
from qm.domain.retention import Hold, HoldKind
from qm.errors import ConflictError, HeldError, InputError, NotFoundError, StorageError
from qm.ports import ObjectStore, Unit, UnitOfWork
from qm.ports.retention import ErasablePlace, LedgerFile

LOCK = "erasure"
LOCKS = (LOCK, "links", "cases", "coaching", "calibration", "draws")
SALT_BYTES, ID_BYTES = 32, 8
AT_ONCE = 100
"""Contacts of one transaction."""


@dataclass(frozen=True)
class ErasureTools:
    """What erasing needs beside the database.

    Attributes:
        file: of the ids that mustn't come back.
        places: folders that may hold something of a contact.
        scrub: has the database let go of deleted bytes; false where it couldn't do so wholly.
        token: random hexadecimal digits for so many bytes.
        remains: what this site's parts keep by their nature.
    """

    objects: ObjectStore
    places: Sequence[ErasablePlace]
    file: LedgerFile
    now: Callable[[], datetime]
    token: Callable[[int], str]
    scrub: Callable[[], bool]
    actor: str
    remains: tuple[Remainder, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What an erasure would take, by kind, and what stands in its way."""

    kind: ErasureKind
    counts: Mapping[str, int]
    holds: tuple[Hold, ...]
    at_work: tuple[str, ...]
    remains: tuple[Remainder, ...]


class ErasureService:
    """Use cases of erasure."""

    def __init__(self, unit_of_work: UnitOfWork, reading: UnitOfWork, tools: ErasureTools) -> None:
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._tools = tools

    def preview(self, kind: ErasureKind, value: str) -> Preview:
        """What would be erased; nothing is changed.

        Raises:
            NotFoundError: nothing here is about it.
        """
        with self._reading() as unit:
            subject = find_subject(unit, kind, value)
            if subject.is_empty:
                raise _unknown(kind, value)
            held, at_work = holds_on(unit, subject), unit.tasks.at_work(subject.contacts)
            remains = self._remains(unit, subject)
        return Preview(kind, sizes_of(subject), held, at_work, remains)

    def erase(self, kind: ErasureKind, value: str, why: str) -> Certificate:
        """Erase, and return the certificate; where it was done before and nothing came since, the one of then.

        Raises:
            NotFoundError: nothing here is about it.
            HeldError: a legal hold forbids it; nothing was erased.
            ConflictError: a worker is at work on one of the contacts; nothing was erased.
            StorageError: database or store can't be written; given again, it goes on.
        """
        certificate, subject = self._begin(kind, value, why)
        if certificate.state is ErasureState.DONE:
            return certificate
        try:
            if subject.is_empty:  # a kill came between the rows and the search
                self.erase_objects(certificate.objects_sha256)
            else:
                certificate = self.carry_out(certificate, subject)
            return self.finish(certificate, subject.strings or (value,), subject)
        except StorageError as error:  # told as what it is: whoever reads "busy" alone would take nothing to be erased
            message = f"erasure {certificate.id} was begun and isn't finished: {error.message}"
            hint = "; ".join(part for part in (error.hint, "the same command again goes on") if part)
            raise type(error)("erasure.unfinished", message, hint) from error

    def check(self, kind: ErasureKind, value: str) -> Mapping[str, int]:
        """Where something of a subject is found, and how often; all places that were searched are named."""
        with self._reading() as unit:
            subject = find_subject(unit, kind, value)
        return self._search((value,), subject, ())

    def certificates(self) -> tuple[Certificate, ...]:
        """All certificates, the latest first."""
        with self._reading() as unit:
            return unit.ledger.every()

    def certificate(self, certificate_id: str) -> Certificate:
        """One certificate, or `NotFoundError`."""
        with self._reading() as unit:
            return unit.ledger.get(certificate_id)

    def apply_again(self) -> Certificate | None:
        """After a backup was restored: erase again what was erased since it was made; `None` where nothing came back.

        Raises:
            InputError: the file of erased ids can't be read, or is another site's.
        """
        salt, lines = self._tools.file.read()
        if not lines:
            return None
        with self._unit_of_work() as unit:
            if unit.ledger.keep_salt(salt) != salt:
                message = "the file of erased ids isn't of this database's site"
                raise InputError("erasure.other_site", message, "put back erasures.jsonl from beside this backup")
            unit.ledger.refuse(lines)
            contacts, responses = came_back(unit.subjects.identities(), salt, lines)
        if not contacts and not responses:
            return None
        certificate = new_certificate(ErasureKind.RESTORED, "", self._tools, "restored from a backup")
        strings: list[str] = []
        for start in range(0, max(len(contacts), 1), AT_ONCE):
            with self._unit_of_work() as unit:
                some = unit.subjects.gather(ErasureKind.RESTORED, contacts[start : start + AT_ONCE], with_words=True)
                also = tuple(sorted({*some.responses, *(responses if start == 0 else ())}))
                subject = replace(some, responses=also)
                certificate = self.note_begun(unit, certificate, subject)
            certificate = self.carry_out(certificate, subject)
            strings += subject.strings
        return self.finish(certificate, strings, Subject(ErasureKind.RESTORED))

    def unfinished(self) -> tuple[Certificate, ...]:
        """Erasures that were begun and not ended: the same command has to be given again."""
        return tuple(each for each in self.certificates() if each.state is not ErasureState.DONE)

    def _begin(self, kind: ErasureKind, value: str, why: str) -> tuple[Certificate, Subject]:
        tools = self._tools
        with self._unit_of_work() as unit:
            unit.lock(LOCK)
            salt = unit.ledger.keep_salt(tools.token(SALT_BYTES))
            sha256 = subject_sha256(salt, kind.value, value)
            earlier = unit.ledger.of_subject(sha256)
            subject = find_subject(unit, kind, value, with_words=bool(tools.places))
            going_on = next((each for each in earlier if each.state is not ErasureState.DONE), None)
            if subject.is_empty and going_on is None:
                if not earlier:
                    raise _unknown(kind, value)
                return earlier[0], subject
            certificate = going_on or new_certificate(kind, sha256, tools, why)
            return self.note_begun(unit, certificate, subject), subject

    def note_begun(self, unit: Unit, certificate: Certificate, subject: Subject) -> Certificate:
        """Step 1 for a subject, in a transaction: from here on nothing of it may come back.

        Raises:
            HeldError: a legal hold forbids it.
            ConflictError: a worker is at work on one of the contacts.
        """
        refuse_held(holds_on(unit, subject))
        refuse_busy(unit, subject)
        unit.eraser.cancel(subject.contacts)
        unit.ledger.refuse(ledger_lines(certificate, subject, unit.ledger.salt()))
        listed = tuple(sorted({*certificate.objects_sha256, *subject.objects}))
        remains = tuple(dict.fromkeys((*certificate.remains, *self._remains(unit, subject))))
        begun = replace(certificate, objects_sha256=listed, remains=remains)
        unit.ledger.save(begun)
        return begun

    def carry_out(self, certificate: Certificate, subject: Subject) -> Certificate:
        """Steps 2 to 4."""
        tools, counts = self._tools, dict(certificate.counts)
        with self._reading() as unit:
            salt, beside = unit.ledger.salt(), [note.place for note in unit.ledger.backups()]
        tools.file.keep(salt, ledger_lines(certificate, subject, salt), beside)
        counts = added(counts, self.erase_objects(certificate.objects_sha256))
        counts = added(counts, {place.name: place.erase(subject) for place in tools.places})
        return self._strip(replace(certificate, counts=counts), subject)

    def erase_objects(self, hashes: Sequence[str]) -> dict[str, int]:
        """Take objects out of the store, with versions and leftovers."""
        gone = [self._tools.objects.erase(sha256) for sha256 in hashes]
        return {
            "objects": len(gone), "versions": sum(each.versions for each in gone),
            "markers": sum(each.markers for each in gone), "uploads": sum(each.uploads for each in gone),
            "copies": sum(each.copies for each in gone),
        }  # fmt: skip

    def _strip(self, certificate: Certificate, subject: Subject) -> Certificate:
        with self._unit_of_work() as unit:
            lock_all(unit)
            now = unit.subjects.gather(subject.kind, subject.contacts, subject.customers)
            now = replace(now, responses=tuple(sorted({*now.responses, *subject.responses})))
            refuse_held(holds_on(unit, now))
            refuse_busy(unit, now)
            if set(now.objects) - set(certificate.objects_sha256):
                message = "a recording of this contact was stored meanwhile"
                raise ConflictError("erasure.busy", message, "give the same command again")
            counts = added(certificate.counts, strip_rows(unit, now, certificate.id, self._tools.token))
            stripped = replace(certificate, counts=counts, state=ErasureState.STRIPPED)
            unit.ledger.save(stripped)
        return stripped

    def finish(self, certificate: Certificate, strings: Sequence[str], subject: Subject) -> Certificate:
        """Step 5."""
        tools, remains = self._tools, certificate.remains
        if not tools.scrub():
            remains = (*remains, Remainder("database_pages"))
        checked = self._search(strings, subject, certificate.objects_sha256)
        done = replace(
            certificate, state=ErasureState.DONE, checked=checked, remains=tuple(dict.fromkeys(remains)),
            finished_at=tools.now(),
        )  # fmt: skip
        with self._unit_of_work() as unit:
            unit.ledger.save(done)
            unit.audit.note("erasure.finished", "erasure", done.id, after={"counts": done.counts, "kind": done.kind})
        return done

    def _search(self, strings: Sequence[str], subject: Subject, objects: Sequence[str]) -> dict[str, int]:
        with self._reading() as unit:
            found = unit.subjects.search(strings)
        places = {place.name: place.search(subject) for place in self._tools.places}
        still = sum(self._tools.objects.has(sha256) for sha256 in {*objects, *subject.objects})
        return {"database": sum(found.values()), **found, "objects": still, **places}

    def _remains(self, unit: Unit, subject: Subject) -> tuple[Remainder, ...]:
        folders = tuple(Remainder("day_folder", folder) for folder in subject.folders)
        backups = tuple(Remainder("backup", f"{note.place} ({note.at:%Y-%m-%d})") for note in unit.ledger.backups())
        return (*folders, *backups, Remainder("audit_ids"), *self._tools.remains)


def lock_all(unit: Unit) -> None:
    """Wait for everybody who reads whole sets and replaces them: they would put back what they read before."""
    for name in LOCKS:
        unit.lock(name)


def new_certificate(kind: ErasureKind, sha256: str, tools: ErasureTools, why: str) -> Certificate:
    """One that is begun now."""
    now = tools.now()
    name = f"E-{now:%Y%m%d}-{tools.token(4)}"
    return Certificate(name, kind, sha256, ErasureState.BEGUN, now, tools.actor, why)


def find_subject(unit: Unit, kind: ErasureKind, value: str, *, with_words: bool = False) -> Subject:
    """Everything that a contact or customer is; empty where there is nothing."""
    if kind is ErasureKind.CUSTOMER:
        return unit.subjects.gather(kind, unit.subjects.contacts_of(value), (value,), with_words=with_words)
    known = sorted(unit.subjects.known([value]))
    return unit.subjects.gather(kind, known, with_words=with_words) if known else Subject(kind)


def holds_on(unit: Unit, subject: Subject) -> tuple[Hold, ...]:
    """Legal holds on the subject, on any of its contacts, or on their customers.

    What a backup brought back was erased once: a hold in that backup was released since.
    """
    if subject.kind is ErasureKind.RESTORED:
        return ()
    customers = {*subject.customers, *unit.subjects.customers_of(subject.contacts)}
    return (
        *unit.holds.standing(HoldKind.CONTACT, subject.contacts),
        *unit.holds.standing(HoldKind.CUSTOMER, customers),
    )


def refuse_held(holds: Sequence[Hold]) -> None:
    """Raise `HeldError` where there is a hold: all of a subject goes, or nothing."""
    if holds:
        named = ", ".join(f"{hold.id} ({hold.by}, {hold.set_at:%Y-%m-%d})" for hold in holds)
        message = f"under legal hold: {named}; nothing was erased"
        raise HeldError("erasure.held", message, "`qm hold list` tells why; `qm hold release` ends a hold")


def refuse_busy(unit: Unit, subject: Subject) -> None:
    """Raise `ConflictError` where work on the subject is under way: what it's about to write would be left over."""
    hint = "wait until it has ended (`qm runs list`), or cancel it, then erase again"
    if at_work := unit.tasks.at_work(subject.contacts):
        raise ConflictError("erasure.busy", f"a worker is at work on {', '.join(at_work[:3])}", hint)
    if runs := unit.subjects.taken_in(subject.folders):
        raise ConflictError("erasure.busy", f"run {runs[0]} is taking in the day folder of this contact", hint)


def strip_rows(unit: Unit, subject: Subject, certificate_id: str, token: Callable[[int], str]) -> dict[str, int]:
    """Step 4 for a subject, in a transaction; the audit chain keeps that it happened."""
    counts = dict(unit.eraser.strip(subject, lambda: token(ID_BYTES)))
    named = [*(("contact", each) for each in subject.contacts), *(("case", each) for each in subject.cases)]
    named += [*(("response", each) for each in subject.responses), *(("evaluation", e) for e in subject.evaluations)]
    counts["audit_details"] = unit.audit.forget(named)
    for contact_id in subject.contacts:
        unit.audit.note("contact.erased", "contact", contact_id, after={"certificate": certificate_id})
    return counts


def ledger_lines(certificate: Certificate, subject: Subject, salt: str) -> tuple[LedgerLine, ...]:
    """The subject's ids that mustn't come back."""
    at = certificate.begun_at
    return tuple(LedgerLine(kind, sha256, certificate.id, at) for kind, sha256 in subject.ledger(salt))


def came_back(identities: Iterable[Identity], salt: str, lines: Sequence[LedgerLine]) -> tuple[list[str], list[str]]:
    """Contacts and responses that a ledger names, or whose customer it names and that are from before."""
    erased = {(line.kind, line.subject_sha256): line.at for line in lines}
    contacts: list[str] = []
    responses: list[str] = []
    for each in identities:
        at = erased.get(("customer", subject_sha256(salt, "customer", each.customer_id))) if each.customer_id else None
        is_old = at is not None and (each.at is None or each.at <= at)
        if is_old or (each.kind, subject_sha256(salt, each.kind, each.id)) in erased:
            (contacts if each.kind == "contact" else responses).append(each.id)
    return contacts, responses


def sizes_of(subject: Subject) -> dict[str, int]:
    """How much of each kind there is."""
    names = ("contacts", "responses", "objects", "evaluations", "cases")
    return {name: len(getattr(subject, name)) for name in names}


def _unknown(kind: ErasureKind, value: str) -> NotFoundError:
    hint = "nothing was changed; ids are told apart by upper and lower case"
    return NotFoundError(f"{kind.value}.unknown", f"nothing here is about {kind.value} '{value[:60]}'", hint)
