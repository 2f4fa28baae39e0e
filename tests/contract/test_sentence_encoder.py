"""One contract for every sentence encoder and the fake."""

import os
from functools import partial
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace

import numpy as np
import pytest

from models.catalogue import CATALOGUE, faults_of, folder_of
from models.fakes_encoder import HashingEncoder
from models.sentence_encoder_engine import DIMENSIONS, UseSentenceEncoder
from qm.config import read_settings
from qm.errors import EngineError, WeightsError

ROOT = read_settings(os.environ).weights
WEIGHTS = CATALOGUE["use-multilingual-v3"]
TEXTS = [
    "Non riesco a entrare nel mio conto.",
    "I can't log in to my account.",
    "",
    "   ",
    "🙂🙂",
    "a\ud800b",
    "مرحبا، أين طلبي؟",
    "x" * 9000,
    "Mi dispiace per il disagio.",
]


def real():
    if faults_of(WEIGHTS, ROOT):
        pytest.skip("the weights of use-multilingual-v3 aren't here: qm models fetch use-multilingual-v3")
    return UseSentenceEncoder(partial(folder_of, WEIGHTS, ROOT), remembered=0)


@pytest.fixture(
    params=[HashingEncoder, pytest.param(real, marks=pytest.mark.engine)], ids=["fake", "use"], scope="module"
)
def encoder(request):
    made = request.param()
    yield made
    made.close()


def test_rows_have_length_one_whatever_the_text(encoder):
    rows = encoder.encode(TEXTS)
    assert rows.shape[0] == len(TEXTS)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_a_row_has_the_same_bytes_alone_together_and_in_any_order(encoder):
    together = encoder.encode(TEXTS)
    backwards = encoder.encode(TEXTS[::-1])[::-1]
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert together.tobytes() == backwards.tobytes() == alone.tobytes()


def test_what_is_remembered_has_the_same_bytes_and_is_bounded():
    layers = SimpleNamespace(encode=lambda texts: np.array([[3.0, len(texts[0])]], dtype=np.float32))
    made = UseSentenceEncoder(lambda: pytest.fail("nothing to load"), remembered=2)
    made._layers = layers
    first = made.encode(["a", "bb", "ccc", "a"])
    assert first[0].tobytes() == first[3].tobytes()
    assert list(made._remembered) == ["ccc", "a"]


def test_no_text_no_row(encoder):
    assert encoder.encode([]).shape == (0, encoder.encode(["x"]).shape[1])


def test_warm_up_and_close_may_be_repeated_and_describe_stays(encoder):
    before = encoder.describe()
    encoder.warm_up()
    encoder.warm_up()
    encoder.close()
    encoder.close()
    assert encoder.describe() == before
    assert len(before.sha256) == 64
    assert encoder.encode(["ciao"]).shape[0] == 1


def test_same_words_lie_nearer_than_others(encoder):
    one, same, other = encoder.encode(["il conto è chiuso", "il conto è chiuso ora", "vorrei una pizza grande"])
    assert one @ same > one @ other


def test_the_real_one_is_cheap_to_construct():
    began = perf_counter()
    made = UseSentenceEncoder(lambda: pytest.fail("loaded too early"))
    assert made.describe().name == "use-multilingual-v3"
    assert perf_counter() - began < 0.1


def test_code_that_was_altered_is_not_run(tmp_path):
    for file in WEIGHTS.files:
        (tmp_path / file.name).write_text("raise SystemExit('this must not run')")
    with pytest.raises(WeightsError, match=r"weights\.altered"):
        UseSentenceEncoder(lambda: tmp_path).encode(["ciao"])


def test_missing_weights_are_an_engine_error(tmp_path):
    with pytest.raises(EngineError, match=r"engine\.cannot_start"):
        UseSentenceEncoder(lambda: Path(tmp_path)).warm_up()


@pytest.mark.engine
@pytest.mark.parametrize("encoder", [real], indirect=True, ids=["use"])
def test_italian_and_english_of_one_meaning_lie_together(encoder):
    rows = encoder.encode([TEXTS[0], TEXTS[1], "Oggi il tempo è bello."])
    assert rows.shape[1] == DIMENSIONS
    assert rows[0] @ rows[1] > 0.5 > rows[0] @ rows[2]
