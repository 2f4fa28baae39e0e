"""What is sent to change a case, and lists of cases."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from qm.domain.people import Person
from qm.services.case_steps import Step

EXAMPLE: dict[str, JsonValue] = {
    "version": 3,
    "channel": "phone",
    "reached": True,
    "note": "richiamata alle 10",
}
LAST_VERSION = 999_999_999
"""No case ever gets there; larger numbers wouldn't fit into the database."""


class CaseStep(BaseModel):
    """What somebody fills in; which fields count depends on the step (see the path). `version` always does.

    Who does it is whoever is signed in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"example": EXAMPLE})

    version: Annotated[int, Field(ge=1, le=LAST_VERSION, description="version of the case that they looked at")]
    note: Annotated[str, Field(description="in their own words; 4,000 characters at most")] = ""
    to: Annotated[str, Field(description="assign: who gets the case")] = ""
    at: Annotated[datetime | None, Field(description="attempt, appointment: when; no offset: the site's zone")] = None
    channel: Annotated[str, Field(description="attempt: phone, email, sms, chat, visit or letter")] = "phone"
    reached: Annotated[bool, Field(description="attempt: whether the customer was reached")] = False
    cause: Annotated[str, Field(description="cause: its id in the plan")] = ""
    remedy: Annotated[str, Field(description="remedy: its id in the plan")] = ""
    outcome: Annotated[str, Field(description="close: how it ended")] = ""
    answer: Annotated[str, Field(description="answer: satisfied, unsatisfied or no_answer")] = ""
    score: Annotated[float | None, Field(description="answer: satisfaction 0 to 10")] = None

    def step(self, person: Person) -> Step:
        """As the core takes it, by whoever sent it."""
        return Step(
            person.shown, self.note, self.version, self.to, self.at, self.channel, self.reached, self.cause,
            self.remedy, self.outcome, self.answer, self.score, person.login,
        )  # fmt: skip
