"""People on both databases: added, changed, let go and taken back; what the audit trail keeps; the first start."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from qm.domain.people import PersonState, Right, Role, Scope
from qm.domain.text import Language
from qm.errors import ConflictError, InputError, NotFoundError, RightError, SignInError
from qm.operations.passwords import Passwords
from qm.services.people import PeopleService, PersonChange
from qm.services.sign_in import SignInService
from tests.unit import builders

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PASSWORD = "quattro mele sul davanzale"
HASHER = Passwords(kib=64, passes=1)


class Site:
    def __init__(self, database):
        self.database, self.now = database, NOW
        writing, reading = database.unit_of_work, database.reading
        self.sign_in = SignInService(writing, reading, HASHER, lambda: self.now)
        self.people = PeopleService(writing, reading, self.sign_in, lambda: self.now)

    def add(self, login="anna", role=Role.SUPERVISOR, scope=None, agent_id="", name="Anna Rossi"):
        return self.people.add(login, name, role, scope or Scope(), agent_id, Language.ITALIAN, "boss")

    def active(self, login="anna", **how):
        self.add(login, **how)
        self.sign_in.set_password(self.people.invite(login, "boss"), PASSWORD)
        return self.enter(login)

    def enter(self, login="anna", password=PASSWORD):
        return self.sign_in.sign_in(login, password, "", "10.0.0.1").key

    def events(self, prefix="person."):
        with self.database.reading() as unit:
            found = [event for event in unit.audit.after(0, 100) if event.action.startswith(prefix)]
            details = unit.audit.details([event.seq for event in found])
        none = (None, None)
        told = [(each.before, each.after) if (each := details.get(event.seq)) else none for event in found]
        return [(event.action, event.actor, *sides) for event, sides in zip(found, told, strict=True)]


@pytest.fixture
def site(database):
    return Site(database)


def test_who_is_added_waits_for_a_password_and_a_service_for_nothing(site):
    anna = site.add(" Anna ", scope=Scope(teams=frozenset({"A"})))
    assert (anna.login, anna.state) == ("anna", PersonState.INVITED)
    assert site.add("crm", Role.SERVICE).state is PersonState.ACTIVE
    assert site.events() == [
        ("person.added", "boss", None, {"role": "supervisor", "teams": ["A"]}),
        ("person.added", "boss", None, {"role": "service"}),
    ]


def test_a_login_is_given_once(site):
    site.add()
    with pytest.raises(ConflictError, match="signs in as 'anna'") as told:
        site.add("ANNA")
    assert told.value.code == "person.login_taken"


@pytest.mark.parametrize("login", ["", "two words", "a/b", "worker", "a\nb", "x" * 101, "<b>", "a;b"])
def test_what_can_be_no_login(site, login):
    with pytest.raises(InputError) as told:
        site.add(login)
    assert told.value.code == "person.login"
    assert site.people.every() == ()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"role": Role.AGENT}, "person.agent_id"),
        ({"agent_id": "A-1"}, "person.agent_id"),
        ({"role": Role.AGENT, "agent_id": "A-1", "scope": Scope(sites=frozenset({"Roma"}))}, "person.scope"),
        ({"scope": Scope(teams=frozenset({" "}))}, "person.scope"),
        ({"name": " "}, "person.name"),
        ({"name": "two\nlines"}, "person.name"),
    ],
)
def test_what_doesnt_fit_together_is_refused(site, wrong, code):
    with pytest.raises(InputError) as told:
        site.add(**wrong)
    assert told.value.code == code


def test_an_unknown_login_names_those_that_are_alike(site):
    site.add("anna.rossi")
    with pytest.raises(NotFoundError) as told:
        site.people.get("ana.rosi")
    assert (told.value.code, told.value.hint) == ("person.unknown", "did you mean anna.rossi?")
    for act in (site.people.leave, site.people.back, site.people.unlock, site.people.invite):
        with pytest.raises(NotFoundError):
            act("zzz")


def test_a_change_is_noted_with_role_and_scope_of_before_and_after_and_nobodys_name(site):
    site.add(scope=Scope(teams=frozenset({"A"})))
    site.people.change("anna", PersonChange(name="Anna Bianchi", teams=frozenset({"A", "B"})), "boss")
    assert site.people.get("anna").name == "Anna Bianchi"
    site.people.change("anna", PersonChange(role=Role.AGENT, agent_id="A-7"), "boss")
    site.people.change("anna", PersonChange(role=Role.ANALYST), "boss")
    wide, narrow = {"role": "supervisor", "teams": ["A", "B"]}, {"role": "agent", "agent": "A-7"}
    assert site.events()[1:] == [
        ("person.changed", "boss", {"role": "supervisor", "teams": ["A"]}, wide),
        ("person.changed", "boss", wide, narrow),
        ("person.changed", "boss", narrow, {"role": "analyst"}),
    ]
    with site.database.reading() as unit:
        kept = str(list(unit.audit.after(0, 100))) + str(unit.audit.details(range(10)))
    assert not any(name in kept for name in ("Anna R", "Rossi", "Bianchi"))


def test_what_isnt_given_stays_and_whole_means_everything(site):
    site.add(scope=Scope(frozenset({"A"}), frozenset({"Roma"})))
    assert site.people.change("anna", PersonChange(sites=frozenset({"Bari"}))).scope.teams == {"A"}
    assert site.people.change("anna", PersonChange(whole=True)).scope.is_whole
    version = site.people.get("anna").version
    assert site.people.change("anna", PersonChange(name="Anna Rossi")).version == version


def test_another_role_ends_the_sessions_another_name_doesnt(site):
    key = site.active()
    site.people.change("anna", PersonChange(name="Anna B"))
    assert site.sign_in.who(key)
    site.people.change("anna", PersonChange(role=Role.ANALYST))
    assert site.sign_in.who(key) is None


def test_who_leaves_is_out_at_once_and_comes_back_without_the_old_password(site):
    key = site.active()
    secret = site.add("crm", Role.SERVICE) and site.people.token(
        "crm", "nightly", frozenset({Right.SURVEY_WRITE}), timedelta(days=1)
    )[0]  # fmt: skip
    link = site.people.invite("anna")
    site.people.leave("anna", "boss")
    site.people.leave("crm", "boss")
    assert site.sign_in.who(key) is None
    assert site.sign_in.bearer(secret) is None
    with pytest.raises(SignInError, match="used, or its day is over"):
        site.sign_in.set_password(link, PASSWORD)
    with pytest.raises(ConflictError):
        site.people.invite("anna")
    assert site.people.leave("anna").state is PersonState.LEFT
    assert site.people.back("anna", "boss").state is PersonState.INVITED
    assert site.people.back("crm", "boss").state is PersonState.ACTIVE
    assert site.sign_in.bearer(secret) is None
    with pytest.raises(SignInError, match="don't fit"):
        site.enter()
    site.sign_in.set_password(site.people.invite("anna"), PASSWORD)
    assert site.enter()
    assert [event[0] for event in site.events()][-4:] == [
        "person.left", "person.returned", "person.returned", "person.invited",
    ]  # fmt: skip


def test_the_last_administrator_stays_one(site):
    site.active("boss", role=Role.ADMIN)
    site.add("next", Role.ADMIN)  # invited: can't sign in yet
    for act in (
        lambda: site.people.leave("boss"),
        lambda: site.people.change("boss", PersonChange(role=Role.AUDITOR)),
    ):
        with pytest.raises(ConflictError) as told:
            act()
        assert told.value.code == "person.last_admin"
    site.sign_in.set_password(site.people.invite("next"), PASSWORD)
    assert site.people.leave("boss").state is PersonState.LEFT
    assert site.people.has_admin()


def test_a_service_stays_one_and_nobody_becomes_one(site):
    site.add("crm", Role.SERVICE)
    site.add()
    for login, role in (("crm", Role.ANALYST), ("anna", Role.SERVICE)):
        with pytest.raises(ConflictError) as told:
            site.people.change(login, PersonChange(role=role))
        assert told.value.code == "person.service"


def test_a_token_does_what_it_names_and_is_made_for_services_only(site):
    site.add("crm", Role.SERVICE, Scope(vendors=frozenset({"V"})))
    secret, token = site.people.token("crm", " nightly ", frozenset({Right.CONTACT_READ}), timedelta(days=7), "boss")
    who = site.sign_in.bearer(secret)
    assert (who.rights, who.scope) == ({Right.CONTACT_READ}, Scope(vendors=frozenset({"V"})))
    assert (token.name, site.people.every()[0].tokens) == ("nightly", 1)
    site.now += timedelta(days=8)
    assert site.people.every()[0].tokens == 0
    site.add()
    for login, name, rights, kind, code in (
        ("anna", "x", {Right.CONTACT_READ}, ConflictError, "token.not_service"),
        ("crm", "x", {Right.PEOPLE_MANAGE}, RightError, "token.too_much"),
        ("crm", " ", {Right.CONTACT_READ}, InputError, "token.no_name"),
        ("crm", "x", set(), InputError, "token.rights"),
    ):
        with pytest.raises(kind) as told:
            site.people.token(login, name, frozenset(rights), timedelta(days=1))
        assert told.value.code == code


def test_who_mistyped_too_often_may_try_again_once_unlocked(site):
    site.active()
    for _ in range(5):
        with pytest.raises(SignInError):
            site.sign_in.sign_in("anna", "wrong", "", f"10.0.1.{_}")
    with pytest.raises(SignInError, match=r"wait 3[01] s"):
        site.enter()
    site.people.unlock("Anna", "boss")
    assert site.enter()
    assert site.events()[-1] == ("person.unlocked", "boss", None, None)


def test_the_list_tells_who_signed_in_when(site):
    site.add("zoe", Role.AGENT, agent_id="A-1")
    site.active()
    site.now += timedelta(hours=1)
    rows = site.people.every()
    assert [row.person.login for row in rows] == ["anna", "zoe"]
    assert rows[0].signed_in_at is not None
    assert rows[1].signed_in_at is None


def test_a_team_of_no_contact_is_named(site):
    with site.database.unit_of_work() as unit:
        contact = builders.contact("C-1")
        unit.contacts.save(contact, "/day", 0, "f")
    assert site.people.unheard(Scope(teams=frozenset({contact.agent.team, "Typo"}))) == ("Typo",)


def test_the_first_start_makes_one_administrator_whose_link_is_new_each_time(site):
    assert not site.people.has_admin()
    assert site.people.first_admin()
    assert site.people.first_admin()
    assert [row.person.login for row in site.people.every()] == ["admin"]
    first, second = site.people.first_link(), site.people.first_link()
    with pytest.raises(SignInError):
        site.sign_in.set_password(first, PASSWORD)
    site.sign_in.set_password(second, PASSWORD)
    assert site.people.has_admin()
    assert not site.people.first_admin()
    assert site.enter("admin")
    assert [event[0] for event in site.events()] == ["person.added", "person.invited", "person.invited"]


def test_what_is_over_is_taken_away(site):
    site.active()
    site.people.invite("anna")
    site.now += timedelta(days=40)
    assert site.people.tidy() == 2
    assert site.people.tidy() == 0


def test_a_site_whose_people_were_added_by_hand_gets_nobody_more(site):
    site.add("boss", Role.ADMIN)
    assert not site.people.first_admin()
    assert [row.person.login for row in site.people.every()] == ["boss"]


@pytest.mark.skipif(not hasattr(SignInService, "drop_second_factor"), reason="the second factor isn't merged yet")
def test_a_lost_device_is_no_end(site):
    site.active()
    with site.database.unit_of_work() as unit:
        person = site.people.get("anna")
        unit.people.keep(replace(unit.people.secrets(person.id), totp_key="ABCDEFGHIJKLMNOP"))
    with pytest.raises(SignInError):
        site.enter()
    site.people.drop_code("anna", "boss")
    assert site.enter()
