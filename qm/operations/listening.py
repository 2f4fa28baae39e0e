"""Where the pages listen, under which address people reach them, and whether that may be without TLS."""

import ssl
from ipaddress import ip_address
from urllib.parse import urlsplit

from qm.config import Settings
from qm.errors import SettingsError

ANYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - asked about, not listened on
HINT = "QM_TLS_CERT and QM_TLS_KEY; or QM_PLAIN_HTTP=yes behind a proxy that has TLS; or QM_HOST=127.0.0.1"


def is_this_machine(host: str) -> bool:
    """Whether nobody outside this machine reaches an address.

    >>> [is_this_machine(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "qm.example.it")]
    [True, True, True, False, False]
    """
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_secure(settings: Settings) -> bool:
    """Whether people reach the pages by TLS: ours, or that of a proxy."""
    return bool(settings.tls_cert) or settings.public_url.startswith("https://")


def site_address(settings: Settings, port: int = 0) -> str:
    """What people type, without a slash at its end.

    Args:
        port: where it's another one than the settings name.
    """
    if settings.public_url:
        return settings.public_url
    return f"{'https' if settings.tls_cert else 'http'}://{own_host(settings, brackets=True)}:{port or settings.port}"


def own_host(settings: Settings, *, brackets: bool = False) -> str:
    """Under which address this very machine reaches the pages."""
    host = "127.0.0.1" if settings.host in ANYWHERE else settings.host
    return f"[{host}]" if brackets and ":" in host else host


def public_host(settings: Settings) -> str:
    """The host of `QM_PUBLIC_URL`; empty where there is none."""
    return (urlsplit(settings.public_url).hostname or "").lower()


def password_link(settings: Settings, key: str, port: int = 0) -> str:
    """The address that sets a password, once."""
    return f"{site_address(settings, port)}/password?link={key}"


def check_listening(settings: Settings) -> None:
    """Refuse to be reached from other machines without TLS, unless that is wanted.

    Raises:
        SettingsError: `serve.plain_http`.
    """
    if not (is_this_machine(settings.host) or settings.tls_cert or settings.plain_http):
        message = f"QM_HOST={settings.host} is reached by other machines, and passwords would go there unencrypted"
        raise SettingsError("serve.plain_http", message, HINT)


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """The certificate and key of the settings, for TLS 1.2 and newer; `None` where none is named.

    Raises:
        SettingsError: the files can't be read, or aren't a certificate and its key.
    """
    if not settings.tls_cert:
        if settings.tls_key:
            raise SettingsError("settings.tls", "QM_TLS_KEY is set, but QM_TLS_CERT isn't", "name the certificate too")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Nobody is there to be asked for a password of the key: an empty one makes an encrypted key a fault.
        context.load_cert_chain(settings.tls_cert, settings.tls_key or None, password=lambda: "")
    except (OSError, ssl.SSLError) as error:
        named = f"QM_TLS_CERT={settings.tls_cert}" + (f", QM_TLS_KEY={settings.tls_key}" if settings.tls_key else "")
        reason = error.strerror or "no certificate"
        hint = "PEM files that this user may read: the certificate with its chain, and its key without a password"
        raise SettingsError("settings.tls", f"{named}: {reason}", hint) from None
    return context
