"""One event a play."""

import pytest

from api import listening
from api.listening import WINDOW_S, Listening


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_byte_ranges_of_one_play_are_noted_once(clock):
    noted, plays = [], Listening(clock)
    for _ in range(5):
        plays.note_once(("Ada", "C-1"), lambda: noted.append("Ada"))
    plays.note_once(("Bea", "C-1"), lambda: noted.append("Bea"))
    plays.note_once(("Ada", "C-2"), lambda: noted.append("Ada, C-2"))
    assert noted == ["Ada", "Bea", "Ada, C-2"]


def test_a_later_play_is_another(clock):
    noted, plays = [], Listening(clock)
    for moment in (0.0, WINDOW_S - 1, WINDOW_S, WINDOW_S + 1, 2 * WINDOW_S):
        clock.now = moment
        plays.note_once(("Ada", "C-1"), lambda: noted.append(clock.now))
    assert noted == [0.0, WINDOW_S, 2 * WINDOW_S]


def test_what_couldnt_be_noted_is_tried_again(clock):
    noted, plays = [], Listening(clock)

    def fail():
        raise OSError("full")

    for note in (fail, fail):
        with pytest.raises(OSError, match="full"):
            plays.note_once(("Ada", "C-1"), note)
    plays.note_once(("Ada", "C-1"), lambda: noted.append(1))
    assert noted == [1]


def test_memory_stays_bounded(clock, monkeypatch):
    monkeypatch.setattr(listening, "MOST_KEPT", 3)
    noted, plays = [], Listening(clock)
    for contact in ("C-1", "C-2", "C-3", "C-4", "C-1", "C-4"):
        plays.note_once(("Ada", contact), lambda contact=contact: noted.append(contact))
    assert noted == ["C-1", "C-2", "C-3", "C-4", "C-1"]
