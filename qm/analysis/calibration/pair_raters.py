"""From the sheets of a session to rows of answers side by side, and the key that the machine is held against."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from qm.analysis.calibration.measure_agreement import AnswerRow
from qm.domain.calibration import MACHINE, CalibrationSession, Sheet
from qm.domain.evaluation import Answer

Question = tuple[str, str]
"""Contact and criterion."""
Given = Mapping[Question, Mapping[str, Answer]]
"""What each rater answered to each question."""


def answers_given(sheets: Sequence[Sheet]) -> Given:
    """The answers by question and rater."""
    given: dict[Question, dict[str, Answer]] = defaultdict(dict)
    for sheet in sheets:
        for answer in sheet.answers:
            given[sheet.contact_id, answer.criterion_id][sheet.rater] = answer.answer
    return given


def key_of(session: CalibrationSession, given: Given) -> dict[Question, Answer]:
    """The answer that counts as right, by question: the expert's, or what more than half of the people answered.

    Without an expert at least two people must have answered; a tie leaves the question without a key. *Cannot tell* is
    no answer that could be a key.

    >>> from datetime import UTC, datetime; from qm.domain.calibration import Purpose
    >>> at = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC)
    >>> session = CalibrationSession("K", "", Purpose.RANDOM, "f", "1", ("c",), (), ("a", "b"), "", *at, seed=1)
    >>> key_of(session, {("C1", "c"): {"a": Answer.MET, "b": Answer.MET}, ("C2", "c"): {"a": Answer.MET}})
    {('C1', 'c'): <Answer.MET: 'met'>}
    """
    key = {}
    for question, by_rater in given.items():
        answers = [
            by_rater[name]
            for name in ((session.expert,) if session.expert else session.raters)
            if by_rater.get(name, Answer.CANNOT_TELL) is not Answer.CANNOT_TELL
        ]
        if not answers or (not session.expert and len(answers) < 2):
            continue
        answer, times = Counter(answers).most_common(1)[0]
        if 2 * times > len(answers):
            key[question] = answer
    return key


def rows_of_analysts(session: CalibrationSession, given: Given) -> dict[Question, list[AnswerRow]]:
    """A row a question: what each analyst answered."""
    return {
        question: [AnswerRow(question[0], tuple(by_rater.get(name) for name in session.raters))]
        for question, by_rater in given.items()
    }


def rows_with_machine(session: CalibrationSession, given: Given) -> dict[Question, list[AnswerRow]]:
    """A row a question and analyst: the machine's answer and the analyst's."""
    return {
        question: [
            AnswerRow(question[0], (by_rater.get(MACHINE), by_rater[name]))
            for name in session.raters
            if name in by_rater
        ]
        for question, by_rater in given.items()
    }


def rows_with_key(given: Given, key: Mapping[Question, Answer]) -> dict[Question, list[AnswerRow]]:
    """A row a question that has a key: the machine's answer and the key."""
    return {
        question: [AnswerRow(question[0], (given[question].get(MACHINE), answer))] for question, answer in key.items()
    }
