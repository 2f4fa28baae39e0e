"""vCons out and in: as the draft has them, and the same contact comes out of one again."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha512

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.files.chat_file import read_chat
from pipelines.files.day_folder import CHATS, read_day
from pipelines.files.vcon_file import VconError, lay_out, read_vcon
from qm.domain.people import Role, Scope

INDEX = {"type": "integer", "minimum": 0}
TEXT = {"type": "string"}
CONTENT = {
    "allOf": [
        {"if": {"required": ["body"]}, "then": {"required": ["encoding", "mediatype"]}},
        {"if": {"required": ["url"]}, "then": {"required": ["content_hash"], "not": {"required": ["body"]}}},
        {"if": {"properties": {"encoding": {"enum": ["none", "base64url"]}}}, "then": {"properties": {"body": TEXT}}},
    ]
}  # fmt: skip
SCHEMA = {  # written from the CDDL of draft-ietf-vcon-vcon-core-04
    "type": "object", "required": ["uuid", "created_at"], "not": {"required": ["redacted", "amended"]},
    "properties": {
        "vcon": {"const": "0.4.0"}, "uuid": {"type": "string", "format": "uuid"},
        "created_at": {"type": "string", "format": "date-time"}, "extensions": {"type": "array", "items": TEXT},
        "parties": {"type": "array", "items": {
            "type": "object", "properties": dict.fromkeys(("tel", "sip", "name", "uuid", "type", "org"), TEXT),
        }},
        "dialog": {"type": "array", "items": {**CONTENT, "type": "object", "required": ["type"], "properties": {
            "type": {"enum": ["recording", "text", "recording-set", "transfer", "incomplete"]},
            "start": {"type": "string", "format": "date-time"}, "duration": {"type": "number", "minimum": 0},
            "parties": {"anyOf": [INDEX, {"type": "array", "items": {"anyOf": [INDEX, {"type": "null"}]}}]},
            "encoding": {"enum": ["none", "base64url", "json"]}, "url": {"type": "string", "pattern": "^https://"},
        }}},
        "analysis": {"type": "array", "items": {**CONTENT, "type": "object", "required": ["type", "vendor"],
            "properties": {"dialog": {"anyOf": [INDEX, {"type": "array", "items": INDEX}]}, "schema": TEXT},
        }},
    },
}  # fmt: skip


def fetched(client, contact, query=""):
    response = client.get(f"/api/v1/contacts/{contact}/vcon{query}")
    assert response.status_code == 200, response.text
    jsonschema.validate(response.json(), SCHEMA, format_checker=jsonschema.FormatChecker())
    return response.json()


def laid(tmp_path, *vcons):
    folder = tmp_path / "in"
    folder.mkdir()
    for number, vcon in enumerate(vcons):
        text = vcon if isinstance(vcon, str) else json.dumps(vcon)
        (folder / f"{number}.vcon.json").write_text(text, encoding="utf-8")
    return lay_out(folder, tmp_path / "out")


def test_a_call_goes_out_and_comes_in_the_same(client, tmp_path):
    vcon = fetched(client, "C-1", "?inline=true")
    assert vcon["analysis"][0]["type"] == "transcript"
    assert {each["type"] for each in vcon["analysis"][1:]} == {"evaluation"}
    assert vcon["analysis"][1]["body"]["manifest"]
    folder, faults = laid(tmp_path, vcon)
    assert not faults
    day = read_day(folder)
    assert not day.faults
    (contact,) = day.contacts
    given = client.get("/api/v1/contacts/C-1").json()["contact"]
    for name in ("id", "medium", "queue", "process", "direction", "customer_id", "language", "agent_channel", "kind"):
        assert getattr(contact, name) == given[name], name
    assert contact.started_at.isoformat() == given["started_at"]
    assert (contact.agent.id, contact.agent.team) == (given["agent"]["id"], given["agent"]["team"])
    assert contact.history.talk_s == given["history"]["talk_s"]
    audio = client.get("/contacts/C-1/audio").content
    assert (folder / "recordings" / contact.source).read_bytes() == audio


def test_a_chat_goes_out_and_comes_in_the_same(client, tmp_path):
    rows = client.get("/api/v1/contacts?medium=chat").json()["items"]
    vcon = fetched(client, rows[0]["id"])
    folder, faults = laid(tmp_path, vcon)
    assert not faults
    (contact,) = read_day(folder).contacts
    (chat,) = (folder / CHATS).iterdir()
    before = client.get(f"/api/v1/contacts/{rows[0]['id']}").json()["transcript"]["turns"]
    after = read_chat(chat.read_bytes(), contact.language).turns
    assert [(t.role, t.text, t.start_s) for t in after] == [(t["role"], t["text"], t["start_s"]) for t in before]


def test_without_inline_no_sound_goes_out(client):
    (dialog,) = fetched(client, "C-1")["dialog"]
    assert "body" not in dialog
    assert dialog["content_hash"].startswith("sha256-")


def test_it_needs_the_right_the_scope_and_is_noted(client, sample, auditor):
    fetched(client, "C-1")
    assert auditor.get("/api/v1/audit?action=vcon.exported").json()["items"]
    assert auditor.get("/api/v1/contacts/C-1/vcon").status_code == 403
    headers = sample.bearer(client, Role.SERVICE)
    client.cookies.clear()
    assert client.get("/api/v1/contacts/C-1/vcon", headers=headers).status_code == 200
    assert client.get("/api/v1/contacts/C-1/vcon?inline=1", headers=headers).status_code == 403
    sample.sign_in(client, Role.ANALYST, Scope(teams=frozenset({"Partner"})))
    assert client.get("/api/v1/contacts/C-1/vcon").status_code == 404


SAID = {
    "type": "text", "start": "2026-11-20T09:00:00+01:00", "parties": 0, "mediatype": "text/plain", "encoding": "none",
    "body": "buongiorno",
}  # fmt: skip
PLAIN = {
    "uuid": "u-1",
    "created_at": "2026-11-20T09:00:00Z",
    "parties": [{"name": "Ada"}, {"tel": "+39"}],
    "dialog": [SAID],
}
SOUND = SAID | {"type": "recording", "mediatype": "audio/wav", "encoding": "base64url"}
OTHER_HASH = "sha512-" + urlsafe_b64encode(sha512(b"x").digest()).decode().rstrip("=")


def test_where_no_role_is_told_the_first_party_is_the_agent():
    read = read_vcon(json.dumps(PLAIN).encode())
    assert (read.row["agent_id"], read.row["customer_id"], read.row["contact_id"]) == ("Ada", "+39", "u-1")
    assert read.turns == ({"role": "agent", "at": SAID["start"], "text": "buongiorno"},)


@pytest.mark.parametrize(
    ("vcon", "code"),
    [
        ("{", "vcon.unreadable"), ("[]", "vcon.unreadable"), ("[" * 100_000, "vcon.unreadable"),
        ({"ciphertext": "x", "recipients": []}, "vcon.encrypted"),
        ({"payload": "e30", "signatures": []}, "vcon.signed"),
        (PLAIN | {"dialog": []}, "vcon.no_dialog"), (PLAIN | {"dialog": [{"type": "incomplete"}]}, "vcon.no_dialog"),
        (PLAIN | {"parties": []}, "vcon.no_agent"), (PLAIN | {"uuid": ""}, "vcon.no_id"),
        (PLAIN | {"dialog": [SAID | {"start": "yesterday"}]}, "vcon.no_start"),
        (PLAIN | {"dialog": [SAID | {"mediatype": "text/html"}]}, "vcon.mediatype"),
        (PLAIN | {"dialog": [SAID | {"encoding": "gzip"}]}, "vcon.encoding"),
        (PLAIN | {"dialog": [SOUND | {"body": "ä"}]}, "vcon.encoding"),
        (PLAIN | {"dialog": [SOUND | {"body": None, "url": "https://example.org/a.wav"}]}, "vcon.external"),
        (PLAIN | {"dialog": [SOUND | {"body": None}]}, "vcon.no_body"),
        (PLAIN | {"dialog": [SOUND | {"body": "QUJD"}] * 2}, "vcon.many_recordings"),
        (PLAIN | {"dialog": [SOUND | {"body": "QUJD", "content_hash": OTHER_HASH}]}, "vcon.hash"),
        (PLAIN | {"uuid": "a\nb"}, "vcon.unreadable"), (PLAIN | {"dialog": "x"}, "vcon.unreadable"),
    ],
)  # fmt: skip
def test_what_cant_be_taken_in_says_why_and_the_rest_goes_on(tmp_path, vcon, code):
    folder, faults = laid(tmp_path, vcon, PLAIN | {"uuid": "good"})
    assert [fault.code for fault in faults] == [code]
    assert [contact.id for contact in read_day(folder).contacts] == ["good"]


def test_no_name_of_a_file_leads_out_of_the_folder(tmp_path):
    vcon = PLAIN | {"uuid": "../../evil", "dialog": [SOUND | {"body": "QUJD", "filename": "../../../evil.wav"}]}
    folder, _faults = laid(tmp_path, vcon)
    assert {path.parent for path in tmp_path.rglob("*.wav")} == {folder / "recordings"}


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
NAMES = ("uuid", "parties", "dialog", "quality_equation", "created_at")
FIELDS = ("type", "start", "parties", "mediatype", "encoding", "body", "url", "content_hash", "originator")


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, ANY)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, ANY)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(("role", "uuid", "name", "type"), ANY)),
)
def test_whatever_it_holds_it_is_read_or_refused(around, dialog, party):
    for vcon in (PLAIN | around, PLAIN | {"dialog": [SAID | dialog], "parties": [party, {"name": "x"}]}):
        try:
            read = read_vcon(json.dumps(vcon).encode())
        except VconError as error:
            assert error.code.startswith("vcon.")  # noqa: PT017 - either is right
        else:
            assert read.row["contact_id"]
            assert read.row["agent_id"]
