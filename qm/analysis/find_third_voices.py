"""Notice that a channel holds one voice only, or a third one: an announcement, or the colleague after a transfer."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qm.analysis.separate_voices import Evidence, separate_voices
from qm.units import Seconds

ONE_VOICE = 0.9
"""Cosine of two parties' means from which they are one voice: halves of one person's speech are this alike."""
DISTINCT = 0.62
"""Cosine below which a part of a party is somebody else. Halves of one person's speech had 0.77 and more in the calls
at hand; two people may be as alike as 0.76, so some third voices are missed."""
LEAST_S: Seconds = 5.0
"""Of speech, for a voice of its own: shorter parts aren't known well enough."""
SOLID_S: Seconds = 1.0
"""Shorter pieces say too little to compare means by."""


def find_third_voices(evidence: Evidence, parties: NDArray[np.intp]) -> NDArray[np.intp]:
    """Party of each piece again, with one party where both sound the same and a third where one is clearly two.

    A party is divided only where both parts hold `LEAST_S` of speech, they are less alike than `DISTINCT`, and so are
    the new one (the part less like the other party) and the other party. At most one further voice a party is looked
    for; two people as alike as telephones can make them may stay one party beside an announcement.
    """
    if len(set(parties.tolist())) == 2 and likeness(evidence, parties == 0, parties == 1) >= ONE_VOICE:
        return np.zeros_like(parties)
    found = parties.copy()
    for party in (0, 1):
        inside = np.flatnonzero(parties == party)
        split = split_of(evidence, inside)
        if split is None:
            continue
        parts = [_mask(inside[split == side], len(parties)) for side in (0, 1)]
        to_other = [likeness(evidence, part, parties == 1 - party) for part in parts]
        if max(likeness(evidence, *parts), min(to_other)) < DISTINCT:
            found[parts[int(np.argmin(to_other))]] = found.max() + 1
    return found


def split_of(evidence: Evidence, inside: NDArray[np.intp]) -> NDArray[np.intp] | None:
    """The best division of some pieces in two; `None` where a part would hold less than `LEAST_S`."""
    lengths = evidence.lengths_s[inside]
    if len(inside) < 2 or lengths.sum() < 2 * LEAST_S:
        return None
    part = replace(
        evidence,
        pieces=tuple(evidence.pieces[index] for index in inside.tolist()),
        embeddings=evidence.embeddings[inside],
        local=evidence.local[inside][:, inside].tocsr(),
        turns=np.zeros(len(inside) - 1),
    )
    split = separate_voices(part)
    sizes = [float(lengths[split == side].sum()) for side in (0, 1)]
    return split if min(sizes) >= LEAST_S else None


def likeness(evidence: Evidence, one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Cosine of the means of two sets of pieces from `SOLID_S`, weighted by length; 0 where either is empty."""
    means = []
    for chosen in (one, other):
        solid = chosen & (evidence.lengths_s >= SOLID_S)
        means.append((evidence.embeddings[solid] * evidence.lengths_s[solid, None]).sum(axis=0))
    norms = float(np.linalg.norm(means[0]) * np.linalg.norm(means[1]))
    return float(means[0] @ means[1]) / norms if norms > 0 else 0.0


def _mask(indices: NDArray[np.intp], count: int) -> NDArray[np.bool_]:
    mask = np.zeros(count, dtype=np.bool_)
    mask[indices] = True
    return mask
