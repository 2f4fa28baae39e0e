"""`qm people`: what it prints in both languages and as JSON, and how it ends."""

import json

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from qm.config import read_settings
from qm.domain.people import Role
from qm.errors import ConflictError, InputError
from qm.storage.database import Database
from qm.wording_people import PEOPLE_WORDS, ROLES, STATES

ADD = ("people", "add", "marta", "--name", "Marta Riva", "--role")


@pytest.fixture
def qm(tmp_path, monkeypatch):
    monkeypatch.setenv("QM_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("QM_LANGUAGE", "it")
    monkeypatch.setenv("QM_ACTOR", "ops")
    database = Database(read_settings().database_url)
    database.upgrade()
    database.close()

    def run(*words, code=0):
        result = CliRunner().invoke(app, words, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.stdout

    return run


def people(qm):
    return json.loads(qm("people", "list", "--json"))["people"]


def test_nobody_at_first(qm):
    assert qm("people", "list") == "Nessuno: `qm serve` crea il primo amministratore.\n"
    assert people(qm) == []


def test_somebody_is_added_invited_and_listed(qm, monkeypatch):
    told = qm(*ADD, "supervisor", "--team", "Vendite", "--team", "Reclami", "--language", "en")
    assert told.splitlines() == [
        "marta: aggiunto come supervisore; vede: team Reclami, Vendite.",
        "Per il link della password: qm people invite marta",
    ]
    monkeypatch.setenv("QM_PUBLIC_URL", "https://qm.example.it/")
    assert qm("people", "invite", "MARTA").startswith("https://qm.example.it/password?link=")
    assert json.loads(qm("people", "invite", "marta", "--json"))["link"].startswith("https://qm.example.it/")
    (row,) = people(qm)
    assert (row["person"]["login"], row["person"]["role"], row["person"]["state"]) == ("marta", "supervisor", "invited")
    assert (row["person"]["scope"]["teams"], row["signed_in_at"], row["tokens"]) == (["Reclami", "Vendite"], None, 0)
    shown = qm("people", "list")
    assert "marta" in shown
    assert "invitato" in shown
    events = json.loads(qm("audit", "list", "--json"))
    assert {event["actor"] for event in events["events" if "events" in events else "items"]} == {"ops"}


def test_a_link_leads_to_where_the_pages_listen(qm, monkeypatch):
    qm(*ADD, "analyst")
    assert qm("people", "invite", "marta").startswith("http://127.0.0.1:8642/password?link=")
    monkeypatch.setenv("QM_HOST", "0.0.0.0")  # what is listened on isn't what is typed
    assert qm("people", "invite", "marta").startswith("http://127.0.0.1:8642/")
    monkeypatch.setenv("QM_HOST", "::1")
    monkeypatch.setenv("QM_TLS_CERT", "/etc/qm/cert.pem")
    assert qm("people", "invite", "marta").startswith("https://[::1]:8642/")


def test_change_leave_back_unlock(qm, monkeypatch):
    monkeypatch.setenv("QM_LANGUAGE", "en")
    qm(*ADD, "supervisor", "--site", "Roma")
    assert (
        qm("people", "change", "marta", "--role", "analyst", "--whole") == "marta: quality analyst; sees: everything.\n"
    )
    assert (
        qm("people", "change", "marta", "--role", "agent", "--agent", "A-7") == "marta: agent; sees: contacts of A-7.\n"
    )
    assert qm("people", "leave", "marta") == "marta: signs in no more; sessions and tokens ended.\n"
    assert people(qm)[0]["person"]["state"] == "left"
    assert qm("people", "back", "marta").startswith("marta: back as agent.\n")
    assert qm("people", "unlock", "marta") == "marta: may try again at once.\n"


def test_a_token_is_printed_once_and_alone_on_standard_output(qm):
    qm("people", "add", "crm", "--name", "CRM", "--role", "service")
    words = ("people", "token", "crm", "--name", "nightly", "--right", "survey.write", "--right", "contact.read")
    secret = qm(*words)
    assert secret.startswith("qmt_")
    assert len(secret.splitlines()) == 1
    told = json.loads(qm(*words, "--days", "7", "--json"))
    assert (told["token"][:4], told["rights"]) == ("qmt_", ["contact.read", "survey.write"])
    assert people(qm)[0]["tokens"] == 2
    qm(*words, "--days", "366", code=2)


def test_faults_end_with_a_code_and_a_hint(qm):
    qm(*ADD, "supervisor")
    with pytest.raises(InputError, match=r"person\.agent_id.*--agent ID"):
        qm("people", "add", "zoe", "--name", "Zoe", "--role", "agent")
    with pytest.raises(ConflictError, match=r"person\.login_taken"):
        qm(*ADD, "analyst")
    with pytest.raises(InputError, match=r"person\.unknown.*did you mean marta"):
        qm("people", "leave", "mart")
    qm(*ADD, "king", code=2)


def test_a_team_that_no_contact_has_is_pointed_out(qm):
    result = CliRunner().invoke(app, (*ADD, "supervisor", "--team", "Vnedite"), catch_exceptions=False)
    assert result.exit_code == 0
    assert "Nessun contatto finora è di: Vnedite" in result.stderr


def test_every_role_and_state_has_words():
    assert set(ROLES) == set(Role)
    for words in (ROLES, STATES, PEOPLE_WORDS):
        assert all(text.it and text.en for text in words.values())
