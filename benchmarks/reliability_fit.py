"""Fit the map of `qm.analysis.calibrate_words` and say what it does on files that it hasn't seen."""

import argparse
import json
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.asr_peers import BATCHED, OURS, Heard, Party, TranscriberParty, make_peer
from benchmarks.asr_sets import load_set
from benchmarks.reliability import JudgedWord, brier_score, calibration_error, judge_items, reliability_bins
from pipelines.commands.context import CommandContext
from qm.analysis.calibrate_words import SURE, BetaMap
from qm.analysis.estimate_quality import wilson
from qm.domain.transcript import Word

SETS = ("harpervalley", "carlo", "fleurs")
FOLDS = 5
START = (1.0, 1.0, 0.0)
"""The map that changes nothing."""


def fit(judged: Sequence[JudgedWord]) -> BetaMap:
    """Parameters of highest likelihood, `rise` and `fall` held at 0 or above.

    Raises:
        ValueError: all words are right, or all wrong: nothing to learn from.
    """
    right = np.array([word.right for word in judged], dtype=float)
    if not 0 < right.sum() < len(right):
        raise ValueError("judged: right and wrong words are needed")
    p = np.clip([word.confidence for word in judged], SURE, 1 - SURE)
    features = np.stack([np.log(p), -np.log1p(-p), np.ones_like(p)])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        log_odds = weights @ features
        gradient = features @ (1 / (1 + np.exp(-log_odds)) - right) / len(right)
        return float(np.mean(np.logaddexp(0, log_odds) - right * log_odds)), gradient

    bounds = ((0, None), (0, None), (None, None))
    found = minimize(loss, np.array(START), jac=True, bounds=bounds, method="L-BFGS-B")
    rise, fall, shift = (round(float(weight), 4) for weight in found.x)
    return BetaMap(rise, fall, shift)


def held_out(judged: Sequence[JudgedWord], folds: int = FOLDS, seed: int = 1) -> tuple[JudgedWord, ...]:
    """Each word under a map fitted without its file; whole files go to a fold."""
    files = sorted({word.file for word in judged})
    random.Random(seed).shuffle(files)
    fold_of = {file: index % folds for index, file in enumerate(files)}
    maps = [fit([word for word in judged if fold_of[word.file] != fold]) for fold in range(folds)]
    return tuple(replace(word, confidence=maps[fold_of[word.file]].apply(word.confidence)) for word in judged)


def held_out_by_corpus(judged: Sequence[JudgedWord]) -> dict[str, tuple[JudgedWord, ...]]:
    """Each corpus under a map fitted on the others alone: what to expect of audio of another kind."""
    corpora = sorted({word.file.split("/")[0] for word in judged})
    found = {}
    for corpus in corpora:
        own = [word for word in judged if word.file.startswith(f"{corpus}/")]
        learned = fit([word for word in judged if not word.file.startswith(f"{corpus}/")])
        found[corpus] = tuple(replace(word, confidence=learned.apply(word.confidence)) for word in own)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Recognise (or read the words of an earlier run), judge, and print."""
    options = _options(arguments)
    context = CommandContext.open()
    kept: dict[str, list[Heard]] = _read(options.words)
    judged: list[JudgedWord] = []
    for name in options.sets:
        items = load_set(name, limit=options.limit)
        if name not in kept:
            context.errors.print(f"recognising {len(items)} recordings of {name} ...")
            kept[name] = list(_party(options.engine, context).recognise(items))
            _write(options.words, kept)
        judged.extend(judge_items(items, kept[name], name))
    _print_curve(judged)
    if options.fit:
        _print_fit(judged, context.settings.model, options.engine)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description=__doc__)
    parser.add_argument("--fit", action="store_true", help="fit the map and print its parameters")
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--limit", type=int, help="recordings a set, drawn at random")
    parser.add_argument("--engine", choices=(OURS, BATCHED), default=OURS)
    parser.add_argument("--words", type=Path, help="file of recognised words: read where it exists, else written")
    return parser.parse_args(arguments)


def _party(name: str, context: CommandContext) -> Party:
    if name == OURS:
        return TranscriberParty(OURS, context.wiring.engine)
    context.wiring.engine.warm_up()  # fetches the weights
    context.wiring.engine.close()
    return make_peer(name, context.settings)


def _read(path: Path | None) -> dict[str, list[Heard]]:
    if path is None or not path.is_file():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: [tuple(tuple(Word(**word) for word in channel) for channel in heard) for heard in recordings]
        for name, recordings in stored.items()
    }


def _write(path: Path | None, kept: Mapping[str, Sequence[Heard]]) -> None:
    if path is None:
        return
    plain = {
        name: [[[asdict(word) for word in channel] for channel in heard] for heard in recordings]
        for name, recordings in kept.items()
    }
    path.write_text(json.dumps(plain), encoding="utf-8")


def _print_curve(judged: Sequence[JudgedWord]) -> None:
    for one in reliability_bins(judged):
        lo, hi = wilson(one.right)
        share = one.right.hits / one.right.n
        print(
            f"{one.low:.1f}-{one.high:.1f}  n={one.right.n:<6} mean confidence {one.confidence:.3f}"
            f"  right {share:.3f} [{lo:.3f}, {hi:.3f}]"
        )
    print(_line("as recognised", judged))


def _line(label: str, judged: Sequence[JudgedWord]) -> str:
    error, score = calibration_error(judged), brier_score(judged)
    files = len({word.file for word in judged})
    return f"{label}: calibration error {error or 0:.4f}, Brier {score or 0:.4f} (n={len(judged)} words, {files} files)"


def _print_fit(judged: Sequence[JudgedWord], model: str, engine: str) -> None:
    print(_line(f"held-out files, {FOLDS} folds", held_out(judged)))
    for corpus, others in held_out_by_corpus(judged).items():
        before = [word for word in judged if word.file.startswith(f"{corpus}/")]
        print(_line(f"{corpus}, as recognised", before))
        print(_line(f"{corpus}, fitted on the other corpora", others))
    parameters = fit(judged)
    files = len({word.file for word in judged})
    today = datetime.now(UTC).date().isoformat()
    sys.stdout.write(
        f"for qm/analysis/calibrate_words.py ({engine}, {len(judged)} words of {files} files, {today}):\n"
        f'    "{model}": BetaMap(rise={parameters.rise}, fall={parameters.fall}, shift={parameters.shift}),\n'
    )
