"""Decode packet by packet: what can't be decoded or is missing becomes silence, so that the clock stays true."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.audio_headers import mp3_frame_bytes
from models.audio_scratch import ScratchWriter
from qm.domain.recording import Finding, Severity
from qm.errors import RecordingError
from qm.units import Seconds

GAP_S: Seconds = 0.2
"""Time stamps of containers are rounded, and clocks drift; a jump beyond this is sound that is missing."""
JUMP_S: Seconds = 600.0
"""A jump beyond this is a damaged time stamp rather than a pause; it isn't followed, nor is one back by `BACK_S`."""
BACK_S: Seconds = 1.0
MISSING_S: Seconds = 0.5
"""Lost in all, from where on words may be missing: half a second is a short answer."""
MOST_LOST = 0.5
"""Share of a recording that may be undecodable; of more than this nothing should be scored."""
HOPELESS_S: Seconds = 120.0
"""Undecodable in all, from where on a file of which most is lost is given up early: it takes long and is in vain."""
MOST_SPANS = 20
"""Lost spans that are named one by one."""
UNTIMED = frozenset({"mp3", "aac", "amr", "amrnb", "amrwb", "ac3", "eac3", "dts", "mp2", "gsm", "g722", "g726"})
"""Formats without time stamps: FFmpeg counts what it finds, so that a lost stretch moves all that follows."""
OPEN_ENDED = frozenset({"wav", "au", "caf"})
"""Formats whose header may leave the length open; `models.audio_headers` tells where they state it."""


@dataclass
class Losses:
    """What was met while decoding, on the recording's clock."""

    spans: list[tuple[Seconds, Seconds]] = field(default_factory=list)
    undecoded_s: Seconds = 0.0
    is_begin_lost: bool = False
    is_last_lost: bool = False
    stopped: str = ""
    starts_late_s: Seconds = 0.0
    jumps: list[tuple[Seconds, Seconds]] = field(default_factory=list)
    is_estimated: bool = False
    skipped_s: Seconds = 0.0

    def lose(self, start_s: Seconds, end_s: Seconds) -> None:
        """Note a span; one that touches the span before it becomes one with it."""
        if self.spans and start_s - self.spans[-1][1] < GAP_S:
            self.spans[-1] = (self.spans[-1][0], max(end_s, self.spans[-1][1]))
        elif end_s > start_s:
            self.spans.append((start_s, end_s))

    def refuse_damaged(self, duration_s: Seconds) -> None:
        """Of what was decoded so far.

        Raises:
            RecordingError: `recording.damaged`: most of it can't be decoded.
        """
        if self.undecoded_s > MOST_LOST * duration_s:
            message = f"only {max(0.0, duration_s - self.undecoded_s):.1f} of {duration_s:.1f} s can be decoded"
            raise RecordingError("recording.damaged", message, "copy it again from the recorder")

    def findings(self, duration_s: Seconds) -> Iterator[Finding]:
        """What is to be said of it.

        Raises:
            RecordingError: `recording.damaged`: most of it can't be decoded.
        """
        self.refuse_damaged(duration_s)
        lost_s = sum(end - start for start, end in self.spans)
        severity = Severity.DOUBT if lost_s >= MISSING_S else Severity.NOTE
        spans = self.spans if len(self.spans) <= MOST_SPANS else [(self.spans[0][0], self.spans[-1][1])]
        places = "1 place" if len(self.spans) == 1 else f"{len(self.spans)} places"
        about = "; the format has no time stamps: times behind it are estimates" if self.is_estimated else ""
        for start_s, end_s in spans:
            message = f"{lost_s:.2f} s are missing or can't be decoded ({places}); silence stands there{about}"
            yield Finding("recording.lost", severity, message, round(start_s, 3), round(end_s, 3))
        if self.skipped_s >= MISSING_S:
            message = f"about {self.skipped_s:.1f} s can't be read and are left out; times behind them are too early"
            yield Finding("recording.lost", Severity.DOUBT, message)
        if self.starts_late_s:
            message = f"sound begins {self.starts_late_s:.1f} s after the file's other tracks; silence stands there"
            yield Finding("recording.starts_late", Severity.NOTE, message, 0.0, round(self.starts_late_s, 3))
        for at_s, jump_s in self.jumps[:MOST_SPANS]:
            message = f"time stamps jump by {jump_s:+.1f} s; times count on without the jump"
            severity = Severity.NOTE if jump_s < 0 else Severity.DOUBT
            yield Finding("recording.clock_jump", severity, message, round(at_s, 3), round(at_s, 3))


