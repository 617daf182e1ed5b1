"""Step 13: where the call goes.

Sources: configure_request in kong/llm/drivers/*.lua, override_upstream_url in drivers/shared.lua, kong.service.request
(3.10); luasocket's url.parse (aicfg/kong/urls.py).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from aicfg.kong.urls import Url, parse_url
from aicfg.translate.client import normal_path
from aicfg.translate.cloud import region
from aicfg.translate.drivers import PRESERVE, Driver
from aicfg.translate.exchange import Exchange, Target
from aicfg.translate.lua import NIL, as_bytes, text
from aicfg.translate.refusal import crash, refuse

_KEPT = "!#$&'()*+,/:;=?@[]-_.~%"
_NUMBER = re.compile(r"\s*(?:0[xX][0-9a-fA-F]+|[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?)\s*", re.A)
_PLACEHOLDER = re.compile(r"\{([\w.]+)\}")


def locate(exchange: Exchange) -> None:
    config, driver, model = exchange.config, exchange.config.driver, exchange.model
    if driver.needs_options and model.options is NIL:
        crash("the driver looks for an upstream_url in options that are not there")
    upstream_url, upstream_path = model.option("upstream_url"), model.option("upstream_path")
    url, path = _own(exchange) if upstream_url is NIL else _upstream(upstream_url, exchange)
    if driver.upstream_path == "always" and upstream_path is not NIL:
        path = upstream_path
    if config.route_type == PRESERVE and driver.client_path:
        preserved = config.behaviour.preserved_path(exchange)
        path = path if preserved is None else preserved
    if path is None and driver.provider in config.behaviour.need_path_in_url:
        crash("the upstream URL has no path, and the driver takes it for a text")
    exchange.target = _target(driver, url, path)


def client_path_unless_upstream_path(exchange: Exchange) -> str | None:
    return normal_path(exchange.client.path) if exchange.model.option("upstream_path") is NIL else None


def upstream_path_or_client_path(exchange: Exchange) -> str | None:
    """3.8."""
    return client_path_unless_upstream_path(exchange) or exchange.model.option("upstream_path")


def as_for_other_route_types(exchange: Exchange) -> str | None:
    """3.7."""
    return None


def _upstream(upstream_url: Any, exchange: Exchange) -> tuple[Url, str | None]:
    if not isinstance(upstream_url, str):
        crash("the upstream URL is no text")
    url = _parsed(upstream_url + (_path(exchange) if exchange.config.driver.appends else ""))
    return url, url.path


def _own(exchange: Exchange) -> tuple[Url, str | None]:
    """The provider's own URL, and the path of the operation."""
    driver = exchange.config.driver
    if driver.appends and exchange.model.name is NIL:
        refuse("Could not parse the Hugging Face model endponit", hint="there is no model and no upstream_url")
    if driver.base is None:
        crash("there is no upstream_url, and the driver has none of its own")
    base, path = _filled(driver.base + driver.prefix, exchange), _path(exchange)
    if not driver.joined:
        return _parsed(base), path
    if not isinstance(path, str):
        crash("the upstream path is no text")
    url = _parsed(base + path)
    return url, url.path


def _path(exchange: Exchange) -> Any:
    """The path of the route type, or the upstream_path in its place."""
    driver, upstream_path = exchange.config.driver, exchange.model.option("upstream_path")
    if driver.upstream_path == "path" and upstream_path is not NIL:
        return upstream_path
    path = driver.paths.get(exchange.config.route_type)
    if path is None and driver.needs_path:
        crash(f"the driver has no path for {exchange.config.route_type}")
    if path is None:
        return "" if driver.appends else "/"
    return _filled(path, exchange)


def _filled(template: str, exchange: Exchange) -> str:
    return _PLACEHOLDER.sub(lambda match: _value(match.group(1), exchange), template) if "{" in template else template


def _value(name: str, exchange: Exchange) -> str:
    if name == "model":
        return text(exchange.model.name)
    if name == "operation":
        return exchange.config.driver.operations[exchange.streaming]
    if name == "region":
        return text(region(exchange))
    value = exchange.model.options
    for part in name.split("."):
        value = value[part]
    return text(value)


def _port(text: str | None) -> int:
    """Lua's `tonumber`, as far as a port may need it; 443 where there is no number."""
    if not text or not _NUMBER.fullmatch(text):
        return 443
    port = float(int(text, 16)) if text[:2].lower() == "0x" else float(text)
    if not 0 <= port <= 65535 or port != int(port):
        crash(f"the upstream URL's port is {text}, which is none")
    return int(port)


@lru_cache(maxsize=1024)
def _parsed(url: str) -> Url:
    return parse_url(url)


def _target(driver: Driver, url: Url, path: Any) -> Target:
    """Port 443 is what the drivers take where a URL names none, for http, too."""
    if url.scheme is None or url.host is None:
        crash("the upstream URL has no scheme or no host")
    if path is not None and not isinstance(path, str):
        crash("the upstream path is no text")
    if url.scheme not in ("http", "https"):
        crash(f"the upstream URL's scheme is {url.scheme}, and Kong sets http and https only")
    port = _port(url.port)
    if driver.appends:
        return Target(url.scheme, url.host, port, escaped(path) if path else None)
    return Target(url.scheme, url.host, port, escaped("/" + (path or "").lstrip("/")))


@lru_cache(maxsize=1024)
def escaped(path: str) -> str:
    """A path as Kong sets it: what is percent-encoded already stays."""
    return quote(as_bytes(path), safe=_KEPT)
