"""Asks the house's identity provider who somebody is: OpenID Connect, code flow with PKCE, state and nonce.

Of what it answers, the login alone counts; what somebody may do and see stands in our database. Nothing is asked before
somebody signs in that way. Redirects aren't followed: addresses come from the provider's own description, by TLS.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from qm.config import Settings
from qm.domain.sign_in import same_login
from qm.errors import EngineError, InputError, SettingsError, SignInError
from qm.operations.logs import log

KEY_BYTES = 32
TIMEOUT_S = 5.0
LEEWAY_S = 60
"""Seconds that the provider's clock may be off."""
KNOWN_FOR = timedelta(hours=1)
"""How long its description and keys are kept."""
QUIET_S = 5.0
"""Seconds after a failure in which it isn't asked again: else strangers could keep all our threads waiting for it."""
KEYS_AGAIN_S = 60.0
"""Seconds before its keys are fetched once more for a token signed with one that isn't among them."""
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
"""Signatures by a key that the provider keeps to itself; none, and none by a secret that both know."""
WORD = re.compile(r"[a-z_]{1,40}")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Begun:
    """What a browser that was sent to the provider brings back with it, in a cookie.

    Attributes:
        state: ties the answer to this browser; nonce: ties the token to this question.
        verifier: proves that who fetches the token is who asked (PKCE, RFC 7636).
    """

    state: str
    nonce: str
    verifier: str


