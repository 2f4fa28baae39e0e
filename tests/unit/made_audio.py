"""Speech-like noise, tones and music for tests of recording checks. Import as `from tests.unit import made_audio`."""

import numpy as np
from scipy.signal import butter, sosfilt

RATE = 16000


def seconds(length_s):
    return np.arange(round(length_s * RATE)) / RATE


def silence(length_s):
    return np.zeros(round(length_s * RATE), dtype=np.float32)


def noise(length_s, level_db, seed=0):
    drawn = np.random.default_rng(seed).standard_normal(round(length_s * RATE))
    return (10 ** (level_db / 20) * drawn).astype(np.float32)


def speech(length_s, level_db=-20.0, seed=0, high_hz=3300):
    """Noise in the voice band with four syllables a second, and a pause after every seven of them."""
    draw = np.random.default_rng(seed)
    band = butter(12, (250, high_hz), "band", fs=RATE, output="sos")
    sound = sosfilt(band, draw.standard_normal(round(length_s * RATE)))
    syllables = np.repeat(draw.uniform(0.05, 1.0, round(4 * length_s) + 1), RATE // 4)[: sound.size]
    shape = np.abs(np.sin(np.pi * 4 * seconds(length_s))) * syllables * ((seconds(length_s) % 2.5) < 1.75)
    sound = sound * shape
    return (10 ** (level_db / 20) * sound / np.sqrt(np.mean(sound[shape > 0.1] ** 2))).astype(np.float32)


def turns(length_s, parity, level_db=-20.0, seed=0):
    """One party of a call: every second five seconds."""
    mine = (seconds(length_s) // 5).astype(int) % 2 == parity
    return speech(length_s, level_db, seed) * mine.astype(np.float32)


def call(length_s=40.0, noise_db=-65.0):
    """Two parties in turn, one a channel, each with its own line noise."""
    parties = [turns(length_s, place, seed=place) + noise(length_s, noise_db, seed=9 + place) for place in (0, 1)]
    return np.stack(parties)


def tone(length_s, *hertz, level_db=-20.0):
    wave = sum(np.sin(2 * np.pi * frequency * seconds(length_s)) for frequency in hertz)
    return (10 ** (level_db / 20) * np.sqrt(2 / len(hertz)) * wave).astype(np.float32)


def cadence(on, *pattern_s, times=1):
    """A tone and gaps in turn: on, off, on, off …"""
    parts = []
    for place, length_s in enumerate(pattern_s * times):
        parts.append(on[: round(length_s * RATE)] if place % 2 == 0 else silence(length_s))
    return np.concatenate(parts)


def music(length_s, level_db=-20.0):
    """Three-note chords, a new one every second, each fading to a third."""
    chords = [(262, 330, 392), (294, 349, 440), (247, 392, 494), (220, 262, 330)]
    parts = []
    for place in range(round(length_s)):
        parts.append(tone(1.0, *chords[place % 4], level_db=level_db) * (1 - 0.6 * seconds(1.0)))
    return np.concatenate(parts).astype(np.float32)
