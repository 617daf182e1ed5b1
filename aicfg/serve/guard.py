"""What no request gets past: the Host header, other pages' requests, and headers that keep a browser in bounds.

A page of somebody else's can make a browser call loopback. It reaches nothing here: its name is not in the list of
hosts (which is what DNS rebinding needs), its Origin is another one, and no CORS header ever lets it read an answer.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
"""For everything that is not of the page: a recorded HTML page runs nothing."""

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """An ASGI middleware. `hosts` are names that a Host header may have, beside those of loopback; `*.` stands for any
    subdomain. With `addresses`, any IP address is fine, too."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = (), addresses: bool = False) -> None:
        self.app = app
        self.hosts = tuple(host.lower() for host in hosts)
        self.addresses = addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value.decode("latin-1"))
        own_page = scope["path"].startswith("/_aicfg")

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = {**HEADERS, "content-security-policy": PAGE_POLICY if own_page else POLICY}
                kept = [each for each in message["headers"] if each[0].lower().decode("latin-1") not in extra]
                message = {**message, "headers": [*kept, *((n.encode(), v.encode()) for n, v in extra.items())]}
            await send(message)

        hosts = headers.get(b"host", [])
        if len(hosts) != 1 or not self.knows(hosts[0]):
            hint = "this Host is not one of aicfg's: call localhost, or start it with --allow-host NAME"
            await _refuse(guarded, 421, hint)
        elif _of_another_page(headers, hosts[0], scope["method"]):
            await _refuse(guarded, 403, "requests of other web pages are not answered")
        else:
            await self.app(scope, receive, guarded)

    def knows(self, host: str) -> bool:
        """Whether a Host header is one of this server's."""
        name = host_name(host)
        if name is None:
            return False
        if name == "localhost" or name.endswith(".localhost"):
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return any(fnmatch.fnmatchcase(name, allowed) for allowed in self.hosts)
        return address.is_loopback or self.addresses or name in self.hosts


def host_name(host: str) -> str | None:
    """The name or address in a Host header, in small letters; None where it is not well formed."""
    name, colon, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    if not colon:
        name = host
    elif not (port.isascii() and port.isdigit()):
        return None
    if name.startswith("[") and name.endswith("]"):
        return name[1:-1].lower()
    ok = name and all(sign.isalnum() or sign in "-._" for sign in name) and name.isascii()
    return name.lower() if ok else None


def _of_another_page(headers: dict[bytes, list[str]], host: str, method: str) -> bool:
    """Whether a browser says that another site is behind the request. To follow a link is fine."""
    origins = headers.get(b"origin", [])
    if any(origin.lower() not in (f"http://{host.lower()}", f"https://{host.lower()}") for origin in origins):
        return True
    site, mode = headers.get(b"sec-fetch-site", [""])[0], headers.get(b"sec-fetch-mode", [""])[0]
    return site in ("cross-site", "same-site") and not (mode == "navigate" and method in ("GET", "HEAD"))


async def _refuse(send: Send, status: int, why: str) -> None:
    body = json.dumps({"error": {"message": f"aicfg: {why}"}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
