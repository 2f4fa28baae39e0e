"""Laws of retention and erasure."""

import json
import string
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qm.domain.contact import Contact, Medium
from qm.domain.erasure import ErasureKind, Identity, LedgerLine, Subject, is_erased, subject_sha256
from qm.domain.retention import Aged, DataKind, Mark, RetentionPlan, RetentionRule
from qm.domain.stripped import strip_contact, to_hour
from qm.services.erasure import came_back
from qm.storage.erasure_file import ErasureFile
from qm.storage.search_rows import holds, is_short, strings_of
from tests.unit import builders

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = st.one_of(st.none(), st.integers(0, 4000))
IDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip)
AT = st.integers(0, 2_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


@st.composite
def plans(draw):
    rules = []
    for number in range(draw(st.integers(0, 4))):
        keep = draw(st.dictionaries(st.sampled_from(DataKind), DAYS, min_size=1))
        media = draw(st.sets(st.sampled_from(["voice", "chat", "email"])))
        marks = draw(st.sets(st.sampled_from(Mark), max_size=2))
        rules.append(RetentionRule(f"r{number}", tuple(media), (), tuple(marks), keep))
    return RetentionPlan(tuple(rules))


@st.composite
def contacts(draw):
    marks = draw(st.sets(st.sampled_from(Mark)))
    gone = draw(st.sets(st.sampled_from(DataKind)))
    return Aged("C", START, draw(st.sampled_from(["voice", "chat"])), "", frozenset(marks), frozenset(gone))


@given(plans(), contacts(), st.integers(0, 5000), st.integers(0, 5000))
def test_what_is_due_stays_due(plan, contact, days, more):
    due = plan.due_now(contact, START + timedelta(days=days))
    later = plan.due_now(contact, START + timedelta(days=days + more))
    assert due <= later or DataKind.CONTACT in later


@given(plans(), contacts(), st.integers(0, 5000))
def test_nothing_is_due_that_is_younger_than_the_shortest_date(plan, contact, days):
    if plan.due_now(contact, START + timedelta(days=days)):
        assert plan.shortest_days is not None
        assert days >= plan.shortest_days


@given(plans(), contacts(), st.integers(0, 5000))
def test_rules_after_the_first_that_fits_change_nothing(plan, contact, days):
    rule = plan.rule_for(contact)
    if rule is not None:
        alone = RetentionPlan((rule,))
        now = START + timedelta(days=days)
        assert alone.due_now(contact, now) == plan.due_now(contact, now)


@given(AT)
def test_rounding_down_keeps_day_and_hour_and_never_goes_forward(at):
    rounded = to_hour(at)
    assert rounded <= at < rounded + timedelta(hours=1)
    assert (rounded.date(), rounded.hour) == (at.date(), at.hour)


@given(IDS, IDS, IDS, AT)
def test_what_is_left_of_a_contact_holds_none_of_its_texts(contact_id, customer_id, note, at):
    whole = Contact(
        contact_id, Medium.VOICE, at, builders.contact().agent, customer_id=customer_id, source=f"{note}.wav",
        attributes={"note": note},
    )  # fmt: skip
    left = strip_contact(whole, {contact_id: "erased-00", customer_id: "erased-01"})
    assert is_erased(left.id)
    assert (left.source, left.attributes) == ("", {})
    assert left.customer_id.startswith("erased-0")
    assert left.agent == whole.agent


@given(IDS, st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=4))
def test_an_id_is_found_in_json_and_on_its_own_only(needle, more):
    look = holds(needle)
    assert any(look(leaf) for leaf in strings_of(json.dumps({"a": [needle]})))
    assert any(look(leaf) for leaf in strings_of(json.dumps({needle: 1}, ensure_ascii=False)))
    if not is_short(needle) and (needle[-1].isalnum() or needle[-1] in "_-"):
        assert not look(needle + more) or needle in more or needle in (needle + more)[1:]


@given(st.lists(IDS, unique=True, min_size=1, max_size=5), IDS, AT)
def test_a_ledger_knows_its_own_and_tells_nothing(contact_ids, other, at):
    salt = "5a" * 32
    lines = [LedgerLine(k, h, "E", at) for k, h in Subject(ErasureKind.CONTACT, tuple(contact_ids)).ledger(salt)]

    found, responses = came_back([Identity("contact", each, "", at) for each in [*contact_ids, other]], salt, lines)
    assert set(found) == {*contact_ids}
    assert responses == []
    assert all(len(line.subject_sha256) == 64 for line in lines)
    assert subject_sha256(salt, "contact", other) != subject_sha256("5b" * 32, "contact", other)


@given(st.integers(0, 400))
def test_half_a_last_line_of_the_ledger_is_passed_over(tmp_path_factory, cut):
    file = ErasureFile(tmp_path_factory.mktemp("ledger"))
    lines = [LedgerLine("contact", f"{n:064x}", "E", START) for n in range(3)]
    file.keep("5a" * 32, lines)
    whole = file.path.read_bytes()
    file.path.write_bytes(whole[: len(whole) - cut])
    _salt, read = file.read()
    assert list(read) == lines[: len(read)]
    file.keep("5a" * 32, lines)
    assert file.read() == ("5a" * 32, tuple(lines))
