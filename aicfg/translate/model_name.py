"""Step 4: which model is called. The client may name it only where the config does not, or the same one.

Source: shared-filters/normalize-request.lua (3.10).
"""

from __future__ import annotations

from aicfg.translate.drivers import PRESERVE
from aicfg.translate.exchange import Exchange
from aicfg.translate.lua import NIL
from aicfg.translate.refusal import refuse


def settle(exchange: Exchange) -> None:
    wanted = exchange.request.get("model", NIL)
    if isinstance(wanted, str):
        if exchange.model.name is NIL:
            exchange.model = exchange.model._replace(name=wanted)
        elif wanted not in ("", exchange.model.name):
            refuse(f"cannot use own model - must be: {exchange.model.name}")
    if exchange.model.name is NIL and exchange.config.route_type != PRESERVE:
        refuse("model parameter not found in request, nor in gateway configuration")
