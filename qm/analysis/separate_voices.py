"""Say which of the two parties speaks each piece of a call, from three kinds of evidence that are weighed together.

- how each piece sounds: its embedding against the mean of each party (the piece itself left out of it);
- what the segmentation saw of pieces near each other (`qm.analysis.find_pieces.same_voice_evidence`);
- how people take turns: pauses and ends of sentences in the recognised words.

The sum is a pairwise binary field, made as likely as possible by iterated conditional modes (Besag 1986) from several
starts. Everything is deterministic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from qm.domain.recognition import Stretch
from qm.domain.transcript import Word
from qm.units import Seconds, Share

SOUND_WEIGHT = 40.0
"""Log-odds for each unit of difference between the cosines with both parties, for a piece of `FULL_S` or more.
Chosen with the two weights below on made mixes and six real calls; doubling or halving it changes little."""
LOCAL_WEIGHT = 1.0
"""Of the segmentation's evidence, which is in log-odds already."""
TURN_WEIGHT = 0.5
"""Of turn-taking: the weakest, since it knows neither voice nor meaning."""
FULL_S: Seconds = 1.5
"""From this length on an embedding is as good as it gets; shorter ones count in proportion."""
LEAST_SHARE: Share = 0.05
"""Of all speech: a smaller party is rather a cough or a line noise than the other side of a call."""
LOPSIDED = 50.0
"""What such a party costs, in log-odds: less than being without any other choice."""
SEEDS_SHORT, SEEDS_LONG = 12, 5
"""Pieces that starts are made of, two by two: all pairs are tried."""
LONG = 300
"""Pieces; beyond them fewer starts are tried."""
ROUNDS, SWEEPS = 30, 5
"""Limits; calls settle after three or four."""
FLAT = 0.4
"""Cosine taken for a party without any other piece."""
LEAST_MEAN = 0.3
"""Seconds of embedding behind a mean that is to be believed."""
PAUSES: tuple[tuple[Seconds, Share], ...] = ((0.05, 0.95), (0.3, 0.9), (1.0, 0.7))
"""Probability that the same person goes on after a pause below this; `LONG_PAUSE` after a longer one. Rounded from
what is generally said of turn-taking (Sacks, Schegloff, Jefferson 1974; Heldner and Edlund 2010), not fitted."""
LONG_PAUSE: Share = 0.45
NEAR_S: Seconds = 1.5
"""A word that ended longer before a pause says nothing about it."""


@dataclass(frozen=True)
class Evidence:
    """All that is known about the pieces, in order of time.

    Attributes:
        pieces: where they are.
        embeddings: shape (pieces, dimensions), of length 1.
        local: symmetric log-odds of pairs being of one voice.
        turns: log-odds that the next piece is of the same voice, shape (pieces - 1,).
    """

    pieces: tuple[Stretch, ...]
    embeddings: NDArray[np.float64]
    local: csr_array
    turns: NDArray[np.float64]

    @property
    def lengths_s(self) -> NDArray[np.float64]:
        """Of each piece."""
        return np.array([end - start for start, end in self.pieces])


def turn_evidence(pieces: Sequence[Stretch], words: Sequence[Word]) -> NDArray[np.float64]:
    """Log-odds that the person who speaks a piece also speaks the next, from the pause and the word before it.

    After a question the other party is twice as likely to speak; in the middle of a sentence, less.

    >>> pause = turn_evidence(((0.0, 1.0), (1.5, 2.0)), ())
    >>> question = turn_evidence(((0.0, 1.0), (1.5, 2.0)), (Word("vero?", 0.5, 1.0, 0.9),))
    >>> bool(question[0] < 0 < pause[0])
    True
    """
    middles = np.array([(word.start_s + word.end_s) / 2 for word in words])
    odds = []
    for (_start, end_s), (next_s, _end) in pairwise(pieces):
        goes_on = next((share for pause_s, share in PAUSES if next_s - end_s < pause_s), LONG_PAUSE)
        index = int(np.searchsorted(middles, (end_s + next_s) / 2)) - 1
        text = words[index].text if index >= 0 and (end_s + next_s) / 2 - words[index].end_s < NEAR_S else ""
        if text.endswith("?"):
            goes_on *= 0.5
        elif text and text[-1] not in ".!":
            goes_on = 1 - 0.6 * (1 - goes_on)
        odds.append(np.log(goes_on / (1 - goes_on)))
    return np.array(odds)


