"""Fit one criterion: logistic regressions on different views of a contact, and their mean.

All are linear, so that what was learned is a list of weights: it can be stored as plain arrays, shown, and split by
turn. Fitted with scikit-learn's liblinear (Fan et al., 2008), whose result doesn't depend on threads.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from qm.analysis.describe_answers import Described
from qm.numerics import sum_with_one_thread

Floats = NDArray[np.float64]
LEAST_CONTACTS = 3
"""A word must stand in so many contacts: rarer ones are noise, and often names."""
SHRINK = {"facts": 4.0, "meaning": 1.0}
"""What standardised columns are divided by, so that a hundred of them don't outweigh the words."""
VIEWS: Mapping[str, tuple[float, str]] = {"words": (10.0, ""), "facts": (3.0, "facts"), "meaning": (5.0, "meaning")}
"""scikit-learn's C, and the block of dense columns that stands beside the words."""


@dataclass(frozen=True)
class Weights:
    """What was learned: log-odds of *met* are `bias` and the weighted sum of everything below.

    Attributes:
        words: vocabulary, sorted; `rarity` is each word's inverse document frequency.
        columns: mean, scale and weight of each dense column, shape (3, n), by block.
        views: whose average these weights are.
    """

    words: tuple[str, ...]
    rarity: Floats
    word_weights: Floats
    columns: Mapping[str, Floats]
    bias: float
    views: tuple[str, ...]


def fit(described: Sequence[Described], is_met: Floats, seed: int) -> Weights:
    """Weights whose log-odds are the mean of every view's.

    The views err on different contacts, and a mean needs no choice between them that would have to be held out as well.

    Args:
        is_met: 1 or 0, shape (n,); both must be there.
    """
    sum_with_one_thread()
    return _mean_of([_fit_view(name, described, is_met, seed) for name in VIEWS])


def folds_of(
    is_met: Floats, groups: Sequence[str], folds: int, seed: int
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Train and test places of each fold; the shares of answers are kept as far as whole groups allow."""
    from sklearn.model_selection import StratifiedGroupKFold

    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    parts = splitter.split(np.zeros(len(is_met)), is_met, np.array(groups))
    return [(train, test) for train, test in parts if len(test) and 0 < is_met[train].sum() < len(train)]


def risk_area(scores: Floats, is_met: Floats) -> float:
    """Mean share of wrong answers over all shares answered, the surest first (Geifman and El-Yaniv, 2017).

    >>> risk_area(np.array([2.0, -1.0]), np.array([1.0, 0.0]))
    0.0
    """
    order = np.argsort(-np.abs(scores), kind="stable")
    wrong = np.cumsum(((scores > 0) != (is_met > 0.5))[order])
    return float(np.mean(wrong / np.arange(1, len(scores) + 1)))


def log_odds(weights: Weights, described: Sequence[Described]) -> Floats:
    """Log-odds of *met* as fitted, not calibrated; shape (n,)."""
    if not described:
        return np.zeros(0)
    total = _word_matrix(described, weights.words, weights.rarity) @ weights.word_weights + weights.bias
    for block, (mean, scale, weight) in weights.columns.items():
        total = total + (_dense(described, block) - mean) / scale @ weight
    return np.asarray(total)


def _mean_of(parts: Sequence[Weights]) -> Weights:
    """The weights whose log-odds are the mean of the parts'; all parts are of the same contacts."""
    first, share = parts[0], 1.0 / len(parts)
    columns: dict[str, Floats] = {}
    for block in sorted({block for part in parts for block in part.columns}):
        own = [part.columns[block] for part in parts if block in part.columns]
        columns[block] = np.stack([own[0][0], own[0][1], share * np.sum([part[2] for part in own], axis=0)])
    return replace(
        first, word_weights=share * np.sum([part.word_weights for part in parts], axis=0), columns=columns,
        bias=share * sum(part.bias for part in parts), views=tuple(view for part in parts for view in part.views),
    )  # fmt: skip


def _fit_view(name: str, described: Sequence[Described], is_met: Floats, seed: int) -> Weights:
    from sklearn.linear_model import LogisticRegression

    words, rarity = _vocabulary(described)
    parts, columns = [_word_matrix(described, words, rarity)], {}
    penalty, beside = VIEWS[name]
    for block in (beside,) if beside else ():
        dense = _dense(described, block)
        mean = dense.mean(axis=0) if block != "meaning" else np.zeros(dense.shape[1])
        spread = dense.std(axis=0) if block != "meaning" else np.ones(dense.shape[1])
        scale = np.where(spread > 1e-9, spread, 1.0) * SHRINK[block]
        parts.append(csr_matrix((dense - mean) / scale))
        columns[block] = (mean, scale)
    model = LogisticRegression(C=penalty, solver="liblinear", dual=True, max_iter=2000, random_state=seed)
    model.fit(hstack(parts).tocsr(), is_met)
    coefficients = np.asarray(model.coef_[0])
    own, rest = coefficients[: len(words)], coefficients[len(words) :]
    learned: dict[str, Floats] = {}
    for block, (mean, scale) in columns.items():
        learned[block] = np.stack([mean, scale, rest[: len(mean)]])
        rest = rest[len(mean) :]
    return Weights(words, rarity, own, learned, float(model.intercept_[0]), (name,))


def _vocabulary(described: Sequence[Described]) -> tuple[tuple[str, ...], Floats]:
    found = Counter(word for one in described for word in one.words)
    words = tuple(sorted(word for word, count in found.items() if count >= LEAST_CONTACTS))
    counts = np.array([found[word] for word in words], dtype=float)
    return words, np.log((1 + len(described)) / (1 + counts)) + 1


def _word_matrix(described: Sequence[Described], words: Sequence[str], rarity: Floats) -> csr_matrix:
    place = {word: number for number, word in enumerate(words)}
    rows, columns, values = [], [], []
    for row, one in enumerate(described):
        known = sorted((place[word], count) for word, count in one.words.items() if word in place)
        own = np.array([(1 + np.log(count)) * rarity[column] for column, count in known])
        length = float(np.linalg.norm(own)) or 1.0
        rows += [row] * len(known)
        columns += [column for column, _count in known]
        values += (own / length).tolist()
    return csr_matrix((values, (rows, columns)), shape=(len(described), len(words)))


def _dense(described: Sequence[Described], block: str) -> Floats:
    return np.stack([getattr(one, block) for one in described])
