"""Responses from rows and from JSON: nothing is guessed, and what is wrong is told with what is expected."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.files.survey_file import read_surveys
from qm.analysis.voc.read_survey import LONGEST_COMMENT, SurveyReader, doubtful_scales
from qm.domain.survey import SurveyResponse
from qm.domain.text import Text
from qm.domain.voc_plan import STANDARD_SCALES, Scale

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
STARS = Scale("stelle", Text("Stelle", "Stars"), 1, 5, 4, aliases=("stars",))
READER = SurveyReader((*STANDARD_SCALES, STARS), NOW)


def codes(complaints):
    return [complaint.code for complaint in complaints]


def test_a_whole_row_and_the_same_as_json():
    cells = {
        "response_id": "R-1", "contact_id": "C-1", "invited_at": "2026-11-20T10:00:00+01:00",
        "started_at": "2026-11-20T10:05:00+01:00", "answered_at": "2026-11-20T10:06:00+01:00", "channel": "sms",
        "nps": "9", "satisfaction": "8.0", "resolved": "sì", "stars": "4,5", "comment": "bene", "unheard_of": "x",
    }  # fmt: skip
    response, complaints = READER.from_cells(cells)
    assert complaints == ()
    assert (response.nps, response.satisfaction, response.resolved, response.medium) == (9, 8, True, "sms")
    assert response.other == {"stelle": 4.5}
    given_object = {**cells, "nps": 9, "satisfaction": 8.0, "resolved": True, "stars": 4.5, "ces": None}
    del given_object["unheard_of"]
    assert READER.from_object(given_object) == (response, ())


def test_a_row_without_answers_is_an_invitation_in_vain():
    response, _ = READER.from_cells({"response_id": "R-1", "invited_at": "2026-11-20T10:00:00Z", "comment": "  "[:0]})
    assert response is not None
    assert not response.is_answered
    assert READER.from_cells({"response_id": "R", "nps": "0"})[0].is_answered


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("11", "expected 0 to 10"), ("-1", "expected 0 to 10"), ("7,5", "isn't a whole number"),
        ("7/10", "without words"), ("nove", "without words"), ("very satisfied", "without words"),
        ("9 ★", "without words"),
        ("1e1", "without words"),
        ("٩", "without words"), ("9" * 400, "without words"),
    ],
)  # fmt: skip
def test_an_answer_off_its_scale_says_what_is_expected(cell, told):
    response, (complaint,) = READER.from_cells({"response_id": "R-1", "nps": cell})
    assert response is None
    assert complaint.code == "survey.bad_scale"
    assert told in f"{complaint.message} {complaint.hint}"


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"answered_at": NOW + timedelta(minutes=59)}, []),
        ({"answered_at": NOW + timedelta(minutes=61)}, ["survey.bad_time"]),
        ({"invited_at": NOW, "answered_at": NOW - timedelta(seconds=1)}, ["survey.bad_time"]),
        ({"invited_at": NOW, "started_at": NOW, "answered_at": NOW}, []),
        ({"started_at": NOW, "answered_at": NOW - timedelta(days=1)}, ["survey.bad_time"]),
    ],
)
def test_times_lie_in_order_and_not_ahead(times, expected):
    cells = {"response_id": "R-1", **{name: at.isoformat() for name, at in times.items()}}
    assert codes(READER.from_cells(cells)[1]) == expected


def test_every_fault_of_a_row_is_told():
    cells = {"response_id": "", "nps": "x", "csat": "9", "resolved": "forse", "answered_at": "ieri"}
    found = codes(READER.from_cells(cells)[1])
    assert sorted(found) == [
        "survey.bad_row",
        "survey.bad_row",
        "survey.bad_scale",
        "survey.bad_scale",
        "survey.bad_time",
    ]


def test_a_comment_of_100_kb_is_refused_and_one_of_the_longest_kept():
    assert codes(READER.from_cells({"response_id": "R", "comment": "a" * 100_000})[1]) == ["survey.long_comment"]
    response, _ = READER.from_cells({"response_id": "R", "comment": "à" * LONGEST_COMMENT})
    assert len(response.comment) == LONGEST_COMMENT
    assert READER.from_cells({"response_id": "R", "comment": ""})[0].comment == ""


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"nps": "9"}, "survey.bad_scale"), ({"nps": True}, "survey.bad_scale"),
        ({"nps": float("nan")}, "survey.bad_scale"),
        ({"nps": 10**400}, "survey.bad_scale"), ({"resolved": "yes"}, "survey.bad_row"), ({"nsp": 9}, "survey.bad_row"),
        ({"comment": ["a"]}, "survey.bad_row"), ({"comment": "\ud800"}, "survey.bad_row"),
        ({"comment": "a\x00b"}, "survey.bad_row"),
        ({"contact_id": "a\nb"}, "survey.bad_row"), ({"answered_at": 1}, "survey.bad_row"),
        ({"medium": "x" * 300}, "survey.bad_row"), ({"stelle": 4, "stars": 4}, "survey.bad_row"),
    ],
)  # fmt: skip
def test_json_is_typed(item, code):
    response, complaints = READER.from_object({"response_id": "R-1", **item})
    assert response is None
    assert codes(complaints) == [code]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=5,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(READER.names)) | st.text(max_size=8), json_values, max_size=8))
def test_whatever_is_sent_is_a_response_or_a_complaint(item):
    response, complaints = READER.from_object(item)
    assert (response is None) == bool(complaints)
    assert response is None or isinstance(response, SurveyResponse)


def test_numbers_of_a_scale_to_five_are_noticed():
    low = [SurveyResponse(f"R{n}", nps=n % 6) for n in range(30)]
    (doubt,) = doubtful_scales(low, STANDARD_SCALES)
    assert doubt.code == "survey.other_scale"
    assert doubtful_scales(low[:29], STANDARD_SCALES) == []
    assert doubtful_scales([*low, SurveyResponse("R", nps=6)], STANDARD_SCALES) == []
    assert doubtful_scales([SurveyResponse(f"R{n}", csat=1) for n in range(40)], STANDARD_SCALES) == []


def test_a_file_of_two_encodings_is_read_line_by_line(tmp_path):
    file = tmp_path / "s.csv"
    rows = [b"response_id,nsp,comment", "R1,1,perché".encode(), "R2,2,città".encode("cp1252"), b"R3,3,ok"]
    file.write_bytes(b"\n".join(rows))
    responses, faults = read_surveys(file, "s.csv", now=NOW)
    assert [response.comment for response in responses] == ["perché", "città", "ok"]
    assert [(fault.line, fault.code) for fault in faults] == [(3, "table.encoding"), (1, "survey.unknown_column")]
    assert "nps" in faults[1].hint
