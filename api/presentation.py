"""Values as people read them. Every function takes the language where the form depends on it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import quote

from qm.domain.evaluation import Answer
from qm.domain.text import Language
from qm.services.views import CoachingRow

MONTHS = {
    Language.ITALIAN: ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"],
    Language.ENGLISH: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
ICONS = {
    Answer.MET: "✓",
    Answer.NOT_MET: "✗",
    Answer.NOT_APPLICABLE: "–",
    Answer.CANNOT_TELL: "?",
}
"""Always beside the word: neither colour nor sign carries an answer alone."""
NOTHING = "–"


def clock(seconds: float | None) -> str:
    """Seconds as `m:ss`, hours in front where needed; a dash for `None`.

    >>> clock(75.4), clock(3675), clock(None)
    ('1:15', '1:01:15', '–')
    """
    if seconds is None:
        return NOTHING
    whole = int(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def span(start_s: float, end_s: float) -> str:
    """A stretch of seconds as `m:ss–m:ss`, at least one second wide.

    >>> span(1.5, 1.9), span(0.2, 45.2)
    ('0:01–0:02', '0:00–0:45')
    """
    return f"{clock(start_s)}–{clock(max(round(end_s), int(start_s) + 1))}"


def number(value: float | None, language: Language, digits: int = 0) -> str:
    """A number with the language's decimal sign and a true minus; a dash for `None`.

    >>> number(-7.25, Language.ITALIAN, 1)
    '−7,2'
    """
    if value is None:
        return NOTHING
    text = f"{value:.{digits}f}"
    if text.startswith("-"):
        text = text[1:] if float(text) == 0 else "−" + text[1:]
    return text.replace(".", ",") if language is Language.ITALIAN else text


def percent(share: float | None, language: Language) -> str:
    """A share, 0 to 1, as whole per cent; a dash for `None`."""
    if share is None:
        return NOTHING
    return f"{number(100 * share, language)} %" if language is Language.ITALIAN else f"{number(100 * share, language)}%"


def day(moment: datetime, language: Language) -> str:
    """The date in the contact's own time zone."""
    return f"{moment.day} {MONTHS[language][moment.month - 1]} {moment.year}"


def hour(moment: datetime) -> str:
    """The time of day in the contact's own time zone."""
    return f"{moment:%H:%M}"


def url_part(text: str) -> str:
    """A text as one segment of a path."""
    return quote(text, safe="")


def fact_value(text: str, language: Language) -> str:
    """The value of a fact (`silence = 25.3 s`) with the language's decimal sign; the unit stays as it is.

    >>> fact_value("silence = 25.30 s", Language.ITALIAN), fact_value("process = reclami", Language.ITALIAN)
    ('25,3 s', 'reclami')
    """
    value, space, unit = text.partition(" = ")[2].partition(" ")
    try:
        shown = number(float(value), language, 2)
    except ValueError:
        return value + space + unit
    return (shown.rstrip("0").rstrip(".,") if "." in shown or "," in shown else shown) + space + unit


def icon_of(answer: Answer) -> str:
    """The sign of an answer."""
    return ICONS[answer]


def by_agent(rows: Sequence[CoachingRow]) -> list[tuple[str, list[tuple[str, str, str, list[CoachingRow]]]]]:
    """Coaching rows as (supervisor, [(agent id, agent name, team, rows)]), in the order in which they come."""

    def agents_of(part: Sequence[CoachingRow]) -> list[tuple[str, str, str, list[CoachingRow]]]:
        groups = groupby(part, key=lambda row: (row.item.agent_id, row.agent_name, row.team))
        return [(*key, list(items)) for key, items in groups]

    return [(leader, agents_of(list(part))) for leader, part in groupby(rows, key=lambda row: row.supervisor)]


FILTERS: dict[str, Callable[..., Any]] = {
    "clock": clock, "span": span, "number": number, "percent": percent, "day": day, "hour": hour, "url_part": url_part,
    "fact_value": fact_value, "by_agent": by_agent,
}  # fmt: skip
"""By the names that templates use."""
