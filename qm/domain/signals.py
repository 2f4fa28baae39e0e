"""Measured facts of a conversation, each with the spans that it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from qm.domain.transcript import Role
from qm.units import Seconds


class SignalKind(StrEnum):
    """What a span shows."""

    SILENCE = "silence"
    INTERRUPTION = "interruption"
    OVERLAP = "overlap"
    BACKCHANNEL = "backchannel"
    HOLD = "hold"
    MONOLOGUE = "monologue"


@dataclass(frozen=True)
class Signal:
    """One span. `role`: who caused it (who interrupted, who put on hold), `unknown` where that has no meaning."""

    kind: SignalKind
    start_s: Seconds
    end_s: Seconds
    role: Role = Role.UNKNOWN

    @property
    def length_s(self) -> Seconds:
        """End minus start."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Signals:
    """Spans and the measures computed from them.

    Attributes:
        measures: by name (see `qm.analysis.measure_talk.MEASURES`); `None` where it can't be told,
            as with talk share when roles aren't known.
    """

    spans: tuple[Signal, ...] = ()
    measures: Mapping[str, float | None] = field(default_factory=dict)

    def of(self, kind: SignalKind) -> tuple[Signal, ...]:
        """The spans of one kind, in order of start."""
        return tuple(span for span in self.spans if span.kind is kind)
