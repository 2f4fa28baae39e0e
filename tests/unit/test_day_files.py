"""The files of a day folder: read what can be read, and name the line of the rest."""

import json
import os
import re

import pytest

from pipelines.files.chat_file import read_chat
from pipelines.files.day_folder import read_day
from pipelines.files.survey_file import read_surveys
from pipelines.files.table_file import read_table
from qm.analysis.read_cells import instant, yes_or_no
from qm.domain.contact import Direction, Kind, Medium
from qm.domain.transcript import Role
from qm.errors import ChatError, DayFolderError

HEADER = "contact_id,medium,started_at,agent_id,recording"
AT = "2026-11-20T09:30:00+01:00"


def table(tmp_path, content, required=("a",)):
    path = tmp_path / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, "t.csv", required)


def day(tmp_path, *lines, header=HEADER, chats=(), surveys=""):
    tmp_path.joinpath("contacts.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    for name, content in chats:
        (tmp_path / "chats").mkdir(exist_ok=True)
        (tmp_path / "chats" / name).write_text(content, encoding="utf-8")
    if surveys:
        tmp_path.joinpath("surveys.csv").write_text(surveys, encoding="utf-8")
    return read_day(tmp_path)


def row(contact_id="C-1", medium="voice", at=AT, agent="A-1", recording=""):
    return ",".join((contact_id, medium, at, agent, recording))


def places(faults):
    return [(fault.file, fault.line, fault.code) for fault in faults]


# Tables


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_any_delimiter_with_or_without_byte_order_mark(tmp_path, delimiter, mark):
    rows, faults = table(tmp_path, mark + f"a{delimiter} b \r\n1{delimiter} due \r\n".encode())
    assert [row.cells for row in rows] == [{"a": "1", "b": "due"}]
    assert not faults


def test_windows_1252_is_read_and_said(tmp_path):
    rows, (fault,) = table(tmp_path, "a,b\n1,perché no – 5 €\n".encode("cp1252"))
    assert rows[0].text("b") == "perché no – 5 €"
    assert (fault.code, fault.hint) == ("table.encoding", "save it as UTF-8")


def test_lines_are_counted_through_quoted_newlines_and_empty_lines(tmp_path):
    rows, faults = table(tmp_path, 'a,b\n1,"one\ntwo\nthree"\n\n2,x\n3,x,y\n4,"x\ny"\n5\n')
    assert [(row.line, row.text("a")) for row in rows] == [(2, "1"), (6, "2"), (8, "4"), (10, "5")]
    assert places(faults) == [("t.csv", 7, "table.too_many_cells")]
    assert rows[-1].text("b") == ""


def test_a_row_with_a_nul_is_left_out_and_said(tmp_path):
    rows, faults = table(tmp_path, b"a,b\n1,x\x00y\n2,z\n")
    assert [row.text("a") for row in rows] == ["2"]
    assert places(faults) == [("t.csv", 2, "table.nul")]


def test_lines_are_counted_through_a_quoted_newline_in_the_header(tmp_path):
    rows, _faults = table(tmp_path, 'a,"b\nc"\n1,x\n')
    assert rows[0].line == 3


@pytest.mark.parametrize(
    ("content", "code", "shown"),
    [
        ("", "table.bad_header", "a is missing"),
        ("aa,b\n1,2\n", "table.bad_header", "a is missing"),
        ("a,b,b\n1,2,3\n", "table.bad_header", "b is there twice"),
        ("a,b\n1," + "x" * (1 << 20) + "x\n", "table.bad_csv", "t.csv:2"),
    ],
)
def test_table_that_cant_be_used(tmp_path, content, code, shown):
    with pytest.raises(DayFolderError, match=shown) as caught:
        table(tmp_path, content)
    assert caught.value.code == code


def test_misspelt_column_is_suggested(tmp_path):
    with pytest.raises(DayFolderError) as caught:
        table(tmp_path, "contactid,b\n", required=("contact_id",))
    assert caught.value.hint == "is it 'contactid'?"


@pytest.mark.parametrize(
    "text", ["20/11/2026", "2026-11-20T09:30:00", "2026-13-01T00:00:00Z", "ieri", "0", "0001-01-01T00:00:00Z"]
)
def test_bad_time(text):
    with pytest.raises(ValueError, match=r"write 2026|isn't a time|outside the years"):
        instant(text)


def test_good_time_is_aware():
    assert instant("2026-11-20T09:30:00Z") == instant("2026-11-20T10:30+01:00")


@pytest.mark.parametrize(("text", "value"), [("Sì", True), ("YES", True), ("0", False), ("no", False)])
def test_yes_or_no(text, value):
    assert yes_or_no(text) is value
    with pytest.raises(ValueError, match="neither yes nor no"):
        yes_or_no("forse")


# Contacts


def test_a_contact_keeps_everything_that_its_row_gives(tmp_path):
    header = HEADER + ",agent_name,direction,kind,language,agent_channel,hold_s,transfers,x_region"
    (contact,) = day(
        tmp_path, row(recording="a.wav") + ',Anna,OUT,mystery,it_IT,1,"12,5",2,Nord', header=header
    ).contacts
    assert (contact.medium, contact.direction, contact.kind) == (Medium.VOICE, Direction.OUTBOUND, Kind.MYSTERY)
    assert (contact.language, contact.agent_channel, contact.source) == ("it", 1, "a.wav")
    assert (contact.history.hold_s, contact.history.transfers, contact.history.wait_s) == (12.5, 2, None)
    assert contact.attributes == {"x_region": "Nord"}
    assert contact.field_value("x_region") == "Nord"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (row(contact_id=""), "contact_id: must not be empty"),
        (row(medium="fax"), "medium: 'fax' is none of voice, chat, email"),
        (row(medium=""), "medium: '' is none of"),
        (row(at=""), "started_at: must not be empty"),
        (row(at="20/11/2026 09:30"), "started_at: '20/11/2026 09:30' isn't a time"),
        (row(at="2026-11-20T09:30:00"), "started_at: .* has no offset"),
        (row(agent=""), "agent_id: must not be empty"),
        (row(recording="../../etc/passwd"), "points outside recordings/"),
        (row(recording="/etc/passwd"), "points outside recordings/"),
        (row(recording="a/../../b.wav"), "points outside recordings/"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_goes_on(tmp_path, line, message):
    found = day(tmp_path, row("C-0"), line, row("C-2"))
    assert [contact.id for contact in found.contacts] == ["C-0", "C-2"]
    (fault,) = found.faults
    assert places([fault]) == [("contacts.csv", 3, "contact.bad_row")]
    assert re.search(message, fault.message)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("agent_channel", "2"),
        ("language", "italiano"),
        ("hold_s", "-1"),
        ("hold_s", "inf"),
        ("holds", "1.5"),
        ("kind", "x"),
    ],
)
def test_a_bad_optional_cell_is_a_bad_row(tmp_path, column, cell):
    (fault,) = day(tmp_path, f"{row()},{cell}", header=f"{HEADER},{column}").faults
    assert (fault.line, fault.code) == (2, "contact.bad_row")
    assert column in fault.message


