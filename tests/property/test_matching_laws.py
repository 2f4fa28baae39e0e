"""The index finds what trying every wording at every word finds; likeness skips only what can't be alike."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qm.analysis.compile_phrases import compile_phrase
from qm.analysis.find_likeness import Letters, LikenessIndex
from qm.analysis.match_text import PhraseSet
from qm.analysis.phrase_book import PhraseBook
from qm.analysis.word_stream import Stream
from qm.config import REPOSITORY
from qm.domain.text import Language
from qm.domain.transcript import Word
from tests.property.plain_matching import plain_hits, stretches

SAID = [
    "la",
    "chiamata",
    "non",
    "registrata",
    "registro",
    "anna",
    "ana",
    "14",
    "due",
    "cento",
    "tre",
    "ma",
    "e",
    "solo",
]
PLACES = [
    *SAID,
    "registr*",
    "#",
    "*",
    "@agent",
    "...",
    "...1",
    "...2",
    "(la|chiamata)",
    "[non|e la]",
    "~registrare",
    "103",
]
phrase_lists = st.lists(st.lists(st.sampled_from(PLACES), min_size=1, max_size=6).map(" ".join), min_size=1, max_size=5)
spoken = st.lists(st.tuples(st.sampled_from(SAID), st.sampled_from([0.0, 0.1, 4.0]), st.booleans()), max_size=22)
NAMES = frozenset({"anna"})


def compiles(phrase):
    try:
        compile_phrase(phrase)
    except ValueError:
        return False
    return True


def stream_of(said):
    words, clock = [], 0.0
    for text, pause_s, ends in said:
        words.append(Word(text + ("," if ends and pause_s else ""), clock + pause_s, clock + pause_s + 0.3, 0.9))
        clock = words[-1].end_s
    return Stream([text for text, _pause, _ends in said], words, [0] * len(words))


def shown(hits):
    return [(hit.first, hit.last, hit.negated) for hit in hits]


@settings(max_examples=150)
@given(phrase_lists, spoken, st.sampled_from(list(Language)))
def test_the_index_finds_what_plain_matching_finds(phrases, said, language):
    good = [phrase for phrase in phrases if compiles(phrase)]
    stream = stream_of(said)
    assert shown(PhraseSet(good, language).find(stream, NAMES)) == plain_hits(good, stream, language, NAMES)


@given(phrase_lists, phrase_lists, spoken, st.data())
def test_a_book_of_many_lists_finds_what_each_finds_in_any_part(left, right, said, data):
    sets = [PhraseSet([p for p in some if compiles(p)], Language.ITALIAN) for some in (left, right)]
    stream = stream_of(said)
    found = PhraseBook(sets, Language.ITALIAN).search(stream, NAMES)
    first = data.draw(st.integers(0, len(said)))
    stop = data.draw(st.integers(first, len(said)))
    part = stream.picked(range(first, stop))
    for each in sets:
        whole = shown(each.choose(found.get(each, ()), stream, first, stop))
        assert [(a - first, b - first, negated) for a, b, negated in whole] == shown(each.find(part, NAMES))


letters = st.text("abcd", min_size=3, max_size=14)


@given(letters, st.text("abcde", max_size=60))
def test_a_stretch_is_compared_where_enough_groups_stand_together(wording, text):
    words = [Word(text or "x", 0.0, 1.0, 0.9)]
    ready = Letters(Stream([text or "x"], words, [0]), 0, 1)
    found = LikenessIndex([wording]).candidates(ready)
    expected = set(stretches(wording, ready.text))
    assert all(any(each.begin <= at < each.end for each in found) for at in expected)
    assert bool(found) == bool(expected)


def test_gaps_and_alternatives_dont_explode():
    phrase = " ".join(["a ...5"] * 12) + " b"
    stream = stream_of([("a", 0.0, False)] * 600)
    assert PhraseSet([phrase], Language.ITALIAN).find(stream) == ()


@pytest.mark.parametrize("phrase", ["a ...31 b", "a ...999999 b", "a ...30 b ...30 c ...1 d", "~ a", "~ab*"])
def test_phrases_that_reach_too_far_are_refused(phrase):
    assert not compiles(phrase)


PROGRAM = """
from tests.unit import builders
from qm.documents import dump
from qm.domain.transcript import Role
from qm.rules.conditions import Near, Repeats
from qm.rules.predicates import decide
call = builders.call((Role.AGENT, 0.0, "la chiamata vien registrata"), (Role.CUSTOMER, 0.0, "non la chiamata"))
scene = builders.scene(call)
both = (Role.AGENT, Role.CUSTOMER)
says = [builders.say("la chiamata", "registrat*", by=both), builders.say("chiamata viene registrata")]
asked = (*says, Near(tuple(says), within_words=9), Repeats(frozenset(Role), 2))
print(dump(tuple(decide(each, scene) for each in asked)))
"""


def test_equal_input_gives_equal_bytes_whatever_the_hash_seed_and_locale():
    outputs = set()
    for seed, locale in (("0", "C"), ("1", "C.UTF-8"), ("4242", "tr_TR.UTF-8")):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], cwd=REPOSITORY, capture_output=True, check=True,
            env={"PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"},
        )  # fmt: skip
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert b"found" in outputs.pop()
