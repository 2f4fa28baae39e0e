"""The one shape in which every error leaves."""

from pydantic import BaseModel, ConfigDict


class ErrorBody(BaseModel):
    """`code` is stable and documented; `hint` says what the reader can do and may be empty."""

    model_config = ConfigDict(frozen=True)

    code: str
    message: str
    hint: str = ""


class ErrorEnvelope(BaseModel):
    """`{"error": {"code", "message", "hint"}}`."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "example": {
                "error": {"code": "contact.unknown", "message": "no contact 'C-9999'", "hint": "see the contacts page"}
            }
        },
    )

    error: ErrorBody
