"""One's own account on both databases: one-time codes, sessions, tokens, and who is named by a provider."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from qm.domain.people import Person, PersonState, Right, Role, Scope
from qm.domain.sign_in import SessionRules
from qm.errors import ConflictError, InputError, NotFoundError, RightError, SignInError
from qm.operations.one_time_codes import new_key, step_of
from qm.operations.passwords import Passwords
from qm.services.account import AccountService
from qm.services.sign_in import MOST_TOKENS, SignInService

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PASSWORD, OTHER = "quattro mele sul davanzale", "tre pere dentro il cassetto"
ANNA = Person("p-1", "anna", "Anna Rossi", Role.SUPERVISOR, Scope(teams=frozenset({"A"})), state=PersonState.ACTIVE)


class Site:
    def __init__(self, database):
        self.database, self.now = database, NOW
        self.sign_in = SignInService(
            database.unit_of_work, database.reading, Passwords(kib=64, passes=1), lambda: self.now, SessionRules(),
            codes=step_of,
        )  # fmt: skip
        self.account = AccountService(self.sign_in, new_key)
        with database.unit_of_work() as unit:
            unit.people.add(ANNA)
        self.sign_in.set_password(self.sign_in.invite("p-1", "admin"), PASSWORD)

    def enter(self, code="", password=PASSWORD):
        return self.sign_in.who(self.sign_in.sign_in("anna", password, code, "10.0.0.1").key)

    def later(self, **time):
        self.now += timedelta(**time)

    def with_code(self):
        me = self.enter()
        totp = pyotp.TOTP(self.account.offer_code(me, PASSWORD))
        self.account.confirm_code(me, totp.at(self.now))
        return me, totp

    def actions(self):
        with self.database.reading() as unit:
            return [event.action for event in unit.audit.after(0, 100)]


@pytest.fixture
def site(database):
    return Site(database)


def refused(site, code):
    with pytest.raises(SignInError, match="don't fit"):
        site.enter(code)


def test_codes_are_asked_for_once_one_was_typed(site):
    other = site.enter()
    me, totp = site.with_code()
    assert site.account.show(me).asks_code
    assert [session.key_sha256 for session in site.account.show(me).sessions] == [me.session.key_sha256]
    assert other.session.key_sha256 != me.session.key_sha256
    refused(site, "")
    refused(site, totp.at(site.now))  # it was used to turn codes on
    site.later(seconds=30)
    assert site.enter(totp.at(site.now))
    assert site.actions()[-1] == "sign_in.done"
    assert "code.set" in site.actions()


def test_a_clock_may_be_off_by_one_step(site):
    _me, totp = site.with_code()
    site.later(minutes=5)
    refused(site, totp.at(site.now - timedelta(seconds=60)))
    refused(site, totp.at(site.now + timedelta(seconds=60)))
    assert site.enter(totp.at(site.now - timedelta(seconds=30)))
    assert site.enter(totp.at(site.now + timedelta(seconds=30)))
    refused(site, totp.at(site.now))  # older than the last one that was taken


def test_of_two_with_the_same_code_at_once_one_gets_in(site):
    _me, totp = site.with_code()
    site.later(minutes=1)
    code = totp.at(site.now)

    def enter(_number):
        try:
            return bool(site.enter(code))
        except SignInError:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(enter, range(4))) == 1


def test_a_key_that_was_only_shown_changes_nothing(site):
    me = site.enter()
    with pytest.raises(ConflictError, match=r"code\.not_offered"):
        site.account.confirm_code(me, "123456")
    with pytest.raises(SignInError, match=r"password\.wrong"):
        site.account.offer_code(me, OTHER)
    first = site.account.offer_code(me, PASSWORD)
    assert site.account.offered(me) == first != site.account.offer_code(me, PASSWORD)
    with pytest.raises(SignInError, match=r"code\.wrong"):
        site.account.confirm_code(me, pyotp.TOTP(first).at(site.now))
    assert site.enter()


def test_codes_are_turned_off_with_the_password_or_by_an_administrator(site):
    me, _totp = site.with_code()
    with pytest.raises(ConflictError, match=r"code\.on"):
        site.account.offer_code(me, PASSWORD)
    with pytest.raises(SignInError, match=r"password\.wrong"):
        site.account.drop_code(me, OTHER)
    site.account.drop_code(me, PASSWORD)
    me = site.enter()
    with pytest.raises(ConflictError, match=r"code\.off"):
        site.sign_in.drop_second_factor("p-1", "admin")
    site.later(minutes=1)
    site.with_code()
    site.sign_in.drop_second_factor("p-1", "admin")
    assert site.account.show(me).sessions == ()
    assert site.enter()
    assert site.actions().count("code.dropped") == 2


def test_guessing_the_password_inside_a_session_makes_wait_as_outside(site):
    me = site.enter()
    for _try in range(5):
        with pytest.raises(SignInError, match=r"password\.wrong"):
            site.sign_in.change_password(me, OTHER, OTHER)
    for guess in (PASSWORD, OTHER):
        with pytest.raises(SignInError, match=r"sign_in\.wait"):
            site.account.offer_code(me, guess)


def test_ending_all_other_sessions(site):
    here, there = site.enter(), site.enter()
    assert len(site.account.show(here).sessions) == 2
    assert site.account.end_others(here) == 1
    assert [each.key_sha256 for each in site.account.show(here).sessions] == [here.session.key_sha256]
    site.later(minutes=31)
    assert site.account.show(there).sessions == ()


def test_tokens_do_and_see_no_more_than_oneself(site):
    me = site.enter()
    secret, token = site.account.make_token(me, " rapporto ", ["contact.read"], 30)
    assert (token.name, token.scope, token.expires_at) == ("rapporto", ANNA.scope, NOW + timedelta(days=30))
    assert site.sign_in.bearer(secret).rights == {Right.CONTACT_READ}
    for rights, code in ((["people.manage"], "token.too_much"), (["x"], "token.rights"), ([], "token.rights")):
        with pytest.raises(InputError, match=code):
            site.account.make_token(me, "x", rights, 30)
    for days in (0, -1, 366, 10**12):
        with pytest.raises(InputError, match=r"token\.lasts"):
            site.account.make_token(me, "x", ["contact.read"], days)
    with pytest.raises(InputError, match=r"token\.no_name"):
        site.account.make_token(me, "  ", ["contact.read"], 30)
    assert issubclass(RightError, InputError)


def test_of_tokens_nobody_has_more_than_twenty(site):
    me = site.enter()
    for number in range(MOST_TOKENS):
        site.account.make_token(me, f"n. {number}", ["contact.read"], 1)
    with pytest.raises(ConflictError, match=r"token\.many"):
        site.account.make_token(me, "x", ["contact.read"], 1)


def test_nobody_takes_anothers_token_back(site):
    bruno = replace(ANNA, id="p-2", login="bruno")
    with site.database.unit_of_work() as unit:
        unit.people.add(bruno)
    secret, token = site.sign_in.make_token(bruno, "x", frozenset(), ANNA.scope, timedelta(days=1), "bruno")
    me = site.enter()
    with pytest.raises(NotFoundError, match=r"token\.unknown"):
        site.account.drop_token(me, token.id)
    assert site.sign_in.bearer(secret)
    secret, token = site.account.make_token(me, "x", ["contact.read"], 1)
    site.account.drop_token(me, token.id)
    assert site.sign_in.bearer(secret) is None
    assert site.actions()[-1] == "token.dropped"


@pytest.mark.parametrize("state", [PersonState.INVITED, PersonState.ACTIVE])
def test_who_is_named_by_the_provider_gets_in_with_their_own_rights(site, state):
    with site.database.unit_of_work() as unit:
        unit.people.change(replace(unit.people.get("p-1"), state=state))
    who = site.sign_in.who(site.sign_in.let_in(" Anna ").key)
    assert (who.principal.person.id, who.principal.scope) == ("p-1", ANNA.scope)
    assert site.actions()[-1] == "sign_in.done"


@pytest.mark.parametrize("change", [{"login": "carla"}, {"state": PersonState.LEFT}, {"role": Role.SERVICE}])
def test_who_isnt_known_here_doesnt(site, change):
    with site.database.unit_of_work() as unit:
        unit.people.change(replace(unit.people.get("p-1"), **change))
    with pytest.raises(SignInError, match="login, password or code don't fit"):
        site.sign_in.let_in("anna")
