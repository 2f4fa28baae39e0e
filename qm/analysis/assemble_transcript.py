"""From recognised words to a transcript: parties, roles, turns, findings, grade."""

from collections.abc import Sequence
from dataclasses import replace

from qm.analysis.assign_roles import RoleGuess, assign_roles
from qm.analysis.assign_speakers import assign_speakers
from qm.analysis.build_turns import Party, build_turns
from qm.analysis.calibrate_words import calibrate_words
from qm.analysis.grade_transcript import grade_transcript
from qm.analysis.settle_words import settle_words
from qm.domain.contact import Contact
from qm.domain.recognition import Recognition, Voices
from qm.domain.recording import Finding, Severity
from qm.domain.transcript import RECORDED, Role, Transcript, Word


def assemble_transcript(
    contact: Contact, recognition: Recognition, voices: Voices, cues: Sequence[str] = ()
) -> Transcript:
    """Turns with roles, every finding, and a grade.

    Args:
        voices: who speaks when on a shared channel; empty where each party has its own.
        cues: phrases that the forms expect of agents.
    """
    settled = settle_words(recognition.channels, recognition.activity)
    calibrated = [calibrate_words(words, recognition.engine.revision) for words in settled]
    speakers, parties = _by_speaker(calibrated, voices)
    trusted = [[word for word in words if not word.suspect] for words in parties]
    guess = assign_roles(contact, trusted, recognition.language, cues, are_voices=bool(voices.stretches))
    turns = build_turns(_with_announcements(speakers, parties, guess))
    findings = [*recognition.quality, *guess.findings]
    if not turns:
        findings.append(Finding("transcript.no_speech", Severity.NOTE, "no speech was recognised"))
    transcript = Transcript(
        recognition.language, recognition.language_confidence, turns, recognition.engine, recognition.recording,
        tuple(findings), guess.confidence,
    )  # fmt: skip
    return replace(transcript, grade=grade_transcript(transcript, recognition.activity))


def _by_speaker(
    channels: Sequence[tuple[Word, ...]], voices: Voices
) -> tuple[tuple[str, ...], tuple[tuple[Word, ...], ...]]:
    """Names and words of the parties: voices where they were told apart, channels otherwise."""
    if len(channels) != 1 or not voices.stretches:
        return tuple(f"ch{channel}" for channel in range(len(channels))), tuple(channels)
    words = channels[0]
    said_by = assign_speakers(words, voices.stretches)
    names = tuple(sorted(set(said_by)))
    return names, tuple(tuple(w for w, by in zip(words, said_by, strict=True) if by == name) for name in names)


def _with_announcements(speakers: Sequence[str], parties: Sequence[tuple[Word, ...]], guess: RoleGuess) -> list[Party]:
    """Parties, with the recorded voices on their channels taken out as parties of their own."""
    found = []
    for index, (speaker, words, role) in enumerate(zip(speakers, parties, guess.roles, strict=True)):
        spans = [(start, end) for party, start, end in guess.announcements if party == index]
        recorded = [any(start <= (w.start_s + w.end_s) / 2 <= end for start, end in spans) for w in words]
        live = tuple(word for word, is_recorded in zip(words, recorded, strict=True) if not is_recorded)
        ivr = tuple(word for word, is_recorded in zip(words, recorded, strict=True) if is_recorded)
        found += [Party(speaker, role, live)] + ([Party(speaker + RECORDED, Role.IVR, ivr)] if ivr else [])
    return found
