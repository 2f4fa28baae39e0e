"""Disputes and agents' own pages as JSON."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.reviews import AnswerIn
from qm.domain.review import GivenAnswer
from qm.services.disputes import Claim, Decision
from qm.services.own_contacts import OwnFigure, OwnPage

LAST_VERSION = 999_999_999


class MineRead(BaseModel):
    """One's own contacts, and one's figures of the last weeks."""

    contacts: OwnPage
    figures: tuple[OwnFigure, ...]


class RemarkIn(BaseModel):
    """What is written when taking note; may be empty."""

    model_config = ConfigDict(
        frozen=True, extra="forbid",
        json_schema_extra={"example": {"remark": "ascoltata, ho capito"}},
    )  # fmt: skip

    remark: str = ""


class AssessmentIn(BaseModel):
    """One's own answers on a form, before the result is shown."""

    model_config = ConfigDict(
        frozen=True, extra="forbid",
        json_schema_extra={
            "example": {"form": "servizio-clienti", "given": [{"criterion_id": "saluto", "answer": "met"}]}
        },
    )  # fmt: skip

    form: str
    given: tuple[AnswerIn, ...] = ()

    def answers(self) -> tuple[GivenAnswer, ...]:
        """As the core takes them."""
        return tuple(GivenAnswer(one.criterion_id, one.answer, one.value) for one in self.given)


class ClaimIn(BaseModel):
    """One criterion that is contested."""

    model_config = ConfigDict(
        frozen=True, extra="forbid",
        json_schema_extra={
            "example": {"form": "servizio-clienti", "criterion": "saluto", "why": "è detto al secondo 4", "at_s": 4.0}
        },
    )  # fmt: skip

    form: str
    criterion: str
    why: str
    at_s: Annotated[float | None, Field(description="seconds from the start, where to listen")] = None

    def claim(self) -> Claim:
        """As the core takes it."""
        return Claim(self.form, self.criterion, self.why, self.at_s)


class WithdrawIn(BaseModel):
    """Which dispute is taken back."""

    model_config = ConfigDict(
        frozen=True, extra="forbid",
        json_schema_extra={"example": {"form": "servizio-clienti", "version": 1}},
    )  # fmt: skip

    form: str
    version: Annotated[int, Field(ge=0, le=LAST_VERSION, description="version of the dispute that was looked at")]


class RulingIn(BaseModel):
    """The ruling on one criterion; without an answer the contested one is upheld."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    criterion_id: str
    answer: AnswerIn | None = None
    why: str


class DecisionsIn(BaseModel):
    """The rulings on all contested criteria, at once."""

    model_config = ConfigDict(
        frozen=True, extra="forbid",
        json_schema_extra={"example": {"version": 1, "rulings": [{"criterion_id": "saluto", "why": "si sente"}]}},
    )  # fmt: skip

    version: Annotated[int, Field(ge=0, le=LAST_VERSION, description="version of the dispute that was looked at")]
    rulings: tuple[RulingIn, ...] = ()

    def decisions(self) -> tuple[Decision, ...]:
        """As the core takes them."""
        return tuple(Decision(one.criterion_id, _given(one), one.why) for one in self.rulings)


def _given(ruling: RulingIn) -> GivenAnswer | None:
    answer = ruling.answer
    return GivenAnswer(ruling.criterion_id, answer.answer, answer.value) if answer else None
