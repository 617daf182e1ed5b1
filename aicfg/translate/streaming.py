"""Step 6: whether the answer is to be streamed. Anything but an absent or false `stream` asks for it, null and 0 too.

Source: shared-filters/normalize-request.lua (3.10).
"""

from __future__ import annotations

from typing import Any

from aicfg.translate.exchange import Exchange
from aicfg.translate.lua import Table, first, kind, truthy
from aicfg.translate.marks import derived
from aicfg.translate.refusal import refuse


def asked(request: Table) -> Any:
    """The stream field of a body that has one in every case."""
    return first(request.get("stream", False), False)


def decide(exchange: Exchange) -> None:
    mode = exchange.config.response_streaming
    stream = exchange.request.get("stream", False)
    if not truthy(stream):
        if mode != "always":
            return
        exchange.request["stream"] = derived(True, "response_streaming is always", stream)
    elif kind(stream) != "boolean":
        exchange.request["stream"] = derived(True, "anything but false asks for a stream", stream)
    if mode == "deny":
        refuse("response streaming is not enabled for this LLM", hint="response_streaming is deny")
    exchange.streaming = True
