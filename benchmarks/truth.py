"""Compare what the product answered with the truth of a made day."""

import json
from dataclasses import dataclass
from pathlib import Path

from qm.domain.evaluation import Answer
from qm.domain.figures import Count
from qm.errors import NotFoundError
from qm.ports import Unit, UnitOfWork


@dataclass(frozen=True)
class Wrong:
    """One answer that isn't the truth."""

    contact_id: str
    criterion_id: str
    truth: str
    answer: str
    reason: str


@dataclass(frozen=True)
class Comparison:
    """All answers against the truth.

    Attributes:
        right: equal to the truth, of all answers; a *cannot tell* where the truth is known counts as wrong.
        decided: equal to the truth, of those that aren't *cannot tell*.
        fails_wrong: automatic-fail answers that are neither the truth nor *cannot tell*.
        quarantine_right: quarantined as planted and under the planted code.
        links_right: survey links as planted, unlinked ones among them.
    """

    right: Count
    decided: Count
    fails_wrong: Count
    quarantine_right: Count
    links_right: Count
    wrong: tuple[Wrong, ...]


def compare(unit_of_work: UnitOfWork, truth_file: Path, automatic_fails: frozenset[str]) -> Comparison:
    """Read the database and `expected.json`."""
    truth = json.loads(truth_file.read_text(encoding="utf-8"))
    with unit_of_work() as unit:
        apart = {contact_id for contact_id in truth["contacts"] if _is_told_apart(unit, contact_id)}
        answers = {(e.contact_id, a.criterion_id): a for e in unit.evaluations.every() for a in e.answers}
        quarantine = {entry.subject: entry.code for entry in unit.work.quarantined()}
        links = {link.response_id: link.contact_id for link in unit.surveys.links()}
    wrong, decided, fails, total = [], [], [], 0
    for contact_id, entry in truth["contacts"].items():
        right = entry["answers"] | (entry.get("told_apart", {}) if contact_id in apart else {})
        for criterion_id, wanted in right.items():
            total += 1
            answer = answers.get((contact_id, criterion_id))
            given = answer.answer.value if answer else "missing"
            if given != Answer.CANNOT_TELL.value or wanted == Answer.CANNOT_TELL.value:
                decided.append(given == wanted)
            if criterion_id in automatic_fails:
                fails.append(given not in (wanted, Answer.CANNOT_TELL.value))
            if given != wanted:
                wrong.append(Wrong(contact_id, criterion_id, wanted, given, answer.reason if answer else ""))
    planted_links = {**truth["surveys"]["links"], **dict.fromkeys(truth["surveys"]["unlinked"], "")}
    return Comparison(
        right=Count(total - len(wrong), total),
        decided=Count(sum(decided), len(decided)),
        fails_wrong=Count(sum(fails), len(fails)),
        quarantine_right=_agreeing(truth["quarantine"], quarantine),
        links_right=_agreeing(planted_links, links),
        wrong=tuple(wrong),
    )


def _is_told_apart(unit: Unit, contact_id: str) -> bool:
    """True where a diariser found voices: then more can be told than on one channel by itself."""
    try:
        return bool(unit.outputs.voices(contact_id).stretches)
    except NotFoundError:
        return False


def _agreeing(wanted: dict[str, str], given: dict[str, str]) -> Count:
    keys = wanted.keys() | given.keys()
    return Count(sum(wanted.get(key) == given.get(key) for key in keys), len(keys))
