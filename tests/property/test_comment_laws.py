"""Laws of comments: nothing is too odd to be read, and order changes nothing."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qm.analysis.voc.find_themes import find_themes
from qm.analysis.voc.guess_language import guess_language
from qm.analysis.voc.read_sentiment import read_sentiment
from qm.analysis.voc.redact_text import redact_text
from qm.analysis.voc.split_comment import MOST_STATEMENTS, READ_LETTERS, clean_comment, has_words, split_statements
from qm.domain.comment import Sentiment
from qm.domain.text import Language

PIECES = [
    "ottimo",
    "non",
    "pessimo",
    "ma",
    "lento",
    "very",
    "not",
    "good",
    "👍",
    "😡",
    ":)",
    "<b>",
    "&lt;",
    "\u202e",
    "شكرا",
    "3331234567",
]
texts = st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=15).map(" ".join)
languages = st.sampled_from([None, *Language])


@given(texts, languages)
def test_any_text_is_read(text, language):
    reading = read_sentiment(text, language)
    assert reading.good >= 0
    assert reading.bad >= 0
    if reading.sentiment in (Sentiment.POSITIVE, Sentiment.NEGATIVE):
        assert reading.words
    assert guess_language(text, language) in (None, *Language)


@given(texts)
def test_cleaning_and_redacting_twice_is_doing_it_once(text):
    shown = redact_text(text)
    assert redact_text(shown) == shown
    clean, _cut = clean_comment(text)
    assert len(clean) <= READ_LETTERS
    statements = split_statements(clean)
    assert len(statements) <= MOST_STATEMENTS
    assert all(has_words(statement) for statement in statements)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_order_changes_no_theme(seed, n):
    draw = np.random.default_rng(seed)
    rows = np.repeat(draw.standard_normal((max(1, n // 6), 6)), 6, axis=0)[:n] + 0.2 * draw.standard_normal(
        (min(n, max(1, n // 6) * 6), 6)
    )
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    shuffled = draw.permutation(len(vectors))
    ones = np.ones(len(vectors), dtype=np.int64)
    labels = find_themes(vectors, ones, 0.45, 3)
    again = find_themes(vectors[shuffled], ones, 0.45, 3)
    same = np.equal.outer(labels[shuffled], labels[shuffled]) == np.equal.outer(again, again)
    assert same.all()
    sizes = np.bincount(labels[labels >= 0])
    assert (sizes >= 3).all()
    assert (np.diff(sizes) <= 0).all()
