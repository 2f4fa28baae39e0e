"""What is sent by raters, and lists of sessions and questions."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qm.domain.evaluation import Answer
from qm.services.calibration import GivenAnswer
from qm.services.calibration_views import SessionRow, SheetLine

MOST_ANSWERS = 20_000


class SessionList(BaseModel):
    """Calibration sessions, the one due last first."""

    model_config = ConfigDict(frozen=True)

    items: tuple[SessionRow, ...]


class SheetList(BaseModel):
    """The questions for one rater, with this rater's own answers."""

    model_config = ConfigDict(frozen=True)

    items: tuple[SheetLine, ...]


class RaterAnswer(BaseModel):
    """One answer of a rater."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact_id: str
    criterion_id: str
    answer: Answer
    note: Annotated[str, Field(max_length=2000)] = ""


class RaterAnswers(BaseModel):
    """Answers of whoever is signed in; of the contacts that they are about, they replace what was there."""

    model_config = ConfigDict(
        frozen=True, extra="forbid",
        json_schema_extra={
            "example": {
                "answers": [{"contact_id": "C-1001", "criterion_id": "sc-greeting", "answer": "met"}],
            }
        },
    )  # fmt: skip

    answers: Annotated[tuple[RaterAnswer, ...], Field(max_length=MOST_ANSWERS)]

    def given(self) -> list[GivenAnswer]:
        """As the core takes them."""
        return [GivenAnswer(one.contact_id, one.criterion_id, one.answer, one.note) for one in self.answers]
