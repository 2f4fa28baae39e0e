"""Runs, figures and reliability of `qm bench asr` on made words."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.asr_figures import set_figures
from benchmarks.asr_parties import PartyWords, judge_parties
from benchmarks.asr_peers import joined_pieces
from benchmarks.asr_runs import run_set
from benchmarks.asr_sets import Item, SpokenTurn
from benchmarks.reliability import (
    JudgedWord,
    brier_score,
    calibration_error,
    judge_items,
    reliability_bins,
    reliability_figures,
)
from benchmarks.reliability_fit import fit, held_out
from qm.analysis.calibrate_words import FITTED, BetaMap, calibrate_words, calibrated
from qm.domain.recording import Recording
from qm.domain.transcript import Word
from qm.ports import Audio

RATE = 16000


def spoken(text, start_s, confidence=0.9):
    """Half a second a word."""
    return tuple(Word(word, start_s + i / 2, start_s + i / 2 + 0.4, confidence) for i, word in enumerate(text.split()))


def call(name, *channels):
    audio = Audio(Recording("0" * 64, 10.0, RATE, 2), np.zeros((10, 2), dtype=np.int16), RATE)
    return Item(name, "en", audio, channels)


CALL = call(
    "c1",
    (SpokenTurn(0.0, 2.5, "hello this is the bank"), SpokenTurn(5.0, 6.0, "thank you")),
    (SpokenTurn(3.0, 4.5, "i lost my card"),),
)
GOOD = (spoken("hello this is the bank", 0.0) + spoken("thank you", 5.0), spoken("i lost my card", 3.0))


class Scripted:
    """Gives the same words each time, and takes so many seconds of the clock."""

    def __init__(self, name, heard, takes_s, clock):
        self.name, self.heard, self.takes_s, self.clock = name, heard, takes_s, clock
        self.asked = []

    def warm_up(self):
        """Nothing to load."""

    def recognise(self, items):
        self.asked.append(len(items))
        self.clock.now += self.takes_s
        return tuple(self.heard for _item in items)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def ran(ours_heard, peers, repeats=3):
    clock = Clock()
    parties = [Scripted(name, heard, takes_s, clock) for name, heard, takes_s in peers]
    ours = Scripted("ours", ours_heard, 1.0, clock)
    lines = []
    items = (CALL, replace(CALL, name="c2"))
    runs = run_set("harpervalley", items, ours, parties, repeats=repeats, openai_items=1, say=lines.append, clock=clock)
    return runs, ours, parties, lines


def test_ours_runs_after_each_peer_on_everything_in_one_call():
    runs, ours, (batched, openai), lines = ran(GOOD, [("batched", GOOD, 3.0), ("openai", GOOD, 20.0)])
    assert ours.asked == [1] + [2] * 6
    assert (batched.asked, openai.asked) == ([1, 2, 2, 2], [1, 1, 1, 1])
    assert runs.ratios["batched"] == (3.0, 3.0, 3.0)
    assert runs.ratios["openai"] == (40.0, 40.0, 40.0)  # half of the audio in 20 s
    assert len(lines) == 6
    assert runs.ours.speed == 20.0


def test_figures_of_perfect_words():
    runs, *_rest = ran(GOOD, [("batched", GOOD, 3.0)])
    figures = set_figures(runs, seed=1)
    assert figures["harpervalley/ours/wer"].value == 0.0
    assert figures["harpervalley/ours/wer"].n == 22
    assert figures["harpervalley/ratio_to_batched"].value == 3.0
    assert figures["harpervalley/wer_minus_better_peer"].value == 0.0
    assert figures["harpervalley/ours/right_party"].value == 1.0
    assert figures["harpervalley/ours/cpwer"].value == 0.0


def test_figures_see_swapped_channels_and_lost_words():
    lost = (GOOD[0][:3], GOOD[1])
    runs, *_rest = ran(GOOD[::-1], [("batched", lost, 3.0), ("sequential", GOOD, 3.0)])
    figures = set_figures(runs, seed=1)
    assert figures["harpervalley/batched/wer"].value == round(4 / 11, 5)
    assert figures["harpervalley/ours/wer"].value > 0.9
    assert figures["harpervalley/ours/cpwer"].value == 0.0  # the best naming puts them back
    assert figures["harpervalley/ours/right_party"].value < 0.1
    assert "sequential" in figures["harpervalley/wer_minus_better_peer"].peer


def test_a_party_that_changes_its_words_isnt_steady():
    clock = Clock()
    ours = Scripted("ours", GOOD, 1.0, clock)
    said = iter([(GOOD,), (GOOD,), ((GOOD[0], ()),)])
    ours.recognise = lambda _items: (setattr(clock, "now", clock.now + 1), next(said))[1]
    runs = run_set("harpervalley", (CALL,), ours, (), repeats=2, openai_items=1, say=str, clock=clock)
    assert not runs.ours.steady


def test_words_of_the_other_party_are_wrong_and_words_of_nobody_undecided():
    bled = (GOOD[0] + spoken("lost card", 3.2), GOOD[1])
    assert judge_parties(CALL, bled) == PartyWords(right=11, wrong=2, undecided=0)
    misheard = (GOOD[0][:-1] + spoken("ewe", 5.5), GOOD[1])
    assert judge_parties(CALL, misheard) == PartyWords(right=11, wrong=0, undecided=0)
    phantom = (GOOD[0] + spoken("thanks", 8.0), GOOD[1])
    assert judge_parties(CALL, phantom) == PartyWords(right=11, wrong=0, undecided=1)


def test_crosstalk_is_decided_by_who_says_the_word():
    both = call("c", (SpokenTurn(0.0, 2.0, "yes of course"),), (SpokenTurn(0.0, 2.0, "my number is nine"),))
    own, other = spoken("yes of course", 0.0), spoken("my number is nine", 0.0)
    assert judge_parties(both, (own, other)).wrong == 0
    assert judge_parties(both, ((*own, *spoken("number", 1.6)), other)).wrong == 1


def test_only_two_channels_have_parties():
    with pytest.raises(ValueError, match="two channels"):
        judge_parties(replace(CALL, channels=CALL.channels[:1]), GOOD[:1])


def test_pieces_without_a_space_go_on_with_the_word_before():
    class Piece:
        def __init__(self, word, start, end, probability):
            self.word, self.start, self.end, self.probability = word, start, end, probability

    words = joined_pieces([Piece(" l", 0.0, 0.1, 0.9), Piece("'offerta", 0.1, 0.5, 0.6), Piece(" ", 0.5, 0.6, 0.1)])
    assert words == (Word("l'offerta", 0.0, 0.5, 0.6),)


def test_judging_counts_wrong_and_invented_words_but_not_missed_ones():
    heard = (spoken("hello this is a bank", 0.0, 0.8) + spoken("bye", 6.0, 0.3), spoken("i lost my", 3.0))
    judged = judge_items((CALL,), (heard,), "harpervalley")
    assert [word.right for word in judged] == [True, True, True, False, True, False, True, True, True]
    assert {word.file for word in judged} == {"harpervalley/c1"}


def drawn(seed=5, files=40, length=50):
    """Words of an overconfident recogniser: right with probability of the square of its confidence."""
    generator = np.random.default_rng(seed)
    confidences = generator.uniform(0.02, 0.99, size=(files, length))
    right = generator.uniform(size=(files, length)) < confidences**2
    return [
        JudgedWord(float(c), bool(r), f"made/{file}")
        for file in range(files)
        for c, r in zip(confidences[file], right[file], strict=True)
    ]


def test_the_fit_helps_on_files_that_it_hasnt_seen():
    judged = drawn()
    assert calibration_error(judged) > 0.1
    assert calibration_error(held_out(judged)) < 0.04
    assert brier_score(held_out(judged)) < brier_score(judged)
    assert held_out(judged) == held_out(judged)


def test_the_fit_of_a_square_is_a_square():
    learned = fit(drawn(files=400))
    assert abs(learned.apply(0.5) - 0.25) < 0.03


def test_nothing_to_learn_is_said():
    with pytest.raises(ValueError, match="right and wrong"):
        fit([JudgedWord(0.5, True, "f")])


def test_bins_hold_every_word_once():
    judged = [*drawn(), JudgedWord(1.0, True, "f"), JudgedWord(0.0, False, "f")]
    bins = reliability_bins(judged)
    assert sum(one.right.n for one in bins) == len(judged)
    assert all(one.low <= one.confidence <= one.high for one in bins)
    assert reliability_figures([], "none") == {}
    assert len(reliability_figures(judged, "c")) == len(bins) + 2


@pytest.mark.parametrize("model", sorted(FITTED) or ["none fitted"])
def test_calibration_keeps_the_order_of_words(model):
    values = [calibrated(step / 100, model) for step in range(101)]
    assert values == sorted(values)
    assert 0 <= values[0] < values[-1] <= 1


def test_unknown_weights_keep_their_confidence():
    words = spoken("one two", 0.0, 0.37)
    assert calibrate_words(words, "weights of the site") == words


def test_a_map_that_could_fall_is_refused():
    with pytest.raises(ValueError, match="not be negative"):
        BetaMap(-0.1, 1.0, 0.0)
