"""Who said what, when, and how sure the recogniser was."""

from dataclasses import dataclass
from enum import StrEnum

from qm.domain.recording import Finding, Recording
from qm.units import Seconds, Share

SCHEMA = "transcript/1"
VOICE = "spk"
"""How names of voices begin that a diariser gave; channels are `ch0`, `ch1`."""
RECORDED = "-ivr"
"""What is added to a channel's or a voice's name for a recorded voice on it."""


class Role(StrEnum):
    """The part that a speaker plays. A chat's bot is `ivr`: a machine that speaks for the company."""

    AGENT = "agent"
    CUSTOMER = "customer"
    IVR = "ivr"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Word:
    """One word as recognised. `text` keeps punctuation that is glued to it.

    Attributes:
        suspect: probably never said (see `qm.analysis.guard_phantoms`); shown as such and never evidence.
    """

    text: str
    start_s: Seconds
    end_s: Seconds
    confidence: Share
    suspect: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence: must lie in 0..1, got {self.confidence}")
        if self.end_s < self.start_s:
            raise ValueError(f"end_s: {self.end_s} lies before start_s {self.start_s}")


@dataclass(frozen=True)
class Turn:
    """What one speaker said without a long pause and without the other party's turn in between.

    Attributes:
        id: `t1`, `t2`, … in order of start.
        speaker: `ch0`, `ch1` (channels), `spk0`, … (diarised), or the writer's name in a chat.
    """

    id: str
    role: Role
    speaker: str
    start_s: Seconds
    end_s: Seconds
    text: str
    confidence: Share
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class EngineDescription:
    """What produced the words: enough to know whether it would do the same again."""

    name: str
    revision: str
    sha256: str
    precision: str
    device: str


@dataclass(frozen=True)
class Grade:
    """How far a transcript may be trusted: `A` (as good as written) to `D` (don't score on it), and why not better."""

    letter: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transcript:
    """All turns of one contact in order of start. `recording` is `None` for a chat.

    Attributes:
        role_confidence: that every turn's role is right; `None` where roles aren't known, 1.0 where the site said so.
        grade: `None` for a chat.
    """

    language: str
    language_confidence: Share
    turns: tuple[Turn, ...]
    engine: EngineDescription
    recording: Recording | None = None
    quality: tuple[Finding, ...] = ()
    role_confidence: Share | None = None
    grade: Grade | None = None
    schema: str = SCHEMA

    @property
    def is_told_apart(self) -> bool:
        """True where a diariser told the voices of a shared channel apart: single words may stand under the other."""
        return any(turn.speaker.startswith(VOICE) for turn in self.turns)

    @property
    def has_words(self) -> bool:
        """False where nothing was said or written."""
        return any(turn.text.strip() for turn in self.turns)

    @property
    def has_known_roles(self) -> bool:
        """True where every turn has a role."""
        return all(turn.role is not Role.UNKNOWN for turn in self.turns)
