"""Cut speech into pieces of one voice each, from what a segmentation network saw through short overlapping windows.

A window tells its own few voices apart well, but not whether they are those of the next window. What it does tell is
kept: where speech is, where the voice changes, and whether two pieces near each other are of one voice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from qm.domain.recognition import Stretch
from qm.units import Seconds, Share

SPOKEN: Share = 0.5
"""Probability of speech from which a frame counts as such."""
BREATH_S: Seconds = 0.1
"""Shorter gaps are closed: they lie inside words. Shorter speech is dropped: it is a click."""
AROUND_S: Seconds = 0.5
"""Voices before and after an instant are compared over this long on either side."""
CHANGED: Share = 0.5
"""How unlike both sides must be (1 - cosine) for a change of voice."""
EDGE_S: Seconds = 0.25
"""No cut nearer than this to the end of a stretch: what is left would be too short to tell a voice by."""
LONGEST_S: Seconds = 2.0
"""Longer stretches are cut in equal parts, so that a missed change spoils one part only."""
REACH_S: Seconds = 8.0
"""Pieces further apart share too few windows."""
SURE = 3.0
"""Cap of the log-odds of one pair: 95 to 5."""
HEARD: Share = 0.2
"""A piece in which a window hears less speech than this says nothing about its voice."""
_TINY = 1e-6


@dataclass(frozen=True)
class LocalVoices:
    """What the network saw.

    Attributes:
        activity: shape (windows, frames, local voices), probabilities; the same voice may have another place in the
            next window.
        starts_s: of each window, shape (windows,), in order.
        window_s: length of a window.
        duration_s: of the recording.
    """

    activity: NDArray[np.float32]
    starts_s: NDArray[np.float64]
    window_s: Seconds
    duration_s: Seconds

    @property
    def frame_s(self) -> Seconds:
        """Time from one frame to the next."""
        return float(self.window_s / self.activity.shape[1])


def find_pieces(local: LocalVoices) -> tuple[Stretch, ...]:
    """Stretches of speech in order, cut where the voice changes and then to at most `LONGEST_S`; they never overlap."""
    speech, change = _curves(local)
    pieces: list[Stretch] = []
    for start, stop in _spoken(speech, local.frame_s):
        cuts = [start, *_cuts(change[start:stop], start, local.frame_s), stop]
        for first, last in pairwise(cuts):
            parts = max(1, int(np.ceil((last - first) * local.frame_s / LONGEST_S)))
            edges = [min(float(edge) * local.frame_s, local.duration_s) for edge in np.linspace(first, last, parts + 1)]
            pieces.extend((a, b) for a, b in pairwise(edges) if b > a)
    return tuple(pieces)


def same_voice_evidence(local: LocalVoices, pieces: Sequence[Stretch]) -> csr_array:
    """Log-odds that two pieces are of one voice, for pairs that some window holds whole; symmetric, 0 elsewhere.

    The probability of a pair is the mean over windows of the dot product of both pieces' shares of the local voices,
    its log-odds capped at `SURE`. Pieces shorter than a second count in proportion, and a pair is divided by the root
    of how many pairs each of the two has, so that many weak hints don't drown the voices themselves.
    """
    count = len(pieces)
    sums: dict[tuple[int, int], tuple[float, int]] = {}
    for one, other, same in _pairs(local, pieces):
        total, windows = sums.get((one, other), (0.0, 0))
        sums[one, other] = (total + same, windows + 1)
    if not sums:
        return csr_array((count, count))
    rows, columns = (np.array(side) for side in zip(*sums, strict=True))
    likely = np.clip([total / windows for total, windows in sums.values()], _TINY, 1 - _TINY)
    odds = np.clip(np.log(likely / (1 - likely)), -SURE, SURE)
    degree = np.maximum(np.bincount(rows, minlength=count) + np.bincount(columns, minlength=count), 1)
    length = np.minimum([end - start for start, end in pieces], 1.0)
    odds *= 2 * length[rows] * length[columns] / np.sqrt(degree[rows] * degree[columns])
    half = csr_array((odds, (rows, columns)), shape=(count, count))
    return csr_array(half + half.T)


def _curves(local: LocalVoices) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Probability of speech and of a change of voice, frame by frame; windows count most in their middle."""
    frames = local.activity.shape[1]
    total = int(local.duration_s / local.frame_s) + 1
    speech, change, weight = np.zeros(total), np.zeros(total), np.zeros(total)
    inner = np.hanning(frames + 2)[1:-1] + 0.05
    for activity, start_s in zip(local.activity, local.starts_s, strict=True):
        first = round(float(start_s) / local.frame_s)
        kept = min(frames, total - first)
        if kept <= 0:
            continue
        span = slice(first, first + kept)
        speech[span] += (np.minimum(activity.sum(axis=1), 1) * inner)[:kept]
        change[span] += (_change(activity, round(AROUND_S / local.frame_s)) * inner)[:kept]
        weight[span] += inner[:kept]
    divisor = np.maximum(weight, _TINY)
    return speech / divisor, change / divisor


