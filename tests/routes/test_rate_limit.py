"""How many requests are answered: by person, by token, by address, and what isn't counted."""

from dataclasses import replace
from datetime import timedelta
from time import perf_counter

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.app import create_app
from api.people.rate_limit import MOST, RateCounter, RateLimiter
from qm.domain.people import Right, Role
from qm.storage.database import Database

RATE = 10


@pytest.fixture
def app(sample, tmp_path):
    settings = replace(sample.settings_of(tmp_path), rate=RATE)
    database = Database(settings.database_url)
    database.upgrade()
    database.close()
    app = create_app(settings)
    app.state.limiter = RateLimiter(RATE, lambda: app.state.seconds)
    app.state.seconds = 0.0
    return app


def browser(app, place="10.0.0.1", **headers):
    return TestClient(app, base_url="http://127.0.0.1", client=(place, 5000), headers=headers, follow_redirects=False)


def asked(client, times, path="/api/v1/contacts"):
    return [client.get(path).status_code for _time in range(times)]


def test_a_person_is_counted_in_all_their_browsers_and_told_how_long_to_wait(app, sample):
    first, second = browser(app, "10.0.0.1"), browser(app, "10.0.0.2")
    sample.sign_in(first, Role.ANALYST)
    second.cookies.set("qm_session", first.cookies["qm_session"], domain="127.0.0.1")
    assert asked(first, 6) == [200] * 6  # the first one was counted by its address: its key wasn't known yet
    assert asked(second, 6) == [200] * 5 + [429]
    told = first.get("/api/v1/contacts")
    assert (told.status_code, told.headers["retry-after"]) == (429, "66")
    assert told.json()["error"]["code"] == "request.too_many"
    assert told.headers["x-frame-options"] == "DENY"
    page = first.get("/contacts", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (429, "text/html; charset=utf-8")
    app.state.seconds = 66.0
    assert asked(first, 2) == [200, 429]


def test_colleagues_behind_one_address_dont_count_together(app, sample):
    for _colleague in range(3):
        client = browser(app)
        sample.sign_in(client, Role.ANALYST)
        assert asked(client, RATE) == [200] * RATE


def test_invented_keys_are_counted_by_the_address_they_come_from(app):
    answers = []
    for number in range(RATE + 2):
        client = browser(app)
        client.cookies.set("qm_session", f"invented-{number}", domain="127.0.0.1")
        answers += asked(client, 1)
    assert answers == [401] * RATE + [429] * 2
    assert asked(browser(app, authorization="Bearer qmt_invented"), 1) == [429]
    assert asked(browser(app, "10.0.0.2"), 1) == [401]


def test_signing_in_is_counted_by_address(app):
    client, here = browser(app), {"origin": "http://127.0.0.1"}
    tries = [client.post("/sign-in", data={"login": f"a{n}"}, headers=here).status_code for n in range(RATE + 1)]
    assert tries == [401] * RATE + [429]


def test_of_ipv6_a_household_counts_once(app):
    answers = [asked(browser(app, f"2001:db8::{number}"), 1)[0] for number in range(1, RATE + 2)]
    assert answers == [401] * RATE + [429]


def test_tokens_are_counted_together_and_apart_from_their_owner(app, sample):
    client = browser(app)
    person = sample.sign_in(client, Role.ANALYST)
    rights = frozenset({Right.CONTACT_READ})
    made = app.state.services.sign_in.make_token(person, "x", rights, person.sees, timedelta(days=1), "test")
    program = browser(app, authorization=f"Bearer {made[0]}")
    assert asked(program, RATE + 2) == [200] * (RATE + 1) + [429]
    assert asked(client, RATE) == [200] * RATE
    other = app.state.services.sign_in.make_token(person, "y", rights, person.sees, timedelta(days=1), "test")
    again = asked(browser(app, authorization=f"Bearer {other[0]}"), 3)
    assert again[-1] == 429, "a new token is no new beginning"


def test_a_key_that_ended_is_counted_by_address_again(app, sample):
    client = browser(app)
    person = sample.sign_in(client, Role.ANALYST)
    assert asked(client, 2) == [200, 200]
    with app.state.services.database.unit_of_work() as unit:
        unit.sessions.close_all(person.id)
    assert asked(client, RATE + 1) == [401] * RATE + [429]


def test_pages_own_files_and_what_machines_ask_are_not_counted(app):
    client = browser(app)
    for path in ("/healthz", "/readyz", "/metrics", "/static/app.css"):
        assert set(asked(client, RATE + 5, path)) == {200}
    assert asked(client, 1) == [401]


@given(st.lists(st.floats(0, 200), min_size=1, max_size=200), st.integers(1, 20))
def test_never_more_than_twice_as_many_in_a_minute_and_always_after_the_told_wait(gaps, most):
    counter, now, answered = RateCounter(most), 0.0, []
    for gap in gaps:
        now += gap / 20
        wait = counter.take("x", now)
        if not wait:
            answered.append(now)
            assert sum(now - 60 < at for at in answered) <= 2 * most
        else:
            later = RateCounter(most)
            later._counts["x"] = replace(counter._counts["x"])
            assert later.take("x", now + wait + 1e-6) == 0


def test_memory_is_bounded_and_a_crowd_of_addresses_pushes_nobody_out():
    limiter = RateLimiter(1, lambda: 0.0)
    limiter.learn("key", "person:1")
    assert limiter.take("key", "10.0.0.1") == 0
    for number in range(MOST + 1000):
        limiter.take(f"invented-{number}", f"address-{number}")
    assert limiter.take("key", "10.0.0.1") > 0
    assert len(limiter._places) == MOST


def test_it_costs_little():
    limiter = RateLimiter(10**9, perf_counter)
    limiter.learn("x" * 43, "person:1")
    began = perf_counter()
    for _time in range(10_000):
        limiter.take("x" * 43, "10.0.0.1")
    assert (perf_counter() - began) / 10_000 < 50e-6 * 4  # four times what is asked: this machine may be busy
