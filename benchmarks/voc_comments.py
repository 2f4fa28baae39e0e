"""Are planted themes found again, are real requests told apart, and is sentiment read right? And how fast.

Planted: `benchmarks.comment_mixture`. Real requests: customers' turns of MultiDoGO (six domains, intents by people).
Sentiment: the outcomes of STAR, where customers who didn't get what they wanted are set against those who did;
sentences of our own (`benchmarks.comment_sentences`); and, where `REVIEW_SENTENCES` names the file, 3,708 review
sentences that 20 people rated each (`amazonReviewSnippets_GroundTruth.txt` in the source package vaderSentiment 3.3.2:
Hutto and Gilbert 2014).
"""

import csv
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from benchmarks.comment_mixture import make_comments
from benchmarks.comment_sentences import SENTENCES
from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from pipelines.commands.context import CommandContext, emit_json
from qm.analysis.estimate_quality import wilson
from qm.analysis.voc.find_themes import LIKE_BY_MEANING, LIKE_BY_WORDS, find_themes, vectors_of_words
from qm.analysis.voc.gather_comments import gather_comments
from qm.analysis.voc.learn_sentiment import SentimentModel, fit_sentiment, settle_reading
from qm.analysis.voc.read_sentiment import read_sentiment
from qm.analysis.voc.report_themes import Meanings, ReportOptions, distinct_statements, report_themes
from qm.analysis.voc.sentiment_examples import EXAMPLES
from qm.analysis.voc.split_comment import split_statements
from qm.domain.comment import Sentiment
from qm.domain.figures import Count
from qm.domain.text import Language
from qm.ports import SentenceEncoder

