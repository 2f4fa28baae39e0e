"""Interleaved runs: each peer, then ours, and again, so that a busy moment of the machine falls on both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from benchmarks.asr_peers import OPENAI, Heard, Party
from benchmarks.asr_sets import Item
from qm.units import Seconds


@dataclass(frozen=True)
class PartyRuns:
    """All runs of one party over a set.

    Attributes:
        items: what it heard; fewer than the set's where it is too slow for all.
        heard: words of its first run.
        seconds: wall time of each run.
        steady: every run gave the same words.
    """

    name: str
    items: tuple[Item, ...]
    heard: tuple[Heard, ...]
    seconds: tuple[Seconds, ...]
    steady: bool

    @property
    def audio_s(self) -> Seconds:
        """Length of the recordings; a call of two channels counts once."""
        return sum(item.duration_s for item in self.items)

    @property
    def speed(self) -> float:
        """Call-seconds a second, from the median run."""
        return self.audio_s / median(self.seconds)


@dataclass(frozen=True)
class SetRuns:
    """A set as heard by all.

    Attributes:
        ratios: of each peer, how many times as fast ours was in the run that followed the peer's.
    """

    name: str
    items: tuple[Item, ...]
    ours: PartyRuns
    peers: tuple[PartyRuns, ...]
    ratios: dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class _Run:
    heard: tuple[Heard, ...]
    seconds: Seconds


def run_set(
    name: str,
    items: Sequence[Item],
    ours: Party,
    peers: Sequence[Party],
    *,
    repeats: int,
    openai_items: int,
    say: Callable[[str], object],
    clock: Callable[[], float] = perf_counter,
) -> SetRuns:
    """Warm everybody up on the first recording, then run `repeats` rounds of peer, ours, next peer, ours.

    Without peers ours runs alone.

    Args:
        openai_items: how many recordings openai-whisper gets; its speed is scaled by their length.
    """
    if not items:
        raise ValueError(f"items: '{name}' holds no recordings")
    for party in (ours, *peers):
        party.warm_up()
        party.recognise(items[:1])
    shares = {peer.name: tuple(items[:openai_items] if peer.name == OPENAI else items) for peer in peers}
    runs: dict[str, list[_Run]] = {party.name: [] for party in (ours, *peers)}
    ratios: dict[str, list[float]] = {peer.name: [] for peer in peers}
    for round_number in range(1, repeats + 1):
        for peer in peers:
            say(f"{name}: round {round_number} of {repeats}, {peer.name} then {ours.name} ...")
            theirs = _timed(peer, shares[peer.name], clock)
            mine = _timed(ours, items, clock)
            runs[peer.name].append(theirs)
            runs[ours.name].append(mine)
            ratios[peer.name].append(_speed(items, mine) / _speed(shares[peer.name], theirs))
        if not peers:
            say(f"{name}: round {round_number} of {repeats} ...")
            runs[ours.name].append(_timed(ours, items, clock))
    found = {
        party.name: _party_runs(party.name, shares.get(party.name, tuple(items)), runs) for party in (ours, *peers)
    }
    return SetRuns(
        name,
        tuple(items),
        found[ours.name],
        tuple(found[peer.name] for peer in peers),
        {peer: tuple(values) for peer, values in ratios.items()},
    )


def _timed(party: Party, items: Sequence[Item], clock: Callable[[], float]) -> _Run:
    began = clock()
    heard = party.recognise(items)
    return _Run(heard, clock() - began)


def _speed(items: Sequence[Item], run: _Run) -> float:
    return sum(item.duration_s for item in items) / run.seconds


def _party_runs(name: str, items: tuple[Item, ...], runs: dict[str, list[_Run]]) -> PartyRuns:
    own = runs[name]
    words = [[[[word.text for word in c] for c in heard] for heard in run.heard] for run in own]
    return PartyRuns(
        name, items, own[0].heard, tuple(run.seconds for run in own), all(each == words[0] for each in words)
    )
