"""How far a recogniser's confidence can be believed: confidence of each word against whether it was right.

`python -m benchmarks.reliability` prints the curve; with `--fit` also the parameters for `qm.analysis.calibrate_words`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from rapidfuzz.distance import Levenshtein

from benchmarks.asr_peers import Heard
from benchmarks.asr_sets import Item
from benchmarks.figures import BenchFigure
from benchmarks.normalise_words import normalise_words
from qm.analysis.calibrate_words import calibrated
from qm.analysis.estimate_quality import wilson
from qm.domain.figures import Count
from qm.domain.transcript import Word
from qm.units import Share

BINS = 10
"""Of equal width, as in the first paper on the measure."""


@dataclass(frozen=True)
class JudgedWord:
    """A recognised word beside the truth.

    Attributes:
        right: the truth has the same word at that place.
        file: where it was said; words of a file stand or fall together.
    """

    confidence: Share
    right: bool
    file: str


@dataclass(frozen=True)
class ReliabilityBin:
    """Words of like confidence.

    Attributes:
        confidence: their mean.
        right: how many of them were right.
    """

    low: Share
    high: Share
    confidence: Share
    right: Count


def judge_items(items: Sequence[Item], heard: Sequence[Heard], corpus: str) -> tuple[JudgedWord, ...]:
    """Every recognised word of a set."""
    return tuple(
        judged
        for item, channels in zip(items, heard, strict=True)
        for text, words in zip(item.texts, channels, strict=True)
        for judged in judge_words(text, words, item.language, f"{corpus}/{item.name}")
    )


def judge_words(reference: str, words: Sequence[Word], language: str, file: str) -> tuple[JudgedWord, ...]:
    """Recognised words, aligned to the truth by least edits (Levenshtein), after the normaliser of the language.

    Words that the normaliser drops (hesitations, stray punctuation) aren't judged. Substituted and inserted words are
    wrong; words that were missed have no confidence and don't count here.

    >>> words = [Word("Ventun", 0, 1, 0.9), Word("euro,", 1, 2, 0.8), Word("grazie.", 2, 3, 0.2)]
    >>> [(word.confidence, word.right) for word in judge_words("21 euro, prego", words, "it", "f")]
    [(0.9, True), (0.8, True), (0.2, False)]
    """
    tokens = with_confidence(words, language)
    truth = normalise_words(reference, language)
    right: set[int] = set()
    for step in Levenshtein.opcodes(truth, [token for token, _confidence in tokens]):
        if step.tag == "equal":
            right.update(range(step.dest_start, step.dest_end))
    return tuple(JudgedWord(confidence, index in right, file) for index, (_token, confidence) in enumerate(tokens))


def with_confidence(words: Sequence[Word], language: str) -> list[tuple[str, Share]]:
    """Normalised words of the whole text, each with the confidence of what it was written from.

    A word that comes of several (`twenty one` as `21`) has the lowest of theirs. Normalising word by word wouldn't do:
    numbers need their neighbours.

    >>> with_confidence([Word("twenty", 0, 1, 0.9), Word("one", 1, 2, 0.7), Word("cats", 2, 3, 0.8)], "en")
    [('21', 0.7), ('cats', 0.8)]
    """
    whole = normalise_words(" ".join(word.text for word in words), language)
    single = [(token, word.confidence) for word in words for token in normalise_words(word.text, language)]
    steps = SequenceMatcher(None, [token for token, _c in single], whole, autojunk=False).get_opcodes()
    found: list[tuple[str, Share]] = []
    for tag, start, stop, whole_start, whole_stop in steps:
        if tag == "equal":
            found.extend(single[start:stop])
        elif whole_start < whole_stop:
            near = single[start:stop] or single[max(start - 1, 0) : start + 1]
            lowest = min(confidence for _token, confidence in near)
            found.extend((token, lowest) for token in whole[whole_start:whole_stop])
    return found


def reliability_bins(judged: Sequence[JudgedWord], bins: int = BINS) -> tuple[ReliabilityBin, ...]:
    """The reliability curve (DeGroot and Fienberg 1983): share right by confidence; empty bins are left out."""
    grouped: dict[int, list[JudgedWord]] = {}
    for word in judged:
        grouped.setdefault(min(int(word.confidence * bins), bins - 1), []).append(word)
    return tuple(
        ReliabilityBin(
            index / bins,
            (index + 1) / bins,
            sum(word.confidence for word in group) / len(group),
            Count(sum(word.right for word in group), len(group)),
        )
        for index, group in sorted(grouped.items())
    )


def calibration_error(judged: Sequence[JudgedWord], bins: int = BINS) -> float | None:
    """Expected calibration error (Naeini, Cooper and Hauskrecht 2015), 0 to 1; `None` without words.

    Mean over words of |share right - mean confidence| of the word's bin.

    >>> calibration_error([JudgedWord(0.75, right, "f") for right in (True, True, True, False)])
    0.0
    """
    if not judged:
        return None
    gaps = (one.right.n * abs(one.right.hits / one.right.n - one.confidence) for one in reliability_bins(judged, bins))
    return sum(gaps) / len(judged)


def brier_score(judged: Sequence[JudgedWord]) -> float | None:
    """Mean squared distance of confidence from the outcome (Brier 1950), 0 to 1; `None` without words."""
    return sum((word.confidence - word.right) ** 2 for word in judged) / len(judged) if judged else None


def recalibrated(judged: Sequence[JudgedWord], model: str) -> tuple[JudgedWord, ...]:
    """The words with the product's map applied."""
    return tuple(replace(word, confidence=calibrated(word.confidence, model)) for word in judged)


def reliability_figures(judged: Sequence[JudgedWord], prefix: str) -> dict[str, BenchFigure]:
    """Calibration error, Brier score and the curve as figures."""
    error, score = calibration_error(judged), brier_score(judged)
    if error is None or score is None:
        return {}
    figures = {
        f"{prefix}/calibration_error": BenchFigure(round(error, 4), "share", len(judged)),
        f"{prefix}/brier": BenchFigure(round(score, 4), "score", len(judged)),
    }
    for one in reliability_bins(judged):
        lo, hi = wilson(one.right)
        name = f"{prefix}/right_at_{one.low:.1f}_to_{one.high:.1f}"
        share = one.right.hits / one.right.n
        said = f"mean confidence {one.confidence:.3f}"
        figures[name] = BenchFigure(round(share, 4), "share", one.right.n, round(lo, 4), round(hi, 4), peer=said)
    return figures


if __name__ == "__main__":
    from benchmarks.reliability_fit import main

    main()
