"""Canonical bytes and hashes of domain values: the ground of "same input, same score"."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from enum import Enum


def canonical(value: object) -> str:
    """JSON with sorted keys, no spaces and repr-exact floats; equal values give equal text.

    Raises:
        TypeError: a value that has no canonical form.
    """
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def fingerprint(*parts: object) -> str:
    """SHA-256 over the canonical text of `parts`, lower-case hexadecimal."""
    return hashlib.sha256(canonical(list(parts)).encode("utf-8")).hexdigest()


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"no canonical form for {type(value).__name__}")
