"""Carry the retention plan out: what is due goes, some contacts at a time, each step a whole one."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from qm.domain.erasure import Certificate, ErasureKind, ErasureState, LedgerLine, Subject, added, subject_sha256
from qm.domain.retention import Aged, DataKind, HoldKind, RetentionPlan
from qm.errors import InputError
from qm.fingerprint import fingerprint
from qm.ports import Unit, UnitOfWork
from qm.services.erasure import (
    AT_ONCE,
    SALT_BYTES,
    ErasureService,
    ErasureTools,
    ledger_lines,
    lock_all,
    new_certificate,
    strip_rows,
)
from qm.services.keep_out import COMMENT

MOST = 100_000
"""Contacts of one call: bounds memory; the next call goes on."""
ORDER = (DataKind.AUDIO, DataKind.TRANSCRIPT, DataKind.EVIDENCE)
Due = tuple[str, frozenset[DataKind]]


@dataclass(frozen=True)
class RuleDue:
    """What is due by one rule.

    Attributes:
        contacts: that the rule decides about, of those that are old enough for any rule.
        due: contacts by kind of data.
    """

    rule_id: str
    contacts: int
    due: Mapping[DataKind, int]


@dataclass(frozen=True)
class RetentionDue:
    """What is due now.

    Attributes:
        held: contacts that are due but under a legal hold: they stay.
        unruled: contacts that are old enough but fit no rule: they are kept.
    """

    at: datetime
    rules: tuple[RuleDue, ...]
    held: int
    unruled: int

    @property
    def contacts(self) -> int:
        """How often something is due."""
        return sum(n for rule in self.rules for n in rule.due.values())


@dataclass
class _Tally:
    seen: Counter[str] = field(default_factory=Counter)
    due: dict[str, Counter[DataKind]] = field(default_factory=lambda: defaultdict(Counter))
    held: int = 0
    unruled: int = 0


class RetentionService:
    """Use cases of retention."""

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, plan: RetentionPlan, erasure: ErasureService,
        tools: ErasureTools,
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading
        self.plan = plan
        self._erasure = erasure
        self._tools = tools

    def due(self) -> RetentionDue:
        """What is due now, by rule; nothing is changed."""
        now, tally = self._tools.now(), _Tally()
        with self._reading() as unit:
            for _due in self._due(unit, now, tally):
                pass
        rules = tuple(RuleDue(rule.id, tally.seen[rule.id], dict(tally.due[rule.id])) for rule in self.plan.rules)
        return RetentionDue(now, rules, tally.held, tally.unruled)

    def apply(self) -> Certificate | None:
        """Erase what is due; `None` where nothing is.

        Killed and given again, it goes on: what is gone isn't due any more.

        Raises:
            InputError: there is no plan.
            StorageError: database or store can't be written.
        """
        if not self.plan.rules:
            raise InputError("retention.no_plan", "no retention plan is set", "name its file in QM_RETENTION")
        now = self._tools.now()
        with self._reading() as unit:
            due = list(_first(self._due(unit, now, _Tally()), MOST))
        if not due:
            return None
        certificate = self._begin(fingerprint(self.plan))
        for start in range(0, len(due), AT_ONCE):
            certificate = self._some(certificate, due[start : start + AT_ONCE])
        return self._erasure.finish(certificate, (), Subject(ErasureKind.RETENTION))

    def _due(self, unit: Unit, now: datetime, tally: _Tally) -> Iterator[Due]:
        shortest = self.plan.shortest_days
        if shortest is None:
            return
        for contacts in unit.subjects.aged(now - timedelta(days=shortest)):
            held = _held(unit, contacts)
            for contact in contacts:
                kinds = self._due_of(contact, now, tally)
                if kinds and contact.contact_id in held:
                    tally.held += 1
                elif kinds:
                    yield contact.contact_id, kinds

    def _due_of(self, contact: Aged, now: datetime, tally: _Tally) -> frozenset[DataKind]:
        rule = self.plan.rule_for(contact)
        if rule is None:
            tally.unruled += 1
            return frozenset()
        kinds = self.plan.due_now(contact, now)
        tally.seen[rule.id] += 1
        tally.due[rule.id].update(kinds)
        return kinds

    def _begin(self, plan_sha256: str) -> Certificate:
        """The certificate that an earlier call began under this plan and didn't end, else a new one."""
        with self._unit_of_work() as unit:
            salt = unit.ledger.keep_salt(self._tools.token(SALT_BYTES))
            sha256 = subject_sha256(salt, ErasureKind.RETENTION.value, plan_sha256)
            begun = (each for each in unit.ledger.of_subject(sha256) if each.state is not ErasureState.DONE)
            certificate = next(begun, None) or new_certificate(ErasureKind.RETENTION, sha256, self._tools, "retention")
            unit.ledger.save(certificate)
        return certificate

    def _some(self, certificate: Certificate, due: Sequence[Due]) -> Certificate:
        whole = [contact_id for contact_id, kinds in due if DataKind.CONTACT in kinds]
        by_kind = {kind: [contact_id for contact_id, kinds in due if kind in kinds] for kind in ORDER}
        with self._unit_of_work() as unit:
            at_work = frozenset(unit.tasks.at_work([contact_id for contact_id, _kinds in due]))
            free = [each for each in whole if each not in at_work]
            subject = unit.subjects.gather(ErasureKind.RETENTION, free, with_words=bool(self._tools.places))
            unit.eraser.cancel(free)
            unit.ledger.refuse(ledger_lines(certificate, subject, unit.ledger.salt()))
            parts = {kind: [each for each in ids if each not in at_work] for kind, ids in by_kind.items()}
            audio = unit.subjects.gather(ErasureKind.RETENTION, parts[DataKind.AUDIO]).objects
            quoted = sorted({*parts[DataKind.TRANSCRIPT], *parts[DataKind.EVIDENCE]})
            said = unit.subjects.gather(ErasureKind.RETENTION, quoted, with_words=bool(self._tools.places)).spoken
        counts = self._erasure.erase_objects((*subject.objects, *audio))
        for about in (subject, Subject(ErasureKind.RETENTION, spoken=said)):
            counts = added(counts, {place.name: place.erase(about) for place in self._tools.places})
        return self._write(replace(certificate, counts=added(certificate.counts, counts)), subject, parts)

    def _write(
        self, certificate: Certificate, subject: Subject, parts: Mapping[DataKind, Sequence[str]]
    ) -> Certificate:
        with self._unit_of_work() as unit:
            lock_all(unit)
            counts: Mapping[str, int] = certificate.counts
            for kind, contact_ids in parts.items():
                if contact_ids:
                    counts = added(counts, unit.eraser.drop(contact_ids, kind))
                    _keep_comments_out(unit, certificate, kind, contact_ids)
                for contact_id in contact_ids:
                    unit.audit.note(f"{kind.value}.expired", "contact", contact_id, actor="retention")
            if not subject.is_empty:
                counts = added(counts, strip_rows(unit, subject, certificate.id, self._tools.token))
            written = replace(certificate, counts=counts)
            unit.ledger.save(written)
        return written


def _held(unit: Unit, contacts: Sequence[Aged]) -> frozenset[str]:
    """Contacts under a legal hold, their own or their customer's."""
    held = {hold.subject for hold in unit.holds.every() if hold.released_at is None and hold.kind is HoldKind.CONTACT}
    customers = [h for h in unit.holds.every() if h.released_at is None and h.kind is HoldKind.CUSTOMER]
    for hold in customers:
        held |= set(unit.subjects.contacts_of(hold.subject))
    return frozenset(held & {contact.contact_id for contact in contacts})


def _keep_comments_out(unit: Unit, certificate: Certificate, kind: DataKind, contact_ids: Sequence[str]) -> None:
    """The next look at the same survey file mustn't bring erased comments back."""
    if kind is not DataKind.EVIDENCE:
        return
    salt = unit.ledger.salt()
    about = unit.subjects.gather(ErasureKind.RETENTION, contact_ids)
    hashes = (subject_sha256(salt, COMMENT, each) for each in about.responses)
    unit.ledger.refuse([LedgerLine(COMMENT, sha256, certificate.id, certificate.begun_at) for sha256 in hashes])


def _first(items: Iterator[Due], most: int) -> Iterator[Due]:
    for _number, item in zip(range(most), items, strict=False):
        yield item
