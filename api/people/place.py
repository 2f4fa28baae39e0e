"""Where a request comes from, as far as it's counted."""

from ipaddress import IPv6Address, ip_address

from starlette.requests import HTTPConnection


def place_of(request: HTTPConnection) -> str:
    """The address that failures and requests are counted by."""
    return counted_as(request.client.host) if request.client else ""


def counted_as(address: str) -> str:
    """One household counts once: of IPv6, whose addresses are there for the taking, the network of 64 bits.

    >>> [counted_as(text) for text in ("192.0.2.7", "2001:db8::1:2", "::ffff:192.0.2.7", "testclient")]
    ['192.0.2.7', '2001:db8::/64', '192.0.2.7', 'testclient']
    """
    if ":" not in address:
        return address
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return f"{IPv6Address(int(known) >> 64 << 64)}/64"
