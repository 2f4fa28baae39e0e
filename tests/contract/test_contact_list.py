"""The list of contacts, page by page, is the list that filtering every contact gives; and indexes carry it."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from qm.domain.contact import Agent, Medium
from qm.domain.erasure import PREFIX
from qm.domain.evaluation import Answer
from qm.domain.people import NOBODY, WHOLE, Scope
from qm.domain.run import ItemState, Quarantine
from qm.domain.survey import LinkMethod, SurveyLink, SurveyResponse
from qm.domain.transcript import Role
from qm.errors import NotFoundError
from qm.ports.contact_list import ContactQuery
from tests.unit import builders

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
FORMS = ("f1", "f2")


@dataclass(frozen=True)
class Made:
    contact: object
    state: ItemState
    failed: bool
    open: bool


def scored(contact_id, form_id, *, failed, open_):
    answers = (builders.answer("c1", Answer.NOT_MET if failed else Answer.MET),)
    made = builders.evaluation(contact_id, answers, form_id=form_id, tag=f"{contact_id}/{form_id}")
    counts = {"cannot_tell": int(open_), "met": 1, "not_applicable": 0, "not_met": 0}
    return replace(made, score=replace(made.score, counts=counts, failed_by=("c1",) if failed else ()))


def fill(unit, drawn, number=60):
    made = []
    for place in range(number):
        site, vendor = drawn.choice(["Bari", "Lecce"]), drawn.choice(["", "V1", "V2"])
        agent = Agent(f"A{drawn.randrange(3)}", "Anna", f"T{drawn.randrange(2)}", site=site, vendor=vendor)
        contact = builders.contact(
            f"C-{drawn.choice('aBcÈ')}{place}", started_at=START + timedelta(hours=drawn.randrange(8)), agent=agent,
            process=drawn.choice(["", "p1", "p2"]), medium=drawn.choice([Medium.VOICE, Medium.CHAT]),
        )  # fmt: skip
        one = Made(contact, drawn.choice(list(ItemState)), drawn.random() < 0.3, drawn.random() < 0.3)
        made.append(one)
        unit.contacts.save(contact, "/day", place, "f")
        stand(unit, one, contact.id)
    return made


def stand(unit, one, contact_id):
    if one.state is ItemState.DONE:
        unit.work.finish(contact_id)
    if one.state is ItemState.QUARANTINED:
        unit.work.quarantine(Quarantine(contact_id, "store", "x.y", "", "", ""), is_contact=True)
    own = scored(contact_id, "f2", failed=one.failed, open_=one.open)
    unit.evaluations.replace(contact_id, [own, scored(contact_id, "old", failed=True, open_=True)])


def lets_through(wanted, one):
    contact = one.contact
    pairs = (
        (wanted.agent_id, contact.agent.id), (wanted.team, contact.agent.team), (wanted.process, contact.process),
        (wanted.medium, contact.medium.value), (wanted.state, one.state.value),
    )  # fmt: skip
    is_done = one.state is ItemState.DONE
    return wanted.scope.allows(contact) and (
        all(value in ("", actual) for value, actual in pairs)
        and (not wanted.failed or (is_done and one.failed))
        and (not wanted.open_only or (is_done and one.open))
    )


SCOPES = (
    Scope(teams=frozenset({"T0"})), Scope(vendors=frozenset({"V1", "V2"})), Scope(sites=frozenset({"Bari"})),
    Scope(frozenset({"T0"}), frozenset({"Bari"}), frozenset({"V1"})), Scope(agents=frozenset({"A1"})), NOBODY,
)  # fmt: skip
QUERIES = [
    ContactQuery(FORMS), ContactQuery(FORMS, agent_id="A1"), ContactQuery(FORMS, team="T0", medium="chat"),
    ContactQuery(FORMS, process="p1", state="done"), ContactQuery(FORMS, state="waiting"),
    ContactQuery(FORMS, failed=True), ContactQuery(FORMS, open_only=True, team="T1"),
    ContactQuery(FORMS, failed=True, open_only=True), ContactQuery(("f1",), failed=True),
    ContactQuery((), open_only=True), ContactQuery(FORMS, agent_id="nobody"),
    *(ContactQuery(FORMS, scope=scope) for scope in SCOPES), ContactQuery(FORMS, failed=True, scope=SCOPES[0]),
    ContactQuery(FORMS, process="p1", scope=SCOPES[1]), ContactQuery(FORMS, team="T1", scope=SCOPES[0]),
]  # fmt: skip


def test_pages_are_the_filtered_list_in_its_order(database):
    with database.unit_of_work() as unit:
        made = fill(unit, random.Random(5))
    by_start = sorted(made, key=lambda one: (one.contact.started_at, one.contact.id))
    for wanted in QUERIES:
        fit = [one.contact.id for one in by_start if lets_through(wanted, one)]
        if "f2" not in wanted.forms and (wanted.failed or wanted.open_only):
            fit = []
        read, after, more = [], "", True
        with database.reading() as unit:
            while more:
                page = unit.contacts.page(wanted, after, 7)
                assert page.total == len(fit)
                read += [line.contact.id for line in page.items]
                more, after = page.has_more, read[-1] if read else ""
        assert read == fit, wanted


def test_a_line_holds_state_reason_grade_scores_and_the_last_response(database):
    with database.unit_of_work() as unit:
        for contact_id in ("C-1", "C-2"):
            unit.contacts.save(builders.contact(contact_id), "/day", 0, "f")
        transcript = builders.call((Role.AGENT, 0.1, "Buongiorno"))
        unit.outputs.save_transcript("C-1", transcript)
        unit.evaluations.replace("C-1", [scored("C-1", "f1", failed=True, open_=False)])
        unit.work.quarantine(Quarantine("C-2", "store", "recording.truncated", "", "", ""), is_contact=True)
        unit.surveys.save([SurveyResponse("R-1", nps=1), SurveyResponse("R-2", nps=9), SurveyResponse("R-3")])
        links = [SurveyLink(f"R-{n}", "C-1" if n < 3 else "", LinkMethod.CONTACT_ID, 1.0) for n in (1, 2, 3)]
        unit.surveys.replace_links(links)
    with database.reading() as unit:
        first, second = unit.contacts.page(ContactQuery(FORMS)).items
        assert unit.outputs.grades() == ({"C-1": transcript.grade.letter} if transcript.grade else {})
    assert (first.state, first.code, first.response) == (ItemState.WAITING, "", SurveyResponse("R-2", nps=9))
    assert [brief.score.failed_by for brief in first.briefs] == [("c1",)]
    assert (second.state, second.code, second.briefs) == (ItemState.QUARANTINED, "recording.truncated", ())


def test_a_cursor_of_another_list_is_refused(database):
    with database.unit_of_work() as unit:
        fill(unit, random.Random(6), 5)
        contact = next(unit.contacts.every())
        for wanted, after in (
            (ContactQuery(FORMS), "C-404"),
            (ContactQuery(FORMS, agent_id="nobody"), contact.id),
        ):
            with pytest.raises(NotFoundError, match=r"page\.bad_cursor"):
                unit.contacts.page(wanted, after)


def test_choices_are_what_contacts_have(database):
    with database.unit_of_work() as unit:
        assert unit.contacts.choices(WHOLE) == {"agent": (), "team": (), "process": (), "medium": ()}
        made = [one.contact for one in fill(unit, random.Random(7))]
        found = unit.contacts.choices(WHOLE)
        narrowed = unit.contacts.choices(SCOPES[3])
    assert found["agent"] == tuple((name, "Anna") for name in sorted({c.agent.id for c in made}))
    assert found["process"] == (("p1", "p1"), ("p2", "p2"))
    assert found["medium"] == (("chat", "chat"), ("voice", "voice"))
    seen = [contact for contact in made if SCOPES[3].allows(contact)]
    assert narrowed["team"] == (("T0", "T0"),)
    assert narrowed["agent"] == tuple((name, "Anna") for name in sorted({c.agent.id for c in seen}))


def test_some_contacts_are_those_named_that_are_there_and_in_scope(database):
    with database.unit_of_work() as unit:
        made = fill(unit, random.Random(6), 12)
    asked = [one.contact.id for one in made[:9]] + ["C-nobody's", 'C-"quoted", ?']
    for scope in (WHOLE, *SCOPES):
        with database.reading() as unit:
            found = unit.contacts.some(asked, scope)
            assert unit.contacts.some((), scope) == {}
        assert found == {one.contact.id: one.contact for one in made[:9] if scope.allows(one.contact)}


def test_a_long_list_is_counted_so_far_and_no_further(database, monkeypatch):
    monkeypatch.setattr("qm.storage.contact_store.COUNTED", 4)
    with database.unit_of_work() as unit:
        made = fill(unit, random.Random(8), 5)
        whole = unit.contacts.page(ContactQuery(FORMS), size=2)
        part = unit.contacts.page(ContactQuery(FORMS, agent_id=made[0].contact.agent.id), size=2)
    assert (whole.total, whole.is_longer, whole.has_more) == (4, True, True)
    assert (part.total, part.is_longer) == (sum(o.contact.agent.id == made[0].contact.agent.id for o in made), False)


def test_choices_leave_out_what_was_erased(database):
    with database.unit_of_work() as unit:
        unit.contacts.save(builders.contact(f"{PREFIX}1", process="gone"), "/day", 0, "f")
        unit.contacts.save(builders.contact("C-1", process="p1"), "/day", 1, "f")
        unit.contacts.save(builders.contact(f"{PREFIX}2", process="p1"), "/day", 2, "f")
        assert unit.contacts.choices(WHOLE)["process"] == (("p1", "p1"),)


def test_who_leads_agents(database):
    agents = (
        Agent("A1", "Ada", "Nord", supervisor="Marta Riva"), Agent("A2", "Bea", "Nord"), Agent("A3", "Ugo", "Sud"),
        Agent("A4", "Leo", "Sud", supervisor="Marta Riva"), Agent("A5", "Eva", "Est", supervisor="nobody's"),
    )  # fmt: skip
    with database.unit_of_work() as unit:
        for place, agent in enumerate(agents):
            name = "erased-0f" if agent.id == "A5" else f"L-{place}"
            unit.contacts.save(builders.contact(name, agent=agent), "/day", place, "f")
    with database.reading() as unit:
        assert unit.contacts.leaders(Scope()) == {"Marta Riva", "Nord", "Sud"}
        assert unit.contacts.leaders(Scope(teams=frozenset({"Nord"}))) == {"Marta Riva", "Nord"}
        assert unit.contacts.leaders(Scope(agents=frozenset({"A3"}))) == {"Sud"}
