"""HTTP to the user's own machines: nothing leaves by accident, nothing waits for ever, nothing grows without bound.

Proxies of the environment aren't used, redirects aren't followed, and a name is connected to only at an address that
was checked. The address is looked up once for each connection, so that a name can't change between check and use.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from qm.errors import SettingsError
from qm.units import Seconds

OWN_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
"""Loopback and private networks (RFC 1918, RFC 4193). Link-local is left out: clouds serve credentials there."""
READ_BYTES = 65536


class HostRefusedError(OSError):
    """A name leads outside the user's own networks."""


@dataclass(frozen=True)
class Endpoint:
    """Where a server listens. `is_named`: the settings name the host, so its address isn't checked."""

    scheme: str
    host: str
    port: int
    path: str
    is_named: bool = False


def parse_endpoint(url: str, hosts: frozenset[str] = frozenset()) -> Endpoint:
    """The endpoint of `QM_GENERATIVE_URL`.

    Raises:
        SettingsError: not an http address, with a password in it, or an address outside the own networks.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise SettingsError("generative.bad_url", f"QM_GENERATIVE_URL: {error}", _EXAMPLE) from None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        raise SettingsError("generative.bad_url", "QM_GENERATIVE_URL isn't a plain http address", _EXAMPLE)
    path = parts.path.rstrip("/").removesuffix("/chat/completions")
    default = 443 if parts.scheme == "https" else 80
    endpoint = Endpoint(parts.scheme, host, port or default, path or "/v1", host.lower() in hosts)
    if not endpoint.is_named and _is_address(host) and not is_own(host):
        raise SettingsError("generative.host_refused", f"'{host}' isn't in a private network", _NAME_IT)
    return endpoint


_EXAMPLE = "for instance http://127.0.0.1:8080/v1"
_NAME_IT = "what is said in contacts would leave your machines; if that is meant, name the host in QM_GENERATIVE_HOSTS"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_own(address: str) -> bool:
    """True for an address on loopback or in a private network.

    >>> is_own("192.168.1.7"), is_own("::ffff:127.0.0.1"), is_own("8.8.8.8"), is_own("169.254.169.254")
    (True, True, False, False)
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network for network in OWN_NETWORKS)


@dataclass(frozen=True)
class Answered:
    """What a server sent. `body` is `None` where it was longer than allowed."""

    status: int
    body: bytes | None


def request(
    endpoint: Endpoint,
    method: str,
    path: str,
    body: bytes | None,
    headers: Mapping[str, str],
    within_s: Seconds,
    most: int,
) -> Answered:
    """One request, whole within `within_s` and at most `most` bytes of answer.

    Raises:
        TimeoutError: not finished in time, however busily the server sends.
        HostRefusedError: the name leads outside the own networks.
        OSError: no connection, or it broke.
        http.client.HTTPException: what came back isn't HTTP.
    """
    connection = _Connection(endpoint, within_s)
    watch = threading.Timer(within_s, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request(method, endpoint.path + path, body, {"Accept-Encoding": "identity", **headers})
        response = connection.getresponse()
        received = _received(response, most)
        if not connection.was_cut:
            return Answered(response.status, received)
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        # A connection that is cut under a reading http.client breaks in any of these ways.
        if not connection.was_cut:
            raise
    finally:
        watch.cancel()
        connection.close()
    raise TimeoutError(f"no answer within {within_s:g} s")


def _received(response: http.client.HTTPResponse, most: int) -> bytes | None:
    body = bytearray()
    while piece := response.read1(READ_BYTES):
        body += piece
        if len(body) > most:
            return None
    return bytes(body)


class _Connection(http.client.HTTPConnection):
    """Connects to checked addresses only; may be cut from another thread."""

    def __init__(self, endpoint: Endpoint, within_s: Seconds) -> None:
        super().__init__(endpoint.host, endpoint.port, timeout=within_s)
        self._endpoint = endpoint
        self._wire: socket.socket | None = None
        self.was_cut = False

    def connect(self) -> None:
        """Look the name up, check what it leads to, and connect there."""
        found = socket.getaddrinfo(self._endpoint.host, self._endpoint.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(item[4][0]) for item in found))
        if not self._endpoint.is_named and not all(is_own(address) for address in addresses):
            raise HostRefusedError(f"'{self._endpoint.host}' leads outside your private networks")
        self.sock = _first_open(addresses, self._endpoint.port, self.timeout)
        if self._endpoint.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self._endpoint.host)
        self._wire = self.sock
        if self.was_cut:
            raise TimeoutError("connected too late")

    def cut(self) -> None:
        """Break whatever is going on: the time is over."""
        self.was_cut = True
        # Not `self.sock`: http.client hands the socket over to a response that ends with its connection.
        if self._wire is not None:
            with contextlib.suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)


def _first_open(addresses: list[str], port: int, timeout: Seconds | None) -> socket.socket:
    last: OSError = ConnectionRefusedError("no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            last = error
    raise last
