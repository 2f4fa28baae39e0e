"""Values kept for a moment."""

from itertools import count

from qm.services import remembered
from qm.services.remembered import Remembered


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_value_is_computed_once_until_it_is_too_old():
    clock, numbers = Clock(), count()
    kept = Remembered(clock, 20.0)
    assert [kept.get("a", lambda: next(numbers)) for _ in range(3)] == [0, 0, 0]
    assert kept.get("b", lambda: next(numbers)) == 1
    clock.now = 19.9
    assert kept.get("a", lambda: next(numbers)) == 0
    clock.now = 20.0
    assert kept.get("a", lambda: next(numbers)) == 2


def test_no_more_than_so_many_are_kept(monkeypatch):
    monkeypatch.setattr(remembered, "MOST", 2)
    kept = Remembered(Clock(), 20.0)
    for key in "abcde":
        kept.get(key, lambda: 1)
    assert len(kept._known) <= 2