SHARED = Path(os.environ.get("QM_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
DOMAINS = ("airline", "fastfood", "finance", "insurance", "media", "software")
NO_TOPIC = frozenset(["contentonly", "outofdomain", "confirmation", "rejection", "startserviceintent", ""])
"""Intents of MultiDoGO that say what a turn does, not what it is about."""
LEAST_WORDS, LEAST_TURNS = 6, 25
MANY = 10_000
TOLD = (Sentiment.POSITIVE, Sentiment.NEGATIVE)
Figures = dict[str, BenchFigure]


def main(context: CommandContext, *, repetitions: int, seed: int, as_json: bool) -> Bench:
    """Measure and print; `repetitions` isn't used: nothing here is a simulation of intervals."""
    del repetitions
    encoder = context.wiring.encoder
    encoder.warm_up()
    model = fit_sentiment(encoder.encode([text for text, _lang, _label in EXAMPLES]), [row[2] for row in EXAMPLES])
    figures = {
        **_planted(encoder, seed), **_requests(encoder), **_sentences(encoder, model),
        **_outcomes(encoder, model), **_reviews(encoder, model), **_speed(encoder, model, seed),
    }  # fmt: skip
    bench = Bench("voc_comments", machine(), figures)
    if as_json:
        emit_json(bench)
    else:
        for label, figure in figures.items():
            print(figure_line(label, figure))
    return bench


def _planted(encoder: SentenceEncoder, seed: int) -> Figures:
    """Statements of planted themes: are those of a theme together, and those of none left out?"""
    texts, truth = [], []
    for made in make_comments(1500, seed):
        for at, text in enumerate(split_statements(made.text)):
            texts.append(text)
            truth.append(made.themes[at] if made.themes else "")
    different, rows = np.unique(np.array(texts, dtype=object), return_inverse=True)
    counts = np.bincount(rows)
    figures: Figures = {}
    for method, vectors, like in (
        ("meaning", encoder.encode(different.tolist()), LIKE_BY_MEANING),
        ("words", vectors_of_words(different.tolist()), LIKE_BY_WORDS),
    ):
        labels = find_themes(vectors, counts, like, 10)[rows]
        figures |= _grouping(f"planted, by {method}", np.array(truth), labels)
    return figures


def _requests(encoder: SentenceEncoder) -> Figures:
    """Real customers' turns: are those that people gave the same intent together?"""
    pairs = [(text, intent) for text, intent in _multidogo() if len(text.split()) >= LEAST_WORDS]
    common = Counter(intent for _text, intent in pairs)
    kept = [(text, intent) for text, intent in pairs if common[intent] >= LEAST_TURNS]
    if not kept:
        return {}
    texts, truth = [text for text, _intent in kept], np.array([intent for _text, intent in kept])
    ones = np.ones(len(texts), dtype=np.int64)
    figures: Figures = {}
    for method, vectors, like in (
        ("meaning", encoder.encode(texts), LIKE_BY_MEANING),
        ("words", vectors_of_words(texts), LIKE_BY_WORDS),
    ):
        figures |= _grouping(f"MultiDoGO, by {method}", truth, find_themes(vectors, ones, like, 10))
    return figures


def _grouping(name: str, truth: NDArray[Any], labels: NDArray[np.int64]) -> Figures:
    """Adjusted Rand index (Hubert and Arabie 1985) over what has a topic, purity of the themes, what they hold."""
    topical = truth != ""
    inside = topical & (labels >= 0)
    pure = sum(max(Counter(truth[labels == theme]).values()) for theme in range(labels.max(initial=-1) + 1))
    held = Count(int(inside.sum()), int(topical.sum()))
    stray = Count(int((labels[~topical] < 0).sum()), int((~topical).sum()))
    rand = round(float(adjusted_rand_score(truth[topical], labels[topical])), 3)
    peer = f"{len(set(truth[topical]))} topics, {labels.max(initial=-1) + 1} themes"
    figures = {
        f"{name}: adjusted Rand": BenchFigure(rand, "", held.n, peer=peer),
        f"{name}: purity": _share(Count(int(pure), int((labels >= 0).sum()))),
        f"{name}: in a theme": _share(held),
    }
    if stray.n:
        figures[f"{name}: strays left out"] = _share(stray)
    return figures


def _sentences(encoder: SentenceEncoder, model: SentimentModel) -> Figures:
    """Own sentences that no list and no example was made from."""
    figures: Figures = {}
    for language in Language:
        rows = [(text, label) for text, lang, label in SENTENCES if lang is language]
        vectors = encoder.encode([text for text, _label in rows])
        by_words = [read_sentiment(text, language) for text, _label in rows]
        by_both = [settle_reading(r, model, vectors[at : at + 1]) for at, r in enumerate(by_words)]
        for way, readings in (("words alone", by_words), ("words, then meaning", by_both)):
            pairs = [(reading.sentiment, label) for reading, (_text, label) in zip(readings, rows, strict=True)]
            figures |= _judged(f"own sentences ({language.value}), {way}", pairs)
    return figures


def _outcomes(encoder: SentenceEncoder, model: SentimentModel) -> Figures:
    """STAR: of customers' turns read as praise or complaint on balance, how many end as the customer then says?"""
    pairs = []
    for said, got_it in _star():
        readings = [read_sentiment(text, Language.ENGLISH) for text in said]
        vectors = encoder.encode(said)
        told = [settle_reading(r, model, vectors[at : at + 1]).sentiment for at, r in enumerate(readings)]
        balance = told.count(Sentiment.POSITIVE) - told.count(Sentiment.NEGATIVE)
        read = Sentiment.NEUTRAL if balance == 0 else Sentiment.POSITIVE if balance > 0 else Sentiment.NEGATIVE
        pairs.append((read, Sentiment.POSITIVE if got_it else Sentiment.NEGATIVE))
    return _judged("STAR, last four turns against outcome", pairs) if pairs else {}


def _reviews(encoder: SentenceEncoder, model: SentimentModel) -> Figures:
    """Sentences of reviews against the mean of twenty raters (-4..4); between -0.5 and 0.5 they praise nothing."""
    path = os.environ.get("REVIEW_SENTENCES", "")
    if not path:
        return {}
    rows = [line.split("\t") for line in Path(path).read_text(encoding="latin-1").splitlines()]
    texts = [row[2] for row in rows]
    labels = [_rated(float(row[1])) for row in rows]
    vectors = encoder.encode(texts)
    words = [read_sentiment(text, Language.ENGLISH) for text in texts]
    both = [settle_reading(r, model, vectors[at : at + 1]) for at, r in enumerate(words)]
    figures: Figures = {}
    for way, readings in (("words alone", words), ("words, then meaning", both)):
        pairs = [(reading.sentiment, label) for reading, label in zip(readings, labels, strict=True)]
        figures |= _judged(f"reviews, {way}", pairs)
    return figures | _vader(texts, labels)


def _vader(texts: list[str], labels: list[Sentiment]) -> Figures:
    """VADER beside it, where it's installed."""
    try:
        vader = import_module("vaderSentiment.vaderSentiment")
    except ImportError:
        return {}
    analyser = vader.SentimentIntensityAnalyzer()
    scores = [analyser.polarity_scores(text)["compound"] for text in texts]
    return _judged("reviews, VADER", [(_rated(10 * score), label) for score, label in zip(scores, labels, strict=True)])


def _rated(value: float) -> Sentiment:
    if abs(value) <= 0.5:
        return Sentiment.NEUTRAL
    return Sentiment.POSITIVE if value > 0 else Sentiment.NEGATIVE


def _judged(name: str, pairs: list[tuple[Sentiment, Sentiment]]) -> Figures:
    right = Count(sum(read is label for read, label in pairs), len(pairs))
    valued = [(read, label) for read, label in pairs if label in TOLD]
    told = [(read, label) for read, label in valued if read in TOLD]
    return {
        f"{name}: right of all": _share(right),
        f"{name}: told of praise and complaint": _share(Count(len(told), len(valued))),
        f"{name}: right where told": _share(Count(sum(read is label for read, label in told), len(told))),
    }


def _speed(encoder: SentenceEncoder, model: SentimentModel, seed: int) -> Figures:
    """Ten thousand comments from table to report; encoding is timed apart."""
    import pandas as pd

    made = make_comments(MANY, seed, stray=0.3)
    # Each with a number of its own, so that no two are the same and nothing is remembered.
    texts = [f"{comment.text} {at}" for at, comment in enumerate(made)]
    surveys = pd.DataFrame({
        "response_id": [f"R{at}" for at in range(MANY)], "contact_id": "", "comment": texts, "nps": np.nan,
        "answered_at": pd.Timestamp("2026-03-01", tz="UTC"),
    })  # fmt: skip
    begun, begun_cpu = time.perf_counter(), time.process_time()
    corpus = gather_comments(surveys, pd.DataFrame({"contact_id": []}, dtype=object), Language.ITALIAN)
    different, rows = distinct_statements(corpus)
    gathered, gathered_cpu = time.perf_counter(), time.process_time()
    vectors = encoder.encode(different)
    encoded, encoded_cpu = time.perf_counter(), time.process_time()
    options = ReportOptions("comments", "2026-03-01T00:00:00", "", "", 5, 20)
    report_themes(corpus, Meanings(different, rows, vectors, "meaning", model), options)
    rest = time.perf_counter() - encoded + gathered - begun
    rest_cpu = time.process_time() - encoded_cpu + gathered_cpu - begun_cpu
    rate, rate_cpu = (len(different) / spent for spent in (encoded - gathered, encoded_cpu - gathered_cpu))
    return {
        "10,000 comments, but for encoding": BenchFigure(
            round(rest, 1), "s", MANY, target="<= 60", peer=f"{rest_cpu:.1f} s of processor time"
        ),
        "encoding": BenchFigure(
            round(rate, 1), "statements/s", len(different), peer=f"{rate_cpu:.0f} a second of processor time"
        ),
    }


def _share(count: Count) -> BenchFigure:
    lo, hi = wilson(count)
    return BenchFigure(round(count.hits / count.n, 3) if count.n else 0.0, "", count.n, round(lo, 3), round(hi, 3))


def _multidogo() -> Iterator[tuple[str, str]]:
    folder = SHARED / "text" / "multidogo" / "paper_splits" / "splits_annotated_at_turn_level"
    for domain in DOMAINS:
        path = folder / domain / "dev.tsv"
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as lines:
                for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                    intent = row["intent"] or ""
                    if intent not in NO_TOPIC and " " not in intent and "<" not in intent:
                        yield row["utterance"] or "", intent


def _star() -> Iterator[tuple[list[str], bool]]:
    """A customer's last four turns, and whether the customer says that the wish was fulfilled."""
    for path in sorted((SHARED / "text" / "star" / "dialogues").glob("*.json")):
        dialogue = json.loads(path.read_text(encoding="utf-8"))
        asked = [q["Answer"] for q in dialogue["UserQuestionnaire"] if "calm and helpful" not in q["Question"]]
        said = [event["Text"] for event in dialogue["Events"] if event.get("Agent") == "User" and event.get("Text")]
        if asked and said:
            yield said[-4:], all(asked)
