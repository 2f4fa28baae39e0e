"""`qm bench asr`: word errors and speed on real recordings, beside its peers in the same run on the same weights.

Decoding the files isn't timed for anybody; finding speech, features, recognition and word times are. Rates are pooled
over files, with 95 % bootstrap intervals over files. Languages are given to all.
"""

from collections.abc import Mapping, Sequence

from benchmarks.asr_figures import set_figures
from benchmarks.asr_peers import OURS, PEERS, TranscriberParty, make_peer
from benchmarks.asr_runs import run_set
from benchmarks.asr_sets import load_set, set_names
from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.reliability import JudgedWord, judge_items, recalibrated, reliability_figures
from pipelines.commands.context import CommandContext, emit_json
from qm.errors import InputError

SETS = set_names()
DEFAULT_SETS = ("harpervalley",)
DEFAULT_PEERS = ("sequential", "batched")
PRINTED_FILES = 20
"""Sets of more files are printed without their files, which stand in the JSON."""


def main(
    context: CommandContext,
    *,
    sets: Sequence[str] = DEFAULT_SETS,
    peers: Sequence[str] = DEFAULT_PEERS,
    repeats: int = 3,
    limit: int | None = None,
    openai_items: int = 1,
    seed: int = 1,
    as_json: bool = False,
) -> None:
    """Run all sets and print.

    Args:
        sets: of `SETS`; degraded copies are sets of their own (`carlo-mulaw`, `carlo-mp3`).
        peers: of `benchmarks.asr_peers.PEERS`.
        repeats: rounds; the median is reported.
        limit: recordings a set, drawn with `seed`; all where not given.
        openai_items: recordings that openai-whisper gets, being many times slower.
    """
    _check(sets, peers)
    ours = TranscriberParty(OURS, context.wiring.engine)
    ours.warm_up()  # fetches the weights that the peers use too
    rivals = [make_peer(name, context.settings) for name in peers]
    figures: dict[str, BenchFigure] = {}
    judged: list[JudgedWord] = []
    sizes: dict[str, int] = {}
    for name in sets:
        items = load_set(name, limit=limit, seed=seed)
        say = context.errors.print
        runs = run_set(name, items, ours, rivals, repeats=repeats, openai_items=openai_items, say=say)
        figures |= set_figures(runs, seed)
        sizes[name] = len(runs.items)
        judged.extend(judge_items(runs.items, runs.ours.heard, name))
    figures |= reliability_figures(judged, "confidence/as_recognised")
    figures |= reliability_figures(recalibrated(judged, context.settings.model), "confidence/calibrated")
    if as_json:
        emit_json(Bench("asr", machine(), figures))
        return
    _print(context, figures, sizes)


def _check(sets: Sequence[str], peers: Sequence[str]) -> None:
    """Wrong names are told before anything is loaded."""
    for name in sets:
        if name not in SETS:
            raise InputError("bench.unknown_set", f"no set '{name}'", f"known: {', '.join(SETS)}")
    for name in peers:
        if name not in PEERS:
            raise InputError("bench.unknown_peer", f"no peer '{name}'", f"known: {', '.join(PEERS)}")


def _print(context: CommandContext, figures: Mapping[str, BenchFigure], sizes: Mapping[str, int]) -> None:
    for label, figure in figures.items():
        name, *rest = label.split("/")
        if len(rest) >= 3 and sizes.get(name, 0) > PRINTED_FILES:
            continue
        context.out.print(figure_line(label, figure), markup=False)
