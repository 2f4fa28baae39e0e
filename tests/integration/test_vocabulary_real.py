"""Names and products that the real recogniser gets right because it was told to expect them."""

from pathlib import Path

import pytest

from models.catalogue import CATALOGUE, faults_of, folder_of
from pipelines.files.vocabulary_file import MOST_CHARACTERS
from qm.config import REPOSITORY, read_settings
from tests.integration.vocabulary_ear import ear

pytestmark = pytest.mark.engine
DATA = Path(__file__).with_name("data")
NAMES = {"ghiringhelli_lp": "Ghiringhelli", "zanzucchi_pc": "Zanzucchi", "enercopro_lp": "Enercopro"}
OTHERS = "Fibrazzurra, Mastropietro, Tuttocompreso, Quaglierini, Sbrizzolara"
PROMPT_TOKENS = 223


def weights():
    for root in (read_settings().weights, REPOSITORY / "var" / "weights"):
        if not faults_of(CATALOGUE["whisper-base"], root):
            return folder_of(CATALOGUE["whisper-base"], root)
    pytest.skip("no whisper-base weights in QM_DATA/weights or var/weights: run `qm models fetch`")
    return None


@pytest.fixture(scope="module")
def hear():
    """The text of every recording; `terms` of each."""
    paths = {name: DATA / f"{name}.ogg" for name in NAMES}
    with ear(weights(), CATALOGUE["whisper-base"].sha256, paths) as heard:
        yield heard


@pytest.fixture(scope="module")
def plain(hear):
    return hear([""] * len(NAMES))


def test_rare_names_are_missed_without_a_vocabulary(plain):
    assert [name for name, text in plain.items() if NAMES[name] in text] == []


def test_rare_names_are_recovered_by_a_vocabulary(hear):
    told = hear(list(NAMES.values()))
    assert [name for name, text in told.items() if NAMES[name] not in text] == []


def test_rare_names_are_recovered_among_others(hear):
    everything = ", ".join([*NAMES.values(), OTHERS])
    told = hear([everything] * len(NAMES))
    assert [name for name, text in told.items() if NAMES[name] not in text] == []
    invented = [(name, term) for name, text in told.items() for term in OTHERS.split(", ") if term in text]
    assert invented == []


def test_each_recording_has_a_vocabulary_of_its_own_in_one_batch(hear, plain):
    mixed = hear(["Ghiringhelli", "", ""])
    assert "Ghiringhelli" in mixed["ghiringhelli_lp"]
    assert [mixed[name] for name in list(NAMES)[1:]] == [plain[name] for name in list(NAMES)[1:]]


def test_the_longest_vocabulary_fits_the_prompt():
    tokenizers = pytest.importorskip("tokenizers")
    tokenizer = tokenizers.Tokenizer.from_file(str(weights() / "tokenizer.json"))
    every = ", ".join([*NAMES.values(), OTHERS, "Szczepański", "EasyFibra4U", "Dell'Acqua"] * 9)[:MOST_CHARACTERS]
    assert len(tokenizer.encode(f" {every}", add_special_tokens=False).ids) <= PROMPT_TOKENS
