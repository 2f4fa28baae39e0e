"""Recordings on their way to a player: streamed from wherever they're kept, in the byte ranges that it asks for."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache

from fastapi import Response
from fastapi.responses import StreamingResponse

from api.audio import HEAD_BYTES, media_type, peaks_of
from api.schemas.lists import Peaks
from qm.ports import ObjectStore

KEPT = 64
"""Recordings whose waveform stays in memory; objects never change under their name."""
KNOWN = 4096
"""Recordings of which size and type stay in memory."""
ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


@dataclass(frozen=True)
class Sound:
    """What a response's head tells of a recording."""

    size: int
    kind: str


@dataclass(frozen=True)
class Part:
    """Bytes of a recording from `start` up to `end`, which is excluded."""

    start: int
    end: int


class Playback:
    """Answers players.

    Args:
        objects: what holds the recordings.
    """

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._sound = lru_cache(maxsize=KNOWN)(self._look)
        self._peaks = lru_cache(maxsize=KEPT)(self._draw)

    def respond(self, sha256: str, headers: Mapping[str, str]) -> Response:
        """The recording or a part of it (206); 416 where the part lies behind its end.

        Raises:
            ObjectMissingError: the stored object is gone.
        """
        sound = self._sound(sha256)
        told = {"Accept-Ranges": "bytes", "ETag": f'"{sha256}"'}
        is_same = headers.get("if-range", told["ETag"]) == told["ETag"]
        try:
            part = part_of(headers.get("range", ""), sound.size) if is_same else None
        except IndexError:
            return Response(status_code=416, headers=told | {"Content-Range": f"bytes */{sound.size}"})
        if part is not None:
            told["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{sound.size}"
        sent = part or Part(0, sound.size)
        told["Content-Length"] = str(sent.end - sent.start)
        status = 200 if part is None else 206
        return StreamingResponse(self._bytes(sha256, sent), status, told, media_type=sound.kind)

    def peaks(self, sha256: str) -> Peaks:
        """Loudness over time.

        Raises:
            NotFoundError: the recording can't be decoded.
            ObjectMissingError: the stored object is gone.
        """
        return self._peaks(sha256)

    def _look(self, sha256: str) -> Sound:
        size = self._objects.size(sha256)
        with self._objects.open(sha256, 0, min(HEAD_BYTES, size)) as pieces:
            return Sound(size, media_type(b"".join(pieces)))

    def _draw(self, sha256: str) -> Peaks:
        with self._objects.local(sha256) as path:
            return peaks_of(path)

    def _bytes(self, sha256: str, part: Part) -> Iterator[bytes]:
        """Opened at once, so that a lost object is an answer of its own and no broken stream."""
        stack = ExitStack()
        return _closing(stack, stack.enter_context(self._objects.open(sha256, part.start, part.end)))


def _closing(stack: ExitStack, pieces: Iterator[bytes]) -> Iterator[bytes]:
    with stack:
        yield from pieces


def part_of(wanted: str, size: int) -> Part | None:
    """What a `Range` header asks for; `None` where that is the whole.

    Whatever isn't one range of bytes gives the whole, as RFC 9110 (section 14.2) allows: several at once, too.

    Raises:
        IndexError: no byte of the recording lies in it.

    >>> part_of("bytes=10-19", 100), part_of("bytes=-10", 100), part_of("lines=1-2", 100)
    (Part(start=10, end=20), Part(start=90, end=100), None)
    """
    match = ONE_RANGE.fullmatch(wanted)
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    if start >= end:
        raise IndexError(wanted)
    return Part(start, end)
