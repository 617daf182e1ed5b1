"""Step 6: whether the answer is to be streamed. Anything but an absent or false `stream` asks for it, null and 0 too.

Source: shared-filters/normalize-request.lua (3.10).
"""

from __future__ import annotations

from aicfg.translate.exchange import Exchange
from aicfg.translate.lua import truthy
from aicfg.translate.refusal import refuse


def decide(exchange: Exchange) -> None:
    mode = exchange.config.response_streaming
    if not truthy(exchange.request.get("stream", False)) and mode != "always":
        return
    if exchange.request.get("stream") is not True:
        exchange.request["stream"] = True
    if mode == "deny":
        refuse("response streaming is not enabled for this LLM", hint="response_streaming is deny")
    exchange.streaming = True
