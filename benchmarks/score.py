"""`qm bench score`: how many contacts are scored a second, beside spaCy's matchers on the same phrases in the same run.

Times are of one process's own seconds on the processor, so that other work on the machine counts as little as can be;
ours and the peer's rounds take turns, and the median round is told. Growth is told as an exponent: 1 where twice as
much takes twice as long (slope of log time over log size, least squares).
"""

import gc
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.score_peer import make_peer
from benchmarks.score_sets import Item, made_items, made_pack
from pipelines.commands.context import CommandContext, emit_json
from qm.analysis.phrase_book import PhraseBook
from qm.analysis.word_stream import stream_of_turns
from qm.config import REPOSITORY
from qm.domain.evaluation import Answer, CriterionAnswer
from qm.domain.text import Language
from qm.domain.transcript import Role
from qm.rules.aggregate import score_form
from qm.rules.conditions import Say
from qm.rules.engine import answer_form
from qm.rules.pack import Pack
from qm.rules.rule_book import parts_of
from qm.rules.scene import Scene, Thresholds
from qm.services.scoring import evaluate

CRITERIA = 40
TURNS = 120
LENGTHS = (60, 120, 240, 480)
PARTS = (0.25, 0.5, 1.0, 2.0)
"""Of the phrases; the second half of twice as many are the same phrases with other words at the end."""
TARGET = 200.0
"""Transcripts a second on one core."""
TARGET_RATIO = 4.0
MOST_COUNTED = 100
"""Transcripts whose answers are counted."""
GROWTH_ITEMS = 24
"""Transcripts for each size of the growth measurements."""


@dataclass(frozen=True)
class Setup:
    """What is timed."""

    pack: Pack
    says: tuple[Say, ...]
    items: tuple[Item, ...]
    rounds: int


def main(context: CommandContext, *, count: int, rounds: int, seed: int, with_peer: bool, as_json: bool) -> None:
    """Run and print."""
    pack = made_pack(context.wiring.packs, CRITERIA)
    says = tuple(dict.fromkeys(say for rule in pack.rules for say in parts_of(rule, Say)))
    setup = Setup(pack, says, made_items(REPOSITORY, count, TURNS, seed), rounds)
    figures = _sizes(setup) | _speed(setup, with_peer, context) | _growth(setup, seed)
    if as_json:
        emit_json(Bench("score", machine(), figures))
        return
    for label, figure in figures.items():
        context.out.print(figure_line(label, figure), markup=False)


def _sizes(setup: Setup) -> dict[str, BenchFigure]:
    figures = {"criteria": BenchFigure(len(setup.pack.rules), "rules", len(setup.pack.rules), target=str(CRITERIA))}
    for language in Language:
        lists = {
            phrase for say in setup.says for code, phrases in say.phrases if code is language for phrase in phrases
        }
        wordings = sum(len(each.patterns) for each in {say.compiled[language] for say in setup.says})
        figures[f"phrases/{language}"] = BenchFigure(len(lists), f"phrases, {wordings} wordings", len(lists))
    answers = [answer for item in setup.items[:MOST_COUNTED] for answer in _answers(item, setup.pack)]
    applied = sum(answer.answer is not Answer.NOT_APPLICABLE for answer in answers)
    figures["applied"] = BenchFigure(applied / len(answers), "of all answers aren't 'not applicable'", len(answers))
    words = [sum(len(turn.words) for turn in item.transcript.turns) for item in setup.items]
    figures["words"] = BenchFigure(statistics.mean(words), "words a transcript", len(words))
    return figures


def _speed(setup: Setup, with_peer: bool, context: CommandContext) -> dict[str, BenchFigure]:
    """Scoring, whole evaluations and the peer, in turns."""
    peer = _peer(setup) if with_peer else None
    works: dict[str, Callable[[], None]] = {"score": partial(_score_all, setup.items, setup.pack)}
    works["evaluate"] = partial(_evaluate_all, setup)
    if peer is not None:
        works["spacy"] = peer
    elif with_peer:
        context.errors.print("spaCy isn't installed: no peer (pip install spacy)")
    taken = _rounds(works, setup.rounds)
    per_second = {name: [len(setup.items) / seconds for seconds in times] for name, times in taken.items()}
    figures = {}
    for name, rates in per_second.items():
        target = f">= {TARGET:g}" if name == "score" else ""
        figures[f"{name}/speed"] = BenchFigure(
            statistics.median(rates), "transcripts/s", len(setup.items), min(rates), max(rates), target,
            f"median of {len(rates)} rounds, range in brackets",
        )  # fmt: skip
    if peer is not None:
        ratios = [ours / theirs for ours, theirs in zip(per_second["score"], per_second["spacy"], strict=True)]
        figures["score/ratio"] = BenchFigure(
            statistics.median(ratios), "times as fast", len(ratios), min(ratios), max(ratios), f">= {TARGET_RATIO:g}",
            "spaCy PhraseMatcher + Matcher, finding only, part of the same wordings",
        )  # fmt: skip
    return figures


