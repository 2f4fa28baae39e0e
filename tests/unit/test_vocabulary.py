"""Which names to expect where, and how the file that lists them is read."""

import pytest

from pipelines.files.vocabulary_file import LONGEST, MOST_CHARACTERS, MOST_TERMS, read_vocabulary
from qm.domain.vocabulary import Term, Vocabulary
from qm.errors import SettingsError
from tests.unit import builders

ALL = Vocabulary(
    (
        Term("Ghiringhelli"),
        Term("Fibra Ultraveloce", process="Guasti"),
        Term("Enercopro", "it", "vendita", "nord"),
        Term("Dual Fuel", "en", "vendita"),
        Term("Ghiringhelli", queue="nord"),
    )
)


@pytest.fixture
def write(tmp_path):
    def written(content):
        path = tmp_path / "names.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def refused(path):
    with pytest.raises(SettingsError) as caught:
        read_vocabulary(path)
    assert caught.value.code == "settings.vocabulary"
    assert caught.value.hint
    return caught.value.message


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "Ghiringhelli"),
        ({"process": "guasti"}, "Ghiringhelli, Fibra Ultraveloce"),
        ({"process": "GUASTI", "queue": "sud"}, "Ghiringhelli, Fibra Ultraveloce"),
        ({"process": "vendita", "queue": "Nord", "language": "it"}, "Ghiringhelli, Enercopro"),
        ({"process": "vendita", "queue": "nord", "language": "en"}, "Ghiringhelli, Dual Fuel"),
        ({"process": "vendita", "queue": "nord"}, "Ghiringhelli, Enercopro, Dual Fuel"),  # may be either language
        ({"process": "vendita"}, "Ghiringhelli, Dual Fuel"),
    ],
)
def test_terms_by_process_queue_and_language_each_once(changes, expected):
    assert ALL.terms(builders.contact(**changes)) == expected


def test_no_terms_are_an_empty_text():
    assert Vocabulary().terms(builders.contact()) == ""


@pytest.mark.parametrize(
    "content",
    [
        "term,language,process,queue\nEnercopro,it,vendita,nord\n",
        "\ufeffterm;language;process;queue\r\nEnercopro;it;vendita;nord\r\n",
        "sep=;\nQueue;Process;Language;Term\nnord;vendita;it;Enercopro\n",
        "term\tlanguage\tprocess\tqueue\tnote\n\n  Enercopro \tit\tvendita\tnord\tnew\n",
        "term,language,process,queue\nEnercopro,it,vendita,nord\n".encode("utf-16"),
    ],
    ids=["plain", "mark and semicolon", "as a spreadsheet says it", "tabs and a column of the site", "utf-16"],
)
def test_files_as_they_come(write, content):
    assert read_vocabulary(write(content)).all == (Term("Enercopro", "it", "vendita", "nord"),)


def test_only_the_term_is_needed(write):
    assert read_vocabulary(write("term\nEnercopro\nDell'Acqua\n")).all == (Term("Enercopro"), Term("Dell'Acqua"))
    assert read_vocabulary(write("term\n")).all == ()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("Uno\n,it\n", "names.csv:3: term"),
        ('Uno\n"Due, tre",it\n', "names.csv:3: term"),
        (f"Uno\n\n{'x' * (LONGEST + 1)}\n", "names.csv:4: term"),
        ('Uno\n"due\nrighe"\n', "names.csv:3: term"),
        ("Uno\nDue,de\n", "names.csv:3: language: 'de'"),
        ("Uno\nDue,it,vendita,nord,too,many\n", "names.csv:3"),
    ],
    ids=["empty", "comma", "long", "two lines", "language", "cells"],
)
def test_faults_name_file_and_line(write, rows, told):
    message = refused(write(f"term,language,process,queue\n{rows}"))
    assert told in message
    assert message.count("names.csv:") == 1


def test_all_faults_are_named_at_once(write):
    message = refused(write("term,language\n,it\nDue,de\nTre,it\nQuattro,IT\n"))
    assert [f"names.csv:{line}:" in message for line in (2, 3, 4, 5)] == [True, True, False, True]


@pytest.mark.parametrize(
    "content",
    [b"", b"name,language\nUno,it\n", b'term\n"Uno\n', "term\nCosìfatto\n".encode("cp1252"), b"term,term\nUno,Due\n"],
    ids=["empty", "no term column", "open quote", "not utf-8", "column twice"],
)
def test_files_that_cant_be_used(write, content):
    assert "names.csv" in refused(write(content))


def test_a_missing_file_and_a_folder(tmp_path):
    assert "names.csv" in refused(tmp_path / "names.csv")
    refused(tmp_path)


def terms(count, start=0, **where):
    place = f",it,{where.get('process', '')},{where.get('queue', '')}"
    return "".join(f"T{number}{place}\n" for number in range(start, start + count))


HEADER = "term,language,process,queue\n"


def test_as_many_terms_as_help_and_not_one_more(write):
    assert len(read_vocabulary(write(HEADER + terms(MOST_TERMS))).all) == MOST_TERMS
    assert f"{MOST_TERMS + 1} terms" in refused(write(HEADER + terms(MOST_TERMS + 1)))


def test_the_same_term_twice_counts_once(write):
    read_vocabulary(write(HEADER + terms(MOST_TERMS) + terms(MOST_TERMS)))


def test_terms_of_different_places_dont_crowd_each_other(write):
    read_vocabulary(write(HEADER + terms(40, process="a") + terms(40, 40, process="b")))
    assert "process 'a'" in refused(write(HEADER + terms(40, process="a") + terms(40, 40)))


def test_a_process_and_a_queue_meet_in_one_contact(write):
    """No row names both, yet a contact of this process in this queue would expect 80 terms."""
    message = refused(write(HEADER + terms(40, process="vendita") + terms(40, 40, queue="nord")))
    assert "80 terms for process 'vendita', queue 'nord'" in message


def test_more_characters_than_a_prompt_holds(write):
    """The recogniser drops what is too much without a word."""
    long_names = "".join(f"Nome abbastanza lungo {number:02}\n" for number in range(20))
    assert f"at most {MOST_CHARACTERS}" in refused(write(f"term\n{long_names}"))