class IdentityProvider:
    """One provider. Its description and keys are fetched when first needed, and kept for an hour.

    Args:
        clock_s: seconds that only go forward.

    Raises:
        SettingsError: an address without TLS, no client, or a secret that can't be read.
    """

    def __init__(self, settings: Settings, clock_s: Callable[[], float]) -> None:
        self._issuer, self._client, self._claim = settings.oidc_issuer, settings.oidc_client, settings.oidc_claim
        self._clock_s, self._lock = clock_s, threading.Lock()
        self._about: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, Mapping[str, Any]] | None = None
        self._failed_s = -QUIET_S
        _check_address(self._issuer)
        if not self._client:
            raise SettingsError("oidc.no_client", "QM_OIDC_ISSUER is set without QM_OIDC_CLIENT", "set both")
        self.secret = _read_secret(settings.oidc_secret_file)

    def begin(self, back: str) -> tuple[str, Begun]:
        """Where to send the browser, and what it has to bring back.

        Args:
            back: our own address that the provider sends it back to.

        Raises:
            EngineError: the provider can't be reached (`oidc.unreachable`).
        """
        begun = Begun(token_urlsafe(KEY_BYTES), token_urlsafe(KEY_BYTES), token_urlsafe(KEY_BYTES))
        where = str(self._described()["authorization_endpoint"])
        with self._asking(back) as client:
            address, _state = client.create_authorization_url(
                where, state=begun.state, code_verifier=begun.verifier, nonce=begun.nonce
            )
        return str(address), begun

    def finish(self, answer: Mapping[str, str], begun: Begun, back: str) -> str:
        """The login of who came back.

        Raises:
            InputError: another browser's answer, or one that was given before (`oidc.state`).
            SignInError: the provider refused, or what it sent doesn't prove anything (`oidc.refused`).
            EngineError: it can't be reached (`oidc.unreachable`).
        """
        if not compare_digest(answer.get("state", "").encode(), begun.state.encode()):
            raise InputError("oidc.state", "this answer belongs to another try", "sign in once more")
        if "error" in answer or not answer.get("code"):
            log.warning("sign_in.provider", code="oidc.refused", reason=_one_word(answer.get("error", "no_code")))
            raise _refused("the identity provider let nobody in")
        if (told := answer.get("iss")) is not None and told.rstrip("/") != self._issuer:  # RFC 9207
            raise _refused("another identity provider answered")
        with self._asking(back) as client:
            tokens = client.fetch_token(
                str(self._described()["token_endpoint"]), grant_type="authorization_code", code=answer["code"],
                code_verifier=begun.verifier,
            )  # fmt: skip
            claims = self._checked(tokens, begun)
        return self._login_of(claims)

    def _login_of(self, claims: Mapping[str, Any]) -> str:
        login = claims.get(self._claim)
        # Who may write any address into a profile could be anybody.
        is_unsure = self._claim == "email" and claims.get("email_verified") not in (True, "true")
        # A letter that only looks like another must not become it.
        is_odd = isinstance(login, str) and same_login(login) != login.strip().casefold()
        if not isinstance(login, str) or not login.strip() or is_unsure or is_odd:
            raise _refused(f"the identity provider tells no '{self._claim}' that could be relied on")
        return login

    def _checked(self, tokens: Mapping[str, Any], begun: Begun) -> Mapping[str, Any]:
        """The claims of the token about who it is, after OpenID Connect Core 1.0, section 3.1.3.7."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            token = self._decoded(jwt, str(tokens.get("id_token", "")))
            issuer = str(self._described()["issuer"])
            options = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": self._client}}
            given = {"nonce": begun.nonce, "client_id": self._client, "access_token": tokens.get("access_token")}
            claims = CodeIDToken(token.claims, token.header, options, given)
            claims.validate(leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError) as error:  # the latter three: not of a token's shape
            log.warning("sign_in.provider", code="oidc.refused", reason=type(error).__name__)
            raise _refused("the identity provider's token doesn't hold") from None
        return dict(claims)

    def _decoded(self, jwt: Any, id_token: str) -> Any:
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            return jwt.decode(id_token, KeySet.import_key_set(self._key_set()), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            if not self._forget_keys():
                raise
            return jwt.decode(id_token, KeySet.import_key_set(self._key_set()), algorithms=ALGORITHMS)

    # What it says of itself

    def _described(self) -> Mapping[str, Any]:
        """Its description, OpenID Connect Discovery 1.0."""
        with self._lock:
            if self._about is None or self._clock_s() - self._about[0] > KNOWN_FOR.total_seconds():
                found = self._fetch(f"{self._issuer}/.well-known/openid-configuration")
                if str(found.get("issuer", "")).rstrip("/") != self._issuer:
                    raise _unreachable("it calls itself by another address than QM_OIDC_ISSUER")
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                    _check_address(str(found.get(name, "")))
                self._about = (self._clock_s(), found)
            return self._about[1]

    def _key_set(self) -> Any:
        where = str(self._described()["jwks_uri"])
        with self._lock:
            if self._keys is None or self._clock_s() - self._keys[0] > KNOWN_FOR.total_seconds():
                self._keys = (self._clock_s(), self._fetch(where))
            return self._keys[1]

    def _forget_keys(self) -> bool:
        """Whether they were fetched long enough ago to be fetched anew: keys change, and strangers invent."""
        with self._lock:
            is_old = self._keys is not None and self._clock_s() - self._keys[0] > KEYS_AGAIN_S
            self._keys = None if is_old else self._keys
            return is_old

    def _fetch(self, address: str) -> Mapping[str, Any]:
        import httpx2

        if self._clock_s() - self._failed_s < QUIET_S:
            raise _unreachable("it failed a few seconds ago")
        try:
            with _told():
                answer = httpx2.get(address, timeout=TIMEOUT_S, follow_redirects=False)
                answer.raise_for_status()
                found = answer.json()
        except EngineError:
            self._failed_s = self._clock_s()
            raise
        if not isinstance(found, dict):
            raise _unreachable("it answers with something else than JSON")
        return found

    @contextmanager
    def _asking(self, back: str) -> Iterator[Any]:
        from authlib.integrations.httpx_client import OAuth2Client

        with _told(), OAuth2Client(
            self._client, self.secret, scope="openid profile email", redirect_uri=back,
            code_challenge_method="S256", timeout=TIMEOUT_S, follow_redirects=False,
        ) as client:  # fmt: skip
            yield client


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the network as ours, and a code that the provider doesn't take as a refusal."""
    import httpx2
    from authlib.common.errors import AuthlibBaseError

    try:
        yield
    except AuthlibBaseError as error:
        log.warning("sign_in.provider", code="oidc.refused", reason=_one_word(str(error.error)))
        raise _refused("the identity provider doesn't take this answer") from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise _unreachable(f"it doesn't answer as it should ({type(error).__name__})") from None
    except ValueError:  # of JSON
        raise _unreachable("it answers with something else than JSON") from None


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        message = f"the identity provider's address '{address[:200]}' isn't https"
        raise SettingsError("oidc.plain_http", message, "passwords and tokens go there: it needs TLS")


def _read_secret(file: str) -> str:
    if not file:
        raise SettingsError("oidc.no_secret", "QM_OIDC_ISSUER is set without QM_OIDC_SECRET_FILE", "set both")
    try:
        secret = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise SettingsError(
            "oidc.no_secret", f"QM_OIDC_SECRET_FILE: {error}", "a file that this process may read"
        ) from None
    if not secret:
        raise SettingsError("oidc.no_secret", "QM_OIDC_SECRET_FILE is empty", "put the secret into it")
    return secret


def _one_word(text: str) -> str:
    """An error's name for the log; what strangers put into an address isn't one."""
    return text if WORD.fullmatch(text) else "other"


def _refused(message: str) -> SignInError:
    return SignInError("oidc.refused", message, "try again, or ask an administrator")


def _unreachable(message: str) -> EngineError:
    hint = "try again later, or sign in with a password; an administrator looks at QM_OIDC_ISSUER"
    return EngineError("oidc.unreachable", f"the identity provider can't be used: {message}", hint)
