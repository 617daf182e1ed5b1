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
from aicfg.translate.lua import NIL, text
from aicfg.translate.refusal import crash, refuse

_KEPT = "!#$&'()*+,/:;=?@[]-_.~%"
_PLACEHOLDER = re.compile(r"\{([\w.]+)\}")


def locate(exchange: Exchange) -> None:
    driver, model = exchange.config.driver, exchange.model
    if driver.needs_options and model.options is NIL:
        crash("the driver looks for an upstream_url in options that are not there")
    upstream_url, upstream_path = model.option("upstream_url"), model.option("upstream_path")
    url = _parsed(_upstream(driver, upstream_url, exchange) if upstream_url is not NIL else _own(driver, exchange))
    path: str | None = url.path
    if upstream_path is not NIL and _takes_path(driver, upstream_url):
        path = upstream_path
    if exchange.config.route_type == PRESERVE and driver.client_path:
        preserved = exchange.config.behaviour.preserved_path(exchange)
        path = path if preserved is None else preserved
    if path is None and driver.provider in exchange.config.behaviour.need_path_in_url:
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


def _target(driver: Driver, url: Url, path: str | None) -> Target:
    """Port 443 is what the drivers take where a URL names none, for http, too."""
    if url.scheme is None or url.host is None:
        crash("the upstream URL has no scheme or no host")
    port = int(url.port) if url.port and url.port.isdigit() else 443
    if driver.appends:
        return Target(url.scheme, url.host, port, escaped(path) if path else None)
    return Target(url.scheme, url.host, port, escaped("/" + (path or "").lstrip("/")))


def escaped(path: str) -> str:
    """A path as Kong sets it: what is percent-encoded already stays."""
    return quote(path.encode("utf-8", "surrogateescape"), safe=_KEPT)


def _takes_path(driver: Driver, upstream_url: Any) -> bool:
    if driver.upstream_path == "always":
        return True
    return driver.upstream_path == "path" and upstream_url is NIL and not driver.joined


def _upstream(driver: Driver, upstream_url: str, exchange: Exchange) -> str:
    if driver.appends:
        return upstream_url + driver.paths.get(exchange.config.route_type, "")
    return upstream_url


def _own(driver: Driver, exchange: Exchange) -> str:
    """The provider's own URL for the route type, with an upstream_path where that replaces the operation's."""
    if driver.appends and exchange.model.name is NIL:
        refuse("Could not parse the Hugging Face model endponit", hint="there is no model and no upstream_url")
    if driver.base is None:
        crash("there is no upstream_url, and the driver has none of its own")
    path = driver.paths.get(exchange.config.route_type, "" if driver.appends else None)
    upstream_path = exchange.model.option("upstream_path")
    if path is None and driver.needs_path and (upstream_path is NIL or driver.upstream_path != "path"):
        crash(f"the driver has no path for {exchange.config.route_type}")
    if driver.joined and driver.upstream_path == "path" and upstream_path is not NIL:
        path = upstream_path
    elif path is None:
        path = "/"
    return _PLACEHOLDER.sub(lambda match: _value(match.group(1), exchange), driver.base + driver.prefix) + (
        _PLACEHOLDER.sub(lambda match: _value(match.group(1), exchange), path) if path is not upstream_path else path
    )


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


@lru_cache(maxsize=1024)
def _parsed(url: str) -> Url:
    return parse_url(url)
