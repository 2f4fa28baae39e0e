"""Survey reports and draws as CSV, for spreadsheets and survey tools."""

from qm.csv_text import csv_text
from qm.domain.survey_report import ReportScale, ScaleFigures, SurveyReport
from qm.services.survey_draws import DayDraw, Invitation

REPORT_COLUMNS = (
    "part", "id", "name", "invited", "started", "answered", "response_rate", "scale", "n", "value", "lo", "hi",
    "satisfied", "satisfied_lo", "satisfied_hi", "target", "target_state", "satisfied_target", "satisfied_state",
    "standing",
)  # fmt: skip
"""`part`: `total`, what the groups are, or the time line's step (its `id` is the first date)."""


def report_csv(report: SurveyReport) -> str:
    """A line a group, or period, and scale; what can't be told is empty."""
    groups = [("total", report.total), *((report.by, group) for group in report.groups)]
    rows: list[list[object]] = []
    for part, group in groups:
        head = [part, group.id, group.name, group.invited, group.started, group.answered, group.rate.value]
        rows += [[*head, *_cells(figures)] for figures in group.scales]
    for point in report.line:
        head = [report.step, point.begins_on.isoformat(), "", point.invited, "", point.answered, ""]
        rows += [[*head, *_cells(figures)] for figures in point.scales]
    return csv_text(REPORT_COLUMNS, [["" if cell is None else cell for cell in row] for row in rows])


def draw_csv(found: DayDraw) -> str:
    """A line an invitation, for the survey tool."""
    columns = tuple(Invitation.__dataclass_fields__)
    rows = [[getattr(each, name) for name in columns] for each in found.invitations]
    return csv_text(
        columns, [[each.isoformat() if hasattr(each, "isoformat") else each for each in row] for row in rows]
    )


def scale_of(report: SurveyReport, scale_id: str) -> ReportScale:
    """A scale of the report by its id."""
    return next(scale for scale in report.scales if scale.id == scale_id)


def _cells(figures: ScaleFigures) -> list[object]:
    figure, satisfied = figures.figure, figures.satisfied
    return [
        figures.scale, figure.n, figure.value, figure.lo, figure.hi, satisfied.value, satisfied.lo, satisfied.hi,
        figures.target, figures.state, figures.satisfied_target, figures.satisfied_state, figures.standing,
    ]  # fmt: skip
