"""From decoded audio to recognised words that were looked at: findings, suspected words, levels."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from qm.analysis.check_recording import check_recording
from qm.analysis.guard_phantoms import guard_phantoms
from qm.analysis.measure_loudness import level_of_speech
from qm.domain.recognition import Recognition, Stretch
from qm.domain.recording import Finding
from qm.domain.transcript import Word
from qm.ports import Audio, Speech, Transcriber
from qm.units import Seconds

T = TypeVar("T")
NOT_SPEECH = frozenset({"recording.music", "recording.ringback", "recording.busy", "recording.dtmf"})
"""Findings inside which nobody speaks on that channel."""
NEAR_S: Seconds = 0.3
SILENT_DBFS = -120.0
"""For digital silence, which has no level; below what 16 bits can hold."""
EDGE_S: Seconds = 1.0
"""How far such a span may reach into the speech before and after it."""


def recognise(
    audios: Sequence[Audio], languages: Sequence[str], terms: Sequence[str], transcriber: Transcriber
) -> list[Recognition]:
    """Words of each recording.

    Two channels that carry the same signal are one: their words would stand twice, once under each party.

    Raises:
        EngineError: the engine failed.
    """
    found = [check_recording(a.blocks(), a.rate_hz, a.recording.sample_rate_hz) for a in audios]
    heard = [_one_if_doubled(audio, findings) for audio, findings in zip(audios, found, strict=True)]
    spoken = transcriber.transcribe(heard, languages, terms)
    return [
        _recognition(audio, speech, (*audio.findings, *findings), transcriber)
        for audio, speech, findings in zip(heard, spoken, found, strict=True)
    ]


def _one_if_doubled(audio: Audio, findings: Sequence[Finding]) -> Audio:
    doubled = any(finding.code == "recording.dual_mono" for finding in findings)
    return replace(audio, pcm=audio.pcm[:, :1]) if doubled else audio


def _recognition(audio: Audio, speech: Speech, findings: tuple[Finding, ...], transcriber: Transcriber) -> Recognition:
    guarded = [
        guard_phantoms(
            words, _of(speech.passages, channel), _of(speech.activity, channel) if speech.activity else None,
            levels=_levels(audio, channel, words), music=_not_speech(findings, channel), channel=channel,
        )
        for channel, words in enumerate(speech.channels)
    ]  # fmt: skip
    levels = tuple(
        level_of_speech(audio.read(channel, start, end) for start, end in stretches)
        for channel, stretches in enumerate(speech.activity)
    )
    return Recognition(
        audio.recording, speech.language, speech.language_confidence, tuple(words for words, _found in guarded),
        transcriber.describe(), (*findings, *(finding for _words, own in guarded for finding in own)),
        speech.activity, speech.passages, levels,
    )  # fmt: skip


def _levels(audio: Audio, channel: int, words: Sequence[Word]) -> list[float]:
    """Level around each word, dB of full scale: aligners place words up to `NEAR_S` beside their sound."""
    around = ((max(0.0, word.start_s - NEAR_S), word.end_s + NEAR_S) for word in words)
    heard = (level_of_speech([audio.read(channel, *span)]) for span in around)
    return [SILENT_DBFS if level is None else level for level in heard]


def _of(channels: Sequence[tuple[T, ...]], channel: int) -> tuple[T, ...]:
    return channels[channel] if channel < len(channels) else ()


def _not_speech(findings: Sequence[Finding], channel: int) -> tuple[Stretch, ...]:
    return tuple(
        (finding.start_s + EDGE_S, finding.end_s - EDGE_S)
        for finding in findings
        if finding.code in NOT_SPEECH and finding.channel in {None, channel}
        and finding.start_s is not None and finding.end_s is not None and finding.end_s - finding.start_s > 2 * EDGE_S
    )  # fmt: skip
