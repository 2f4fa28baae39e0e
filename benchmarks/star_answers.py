"""`qm bench answers`: trained answers against STAR's questionnaires, beside the majority and a TF-IDF peer.

Five folds by conversation. In each, our model is trained on the other four with its own cross-validation inside, so
that thresholds and calibration never saw the fold; the peer is fitted on the same contacts. Features were explored on
the same conversations under other splits (docs/answers.md says how much), the seed of this bench wasn't.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.asr_sets import shared_data
from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.star import StarAnswer, read_star
from pipelines.answers import make_encoder
from pipelines.commands.context import CommandContext, emit_json
from qm.analysis.bound_answers import lower_bound
from qm.analysis.describe_answers import Described, describe, texts_of
from qm.analysis.estimate_quality import wilson
from qm.analysis.fit_answers import folds_of
from qm.analysis.measure_talk import measure_talk
from qm.analysis.train_answers import DEFAULT_TARGET, FOLDS, decide, predict, train
from qm.domain.evaluation import Answer
from qm.domain.figures import Count
from qm.ports import SentenceEncoder

Floats = NDArray[np.float64]
SUREST = 0.6
REDRAWS = 5000
TARGETS = {"outcome": 0.95, "change": 0.90}
QUESTIONS = ("outcome", "change", "annoyed", "calm")


@dataclass(frozen=True)
class HeldOut:
    """One question's answers on held-out folds; probabilities of *met*, shape (n,), NaN where nothing was trained."""

    is_met: Floats
    ours: Floats
    peer: Floats
    given: tuple[Answer, ...]
    fold_of: NDArray[np.intp]
    reasons: tuple[str, ...]


def main(context: CommandContext, *, questions: Sequence[str], seed: int, as_json: bool) -> None:
    """Measure and print."""
    rows = read_star(shared_data() / "text" / "star")
    encoder = make_encoder(context.settings, context.wiring.progress)
    figures: dict[str, BenchFigure] = {}
    for question in questions:
        own = [row for row in rows if row.question == question]
        context.errors.print(f"{question}: {len(own)} answers", markup=False)
        described = [_described(row, encoder) for row in own]
        figures |= _figures(question, hold_out(own, described, seed), seed)
    if as_json:
        emit_json(Bench("answers", machine(), figures))
        return
    for name, figure in figures.items():
        context.out.print(figure_line(name, figure), markup=False)


def _described(row: StarAnswer, encoder: SentenceEncoder) -> Described:
    vectors = encoder.encode(texts_of(row.transcript))
    return describe(row.contact, row.transcript, measure_talk(row.transcript), vectors)


def hold_out(rows: Sequence[StarAnswer], described: Sequence[Described], seed: int) -> HeldOut:
    """Train and answer fold by fold."""
    is_met = np.array([float(row.is_met) for row in rows])
    groups = [row.contact.id for row in rows]
    ours, peer = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    given, reasons = [Answer.CANNOT_TELL] * len(rows), []
    fold_of = np.zeros(len(rows), dtype=np.intp)
    for number, (train_at, test_at) in enumerate(folds_of(is_met, groups, FOLDS, seed)):
        fold_of[test_at] = number
        peer[test_at] = peer_probabilities([rows[at] for at in train_at], [rows[at] for at in test_at])
        kept = [groups[at] for at in train_at]
        model, report = train("question", [described[at] for at in train_at], is_met[train_at], kept, seed=seed)
        reasons += list(report.reasons)
        if model is not None:
            ours[test_at] = [predict(model, described[at]) for at in test_at]
            for at in test_at:
                given[at] = decide(model, float(ours[at]))
    return HeldOut(is_met, ours, peer, tuple(given), fold_of, tuple(sorted(set(reasons))))


def peer_probabilities(known: Sequence[StarAnswer], asked: Sequence[StarAnswer]) -> Floats:
    """TF-IDF of words and pairs of the whole text, and logistic regression with balanced classes."""
    vectors = TfidfVectorizer(ngram_range=(1, 2))
    model = LogisticRegression(class_weight="balanced", max_iter=1000)
    model.fit(vectors.fit_transform([_text(row) for row in known]), [row.is_met for row in known])
    return np.asarray(model.predict_proba(vectors.transform([_text(row) for row in asked]))[:, 1])


