"""Coaching sessions from the list to the agent's answer, by the pages' own forms."""

import re
from datetime import UTC, datetime, timedelta
from html import escape

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


@pytest.mark.parametrize(("fields", "status", "told"), [
    ({"goal": " "}, 400, "goal"), ({"due": "ieri"}, 400, "due"), ({"target": "200"}, 400, "target"),
    ({"target": "&lt;"}, 400, "target"), ({"goal": "x" * 20_000}, 400, ""),
])  # fmt: skip
def test_what_cant_be_planned_is_told_beside_what_was_typed(site, sample, fields, status, told):
    sample.sign_in(site, Role.SUPERVISOR, CASA)
    (item,) = re.findall(r"/coaching/sessions/new\?item=([\w-]+)", site.get("/coaching", headers=IT).text)
    sent = {"item": item, "goal": "x", "due": DUE.isoformat(), "commitment": 'Dico "<i>', "target": "50", **fields}
    answer = send(site, "/coaching/sessions", **sent)
    assert answer.status_code == status, answer.text
    assert "Dico &#34;&lt;i&gt;</textarea>" in answer.text
    assert f'value="{escape(sent["due"])}"' in answer.text
    assert f'value="{escape(sent["target"])}"' in answer.text
    assert f">{sent['goal']}</textarea>" in answer.text
    assert answer.text.count('role="alert"') == 1
    assert bool(told) == ('aria-describedby="fault"' in answer.text)
    if told:
        assert re.search(rf'name="{told}"[^>]*aria-invalid="true"', answer.text)


def test_an_item_that_is_gone_cant_be_planned(site, sample):
    sample.sign_in(site, Role.SUPERVISOR, CASA)
    assert send(site, "/coaching/sessions", item="nope", goal="x", due=DUE.isoformat()).status_code == 404
    assert send(site, "/coaching/sessions", item="nope", goal="").status_code == 404


def test_a_second_session_about_it_is_refused_with_what_was_typed(site, sample):
    address = made(site, sample)
    item = site.get(f"/api/v1{address}").json()["session"]["item_id"]
    answer = send(site, "/coaching/sessions", item=item, goal="ancora", due=DUE.isoformat())
    assert answer.status_code == 409
    assert ">ancora</textarea>" in answer.text


def test_a_refused_step_keeps_what_was_typed(site, sample):
    address = made(site, sample)
    seen = version(site, address)
    assert send(site, f"{address}/commented", version=seen, text="prima").status_code == 303
    late = send(site, f"{address}/commented", version=seen, text="poi <b>")
    assert late.status_code == 409
    assert "poi &lt;b&gt;</textarea>" in late.text
    assert "coaching.changed" in late.text
    again = re.search(r'name="version" value="(\d+)"', late.text)[1]
    assert send(site, f"{address}/commented", version=again, text="poi").status_code == 303
    gone = send(site, f"{address}/done", version=version(site, address), text="Bene così")
    assert gone.status_code == 409
    assert "Bene così</blockquote>" in gone.text, "a step that the page doesn't offer now"
    assert send(site, f"{address}/commented", version=version(site, address)).status_code == 400, "no text at all"
    assert send(site, f"{address}/dance", version="1").status_code == 400
    sample.sign_in(site, Role.AGENT, agent_id="A01")
    own = address.replace("/coaching/sessions", "/mine/coaching")
    refused = send(site, f"{own}/commented", version=version(site, own), text=" ")
    assert (refused.status_code, refused.text.count('role="alert"')) == (400, 1)
    twin = site.get(f"/api/v1{own}")
    assert twin.json()["session"]["id"] == own.rpartition("/")[2]
    sample.sign_in(site, Role.AGENT, agent_id="A04")
    assert site.get(f"/api/v1{own}").status_code == 404


def test_who_comes_late_is_told(site, sample):
    address = made(site, sample)
    seen = version(site, address)
    assert send(site, f"{address}/commented", version=seen, text="prima").status_code == 303
    assert send(site, f"{address}/commented", version=seen, text="poi").status_code == 409
    assert send(site, f"{address}/commented", version="x", text="poi").status_code in {400, 409}
