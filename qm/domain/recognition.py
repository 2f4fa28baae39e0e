"""What a recogniser hands over: words by channel, before anybody decides who spoke."""

from dataclasses import dataclass
from typing import TypeAlias

from qm.domain.recording import Finding, Recording
from qm.domain.transcript import EngineDescription, Word
from qm.units import Seconds, Share

Stretch: TypeAlias = tuple[Seconds, Seconds]
"""Start and end."""


@dataclass(frozen=True)
class Passage:
    """A stretch that was decoded at once, and how sure the decoder was of it.

    Attributes:
        words: how many words of the channel came of it; passages and words of a channel are in the same order.
        log_probability: mean over the decoded tokens, natural logarithm; never above 0.
        no_speech: the decoder's own probability that nothing was said.
    """

    start_s: Seconds
    end_s: Seconds
    words: int
    log_probability: float
    no_speech: Share


@dataclass(frozen=True)
class Voice:
    """One speaker speaks, on a channel that several share."""

    speaker: str
    start_s: Seconds
    end_s: Seconds


@dataclass(frozen=True)
class Recognition:
    """Words of each channel on the one clock of the recording, in order.

    Attributes:
        activity: stretches of detected speech of each channel, whether words came of them or not.
        passages: what the words of each channel were decoded from.
        levels: of each channel while somebody speaks on it, dB of full scale; `None` where nobody does.
    """

    recording: Recording
    language: str
    language_confidence: Share
    channels: tuple[tuple[Word, ...], ...]
    engine: EngineDescription
    quality: tuple[Finding, ...] = ()
    activity: tuple[tuple[Stretch, ...], ...] = ()
    passages: tuple[tuple[Passage, ...], ...] = ()
    levels: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Voices:
    """Who speaks when on the one channel that both parties share; `engine` is `None` where nobody told them apart."""

    stretches: tuple[Voice, ...] = ()
    engine: EngineDescription | None = None
