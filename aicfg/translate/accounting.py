"""How Kong counts an answer's tokens: nothing of it reaches the client, but where it fails, the answer is lost.

Source: shared-filters/parse-json-response.lua in kong/llm/plugin (3.10); post_request and calculate_cost in
kong/llm/drivers/shared.lua, and handle_streaming_frame in the plugin's handler (3.7, 3.8).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aicfg.translate.config import Config
from aicfg.translate.lua import NIL, Fault, dig, first, first_item, index, items, kind, length, plus, truthy

COUNTS_ITSELF = frozenset({"cohere", "llama2", "anthropic"})
"""Providers whose streams say how many tokens there were (3.7)."""


def nothing(answer: Any, config: Config) -> None:
    """This version does not count here."""


def of_provider(answer: Any, config: Config) -> None:
    """3.9 and later: Kong looks for OpenAI's usage in what the provider said, whoever that is."""
    if truthy(answer):
        usage = index(answer, "usage")
        if truthy(usage):
            index(usage, "prompt_tokens")


def of_client(sent: Any, config: Config) -> None:
    """3.8: of what the client gets, a preserved body included."""
    index(sent, "model")
    usage = index(sent, "usage")
    if truthy(dig(usage, "completion_tokens")):
        plus(index(usage, "completion_tokens"), 0)
    prices = [config.model.option("input_cost"), config.model.option("output_cost")]
    if truthy(dig(usage, "prompt_tokens")) and all(truthy(price) for price in prices):
        plus(index(usage, "prompt_tokens"), 0)
    _words_of_answer(sent, _words_of_parts)


def of_client_but_preserved(sent: Any, config: Config) -> None:
    """3.7: of what the client gets, where it was translated; contents have to be texts."""
    if config.route_type == "preserve":
        return
    dig(index(sent, "usage"), "prompt_tokens")
    _words_of_answer(sent, _words_of_text)


def _words_of_answer(sent: Any, count: Callable[[Any], None]) -> None:
    choices, messages = index(sent, "choices"), index(sent, "messages")
    if truthy(choices):
        for choice in items(choices):
            content = dig(index(choice, "message"), "content")
            if truthy(content):
                count(content)
            elif truthy(index(choice, "text")):
                count(index(choice, "text"))
    elif truthy(messages):
        for message in items(messages):
            count(index(message, "content"))


def _words_of_parts(content: Any) -> None:
    if kind(content) == "table":
        for part in items(content):
            if index(part, "type") == "text" and truthy(text := index(part, "text")):
                _words_of_text(text)


def _words_of_text(content: Any) -> None:
    if not isinstance(content, str):
        raise Fault(f"it counts the words of a {kind(content)}")


def of_event(event: Any, config: Config) -> None:
    """3.8 and later: the text of each event that is sent."""
    choices = index(event, "choices")
    if truthy(choices) and length(choices) > 0:
        index(first_item(choices), "finish_reason")
    _text_of(event)


def of_event_if_logged(event: Any, config: Config) -> None:
    """3.7: only where it is to be logged, and then it has to be a text."""
    payloads, statistics = (config.logging.get(name) is True for name in ("log_payloads", "log_statistics"))
    if payloads or (statistics and config.driver.provider not in COUNTS_ITSELF):
        text = _text_of(event)
        if kind(text) not in ("string", "number"):
            raise Fault(f"it appends a {kind(text)} to a text")


def _text_of(event: Any) -> Any:
    choices = index(event, "choices")
    choice = first_item(choices) if truthy(choices) else NIL
    if not truthy(choice):
        return ""
    return first(dig(index(choice, "delta"), "content"), index(choice, "text"), "")
