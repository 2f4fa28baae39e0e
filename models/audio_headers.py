"""What a file's own structure says of its length: told from bytes, since FFmpeg mixes it with its estimates."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from qm.units import Seconds

PLAIN_TAGS = frozenset({1, 3, 6, 7})
"""WAV codecs of a fixed size a sample: PCM, float, A-law, µ-law. Only for these must the header's numbers agree."""
EXTENSIBLE_TAG = 0xFFFE
STREAM_BYTES = 0xFFFFFF00
"""A data size from here on means `not known yet`: the recorder was writing to a pipe, or never came back to it."""
LONGEST_PAGE_BYTES = 65307
"""Of an Ogg page; the last one begins within that distance of the end."""
LAST_PAGE = 4
"""Flag of the page that ends an Ogg stream."""
MP3_KILOBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
"""Kilobits a second of MPEG-1 layer III (ISO/IEC 11172-3, 2.4.2.3) by index; 0 is free or forbidden."""
MP3_LOW_KILOBITS = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
"""The same of MPEG-2 and 2.5 (ISO/IEC 13818-3), 8 to 24 kHz."""
SEARCH_BYTES = 4096
"""From the end of the tags: where an MP3 file's first frame, and with it the header on its length, must begin."""


@dataclass(frozen=True)
class HeaderFacts:
    """What a file says of itself.

    Attributes:
        missing: sound that the header claims and the file lacks, as a share of the sound that it holds.
        unclaimed: sound behind what the header claims, that a decoder leaves out, as a share of the sound claimed.
        cut: what shows that the end is missing; empty where nothing does.
        contradiction: numbers of the header that can't both be true; empty where there are none.
    """

    missing: float = 0.0
    unclaimed: float = 0.0
    cut: str = ""
    contradiction: str = ""


def read_header(path: Path) -> HeaderFacts:
    """Facts of a WAV, AVI, Ogg, CAF or MP4 file; of others there is nothing here that FFmpeg doesn't keep."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] in {b"RIFF", b"RF64", b"BW64", b"RIFX"} and head[8:] == b"WAVE":
            return _wav(file, size, ">" if head[:4] == b"RIFX" else "<")
        if head[:4] == b"OggS":
            return HeaderFacts(cut=_ogg_cut(file, size))
        if head[:4] == b"RIFF" and head[8:] == b"AVI ":
            is_cut = struct.unpack("<I", head[4:8])[0] + 8 > size
            return HeaderFacts(cut="shorter than its header says" if is_cut else "")
        if head[:4] == b"caff":
            return HeaderFacts(cut=_chunks_cut(file, size))
        if head[4:8] == b"ftyp":
            return HeaderFacts(cut=_boxes_cut(file, size))
    return HeaderFacts()


def mp3_length(path: Path, rate_hz: int) -> Seconds | None:
    """Length by the frame count in an MP3 file's Xing, Info or VBRI header; `None` without one."""
    with path.open("rb") as file:
        head = file.read(10)
        tags = 0
        if head[:3] == b"ID3" and len(head) == 10:
            tags = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        file.seek(tags)
        begin = file.read(SEARCH_BYTES)
    for name, offset in ((b"Xing", 8), (b"Info", 8), (b"VBRI", 14)):
        at = begin.find(name)
        if at >= 0 and (name == b"VBRI" or _number(begin[at + 4 : at + 8], ">I") & 1):
            frames = _number(begin[at + offset : at + offset + 4], ">I")
            return frames * (1152 if rate_hz >= 32000 else 576) / rate_hz
    return None


def mp3_frame_bytes(head: bytes) -> int:
    """Length that the header of an MP3 frame gives it; 0 for what isn't one, and for free bit rates.

    >>> mp3_frame_bytes(bytes([0xFF, 0xFB, 0x90, 0x00]))  # 128 kbit/s at 44.1 kHz
    417
    """
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, rate_at = head[1] >> 3 & 3, head[2] >> 2 & 3
    if version == 1 or rate_at == 3:
        return 0
    is_first = version == 3
    kilobits = (MP3_KILOBITS if is_first else MP3_LOW_KILOBITS)[head[2] >> 4]
    rate_hz = (44100, 48000, 32000)[rate_at] >> {3: 0, 2: 1, 0: 2}[version]
    return (144 if is_first else 72) * kilobits * 1000 // rate_hz + (head[2] >> 1 & 1) if kilobits else 0


