"""The request that tests a route, as Kong's guides do: one question to a mathematician."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote

from aicfg.kong.entities import Entities, Route

_MESSAGES = [
    {"role": "system", "content": "You are a mathematician"},
    {"role": "user", "content": "What is 1+1?"},
]
_BODIES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"llm/v1/chat": {"messages": _MESSAGES}, "llm/v1/completions": {"prompt": "What is 1+1?"}}
)
_PROXIES = ("ai-proxy", "ai-proxy-advanced")
_ESCAPED = re.compile(r"\\([^A-Za-z0-9])|[\\^$*+?()\[\]{}|]")
_HTTPS = "https://localhost:8443"


class Trial(NamedTuple):
    """The request for a route: path, headers and body; None where there is none, and then `why`. `words` are what the
    script calls it with."""

    route: str
    words: tuple[str, ...] = ()
    request: Mapping[str, Any] | None = None
    why: str = ""


def trials(entities: Entities) -> list[Trial]:
    """One for each route, in the order of the entities."""
    return [_trial(route) for route in entities.all_routes()]


def _trial(route: Route) -> Trial:
    kind, fields = _kind(route), route.fields
    if kind not in _BODIES:
        return Trial(route.name, why=f"no test for {kind}")
    path = next((path for path in map(_path, fields.get("paths") or ()) if path is not None), None)
    if path is None:
        return Trial(route.name, why="no test, for none of its paths is fixed")
    if "POST" not in (fields.get("methods") or ["POST"]):
        return Trial(route.name, why="no test, for it does not take POST")
    headers = {name: values[0] for name, values in (fields.get("headers") or {}).items() if values}
    if any(value.startswith("~*") for value in headers.values()):
        return Trial(route.name, why="no test, for a header has to match a pattern")
    hosts = fields.get("hosts") or ()
    if hosts:
        headers["Host"] = hosts[0].replace("*", "www")
    words = (route.name,) if "http" in (fields.get("protocols") or ["http"]) else (route.name, _HTTPS)
    return Trial(route.name, words, {"path": path, "headers": headers, "body": _BODIES[kind]})


def _kind(route: Route) -> str:
    """The route type of a route's proxy, or what else decides the form of its requests."""
    for plugin in route.plugins:
        if plugin.name in _PROXIES:
            config = plugin.config
            if config.get("llm_format") not in (None, "openai"):
                return f"the format {config['llm_format']}"
            first: Mapping[str, Any] = (config.get("targets") or ({},))[0]
            return str(config.get("route_type") or first.get("route_type") or "no route type")
    return "a route without a proxy"


def _path(path: str) -> str | None:
    """The path of a URL that a route's path matches; None for a pattern that more than one text would match."""
    literal = path
    if path.startswith("~"):
        pattern = path[1:].removeprefix("^").removesuffix("$")
        literal = _ESCAPED.sub(lambda found: found.group(1) or "\0", pattern)
    return quote(literal, safe="/:@!$&'()*+,;=~%") if literal.startswith("/") and "\0" not in literal else None
