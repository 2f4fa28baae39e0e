"""Sum up the contacts of a day: pure, so that what is kept can be checked against a sum from scratch."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from qm.analysis.judge_classes import judge_classes
from qm.domain.evaluation import Score
from qm.domain.figure_cells import Cells, ContactFact, FormFact, Place
from qm.domain.run import ItemState

LETTERS = "mnacp"
ReadScore = Callable[[str], Score]


def sum_cells(contacts: Iterable[ContactFact], read_score: ReadScore) -> Cells:
    """The sums over contacts of one day.

    Args:
        contacts: in one order always, so that sums of fractions come out the same to the last bit.
        read_score: the score that an evaluation's `result` holds.
    """
    cells = Cells()
    for contact in contacts:
        _add_contact(cells, contact, read_score)
    return cells


def _add_contact(cells: Cells, contact: ContactFact, read_score: ReadScore) -> None:
    place, is_done = contact.place, contact.state is ItemState.DONE
    whole = _cell(cells, place, "")
    whole["contacts"] += 1
    whole["done"] += is_done
    whole["quarantined"] += contact.state is ItemState.QUARANTINED
    whole["counted"] += contact.is_counted
    whole["linked"] += len(contact.answers)
    if contact.agent_name:
        cells.names[place.agent_id] = contact.agent_name
    for kind, name in _tallied(contact, is_done=is_done):
        key = (place, kind, name)
        cells.tallies[key] = cells.tallies.get(key, 0) + 1
    if not is_done:
        return
    for form in contact.forms:
        for cell in (whole, _cell(cells, place, form.form_id)):
            cell["asked"] += len(form.codes) - form.codes.count("p")
            cell["cannot_tell"] += form.codes.count("c")
            cell["left_to_people"] += form.codes.count("p")
    if contact.is_counted:
        _add_counted(cells, contact, whole, [read_score(form.result) for form in contact.forms])


def _add_counted(cells: Cells, contact: ContactFact, whole: dict[str, float], scores: list[Score]) -> None:
    for form, score in zip(contact.forms, scores, strict=True):
        cell = _cell(cells, contact.place, form.form_id)
        cell["counted"] += 1
        if form.score is not None:
            cell["scored"] += 1
            cell["score_sum"] += form.score
            cell["score_squares"] += form.score**2
            cell["failed"] += bool(score.failed_by)
        _add_classes(cell, [score])
        _add_answers(cells, contact.place, form)
    _add_classes(whole, scores)
    whole["failed"] += any(score.failed_by for score in scores)
    for nps, satisfaction in contact.answers:
        if nps is not None:
            whole["nps_n"] += 1
            whole["promoters"] += nps >= 9
            whole["detractors"] += nps <= 6
        if satisfaction is not None:
            whole["satisfaction_n"] += 1
            whole["satisfaction_sum"] += satisfaction
            whole["satisfaction_squares"] += satisfaction**2


def _add_classes(cell: dict[str, float], scores: list[Score]) -> None:
    for name, state in judge_classes(one for score in scores for one in score.classes).items():
        cell[f"{name}_{state.value}"] += 1


def _add_answers(cells: Cells, place: Place, form: FormFact) -> None:
    for criterion, letter in zip(form.criteria.split(), form.codes, strict=True):
        counts = cells.criteria.setdefault((place, form.form_id, criterion), [0] * len(LETTERS))
        counts[LETTERS.index(letter)] += 1


def _tallied(contact: ContactFact, *, is_done: bool) -> Iterable[tuple[str, str]]:
    if contact.code:
        yield "quarantine", contact.code
    if is_done and contact.grade:
        yield "grade", contact.grade
    if is_done:
        yield "medium", contact.medium
        yield from (("finding", code) for code in contact.findings)
    yield "language", contact.language
    if not contact.has_customer:
        yield "missing", "customer"
    if not contact.place.agent_id:
        yield "missing", "agent"


def _cell(cells: Cells, place: Place, form_id: str) -> dict[str, float]:
    return cells.forms.setdefault((place, form_id), defaultdict(float))