def test_duplicate_id_keeps_the_first_and_names_both_lines(tmp_path):
    found = day(tmp_path, row("C-1", recording=""), row("C-2"), row("C-1", agent="A-9"))
    assert [(contact.id, contact.agent.id) for contact in found.contacts] == [("C-1", "A-1"), ("C-2", "A-1")]
    (fault,) = found.faults
    assert places([fault]) == [("contacts.csv", 4, "contact.duplicate_id")]
    assert "line 2" in fault.message


# Chats


def chat(*turns, contact_id="C-1"):
    made = [{"role": role, "at": at, "text": text} for role, at, text in turns]
    return json.dumps({"contact_id": contact_id, "turns": made})


def test_a_chat_runs_on_its_own_clock_in_order_of_time():
    content = chat(("customer", "2026-11-20T09:00:30Z", "salve"), ("bot", "2026-11-20T10:00:00+01:00", "benvenuto"))
    transcript = read_chat(content.encode(), "it")
    assert [(turn.id, turn.role, turn.start_s) for turn in transcript.turns] == [
        ("t1", Role.IVR, 0.0),
        ("t2", Role.CUSTOMER, 30.0),
    ]
    assert transcript.recording is None
    assert {turn.confidence for turn in transcript.turns} == {1.0}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "isn't a chat"),
        (b"\xff\xfe", "isn't a chat"),
        (b"[]", "isn't a chat"),
        (b"{}", "it has no turns"),
        (b'{"turns": []}', "has no turns"),
        (b'{"turns": [{"role": "agent", "at": "2026-11-20T09:00:00Z"}]}', "'text' is missing"),
        (chat(("boss", AT, "x")).encode(), "unknown role 'boss'"),
        (chat(("agent", "09:30", "x")).encode(), "isn't a time"),
    ],
)
def test_what_is_no_chat_is_refused(content, message):
    with pytest.raises(ChatError, match=message) as caught:
        read_chat(content, "it")
    assert caught.value.code == "chat.bad_file"


