"""What a condition comes to on one contact: true, false or unknown, with what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from qm.domain.evaluation import Evidence

ABSENCES = frozenset({"absent", "apart", "not_asked", "not_repeated", "not_meant"})
"""Reasons of what wasn't heard: words that were mostly guessed prove none of them."""


class Truth(Enum):
    """Three values; the tables are Kleene's (1952): unknown only where the other parts don't decide."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """A truth and its ground.

    Attributes:
        reason: stable code of the deciding ground.
        doubts: codes of what weakens it; a doubted verdict can't carry an automatic fail.
    """

    truth: Truth
    reason: str
    evidence: tuple[Evidence, ...] = ()
    doubts: tuple[str, ...] = ()


def unknown(reason: str, *evidence: Evidence) -> Verdict:
    """A verdict that nothing can be said, and why."""
    return Verdict(Truth.UNKNOWN, reason, evidence)


def truth_of(holds: bool) -> Truth:
    """True or false."""
    return Truth.TRUE if holds else Truth.FALSE


def negate(verdict: Verdict) -> Verdict:
    """True becomes false and back; unknown stays."""
    flipped = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}
    return Verdict(flipped[verdict.truth], verdict.reason, verdict.evidence, verdict.doubts)


def at_least(verdicts: Sequence[Verdict], least: int) -> Verdict:
    """True where `least` are true, false where they can't become so, else unknown; deciding ones give the ground."""
    true = [v for v in verdicts if v.truth is Truth.TRUE]
    false = [v for v in verdicts if v.truth is Truth.FALSE]
    if len(true) >= least:
        return _merge(Truth.TRUE, true)
    if len(verdicts) - len(false) < least:
        return _merge(Truth.FALSE, false)
    return _merge(Truth.UNKNOWN, [v for v in verdicts if v.truth is Truth.UNKNOWN])


def _merge(truth: Truth, parts: Sequence[Verdict]) -> Verdict:
    evidence = tuple(dict.fromkeys(item for part in parts for item in part.evidence))
    doubts = tuple(dict.fromkeys(doubt for part in parts for doubt in part.doubts))
    return Verdict(truth, parts[0].reason if parts else "empty", evidence, doubts)
