"""Values as people read them. Every function takes the language where the form depends on it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from qm.domain.evaluation import Answer
from qm.domain.form import Criterion, Value
from qm.domain.recording import Finding, Severity
from qm.domain.scales import CriterionType
from qm.domain.text import Language
from qm.services.views import CoachingRow
from qm.wording_findings import phantom_reason

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
WHOLE = 0.9
"""Share of a recording from which a finding is about the whole of it."""
MOMENT_S = 0.5
BEFORE_S, AFTER_S = 3.0, 1.0
"""What is played around a shorter span than `MOMENT_S`."""


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


def in_zone(iso: str, zone: str) -> datetime:
    """When something was computed, as the clocks of the site showed it.

    >>> f"{in_zone('2026-11-22T10:34:00+00:00', 'Europe/Rome'):%H:%M}"
    '11:34'
    """
    return datetime.fromisoformat(iso).astimezone(ZoneInfo(zone))


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


def without_unit(label: str) -> str:
    """A measure's label without the unit at its end, for where the value carries it.

    >>> without_unit("silence in all (s)")
    'silence in all'
    """
    return label.removesuffix(" (s)").removesuffix(" (dB)")


def findings_first(findings: Sequence[Finding]) -> list[Finding]:
    """Doubts before notes, each in order of time; what has no time is about the whole and comes first."""
    return sorted(findings, key=lambda finding: (finding.severity is not Severity.DOUBT, finding.start_s or 0.0))


def clip_of(finding: Finding, length_s: float) -> tuple[float, float] | None:
    """The seconds to listen to for a finding; `None` where it is about the whole, or has no time.

    A moment (a jump, a cut end) is heard with what precedes it.

    >>> clip_of(Finding("recording.cut_speech", Severity.NOTE, "", 59.8, 60.0), 60.0)
    (56.8, 60.0)
    """
    if finding.start_s is None or finding.end_s is None or finding.end_s - finding.start_s >= WHOLE * length_s:
        return None
    if finding.end_s - finding.start_s >= MOMENT_S:
        return finding.start_s, finding.end_s
    return round(max(0.0, finding.start_s - BEFORE_S), 3), min(length_s, finding.end_s + AFTER_S)


def answer_value(criterion: Criterion, value: Value, language: Language) -> str:
    """The value of an answer: titles of what was chosen, a number, a date or a text; empty where nothing was chosen."""
    if criterion.type.is_choice:
        titles = {option.id: option.title.said_in(language) for option in criterion.options}
        chosen = value if isinstance(value, tuple) else (str(value),)
        return ", ".join(titles.get(option, option) for option in chosen)
    if criterion.type is CriterionType.DATE:
        try:
            return day(datetime.fromisoformat(str(value)), language)
        except ValueError:
            return str(value)
    if isinstance(value, int | float):
        shown = number(value, language, 2)
        return shown.rstrip("0").rstrip(".,")
    return str(value)


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
    "fact_value": fact_value, "answer_value": answer_value, "by_agent": by_agent, "without_unit": without_unit,
    "clip_of": clip_of, "findings_first": findings_first,
    "phantom_reason": phantom_reason,
}  # fmt: skip
"""By the names that templates use."""
