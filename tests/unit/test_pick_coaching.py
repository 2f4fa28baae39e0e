"""The few things worth a conversation."""

from dataclasses import replace
from datetime import timedelta

import pytest

from qm.analysis.pick_coaching import (
    LONGEST_CLIP_S,
    Ground,
    clip,
    contested_in_vain,
    criterion_shares,
    pick_coaching,
)
from qm.domain.contact import Agent, Kind
from qm.domain.dispute import Dispute, DisputedItem, DisputeState, Ruling
from qm.domain.evaluation import Answer, Evidence, EvidenceKind
from tests.unit import builders

NINE = builders.NINE
MET, NOT_MET = Answer.MET, Answer.NOT_MET
FORM = builders.form(
    (1.0, [builders.criterion("heavy", points=2.0), builders.criterion("light")]),
    (1.0, [builders.criterion("fail", points=2.0, automatic_fail=True), builders.criterion("other")]),
)


def pick(*contacts, unhappy=(), most=3):
    """Items for contacts given as `(contact, {criterion: answer})`."""
    evaluations = [
        builders.evaluation(contact.id, [builders.answer(name, given) for name, given in answers.items()])
        for contact, answers in contacts
    ]
    by_id = {contact.id: contact for contact, _answers in contacts}
    return pick_coaching(by_id, evaluations, Ground({"form": FORM}, frozenset(unhappy), most=most))


def of(place, **changes):
    return builders.contact(f"C-{place}", **changes)


def test_only_misses_become_items():
    given = {"heavy": MET, "light": NOT_MET, "fail": Answer.CANNOT_TELL, "other": Answer.NOT_APPLICABLE}
    (item,) = pick((of(1), given))
    assert (item.criterion_id, item.agent_id, item.contact_id, item.rank) == ("light", "A-1", "C-1", 1)
    assert (item.missed.hits, item.missed.n) == (1, 1)
    assert item.quote == "è inaccettabile"


@pytest.mark.parametrize("kind", [Kind.TEST, Kind.MYSTERY])
def test_test_and_mystery_contacts_never_count(kind):
    assert pick((of(1, kind=kind), {"heavy": NOT_MET, "fail": NOT_MET})) == ()
    (item,) = pick((of(1), {"heavy": NOT_MET}), (of(2, kind=kind), {"heavy": NOT_MET}))
    assert (item.contact_id, item.missed.hits, item.missed.n) == ("C-1", 1, 1)


def test_an_automatic_fail_goes_before_an_equal_weight():
    items = pick((of(1), {"heavy": NOT_MET, "light": NOT_MET, "fail": NOT_MET}))
    assert [item.criterion_id for item in items] == ["fail", "heavy", "light"]
    assert [item.rank for item in items] == [1, 2, 3]
    assert items[0].reasons == ("automatic_fail",)
    assert items[1].reasons == ("weight",)


def test_repeated_outweighs_single():
    items = pick(
        *((of(place), {"light": NOT_MET, "other": MET}) for place in range(5)),
        (of(8), {"light": MET, "other": NOT_MET}),
    )
    assert [item.criterion_id for item in items] == ["light", "other"]
    assert items[0].reasons == ("repeated",)
    assert items[0].missed.rate == pytest.approx(5 / 6)


def test_an_unhappy_customers_contact_is_the_one_to_hear():
    contacts = [(of(place), {"light": NOT_MET}) for place in range(3)]
    (plain,) = pick(*contacts)
    (item,) = pick(*contacts, unhappy=["C-1"])
    assert item.contact_id == "C-1"
    assert item.reasons == ("repeated", "unhappy_customer")
    assert item.priority == pytest.approx(1.5 * plain.priority, rel=1e-4)


@pytest.mark.parametrize("most", [1, 2, 4])
def test_at_most_so_many_items_each_agent(most):
    answers = dict.fromkeys(("heavy", "light", "fail", "other"), NOT_MET)
    items = pick((of(1), answers), (of(2, agent=Agent("A-2", "Bea", "")), answers), most=most)
    assert [(item.agent_id, item.rank) for item in items] == [
        (agent, rank) for agent in ("A-1", "A-2") for rank in range(1, most + 1)
    ]
    assert len({item.id for item in items}) == len(items)