def separate_voices(evidence: Evidence) -> NDArray[np.intp]:
    """Party (0 or 1) of each piece, shape (pieces,); the first piece is of party 0. Fewer than two pieces: all 0."""
    count = len(evidence.pieces)
    if count < 2:
        return np.zeros(count, dtype=np.intp)
    best: tuple[float, NDArray[np.intp]] | None = None
    for one, other in combinations(_seeds(evidence), 2):
        nearer = evidence.embeddings @ (evidence.embeddings[other] - evidence.embeddings[one]) > 0
        parties, energy = _settle(evidence, nearer.astype(np.intp))
        if best is None or energy > best[0] + 1e-9:
            best = (energy, parties)
    parties = best[1] if best else np.zeros(count, dtype=np.intp)
    return np.asarray(np.abs(parties - parties[0]), dtype=np.intp)


def _seeds(evidence: Evidence) -> list[int]:
    """The longest pieces; of a long call a few that are as unlike each other as can be."""
    order = np.argsort(-evidence.lengths_s, kind="stable")
    if len(order) <= LONG:
        return [int(index) for index in order[:SEEDS_SHORT]]
    solid = order[: len(order) // 2]
    seeds = [int(solid[0])]
    while len(seeds) < SEEDS_LONG:
        likeness = (evidence.embeddings[solid] @ evidence.embeddings[seeds].T).max(axis=1)
        seeds.append(int(solid[likeness.argmin()]))
    return seeds


def _settle(evidence: Evidence, parties: NDArray[np.intp]) -> tuple[NDArray[np.intp], float]:
    """Improve a start until nothing changes; returns the parties and the energy reached (higher is likelier)."""
    lengths = evidence.lengths_s
    sounds = _sounds(evidence, parties)
    for _round in range(ROUNDS):
        sounds = _sounds(evidence, parties)
        settled = _sweep(evidence, sounds[:, 1] - sounds[:, 0], parties)
        if (settled == parties).all():
            break
        parties = settled
    sign = 2.0 * parties - 1
    energy = float(sounds[np.arange(len(parties)), parties].sum())
    energy += LOCAL_WEIGHT * float(sign @ (evidence.local @ sign)) / 2
    energy += TURN_WEIGHT * float((evidence.turns * sign[1:] * sign[:-1]).sum())
    share = float(lengths[parties == 1].sum() / lengths.sum())
    return parties, energy - (LOPSIDED if min(share, 1 - share) < LEAST_SHARE else 0.0)


def _sounds(evidence: Evidence, parties: NDArray[np.intp]) -> NDArray[np.float64]:
    """How well each piece fits each party by sound, in log-odds, shape (pieces, 2); the piece itself doesn't count."""
    lengths = evidence.lengths_s
    weighted = evidence.embeddings * lengths[:, None]
    fits = np.empty((len(parties), 2))
    for party in (0, 1):
        own = (parties == party)[:, None]
        others = weighted[own[:, 0]].sum(axis=0) - np.where(own, weighted, 0)
        norms = np.linalg.norm(others, axis=1)
        cosines = (evidence.embeddings * others).sum(axis=1) / np.maximum(norms, LEAST_MEAN)
        fits[:, party] = np.where(norms > LEAST_MEAN, cosines, FLAT)
    return np.asarray(SOUND_WEIGHT * np.minimum(lengths / FULL_S, 1)[:, None] * fits)


def _sweep(evidence: Evidence, lead: NDArray[np.float64], parties: NDArray[np.intp]) -> NDArray[np.intp]:
    """Give each piece in turn the party that its sound (`lead`), neighbours and turn-taking speak for."""
    sign = 2.0 * parties - 1
    local, turns = evidence.local, TURN_WEIGHT * evidence.turns
    for _sweep in range(SWEEPS):
        before = sign.copy()
        for index in range(len(sign)):
            near = slice(local.indptr[index], local.indptr[index + 1])
            vote = lead[index] + LOCAL_WEIGHT * float(local.data[near] @ sign[local.indices[near]])
            vote += turns[index - 1] * sign[index - 1] if index else 0.0
            vote += turns[index] * sign[index + 1] if index + 1 < len(sign) else 0.0
            sign[index] = 1.0 if vote > 0 else -1.0
        if (before == sign).all():
            break
    return (sign > 0).astype(np.intp)
