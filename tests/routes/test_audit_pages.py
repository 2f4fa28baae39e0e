"""What pages and JSON routes leave in the audit trail, and the page that shows it."""

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from qm.domain.people import Role
from qm.storage.database import Database

BROWSER = {"accept": "text/html"}


@pytest.fixture(scope="module")
def settings(sample, tmp_path_factory):
    made = sample.settings_of(tmp_path_factory.mktemp("audited"))
    sample.fill(made)
    return made


@pytest.fixture(scope="module")
def own_app(settings):
    return create_app(settings)


@pytest.fixture
def client(own_app, sample):
    """Ada looks at contacts; `auditor` looks at the trail."""
    with TestClient(own_app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        sample.sign_in(client, Role.ANALYST, login="ada.rò", name="Ada Rò")
        yield client


@pytest.fixture
def auditor(own_app, sample):
    client = TestClient(own_app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    sample.sign_in(client, Role.AUDITOR, login="<script>alert('x')</script>")
    return client


@pytest.fixture
def events(settings):
    """Events that come during the test, as (action, kind, subject, actor)."""
    database = Database(settings.database_url)
    with database.reading() as unit:
        begin = unit.audit.head().seq

    def read():
        with database.reading() as unit:
            return [(e.action, e.subject_kind, e.subject, e.actor) for e in unit.audit.after(begin, 1000)]

    yield read
    database.close()


def voice_contact(client):
    rows = client.get("/api/v1/contacts").json()["items"]
    return next(row["id"] for row in rows if row["medium"] == "voice" and row["state"] == "done")


def test_every_look_at_a_transcript_is_noted(client, events):
    contact = voice_contact(client)
    assert client.get(f"/contacts/{contact}", headers=BROWSER).status_code == 200
    assert client.get(f"/api/v1/contacts/{contact}").status_code == 200
    told = ("transcript.viewed", "contact", contact)
    assert events() == [(*told, "ada.rò"), (*told, "ada.rò")]


def test_a_play_is_one_event_however_many_byte_ranges_it_takes(client, events):
    contact = voice_contact(client)
    for span in ("bytes=0-", "bytes=100-199", "bytes=0-99", "bytes=5000-"):
        assert client.get(f"/contacts/{contact}/audio", headers={"range": span}).status_code == 206
    assert client.get(f"/contacts/{contact}/peaks").status_code == 200
    assert events() == [("recording.played", "contact", contact, "ada.rò")]


def test_a_play_that_begins_in_the_middle_is_noted_too(client, sample, events):
    contact = voice_contact(client)
    sample.sign_in(client, Role.SUPERVISOR, login="bea")
    client.cookies.set("qm_who", "Bea")  # what an older version took for a name
    client.get(f"/contacts/{contact}/audio", headers={"range": "bytes=1-"})
    assert events() == [("recording.played", "contact", contact, "bea")]


def test_what_isnt_there_was_not_looked_at(client, events):
    for path in ("/contacts/none", "/api/v1/contacts/none", "/contacts/none/audio", "/cases/none"):
        assert client.get(path).status_code == 404
    assert events() == []


def test_lists_with_quotes_and_exports_are_noted(client, events):
    for path in ("/coaching", "/api/v1/coaching", "/comments", "/api/v1/comments?source=turns", "/api/v1/cases.csv"):
        assert client.get(path).status_code == 200
    assert [(action, subject) for action, _kind, subject, _actor in events()] == [
        ("quotes.viewed", "coaching"), ("quotes.viewed", "coaching"), ("quotes.viewed", "comments"),
        ("quotes.viewed", "turns"), ("case.exported", "cases"),
    ]  # fmt: skip


def test_lists_without_quotes_arent_noted(auditor, events):
    for path in ("/", "/contacts", "/voc", "/quarantine", "/audit", "/api/v1/audit", "/healthz"):
        assert auditor.get(path).status_code == 200
    assert events() == []


def test_a_look_that_cant_be_noted_is_refused(client, sample, settings, events):
    contact = voice_contact(client)
    sample.sign_in(client, Role.AUDITOR, login="carla")
    database = Database(settings.database_url)
    full = "CREATE TRIGGER full BEFORE INSERT ON audit_events BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
    with database._engine.begin() as connection:
        connection.exec_driver_sql(full)
    try:
        answers = [
            client.get(path)
            for path in (f"/api/v1/contacts/{contact}", f"/contacts/{contact}", f"/contacts/{contact}/audio")
        ]
    finally:
        with database._engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER full")
        database.close()
    assert [answer.status_code >= 500 for answer in answers] == [True, True, True]
    assert all("Buongiorno" not in answer.text and b"RIFF" not in answer.content for answer in answers)
    assert events() == []
    assert client.get(f"/contacts/{contact}/audio").status_code == 200  # and once it can be noted, it's served
    assert len(events()) == 1


@pytest.mark.parametrize(("language", "words"), [
    ("it", ("Chi ha fatto o visto che cosa", "trascrizione aperta", "Ultimo anello", "mai: qm audit verify")),
    ("en", ("Who did or looked at what", "transcript opened", "Last link", "never: qm audit verify")),
])  # fmt: skip
def test_the_page_speaks_both_languages(auditor, language, words):
    contact = voice_contact(auditor)
    auditor.get(f"/api/v1/contacts/{contact}")
    text = auditor.get(f"/audit?lang={language}").text
    assert [word for word in words if word not in text] == []
    assert "<script>alert" not in text
    assert f'href="/contacts/{contact}"' in text


def test_the_twin_narrows_and_goes_on(auditor):
    client = auditor
    contact = voice_contact(client)
    for _ in range(3):
        client.get(f"/api/v1/contacts/{contact}")
    first = client.get("/api/v1/audit", params={"subject": contact, "action": "transcript.", "size": 2}).json()
    assert [row["action"] for row in first["items"]] == ["transcript.viewed"] * 2
    assert first["head"]["seq"] >= 3
    params = {"subject": contact, "action": "transcript.", "cursor": first["next_cursor"]}
    assert client.get("/api/v1/audit", params=params).json()["items"][0]["seq"] < first["items"][-1]["seq"]
    assert client.get("/api/v1/audit", params={"since": "2126-01-01"}).json()["items"] == []
    assert client.get("/api/v1/audit", params={"since": "ieri"}).json()["error"]["code"] == "audit.bad_moment"
    assert client.get("/api/v1/audit", params={"cursor": "x"}).json()["error"]["code"] == "page.bad_cursor"
    assert "Nessun evento" in client.get("/audit?lang=it&actor=nobody").text
