"""The arithmetic of `qm bench executors` and `qm bench hosts`."""

from pathlib import Path

import pytest

from benchmarks.executors import BARE, PROCESSES, RAY, Round, _figures
from benchmarks.executors_bare import shares
from benchmarks.executors_day import Calls
from benchmarks.executors_hosts import Loss
from benchmarks.executors_hosts import _figures as figures_of_loss


def calls(*lengths):
    return Calls(Path("/day"), tuple(f"{at}.wav" for at in range(len(lengths))), lengths)


def test_shares_are_as_even_as_can_be_and_lose_nothing():
    made = calls(50.0, 10.0, 20.0, 40.0, 30.0)
    found = shares(made, 2)
    assert sorted(path for share in found for path in share) == sorted(made.paths)
    lengths = dict(zip(made.paths, made.lengths, strict=True))
    assert sorted(sum(lengths[path] for path in share) for share in found) == [70.0, 80.0]


def test_ratios_are_of_the_same_round():
    made = calls(100.0)
    done = [
        Round(BARE, 100.0, 10.0, 1.0, 0.5), Round(PROCESSES, 100.0, 10.0, 2.0, 0.5), Round(RAY, 100.0, 20.0, 3.0, 0.5),
        Round(PROCESSES, 100.0, 40.0, 2.0, 4.0), Round(RAY, 100.0, 40.0, 3.0, 4.0), Round(BARE, 100.0, 20.0, 1.0, 4.0),
    ]  # fmt: skip
    figures = _figures(done, made, 2)
    assert figures["processes_to_bare"].value == pytest.approx((1.0 + 0.5) / 2)
    assert (figures["ray_to_processes"].lo, figures["ray_to_processes"].hi) == (0.5, 1.0)
    assert figures["bare_call_seconds_a_second"].value == pytest.approx((20.0 + 10.0) / 2)
    assert figures["ray_to_processes"].n == 2
    assert "load 4.0" in figures["bare_call_seconds_a_second"].peer


def test_a_party_that_was_left_out_has_no_ratio():
    figures = _figures([Round(RAY, 100.0, 20.0, 3.0, 0.5)], calls(100.0), 2)
    assert set(figures) == {"ray_call_seconds_a_second", "ray_start"}


def test_a_loss_is_judged_by_what_was_held():
    figures = figures_of_loss(Loss("cut", 100, 7, 36.9, 93.0, 7, 0, True), 30)
    assert (figures["cut_done_again_after"].value, figures["cut_done_again_after"].n) == (36.9, 7)
    assert figures["cut_leased_again"].target == "<= 7"
    assert figures["cut_content_equal"].value == 1.0
