"""What repeated requests ask of the store."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class KeptAnswer:
    """What a request was answered.

    Attributes:
        request_sha256: of what was asked for, so that another request under the same key is told apart.
        status: HTTP's; 0: it's still at work.
        headers: JSON object of those that are given again.
    """

    request_sha256: str
    begun_s: float
    status: int = 0
    headers: str = "{}"
    body: str = ""


class KeptAnswerStore(Protocol):
    """Answers by the hash of who asked and of their key."""

    def begin(self, key_sha256: str, request_sha256: str, now_s: float) -> KeptAnswer | None:
        """Note that a request is at work; what stands there where the key was used before, and then nothing changes."""
        ...

    def keep(self, key_sha256: str, begun_s: float, answer: KeptAnswer) -> None:
        """Put the answer in the place of the note that began at that moment."""
        ...

    def forget(self, key_sha256: str, begun_s: float) -> None:
        """Take that note away: what failed may be tried again."""
        ...

    def sweep(self, before_s: float) -> None:
        """Take away what began earlier than that."""
        ...
