"""Step 4: which model is called. The client may name it only where the config does not, or the same one.

Source: shared-filters/normalize-request.lua (3.10), kong/llm/proxy/handler.lua (3.8), the drivers (3.7).
"""

from __future__ import annotations

from aicfg.translate.drivers import PRESERVE
from aicfg.translate.exchange import Exchange
from aicfg.translate.lua import NIL, truthy
from aicfg.translate.refusal import refuse


def settle(exchange: Exchange) -> None:
    wanted = exchange.request.get("model", NIL)
    if isinstance(wanted, str):
        if exchange.model.name is NIL:
            exchange.model = exchange.model._replace(name=wanted)
        elif wanted not in ("", exchange.model.name):
            refuse(f"cannot use own model - must be: {exchange.model.name}")
    if exchange.config.route_type != PRESERVE:
        _require(exchange)


def settle_for_every_route_type(exchange: Exchange) -> None:
    """3.8 asks for a model in every case."""
    settle(exchange)
    _require(exchange)


def adopt(exchange: Exchange) -> None:
    """3.7 compares nothing, and takes any value for a model's name."""
    wanted = exchange.request.get("model", NIL)
    if exchange.model.name is NIL and truthy(wanted):
        exchange.model = exchange.model._replace(name=wanted)
    _require(exchange)


def refuse_the_clients(exchange: Exchange) -> None:
    """In 3.7, two drivers refuse a client that names a model, any."""
    if exchange.config.driver.provider in ("anthropic", "cohere") and truthy(exchange.request.get("model", False)):
        refuse("cannot use own model for this instance", hint="leave model out of the body")


def _require(exchange: Exchange) -> None:
    if exchange.model.name is NIL:
        refuse("model parameter not found in request, nor in gateway configuration")
