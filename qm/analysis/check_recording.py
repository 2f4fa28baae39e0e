"""Look at decoded audio before trusting words from it."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from qm.analysis.compare_channels import find_bleed, is_dual_mono
from qm.analysis.find_music import find_music
from qm.analysis.find_tones import ToneSpan, find_keys, find_tones
from qm.analysis.gather_measures import PIECE_S, Measures, gather_measures
from qm.analysis.measure_level import (
    SILENT_DBFS,
    is_cut,
    is_narrowband,
    long_silences,
    loudest_dbfs,
    speech_dbfs,
)  # fmt: skip
from qm.domain.recording import Finding, Severity
from qm.units import Hertz, Seconds

QUIET_DBFS = -45.0
"""Speech below this is lost to line noise; telephone speech lies at -15 to -30 (ITU-T G.100.1 aims at -26)."""
LOUD_DBFS = -9.0
"""Speech above this has crests at full scale."""
APART_DB = 20.0
"""Parties further apart: the quieter one is hard to follow beside the louder."""
OFFSET = 0.01
"""Mean of the samples, -40 dB: beyond, the recorder's input is faulty."""
WIDEBAND_HZ: Hertz = 16000
"""From this rate on a file promises more than telephone bandwidth."""
TONE_MESSAGES = {
    "recording.ringback": "{count} ringing tones",
    "recording.busy": "busy tone, {count} bursts",
    "recording.fax": "fax tone",
    "recording.dtmf": "{count} keys pressed",
}


def check_recording(
    blocks: Iterable[NDArray[np.float32]], rate_hz: Hertz, source_rate_hz: Hertz
) -> tuple[Finding, ...]:
    """Findings on one recording, given as consecutive blocks of shape (channels, n), -1..1.

    Goes over the blocks once; neither their lengths nor the recording's matter to what is found or to memory. Which
    codes there are and what each means: `docs/errors.md`. Where both channels hold one signal, only the first is
    looked at further.

    Args:
        rate_hz: of the samples.
        source_rate_hz: of the file they were decoded from.
    """
    measures = gather_measures(blocks, rate_hz)
    if measures is None:
        return (Finding("recording.silent", Severity.DOUBT, "no samples", 0.0, 0.0),)
    silent = [channel for channel in range(measures.channels) if loudest_dbfs(measures.levels[channel]) < SILENT_DBFS]
    sounding = [channel for channel in range(measures.channels) if channel not in silent]
    found = [*_legs(measures, silent), *_offsets(measures)]
    if sounding == [0, 1]:
        between = tuple(_between(measures))
        found += between
        if any(finding.code == "recording.dual_mono" for finding in between):
            sounding = [0]
        else:
            found += _apart(measures)
    for channel in sounding:
        found += _loudness(measures, channel)
        found += _spans(measures, channel)
    if sounding:
        found += _silences(measures, sounding)
        found += _bandwidth(measures, sounding, source_rate_hz)
    return tuple(found)


def _legs(measures: Measures, silent: list[int]) -> Iterator[Finding]:
    if len(silent) == measures.channels:
        yield _whole(measures, "recording.silent", Severity.DOUBT, "no sound in any channel")
    elif silent:
        message = f"no sound in channel {silent[0]}: one party is missing"
        yield _whole(measures, "recording.missing_leg", Severity.DOUBT, message, silent[0])


def _offsets(measures: Measures) -> Iterator[Finding]:
    for channel, offset in enumerate(measures.offset.tolist()):
        if abs(offset) > OFFSET:
            message = f"channel {channel}: the signal lies {100 * offset:+.1f} % of full scale off zero"
            yield _whole(measures, "recording.dc", Severity.NOTE, message, channel)


def _between(measures: Measures) -> Iterator[Finding]:
    """One signal in both channels, or one party heard in the other's."""
    if measures.correlator is None:
        return
    twins = measures.correlator.twins()
    if is_dual_mono(measures.levels, twins):
        message = "both channels hold the same signal: the parties can't be told apart by channel"
        yield _whole(measures, "recording.dual_mono", Severity.DOUBT, message)
        return
    for bleed in find_bleed(measures.levels, measures.correlator):
        message = (
            f"channel {bleed.source} is heard in channel {1 - bleed.source}, {1000 * bleed.delay_s:.0f} ms later and "
            f"{-bleed.loss_db:.0f} dB fainter ({bleed.below_own_db:+.0f} dB against that channel's own speech)"
        )
        severity = Severity.DOUBT if bleed.is_loud else Severity.NOTE
        yield _whole(measures, "recording.bleed", severity, message, 1 - bleed.source)


