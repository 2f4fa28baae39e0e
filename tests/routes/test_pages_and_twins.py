"""Every page and its JSON twin: that they answer, agree, filter and page."""

import json
import re

import pytest

from qm.domain.run import Quarantine

HTML = {"accept": "text/html,application/xhtml+xml"}
PAIRS = [("/", "/api/v1/overview"), ("/contacts", "/api/v1/contacts"), ("/contacts/C-1", "/api/v1/contacts/C-1"),
         ("/coaching", "/api/v1/coaching"), ("/quarantine", "/api/v1/quarantine")]  # fmt: skip


@pytest.mark.parametrize(("page", "twin"), PAIRS)
@pytest.mark.parametrize("language", ["it", "en"])
def test_page_and_twin_answer(client, page, twin, language):
    response = client.get(f"{page}?lang={language}", headers=HTML)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in response.text
    assert f'href="{twin}' in response.text
    document = client.get(twin)
    assert document.status_code == 200
    assert document.headers["content-type"] == "application/json"
    assert isinstance(document.json(), dict)


@pytest.mark.parametrize("page", ["/", "/contacts", "/coaching", "/quarantine"])
@pytest.mark.parametrize("language", ["it", "en"])
def test_empty_database_has_an_empty_state(empty_client, page, language):
    response = empty_client.get(f"{page}?lang={language}", headers=HTML)
    assert response.status_code == 200
    assert 'class="empty"' in response.text


def ids(client, **params):
    return [row["id"] for row in client.get("/api/v1/contacts", params=params).json()["items"]]


@pytest.mark.parametrize(
    ("params", "wanted"),
    [
        ({}, ["C-1", "C-2", "C-3", "C/4 è", "C-5"]),
        ({"agent": "A04"}, ["C-2", "C-5"]),
        ({"team": "Casa"}, ["C-1", "C-3", "C/4 è"]),
        ({"process": "reclami"}, ["C-2"]),
        ({"medium": "chat"}, ["C-2"]),
        ({"state": "quarantined"}, ["C-5"]),
        ({"failed": "true"}, ["C-1"]),
        ({"open": "true"}, ["C-1", "C-2", "C-3", "C/4 è"]),
        ({"agent": "nobody"}, []),
    ],
)
def test_filters(client, params, wanted):
    assert ids(client, **params) == wanted
    page = client.get("/contacts", params=params, headers=HTML).text
    assert len(re.findall(r'<th scope="row"><a href="/contacts/', page)) == len(wanted)


def test_paging_reaches_every_contact_once(client):
    seen, cursor = [], ""
    while True:
        page = client.get("/api/v1/contacts", params={"size": 2, "cursor": cursor}).json()
        assert page["total"] == 5
        seen += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == ids(client)


def test_htmx_gets_only_the_next_rows_and_keeps_the_filter(client):
    first = client.get("/contacts", params={"size": 1, "team": "Casa"}, headers=HTML).text
    link = re.search(r'hx-get="([^"]+)"', first)[1].replace("&amp;", "&")
    assert "team=Casa" in link
    assert "cursor=C-1" in link
    rows = client.get(f"/contacts{link}", headers={**HTML, "HX-Request": "true"}).text
    assert "<html" not in rows
    assert "C-3" in rows
    assert "C-1<" not in rows


def test_contact_page_shows_answers_evidence_and_search(client):
    page = client.get("/contacts/C-1?lang=en", headers=HTML).text
    assert "searched and not found" in page
    assert "Searched 2 turns from 0:00 to 0:06" in page
    assert "words recognised with little confidence" in page
    assert re.search(r'<mark class="met"[^>]*>La chiamata è registrata</mark>', page)
    assert 'class="doubtful"' in page
    assert "automatic fail" in page
    assert "linked by contact id" in page
    assert "a" * 64 in page
    assert "longest silence (s): <strong>4" in page


def test_marks_of_the_player_are_json(client):
    page = client.get("/contacts/C-1", headers=HTML).text
    from html import unescape

    marks = json.loads(unescape(re.search(r'data-marks="([^"]+)"', page)[1]))
    assert [mark["kind"] for mark in marks] == ["met", "interruption", "silence", "hold"]  # a hold's silence isn't told
    assert marks[3]["lane"] == -1
    assert next(mark for mark in marks if mark["kind"] == "met")["lane"] == 0
    assert next(mark for mark in marks if mark["kind"] == "interruption")["lane"] == 1


def test_chat_has_no_player_and_marks_nothing_it_did_not_say(client):
    page = client.get("/contacts/C-2", headers=HTML).text
    assert "<audio" not in page
    assert "I was billed twice &amp; I am &lt;b&gt;angry&lt;/b&gt;" in page


