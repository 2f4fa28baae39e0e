"""Everything that may happen to a case has words in both languages."""

import pytest

from qm.analysis.voc.case_severity import MARKS
from qm.analysis.voc.change_case import ANSWERS, CHANNELS
from qm.domain.case import CaseState, Change, ChangeKind, Outcome
from qm.domain.case_plan import CasePlan, Severity, Side, Value
from qm.domain.figures import Count
from qm.domain.text import Language
from qm.wording_cases import CASE_WORDS, hours_text, part_text, tell_change
from tests.unit.case_builders import MONDAY, RULES


def test_every_value_is_worded():
    kinds = {
        "state": CaseState, "outcome": Outcome, "side": Side, "channel": CHANNELS, "answer": ANSWERS, "mark": MARKS,
        "severity": [level.name.lower() for level in Severity], "value": [level.name.lower() for level in Value],
        "next": ["attempt", "appointment", "close"],
    }  # fmt: skip
    assert not {f"{kind}.{name}" for kind, names in kinds.items() for name in names} - set(CASE_WORDS)


FACTS = [
    (ChangeKind.OPENED, {"nps": "1"}, "NPS 1"),
    (ChangeKind.SURVEY, {"nps": "9", "stands": "no"}, "non è più"),
    (ChangeKind.SURVEY, {"other_scale": "1.5", "stands": "yes"}, "other scale 1,5"),
    (ChangeKind.LINK, {"from": "C-1", "to": "C-2"}, "C-2"),
    (ChangeKind.LINK, {"from": "C-1", "to": ""}, "Non è più collegato"),
    (ChangeKind.ASSIGNED, {"to": "Ada"}, "Ada"),
    (ChangeKind.ATTEMPT, {"at": MONDAY.isoformat(), "channel": "phone", "reached": "yes"}, "16/11/2026 10:00"),
    (ChangeKind.ATTEMPT, {"at": MONDAY.isoformat(), "channel": "sms", "reached": "no"}, "senza risposta (SMS"),
    (ChangeKind.CAUSE, {"cause": "billing", "side": "product"}, "Fattura o addebito (prodotto)"),
    (ChangeKind.CAUSE, {"cause": "of_an_older_plan", "side": "agent"}, "of_an_older_plan"),
    (ChangeKind.REMEDY, {"remedy": "apology", "offered": "yes"}, "Scuse"),
    (ChangeKind.REMEDY, {"remedy": "gesture", "offered": "no"}, "fuori tabella"),
    (ChangeKind.APPOINTMENT, {"at": MONDAY.isoformat()}, "16/11/2026 10:00"),
    (ChangeKind.CLOSED, {"outcome": "recovered"}, "recuperato"),
    (ChangeKind.REOPENED, {"close_due": MONDAY.isoformat()}, "16/11/2026 10:00"),
    (ChangeKind.ANSWER, {"answer": "satisfied"}, "soddisfatto"),
    (ChangeKind.ANSWER, {"answer": "satisfied", "score": "8"}, "voto 8"),
]


@pytest.mark.parametrize(("kind", "facts", "told"), FACTS)
def test_every_change_is_a_sentence(kind, facts, told):
    change = Change(MONDAY, "Ada", kind, facts)
    assert told in tell_change(change, RULES, Language.ITALIAN)
    assert "{" not in tell_change(change, CasePlan(), Language.ENGLISH)
    assert {kind for kind, _facts, _told in FACTS} == set(ChangeKind)


@pytest.mark.parametrize(
    ("hours", "day_h", "told"),
    [
        (None, 24, ""),
        (0.5, 24, "0,5 h"),
        (71.9, 24, "71,9 h"),
        (72, 24, "3 giorni lavorativi"),
        (27, 9, "3 giorni lavorativi"),
    ],
)
def test_hours_left(hours, day_h, told):
    assert hours_text(hours, day_h, is_overdue=False, language=Language.ITALIAN) == told


def test_shares_carry_their_counts():
    from qm.analysis.voc.report_cases import part

    assert part_text(part(3, 4, 2), Language.ITALIAN) == "75 % (30-95), 3/4"
    assert part_text(part(3, 4, 5), Language.ENGLISH) == "3/4"
    assert part_text(part(0, 0, 5), Language.ENGLISH) == "–"
    assert Count(3, 4).rate == 0.75
