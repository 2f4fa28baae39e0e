"""Tokens of one's own: what is sent to make one, and what is told of it."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qm.domain.people import Right
from qm.domain.sign_in import Token


class TokenWish(BaseModel):
    """A token to make. It sees what its owner sees."""

    model_config = ConfigDict(
        frozen=True, extra="forbid",
        json_schema_extra={"example": {"name": "nightly report", "rights": ["figures.read"], "days": 90}},
    )  # fmt: skip

    name: Annotated[str, Field(max_length=80, description="what it is for")]
    rights: Annotated[list[str], Field(max_length=100, description="what it may do: of its owner's rights")]
    days: Annotated[int, Field(ge=1, le=365, description="how long it lasts")] = 90


class TokenRow(BaseModel):
    """A token as far as it is told again."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    last4: Annotated[str, Field(description="its last four characters")]
    rights: list[Right]
    made_at: datetime
    expires_at: datetime


class TokenList(BaseModel):
    """All tokens of whoever asks, by age."""

    model_config = ConfigDict(frozen=True)

    items: list[TokenRow]


class NewToken(TokenRow):
    """A new token; the token itself is told this once."""

    token: Annotated[str, Field(description="sent as `Authorization: Bearer …`; kept here as its hash alone")]


def row_of(token: Token) -> TokenRow:
    """What is told of a token."""
    return TokenRow(
        id=token.id, name=token.name, last4=token.last4, rights=sorted(token.rights), made_at=token.made_at,
        expires_at=token.expires_at,
    )  # fmt: skip
