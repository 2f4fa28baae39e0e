"""Daily estimates and groups as a table for a spreadsheet."""

from collections.abc import Iterator

from qm.csv_text import csv_text
from qm.domain.estimate import EstimateReport
from qm.services.selection_csv import figure_cells

DAY_COLUMNS = (
    "day", "contacts", "estimate", "lo", "hi", "answered", "observed", "expected", "expected_lo", "expected_hi",
    "inside", "learned_from", "reason",
)  # fmt: skip
GROUP_COLUMNS = ("dimension", "group", "name", "contacts", "answered", "estimate", "lo", "hi")


def days_csv(report: EstimateReport) -> str:
    """A line for each day."""
    return csv_text(DAY_COLUMNS, _days(report))


def groups_csv(report: EstimateReport) -> str:
    """A line for each group."""
    return csv_text(GROUP_COLUMNS, (
        [table.dimension, group.key, group.name, group.contacts, group.answered, *figure_cells(group.estimate)]
        for table in report.groups for group in table.groups
    ))  # fmt: skip


def _days(report: EstimateReport) -> Iterator[list[object]]:
    for day in report.days:
        observed = day.observed
        yield [
            day.day, day.contacts, *figure_cells(day.estimate), observed.n if observed else "",
            "" if observed is None or observed.rate is None else round(observed.rate, 4),
            *(figure_cells(day.expected) if day.expected else [""] * 3),
            "" if day.inside is None else int(day.inside), day.learned_from, day.reason,
        ]  # fmt: skip
