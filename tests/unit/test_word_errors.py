"""Word errors, normalisers and the parts of `qm bench asr` that need no engine."""

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import benchmarks.normalise_words
import benchmarks.reliability
import benchmarks.word_errors
from benchmarks.normalise_words import normalise_words, normaliser
from benchmarks.word_errors import (
    WordErrors,
    bootstrap_difference,
    bootstrap_rate,
    bootstrap_ratio,
    count_speaker_word_errors,
    count_word_errors,
    pooled,
)

WORDS = st.lists(st.sampled_from("alfa bravo charlie delta".split()), max_size=8)


@pytest.mark.parametrize("module", [benchmarks.word_errors, benchmarks.normalise_words, benchmarks.reliability])
def test_examples_hold(module):
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS)
def test_counts_explain_the_lengths(reference, hypothesis):
    found = count_word_errors(reference, hypothesis)
    assert found.reference == len(reference)
    assert len(reference) - found.deletions + found.insertions == len(hypothesis)
    assert (found.errors == 0) == (reference == hypothesis)


@settings(max_examples=40, deadline=None)
@given(WORDS, WORDS)
def test_one_speaker_has_the_same_errors_under_any_name(reference, hypothesis):
    assert count_speaker_word_errors({"agent": reference}, {"ch0": hypothesis}).errors == (
        count_word_errors(reference, hypothesis).errors
    )


def test_rates_are_of_sums_not_sums_of_rates():
    assert pooled([WordErrors(1, 0, 0, 1), WordErrors(0, 0, 0, 9)]).rate == 0.1


def test_an_empty_reference_has_no_rate():
    assert pooled([]).rate is None
    assert count_word_errors([], ["one", "two"]) == WordErrors(insertions=2)
    assert WordErrors(insertions=2).rate is None


@pytest.mark.parametrize("counts", [(-1, 0, 0, 3), (2, 2, 0, 3)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match=r"counts|reference"):
        WordErrors(*counts)


def test_intervals_repeat_under_the_same_seed_and_hold_the_rate():
    counts = [WordErrors(substitutions=errors, reference=20) for errors in (0, 1, 2, 3, 8, 4)]
    low, high = bootstrap_rate(counts, seed=7)
    assert (low, high) == bootstrap_rate(counts, seed=7)
    assert low < pooled(counts).rate < high
    assert bootstrap_rate(counts[:1], seed=7) is None
    assert bootstrap_rate([WordErrors(), WordErrors()], seed=7) is None


def test_a_paired_difference_is_surer_than_the_rates_it_is_between():
    peers = [WordErrors(substitutions=errors, reference=20) for errors in (0, 2, 5, 9, 12, 1)]
    ours = [WordErrors(substitutions=count.errors + 1, reference=20) for count in peers]
    assert bootstrap_difference(ours, peers, seed=3) == (0.05, 0.05)
    low, high = bootstrap_rate(peers, seed=3)
    assert high - low > 0.1
    with pytest.raises(ValueError, match="same files"):
        bootstrap_difference(ours, peers[:-1], seed=3)


def test_files_without_words_dont_upset_the_ratio():
    assert bootstrap_ratio([0, 1, 0], [0, 10, 0], seed=1) == (0.1, 0.1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Perché no?", "perche' no"),
        ("l'offerta", "L’ offerta"),
        ("un po' d'acqua", "un po d acqua"),
        ("cinquantatré euro", "53 €"),
        ("€ 1.250,50", "milleduecentocinquanta euro e cinquanta centesimi"),
        ("alle nove e quindici", "alle 9:15"),
        ("alle 18.00", "alle diciotto"),
        ("il venti per cento", "il 20%"),
        ("premere uno", "premere 1"),
        ("tre quattro cinque", "345"),
        ("il quinto piano", "il 5° piano"),
        ("due milioni", "2 milioni"),
        ("H.323 (in inglese)", "h 323"),
    ],
)
def test_italian_said_alike_is_written_alike(one, other):
    assert normalise_words(one, "it") == normalise_words(other, "it") != ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ventuno", "ventidue"),
        ("un attimo", "una attimo"),
        ("92,40 euro", "92 euro"),
        ("non posso", "posso"),
        ("alle 15:30", "alle 15:45"),
        ("il 15 maggio 2024", "il 16 maggio 2024"),
    ],
)
def test_italian_said_differently_stays_different(one, other):
    assert normalise_words(one, "it") != normalise_words(other, "it")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abcèé'’ 0123456789.,:€%°()unotre", max_size=40))
def test_italian_normalising_is_done_once(text):
    once = normalise_words(text, "it")
    assert all(word and " " not in word and word == word.casefold() for word in once)


def test_other_languages_have_no_normaliser():
    with pytest.raises(ValueError, match="no normaliser for 'de'"):
        normaliser("de")
