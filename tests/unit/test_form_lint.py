"""The linter warns of what would be answered differently or never, and keeps quiet about the rest."""

# ruff: noqa: E501 - each case stands on one line

import pytest

from qm.domain.text import Language
from qm.rules.lint_forms import lint_form
from qm.rules.lint_wording import has_condition, joined_questions, vague_words
from qm.rules.loader import load_packs
from tests.unit.form_files import FORM, RULES, write_pack

IT, EN = Language.ITALIAN, Language.ENGLISH


@pytest.mark.parametrize(
    ("title", "language", "joined"),
    [
        ("Saluta e si presenta", IT, "e"),
        ("Ringraziare il cliente e congedarsi", IT, "e"),
        ("Verifica i dati oppure chiede il codice", IT, "oppure"),
        ("Prezzo e durata", IT, ""),
        ("Chiede nome e cognome", IT, ""),
        ("Avviso di registrazione e trattamento dei dati", IT, ""),
        ("Greets and introduces themselves", EN, "and"),
        ("Verifies the data or asks for the code", EN, "or"),
        ("Apologises and then offers help", EN, "and"),
        ("Names price and duration", EN, ""),
        ("Identification and privacy", EN, ""),
    ],
)
def test_two_questions_in_one(title, language, joined):
    assert joined_questions(title, language) == joined


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Usa un tono adeguato e professionale", IT, ("adeguato", "professionale")),
        ("Dice buongiorno", IT, ()),
        ("Speaks in a good and Proper way", EN, ("good", "proper")),
        ("Says the property's address", EN, ()),
    ],
)
def test_vague_words(text, language, words):
    assert vague_words(text, language) == words


@pytest.mark.parametrize(
    ("title", "language", "has"),
    [("Se richiesto, dice il prezzo", IT, True), ("Dice il prezzo, se richiesto ora", IT, True), ("Si presenta", IT, False),
     ("If asked, names the price", EN, True), ("Names the price", EN, False), ("Whenever it rings", EN, False)],
)  # fmt: skip
def test_conditions_in_titles(title, language, has):
    assert has_condition(title, language) is has


def warnings(tmp_path, form=FORM, rules=None):
    (pack,) = load_packs(write_pack(tmp_path, form=form, rules=rules))
    return [(warning.code, warning.line) for warning in lint_form(pack)]


def line_of(text, wanted):
    return next(place for place, line in enumerate(text.splitlines(), 1) if wanted in line)


def test_a_sound_form_has_no_warnings(tmp_path):
    assert warnings(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("title: {it: Tono, en: Tone}", "title: {it: Tono, en: Greets and thanks}", "forms.double_barrelled", "criterion: p-tone"),
        ("{it: Come suona, en: How it sounds}", "{it: Tono adeguato, en: Tone}", "forms.vague_word", "criterion: p-tone"),
        ("title: {it: Appunti, en: Notes}", "title: {it: Se serve, en: Notes}\n            na: false", "", ""),
        ("points: 2, critical", "points: 20, critical", "forms.heavy_criterion", "r-quick"),
        ("weight: 1\n    criteria", "weight: 96\n    criteria", "forms.weights", "- id: one"),
        ("when: {answered: {criterion: r-offer, is: [met]}}",
         "when: {all: [{answered: {criterion: r-offer, is: [met]}}, {not: {answered: {criterion: r-offer, is: [met]}}}]}",
         "forms.unreachable", "criterion: p-tone"),
        ("when: {answered: {criterion: r-offer, is: [met]}}", "when: {contact: {field: process, is: vendita}}",
         "forms.unreachable", "criterion: p-tone"),
        ("when: {answered: {criterion: r-offer, is: [met]}}",
         "when: {all: [{answered: {criterion: r-offer, values: [gift]}}, {answered: {criterion: r-offer, values: [nothing]}}]}",
         "forms.unreachable", "criterion: p-tone"),
    ],
)  # fmt: skip
def test_each_warning_names_its_line(tmp_path, old, new, code, at):
    assert old in FORM
    text = FORM.replace(old, new, 1)
    if at == "r-quick":
        text = text.replace("weight: 1\n    sections", "weight: 0.1\n    sections")
    found = warnings(tmp_path, text)
    assert [name for name, _line in found] == ([code] if code else [])
    if code:
        assert found[0][1] == line_of(text, at)


def test_rules_that_never_come_true(tmp_path):
    never = (
        "{all: [{measure: {name: silence_longest_s, at_most: 5}}, {measure: {name: silence_longest_s, at_least: 9}}]}"
    )
    assert [code for code, _line in warnings(tmp_path, rules=RULES | {"r-quick": f"met: {never}"})] == [
        "forms.unreachable"
    ]
    twice = "options: [{id: gift, when: {contact: {field: queue, is: a}}}, {id: discount, when: {contact: {field: queue, is: a}}}]"
    assert [code for code, _line in warnings(tmp_path, rules=RULES | {"r-offer": twice})] == ["forms.unreachable"]


def test_a_condition_in_a_title_without_a_way_out(tmp_path):

    (pack,) = load_packs(write_pack(tmp_path))
    family = tmp_path / "packs" / "demo" / "basics.yaml"
    text = family.read_text().replace("Titolo", "'Se richiesto, dice il prezzo'", 1)
    family.write_text(text)
    (pack,) = load_packs(tmp_path / "packs")
    assert [(w.code, w.line) for w in lint_form(pack)] == [("forms.missing_na", line_of(text, "Se richiesto"))]