def _change(activity: NDArray[np.float32], around: int) -> NDArray[np.float64]:
    """1 - cosine of the voices before and after each frame; 0 where either side is too silent or cut off."""
    frames = len(activity)
    result = np.zeros(frames)
    if frames <= 2 * around:
        return result
    running = np.vstack([np.zeros(activity.shape[1]), np.cumsum(activity, axis=0, dtype=np.float64)])
    at = np.arange(around, frames - around)
    before, after = running[at] - running[at - around], running[at + around] - running[at]
    norms = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    heard = np.minimum(before.sum(axis=1), after.sum(axis=1)) > around * HEARD
    result[at] = np.where(heard, 1 - (before * after).sum(axis=1) / np.maximum(norms, _TINY), 0)
    return result


def _spoken(speech: NDArray[np.float64], frame_s: Seconds) -> list[tuple[int, int]]:
    edges = np.diff(np.concatenate(([0], (speech > SPOKEN).astype(int), [0])))
    runs: list[tuple[int, int]] = []
    for start, stop in zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True):
        if runs and (start - runs[-1][1]) * frame_s < BREATH_S:
            runs[-1] = (runs[-1][0], stop)
        else:
            runs.append((start, stop))
    return [run for run in runs if (run[1] - run[0]) * frame_s >= BREATH_S]


def _cuts(change: NDArray[np.float64], offset: int, frame_s: Seconds) -> list[int]:
    """Peaks of change, the highest first, none within `AROUND_S` of a higher one; in order."""
    left, around, edge = change.copy(), round(AROUND_S / frame_s), round(EDGE_S / frame_s)
    cuts = []
    while left.size and left.max() > CHANGED:
        peak = int(left.argmax())
        if edge <= peak < len(left) - edge:
            cuts.append(offset + peak)
        left[max(0, peak - around) : peak + around] = 0
    return sorted(cuts)


def _pairs(local: LocalVoices, pieces: Sequence[Stretch]) -> Iterator[tuple[int, int, float]]:
    """Each pair that a window holds, and the probability that it gives the pair of being one voice."""
    starts = np.array([start for start, _end in pieces])
    for activity, window in zip(local.activity, local.starts_s, strict=True):
        first, last = np.searchsorted(starts, (float(window), float(window) + local.window_s))
        inside = range(int(first), int(last))
        shares = {index: _share(activity, float(window), local, pieces[index]) for index in inside}
        heard = [(index, share) for index, share in shares.items() if share is not None]
        for (one, mine), (other, theirs) in combinations(heard, 2):
            if pieces[other][0] - pieces[one][0] <= REACH_S:
                yield one, other, float(mine @ theirs)


def _share(
    activity: NDArray[np.float32], window_start_s: Seconds, local: LocalVoices, piece: Stretch
) -> NDArray[np.float32] | None:
    """What part each local voice has in a piece; `None` where the window cuts it off or hears too little of it."""
    start_s, end_s = piece
    if end_s > window_start_s + local.window_s:
        return None
    first = int((start_s - window_start_s) / local.frame_s)
    mean = activity[first : max(first + 1, int((end_s - window_start_s) / local.frame_s))].mean(axis=0)
    return np.asarray(mean / mean.sum()) if mean.sum() > HEARD else None