def _text(row: StarAnswer) -> str:
    return " ".join(turn.text for turn in row.transcript.turns)


def _figures(question: str, found: HeldOut, seed: int) -> dict[str, BenchFigure]:
    met = int(found.is_met.sum())
    majority = Count(max(met, len(found.is_met) - met), len(found.is_met))
    figures = {f"{question}: right, majority answer": _shown(majority)}
    figures |= {
        f"{question}: right, peer": _shown(_right(found.peer, found.is_met, 1.0)),
        f"{question}: right on its surest 60 %, peer": _shown(_right(found.peer, found.is_met, SUREST)),
    }
    if np.isnan(found.ours).any():
        note = f"stays with people: {', '.join(found.reasons)}"
        figures[f"{question}: answered automatically"] = BenchFigure(0.0, "of contacts", len(found.is_met), peer=note)
        return figures
    target = f">= {TARGETS[question]}" if question in TARGETS else ""
    figures |= {
        f"{question}: right": _shown(_right(found.ours, found.is_met, 1.0), peer="beside majority and peer"),
        f"{question}: right on its surest 60 %": _shown(_right(found.ours, found.is_met, SUREST), target, "peer above"),
        f"{question}: surest 60 %, minus peer": _difference(found, seed),
    }
    return figures | _automatic(question, found)


def _automatic(question: str, found: HeldOut) -> dict[str, BenchFigure]:
    """Precision, recall and coverage of what would be answered without people."""
    given = np.array([answer.value for answer in found.given])
    is_given = given != Answer.CANNOT_TELL.value
    right = is_given & ((given == Answer.MET.value) == (found.is_met > 0.5))
    figures = {
        f"{question}: answered automatically": _shown(Count(int(is_given.sum()), len(given)), unit="of contacts")
    }
    both = Count(int(right.sum()), int(is_given.sum()))
    note = f"exact lower 97.5 % bound {lower_bound(both):.3f}"
    figures[f"{question}: precision, automatic"] = _shown(both, f">= {DEFAULT_TARGET}", note)
    for side, truth in ((Answer.MET, 1.0), (Answer.NOT_MET, 0.0)):
        ours, true = given == side.value, found.is_met == truth
        hits = int((ours & true).sum())
        figures[f"{question}: precision, {side.value}"] = _shown(Count(hits, int(ours.sum())))
        figures[f"{question}: recall, {side.value}"] = _shown(Count(hits, int(true.sum())))
    return figures


def _shown(count: Count, target: str = "", peer: str = "", unit: str = "share") -> BenchFigure:
    low, high = wilson(count)
    return BenchFigure(round(count.rate or 0.0, 4), unit, count.n, round(low, 4), round(high, 4), target, peer)


def _right(probabilities: Floats, is_met: Floats, share: float) -> Count:
    order = np.argsort(-np.abs(probabilities - 0.5), kind="stable")[: max(1, round(share * len(is_met)))]
    right = (probabilities[order] > 0.5) == (is_met[order] > 0.5)
    return Count(int(right.sum()), len(order))


def _difference(found: HeldOut, seed: int) -> BenchFigure:
    """Paired bootstrap over answers: both parties on the same redraw, each on its own surest part of it."""
    random = np.random.default_rng(seed)
    drawn = []
    for _redraw in range(REDRAWS):
        places = random.integers(0, len(found.is_met), len(found.is_met))
        ours, peer = (
            _right(party[places], found.is_met[places], SUREST).rate or 0.0 for party in (found.ours, found.peer)
        )
        drawn.append(ours - peer)
    ours, peer = (_right(party, found.is_met, SUREST).rate or 0.0 for party in (found.ours, found.peer))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return BenchFigure(
        round(ours - peer, 4), "share", len(found.is_met), round(float(low), 4), round(float(high), 4), "lo > 0 in one"
    )
