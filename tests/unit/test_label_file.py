"""The CSV of analysts' answers: rows that can't be used are named by line, the rest goes on."""

import pytest

from pipelines.files.label_file import read_labels
from qm.domain.evaluation import Answer
from qm.errors import DayFolderError


def read(tmp_path, text):
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return read_labels(path, "labels.csv")


def test_words_of_both_languages_and_the_later_row_counts(tmp_path):
    head = "contact_id;criterion_id;answer;analyst;at\n"
    rows = f"{head}C1;a;met;Rita;\nC1;b;No;;\nC2;a;sì;;\nC1;a;not_met;Ugo;\nC2;b;N/A;;\n"
    labels, faults = read(tmp_path, rows)
    assert faults == []
    assert {(x.contact_id, x.criterion_id): x.answer for x in labels} == {
        ("C1", "a"): Answer.NOT_MET, ("C1", "b"): Answer.NOT_MET, ("C2", "a"): Answer.MET,
        ("C2", "b"): Answer.NOT_APPLICABLE,
    }  # fmt: skip


def test_later_is_told_by_the_time_where_both_have_one(tmp_path):
    rows = "contact_id,criterion_id,answer,at\nC1,a,met,2026-11-02T10:00:00+01:00\nC1,a,no,2026-11-02T08:30:00Z\n"
    ((label,), _faults) = read(tmp_path, rows)
    assert label.answer is Answer.MET


@pytest.mark.parametrize("row", ["C1,a,maybe,", ",a,met,", "C1,,met,", "C1,a,,", "C1,a,met,yesterday", "C\x07,a,met,"])
def test_bad_rows_are_named_by_line_and_the_rest_goes_on(tmp_path, row):
    labels, faults = read(tmp_path, f"contact_id,criterion_id,answer,at\n{row}\nC9,a,met,\n")
    assert [label.contact_id for label in labels] == ["C9"]
    assert [(fault.line, fault.code) for fault in faults] == [(2, "answers.bad_row")]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n"])
def test_a_file_of_another_kind_is_an_error(tmp_path, text):
    with pytest.raises(DayFolderError, match=r"table\.bad_header"):
        read(tmp_path, text)