def _apart(measures: Measures) -> Iterator[Finding]:
    first, second = (speech_dbfs(levels) for levels in measures.levels)
    if np.isfinite([first, second]).all() and abs(first - second) > APART_DB:
        message = f"the parties' levels lie {abs(first - second):.0f} dB apart ({first:.0f} and {second:.0f} dBFS)"
        yield _whole(measures, "recording.level", Severity.NOTE, message)


def _loudness(measures: Measures, channel: int) -> Iterator[Finding]:
    """Too quiet, too loud, clipped."""
    level = speech_dbfs(measures.levels[channel])
    if level < QUIET_DBFS or level > LOUD_DBFS:
        shown = f"{level:.0f} dBFS" if np.isfinite(level) else "below -55 dBFS"
        message = f"channel {channel}: too {'quiet' if level < QUIET_DBFS else 'loud'}, {shown}"
        yield _whole(measures, "recording.level", Severity.NOTE, message, channel)
    clipped = np.flatnonzero(measures.clipped[channel])
    if clipped.size:
        share = float(measures.clipped[channel][clipped].mean())
        message = f"channel {channel}: {100 * share:.1f} % of the samples are clipped"
        start_s, end_s = float(clipped[0]) * PIECE_S, float(clipped[-1] + 1) * PIECE_S
        yield _span(measures, "recording.clipped", message, start_s, end_s, channel)


def _spans(measures: Measures, channel: int) -> Iterator[Finding]:
    """Music, tones, keys and a cut end of one channel."""
    tones = measures.tones[channel]
    # A line tone stands still too, but isn't music.
    held = np.where(tones >= 0, np.float32(0), measures.held[channel])
    music = find_music(measures.power[channel], held, measures.flux_db[channel])
    for start_s, end_s in music:
        message = f"channel {channel}: music for {end_s - start_s:.0f} s"
        yield _span(measures, "recording.music", message, start_s, end_s, channel)
    spans: tuple[ToneSpan, ...] = (*find_tones(tones), *find_keys(measures.keys[channel]))
    for span in spans:
        message = f"channel {channel}: " + TONE_MESSAGES[span.code].format(count=span.count)
        yield _span(measures, span.code, message, span.start_s, span.end_s, channel)
    ends_in_music = bool(music) and music[-1][1] > measures.length_s - 2
    if is_cut(measures.levels[channel]) and not ends_in_music and (tones[-4:] < 0).all():
        message = f"channel {channel}: speech to the very end: the recording was cut off"
        yield _span(measures, "recording.cut_speech", message, measures.length_s - 0.2, measures.length_s, channel)


def _silences(measures: Measures, sounding: list[int]) -> Iterator[Finding]:
    for start_s, end_s in long_silences(measures.levels[sounding]):
        message = f"silence for {end_s - start_s:.0f} s"
        yield _span(measures, "recording.long_silence", message, start_s, end_s)


def _bandwidth(measures: Measures, sounding: list[int], source_rate_hz: Hertz) -> Iterator[Finding]:
    if source_rate_hz < WIDEBAND_HZ:
        return
    if all(is_narrowband(measures.power[channel], measures.high_power[channel]) for channel in sounding):
        message = f"the file says {source_rate_hz} Hz, but nothing sounds above 4 kHz: upsampled telephone audio"
        yield _whole(measures, "recording.narrowband", Severity.NOTE, message)


def _whole(measures: Measures, code: str, severity: Severity, message: str, channel: int | None = None) -> Finding:
    return Finding(code, severity, message, 0.0, measures.length_s, channel)


def _span(
    measures: Measures, code: str, message: str, start_s: Seconds, end_s: Seconds, channel: int | None = None
) -> Finding:
    start_s, end_s = max(start_s, 0.0), min(end_s, measures.length_s)
    return Finding(code, Severity.NOTE, message, round(start_s, 3), round(end_s, 3), channel)
