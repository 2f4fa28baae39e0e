"""The few things worth a conversation."""

from dataclasses import replace

import pytest

from qm.analysis.pick_coaching import LONGEST_CLIP_S, clip, criterion_shares, pick_coaching
from qm.domain.contact import Agent, Kind
from qm.domain.evaluation import Answer, Evidence, EvidenceKind
from tests.unit import builders

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
    return pick_coaching(by_id, evaluations, {"form": FORM}, frozenset(unhappy), most)


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
    (item,) = pick_coaching({"C-1": of(1)}, [evaluation], {"form": FORM}, frozenset(), 3)
    assert item.absence
    assert (item.quote, item.turn_ids, item.start_s, item.end_s) == ("la chiamata", ("t1",), 0.0, 60.0)