def test_a_turn_without_text_isnt_the_word_none():
    with pytest.raises(ChatError):
        read_chat(chat(("agent", AT, None)).encode(), "it")


def test_chats_are_found_by_the_id_inside_and_bad_ones_reported(tmp_path):
    chats = [
        ("b.json", chat(("agent", AT, "x"))),
        ("a.json", "{"),
        ("c.json", chat(("agent", AT, "y"))),
        ("d.json", chat(contact_id="C-9")),
    ]
    found = day(tmp_path, row(medium="chat"), chats=chats)
    assert found.contacts[0].source == "b.json"
    assert places(found.faults) == [
        ("chats/a.json", 0, "chat.unreadable"),
        ("chats/c.json", 0, "chat.duplicate"),
        ("chats/d.json", 0, "chat.unclaimed"),
    ]


def test_deeply_nested_chat_is_one_bad_file(tmp_path):
    found = day(tmp_path, row(), chats=[("a.json", "[" * 100_000)])
    assert places(found.faults) == [("chats/a.json", 0, "chat.unreadable")]


# Surveys


def surveys(tmp_path, *lines, header="response_id,contact_id,nps,csat,resolved,invited_at,answered_at"):
    path = tmp_path / "surveys.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return read_surveys(path, "surveys.csv")


def test_unanswered_scales_stay_empty(tmp_path):
    (response,), faults = surveys(tmp_path, f"R-1,C-1,10,,sì,,{AT}")
    assert (response.nps, response.csat, response.ces, response.resolved) == (10, None, None, True)
    assert not faults


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",C-1,1,1,,,", "survey.bad_row"),
        ("R-2,C-1,11,1,,,", "survey.bad_scale"),
        ("R-2,C-1,1,0,,,", "survey.bad_scale"),
        ("R-2,C-1,nove,1,,,", "survey.bad_scale"),
        ("R-2,C-1,1,1,forse,,", "survey.bad_row"),
        ("R-2,C-1,1,1,,,ieri", "survey.bad_time"),
        ("R-2,C-1,1,1,,2026-11-21T00:00:00Z,2026-11-20T00:00:00Z", "survey.bad_time"),
    ],
)
def test_a_bad_answer_costs_one_row(tmp_path, line, code):
    responses, faults = surveys(tmp_path, "R-1,,,,,,", line, "R-3,,,,,,")
    assert [response.id for response in responses] == ["R-1", "R-3"]
    assert places(faults) == [("surveys.csv", 3, code)]


def test_a_response_given_twice_counts_once(tmp_path):
    responses, faults = surveys(tmp_path, "R-1,C-1,9,,,,", "R-1,C-1,0,,,,")
    assert [response.nps for response in responses] == [9]
    assert places(faults) == [("surveys.csv", 3, "survey.duplicate_id")]


@pytest.mark.parametrize("content", ["a;b\n1;2\n".encode("utf-16"), b"sep=;\r\nA;B\r\n1;2\r\n"])
def test_exports_of_spreadsheets_are_read(tmp_path, content):
    (tmp_path / "t.csv").write_bytes(content)
    rows, faults = read_table(tmp_path / "t.csv", "t.csv", ("a",))
    assert [row.cells for row in rows] == [{"a": "1", "b": "2"}]
    assert faults == []


def test_a_name_that_is_no_utf_8_costs_its_file_only(tmp_path):
    for folder in ("chats", "recordings"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / os.fsdecode(b"a\xff.json")).write_bytes(b"{}")
    found = day(tmp_path, row())
    assert [contact.id for contact in found.contacts] == ["C-1"]
    assert places(found.faults) == [
        ("chats/a\\xff.json", 0, "chat.unreadable"),
        ("recordings/a\\xff.json", 0, "recording.unclaimed"),
    ]
    assert all(fault.file.encode() for fault in found.faults)


@pytest.mark.parametrize("contact_id", ["C-\\u0000", "C-\\ud800"])
def test_a_chat_of_an_id_that_no_database_keeps_costs_itself_only(tmp_path, contact_id):
    found = day(tmp_path, row(), chats=[("one.json", f'{{"contact_id": "{contact_id}", "turns": []}}')])
    assert [contact.id for contact in found.contacts] == ["C-1"]
    assert places(found.faults) == [("chats/one.json", 0, "chat.unreadable")]
