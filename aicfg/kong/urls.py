"""URLs and host names as Kong's Lua code reads them, which is not how RFC 3986 does.

Sources: luasocket 3.0-rc1 (url.parse), which Kong ships; kong/tools/ip.lua; kong/db/schema/typedefs.lua (3.6 to 3.10).
"""

from functools import lru_cache

from aicfg.patterns import later
from aicfg.tuples import NamedTuple

_HOST_PORT = later(r":([0-9]+)\Z")
_HOST_NAME = later(r"[A-Za-z0-9._-]+\Z")
_DIGITS = later(r"[0-9.]+\Z")
_IPV4 = later(r"([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})(?::[0-9]+)?\Z")
_IPV6 = later(r"(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\Z")
_IN_BRACKETS = later(r"\[([^\[\]]*)\](?::([0-9]*))?\Z")


class Url(NamedTuple):
    """The parts that luasocket finds. What is not there is None; `host` is never empty."""

    scheme: str | None
    host: str | None
    port: str | None
    path: str | None
    query: str | None


@lru_cache(maxsize=1024)
def parse_url(text: str) -> Url:
    """The parts of a URL, in luasocket's order: fragment, scheme, authority up to the first slash, query, params.

    So a `?` right behind the host belongs to the host, and anything goes as a port.
    """
    text = text.partition("#")[0]
    scheme = authority = host = port = None
    before, colon, rest = text.partition(":")
    if colon and _is_scheme(before):
        scheme, text = before, rest
    if text.startswith("//"):
        authority, slash, rest = text[2:].partition("/")
        text = slash + rest
    text, mark, query = text.partition("?")
    path = text.partition(";")[0] or None
    if authority is not None:
        authority = authority.partition("@")[2] if "@" in authority else authority
        before, colon, after = authority.rpartition(":")
        if colon and "]" not in after:
            authority, port = before, after
        is_bracketed = len(authority) > 2 and authority[0] == "[" and authority[-1] == "]"
        host = (authority[1:-1] if is_bracketed else authority) or None
    return Url(scheme, host, port, path, query if mark else None)


def _is_scheme(text: str) -> bool:
    """Whether a text is letters, digits, `+`, `-` and `.`, and begins with one of the first two."""
    plain = text.replace("+", "").replace("-", "").replace(".", "")
    return text.isascii() and text[:1].isalnum() and plain.isalnum()


class Address(NamedTuple):
    """What the `url` of a service stands for: Kong keeps its parts."""

    protocol: str
    host: str
    port: int
    path: str | None


def service_address(url: str) -> Address:
    """The parts of a service's `url`, the port filled in: 443 for https, 80 for all else.

    Source: decK (go-database-reconciler, pkg/file/types.go, unwrapURL).
    """
    parts = parse_url(url)
    protocol = parts.scheme or "http"
    default = 443 if protocol == "https" else 80
    port = int(parts.port) if parts.port is not None and parts.port.isdecimal() else default
    return Address(protocol, parts.host or "", port, parts.path)


def url_problem(text: str) -> str | None:
    """What keeps Kong from taking a text as a URL (typedefs.url): only a host and a scheme are asked for."""
    url = parse_url(text)
    if url.host is None:
        return "has no host"
    return "has no scheme" if url.scheme is None else None


def host_problem(text: str) -> str | None:
    """What keeps Kong from taking a text as a host (typedefs.host): a name or an address, without a port."""
    if text.count(":") > 1:
        return _ipv6_problem(text)
    if _DIGITS.match(text.replace(":", "")):
        match = _IPV4.match(text)
        if match is None or any(int(part) > 255 for part in match.groups()):
            return "is no IP address"
        return "has a port" if ":" in text else None
    port = _HOST_PORT.search(text)
    name = text[: port.start()] if port else text
    # A name may end in one dot; no other part of it may be empty or end in a dash.
    parts = name.removesuffix(".").split(".")
    if not _HOST_NAME.match(name) or any(not part or part.endswith("-") for part in parts):
        return "has a port" if port and int(port.group(1)) > 65535 else "is no host name"
    return "has a port" if port else None


def _ipv6_problem(text: str) -> str | None:
    match = _IN_BRACKETS.match(text)
    address = match.group(1) if match else text
    if match and match.group(2) is not None:
        return "has a port"
    if address.startswith(":"):
        address = f"0{address}"
    if address.endswith(":"):
        address = f"{address}0"
    if "::" in address:
        address = address.replace("::", ":" + "0:" * (8 - address.count(":")), 1)
    return None if _IPV6.match(address) else "is no IP address"
