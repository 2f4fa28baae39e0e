"""Change just what an answer rests on: take quoted words away, put them in where they were missed, move a measure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace

from qm.analysis.measure_talk import measure_talk
from qm.domain.evaluation import Answer, CriterionAnswer, Evidence, EvidenceKind
from qm.domain.signals import Signals
from qm.domain.transcript import Transcript, Turn, Word
from qm.rules.cases import Case
from qm.rules.conditions import Measure
from qm.rules.engine import answer_one
from qm.rules.pack import Pack
from qm.rules.scene import Scene, Thresholds

MOST_ROUNDS = 12
"""A phrase said so many times is more than any case holds."""
DECIDED = (Answer.MET, Answer.NOT_MET)
INSERTED_S = 0.01
"""Length of an inserted word: none, nearly, so that whatever else is measured stays."""


def answer_to(pack: Pack, case: Case, signals: Signals | None = None) -> CriterionAnswer:
    """What the case's rule answers, on other measures where they are given."""
    signals = signals or measure_talk(case.transcript)
    scene = Scene(case.contact, case.transcript, signals, Thresholds())
    return answer_one(pack, case.rule_id, scene)


def quotes_of(answer: CriterionAnswer) -> list[Evidence]:
    """The words that an answer quotes."""
    return [item for item in answer.evidence if item.kind is EvidenceKind.WORDS]


def on_transcript(case: Case, turns: Sequence[Turn]) -> Case:
    """The case with other turns."""
    transcript: Transcript = replace(case.transcript, turns=tuple(turns))
    return replace(case, transcript=transcript)


def without(turns: Sequence[Turn], quotes: Sequence[Evidence]) -> tuple[Turn, ...]:
    """The turns with every quoted word replaced."""
    return tuple(_without(turn, [quote for quote in quotes if turn.id in quote.turn_ids]) for turn in turns)


def _without(turn: Turn, quotes: Sequence[Evidence]) -> Turn:
    if not turn.words:  # a chat's message: its words have no times of their own
        text = turn.text
        for quote in quotes:
            text = re.sub(re.escape(quote.quote), "bla", text)
        return replace(turn, text=text)
    words = tuple(
        replace(word, text="bla") if any(q.start_s <= word.start_s and word.end_s <= q.end_s for q in quotes) else word
        for word in turn.words
    )
    return replace(turn, words=words, text=" ".join(word.text for word in words))


def answer_without_quotes(pack: Pack, case: Case) -> CriterionAnswer:
    """What the rule answers once nothing that it quoted is left (a phrase may be said again elsewhere)."""
    given = before = answer_to(pack, case)
    for _round in range(MOST_ROUNDS):
        quotes = quotes_of(given)
        if not quotes or given.answer is not before.answer:
            break
        case = on_transcript(case, without(case.transcript.turns, quotes))
        given = answer_to(pack, case)
    return given


def with_words(pack: Pack, case: Case, donors: Sequence[Evidence]) -> Iterator[CriterionAnswer]:
    """What the rule answers once words of another case are said by the same party where they were searched for."""
    for absence in answer_to(pack, case).evidence:
        if absence.kind is not EvidenceKind.ABSENCE:
            continue
        for donor in donors:
            if donor.roles == absence.roles:
                yield from _said_in_each(pack, case, absence.turn_ids, donor.quote)


def _said_in_each(pack: Pack, case: Case, turn_ids: Sequence[str], quote: str) -> Iterator[CriterionAnswer]:
    for wanted in turn_ids:
        turns = [_saying(turn, quote) if turn.id == wanted else turn for turn in case.transcript.turns]
        yield answer_to(pack, on_transcript(case, turns))


def _saying(turn: Turn, quote: str) -> Turn:
    """The turn with the quote said first, as a sentence of its own."""
    said = f"{quote}."
    if not turn.words:
        return replace(turn, text=f"{said} {turn.text}")
    starts = turn.start_s
    words = tuple(
        Word(text, starts + INSERTED_S * place, starts + INSERTED_S * (place + 1), 1.0)
        for place, text in enumerate(said.split())
    )
    return replace(turn, words=(*words, *turn.words), text=f"{said} {turn.text}")


def with_moved_measures(pack: Pack, case: Case) -> Iterator[CriterionAnswer]:
    """What the rule answers once a measure that it rests on lies on the other side of its bound."""
    signals = measure_talk(case.transcript)
    for measure in measures_in(pack.rule(case.rule_id)):
        value = signals.measures.get(measure.name)
        if value is not None:
            yield answer_to(
                pack, case, replace(signals, measures=signals.measures | {measure.name: _across(measure, value)})
            )


def _across(measure: Measure, value: float) -> float:
    low, high = measure.at_least, measure.at_most
    inside = (low is None or value >= low) and (high is None or value <= high)
    if not inside:
        return high if high is not None else low or 0.0
    return high + 1.0 if high is not None else (low or 0.0) - 1.0


def measures_in(node: object) -> Iterator[Measure]:
    """Every measure that a rule's conditions ask for."""
    if isinstance(node, Measure):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from measures_in(item)
    elif is_dataclass(node) and not isinstance(node, type):
        for item in fields(node):
            yield from measures_in(getattr(node, item.name))


def flips(before: Answer, after: Answer) -> bool:
    """Met to not met and back, or out of what applies."""
    return before in DECIDED and after is not before and after is not Answer.CANNOT_TELL
