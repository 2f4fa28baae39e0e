"""What a calibration session found: agreement of the form and of each criterion, and where raters differ."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from qm.analysis.calibration.measure_agreement import AnswerRow, ScoreRow, agree_on_answers, agree_on_scores
from qm.analysis.calibration.pair_raters import Given, Question, rows_of_analysts, rows_with_key, rows_with_machine
from qm.domain.agreement import Agreement, Pair
from qm.domain.calibration import MACHINE, CalibrationSession
from qm.domain.evaluation import Answer

ScoreOf = Callable[[Mapping[str, Answer]], float | None]
"""The form's score of answers by criterion; `None` where nothing was met or missed."""


def agreements_of(
    session: CalibrationSession, given: Given, key: Mapping[Question, Answer], score_of: ScoreOf, least_n: int
) -> tuple[Agreement, ...]:
    """For each pair of sides the whole form, with its scores, then each criterion in the form's order."""
    by_pair = {
        Pair.ANALYSTS: rows_of_analysts(session, given),
        Pair.MACHINE_ANALYSTS: rows_with_machine(session, given),
        Pair.MACHINE_KEY: rows_with_key(given, key),
    }
    scores = _scores(session, given, key, score_of)
    wholes = [_whole(pair, _rows(by_pair[pair]), scores[pair], least_n, session.seed) for pair in Pair]
    parts = [
        agree_on_answers(pair, criterion, _rows(by_pair[pair], criterion), least_n, session.seed)
        for criterion in session.criteria
        for pair in Pair
    ]
    return (*wholes, *parts)


def _rows(by_question: Mapping[Question, Sequence[AnswerRow]], criterion: str = "") -> list[AnswerRow]:
    return [row for (_, asked), rows in by_question.items() if criterion in ("", asked) for row in rows]


def _whole(pair: Pair, rows: Sequence[AnswerRow], scores: Sequence[ScoreRow], least_n: int, seed: int) -> Agreement:
    pooled = agree_on_answers(pair, "", rows, least_n, seed)
    return replace(pooled, measured=(*pooled.measured, *agree_on_scores(scores, least_n, seed)))


def _scores(
    session: CalibrationSession, given: Given, key: Mapping[Question, Answer], score_of: ScoreOf
) -> dict[Pair, list[ScoreRow]]:
    """Scores side by side, of the questions that all sides of a row answered: else they'd differ by that alone."""
    rows: dict[Pair, list[ScoreRow]] = {pair: [] for pair in Pair}
    for contact in session.contacts:
        own = {criterion: given.get((contact.contact_id, criterion), {}) for criterion in session.criteria}
        right = {c: key[contact.contact_id, c] for c in session.criteria if (contact.contact_id, c) in key}
        machine = {c: by_rater[MACHINE] for c, by_rater in own.items() if MACHINE in by_rater}
        people = [{c: by_rater[name] for c, by_rater in own.items() if name in by_rater} for name in session.raters]
        rows[Pair.ANALYSTS].append(_score_row(contact.contact_id, people, score_of))
        rows[Pair.MACHINE_ANALYSTS] += [
            _score_row(contact.contact_id, (machine, one), score_of) for one in people if one
        ]
        rows[Pair.MACHINE_KEY].append(_score_row(contact.contact_id, (machine, right), score_of))
    return rows


def _score_row(contact_id: str, sides: Sequence[Mapping[str, Answer]], score_of: ScoreOf) -> ScoreRow:
    told = [{c: answer for c, answer in side.items() if answer is not Answer.CANNOT_TELL} for side in sides]
    shared = set.intersection(*(set(side) for side in told if side)) if any(told) else set()
    return ScoreRow(
        contact_id,
        tuple(score_of({c: side[c] for c in shared}) if side and shared else None for side in told),
    )


def differing(given: Given) -> list[Question]:
    """Questions on which two raters answered differently, *cannot tell* left aside."""
    return [
        question
        for question, by_rater in given.items()
        if len({answer for answer in by_rater.values() if answer is not Answer.CANNOT_TELL}) > 1
    ]
