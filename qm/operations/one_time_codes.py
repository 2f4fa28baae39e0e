"""One-time codes of a telephone (TOTP, RFC 6238: SHA-1, six digits, 30 s), which every authenticator app makes."""

from datetime import datetime
from hmac import compare_digest

import pyotp
import segno

STEP_S = 30
DRIFT = 1
"""Steps that a telephone's clock may be off, either way (RFC 6238, section 5.2)."""
ISSUER = "Quality Equation"


def new_key() -> str:
    """A key of 160 random bits, in base 32 as people may type it."""
    return pyotp.random_base32(32)


def step_of(key: str, code: str, now: datetime) -> int | None:
    """The step of time whose code this is, or `None`.

    >>> from datetime import UTC
    >>> at = datetime.fromtimestamp(59, UTC)  # RFC 6238, appendix B, cut to six digits
    >>> key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    >>> [step_of(key, code, at) for code in ("287082", "287 082", "", "287083", "２87082")]
    [1, 1, None, None, None]
    """
    typed = code.replace(" ", "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) == 6):
        return None
    totp, here = pyotp.TOTP(key, interval=STEP_S), int(now.timestamp()) // STEP_S
    steps = range(max(here - DRIFT, 0), here + DRIFT + 1)
    # All of them are compared, so that time doesn't tell which was near.
    fitting = [step for step in steps if compare_digest(totp.generate_otp(step), typed)]
    return fitting[-1] if fitting else None


def key_address(key: str, login: str) -> str:
    """What an authenticator app reads out of the picture.

    >>> key_address("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "anna")[:44]
    'otpauth://totp/Quality%20Equation:anna?secre'
    """
    return pyotp.TOTP(key, interval=STEP_S).provisioning_uri(name=login, issuer_name=ISSUER)


def picture(address: str) -> str:
    """A QR code as the address of an image, `data:image/svg+xml,…`: dark on light whatever the page's colours."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=4, light="white", dark="black")
