"""Make survey responses of rows of text or of JSON objects, by the site's scales; say everything wrong with each."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

from qm.analysis.read_cells import instant, plain, yes_or_no
from qm.domain.survey import SurveyResponse
from qm.domain.voc_plan import STANDARD_IDS, Scale

T = TypeVar("T")
LONGEST_COMMENT = 50_000
"""Characters. What is longer is a pasted file or an attack, not what a customer typed."""
LONGEST_ID = 200
CLOCK_TOLERANCE = timedelta(hours=1)
"""Clocks of survey tools go wrong by minutes; what lies further ahead is a wrong date."""
TELLING = 30
"""Answers from which a scale's unused upper half is taken for another scale."""
TIMES = ("invited_at", "started_at", "answered_at")
IDS = ("response_id", "contact_id", "customer_id", "agent_id")
FIELDS = (*IDS, *TIMES, "medium", "channel", "resolved", "comment")
"""`channel` is another name of `medium`."""
_NUMBER = re.compile(r"-?[0-9]{1,6}(?:[.,][0-9]{1,6})?")


@dataclass(frozen=True)
class Complaint:
    """One thing wrong with a response: a stable code, what, and what to do."""

    code: str
    message: str
    hint: str


class SurveyReader:
    """Reads responses one by one; a response with any fault isn't made, since nothing is guessed.

    Args:
        scales: of the site.
        now: what lies later than this, but for `CLOCK_TOLERANCE`, is a wrong date.
    """

    def __init__(self, scales: Sequence[Scale], now: datetime) -> None:
        self._latest = now + CLOCK_TOLERANCE
        self._scales = {name: scale for scale in scales for name in (scale.id, *scale.aliases)}

    @property
    def names(self) -> frozenset[str]:
        """Every column or key that is understood."""
        return frozenset({*FIELDS, *self._scales})

    def from_cells(self, cells: Mapping[str, str]) -> tuple[SurveyResponse | None, tuple[Complaint, ...]]:
        """A response from a row of text; columns that aren't understood are passed over."""
        found = _Complaints()
        values: dict[str, Any] = {name: cells.get(name, "") for name in (*IDS, "medium", "comment")}
        values["medium"] = values["medium"] or cells.get("channel", "")
        for name in TIMES:
            values[name] = found.read("survey.bad_time", name, cells.get(name, ""), instant)
        values["resolved"] = found.read("survey.bad_row", "resolved", cells.get("resolved", ""), yes_or_no)
        answers = [
            (scale, found.read("survey.bad_scale", name, cells[name], partial(_answer, scale)))
            for name, scale in self._scales.items()
            if cells.get(name)
        ]
        return self._made(values, answers, found)

    def from_object(self, given: Mapping[str, Any]) -> tuple[SurveyResponse | None, tuple[Complaint, ...]]:
        """A response from a JSON object: scales are numbers, `resolved` true or false, everything else text."""
        found = _Complaints()
        for name in sorted(set(given) - self.names):
            found.add("survey.bad_row", f"'{name}' isn't known", near(name, self.names))
        values: dict[str, Any] = {name: _typed(given, name, str, found) or "" for name in (*IDS, "medium", "comment")}
        values["medium"] = values["medium"] or _typed(given, "channel", str, found) or ""
        for name in TIMES:
            values[name] = found.read("survey.bad_time", name, _typed(given, name, str, found) or "", instant)
        values["resolved"] = _typed(given, "resolved", bool, found)
        answers = [
            (scale, found.read("survey.bad_scale", name, number, partial(on_scale, scale)))
            for name, scale in self._scales.items()
            if (number := _typed(given, name, float, found)) is not None
        ]
        return self._made(values, answers, found)

    def _made(
        self, values: dict[str, Any], answers: Sequence[tuple[Scale, float | None]], found: "_Complaints"
    ) -> tuple[SurveyResponse | None, tuple[Complaint, ...]]:
        self._check_times(values, found)
        for name in (*IDS, "medium"):
            found.read("survey.bad_row", "", values[name], partial(_short, name))
        found.read("survey.bad_row", "comment", values["comment"], _storable)
        if not values["response_id"]:
            found.add("survey.bad_row", "response_id: must not be empty", "give each response an id of its own")
        if len(values["comment"]) > LONGEST_COMMENT:
            message = f"comment: {len(values['comment'])} characters, at most {LONGEST_COMMENT} are kept"
            found.add("survey.long_comment", message, "shorten it; what the customer wrote stands at its beginning")
        by_scale: dict[str, float] = {}
        for scale, number in answers:
            if scale.id in by_scale:
                found.add("survey.bad_row", f"{scale.id}: answered in two columns", "keep one of them")
            elif number is not None:
                by_scale[scale.id] = number
        if found.complaints:
            return None, tuple(found.complaints)
        standard: dict[str, Any] = {name: int(by_scale[name]) for name in sorted(STANDARD_IDS & set(by_scale))}
        other = {name: number for name, number in sorted(by_scale.items()) if name not in STANDARD_IDS}
        return SurveyResponse(id=values.pop("response_id"), **values, **standard, other=other), ()

    def _check_times(self, values: Mapping[str, Any], found: "_Complaints") -> None:
        given = [(name, values[name]) for name in TIMES if values[name] is not None]
        for name, at in given:
            if at > self._latest:
                found.add(
                    "survey.bad_time", f"{name}: {at.isoformat()} lies in the future", "check its year and offset"
                )
        for (before, earlier), (name, later) in pairwise(given):
            if later < earlier:
                found.add("survey.bad_time", f"{name}: lies before {before}", "check both dates and their offsets")