def _rounds(works: dict[str, Callable[[], None]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each round by what was done; the first round warms up and isn't counted."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    # What lives as long as the process is not gone through again and again while rounds are timed.
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for name, work in works.items():
            taken[name].append(_timed(work))
    gc.unfreeze()
    return taken


def _timed(work: Callable[[], None]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _answers(item: Item, pack: Pack) -> tuple[CriterionAnswer, ...]:
    return answer_form(pack, Scene(item.contact, item.transcript, item.signals, Thresholds()))


def _score_all(items: Sequence[Item], pack: Pack) -> None:
    for item in items:
        scene = Scene(item.contact, item.transcript, item.signals, Thresholds())
        score_form(pack.form, answer_form(pack, scene))


def _evaluate_all(setup: Setup) -> None:
    for item in setup.items:
        evaluate(item.contact, item.transcript, item.signals, setup.pack, Thresholds())


def _peer(setup: Setup) -> Callable[[], None] | None:
    """The peer looks for the agent's phrases in the agent's words and for the others' in all words."""
    parties = {role_set for say in setup.says for role_set in [say.roles]}
    searches = {}
    for roles in parties:
        sets = {language: {say.compiled[language] for say in setup.says if say.roles == roles} for language in Language}
        patterns = {language: [p for each in own for p in each.patterns] for language, own in sets.items()}
        searches[roles] = make_peer(patterns)
    if any(search is None for search in searches.values()):
        return None

    def work() -> None:
        for item in setup.items:
            turns, language = item.transcript.turns, Language(item.transcript.language)
            for roles, search in searches.items():
                stream = stream_of_turns(turns, [at for at, turn in enumerate(turns) if turn.role in roles])
                if search is not None:
                    search(stream, language)

    return work


def _growth(setup: Setup, seed: int) -> dict[str, BenchFigure]:
    by_length = {}
    for turns in LENGTHS:
        items = made_items(REPOSITORY, GROWTH_ITEMS, turns, seed)
        by_length[float(turns)] = _least(partial(_score_all, items, setup.pack)) / len(items)
    by_phrases = {}
    for part in PARTS:
        books = _part_of(setup, part)
        by_phrases[part] = _least(partial(_find_all, setup.items[:GROWTH_ITEMS], books)) / GROWTH_ITEMS
    figures = _steps("length", by_length, "turns") | _steps("phrases", by_phrases, "of the phrases")
    figures["length/exponent"] = BenchFigure(_exponent(by_length), "(1 is linear)", GROWTH_ITEMS, target="<= 1.1")
    figures["phrases/exponent"] = BenchFigure(_exponent(by_phrases), "(1 is linear)", GROWTH_ITEMS, target="< 1")
    return figures


def _steps(name: str, taken: dict[float, float], unit: str) -> dict[str, BenchFigure]:
    return {
        f"{name}/{size:g}": BenchFigure(1000 * seconds, f"ms a transcript at {size:g} {unit}", GROWTH_ITEMS)
        for size, seconds in taken.items()
    }


def _least(work: Callable[[], None], rounds: int = 3) -> float:
    work()
    return min(_timed(work) for _ in range(rounds))


def _exponent(taken: dict[float, float]) -> float:
    """Least-squares slope of log seconds over log size."""
    points = [(math.log(size), math.log(seconds)) for size, seconds in taken.items()]
    mean_x, mean_y = (statistics.mean(each) for each in zip(*points, strict=True))
    slope: float = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _y in points)
    return slope


def _part_of(setup: Setup, part: float) -> dict[Language, PhraseBook]:
    """All phrases of a language in one book, or a part of them."""
    books = {}
    for language in Language:
        phrases = sorted({phrase for say in setup.says for phrase in dict(say.phrases)[language]})
        own = phrases[:: round(1 / part)] if part <= 1 else [*phrases, *(f"{phrase} davvero" for phrase in phrases)]
        classes = setup.says[0].classes
        say = Say(frozenset(Role), tuple((each, tuple(own)) for each in Language), classes=_all_classes(setup, classes))
        books[language] = PhraseBook([say.compiled[language]], language)
    return books


def _all_classes(setup: Setup, first: tuple[tuple[str, frozenset[str]], ...]) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple(sorted({**dict(first), **{name: words for say in setup.says for name, words in say.classes}}.items()))


def _find_all(items: Sequence[Item], books: dict[Language, PhraseBook]) -> None:
    for item in items:
        turns = item.transcript.turns
        books[Language(item.transcript.language)].search(stream_of_turns(turns, range(len(turns))), frozenset())
