"""The phrase language on arbitrary text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qm.analysis.compile_phrases import Gap, compile_phrase
from qm.analysis.match_text import PhraseSet, quote_of, tokens_of
from qm.analysis.normalise_text import normalise
from qm.domain.text import Language
from qm.domain.transcript import Role, Turn

WORDS = ["la", "chiamata", "non", "registrata", "ma", "è", "l'ho", "n't", "14", "€5", "..."]
PIECES = [
    *WORDS,
    "registr*",
    "#",
    "*",
    "@agent",
    "@x",
    "...2",
    "(",
    ")",
    "[",
    "]",
    "|",
    " ",
    "a|b",
    "(a|b c)",
    "[la|lo]",
]
phrases = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map(" ".join)
texts = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
latin = st.text(st.characters(max_codepoint=0x17F), max_size=30)


@given(st.text(max_size=60) | phrases | st.text("()[]|. a*#@", max_size=60))
def test_any_text_compiles_or_is_refused_as_a_value(phrase):
    try:
        patterns = compile_phrase(phrase)
    except ValueError:
        return
    assert patterns
    for pattern in patterns:
        assert not isinstance(pattern.elements[0], Gap)
        assert not isinstance(pattern.elements[-1], Gap)


def test_deep_brackets_are_refused_as_a_value():
    with pytest.raises(ValueError, match="nested"):
        compile_phrase("(" * 5000)


@given(latin | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_normalising_twice_is_normalising_once(text):
    once = normalise(text)
    assert normalise(" ".join(once)) == once
    assert all(word and word == word.casefold() for word in once)


@pytest.mark.parametrize("text", ["№ 5", "Enel™"])
def test_normalising_signs_twice_is_normalising_once(text):
    assert normalise(" ".join(normalise(text))) == normalise(text)


@given(latin)
def test_case_doesnt_matter(text):
    assert normalise(text.upper()) == normalise(text.upper().lower())


def stream_of(text):
    return tokens_of((Turn("t1", Role.AGENT, "a", 0.0, 9.0, text, 1.0),), (0,))


@given(st.lists(phrases, min_size=1, max_size=4), texts)
def test_hits_are_ordered_apart_and_inside(some, text):
    good = [phrase for phrase in some if _compiles(phrase)]
    stream = stream_of(text)
    hits = PhraseSet(good, Language.ITALIAN).find(stream)
    edges = [edge for hit in hits for edge in (hit.first, hit.last)]
    assert edges == sorted(edges)
    assert all(left.last < right.first for left, right in pairwise(hits))
    assert all(0 <= hit.first <= hit.last < len(stream) and hit.phrase in good for hit in hits)


def _compiles(phrase):
    try:
        compile_phrase(phrase)
    except ValueError:
        return False
    return True


@given(st.lists(st.sampled_from(["sono", "qui", "bella", "casa", "oggi"]), min_size=1, max_size=6), texts)
def test_plain_words_are_found_wherever_they_are_said(said, around):
    phrase = " ".join(said)
    stream = stream_of(f"{around} {phrase} {around}")
    hits = PhraseSet([phrase], Language.ITALIAN).find(stream)
    assert len(hits) == 1
    assert quote_of(stream, hits[0].first, hits[0].last) == phrase


@given(texts, texts)
def test_likeness_points_into_the_stream(phrase, text):
    if not normalise(phrase.replace("...", "")):
        return
    stream = stream_of(text)
    alike = PhraseSet([phrase.replace("...", "").strip()], Language.ITALIAN).nearest(stream, 0.6)
    if alike is not None:
        assert 0 <= alike.first <= alike.last < len(stream)
        assert 0.6 <= alike.similarity <= 1