def test_contact_id_with_slash_is_found_by_its_link(client):
    page = client.get("/contacts", headers=HTML).text
    assert 'href="/contacts/C%2F4%20%C3%A8"' in page
    assert client.get("/contacts/C%2F4%20%C3%A8", headers=HTML).status_code == 200
    assert client.get("/contacts/C%2F4%20%C3%A8/audio").status_code == 200
    assert client.get("/api/v1/contacts/C%2F4%20%C3%A8").json()["contact"]["id"] == "C/4 è"


def test_quarantined_contact_shows_reason_and_command(client):
    for path in ("/contacts/C-5", "/quarantine"):
        page = client.get(path, headers=HTML).text
        assert "recording.truncated" in page
        assert "qm retry C-5" in page


def pages_of(client, address, **asked):
    """Items of a list, one a page, and the totals that were told."""
    items, totals, cursor = [], set(), ""
    while True:
        told = client.get(address, params={**asked, "size": 1, "cursor": cursor}).json()
        items += told["items"]
        totals.add(told["total"])
        if not (cursor := told["next_cursor"]):
            return items, totals


@pytest.mark.parametrize("address", ["/api/v1/coaching", "/api/v1/quarantine"])
def test_lists_come_in_pages(client, address):
    whole = client.get(address, params={"size": 200}).json()
    assert whole["items"]
    assert whole["next_cursor"] == ""
    assert pages_of(client, address) == (whole["items"], {whole["total"]})


def test_quarantine_of_a_bad_day_is_shown_in_pages(client):
    with client.app.state.services.contacts._unit_of_work() as unit:
        for number in range(120):
            entry = Quarantine(f"file {number:03d}", "ingest", "contact.bad_row", "m", "h", "")
            unit.work.quarantine(entry, is_contact=False)
    page = client.get("/quarantine?lang=en", headers=HTML).text
    assert page.count("file ") == 49  # the contact of the day comes first
    more = re.search(r'class="more"><a class="button" href="([^"]+)"', page)[1]
    assert "file 049" in client.get("/quarantine" + more.replace("&amp;", "&"), headers=HTML).text
    gone = client.get("/api/v1/quarantine", params={"cursor": "file 118x"}).json()
    assert [item["subject"] for item in gone["items"]] == ["file 119"]
    assert gone["total"] == 121


def test_a_cursor_of_another_list_is_refused(client):
    told = client.get("/api/v1/coaching", params={"cursor": "co-nothing"})
    assert (told.status_code, told.json()["error"]["code"]) == (404, "page.bad_cursor")


def test_coaching_by_supervisor_and_agent(client):
    items = client.get("/api/v1/coaching", params={"supervisor": "marta riva"}).json()["items"]
    assert items
    assert {row["supervisor"] for row in items} == {"Marta Riva"}
    assert client.get("/api/v1/coaching", params={"agent": "A04"}).json()["items"] == []
    page = client.get("/coaching?lang=en", headers=HTML).text
    assert 'data-src="/contacts/C-1/audio"' in page
    assert "Not said; the nearest passage:" in page


def test_overview_shows_no_value_below_the_least_n(client):
    page = client.get("/?lang=en", headers=HTML).text
    assert re.search(r"Too few contacts for a value: [^<]*Customer service \(n 3\)", page)
    assert "no contact in the time window" in page
    assert "<svg" in page


def test_language_by_query_cookie_and_browser(client):
    assert '<html lang="en">' in client.get("/", headers=HTML).text
    assert '<html lang="it">' in client.get("/", headers={**HTML, "accept-language": "fr, it;q=0.8, en;q=0.5"}).text
    response = client.get("/?lang=it", headers=HTML)
    assert "qm_lang=it" in response.headers["set-cookie"]
    assert '<html lang="it">' in client.get("/", headers={**HTML, "accept-language": "en"}).text
    assert '<html lang="it">' in client.get("/?lang=xx", headers={**HTML, "accept-language": "it"}).text


def test_health_and_documentation(client):
    assert client.get("/healthz").json()["status"] == "ok"
    document = client.get("/openapi.json").json()
    assert {twin for _, twin in PAIRS[:2]} <= set(document["paths"])
    assert all(operation["summary"] for methods in document["paths"].values() for operation in methods.values())
    assert {method for methods in document["paths"].values() for method in methods} == {"get", "post", "put", "delete"}
    page = client.get("/docs", headers=HTML).text
    for source in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert source.startswith("/static/")
        assert client.get(source).status_code == 200
