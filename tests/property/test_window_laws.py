"""Packing keeps all speech once; times come back where they were."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.speech_windows import BUCKETS_S, LONGEST_S, MARGIN_S, TAIL_S, pack_windows
from qm.domain.recording import Recording
from qm.ports import Audio

RATE = 1000
"""Packing counts in seconds: a low rate makes the examples cheap."""
LENGTH_S = 200
NEAR = 1e-6

edges = st.lists(st.integers(0, LENGTH_S * 100), max_size=24, unique=True)
activity = st.lists(
    edges.map(lambda at: [(a / 100, b / 100) for a, b in zip(sorted(at)[::2], sorted(at)[1::2], strict=False)]),
    min_size=1,
    max_size=2,
)


def packed(speech, index=0):
    pcm = np.random.default_rng(5).integers(-3000, 3000, (LENGTH_S * RATE, len(speech)), dtype=np.int16)
    return pack_windows(index, Audio(Recording("a", float(LENGTH_S), RATE, len(speech)), pcm, RATE), speech)


@given(activity)
def test_every_moment_of_speech_with_its_margins_is_in_exactly_one_window(speech):
    windows = packed(speech)
    moments = np.arange(LENGTH_S * 50) / 50 + 0.003  # off the borders
    for channel, own in enumerate(speech):
        wanted = np.zeros(moments.size, dtype=int)
        for start, end in own:
            wanted[(start - MARGIN_S <= moments) & (moments < end + MARGIN_S)] = 1
        found = np.zeros(moments.size, dtype=int)
        for start, end in (piece for w in windows if w.channel == channel for piece in w.pieces):
            found[(start <= moments) & (moments < end)] += 1
        assert (wanted == found).all()


@given(activity)
def test_windows_fit_the_recogniser_and_stay_inside_the_recording(speech):
    for window in packed(speech):
        assert 0 < window.speech_s <= LONGEST_S - TAIL_S + NEAR
        assert window.bucket_s in BUCKETS_S
        assert window.bucket_s >= window.speech_s + TAIL_S - NEAR
        flat = [time for piece in window.pieces for time in piece]
        assert flat == sorted(flat)
        assert flat[0] >= 0
        assert flat[-1] <= LENGTH_S


@given(activity)
def test_windows_of_a_channel_stand_in_order_of_time(speech):
    windows = packed(speech)
    for channel in range(len(speech)):
        starts = [piece[0] for w in windows if w.channel == channel for piece in w.pieces]
        assert starts == sorted(starts)


@given(activity, st.lists(st.floats(0, 31), min_size=2, max_size=6))
def test_time_never_runs_backwards_and_stays_in_its_piece(speech, times):
    for window in packed(speech):
        mapped = []
        for time in sorted(times):
            place = window.piece_at(time)
            at = window.call_time(time, place)
            start, end = window.pieces[place]
            assert start <= at <= end
            mapped.append(at)
        assert mapped == sorted(mapped)


@given(activity)
def test_a_moment_of_the_call_comes_back_to_itself(speech):
    for window in packed(speech):
        before = 0.0
        for place, (start, end) in enumerate(window.pieces):
            middle = before + (end - start) / 2
            assert window.piece_at(middle) == place
            assert window.call_time(middle, place) == pytest.approx((start + end) / 2)
            before += end - start


@given(activity, st.integers(1, 5))
def test_what_else_is_in_the_batch_changes_no_window(speech, index):
    alone, later = packed(speech), packed(speech, index)
    assert [(w.channel, w.pieces, w.bucket_s) for w in alone] == [(w.channel, w.pieces, w.bucket_s) for w in later]
    assert not set(alone) & set(later)


@given(activity)
def test_no_more_windows_than_twice_what_the_speech_fills(speech):
    """Nearly empty windows are the waste that packing is there to avoid."""
    windows = packed(speech)
    for channel in range(len(speech)):
        own = [w for w in windows if w.channel == channel]
        total = sum(w.speech_s for w in own)
        assert len(own) <= 2 * (total // (LONGEST_S - TAIL_S)) + 2
