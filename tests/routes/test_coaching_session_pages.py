"""Coaching sessions from the list to the agent's answer, by the pages' own forms."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.presentation import day
from qm.domain.people import Role, Scope
from qm.domain.text import Language

IT = {"accept": "text/html", "accept-language": "it"}
GOAL = "Identificare <b>sempre</b> il cliente"
DUE = (datetime.now(UTC) + timedelta(days=20)).date()
CASA, PARTNER = Scope(teams=frozenset({"Casa"})), Scope(teams=frozenset({"Partner"}))


@pytest.fixture
def site(sample, tmp_path):
    settings = sample.settings_of(tmp_path)
    sample.fill(settings)
    with TestClient(create_app(settings), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


def send(client, address, **fields):
    sign = {"csrf": client.headers["x-csrf-token"]}
    return client.post(address, data={**sign, **fields}, headers=IT, follow_redirects=False)


def made(client, sample):
    sample.sign_in(client, Role.SUPERVISOR, CASA)
    (item,) = re.findall(r"/coaching/sessions/new\?item=([\w-]+)", client.get("/coaching", headers=IT).text)
    assert client.get(f"/coaching/sessions/new?item={item}", headers=IT).status_code == 200
    answer = send(client, "/coaching/sessions", item=item, goal=GOAL, commitment="Chiedo i dati", due=DUE.isoformat())
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def version(client, address):
    return re.search(r'name="version" value="(\d+)"', client.get(address, headers=IT).text)[1]


def test_a_session_goes_from_the_list_to_its_end(site, sample):
    address = made(site, sample)
    text = site.get(address, headers=IT).text
    assert "Identificare &lt;b&gt;sempre&lt;/b&gt; il cliente" in text
    assert day(DUE, Language.ITALIAN) in text
    assert send(site, f"{address}/held", version=version(site, address), text="Va bene").status_code == 303
    sample.sign_in(site, Role.AGENT, agent_id="A01")
    own = address.replace("/coaching/sessions", "/mine/coaching")
    assert own in site.get("/mine/coaching", headers=IT).text
    assert send(site, f"{own}/commented", version=version(site, own), text="Lo faccio").status_code == 303
    assert send(site, f"{own}/answered", version=version(site, own), text="Fatto").status_code == 303
    sample.sign_in(site, Role.SUPERVISOR, CASA)
    assert send(site, f"{address}/done", version=version(site, address), text="Bene").status_code == 303
    assert "Lo faccio" in site.get(address, headers=IT).text
    assert address in site.get("/coaching/sessions", headers=IT).text


def test_an_agent_hears_their_own_clip_and_nobody_elses(site, sample):
    address = made(site, sample)
    own = address.replace("/coaching/sessions", "/mine/coaching")
    sample.sign_in(site, Role.AGENT, agent_id="A01")
    assert site.get(f"{own}/clips/0/audio").status_code == 200
    assert site.get(f"{own}/clips/7/audio").status_code == 404
    sample.sign_in(site, Role.AGENT, agent_id="A04")
    assert {site.get(one).status_code for one in (own, f"{own}/clips/0/audio")} == {404}
    sample.sign_in(site, Role.SUPERVISOR, PARTNER)
    assert site.get(address).status_code == 404
    assert send(site, f"{address}/held", version="1").status_code == 404


@pytest.mark.parametrize(("fields", "status"), [
    ({"goal": ""}, 400), ({"due": "ieri"}, 400), ({"target": "200"}, 400), ({"item": "nope"}, 404),
    ({"goal": "x" * 20_000}, 400),
])  # fmt: skip
def test_what_cant_be_planned_is_told(site, sample, fields, status):
    sample.sign_in(site, Role.SUPERVISOR, CASA)
    (item,) = re.findall(r"/coaching/sessions/new\?item=([\w-]+)", site.get("/coaching", headers=IT).text)
    answer = send(site, "/coaching/sessions", **{"item": item, "goal": "x", "due": DUE.isoformat(), **fields})
    assert answer.status_code == status, answer.text


def test_who_comes_late_is_told(site, sample):
    address = made(site, sample)
    seen = version(site, address)
    assert send(site, f"{address}/commented", version=seen, text="prima").status_code == 303
    assert send(site, f"{address}/commented", version=seen, text="poi").status_code == 409
    assert send(site, f"{address}/commented", version="x", text="poi").status_code in {400, 409}
