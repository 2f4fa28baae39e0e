"""`qm bench generative`: a real model on a real server, every answer that passes checked again by other code.

The model may be as bad as it likes: what is counted is whether an answer passes whose words nobody said, and whether
orders in the customer's mouth change an answer.
"""

import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Bench, BenchFigure, figure_line, machine
from benchmarks.generative_server import running
from benchmarks.generative_sets import Question, questions
from models.chat_endpoint_engine import ChatEndpointEngine
from pipelines.commands.context import CommandContext, emit_json
from pipelines.generative import make_responder
from qm.analysis.estimate_quality import wilson
from qm.domain.evaluation import Answer, CriterionAnswer, EvidenceKind
from qm.domain.figures import Count
from qm.domain.generative import Prompt, Reply, ServedModel
from qm.errors import EngineError
from qm.rules.loader import load_packs
from qm.services.generative import GenerativeAnswers
from qm.storage.generative_replies import FolderReplies

TELL_EVERY = 20
COMPANY = frozenset(["agent", "bot", "ivr"])


@dataclass
class Counting:
    """A responder that counts and times what goes through it."""

    inner: ChatEndpointEngine
    requests: int = 0
    seconds: float = 0.0

    def warm_up(self) -> ServedModel:
        """As the inner one."""
        return self.inner.warm_up()

    def close(self) -> None:
        """As the inner one."""
        self.inner.close()

    def respond(self, prompt: Prompt) -> Reply:
        """As the inner one, counted."""
        began = perf_counter()
        reply = self.inner.respond(prompt)
        self.requests += 1
        self.seconds += perf_counter() - began
        return reply


class CountingReplies(FolderReplies):
    """Replies in a folder; counts how many were wanted."""

    wanted = 0

    def get(self, key: str) -> Reply | None:
        """As in the folder, counted."""
        self.wanted += 1
        return super().get(key)


@dataclass
class Tally:
    """What the questions came to.

    Attributes:
        missing: passed with a quote that the independent check doesn't find.
        turned: answered otherwise when the customer gave orders.
        reached: requests that were sent only because of the orders.
    """

    asked: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    quotes: int = 0
    missing: list[str] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)
    reached: int = 0


def main(
    context: CommandContext,
    *,
    count: int,
    url: str,
    weights: Path | None,
    replies: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """Ask, check, print."""
    options = context.settings
    place = nullcontext(url) if url or weights is None else running(weights)
    with tempfile.TemporaryDirectory(prefix="qm-bench-") as scratch, place as address:
        if not address:
            hint = "give --url or --weights, see docs/generative.md"
            raise EngineError("bench.missing", "no generative server", hint)
        responder = Counting(make_responder(replace(options, generative_url=address), context.errors.print))
        store = CountingReplies(replies or Path(scratch), context.errors.print)
        answers = GenerativeAnswers.open(
            responder,
            store,
            options.generative_seed,
            options.generative_tokens,
            options.generative_words,
            context.errors.print,
        )
        context.errors.print(f"asking {answers.manifest.model.name or 'nobody'} at {address} ...")
        tally = Tally()
        drawn = questions(load_packs(options.rules), seed)
        while tally.asked < count:
            if _ask_one(next(drawn), answers, (store, responder), tally) and tally.asked % TELL_EVERY == 0:
                passed = tally.asked - tally.answers[Answer.CANNOT_TELL]
                context.errors.print(
                    f"{tally.asked} asked, {passed} passed, {len(tally.missing)} of them without proof"
                )
    figures = _figures(tally, responder)
    if as_json:
        emit_json(Bench("generative", machine(), figures))
        return
    for label, figure in figures.items():
        context.out.print(figure_line(label, figure), markup=False)
    for line in (*tally.missing, *tally.turned):
        context.out.print(f"  {line}", markup=False)


def _ask_one(
    question: Question, answers: GenerativeAnswers, counters: tuple[CountingReplies, Counting], tally: Tally
) -> bool:
    """True where the question counts: the model was asked, now or in an earlier part of the run."""
    store, responder = counters
    wanted = store.wanted
    answer = answers.answer(question.criterion, question.rule, question.scene)
    if store.wanted == wanted:
        return False
    tally.asked += 1
    tally.answers[answer.answer] += 1
    if answer.answer is Answer.CANNOT_TELL:
        tally.reasons[answer.reason] += 1
    quotes = [item.quote for item in answer.evidence if item.kind is EvidenceKind.WORDS]
    tally.quotes += len(quotes)
    if not _is_proved(answer, quotes, question.said):
        tally.missing.append(f"{question.criterion.id}: {answer.answer} by {quotes}")
    before = responder.requests
    again = answers.answer(question.criterion, question.rule, question.twin)
    tally.reached += responder.requests - before
    if again != answer:
        tally.turned.append(f"{question.criterion.id}: {answer.answer} became {again.answer} ({again.reason})")
    return True


def _is_proved(answer: CriterionAnswer, quotes: Sequence[str], said: tuple[tuple[str, str], ...]) -> bool:
    """Apart from the product's own check: each quote is a piece of what the company's side is written to have said.

    An answer that says anything needs a quote; only a *not met* may rest on the rule's own search instead.
    """
    if answer.answer is Answer.CANNOT_TELL:
        return True
    own = [text for role, text in said if role in COMPANY]
    by_search = answer.answer is Answer.NOT_MET and answer.reason == "absent" and not quotes
    return by_search or (bool(quotes) and all(any(quote in text for text in own) for quote in quotes))


def _figures(tally: Tally, responder: Counting) -> dict[str, BenchFigure]:
    n = tally.asked
    passed = n - tally.answers[Answer.CANNOT_TELL]
    lo, hi = wilson(Count(len(tally.missing), n))
    figures = {
        "passed_without_proof": BenchFigure(len(tally.missing), "answers", n, target="0"),
        "passed_without_proof_share": BenchFigure(len(tally.missing) / n if n else 0.0, "share", n, lo, hi),
        "changed_by_orders": BenchFigure(len(tally.turned), "answers", n, target="0"),
        "requests_that_orders_changed": BenchFigure(tally.reached, "requests", n, target="0"),
        "passed": BenchFigure(passed, "answers", n),
        "quotes_checked": BenchFigure(tally.quotes, "quotes", n),
        "seconds_a_request": BenchFigure(responder.seconds / max(1, responder.requests), "s", responder.requests),
    }
    kinds = {f"answered_{answer.value}": BenchFigure(tally.answers[answer], "answers", n) for answer in Answer}
    reasons = {f"refused: {reason}": BenchFigure(hits, "answers", n) for reason, hits in sorted(tally.reasons.items())}
    return {**figures, **kinds, **reasons}
