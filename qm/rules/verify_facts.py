"""Check what isn't words: a measure has its value, a span was measured, a field of the contact holds what is told."""

import re

from qm.domain.contact import Contact
from qm.domain.evaluation import Evidence
from qm.domain.signals import SignalKind, Signals

_FACT = re.compile(r"(?P<name>\S+) (?P<sign>=|>=) (?P<value>.*)", re.DOTALL)
_KINDS = frozenset(SignalKind)
UNKNOWN = "?"
"""The value of a field that the contact data doesn't have."""


def flaws_of_signal(item: Evidence, signals: Signals) -> list[str]:
    """`evidence.no_such_signal` for a span or measure that isn't there, `evidence.wrong_value` for another value.

    Facts read `silence_longest_s = 12.3` (a measure; the span, if one is named, is any measured span),
    `silence = 12.3 s` (this very span and its length) or `silence >= 10 s: 0` (how many spans are so long).
    """
    fact = _FACT.fullmatch(item.fact)
    if fact is None:
        return ["evidence.no_such_signal"]
    name, value = fact["name"], fact["value"]
    if fact["sign"] == ">=":
        return _flaws_of_count(name, value, signals)
    if name in _KINDS:
        return _flaws_of_span(item, SignalKind(name), value, signals)
    if name not in signals.measures:
        return ["evidence.no_such_signal"]
    measured = signals.measures[name]
    if measured is None or f"{measured:g}" != value:
        return ["evidence.wrong_value"]
    has_span = item.end_s > item.start_s
    known = any((span.start_s, span.end_s) == (item.start_s, item.end_s) for span in signals.spans)
    return ["evidence.no_such_signal"] if has_span and not known else []


def _flaws_of_span(item: Evidence, kind: SignalKind, value: str, signals: Signals) -> list[str]:
    for span in signals.of(kind):
        if (span.start_s, span.end_s) == (item.start_s, item.end_s):
            return [] if value == f"{span.length_s:.1f} s" else ["evidence.wrong_value"]
    return ["evidence.no_such_signal"]


def _flaws_of_count(name: str, value: str, signals: Signals) -> list[str]:
    told = re.fullmatch(r"([\d.e+-]+) s: (\d+)", value)
    if told is None or name not in _KINDS:
        return ["evidence.no_such_signal"]
    # The bound was shortened when it was written: a span just at it may stand on either side.
    least_s = float(told[1])
    lengths = [span.length_s for span in signals.of(SignalKind(name))]
    low, high = (sum(length >= least_s * edge for length in lengths) for edge in (1 + 1e-5, 1 - 1e-5))
    return [] if low <= int(told[2]) <= high else ["evidence.wrong_value"]


def flaws_of_field(item: Evidence, contact: Contact) -> list[str]:
    """`evidence.wrong_value` where the contact's field doesn't hold what the fact says (`process = reclami`)."""
    fact = _FACT.fullmatch(item.fact)
    if fact is None or fact["sign"] != "=":
        return ["evidence.wrong_value"]
    value = contact.field_value(fact["name"])
    return [] if (UNKNOWN if value is None else str(value)) == fact["value"] else ["evidence.wrong_value"]
