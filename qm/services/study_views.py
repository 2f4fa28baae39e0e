"""What the pages and commands about raters and scores show; kept as saved reports."""

from dataclasses import dataclass, field
from datetime import datetime

from qm.domain.calibration_study import RaterStudy
from qm.domain.figures import Figure
from qm.domain.generalisability import FigurePlan, GeneralisabilityStudy
from qm.domain.satisfaction_map import SatisfactionMap
from qm.domain.text import Text


@dataclass(frozen=True)
class PlanReport:
    """How many contacts and raters an agent's figure needs.

    Attributes:
        half_width: wanted, in points of 100.
        phi: wanted.
        within: spread of the scores of one agent's contacts, in points; without a value where it isn't known.
        between: spread between agents, in points.
        rows: by number of analysts; empty: nothing is known.
    """

    half_width: float
    phi: float
    within: Figure
    between: Figure
    rows: tuple[FigurePlan, ...]


@dataclass(frozen=True)
class RaterReport:
    """Raters of one form's calibration sessions: severity, difficulty, drift, spread."""

    form_id: str
    made_at: datetime
    sessions: tuple[str, ...]
    study: RaterStudy
    spread: GeneralisabilityStudy
    plan: PlanReport
    schema: str = field(default="rater_study/1")


@dataclass(frozen=True)
class MapReport:
    """What one form's score tells of satisfaction."""

    made_at: datetime
    map: SatisfactionMap
    schema: str = field(default="satisfaction_map/1")


@dataclass(frozen=True)
class Titled:
    """A form or question and its title."""

    id: str
    title: Text


@dataclass(frozen=True)
class RaterView:
    """The page about raters.

    Attributes:
        forms: with a report that holds answers.
        report: of the chosen form; `None` where there is none.
        questions: of that form.
    """

    forms: tuple[Titled, ...]
    report: RaterReport | None
    questions: tuple[Titled, ...]


@dataclass(frozen=True)
class MapView:
    """The page about scores and satisfaction.

    Attributes:
        scale: title of the survey's question.
    """

    forms: tuple[Titled, ...]
    report: MapReport | None
    scale: Text | None
