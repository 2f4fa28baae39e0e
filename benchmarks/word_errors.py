"""Word errors as counts, counted by `meeteval`, and the intervals of their rates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
"""Bootstrap samples: the ends of a 95 % interval then move by about a hundredth of its width from seed to seed."""
TAILS = (0.025, 0.975)
"""Of the 95 % interval."""
FEWEST_FILES = 2
"""One file can't be resampled."""


@dataclass(frozen=True)
class WordErrors:
    """What it takes to turn a hypothesis into its reference. Counts add; rates don't.

    >>> (WordErrors(1, 0, 1, 4) + WordErrors(0, 2, 0, 6)).rate
    0.4
    """

    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0
    reference: int = 0

    def __post_init__(self) -> None:
        if min(self.substitutions, self.deletions, self.insertions, self.reference) < 0:
            raise ValueError(f"counts: must not be negative, got {self}")
        if self.substitutions + self.deletions > self.reference:
            raise ValueError(f"reference: {self.reference} words can't have been changed as often as in {self}")

    def __add__(self, other: "WordErrors") -> "WordErrors":
        return WordErrors(
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
            self.reference + other.reference,
        )

    @property
    def errors(self) -> int:
        """All three kinds."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float | None:
        """Errors a reference word, may exceed 1; `None` where the reference is empty."""
        return self.errors / self.reference if self.reference else None


def pooled(counts: Sequence[WordErrors]) -> WordErrors:
    """All files as one."""
    return sum(counts, start=WordErrors())


def count_word_errors(reference: Sequence[str], hypothesis: Sequence[str]) -> WordErrors:
    """Word error rate (WER): least number of substitutions, deletions and insertions (Levenshtein 1966).

    >>> count_word_errors("this is wikipedia".split(), "this wikipedia".split())
    WordErrors(substitutions=0, deletions=1, insertions=0, reference=3)
    >>> count_word_errors([], ["word"]).rate is None
    True
    """
    from meeteval.wer import siso_word_error_rate

    return _counts(siso_word_error_rate(" ".join(reference), " ".join(hypothesis)))


def count_speaker_word_errors(
    reference: Mapping[str, Sequence[str]], hypothesis: Mapping[str, Sequence[str]]
) -> WordErrors:
    """Word errors under the best one-to-one naming of speakers: cpWER (Watanabe et al. 2020).

    A word under the wrong speaker costs a deletion and an insertion.

    >>> count_speaker_word_errors({"agent": ["a", "b"], "customer": ["c"]}, {"x": ["c"], "y": ["a", "b"]}).errors
    0
    >>> count_speaker_word_errors({"agent": ["a", "b"], "customer": ["c"]}, {"x": ["b", "c"], "y": ["a"]}).errors
    2
    """
    from meeteval.io import SegLST
    from meeteval.wer import cp_word_error_rate

    def lines(side: Mapping[str, Sequence[str]]) -> object:
        return SegLST([{"speaker": name, "words": " ".join(words)} for name, words in side.items()])

    # Our words are in order already; without times there is nothing to sort by.
    return _counts(cp_word_error_rate(lines(reference), lines(hypothesis), reference_sort=False, hypothesis_sort=False))


def _counts(found: object) -> WordErrors:
    names = ("substitutions", "deletions", "insertions", "length")
    return WordErrors(*(int(getattr(found, name)) for name in names))


def bootstrap_rate(counts: Sequence[WordErrors], *, seed: int, draws: int = DRAWS) -> tuple[float, float] | None:
    """95 % percentile interval (Efron 1979) of the pooled rate, resampling files, since errors of one file go together.

    `None` below two files, or where no reference has words. With six files it is rough: a set of files is what it is
    drawn from, not the world.
    """
    return bootstrap_ratio([c.errors for c in counts], [c.reference for c in counts], seed=seed, draws=draws)


def bootstrap_ratio(
    numerators: Sequence[float], denominators: Sequence[float], *, seed: int, draws: int = DRAWS
) -> tuple[float, float] | None:
    """The same for any ratio of sums over files (words under the wrong speaker, seconds of error, …).

    >>> bootstrap_ratio([1, 1, 1], [10, 10, 10], seed=1)
    (0.1, 0.1)
    """
    if len(numerators) < FEWEST_FILES or not any(denominators):
        return None
    chosen = _resamples(len(numerators), seed, draws)
    return _interval(_ratios(numerators, denominators, chosen))


def bootstrap_difference(
    ours: Sequence[WordErrors], peers: Sequence[WordErrors], *, seed: int, draws: int = DRAWS
) -> tuple[float, float] | None:
    """95 % interval of the pooled rate of `ours` minus that of `peers`, drawn on the same files (Bisani and Ney 2004).

    Args:
        ours: one entry a file.
        peers: the same files in the same order.

    Raises:
        ValueError: the files aren't the same: their references differ in length.
    """
    if [c.reference for c in ours] != [c.reference for c in peers]:
        raise ValueError("peers: must be counted on the same files as ours")
    words = [c.reference for c in ours]
    if len(words) < FEWEST_FILES or not any(words):
        return None
    return bootstrap_ratio(
        [mine.errors - theirs.errors for mine, theirs in zip(ours, peers, strict=True)], words, seed=seed, draws=draws
    )


def _resamples(files: int, seed: int, draws: int) -> NDArray[np.int64]:
    """Shape (draws, files): which files make each sample."""
    return np.random.default_rng(seed).integers(0, files, size=(draws, files))


def _ratios(
    numerators: Sequence[float], denominators: Sequence[float], chosen: NDArray[np.int64]
) -> NDArray[np.float64]:
    below = np.asarray(denominators, dtype=float)[chosen].sum(axis=1)
    above = np.asarray(numerators, dtype=float)[chosen].sum(axis=1)
    return np.asarray(above[below > 0] / below[below > 0])


def _interval(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(values, TAILS)
    return round(float(low), 6), round(float(high), 6)
