"""Posts to a webhook's address: within a time, without following anybody elsewhere, and only to where it may go.

The name is looked up once; all that it leads to is checked, and the connection goes to just that address: a name that
is pointed into the house afterwards (DNS rebinding) gains nothing. TLS is checked against the name all the same.
"""

import http.client
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Collection, Mapping
from ipaddress import IPv6Address, ip_address
from secrets import token_bytes
from urllib.parse import urlsplit

TIMEOUT_S = 10.0
"""For all of it: looking up, connecting, sending, and the answer's first line."""
MOST_ANSWER = 1024
"""Bytes that are read of an answer; nobody looks at them."""
REFUSED, TIMED_OUT, UNREACHABLE, TLS = "hook.private", "hook.timeout", "hook.unreachable", "hook.tls"
REDIRECTED = "hook.redirect"


def new_secret() -> str:
    """A secret to sign with, as Standard Webhooks has it: 32 random bytes."""
    return "whsec_" + b64encode(token_bytes(32)).decode()


def post(
    url: str, body: bytes, headers: Mapping[str, str], hosts: Collection[str], timeout_s: float = TIMEOUT_S
) -> tuple[int, str]:
    """Send a body.

    Args:
        hosts: that the site named; what isn't among them must have TLS and a public address.

    Returns:
        The receiver's status (0: none came), and a code of what went wrong: empty where an answer came.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    is_known = host in hosts
    if parts.scheme != "https" and not is_known:
        return 0, REFUSED
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return 0, UNREACHABLE
    addresses = [str(each[4][0]) for each in found]
    if not addresses:
        return 0, UNREACHABLE
    if not is_known and not all(is_public(address) for address in addresses):
        return 0, REFUSED
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _sent(_Pinned(host, port, addresses[0], parts.scheme == "https", timeout_s), path, body, headers, timeout_s)


def is_public(address: str) -> bool:
    """Whether it's an address of the open internet, also where one of another kind is wrapped in it.

    >>> [is_public(text) for text in ("93.184.216.34", "10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1")]
    [True, False, False, False]
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour
        if wrapped is None and found in _TRANSLATED:
            wrapped = ip_address(int(found) & 0xFFFFFFFF)  # type: ignore[assignment]
        if wrapped is not None:
            return wrapped.is_global and not wrapped.is_multicast
    return found.is_global and not found.is_multicast


class _Translated:
    """The network in which IPv4 is told as IPv6 (NAT64, RFC 6052)."""

    def __contains__(self, address: IPv6Address) -> bool:
        return int(address) >> 32 == 0x0064FF9B << 64


_TRANSLATED = _Translated()


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever the name leads to by now."""

    def __init__(self, host: str, port: int, address: str, is_tls: bool, timeout_s: float) -> None:
        super().__init__(host, port, timeout=timeout_s)
        self._address, self._is_tls = address, is_tls
        if is_tls:
            self.default_port = 443

    def connect(self) -> None:
        """Connect, and shake hands where it's TLS."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._is_tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End whatever is under way: a receiver that sends a byte now and then would never run out of time."""
        sock = self.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _sent(connection: _Pinned, path: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> tuple[int, str]:
    is_late = threading.Event()

    def stop() -> None:
        is_late.set()
        connection.cut()

    timer = threading.Timer(timeout_s, stop)
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        answer.read(MOST_ANSWER)
    except TimeoutError:
        return 0, TIMED_OUT
    except ssl.SSLError:
        return 0, TIMED_OUT if is_late.is_set() else TLS
    except (OSError, http.client.HTTPException, ValueError):
        return 0, TIMED_OUT if is_late.is_set() else UNREACHABLE
    else:
        return answer.status, REDIRECTED if 300 <= answer.status < 400 else ""
    finally:
        timer.cancel()
        connection.close()
