"""What a recogniser hands over: words by channel, before anybody decides who spoke."""

from dataclasses import dataclass
from typing import TypeAlias

from qm.domain.recording import Finding, Recording
from qm.domain.transcript import EngineDescription, Word
from qm.units import Seconds, Share

Stretch: TypeAlias = tuple[Seconds, Seconds]
"""Start and end."""


@dataclass(frozen=True)
class Recognition:
    """Words of each channel on the one clock of the recording, in order.

    Attributes:
        activity: stretches of detected speech of each channel, whether words came of them or not.
    """

    recording: Recording
    language: str
    language_confidence: Share
    channels: tuple[tuple[Word, ...], ...]
    engine: EngineDescription
    quality: tuple[Finding, ...] = ()
    activity: tuple[tuple[Stretch, ...], ...] = ()
