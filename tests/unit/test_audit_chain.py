"""The audit chain: what an event is, and what checking it finds."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from qm.domain.audit import GENESIS, ChainCheck, Details, Head, link
from tests.unit.audit_builders import BEGIN, chain, check, note, rehashed

FIVE = chain(*(note(place, before={"state": "open"}, after={"state": "closed"}, why="«è»") for place in range(5)))


def test_a_whole_chain_is_whole():
    found = check(FIVE)
    assert (found.is_whole, found.events, found.details, found.erased, found.backwards) == (True, 5, 5, 0, 0)
    assert found.head == Head(5, FIVE[-1][0].hash)
    assert check([]).head == Head(0, GENESIS)


def test_anybody_can_reckon_the_hash_from_the_documented_array():
    event = FIVE[2][0]
    names = "seq at actor action subject_kind subject before_sha256 after_sha256 details_sha256 previous".split()
    text = json.dumps([getattr(event, name) for name in names], ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == event.hash


def test_an_event_keeps_nothing_of_its_details_in_clear():
    assert "closed" not in str(FIVE[0][0])
    assert FIVE[0][0].after_sha256 != FIVE[1][0].after_sha256  # same values, other salt: equal ones can't be told


def test_details_may_go_and_the_chain_holds():
    found = check([(event, None) for event, _details in FIVE])
    assert (found.is_whole, found.erased) == (True, 5)


@pytest.mark.parametrize(("code", "seq", "broken"), [
    ("audit.altered", 3, [*FIVE[:2], (replace(FIVE[2][0], actor="Bea"), FIVE[2][1]), *FIVE[3:]]),
    ("audit.missing", 3, [*FIVE[:2], *FIVE[3:]]),
    ("audit.missing", 1, FIVE[1:]),
    ("audit.missing", 2, [FIVE[0], FIVE[2], FIVE[1], *FIVE[3:]]),
    ("audit.order", 2, [*FIVE[:2], FIVE[1], *FIVE[2:]]),
    ("audit.other_chain", 4, [*FIVE[:2], (rehashed(FIVE[2][0], actor="Bea"), FIVE[2][1]), *FIVE[3:]]),
    ("audit.details_altered", 3, [*FIVE[:2], (FIVE[2][0], replace(FIVE[2][1], why="another")), *FIVE[3:]]),
    ("audit.details_altered", 3, [*FIVE[:2], (FIVE[2][0], replace(FIVE[2][1], after={})), *FIVE[3:]]),
])  # fmt: skip
def test_the_first_broken_place_is_named(code, seq, broken):
    fault = check(broken).fault
    assert (fault.code, fault.seq) == (code, seq)
    assert str(seq) in fault.message


def test_a_chain_that_was_cut_is_known_by_a_head_noted_down():
    assert check(FIVE[:3]).is_whole  # nothing in the chain itself tells it
    fault = check(FIVE[:3], expected={5: FIVE[4][0].hash}).fault
    assert (fault.code, fault.seq) == ("audit.cut", 4)


def test_a_chain_made_anew_is_known_by_a_head_noted_down():
    anew = chain(*(note(place, actor="Bea") for place in range(5)))
    assert check(anew).is_whole
    assert check(anew, expected={2: FIVE[1][0].hash}).fault.code == "audit.other_chain"


def test_checking_may_begin_in_the_middle():
    assert check(FIVE[2:], Head(2, FIVE[1][0].hash)).first_seq == 3
    following = ChainCheck(None)
    assert [following.take(*pair) for pair in FIVE[2:]] == [None, None, None]
    assert following.finish().is_whole


def test_a_clock_that_was_set_back_breaks_nothing_and_is_told():
    first = link(note(), Head(), BEGIN, "Ada", None)
    second = link(note(1), Head(1, first.hash), BEGIN - timedelta(hours=1), "Ada", None)
    found = check([(first, None), (second, None)])
    assert (found.is_whole, found.backwards) == (True, 1)


def test_the_note_names_who_else_the_transaction_does():
    assert link(note(actor="Bea"), Head(), BEGIN, "Ada", None).actor == "Bea"
    assert link(note(), Head(), BEGIN, "Ada\nRossi\x00", None).actor == "Ada Rossi"


def test_long_and_odd_texts_are_kept_as_one_line():
    event = link(note(subject="C\r\n1" + "x" * 300, actor="\ud800"), Head(), BEGIN, "", None)
    assert (event.subject[:4], len(event.subject), event.actor) == ("C 1x", 200, "?")


@pytest.mark.parametrize("wrong", [
    {"action": "changed"}, {"action": "Case.changed"}, {"subject_kind": "customer"}, {"subject_kind": ""},
])  # fmt: skip
def test_what_can_be_no_event_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        note(**wrong)


def test_a_head_is_read_as_it_is_written():
    head = Head(5, FIVE[4][0].hash)
    assert Head.read(f" {head}\n") == head
    for wrong in ("", "5", "5:abc", "x:" + GENESIS, f"5:{GENESIS}0", "٣:" + GENESIS):
        with pytest.raises(ValueError, match="SEQ:HASH"):
            Head.read(wrong)


def test_no_side_no_hash():
    details = Details("s", None, None, "because")
    assert details.hashes[1:] == ("", "")
    assert note(why="because").has_details
    assert not note().has_details
