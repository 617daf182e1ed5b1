"""Step 11: some drivers estimate the prompt's tokens before the call; odd messages make that code fail.

Source: calculate_cost in kong/llm/drivers/shared.lua (3.10).
"""

from __future__ import annotations

from typing import Any

from aicfg.translate import lua
from aicfg.translate.exchange import Exchange
from aicfg.translate.lua import index, items, truthy
from aicfg.translate.refusal import crash


def estimate(exchange: Exchange) -> None:
    """Look at what the estimate looks at. The figure itself goes to logs only."""
    if not exchange.config.driver.counts_tokens:
        return
    messages = exchange.request.get("messages", False)
    if not truthy(messages):
        return
    try:
        for message in items(messages):
            _count(index(message, "content"))
    except lua.Fault as error:
        crash(f"estimating the prompt's tokens, {error}")


def _count(content: Any) -> None:
    if isinstance(content, list):
        for part in content:
            index(part, "type")
