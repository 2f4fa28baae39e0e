"""The search page, its JSON twin, and searches that people keep."""

import pytest

from qm.domain.people import Role


def test_the_page_shows_the_turn_with_its_words_marked_and_where_to_hear_it(client):
    text = client.get("/search?q=registrare", headers={"accept-language": "it"}).text
    assert "<mark>registrata</mark>" in text
    assert 'data-src="/contacts/C-1/audio" data-start="4.0"' in text
    assert "Giulia Ferretti" in text


def test_what_was_said_cant_break_out_of_the_page(client):
    text = client.get("/search", params={"q": "alert"}).text
    assert "&lt;script&gt;" in text
    assert "<script>alert" not in text
    assert "<script>x" not in client.get("/search", params={"q": '"><script>x'}).text


def test_the_twin_tells_the_same(client):
    told = client.get("/api/v1/search", params={"q": "agente:registrare", "size": 1}).json()
    assert [hit["contact_id"] for hit in told["items"]] == ["C/4 è"]
    rest = client.get("/api/v1/search", params={"q": "agente:registrare", "cursor": told["next_cursor"]}).json()
    assert [hit["contact_id"] for hit in rest["items"]] == ["C-3", "C-1"]
    assert rest["next_cursor"] == ""
    assert told["items"][0]["turns"][0]["pieces"] == [["La chiamata è", False], ["registrata", True]]


@pytest.mark.parametrize(("query", "code"), [
    ({"q": "(a"}, "search.query"), ({"q": ""}, "search.query"), ({"q": "a", "cursor": "x"}, "page.bad_cursor"),
    ({"q": "a", "measure": "x'"}, "search.filter"), ({"q": "a", "score_most": "5"}, "search.filter"),
    ({"q": "a", "until": "9999-12-31"}, "search.filter"),
])  # fmt: skip
def test_what_cant_be_read_is_told_with_a_code(client, query, code):
    answer = client.get("/api/v1/search", params=query)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] == code
    page = client.get("/search", params=query)
    assert page.status_code == (400 if query["q"] else 200)


WRONG = ({"since": "ieri"}, {"nps_most": "x"}, {"at_least": "nan"}, {"role": "boss"}, {"answer": "boh"})


@pytest.mark.parametrize("query", WRONG)
def test_fields_of_the_page_that_cant_be_read_are_told_beside_it(client, query):
    answer = client.get("/search", params={"q": "registrata", **query})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_filters_of_the_page_come_back_as_they_were(client):
    text = client.get("/search?q=registrata&team=Casa&criterion=servizio-clienti/saluto&answer=met&first_s=90").text
    assert '<option value="Casa" selected>' in text
    assert 'name="first_s" min="1" max="86400" step="any" value="90"' in text


def test_a_search_is_kept_listed_and_deleted(client, sample):
    sample.sign_in(client, Role.SUPERVISOR)
    sign = {"csrf": client.headers["x-csrf-token"]}
    made = client.post(
        "/search/saved", data={**sign, "name": "reg", "q": "registrata", "team": "Casa", "alerts": "yes"}
    )
    assert made.status_code == 200
    assert ">reg</a>" in made.text
    (row,) = client.get("/api/v1/search/saved").json()["items"]
    assert (row["q"], row["filters"]["team"], row["alerts"], row["unread"]) == ("registrata", "Casa", True, 0)
    assert client.get(f"/search/saved/{row['id']}").status_code == 200
    assert client.get(f"/api/v1/search/saved/{row['id']}").json()["items"] == []
    assert client.post(f"/search/saved/{row['id']}/drop", data=sign).status_code == 200
    assert client.get("/api/v1/search/saved").json()["items"] == []


def test_a_search_in_json_is_kept_once_a_name_and_is_nobody_elses(client, sample):
    sample.sign_in(client, Role.ANALYST)
    wish = {"name": "x", "q": "cliente:disdetta", "alerts": True}
    first, second = client.post("/api/v1/search/saved", json=wish), client.post("/api/v1/search/saved", json=wish)
    assert (first.status_code, second.status_code, first.json()["id"]) == (201, 201, second.json()["id"])
    assert client.post("/api/v1/search/saved", json={**wish, "q": "("}).status_code == 400
    assert client.post("/api/v1/search/saved", json={**wish, "nme": 1}).status_code == 422
    sample.sign_in(client, Role.ANALYST)
    address = f"/api/v1/search/saved/{first.json()['id']}"
    assert client.get(address).status_code == client.delete(address).status_code == 404


def test_it_is_noted_that_somebody_searched_but_not_for_what(client, app, sample):
    who = sample.sign_in(client, Role.ANALYST)
    client.get("/search", params={"q": "registrata"})
    with app.state.services.database.reading() as unit:
        own = [event for event in unit.audit.after(0, 10_000) if event.actor == who.login]
        told = unit.audit.details([event.seq for event in own])
    assert [event.action for event in own] == ["search.used"]
    assert "registrata" not in str(told)
