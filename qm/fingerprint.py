"""Canonical bytes and hashes of domain values: the ground of "same input, same score"."""

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any


def canonical(value: object) -> str:
    """JSON with sorted keys, no spaces and repr-exact floats; equal values give equal text.

    Raises:
        TypeError: a value that has no canonical form.
        ValueError: a number that isn't finite.
    """
    return _write(value)


class Canonical(str):
    """Text that is canonical already and goes in as it stands: what many fingerprints have in common is written once.

    >>> canonical([1, Canonical(canonical({"b": 1, "a": 2}))])
    '[1,{"a":2,"b":1}]'
    """

    __slots__ = ()


def fingerprint(*parts: object) -> str:
    """SHA-256 over the canonical text of `parts`, lower-case hexadecimal."""
    return hashlib.sha256(canonical(list(parts)).encode("utf-8")).hexdigest()


# Written out by type rather than turned into dictionaries for the json library: a transcript has thousands of words,
# each a dataclass, and its fingerprint is taken for every evaluation. Same bytes, in a fifth of the time.

Writer = Callable[[Any], str]


def _write(value: object) -> str:
    write = _WRITERS.get(type(value))
    return write(value) if write else _writer_of(value)(value)


def _float(value: float) -> str:
    if value - value != 0.0:  # only of what isn't finite
        raise ValueError(f"not JSON compliant: the number {value!r}")
    return float.__repr__(value)


def _list(values: Iterable[object]) -> str:
    return "[" + ",".join([_write(value) for value in values]) + "]"


def _mapping(values: Mapping[object, object]) -> str:
    named = {str(key): value for key, value in values.items()}
    return "{" + ",".join([f"{encode_basestring(key)}:{_write(named[key])}" for key in sorted(named)]) + "}"


_WRITERS: dict[type, Writer] = {
    str: encode_basestring,
    Canonical: str,
    float: _float,
    int: int.__repr__,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _value: "null",
    tuple: _list,
    list: _list,
    dict: _mapping,
    frozenset: lambda values: "[" + ",".join(sorted(map(_write, values))) + "]",
}
"""By exact type; dataclasses join on first use."""
_KINDS: tuple[tuple[type, Writer], ...] = (
    (datetime, lambda value: encode_basestring(value.isoformat())),
    (date, lambda value: encode_basestring(value.isoformat())),  # after datetime, which is one too
    (Mapping, _mapping),
    (list, _list),
    (tuple, _list),
    (str, encode_basestring),
    (int, int.__repr__),
    (float, _float),
)
"""By kind, for subclasses; the first that fits."""


def _writer_of(value: object) -> Writer:
    kind = type(value)
    if dataclasses.is_dataclass(kind):
        _WRITERS[kind] = _dataclass_writer(kind)
        return _WRITERS[kind]
    if isinstance(value, Enum):
        # Of each member once: a transcript has a role a turn. Members of several enumerations may be equal, so by kind.
        texts = {id(member): _write(member.value) for member in kind}  # type: ignore[attr-defined]
        _WRITERS[kind] = lambda member: texts.get(id(member)) or _write(member.value)
        return _WRITERS[kind]
    for base, write in _KINDS:
        if isinstance(value, base):
            return write
    raise TypeError(f"no canonical form for {kind.__name__}")


def _dataclass_writer(kind: type) -> Writer:
    names = sorted(item.name for item in dataclasses.fields(kind))
    if len(names) < 2:  # of a single name `attrgetter` gives no tuple
        return lambda value: _mapping({name: getattr(value, name) for name in names})
    template = "{" + ",".join(f"{encode_basestring(name)}:%s" for name in names) + "}"
    values_of = attrgetter(*names)
    known = _WRITERS.get

    def write(value: object) -> str:
        # Floats first and in place: a word has three of them, and a call each would take half of the time.
        return template % tuple([
            repr(item) if type(item) is float and item - item == 0.0 else (known(type(item)) or _write)(item)
            for item in values_of(value)
        ])  # fmt: skip

    return write
