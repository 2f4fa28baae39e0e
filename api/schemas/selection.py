"""JSON twins of the pages about selection and estimates."""

from pydantic import BaseModel, ConfigDict

from qm.domain.estimate import EstimateReport
from qm.domain.selection import SelectionReport


class SelectionTwin(BaseModel):
    """The report that the page renders; `null` where `qm survey bias` hasn't run yet."""

    model_config = ConfigDict(frozen=True)

    report: SelectionReport | None


class EstimateTwin(BaseModel):
    """The report that the page renders, and the days that have one; `null` where `qm estimate` hasn't run yet."""

    model_config = ConfigDict(frozen=True)

    report: EstimateReport | None
    days: tuple[str, ...]
