"""Which addresses a webhook may have: nothing that is told leaves for where nobody wanted it."""

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from qm.domain.hook import LONGEST_ADDRESS
from qm.errors import InputError

HINT = "https://host/path; a host of the house's own network must stand in QM_HOOK_HOSTS"


def checked_address(url: str, known: Collection[str]) -> str:
    """The address, where it may be told of events.

    Plain HTTP, and addresses of private networks or of this machine, are for hosts that the site named. What a name
    leads to is looked at again each time something is sent.

    Args:
        known: hosts of QM_HOOK_HOSTS, in small letters.

    Raises:
        InputError: it isn't such an address (`hook.bad_address`), or its host isn't among those (`hook.private`).
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise _bad("it can't be read") from None
    if parts.scheme not in ("https", "http") or not host or port == 0:
        raise _bad("it isn't a whole web address")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _bad("names, passwords and fragments have no place in it")
    if len(url) > LONGEST_ADDRESS or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise _bad(f"it is longer than {LONGEST_ADDRESS} characters, or has others than addresses have")
    if host not in known and (parts.scheme == "http" or _is_inside(host)):
        message = f"'{host}' is reached without TLS, or lies in a private network, and isn't in QM_HOOK_HOSTS"
        raise InputError("hook.private", message, HINT)
    return url


def hosts_of(setting: str) -> frozenset[str]:
    """The hosts that QM_HOOK_HOSTS names.

    >>> sorted(hosts_of("Hooks.example.lan, 127.0.0.1"))
    ['127.0.0.1', 'hooks.example.lan']
    """
    return frozenset(name.strip().lower() for name in setting.split(",") if name.strip())


def _is_inside(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _bad(why: str) -> InputError:
    return InputError("hook.bad_address", f"this address can't be used: {why}", HINT)
