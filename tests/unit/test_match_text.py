"""The phrase language, negation and likeness."""

import pytest

from qm.analysis.compile_phrases import compile_phrase
from qm.analysis.match_text import PhraseSet, quote_of, tokens_of
from qm.analysis.normalise_text import normalise
from qm.domain.text import Language
from qm.domain.transcript import Role, Turn, Word


def stream(text: str, *, pause_after: str = ""):
    words, clock = [], 0.0
    for word in text.split():
        words.append(Word(word, clock, clock + 0.3, 0.5))
        clock += 5.0 if word == pause_after else 0.4
    turn = Turn("t1", Role.AGENT, "ch0", 0.0, clock, text, 0.5, tuple(words))
    return tokens_of((turn,), (0,))


def hits(phrase: str, text: str, *, language=Language.ITALIAN, names=(), classes=None, pause_after=""):
    found = PhraseSet([phrase], language, classes or {}).find(stream(text, pause_after=pause_after), names)
    return [hit for hit in found if not hit.negated]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("perché no", "Perche', NO!"),
        ("registr*", "la chiamata è registrata"),
        ("la chiamata ... registrata", "la chiamata che stiamo facendo viene registrata"),
        ("entro # giorni", "entro quattordici giorni"),
        ("entro # giorni", "entro 14 giorni"),
        ("# euro", "sono €92,40 in tutto"),
        ("(posso|possiamo) [(ancora|di nuovo)] aiutarla", "possiamo di nuovo aiutarla?"),
        ("l'operatore", "sono l'operatore"),
        ("sono * come posso", "Sono Zaira, come posso aiutarla"),
    ],
)
def test_phrase_is_found(phrase, text):
    assert hits(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("registrata", "registrato"),
        ("la chiamata ...1 registrata", "la chiamata adesso viene sempre registrata"),
        ("entro # giorni", "entro pochi giorni"),
        ("sono * come", "sono come"),
    ],
)
def test_phrase_is_not_found(phrase, text):
    assert not hits(phrase, text)


def test_no_phrase_reaches_over_a_long_pause():
    assert hits("buongiorno ...2 posso", "buongiorno come posso")
    assert not hits("buongiorno ...2 posso", "buongiorno come posso", pause_after="come")
    assert not hits("buongiorno ...2 posso", "buongiorno come posso", pause_after="buongiorno")


def test_agent_name_is_known_even_misspelt():
    names = frozenset({"tommaso", "greco"})
    assert hits("sono @agent", "sono Tomaso di Luminosa", names=names)
    assert not hits("sono @agent", "sono Marcella", names=names)


def test_word_class():
    classes = {"country": frozenset({"italia", "albania"})}
    assert hits("dall @country", "rispondo dall'Albania", classes=classes)
    with pytest.raises(ValueError, match="known: @agent, @country"):
        compile_phrase("@paese", classes)


@pytest.mark.parametrize(
    ("text", "language", "negated"),
    [
        ("non le garantisco il rimborso", Language.ITALIAN, True),
        ("mai le garantisco", Language.ITALIAN, True),
        ("non si preoccupi, le garantisco il rimborso", Language.ITALIAN, False),
        ("no le garantisco il rimborso", Language.ITALIAN, False),
        ("non posso ma le garantisco", Language.ITALIAN, False),
        ("non le piace niente di tutto questo che le garantisco", Language.ITALIAN, False),
    ],
)
def test_negation_has_a_reach_and_ends_with_the_clause(text, language, negated):
    found = PhraseSet(["le garantisco"], language).find(stream(text))
    assert [hit.negated for hit in found] == [negated]


def test_english_no_negates():
    found = PhraseSet(["guarantee"], Language.ENGLISH).find(stream("there is no guarantee"))
    assert found[0].negated


def test_a_plain_wording_wins_over_a_negated_one_of_equal_length():
    found = PhraseSet(["annulla ...4 giorni", "annulla senza ...3 giorni"], Language.ITALIAN).find(
        stream("annulla senza costi entro giorni")
    )
    assert [hit.negated for hit in found] == [False]


def test_likeness_finds_misheard_words_across_word_borders():
    phrases = PhraseSet(["posso fare altro per lei"], Language.ITALIAN)
    alike = phrases.nearest(stream("bene posso fare al tro perlei grazie"), 0.6)
    assert alike is not None
    assert alike.similarity > 0.9
    assert phrases.nearest(stream("la lettura del contatore è arrivata"), 0.6) is None


def test_likeness_of_negated_words_doesnt_count():
    phrases = PhraseSet(["le garantisco il rimborso"], Language.ITALIAN)
    assert phrases.nearest(stream("non le garantisco il rimborso"), 0.9) is None


@pytest.mark.parametrize("phrase", ["(a|b", "a)", "...", "a ...", "ab*", "", "* ciao", "a ...x b", "|"])
def test_faulty_phrase_is_refused(phrase):
    with pytest.raises(ValueError):  # noqa: PT011 - each message differs
        compile_phrase(phrase)


def test_exploding_phrase_is_refused_quickly():
    with pytest.raises(ValueError, match="wordings"):
        compile_phrase("(a|b|c|d) " * 40)


def test_normalise_splits_elisions_and_drops_accents():
    assert normalise("Dell’età, perché?") == ("dell", "eta", "perche")


def test_a_word_hit_in_its_middle_is_quoted_whole():
    words = stream("pagherà 12,00 € domani")
    hit = PhraseSet(["# euro"], Language.ITALIAN).find(words)[0]
    assert quote_of(words, hit.first, hit.last) == "12,00 €"
