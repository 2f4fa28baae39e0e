"""Signing in on both databases: who gets in, who doesn't, and for how long."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from qm.domain.people import NOBODY, Person, PersonState, Right, Role, Scope, Via
from qm.domain.sign_in import SessionRules, hash_of
from qm.errors import ConflictError, InputError, NotFoundError, RightError, SignInError
from qm.operations.passwords import Passwords
from qm.services.sign_in import SignInService

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PASSWORD, OTHER = "quattro mele sul davanzale", "tre pere dentro il cassetto"
ANNA = Person("p-1", "anna", "Anna Rossi", Role.SUPERVISOR, Scope(teams=frozenset({"A"})))
HASHER = Passwords(kib=64, passes=1)


class Site:
    def __init__(self, database):
        self.database, self.now = database, NOW
        codes = lambda key, code, _now: int(code) if code.isdecimal() and key else None  # noqa: E731
        self.service = SignInService(
            database.unit_of_work,
            database.reading,
            HASHER,
            lambda: self.now,
            SessionRules(),
            frozenset({"passwordpassword"}),
            codes,
        )
        with database.unit_of_work() as unit:
            unit.people.add(ANNA)

    def invited(self, password=PASSWORD):
        self.service.set_password(self.service.invite("p-1", "admin"), password)
        return self

    def sign_in(self, login="anna", password=PASSWORD, code="", place="10.0.0.1"):
        return self.service.sign_in(login, password, code, place)

    def later(self, **time):
        self.now += timedelta(**time)

    def actions(self):
        with self.database.reading() as unit:
            return [event.action for event in unit.audit.after(0, 100)]


@pytest.fixture
def site(database):
    return Site(database).invited()


def test_a_password_that_fits_opens_a_session(site):
    opened = site.sign_in(" ANNA ")
    who = site.service.who(opened.key)
    assert (who.principal.person.name, who.principal.via) == ("Anna Rossi", Via.SESSION)
    assert who.principal.may(Right.COACHING_WRITE)
    assert not who.principal.may(Right.PEOPLE_MANAGE)
    assert site.actions() == ["person.invited", "password.set", "sign_in.done"]


def test_the_key_itself_is_kept_nowhere(site):
    opened = site.sign_in()
    with site.database.reading() as unit:
        row = unit.connection.exec_driver_sql("SELECT * FROM sessions").one()
    assert opened.key not in map(str, row)
    assert hash_of(opened.key) in row


@pytest.mark.parametrize("wrong", [{"password": OTHER}, {"login": "nobody"}, {"password": ""}, {"login": ""}])
def test_every_fault_is_told_in_the_same_words(site, wrong):
    with pytest.raises(SignInError, match="login, password or code don't fit") as told:
        site.sign_in(**wrong)
    assert told.value.code == "sign_in.refused"


def test_who_was_only_invited_or_has_left_isnt_let_in(database):
    site = Site(database)
    with pytest.raises(SignInError):
        site.sign_in()
    key = site.invited().sign_in().key
    with database.unit_of_work() as unit:
        unit.people.change(replace(unit.people.get("p-1"), state=PersonState.LEFT))
    assert site.service.who(key) is None
    with pytest.raises(SignInError, match="don't fit"):
        site.sign_in()
    with pytest.raises(ConflictError, match="doesn't sign in with a password"):
        site.service.invite("p-1", "admin")


def test_five_failures_make_wait_longer_each_time(site):
    for _try in range(5):
        with pytest.raises(SignInError, match="don't fit"):
            site.sign_in(password=OTHER)
    with pytest.raises(SignInError, match="wait 31 s"):
        site.sign_in()
    site.later(seconds=31)
    with pytest.raises(SignInError, match="don't fit"):
        site.sign_in(password=OTHER)
    with pytest.raises(SignInError, match="wait 61 s"):
        site.sign_in()
    site.later(seconds=61)
    assert site.sign_in(place="10.0.0.1").person.id == "p-1"


def test_one_place_that_tries_many_logins_waits_too(site):
    for number in range(50):
        with pytest.raises(SignInError, match="don't fit"):
            site.sign_in(login=f"guess{number}")
    with pytest.raises(SignInError, match=r"sign_in\.wait"):
        site.sign_in()
    assert site.sign_in(place="10.0.0.2")


def test_an_office_behind_one_address_isnt_kept_out_by_a_weeks_mistakes(site):
    for day in range(60):
        with pytest.raises(SignInError, match="don't fit"):
            site.sign_in(login=f"colleague{day}", password=OTHER)
        site.later(minutes=61)
    for _try in range(4):
        with pytest.raises(SignInError, match="don't fit"):
            site.sign_in(password=OTHER)
    assert site.sign_in()


def test_a_session_ends_when_nothing_is_asked_and_after_a_shift(site):
    idle = site.sign_in().key
    site.later(minutes=29)
    assert site.service.who(idle)
    site.later(minutes=29)
    assert site.service.who(idle)
    site.later(minutes=31)
    assert site.service.who(idle) is None
    busy = site.sign_in().key
    for _half_hour in range(24):
        assert site.service.who(busy)
        site.later(minutes=29, seconds=59)
    site.later(minutes=1)
    assert site.service.who(busy) is None


def test_signing_out_ends_it_and_a_guessed_key_opens_nothing(site):
    key = site.sign_in().key
    site.service.sign_out(key)
    site.service.sign_out(key)
    assert [site.service.who(each) for each in (key, "", "x" * 43, hash_of(key))] == [None] * 4


def test_a_link_does_once_and_for_a_day(site):
    first, second = site.service.invite("p-1", "admin"), site.service.invite("p-1", "admin")
    with pytest.raises(SignInError, match=r"sign_in\.link"):
        site.service.set_password(first, OTHER)
    with pytest.raises(InputError, match=r"password\.short"):
        site.service.set_password(second, "breve")
    key = site.sign_in().key
    site.service.set_password(second, OTHER)
    assert site.service.who(key) is None
    with pytest.raises(SignInError, match=r"sign_in\.link"):
        site.service.set_password(second, OTHER)
    late = site.service.invite("p-1", "admin")
    site.later(hours=24, seconds=1)
    with pytest.raises(SignInError, match=r"sign_in\.link"):
        site.service.set_password(late, OTHER)
    assert site.sign_in(password=OTHER)


@pytest.mark.parametrize(
    ("password", "code"),
    [("x" * 201, "long"), ("aaaaaaaaaaaaaa", "simple"), ("sono anna rossi!", "told"), ("passwordPassword1", "common")],
)
def test_passwords_that_wont_do(site, password, code):
    with pytest.raises(InputError, match=rf"password\.{code}"):
        site.service.set_password(site.service.invite("p-1", "admin"), password)


def test_changing_ones_password_ends_all_other_sessions(site):
    here, there = site.sign_in().key, site.sign_in().key
    who = site.service.who(here)
    with pytest.raises(SignInError, match=r"password\.wrong"):
        site.service.change_password(who, OTHER, OTHER)
    site.service.change_password(who, PASSWORD, OTHER)
    assert site.service.who(here)
    assert site.service.who(there) is None


def test_a_code_is_taken_once(site):
    with site.database.unit_of_work() as unit:
        unit.people.keep(replace(unit.people.secrets("p-1"), totp_key="k"))
    for code in ("", "none"):
        with pytest.raises(SignInError, match="don't fit"):
            site.sign_in(code=code)
    assert site.sign_in(code="100")
    for code in ("100", "99"):
        with pytest.raises(SignInError, match="don't fit"):
            site.sign_in(code=code)
    assert site.sign_in(code="101")


def test_a_hash_of_less_cost_is_made_anew(site):
    with site.database.unit_of_work() as unit:
        cheap = Passwords(kib=32, passes=1).hash(PASSWORD)
        unit.people.keep(replace(unit.people.secrets("p-1"), password=cheap))
    site.sign_in()
    with site.database.reading() as unit:
        assert not HASHER.is_old(unit.people.secrets("p-1").password)


def test_a_token_does_no_more_than_its_owner_may_now(site):
    rights = frozenset({Right.CONTACT_READ, Right.SEARCH_USE})
    with pytest.raises(RightError, match=r"token\.too_much"):
        site.service.make_token(ANNA, "x", rights | {Right.PEOPLE_MANAGE}, ANNA.scope, timedelta(days=1), "admin")
    with pytest.raises(RightError, match=r"token\.too_much"):
        site.service.make_token(ANNA, "x", rights, Scope(), timedelta(days=1), "admin")
    with pytest.raises(InputError, match=r"token\.lasts"):
        site.service.make_token(ANNA, "x", rights, ANNA.scope, timedelta(days=366), "admin")
    secret, token = site.service.make_token(ANNA, "report", rights, ANNA.scope, timedelta(days=1), "admin")
    assert site.service.bearer(secret).rights == rights
    with site.database.unit_of_work() as unit:
        person = unit.people.get("p-1")
        unit.people.change(replace(person, role=Role.SERVICE, scope=Scope(teams=frozenset({"B"}))))
    later = site.service.bearer(secret)
    assert (later.rights, later.scope) == (frozenset({Right.CONTACT_READ}), NOBODY), "of team A alone, and that's gone"
    site.later(days=1)
    assert site.service.bearer(secret) is None
    assert [site.service.bearer(each) for each in ("", "qmt_", token.key_sha256)] == [None] * 3


def test_a_new_link_ends_sessions_and_a_new_password_ends_tokens(site):
    key = site.sign_in().key
    secret, _token = site.service.make_token(ANNA, "x", frozenset(), ANNA.scope, timedelta(days=1), "admin")
    link = site.service.invite("p-1", "admin")
    assert site.service.who(key) is None
    site.service.set_password(link, OTHER)
    assert site.service.bearer(secret) is None


def test_many_guesses_at_once_are_counted_like_guesses_in_a_row(site):
    def guess(_number):
        try:
            site.sign_in(password=OTHER)
        except SignInError as error:
            return error.code

    with ThreadPoolExecutor(12) as pool:
        told = list(pool.map(guess, range(12)))
    assert told.count("sign_in.refused") == 5
    assert told.count("sign_in.wait") == 7


def test_a_token_that_is_dropped_opens_nothing(site):
    secret, token = site.service.make_token(ANNA, "x", frozenset(), ANNA.scope, timedelta(days=1), "admin")
    with site.database.unit_of_work() as unit:
        assert [each.id for each in unit.sessions.tokens("p-1")] == [token.id]
        unit.sessions.drop_token(token.id)
    assert site.service.bearer(secret) is None


def test_logins_are_unique_and_changes_dont_run_over_each_other(site):
    with site.database.unit_of_work() as unit, pytest.raises(ConflictError, match=r"person\.login_taken"):
        unit.people.add(replace(ANNA, id="p-2"))
    with site.database.unit_of_work() as unit:
        before = unit.people.get("p-1")
        unit.people.change(replace(before, name="Anna Bianchi"))
        with pytest.raises(ConflictError, match=r"person\.changed"):
            unit.people.change(replace(before, name="Anna Verdi"))
        assert [person.name for person in unit.people.every()] == ["Anna Bianchi"]
        with pytest.raises(NotFoundError, match=r"person\.unknown"):
            unit.people.get("p-9")


def test_what_is_over_is_swept_away(site):
    site.service.make_token(ANNA, "x", frozenset(), ANNA.scope, timedelta(days=1), "admin")
    site.service.invite("p-1", "admin")
    site.sign_in()
    with pytest.raises(SignInError):
        site.sign_in(password=OTHER)
    with site.database.unit_of_work() as unit:
        assert unit.sessions.sweep(NOW) == 0
        assert unit.sessions.sweep(NOW + timedelta(days=40)) == 1 + 1 + 1 + 2
