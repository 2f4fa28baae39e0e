"""The search page: its fields to a filter, and a filter to an address and to words."""

from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import urlencode

from api.schemas.search import SearchRow
from qm.domain.evaluation import Answer
from qm.domain.search import SavedSearch, SearchFilter
from qm.domain.transcript import Role
from qm.errors import InputError

TEXTS = {
    "agent": "agent_id", "team": "team", "process": "process", "medium": "medium", "measure": "measure",
    "form": "form_id", "criterion": "criterion_id",
}  # fmt: skip
NUMBERS = ("first_s", "last_s", "at_least", "at_most", "score_most")
DAYS = ("since", "until")
LONGEST = 200


def filter_of(fields: Mapping[str, str]) -> SearchFilter:
    """What a form's fields or an address say; empty fields narrow nothing.

    Raises:
        InputError: one can't be read (`search.filter`).
    """
    values: dict[str, object] = {name: fields.get(field, "")[:LONGEST] for field, name in TEXTS.items()}
    for name in NUMBERS:
        values[name] = _read(name, fields, _number)
    for name in DAYS:
        values[name] = _read(name, fields, date.fromisoformat)
    values["role"] = _read("role", fields, Role)
    values["answer"] = _read("answer", fields, Answer)
    values["nps_most"] = _read("nps_most", fields, int)
    # The page offers criteria as `form/criterion`: one field instead of two that have to fit.
    if "/" in str(values["criterion_id"]):
        values["form_id"], _, values["criterion_id"] = str(values["criterion_id"]).partition("/")
    if not values["criterion_id"]:
        values["answer"] = None
    return SearchFilter(**values)  # type: ignore[arg-type]


def _number(text: str) -> float:
    number = float(text.replace(",", "."))
    if not abs(number) < 1e9:
        raise ValueError(text)
    return number


def _read(name: str, fields: Mapping[str, str], read: Callable[[str], object]) -> object:
    text = fields.get(name, "").strip()
    if not text:
        return None
    try:
        return read(text)
    except ValueError:
        raise InputError("search.filter", f"'{text[:40]}' can't be {name}", "change the field, or empty it") from None


def shown_filters(filters: SearchFilter) -> dict[str, str]:
    """Values by field of the page, those that narrow nothing left out."""
    shown = {field: getattr(filters, name) for field, name in TEXTS.items()}
    shown |= {name: getattr(filters, name) for name in (*NUMBERS, *DAYS, "role", "answer", "nps_most")}
    if filters.criterion_id:
        shown["criterion"] = f"{filters.form_id}/{filters.criterion_id}"
        del shown["form"]
    return {field: _text(value) for field, value in shown.items() if value not in (None, "")}


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def url_of(kept: SavedSearch) -> str:
    """The query of the page's address for a kept search."""
    return urlencode({"q": kept.text, **shown_filters(kept.filters)})


def address_of(row: SearchRow) -> str:
    """The same of one as it's told."""
    return urlencode({"q": row.q, **shown_filters(row.filters)})
