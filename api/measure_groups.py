"""The measures of a call as a table: groups of rows, agent beside customer where both have the measure."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.presentation import number, percent
from qm.domain.text import Language

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("talk", ("*_talk_share", "*_words_per_minute", "*_longest_monologue_s", "*_longest_turn_s")),
    (
        "overlap",
        ("overlap_count", "overlap_total_s", "overlap_share", "*_overlap_begun_count", "*_interruption_count",
         "*_backchannel_count"),
    ),
    ("response", ("*_response_count", "*_response_delay_median_s", "*_response_delay_p90_s")),
    ("written", ("first_response_s", "response_median_s", "response_longest_s", "canned_share")),
    ("silence", ("silence_count", "long_silence_count", "silence_longest_s", "silence_total_s", "silence_share")),
    (
        "hold",
        ("hold_count", "hold_total_s", "hold_heard_count", "hold_heard_total_s", "hold_heard_longest_s",
         "silence_outside_holds_count", "silence_outside_holds_longest_s", "silence_outside_holds_total_s"),
    ),
    ("loudness", ("*_loudness_dbfs", "loudness_difference_db")),
)  # fmt: skip
"""Which measures stand together, in the order of reading; `*` stands for each party."""
PARTIES = ("agent", "customer")


@dataclass(frozen=True)
class MeasureRow:
    """One line. `label` is a key of the pages' words; `values` has one value, or agent's and customer's."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class MeasureGroup:
    """Lines under one heading."""

    name: str
    rows: tuple[MeasureRow, ...]


def measure_groups(measures: Mapping[str, float | None]) -> tuple[MeasureGroup, ...]:
    """The measures that have a value, in groups; those that the table doesn't know come last, one a line."""
    placed: set[str] = set()
    groups = []
    for name, patterns in GROUPS:
        rows = []
        for pattern in patterns:
            names = [pattern.replace("*", party) for party in PARTIES] if "*" in pattern else [pattern]
            placed.update(names)
            if any(measures.get(each) is not None for each in names):
                label = pattern.replace("*", "both") if "*" in pattern else f"measure.{pattern}"
                rows.append(MeasureRow(label.replace("both_", "both."), tuple(measures.get(each) for each in names)))
        groups.append(MeasureGroup(name, tuple(rows)))
    rest = tuple(MeasureRow(f"measure.{name}", (measures[name],)) for name in sorted(set(measures) - placed))
    rest = tuple(row for row in rest if row.values != (None,))
    return tuple(group for group in (*groups, MeasureGroup("other", rest)) if group.rows)


def measure_value(value: float | None, label: str, language: Language) -> str:
    """A measure with its unit, which the end of its name tells; a dash for `None`.

    >>> measure_value(4.25, "measure.silence_longest_s", Language.ITALIAN)
    '4,2 s'
    >>> measure_value(-24.3, "both.loudness_dbfs", Language.ENGLISH)
    '−24.3 dB'
    """
    if label.endswith("_share"):
        return percent(value, language)
    if value is None or label.endswith(("_count", "_minute")):
        return number(value, language)
    unit = " dB" if label.endswith(("_dbfs", "_db")) else " s" if label.endswith("_s") else ""
    return number(value, language, 1) + unit
