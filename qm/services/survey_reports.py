"""Reports over surveys: NPS, satisfaction and every other scale by group and over time."""

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from qm.domain.survey_report import ReportGroup, ReportMilestone, SurveyReport
from qm.domain.voc_names import TIME_COLUMNS
from qm.domain.voc_plan import VocPlan
from qm.errors import InputError
from qm.ports import UnitOfWork

if TYPE_CHECKING:
    import pandas as pd

NEEDED = ("started_at", "kind", *TIME_COLUMNS, "resolved")
BY = ("process", "team", "agent", "channel", "week")
"""What a report may be divided by; `week`: by time alone."""


@dataclass(frozen=True)
class ReportWish:
    """Which report: days from `since` to `until`, both included; only one process or team, where it's named."""

    since: date | None = None
    until: date | None = None
    by: str = "process"
    process: str = ""
    team: str = ""
    step: str = ""


class SurveyReportService:
    """Reads what is linked and computes; nothing is kept."""

    def __init__(self, unit_of_work: UnitOfWork, plan: VocPlan, min_n: int) -> None:
        self._unit_of_work = unit_of_work
        self._plan = plan
        self._min_n = min_n

    def report(self, wish: ReportWish) -> SurveyReport:
        """The report. Test and mystery contacts are in no figure.

        Raises:
            InputError: it can't be divided so, or ends before it begins.
        """
        self._check(wish)
        from qm.analysis.voc import survey_figures as figures

        table, contacts, unlinked = self._read(wish)
        counted = table[table["kind"] == "customer"]
        beside = len(table) - len(counted)
        counted = figures.with_days(counted, self._plan.window)
        plan, least = figures.only_answered(self._plan, counted), self._min_n
        whole = figures.whole(counted)
        (total,) = figures.group_rows(counted, whole, plan, least, compared=False, process=wish.process)
        groups: tuple[ReportGroup, ...] = ()
        if wish.by in figures.DIMENSIONS and not counted.empty:
            own = figures.PER_GROUP if wish.by == "process" else wish.process
            grouping = figures.group_by(counted, wish.by)
            groups = figures.group_rows(counted, grouping, plan, least, compared=True, process=own)
        first = wish.since or (counted["on"].min().date() if len(counted) else None)
        last = wish.until or (counted["on"].max().date() if len(counted) else None)
        step = wish.step or (figures.step_of(first, last) if first and last else figures.WEEK)
        marks = tuple(
            ReportMilestone(m.on, m.title) for m in plan.milestones if first and last and first <= m.on <= last
        )
        return SurveyReport(
            first, last, wish.by, step, least, contacts, unlinked, beside, figures.report_scales(plan), total, groups,
            figures.time_line(counted, plan, least, step, wish.process), marks,
        )  # fmt: skip

    def _read(self, wish: ReportWish) -> "tuple[pd.DataFrame, int, int]":
        """Linked responses with their contacts, how many contacts the period has, and unlinked responses."""
        from qm.analysis.voc.draw_surveys import window_of
        from qm.analysis.voc.survey_figures import DIMENSIONS

        begins = window_of(wish.since, self._plan.window)[0] if wish.since else None
        ends = window_of(wish.until, self._plan.window)[1] if wish.until else None
        of_group = {"process": wish.process, "team": wish.team}
        scales = [scale.column for scale in self._plan.scales if scale.column == scale.id]
        columns = [*NEEDED, *scales, *DIMENSIONS.get(wish.by, ())]
        others = len(scales) < len(self._plan.scales)
        with self._unit_of_work() as unit:
            table = unit.facts.joined(columns, begins, ends, **of_group, others=others)
            return table, unit.facts.count(begins, ends, **of_group), unit.facts.unlinked(begins, ends)

    @staticmethod
    def _check(wish: ReportWish) -> None:
        if wish.by not in BY:
            near = get_close_matches(wish.by, BY, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "known: " + ", ".join(BY)
            raise InputError("survey.unknown_group", f"surveys can't be told by '{wish.by}'", hint)
        if wish.step not in ("", "day", "week", "month"):
            raise InputError(
                "survey.unknown_group", f"a time line can't go by '{wish.step}'", "known: day, week, month"
            )
        if wish.since and wish.until and wish.until < wish.since:
            raise InputError("survey.no_period", f"{wish.until} lies before {wish.since}", "swap since and until")
