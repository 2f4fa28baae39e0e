"""On correct contacts no rule of compliance, no automatic fail and no prohibition may come out as not met."""

from dataclasses import replace

import pytest

from qm.config import REPOSITORY
from qm.domain.text import Language
from qm.domain.transcript import Role
from qm.rules.good_contacts import GOOD_CONTACTS, Conversation, false_alarms, load_good_contacts, may_not_be_missed
from qm.rules.loader import load_packs
from qm.rules.scene import Thresholds

ROOT = REPOSITORY / "scoring_rules"
PACKS = load_packs(ROOT)
CONTACTS, FAULTS = load_good_contacts(ROOT)
PROCESSES = {"fatturazione", "reclami", "richiamo-detrattori", "guasti", "vendita", "sollecito"}


def test_the_corpus_reads_and_is_wide_enough():
    assert FAULTS == []
    assert len(CONTACTS) >= 24
    assert len({contact.name for contact in CONTACTS}) == len(CONTACTS)
    assert all(12 <= len(contact.conversation.transcript.turns) <= 40 for contact in CONTACTS)
    assert {c.conversation.contact.process for c in CONTACTS} >= PROCESSES
    for language in Language:
        assert sum(c.conversation.transcript.language == language for c in CONTACTS) >= 12


@pytest.mark.parametrize("contact", [pytest.param(c, id=c.name) for c in CONTACTS])
def test_no_rule_fires(contact):
    alarms = [alarm for pack in PACKS for alarm in false_alarms(pack, contact, Thresholds())]
    shown = [(a.answer.criterion_id, a.answer.reason, [e.quote for e in a.answer.evidence]) for a in alarms]
    assert not shown, f"{contact.place}: {shown}"


def test_every_duty_in_law_is_among_what_may_not_be_missed():
    compliance = next(pack for pack in PACKS if pack.id == "conformita-it")
    assert all(may_not_be_missed(compliance, criterion) for criterion in compliance.form.criteria)
    service = next(pack for pack in PACKS if pack.id == "servizio-clienti")
    assert not may_not_be_missed(service, service.form.criterion("sc-greeting"))


def test_the_check_can_fail():
    """A threat put into a correct reminder is found."""
    good = next(c for c in CONTACTS if c.conversation.contact.process == "sollecito")
    turns = list(good.conversation.transcript.turns)
    place = next(i for i, turn in enumerate(turns) if turn.role is Role.AGENT)
    threat = "Procederemo con il pignoramento dello stipendio."
    turns[place] = replace(turns[place], words=(), text=threat, confidence=1.0)
    transcript = replace(good.conversation.transcript, turns=tuple(turns))
    spoilt = replace(good, conversation=Conversation(good.conversation.contact, transcript))
    compliance = next(pack for pack in PACKS if pack.id == "conformita-it")
    missed = {alarm.answer.criterion_id for alarm in false_alarms(compliance, spoilt, Thresholds())}
    assert "co-debt-threat" in missed


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("contacts: nothing\n", "rules.bad_cases"),
        ("contacts:\n  - just words\n", "rules.bad_cases"),
        ("contacts:\n  - {name: a, turn: []}\n", "rules.unknown_key"),
        ("contacts:\n  - {name: a}\n", "rules.missing_key"),
        ("contacts:\n  - {name: a, medium: fax, turns: [{agent: x}]}\n", "rules.bad_value"),
        ("contacts:\n  - {name: a, turns: [{agent: x, customer: y}]}\n", "rules.bad_cases"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(tmp_path, text, code):
    (tmp_path / GOOD_CONTACTS).mkdir()
    (tmp_path / GOOD_CONTACTS / "bad.yaml").write_text(text, encoding="utf-8")
    contacts, faults = load_good_contacts(tmp_path)
    assert contacts == ()
    assert code in {fault.code for fault in faults}
    assert all(fault.file.endswith("bad.yaml") for fault in faults)


def test_a_message_has_no_words_with_times_and_a_bot_is_no_agent():
    chat = next(c for c in CONTACTS if c.name == "asks for a person").conversation.transcript
    assert chat.recording is None
    assert chat.turns[0].role is Role.IVR
    assert not any(turn.words or turn.start_s != turn.end_s for turn in chat.turns)
