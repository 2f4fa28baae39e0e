"""Chains made without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from qm.domain.audit import AuditNote, ChainCheck, Details, Head, hash_of, link

BEGIN = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


def note(place=0, **given):
    values = {"action": "case.changed", "subject_kind": "case", "subject": f"D-{place}"} | given
    return AuditNote(**values)


def chain(*notes):
    """(event, details) pairs of notes, a second apart."""
    head, pairs = Head(), []
    for place, one in enumerate(notes):
        details = Details(f"salt{place}", one.before, one.after, one.why) if one.has_details else None
        event = link(one, head, BEGIN + timedelta(seconds=place), "Ada", details)
        head = Head(event.seq, event.hash)
        pairs.append((event, details))
    return pairs


def check(pairs, head=None, expected=None):
    """What checking a chain finds; from its first event on, where no head before it is given."""
    following = ChainCheck(head or Head(), expected or {})
    for event, details in pairs:
        if fault := following.take(event, details):
            return following.finish(fault)
    return following.finish()


def rehashed(event, **changes):
    """The event with other fields and a hash that fits them: what somebody does who knows how the chain is made."""
    changed = replace(event, **changes)
    return replace(changed, hash=hash_of(changed))