class _Complaints:
    def __init__(self) -> None:
        self.complaints: list[Complaint] = []

    def add(self, code: str, message: str, hint: str) -> None:
        self.complaints.append(Complaint(code, message, hint))

    def read(self, code: str, name: str, value: Any, read: Callable[[Any], T]) -> T | None:
        """The value read, `None` where it's empty or can't be read."""
        if value == "":
            return None
        try:
            return read(value)
        except ValueError as error:
            message, _, hint = str(error).partition(" | ")
            self.add(code, f"{name}: {message}" if name else message, hint or "correct it, then give the file again")
            return None


def on_scale(scale: Scale, number: float) -> float:
    """The number, if it lies on the scale; standard scales have whole numbers only.

    Raises:
        ValueError: it doesn't; what is expected comes after ` | `.
    """
    expected = f"{scale.low:g} to {scale.high:g}{', whole numbers' if scale.id in STANDARD_IDS else ''}"
    if not scale.low <= number <= scale.high:
        shown = f"{number:g}" if abs(number) < 1e9 else "the number"
        raise ValueError(f"{shown} lies outside the scale | expected {expected}; is it another question's column?")
    if scale.id in STANDARD_IDS and number != int(number):
        raise ValueError(f"{number:g} isn't a whole number | expected {expected}")
    return float(number)


def doubtful_scales(responses: Sequence[SurveyResponse], scales: Sequence[Scale]) -> list[Complaint]:
    """Scales of 7 steps or more whose upper half none of many answers uses: probably another scale's numbers."""
    found = []
    for scale in scales:
        values = [value for response in responses if (value := answer_of(response, scale)) is not None]
        middle = (scale.low + scale.high) / 2
        if scale.high - scale.low >= 6 and len(values) >= TELLING and max(values) <= middle:
            message = f"{scale.id}: none of {len(values)} answers lies above {middle:g} of {scale.high:g}"
            hint = f"is it a scale of 1 to {max(values):g}? Then give it a scale of its own in the plan (docs/voc.md)"
            found.append(Complaint("survey.other_scale", message, hint))
    return found


def answer_of(response: SurveyResponse, scale: Scale) -> float | None:
    """A response's answer on a scale; `None` where it has none."""
    value = getattr(response, scale.id) if scale.id in STANDARD_IDS else response.other.get(scale.id)
    return None if value is None else float(value)


def near(name: str, known: frozenset[str], least_likeness: float = 0.6) -> str:
    """A hint that names the nearest known name, or where they are listed."""
    found = get_close_matches(name, sorted(known), n=1, cutoff=least_likeness)
    return f"is it '{found[0]}'?" if found else "see docs/formats.md for the names"


def _answer(scale: Scale, text: str) -> float:
    if not _NUMBER.fullmatch(text):
        expected = f"expected a number from {scale.low:g} to {scale.high:g}"
        hint = f"{expected}, without words or '/10'; let the survey tool export numbers"
        raise ValueError(f"'{text[:40]}' isn't a number on this scale | {hint}")
    return on_scale(scale, float(text.replace(",", ".")))


def _storable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half a character (a lone surrogate) | send the text as UTF-8") from None
    if "\x00" in text:
        raise ValueError("holds a NUL character, which no database keeps | take it out of the text")
    return text


def _short(name: str, text: str) -> str:
    if len(text) > LONGEST_ID:
        raise ValueError(f"{name}: longer than {LONGEST_ID} characters")
    return plain(name, _storable(text))


def _typed(given: Mapping[str, Any], name: str, kind: type[Any], found: _Complaints) -> Any:
    value = given.get(name)
    fits = isinstance(value, int | float) and not isinstance(value, bool) if kind is float else isinstance(value, kind)
    if value is None or fits:
        return value
    wanted = {str: "a text", bool: "true or false", float: "a number"}[kind]
    code = "survey.bad_scale" if kind is float else "survey.bad_row"
    found.add(code, f"{name}: {str(value)[:40]!r} isn't {wanted}", f"send {wanted}, or null where it's not known")
    return None
