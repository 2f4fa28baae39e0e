"""The audio of a contact, and what was found when looking at it."""

from dataclasses import dataclass
from enum import StrEnum

from qm.units import Hertz, Seconds


class Severity(StrEnum):
    """`note`: worth knowing; `doubt`: answers that rest on it are in doubt."""

    NOTE = "note"
    DOUBT = "doubt"


@dataclass(frozen=True)
class Finding:
    """Something measured on a recording or a transcript, with its span on the contact's clock.

    Attributes:
        channel: where it was found; `None` where it is about the whole.
    """

    code: str
    severity: Severity
    message: str
    start_s: Seconds | None = None
    end_s: Seconds | None = None
    channel: int | None = None


@dataclass(frozen=True)
class Recording:
    """Facts of one audio file.

    Attributes:
        sha256: of the file's bytes, lower-case hexadecimal.
        codec: as the container names it (`pcm_mulaw`, `mp3`, `opus`, …).
    """

    sha256: str
    duration_s: Seconds
    sample_rate_hz: Hertz
    channels: int
    codec: str = ""

    def __post_init__(self) -> None:
        if self.duration_s < 0:
            raise ValueError(f"duration_s: must not be negative, got {self.duration_s}")
        if self.channels < 1:
            raise ValueError(f"channels: must be at least 1, got {self.channels}")
