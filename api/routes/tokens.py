"""Tokens of one's own, for programs. A browser's session makes them; a token makes none."""

from typing import Annotated

from fastapi import APIRouter

from api.envelopes import DOCUMENTED
from api.people.forms import CALL_WRITE
from api.people.principal import SignedInHere
from api.schemas.errors import ErrorEnvelope
from api.schemas.tokens import NewToken, TokenList, TokenWish, row_of
from api.site import SiteServicesHere

router = APIRouter(
    prefix="/api/v1/tokens", tags=["account"],
    responses=DOCUMENTED | {403: {"model": ErrorEnvelope, "description": "Asked by a token, or from another site"}},
)  # fmt: skip


TokenId = Annotated[str, "id of a token"]


@router.get("", summary="Tokens of one's own")
def list_tokens(services: SiteServicesHere, me: SignedInHere) -> TokenList:
    """All of them, those that are over among them until they are swept away."""
    return TokenList(items=[row_of(token) for token in services.account.show(me).tokens])


@router.post("", status_code=201, summary="Make a token", dependencies=[*CALL_WRITE])
def make_token(services: SiteServicesHere, me: SignedInHere, wish: TokenWish) -> NewToken:
    """Told this once. The page's session sends its sign in the header `X-CSRF-Token`."""
    secret, token = services.account.make_token(me, wish.name, wish.rights, wish.days)
    return NewToken(**row_of(token).model_dump(), token=secret)


@router.delete("/{token_id}", status_code=204, summary="Take a token back", dependencies=[*CALL_WRITE])
def drop_token(services: SiteServicesHere, me: SignedInHere, token_id: TokenId) -> None:
    """It opens nothing from now on."""
    services.account.drop_token(me, token_id)
