"""Step 8: the wire format's own code makes the upstream body. Source: to_format in kong/llm/drivers/*.lua (3.10)."""

from __future__ import annotations

from aicfg.errors import UsageError
from aicfg.translate import cjson, lua
from aicfg.translate.drivers import CHAT
from aicfg.translate.exchange import Exchange
from aicfg.translate.refusal import Reason, crash, refuse


def transform(exchange: Exchange) -> None:
    """Translate the body. Where a driver's code fails, Kong catches that and says little; the hint says the rest."""
    config = exchange.config
    if config.passthrough:
        return
    provider, route_type = config.driver.provider, config.route_type
    if config.make is None:
        refuse(f"no transformer for {provider}://{route_type}", hint=f"{provider} takes {CHAT} only")
    config.behaviour.merge(exchange.request, exchange.model)
    reason = hint = None
    try:
        exchange.body = config.make(exchange.request, exchange.model, config.behaviour)
    except Reason as error:
        reason = str(error)
    except lua.Fault as error:
        hint = f"the driver's code fails: {error}"
    except cjson.TooDeep as error:
        raise UsageError(f"JSON in a text of the body is too deep: {error}") from None
    if reason is not None or hint is not None:
        refuse(
            config.driver.error.format(
                provider=provider, route_type=route_type, format=config.format_name, reason=reason or "nil"
            ),
            hint=hint,
        )


def require_writable(exchange: Exchange) -> None:
    """Step 10: NaN and the infinities came in as JSON, and cannot go out as JSON."""
    try:
        cjson.encode(exchange.body)
    except cjson.NotWritable as error:
        crash(f"writing the body, {error}, which its JSON library refuses")
