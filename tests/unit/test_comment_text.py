"""Comments as they come: cleaned, split, told apart by language, redacted."""

import csv
import os
import re
from pathlib import Path

import pytest

from qm.analysis.voc.guess_language import guess_language
from qm.analysis.voc.redact_text import redact_text
from qm.analysis.voc.split_comment import READ_LETTERS, clean_comment, has_words, split_statements
from qm.domain.text import Language

IT, EN = Language.ITALIAN, Language.ENGLISH
SHARED = Path(os.environ.get("QM_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
FINANCE = SHARED / "text/multidogo/paper_splits/splits_annotated_at_turn_level/finance/dev.tsv"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("", ""),
        ("  \n ", ""),
        ("<b>Ottimo</b> servizio<br>grazie", "Ottimo servizio grazie"),
        ("<script>alert('x')</script>Pessimo", "Pessimo"),
        ("attesa < 5 minuti", "attesa < 5 minuti"),
        ("&egrave; lento &amp; caro", "è lento & caro"),
        ("testo\x00 con\u200b segni\u202e", "testo con segni"),
    ],
)
def test_markup_and_invisible_marks_go(text, clean):
    assert clean_comment(text) == (clean, False)


def test_a_comment_of_100_kb_is_read_up_to_a_limit():
    text, cut = clean_comment("pessimo servizio. " * 6000)
    assert cut
    assert len(text) <= READ_LETTERS
    assert len(split_statements(text)) == 20


def test_unclosed_markup_takes_no_time():
    clean_comment("<" * 100_000)
    clean_comment("<a" * 50_000)
    clean_comment("<script>" * 12_000)


@pytest.mark.parametrize(
    ("text", "holds"), [("👍👍", False), ("10/10", False), ("ok", True), ("شكرا", True), ("5", False)]
)
def test_words_are_two_letters_in_a_row(text, holds):
    assert has_words(text) is holds


def test_statements_end_at_marks_lines_and_before_but():
    text = "Attesa lunga, però operatore gentile. Il sito?\nNon funziona… Voto 7"
    assert split_statements(text) == ("Attesa lunga", "però operatore gentile", "Il sito", "Non funziona", "Voto 7")
    assert len(split_statements("parola " * 100)) == 3


@pytest.mark.parametrize(
    ("text", "expected", "language"),
    [
        ("Non mi hanno mai richiamato", None, IT),
        ("They never called me back", IT, EN),
        ("Bravissimi", IT, IT),
        ("Perfect", EN, EN),
        ("Bravissimi", None, None),
        ("El servicio es muy malo y nadie contesta", IT, None),
        ("Der Service war sehr schlecht", EN, None),
        ("Merci, c'est très bien", IT, None),
        ("Foarte bine, multumesc", IT, None),
        ("خدمة ممتازة شكرا جزيلا", IT, None),
        ("Обслуживание ужасное", EN, None),
        ("服务很好", IT, None),
        ("👍 😀", IT, None),
        ("", IT, None),
    ],
)
def test_language(text, expected, language):
    assert guess_language(text, expected) is language


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("scrivetemi a anna.rossi+x@posta.example.it subito", "scrivetemi a [e-mail] subito"),
        ("il mio cellulare è +39 333 1234567", "il mio cellulare è […]"),
        ("06/5551234 oppure 0655-51-23-4", "[…] oppure […]"),
        ("carta 4111 1111 1111 1111.", "carta […]."),
        ("cf RSSMRA85T10A562S ok", "cf [codice fiscale] ok"),
        ("iban IT60X0542811101000000123456", "iban [IBAN]"),
        ("vedi https://x.example/a?b=1", "vedi [link]"),
        ("ho chiamato 3 volte in 15 giorni, 45 minuti", "ho chiamato 3 volte in 15 giorni, 45 minuti"),
        ("dal 2009 pago 49,90 euro", "dal 2009 pago 49,90 euro"),
    ],
)
def test_obvious_personal_data_is_taken_out(text, shown):
    assert redact_text(text) == shown


@pytest.mark.skipif(not FINANCE.is_file(), reason=f"no {FINANCE}")
def test_no_long_number_of_real_turns_is_left():
    with FINANCE.open(encoding="utf-8", newline="") as lines:
        rows = [row["utterance"] or "" for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    numbers = [row for row in rows if re.search(r"\d{6}|\d{4}[ -]\d{4}|@\w+\.", row)]
    assert len(numbers) > 50
    assert [row for row in numbers if re.search(r"\d{6}|\d{4}[ -]\d{4}|@\w+\.\w", redact_text(row))] == []
