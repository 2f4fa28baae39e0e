"""The canonical text is that of the json library over plain dictionaries, byte for byte."""

import dataclasses
import json
from collections import OrderedDict, namedtuple
from collections.abc import Mapping
from datetime import datetime
from enum import Enum, IntEnum, StrEnum
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qm.fingerprint import canonical, fingerprint
from tests.property import strategies
from tests.unit import builders


def plain(value):
    """The slow way, kept as the measure."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def reference(value):
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
KEYS = st.text(max_size=4) | st.integers() | st.booleans() | st.none()
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)


@given(TREES)
def test_any_tree(tree):
    assert canonical(tree) == reference(tree)


@given(strategies.transcripts | strategies.contacts | strategies.evaluations)
def test_domain_values(value):
    assert canonical(value) == reference(value)


class Colour(StrEnum):
    RED = "rosso"


class Number(IntEnum):
    TWO = 2


class Kind(Enum):
    WORD = "parola"


class Line(str):
    __slots__ = ()


@dataclasses.dataclass(frozen=True)
class Nothing:
    pass


@dataclasses.dataclass(frozen=True)
class One:
    only: object


@dataclasses.dataclass(frozen=True)
class Two:
    b: object
    a: object


Pair = namedtuple("Pair", "x y")  # noqa: PYI024 - a subclass of tuple is what is tried


@pytest.mark.parametrize(
    "value",
    [
        Colour.RED, Number.TWO, Kind.WORD, Line("riga"), Nothing(), One(Colour.RED), Two(1.5, True),
        Two(Kind.WORD, -0.0),
        Pair(1, "due"), MappingProxyType({Colour.RED: 1}), OrderedDict(b=1, a=2),
        {Number.TWO: 1, "10": 2, 9: 3}, {1: "a", "1": "b"},
        np.float64(0.1), 1e16, 1e-7, 5e-324, 10**30, '\u2028\x00\x1f"\\/é😀', Two(np.float64(2.0), Line("x")),
        [(), {}, [[]]],
    ],
)  # fmt: skip
def test_subclasses_and_borders(value):
    assert canonical(value) == reference(value)


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x", Two, One(object()), Two(1.0, {2})])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(TypeError, match="no canonical form"):
        canonical(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Two(1.0, float("-inf")), One(np.float64("nan"))])
def test_numbers_that_are_not_finite_are_refused(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(value)


def test_the_known_bytes_of_a_word():
    (word,) = builders.words("ciao", 1.0)
    assert canonical(word) == '{"confidence":0.95,"end_s":1.4,"start_s":1.0,"suspect":false,"text":"ciao"}'
    assert fingerprint(word) == fingerprint(word)
    assert fingerprint(word) != fingerprint(word, word)
