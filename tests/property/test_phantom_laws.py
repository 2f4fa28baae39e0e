"""Laws of the phantom guard: nothing added or lost, the same again, nonsense all marked, prose left alone."""

from hypothesis import given
from hypothesis import strategies as st

from qm.analysis.guard_phantoms import REPEATS, guard_phantoms
from qm.domain.recognition import Passage
from qm.domain.transcript import Word

VOCABULARY = (
    "buongiorno grazie sì no la bolletta di ottobre vorrei thank you for calling amara org [Musica] che c'è zero uno"
).split()
texts = st.lists(st.sampled_from(VOCABULARY), max_size=60)
stretches = st.lists(st.integers(0, 600), max_size=10, unique=True).map(
    lambda edges: [(a / 10, b / 10) for a, b in zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False)]
)


@st.composite
def spoken(draw):
    """Words with pauses, and the passages that they come from."""
    said, at = [], 0.0
    for text in draw(texts):
        at += draw(st.sampled_from([0.0, 0.1, 2.0]))
        said.append(Word(text, round(at, 3), round(at + 0.3, 3), draw(st.sampled_from([0.1, 0.9]))))
        at += 0.3
    cut = draw(st.integers(0, len(said)))
    parts = [part for part in (said[:cut], said[cut:]) if part]
    chances = st.sampled_from([(-0.2, 0.1), (-0.2, 0.95), (-1.5, 0.1), (-1.5, 0.95)])
    scores = [draw(chances) for _part in parts]
    passages = [Passage(p[0].start_s, p[-1].end_s, len(p), *score) for p, score in zip(parts, scores, strict=True)]
    return tuple(said), passages


@given(spoken(), st.none() | stretches, stretches)
def test_words_are_only_marked_and_a_second_guard_changes_nothing(given_words, activity, music):
    words, passages = given_words
    once, findings = guard_phantoms(words, passages, activity, music=music)
    assert [(w.text, w.start_s, w.end_s, w.confidence) for w in once] == [
        (w.text, w.start_s, w.end_s, w.confidence) for w in words
    ]
    assert guard_phantoms(once, passages, activity, music=music) == (once, findings)


@given(spoken(), st.none() | stretches)
def test_every_marked_word_lies_in_a_finding_and_the_counts_agree(given_words, activity):
    marked, findings = guard_phantoms(*given_words, activity)
    assert sum(int(finding.message.split()[2]) for finding in findings) == sum(word.suspect for word in marked)
    for word in marked:
        inside = any(f.start_s <= word.start_s and word.end_s <= f.end_s for f in findings)
        assert inside or not word.suspect


@given(spoken(), stretches, stretches)
def test_more_detected_speech_never_marks_more(given_words, activity, more):
    words, passages = given_words
    less = guard_phantoms(words, passages, activity)[0]
    wider = guard_phantoms(words, passages, [*activity, *more])[0]
    assert all(a.suspect or not b.suspect for a, b in zip(less, wider, strict=True))


@given(st.lists(st.sampled_from(["che", "po'", "un", "di", "know"]), min_size=1, max_size=4), st.integers(1, 12))
def test_endless_repetition_is_marked_whole(group, extra):
    times = max(REPEATS.values()) + extra
    words = [Word(text, at * 0.4, at * 0.4 + 0.3, 0.95) for at, text in enumerate(group * times)]
    assert all(word.suspect for word in guard_phantoms(words, (), [(0.0, 1000.0)])[0])


@given(st.permutations("vorrei sapere quando arriva la prossima bolletta perché quella di ottobre era doppia".split()))
def test_words_that_dont_repeat_are_left_alone_in_any_order(said):
    words = [Word(text, at * 0.4, at * 0.4 + 0.3, 0.9) for at, text in enumerate(said)]
    assert guard_phantoms(words, (), [(0.0, 100.0)])[1] == ()
