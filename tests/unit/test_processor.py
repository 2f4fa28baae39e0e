"""Where recognition runs, and that a fallback is said aloud."""

import pytest

from models.processor import Processor, count_cards, processor_for
from qm.errors import EngineError
from qm.setting_table import SETTINGS

PRECISIONS = ("int8", "int8_float16", "float16", "float32")


def never():
    raise AssertionError("cards were counted though the processor was asked for")


@pytest.mark.parametrize("device", ["auto", "cuda"])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_card_is_used_as_asked_for(device, precision):
    assert processor_for(device, precision, lambda: 2) == Processor("cuda", precision)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_relying_on_a_card_that_isnt_there_is_an_error(precision):
    with pytest.raises(EngineError, match="QM_DEVICE=cuda") as caught:
        processor_for("cuda", precision, lambda: 0)
    assert caught.value.code == "engine.no_card"
    assert "auto" in caught.value.hint


@pytest.mark.parametrize(
    ("precision", "used"),
    [("int8", "int8"), ("float32", "float32"), ("float16", "float32"), ("int8_float16", "int8")],
)
def test_the_processor_does_no_half_precision_and_says_so(precision, used):
    given = processor_for("cpu", precision, never)
    assert (given.device, given.precision) == ("cpu", used)
    assert bool(given.note) == (used != precision)
    fallback = processor_for("auto", precision, lambda: 0)
    assert (fallback.device, fallback.precision) == ("cpu", used)
    assert "no graphics card" in fallback.note
    assert used in fallback.note


def test_all_precisions_of_the_settings_are_known():
    read = next(setting.read for setting in SETTINGS if setting.name == "PRECISION")
    assert [read(precision) for precision in PRECISIONS] == list(PRECISIONS)


def test_cards_can_be_counted():
    assert count_cards() >= 0
