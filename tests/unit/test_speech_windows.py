"""Packing of detected speech into windows, and the way back to the call's clock."""

from itertools import pairwise

import numpy as np
import pytest

from models.speech_windows import BUCKETS_S, LONGEST_S, MARGIN_S, TAIL_S, Window, pack_windows
from qm.domain.recording import Recording
from qm.ports import Audio

RATE = 16000


def audio_of(length_s, channels=1, pcm=None):
    samples = np.full((round(length_s * RATE), channels), 1000, dtype=np.int16) if pcm is None else pcm
    return Audio(Recording("a" * 64, length_s, RATE, channels), samples, RATE)


def pieces_of(windows):
    return [piece for window in windows for piece in window.pieces]


def test_no_speech_no_windows():
    audio = audio_of(20.0, 2)
    assert pack_windows(0, audio, ()) == []
    assert pack_windows(0, audio, ((), ())) == []


def test_margins_are_clamped_to_the_recording_and_those_that_touch_join():
    windows = pack_windows(0, audio_of(20.0), (((0.1, 3.0), (3.5, 5.0), (7.0, 19.9)),))
    assert pieces_of(windows) == [(0.0, pytest.approx(5.0 + MARGIN_S)), (pytest.approx(7.0 - MARGIN_S), 20.0)]


def test_speech_that_is_told_beyond_the_end_is_left_out():
    assert pack_windows(0, audio_of(5.0), (((8.0, 9.0),),)) == []
    assert pieces_of(pack_windows(0, audio_of(5.0), (((4.0, 9.0),),))) == [(pytest.approx(4.0 - MARGIN_S), 5.0)]


def test_channels_never_share_a_window_though_their_speech_overlaps():
    windows = pack_windows(3, audio_of(20.0, 2), (((1.0, 4.0),), ((2.0, 5.0), (9.0, 10.0))))
    assert [(window.audio, window.channel, len(window.pieces)) for window in windows] == [(3, 0, 1), (3, 1, 2)]


def test_long_speech_is_divided_at_its_quietest():
    length = 50.0
    loud = np.random.default_rng(1).normal(0, 3000, (round(length * RATE), 1)).astype(np.int16)
    loud[round(24.0 * RATE) : round(24.3 * RATE)] = 3
    windows = pack_windows(0, audio_of(length, pcm=loud), (((0.4, 49.6),),))
    pieces = pieces_of(windows)
    assert len(windows) == 2
    assert pieces[0][0] == 0.0
    assert 24.0 <= pieces[0][1] == pieces[1][0] <= 24.3
    assert pieces[1][1] == pytest.approx(50.0)


def test_speech_without_any_pause_is_divided_all_the_same():
    windows = pack_windows(0, audio_of(400.0), (((0.0, 400.0),),))
    pieces = pieces_of(windows)
    assert all(0 < end - start <= LONGEST_S - TAIL_S for start, end in pieces)
    assert pieces[0][0] == 0.0
    assert pieces[-1][1] == 400.0
    assert all(one[1] == other[0] for one, other in pairwise(pieces))


def test_windows_are_about_equally_full():
    """40 s of phrases are two windows of 20 s, not one of 29 s and a rest."""
    speech = tuple((at * 5.0, at * 5.0 + 3.2) for at in range(10))
    windows = pack_windows(0, audio_of(60.0), (speech,))
    assert len(windows) == 2
    assert abs(windows[0].speech_s - windows[1].speech_s) <= 4.0


@pytest.mark.parametrize(
    ("speech_s", "bucket_s"), [(0.2, 10.0), (9.5, 10.0), (9.6, 12.0), (29.4, 30.0), (29.5, 30.0), (30.0, 30.0)]
)
def test_bucket(speech_s, bucket_s):
    assert Window(0, 0, ((5.0, 5.0 + speech_s),)).bucket_s == bucket_s
    assert bucket_s in BUCKETS_S


def test_samples_are_the_pieces_one_after_the_other_and_silence():
    ramp = (np.arange(10 * RATE) // RATE * 1000).astype(np.int16)[:, None]
    window = Window(0, 0, ((1.0, 2.0), (4.0, 6.0)))
    samples = window.samples(audio_of(10.0, pcm=ramp), 10.0)
    by_second = samples.reshape(10, RATE)
    assert np.allclose(by_second[:3] * 32768, np.array([[1000], [4000], [5000]]))
    assert not by_second[3:].any()
    assert samples.dtype == np.float32


def test_equal_windows_of_two_recordings_are_two():
    speech = (((1.0, 2.0),),)
    windows = [*pack_windows(0, audio_of(5.0), speech), *pack_windows(1, audio_of(5.0), speech)]
    assert windows[0].pieces == windows[1].pieces
    assert len(dict.fromkeys(windows)) == 2


def test_times_go_back_to_the_piece_that_they_stand_in():
    window = Window(0, 1, ((10.0, 12.0), (20.0, 25.0), (40.0, 41.0)))
    times = [0.0, 1.9, 2.0, 6.9, 7.0, 8.0, 30.0]
    assert [window.piece_at(time) for time in times] == [0, 0, 1, 1, 2, 2, 2]
    assert [window.call_time(time, window.piece_at(time)) for time in times] == [
        10.0, pytest.approx(11.9), 20.0, pytest.approx(24.9), 40.0, 41.0, 41.0,
    ]  # fmt: skip
    assert window.call_time(5.0, 0) == 12.0  # a word that began in the piece stays in it
    assert window.call_time(0.0, 1) == 20.0
