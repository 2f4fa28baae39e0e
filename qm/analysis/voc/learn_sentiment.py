"""Sentiment from meaning, for passages whose words say nothing by themselves ("ho dovuto richiamare").

Learned anew at each use from the examples that the product brings along, so that nothing is hidden in a file of
weights: who wants to know why looks at the examples.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qm.analysis.voc.read_sentiment import SentimentReading
from qm.domain.comment import Sentiment

LEAST_PROBABILITY = 0.55
"""Below it nothing is told. Chosen on made comments and on review sentences; docs/voc.md has the figures."""
STRENGTH = 3.0
"""Inverse of the regularisation (scikit-learn's C)."""


@dataclass(frozen=True)
class SentimentModel:
    """Multinomial logistic regression on sentence vectors: `weights` (classes, d), `offsets` (classes,)."""

    classes: tuple[Sentiment, ...]
    weights: NDArray[np.float64]
    offsets: NDArray[np.float64]

    def probabilities(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Of each class for each row, shape (n, classes); softmax of a linear score."""
        scores = np.asarray(vectors, dtype=np.float64) @ self.weights.T + self.offsets
        grown = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = grown / grown.sum(axis=1, keepdims=True)
        return shares


def fit_sentiment(vectors: NDArray[np.float32], labels: Sequence[Sentiment]) -> SentimentModel:
    """Learn from labelled examples; classes weigh alike however many examples each has."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit(vectors, [label.value for label in labels])
    classes = tuple(Sentiment(name) for name in model.classes_)
    return SentimentModel(classes, np.asarray(model.coef_), np.asarray(model.intercept_))


def settle_reading(reading: SentimentReading, model: SentimentModel, vectors: NDArray[np.float32]) -> SentimentReading:
    """The reading itself where words decided; else what the meaning of the passages says, on average.

    Args:
        vectors: of the text's statements, shape (n, d).
    """
    if reading.sentiment is not Sentiment.NEUTRAL or not len(vectors):
        return reading
    shares = model.probabilities(vectors).mean(axis=0)
    best = int(shares.argmax())
    if shares[best] < LEAST_PROBABILITY:
        return replace(reading, sentiment=Sentiment.UNTOLD, reason="unsure")
    return replace(reading, sentiment=model.classes[best])
