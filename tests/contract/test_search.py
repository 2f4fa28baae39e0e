"""The search on both databases: the same found, in the same order; index, filters, alerts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from qm.domain.contact import Agent, Medium
from qm.domain.evaluation import Answer
from qm.domain.people import Person, PersonState, Scope
from qm.domain.people import Role as PeopleRole
from qm.domain.retention import GONE
from qm.domain.run import Quarantine
from qm.domain.search import MOST_SAVED, SearchFilter
from qm.domain.signals import Signals
from qm.domain.transcript import Role
from qm.errors import ConflictError, InputError, NotFoundError
from qm.services.saved_searches import SavedSearchService
from qm.services.search import AT_ONCE, IndexService, SearchService
from qm.storage import search_store, tables
from tests.unit import builders

NORD = Scope(teams=frozenset({"Nord"}))
ROME = ZoneInfo("Europe/Rome")
DAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
ANNA, BRUNO = Agent("A-1", "Anna", "Nord", site="Bari"), Agent("A-2", "Bruno", "Sud")
FORM = builders.form((1.0, [builders.criterion("c1"), builders.criterion("c2")]))
CALLS = {
    "C-1": ("it", ANNA, [(Role.AGENT, 0.0, "Buongiorno, come posso aiutarla?"),
                         (Role.CUSTOMER, 3.0, "Voglio la disdetta, pago troppo"),
                         (Role.AGENT, 9.0, "Le offro uno sconto di tre mesi")]),
    "C-2": ("it", BRUNO, [(Role.AGENT, 0.0, "Pronto"), (Role.CUSTOMER, 2.0, "Quando arriva il rimborso?"),
                          (Role.AGENT, 80.0, "I rimborsi arrivano in dieci giorni; nessuna disdetta serve")]),
    "C-3": ("en", BRUNO, [(Role.AGENT, 0.0, "This call is recorded"),
                          (Role.CUSTOMER, 4.0, "I was billed twice, I'd like my money back")]),
    "C-4": ("it", ANNA, [(Role.CUSTOMER, 1.0, "perché l'età conta? перевод: mail a x@y.it, € 92,40")]),
}  # fmt: skip


class Clock:
    def __init__(self):
        self.now = DAY + timedelta(days=30)
        self.seconds = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def save(unit, contact_id, language, agent, said, number=0, fingerprint="f"):
    medium = Medium.CHAT if contact_id == "C-3" else Medium.VOICE
    started_at = DAY + timedelta(days=number)
    unit.contacts.save(
        builders.contact(contact_id, agent=agent, started_at=started_at, medium=medium, process="p"),
        "/day",
        number,
        "f",
    )
    unit.outputs.save_recording(contact_id, f"{number:064}")
    unit.outputs.save_transcript(contact_id, replace(builders.call(*said), language=language))
    unit.outputs.save_signals(contact_id, Signals((), {"silence_longest_s": float(number)}))
    unit.work.publish(contact_id, "signals", fingerprint)
    answers = (builders.answer("c1", Answer.MET if number % 2 else Answer.NOT_MET), builders.answer("c2", Answer.MET))
    unit.evaluations.replace(contact_id, [builders.evaluation(contact_id, answers)])
    unit.work.finish(contact_id)


@pytest.fixture
def filled(database):
    with database.unit_of_work() as unit:
        for number, (contact_id, (language, agent, said)) in enumerate(CALLS.items()):
            save(unit, contact_id, language, agent, [(role, at, text) for role, at, text in said], number)
    return database


@pytest.fixture
def index(filled, clock):
    service = IndexService(filled.unit_of_work, filled.reading, clock)
    assert service.catch_up() == len(CALLS)
    return service


@pytest.fixture
def search(filled, index, clock):
    return SearchService(filled.reading, {FORM.id: FORM}, ROME, lambda: clock.seconds)


@pytest.fixture
def saved(filled, search, clock):
    ids = iter(range(1000))
    return SavedSearchService(filled.unit_of_work, filled.reading, search, clock, lambda _n: f"{next(ids):04}")


def ids(page):
    return [hit.contact_id for hit in page.items]


@pytest.mark.parametrize(("text", "found"), [
    ("rimborso", ["C-2"]),
    ("rimborsi", ["C-2"]),
    ("disdetta", ["C-2", "C-1"]),
    ("disdette sconti", ["C-1"]),
    ('"posso aiutarla"', ["C-1"]),
    ('"posso aiutarle"', []),
    ("rimbor*", ["C-2"]),
    ("billing", ["C-3"]),
    ("disdetta -rimborso", ["C-1"]),
    ("rimborso OR sconto", ["C-2", "C-1"]),
    ("cliente:disdetta", ["C-1"]),
    ("agent:disdetta", ["C-2"]),
    ("cliente:disdetta THEN/10 agente:sconto", ["C-1"]),
    ("agente:sconto POI/10 cliente:disdetta", []),
    ("sconto WITHIN/10 disdetta", ["C-1"]),
    ("sconto ENTRO/3 disdetta", []),
    ("offro NEAR/1 sconto", ["C-1"]),
    ("offro NEAR/0 sconto", []),
    ("offro VICINO/2 mesi", []),
    ("(rimborso OR sconto) giorni", ["C-2"]),
    ("PERCHE eta", ["C-4"]),
    ("l'età", ["C-4"]),
    ("перевод", ["C-4"]),
    ("y.it", ["C-4"]),
    ("92,40", ["C-4"]),
    ("niente di niente", []),
])  # fmt: skip
def test_words_are_found_in_any_form_order_and_voice(search, text, found):
    assert ids(search.find(text, SearchFilter())) == found


@pytest.mark.parametrize(("filters", "found"), [
    ({"agent_id": "A-1"}, ["C-1"]),
    ({"team": "Sud"}, ["C-2"]),
    ({"process": "other"}, []),
    ({"medium": "chat"}, []),
    ({"since": date(2026, 11, 17)}, ["C-2"]),
    ({"until": date(2026, 11, 16)}, ["C-1"]),
    ({"role": Role.CUSTOMER}, ["C-1"]),
    ({"first_s": 10.0}, ["C-1"]),
    ({"last_s": 5.0}, ["C-2"]),
    ({"measure": "silence_longest_s", "at_least": 1.0}, ["C-2"]),
    ({"measure": "silence_longest_s", "at_most": 0.5}, ["C-1"]),
    ({"measure": "no_such_measure", "at_least": 0.0}, []),
    ({"form_id": "form", "criterion_id": "c1", "answer": Answer.NOT_MET}, ["C-1"]),
    ({"form_id": "form", "score_most": -1.0}, []),
    ({"nps_most": 5}, []),
])  # fmt: skip
def test_filters_narrow(search, filters, found):
    assert ids(search.find("disdetta", SearchFilter(**filters))) == found


@pytest.mark.parametrize("few", [1, 3000])
def test_rare_and_common_words_are_found_alike(search, monkeypatch, few):
    monkeypatch.setattr(search_store, "FEW", few)
    assert ids(search.find("disdetta", SearchFilter())) == ["C-2", "C-1"]
    assert ids(search.find("disdetta", SearchFilter(team="Sud"), "", 1)) == ["C-2"]
    assert ids(search.find("xyzzy", SearchFilter())) == []


def test_a_hit_tells_the_turn_its_seconds_and_which_words(search):
    (hit,) = search.find("disdetta sconto", SearchFilter()).items
    assert [(turn.role, turn.start_s) for turn in hit.turns] == [(Role.CUSTOMER, 3.0), (Role.AGENT, 9.0)]
    assert hit.turns[0].pieces == (("Voglio la", False), ("disdetta,", True), ("pago troppo", False))
    assert (hit.agent_name, hit.team, hit.has_audio) == ("Anna", "Nord", True)


def test_somebody_finds_only_what_they_may_see(search):
    narrow = search.seen_by(Scope(sites=frozenset({"Bari"})))
    assert ids(narrow.find("disdetta", SearchFilter())) == ["C-1"]
    assert set(narrow.known(["C-1", "C-2"])) == {"C-1"}


def test_what_is_made_anew_quarantined_or_erased_is_found_as_it_is(filled, index, search):
    with filled.unit_of_work() as unit:
        save(unit, "C-1", "it", ANNA, [(Role.AGENT, 0.0, "tutt'altro")], fingerprint="g")
        unit.work.quarantine(Quarantine("C-2", "score", "x.y", "m", "h", ""), is_contact=True)
        unit.work.publish("C-3", "signals", GONE)
    assert index.lacking()
    assert index.catch_up() == 1
    assert ids(search.find("disdetta", SearchFilter())) == []
    assert ids(search.find("altro", SearchFilter())) == ["C-1"]
    with filled.unit_of_work() as unit:
        assert unit.search.drop(["C-1", "C-9"]) == 1
    assert ids(search.find("altro", SearchFilter())) == []
    assert not filled.check()


def test_pages_go_on_where_the_last_one_stopped_and_a_page_that_takes_too_long_says_so(filled, clock, search, index):
    many = AT_ONCE + 30
    with filled.unit_of_work() as unit:
        for number in range(many):
            save(unit, f"D-{number:03}", "it", ANNA, [(Role.AGENT, 0.0, "parola rara" if number % 2 else "parola")], 0)
    index.catch_up()
    found, cursor = [], ""
    while True:
        page = search.find("parola rara", SearchFilter(), cursor, 7)
        found += ids(page)
        if not (cursor := page.next_cursor):
            break
    assert len(found) == len(set(found)) == many // 2
    ticks = iter(range(10_000))
    slow = SearchService(filled.reading, {}, ROME, lambda: float(next(ticks)), 2.0)
    page = slow.find("parola rara", SearchFilter(), "", 50)
    assert page.is_cut
    assert page.next_cursor
    assert page.reached is not None
    found, cursor, hasty = [], "", SearchService(filled.reading, {}, ROME, lambda: float(next(ticks)), 0.0)
    for _ in range(2 * many):
        page = hasty.find("parola rara", SearchFilter(), cursor, 50)
        found += ids(page)
        if not (cursor := page.next_cursor):
            break
    assert len(found) == many // 2  # however little time there is, every page gets on


UNREADABLE = (
    "", "  ", '"a', "-x", "a OR", "(a", "a)", "?!", "ab*", "x " * 30, "a" * 600, "a NEAR/3 (b c)", "-a OR b",
)  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cant_be_read_is_told(search, text):
    with pytest.raises(InputError, match=r"search\.query"):
        search.find(text, SearchFilter())


@pytest.mark.parametrize("filters", [
    {"measure": "x'y"}, {"form_id": "nope", "criterion_id": "c1", "answer": Answer.MET},
    {"form_id": "form", "criterion_id": "nope", "answer": Answer.MET}, {"form_id": "form", "criterion_id": "c1"},
])  # fmt: skip
def test_filters_that_cant_be_are_told(search, filters):
    with pytest.raises(InputError, match=r"search\.filter"):
        search.find("parola", SearchFilter(**filters))


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 40, "١"])
def test_a_cursor_that_isnt_one_is_told(search, cursor):
    with pytest.raises(InputError, match=r"page\.bad_cursor"):
        search.find("disdetta", SearchFilter(), cursor)


def test_kept_searches_tell_of_contacts_that_come_in(filled, index, clock, saved):
    with filled.unit_of_work() as unit:
        unit.people.add(Person("p", "ada", "Ada", PeopleRole.ANALYST, NORD, state=PersonState.ACTIVE))
        unit.people.add(Person("q", "leo", "Leo", PeopleRole.ANALYST, state=PersonState.LEFT))
    kept = saved.keep("ada", " disdette  nuove ", "disdetta", SearchFilter(), alerts=True)
    saved.keep("leo", "x", "disdetta", SearchFilter(), alerts=True)
    saved.keep("ada", "quiet", "disdetta", SearchFilter(), alerts=False)
    assert saved.look() == 0, "what was there before isn't new"
    clock.now += timedelta(hours=1)
    with filled.unit_of_work() as unit:
        save(unit, "C-8", "it", ANNA, [(Role.CUSTOMER, 0.0, "disdetta subito")])
        save(unit, "C-9", "it", BRUNO, [(Role.CUSTOMER, 0.0, "disdetta subito")])
    index.catch_up()
    clock.now += timedelta(hours=1)
    assert saved.look() == 1
    assert saved.look() == 0
    assert [(one.search.name, one.unread) for one in saved.of("ada")] == [("disdette nuove", 1), ("quiet", 0)]
    assert saved.found("ada", kept.id)[1] == (("C-8", False),)
    assert saved.found("ada", kept.id)[1] == (("C-8", True),)
    assert [one.unread for one in saved.of("ada")] == [0, 0]


def test_kept_searches_are_ones_own(saved):
    kept = saved.keep("ada", "x", "disdetta", SearchFilter(), alerts=False)
    again = saved.keep("ada", "x", "rimborso", SearchFilter(team="Sud"), alerts=True)
    assert again.id == kept.id
    assert [(one.search.text, one.search.filters.team) for one in saved.of("ada")] == [("rimborso", "Sud")]
    for call in (lambda: saved.found("leo", kept.id), lambda: saved.forget("leo", kept.id)):
        with pytest.raises(NotFoundError, match=r"search\.unknown"):
            call()
    saved.forget("ada", kept.id)
    assert not saved.of("ada")


def test_bad_names_and_too_many_are_refused(saved):
    for name in ("", "  ", "x" * 81):
        with pytest.raises(InputError, match=r"search\.name"):
            saved.keep("ada", name, "disdetta", SearchFilter(), alerts=False)
    for number in range(MOST_SAVED):
        saved.keep("ada", f"n {number}", "disdetta", SearchFilter(), alerts=False)
    with pytest.raises(ConflictError, match=r"search\.too_many"):
        saved.keep("ada", "one more", "disdetta", SearchFilter(), alerts=False)


def test_contacts_of_one_second_each_have_a_key(filled, index):
    with filled.unit_of_work() as unit:
        for number in range(200):
            save(unit, f"S-{number}", "it", ANNA, [(Role.AGENT, 0.0, "secondo")], 0)
    assert index.catch_up() == 200
    with filled.reading() as unit:
        keys = unit.connection.execute(tables.search_entries.select()).scalars().all()
    assert len(keys) == len(set(keys)) == 200 + len(CALLS)
