"""What many statements have in common: groups of like meaning, and the rest that belongs to none."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
"""Theme of each row, 0 for the largest; -1: none."""
LIKE_BY_MEANING = 0.45
"""Least mean cosine with a theme's members. Measured on requests of customers: see docs/voc.md."""
LIKE_BY_WORDS = 0.25
"""The same between vectors of words."""
MOST_THEMES = 20
"""More than a person can keep in mind."""
LOWERED = (0.0, 0.05, 0.1, 0.15)
"""Steps by which groups are made coarser until there are few enough."""
MOST_COMPARED = 3000
"""Statements that are compared each with each (36 MB of distances); the others join the themes found among them."""
_STEM = r"\S+"
ROUNDS = 2
"""Times that statements are put to the nearest theme after the themes are found."""


def find_themes(
    vectors: NDArray[np.float32], counts: NDArray[np.int64], like: float, least: int, most: int = MOST_THEMES
) -> Labels:
    """Group rows of unit length by average-linkage clustering of their cosine distance (Sokal and Michener 1958).

    Groups are cut where the mean cosine between two of them falls below `like`, so their number follows from the
    statements and needs no guess; where more than `most` come out, they are cut at lower values, down to `LOWERED`
    below. Beyond `MOST_COMPARED` rows an even sample is clustered; then every row goes to the group with the highest
    mean cosine, or to none where that is below `like`.

    Args:
        vectors: of different statements in an order of their own (not that of arrival), shape (n, d).
        counts: how often each was said.
        least: groups that were said less often are dissolved.

    Returns:
        Labels by size; all -1 where nothing is said often enough.
    """
    if not len(vectors):
        return np.zeros(0, dtype=np.int64)
    places = np.unique(np.linspace(0, len(vectors) - 1, min(len(vectors), MOST_COMPARED)).astype(np.int64))
    least_here = max(1, round(least * len(places) / len(vectors) / 2))
    tree = _tree(vectors[places])
    labels = np.full(len(vectors), -1, dtype=np.int64)
    for lowered in LOWERED:
        labels[:] = -1
        labels[places] = _cut(tree, 1.0 - like + lowered)
        labels = _keep(labels, counts, least_here)
        for _round in range(ROUNDS):
            if labels.max() >= 0:
                labels = _nearest(vectors, _means(vectors, counts, labels), like - lowered)
        labels = _keep(labels, counts, least)
        if labels.max() < most:
            break
    labels[labels >= most] = -1
    return labels


def vectors_of_words(texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors by shared words alone, for where no sentence encoder is: TF-IDF over words and word beginnings, then SVD.

    Latent semantic analysis (Deerwester et al. 1990). Rows of unit length, shape (n, d), d at most 100.
    """
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    from qm.analysis.voc.name_themes import content_stems

    stems = [" ".join(content_stems(text)) or "∅" for text in texts]
    table = TfidfVectorizer(token_pattern=_STEM, sublinear_tf=True).fit_transform(stems)
    width = min(100, table.shape[1] - 1, table.shape[0] - 1)
    dense = TruncatedSVD(width, random_state=0).fit_transform(table) if width >= 2 else table.toarray()
    rows: NDArray[np.float32] = normalize(dense).astype(np.float32)
    return rows


def central_rows(vectors: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows by their mean cosine with all of them, the most central first; ties in order."""
    likeness = vectors[rows] @ vectors[rows].mean(axis=0)
    order: NDArray[np.int64] = rows[np.argsort(-likeness, kind="stable")]
    return order


def _tree(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Who joins whom, and at what mean distance; empty for one row."""
    from scipy.cluster.hierarchy import linkage

    if len(vectors) == 1:
        return np.zeros((0, 4))
    rows = np.asarray(vectors, dtype=np.float64)
    condensed = np.clip((1.0 - rows @ rows.T)[np.triu_indices(len(rows), 1)], 0.0, 2.0)
    tree: NDArray[np.float64] = linkage(condensed, "average")
    return tree


def _cut(tree: NDArray[np.float64], distance: float) -> Labels:
    from scipy.cluster.hierarchy import fcluster

    if not len(tree):
        return np.zeros(1, dtype=np.int64)
    found: Labels = fcluster(tree, distance, criterion="distance").astype(np.int64) - 1
    return found


def _means(vectors: NDArray[np.float32], counts: NDArray[np.int64], labels: Labels) -> NDArray[np.float32]:
    """Weighted mean vector of each theme; not of unit length, so that a product with it is a mean cosine."""
    means = np.zeros((labels.max() + 1, vectors.shape[1]))
    inside = labels >= 0
    np.add.at(means, labels[inside], vectors[inside] * counts[inside, None])
    sizes = np.bincount(labels[inside], counts[inside], len(means))
    return (means / sizes[:, None]).astype(np.float32)


def _nearest(vectors: NDArray[np.float32], means: NDArray[np.float32], like: float) -> Labels:
    likeness = vectors @ means.T
    best = likeness.argmax(axis=1)
    return np.where(likeness[np.arange(len(best)), best] >= like, best, -1)


def _keep(labels: Labels, counts: NDArray[np.int64], least: int) -> Labels:
    """Numbered by size, the largest 0; smaller ones than `least` dissolved."""
    if labels.max(initial=-1) < 0:
        return labels
    inside = labels >= 0
    sizes = np.bincount(labels[inside], counts[inside], labels.max() + 1)
    order = [theme for theme in np.argsort(-sizes, kind="stable") if sizes[theme] >= least]
    numbers = np.full(len(sizes) + 1, -1, dtype=np.int64)
    numbers[order] = np.arange(len(order))
    return numbers[labels]
