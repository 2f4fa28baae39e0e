"""Where somebody speaks: Silero's detector, which comes with faster-whisper."""

from qm.domain.recognition import Stretch
from qm.ports import Audio, Samples
from qm.units import Seconds

INAUDIBLE = 0.001
"""-60 dBFS at the loudest sample: nothing to detect, and an hour of it would take the detector half a minute."""
PAUSE_MS = 300
"""Shorter pauses lie inside words and phrases."""
PAD_MS = 60
BLOCK_S: Seconds = 120.0
"""Looked at in one go; the detector takes about 0.5 MB for a second of it, so longer recordings are read in blocks."""


def find_speech(audio: Audio, channel: int) -> tuple[Stretch, ...]:
    """Stretches of speech of one channel in seconds, in order; pauses from `PAUSE_MS` divide them."""
    found: list[Stretch] = []
    start_s = 0.0
    while start_s < audio.recording.duration_s:
        for since, until in _in_block(audio.read(channel, start_s, start_s + BLOCK_S), audio.rate_hz):
            stretch = (round(start_s + since, 3), round(start_s + until, 3))
            if found and stretch[0] - found[-1][1] < PAUSE_MS / 1000:
                found[-1] = (found[-1][0], stretch[1])  # a border between blocks ran through it
            else:
                found.append(stretch)
        start_s += BLOCK_S
    return tuple(found)


def _in_block(samples: Samples, rate_hz: int) -> list[Stretch]:
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    if samples.size == 0 or max(float(samples.max()), -float(samples.min())) < INAUDIBLE:
        return []
    options = VadOptions(min_silence_duration_ms=PAUSE_MS, speech_pad_ms=PAD_MS)
    found = get_speech_timestamps(samples, options, sampling_rate=rate_hz)
    return [(span["start"] / rate_hz, span["end"] / rate_hz) for span in found]