class FrameDecoder:
    """Decodes one stream into a writer.

    Args:
        container: opened; its start is the zero of the recording's clock.
    """

    def __init__(self, container: Any, stream: Any, writer: ScratchWriter) -> None:
        self.losses = Losses()
        self._container = container
        self._stream = stream
        self._writer = writer
        self._start_s: Seconds = (container.start_time or 0) / 1_000_000
        self._is_untimed = not set(container.format.name.split(",")).isdisjoint(UNTIMED)
        self._first_byte = 0
        self._read_bytes = 0
        self._bytes = 0
        self._bytes_s: Seconds = 0.0

    def run(self) -> None:
        """Decode to the end, or to where the container can't be read on."""
        import av.error

        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except (av.error.FFmpegError, ValueError) as error:
                self.losses.stopped = reason(error)
                return
            if packet is None:
                break
            if packet.size:
                self._first_byte = packet.pos if self._read_bytes == 0 and packet.pos is not None else self._first_byte
                self._read_bytes += packet.size
            self._packet(packet)
        self._note_skipped()

    def _note_skipped(self) -> None:
        """Without time stamps, bytes passed over leave no gap (in MP3 all of them end up in packets)."""
        if self._is_untimed and self._bytes_s and self._container.format.name != "mp3":
            skipped = self._container.size - self._first_byte - self._read_bytes
            self.losses.skipped_s = max(0.0, skipped * self._bytes_s / self._bytes)

    def _packet(self, packet: Any) -> None:
        import av.error

        try:
            frames = packet.decode()
        except (av.error.FFmpegError, ValueError):
            if packet.size:  # the last packet of all is empty: it asks the decoder for what it still holds
                self._lost_packet(packet)
            return
        if packet.size:
            self.losses.is_last_lost = self._is_partial(packet)
        if packet.size and self._is_untimed and packet.duration:
            self._bytes += packet.size
            self._bytes_s += float(packet.duration * packet.time_base)
        for frame in frames:
            self._frame(frame)

    def _is_partial(self, packet: Any) -> bool:
        """True where the file ended within it. Of plain samples FFmpeg says so too of every stream of unknown size."""
        if self._container.format.name == "mp3":
            return len(head := bytes(packet)[:4]) == 4 and packet.size < mp3_frame_bytes(head)
        is_plain = str(self._stream.codec_context.name).startswith("pcm")
        return bool(packet.is_corrupt) and not (is_plain and self._container.format.name in OPEN_ENDED)

    def _frame(self, frame: Any) -> None:
        if not frame.samples or not frame.sample_rate:
            return
        self._follow_clock(frame)
        length_s = frame.samples / frame.sample_rate
        if frame.format.name.startswith(("flt", "dbl")) and not np.isfinite(frame.to_ndarray()).all():
            if str(self._stream.codec_context.name).startswith("pcm"):
                raise RecordingError("recording.not_finite", "holds samples that are no numbers", "export it again")
            self._fill(length_s, is_undecoded=True)
            return
        self._writer.append(frame)

    def _follow_clock(self, frame: Any) -> None:
        if frame.pts is None or frame.time_base is None:
            return
        time_s = float(frame.pts * frame.time_base) - self._start_s
        gap_s = time_s - self._writer.position_s
        if -BACK_S <= gap_s <= GAP_S:
            return
        if gap_s < 0 or gap_s > JUMP_S:
            self.losses.jumps.append((self._writer.position_s, gap_s))
            self._start_s += gap_s
        elif not self._writer.channels and not self.losses.is_begin_lost:
            self._writer.begin(len(frame.layout.channels))
            self._writer.silence(gap_s)
            self.losses.starts_late_s = gap_s
        else:
            is_undecoded = not self._writer.channels
            self._writer.begin(len(frame.layout.channels))
            self._fill(gap_s, is_undecoded=is_undecoded)

    def _lost_packet(self, packet: Any) -> None:
        """Without time stamps the length is told by the bytes, and what follows is moved behind it."""
        self.losses.is_last_lost = True
        stated_s = float((packet.duration or 0) * packet.time_base) if packet.time_base else 0.0
        if not self._writer.channels:
            self.losses.is_begin_lost = True
            return
        lost_s = stated_s
        if self._is_untimed and self._bytes_s:
            lost_s = max(stated_s, packet.size * self._bytes_s / self._bytes)
            self._start_s -= lost_s - stated_s
            self.losses.is_estimated = True
        self._fill(lost_s, is_undecoded=True)
        if self.losses.undecoded_s > HOPELESS_S:
            self.losses.refuse_damaged(self._writer.position_s)

    def _fill(self, length_s: Seconds, *, is_undecoded: bool) -> None:
        start_s = self._writer.position_s
        self._writer.silence(length_s)
        self.losses.lose(start_s, self._writer.position_s)
        if is_undecoded:
            self.losses.undecoded_s += length_s


def reason(error: Exception) -> str:
    """FFmpeg's words without the path, which is an object's and means nothing to the reader."""
    return str(getattr(error, "strerror", "") or error).strip() or type(error).__name__
