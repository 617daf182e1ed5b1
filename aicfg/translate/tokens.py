"""Step 11: some drivers estimate the prompt's tokens before the call; odd messages make that code fail.

Source: calculate_cost in kong/llm/drivers/shared.lua (3.10), kong/llm/proxy/handler.lua (3.7 and 3.8).
"""

from __future__ import annotations

from typing import Any

from aicfg.translate import lua
from aicfg.translate.exchange import Exchange
from aicfg.translate.lua import Table, index, items, truthy
from aicfg.translate.refusal import crash

TAKE_PARTS = ("openai", "bedrock")
"""Providers for which 3.8 lets messages of several parts through."""


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


def refuse_parts(exchange: Exchange) -> None:
    """3.8 wants to refuse lists of parts in the translated body for most providers; its code for that fails."""
    if exchange.passthrough:
        return
    messages = exchange.body.get("messages", False)
    if not truthy(messages):
        return
    try:
        for message in items(messages):
            if lua.kind(index(message, "content")) == "table" and exchange.config.driver.provider not in TAKE_PARTS:
                crash("refusing a message of several parts, it calls a function that is not there")
    except lua.Fault as error:
        crash(f"looking for messages of several parts, {error}")


def count_a_streams_words(exchange: Exchange) -> None:
    """3.7 counts the words of a prompt whose answer will be streamed."""
    if exchange.streaming:
        _count_words(exchange.request)


def count_words(exchange: Exchange) -> None:
    """3.7 counts in every translated body, too."""
    if not exchange.passthrough:
        _count_words(exchange.body)


def _count_words(body: Table) -> None:
    """Every content is taken for a text."""
    messages = body.get("messages", False)
    if not truthy(messages):
        return
    try:
        for message in items(messages):
            what = lua.kind(index(message, "content"))
            if what != "string":
                raise lua.Fault(f"it takes a {what} for a text")
    except lua.Fault as error:
        crash(f"counting the words of the prompt, {error}")


def _count(content: Any) -> None:
    if isinstance(content, list):
        for part in content:
            index(part, "type")
