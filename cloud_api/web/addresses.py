"""Where a request comes from, for counting what one client does.

Behind a proxy this is the client's own address only if the proxy is among `FORWARDED_ALLOW_IPS`.
"""

from __future__ import annotations

import ipaddress

from starlette.requests import HTTPConnection

_SUBSCRIBER_BITS = 64
"""A subscriber has a whole IPv6 network of this prefix length, so its addresses count as one."""


def client_address(request: HTTPConnection) -> str:
    """The IPv4 address or IPv6 network of the client; `unknown` for a local socket."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address.packed, _SUBSCRIBER_BITS), strict=False))
