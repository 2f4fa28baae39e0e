"""Domain values as JSON documents and back, checked on the way in."""

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from qm.errors import InputError
from qm.fingerprint import canonical

T = TypeVar("T")


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Building one takes milliseconds, so each is kept."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def dump(value: object) -> str:
    """Canonical JSON; equal values give equal text."""
    return canonical(value)


def load(kind: type[T], text: str | bytes, shown: str = "document") -> T:
    """The domain value in a JSON document.

    Raises:
        InputError: not JSON, or not of that kind; the message names the first wrong place.
    """
    try:
        value: T = _adapter(kind).validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the document"
        message = f"{shown}: {place}: {first['msg']}"
        raise InputError("document.invalid", message, f"expected a {kind.__name__.lower()} document") from None
    return value