def _wav(file: BinaryIO, size: int, order: str) -> HeaderFacts:
    contradiction, long_bytes = "", 0
    while len(chunk := file.read(8)) == 8:
        name, length = chunk[:4], int(struct.unpack(f"{order}I", chunk[4:])[0])
        at = file.tell()
        if name == b"fmt ":
            contradiction = _wav_contradiction(file.read(40), order)
        elif name == b"ds64":
            long_bytes = _number(file.read(16)[8:], f"{order}Q")
        elif name == b"data":
            length = long_bytes if length == 0xFFFFFFFF and long_bytes else length
            if not length or (length >= STREAM_BYTES and not long_bytes):
                return HeaderFacts(contradiction=contradiction)
            held = min(length, size - at)
            if not held:
                return HeaderFacts(cut="nothing stands behind its header")
            behind = _behind(file, at + length + length % 2, size, order)
            return HeaderFacts((length - held) / held, behind / length, "", contradiction)
        file.seek(at + length + length % 2)
    return HeaderFacts(contradiction=contradiction)


def _wav_contradiction(fields: bytes, order: str) -> str:
    """What of a plain format can't be true at once; empty where all fits."""
    if len(fields) < 16:
        return ""
    tag, channels, rate_hz, stated, block, bits = struct.unpack(f"{order}HHIIHH", fields[:16])
    if tag == EXTENSIBLE_TAG and len(fields) >= 26:
        tag = struct.unpack(f"{order}H", fields[24:26])[0]
    needed = channels * ((bits + 7) // 8)
    if tag not in PLAIN_TAGS:
        return ""
    if block != needed:
        return f"{channels} channels of {bits} bits are {needed} bytes, not {block}"
    if stated != rate_hz * block:
        return f"{rate_hz} times {block} bytes are {rate_hz * block} a second, not {stated}"
    return ""


def _behind(file: BinaryIO, at: int, size: int, order: str) -> int:
    """Bytes behind the sound that aren't chunks of the format: sound that the header doesn't claim."""
    while at + 8 <= size:
        file.seek(at)
        chunk = file.read(8)
        length = _number(chunk[4:], f"{order}I")
        if not chunk[:4].isascii() or not chunk[:4].decode("ascii").isprintable() or at + 8 + length > size:
            break
        at += 8 + length + length % 2
    return max(0, size - at)


def _ogg_cut(file: BinaryIO, size: int) -> str:
    """The last page must be whole and carry the flag of the last one."""
    start = max(0, size - LONGEST_PAGE_BYTES)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) - at < 27:
        return "its last page is broken off"
    count = tail[at + 26]
    if len(tail) - at < 27 + count + sum(tail[at + 27 : at + 27 + count]):
        return "its last page is broken off"
    return "" if tail[at + 5] & LAST_PAGE else "its last page isn't marked as the last"


def _boxes_cut(file: BinaryIO, size: int) -> str:
    """Boxes of an MP4 file follow one another to its end."""
    at = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(16)
        length = _number(head[:4], ">I")
        if length == 1:
            length = _number(head[8:], ">Q")
        if length == 0:
            return ""
        if length < 8 or at + length > size:
            return f"its part {head[4:8].decode('latin-1')!r} is broken off" if length >= 8 else ""
        at += length
    return ""


def _chunks_cut(file: BinaryIO, size: int) -> str:
    """Chunks of a CAF file likewise; one of length -1 reaches to the end, whatever that is."""
    at = 8
    while at + 12 <= size:
        file.seek(at)
        head = file.read(12)
        length = _number(head[4:], ">Q")
        if length >= 1 << 63:
            return ""
        at += 12 + length
    return f"its part {head[:4].decode('latin-1')!r} is broken off" if at > size else ""


def _number(content: bytes, form: str) -> int:
    """An unsigned number; 0 where the file ends within it."""
    return int(struct.unpack(form, content)[0]) if len(content) == struct.calcsize(form) else 0