def test_order_of_input_changes_nothing():
    contacts = [(of(place), {"heavy": NOT_MET, "light": NOT_MET}) for place in range(4)]
    assert pick(*contacts) == pick(*reversed(contacts))


def test_shares_of_a_form_add_up_to_one():
    shares = criterion_shares(FORM)
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["heavy"] == pytest.approx(1 / 3)


def test_clip_has_a_lead_in_a_tail_and_a_limit():
    words = builders.quote(start_s=10.0, end_s=12.0)
    assert clip([words]) == (6.0, 15.0)
    assert clip([replace(words, start_s=1.0)]) == (0.0, 15.0)
    start_s, end_s = clip([replace(words, end_s=400.0)])
    assert end_s - start_s == LONGEST_CLIP_S


def test_clip_prefers_what_was_measured_then_said_then_searched():
    search = Evidence(EvidenceKind.ABSENCE, 0.0, 60.0)
    words = builders.quote(start_s=10.0, end_s=12.0)
    silence = Evidence(EvidenceKind.SIGNAL, 100.0, 120.0)
    assert clip([search, words, silence]) == (96.0, 123.0)
    assert clip([search, words]) == (6.0, 15.0)
    assert clip([search]) == (0.0, 60.0)
    assert clip([Evidence(EvidenceKind.SIGNAL, fact="silence_count = 0"), Evidence(EvidenceKind.CONTACT)]) == (0.0, 0.0)


def test_what_was_not_said_shows_what_was_searched():
    search = Evidence(EvidenceKind.ABSENCE, 0.0, 60.0, turn_ids=("t1",), quote="la chiamata")
    evaluation = builders.evaluation("C-1", [builders.answer("heavy", evidence=(search,))])
    (item,) = pick_coaching({"C-1": of(1)}, [evaluation], Ground({"form": FORM}))
    assert item.absence
    assert (item.quote, item.turn_ids, item.start_s, item.end_s) == ("la chiamata", ("t1",), 0.0, 60.0)


def contested(*places, ruling=Ruling.UPHELD, state=DisputeState.DECIDED, answer=NOT_MET, name="light"):
    item = DisputedItem(name, answer, "rule", "no", ruling=ruling)
    made = [Dispute(f"d-{place}", f"C-{place}", "form", "A-1", "anna", state, NINE, NINE, (item,)) for place in places]
    return contested_in_vain(made)


def picked_with(told):
    contacts = [of(place) for place in range(4)]
    evaluations = [
        builders.evaluation(contact.id, [builders.answer("light", NOT_MET), builders.answer("other", NOT_MET)])
        for contact in contacts
    ]
    return pick_coaching({c.id: c for c in contacts}, evaluations, Ground({"form": FORM}, contested=told))


def test_what_was_contested_in_vain_again_and_again_goes_first_and_is_heard():
    plain = {item.criterion_id: item for item in picked_with(frozenset())}
    light, other = sorted(picked_with(contested(0, 1)), key=lambda item: item.criterion_id)
    assert light.reasons == ("repeated", "disputed")
    assert light.contact_id == "C-1", "a contact that was contested"
    assert light.priority == pytest.approx(1.5 * plain["light"].priority, rel=1e-4)
    assert other == replace(plain["other"], rank=other.rank)


@pytest.mark.parametrize(
    "told",
    [
        contested(0),
        contested(0, 0),
        contested(0, 1, ruling=Ruling.OVERTURNED),
        contested(0, 1, ruling=None, state=DisputeState.OPEN),
        contested(0, 1, state=DisputeState.EXPIRED),
        contested(0, 1, answer=MET),
        contested(8, 9),
    ],
    ids=["once", "twice on one contact", "overturned", "open", "expired", "a met", "elsewhere"],
)
def test_what_was_not_contested_in_vain_repeatedly_changes_nothing(told):
    assert picked_with(told) == picked_with(frozenset())


def test_an_item_tells_from_when_to_when_it_was_asked():
    days = [NINE + timedelta(days=place) for place in range(3)]
    given = zip((NOT_MET, MET, Answer.NOT_APPLICABLE), days, strict=True)
    (item,) = pick(*((of(place, started_at=at), {"light": one}) for place, (one, at) in enumerate(given)))
    assert (item.missed.hits, item.missed.n, item.since, item.until) == (1, 2, days[0], days[1])
