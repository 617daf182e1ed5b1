"""Runs the application with uvicorn until it is interrupted."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable

import uvicorn

from aicfg.errors import UsageError
from aicfg.serve.app import application
from aicfg.serve.gateway import Gateway

MAX_HEAD = 64 * 1024
"""So many bytes a request line and its headers may have."""

MAX_CONNECTIONS = 1_000
BACKLOG = 2_048

Say = Callable[[str], None]


def serve(
    gateway: Gateway, name: str, host: str, port: int, *, hosts: Iterable[str], say: Say, log: Callable[[str], None]
) -> None:
    """Answer on `host` and `port` (0: any that is free) until interrupted. `say` gets what a person should know.

    Raises UsageError where that address cannot be had.
    """
    found = _socket(host, port)
    app = application(gateway, name, hosts=[*_route_hosts(gateway), *hosts], addresses=not is_loopback(host), log=log)
    address = found.getsockname()
    shown = f"[{address[0]}]" if ":" in address[0] else address[0]
    say(f"aicfg answers on http://{shown}:{address[1]}, and shows it on http://{shown}:{address[1]}/_aicfg/")
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MAX_CONNECTIONS,
        h11_max_incomplete_event_size=MAX_HEAD,
        timeout_graceful_shutdown=1,
    )
    try:
        uvicorn.Server(config).run(sockets=[found])
    except KeyboardInterrupt:
        pass
    finally:
        found.close()


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what is bound there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _socket(host: str, port: int) -> socket.socket:
    try:
        known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = known[0]
        found = socket.socket(family, kind, protocol)  # with its protocol, asyncio sends without waiting (TCP_NODELAY)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(BACKLOG)  # now, so that whoever reads the address can call it at once
    except (OSError, UnicodeError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "not possible"
        raise UsageError(f"cannot answer on {host}, port {port}: {reason}", hint="give another --port") from None
    return found


def _route_hosts(gateway: Gateway) -> list[str]:
    """The hosts that the file's own routes ask for."""
    hosts = [place.fields.get("hosts") for place in gateway.places]
    return [name for each in hosts if isinstance(each, list | tuple) for name in each if isinstance(name, str)]
