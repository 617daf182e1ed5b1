"""The tokens of an answer, and what they cost by the config's prices.

Source: post_request in kong/llm/drivers/shared.lua (3.8): the prices are for a million tokens, and there is a cost only
where both are set and the answer names both numbers. Kong counts words where an answer names none; that is left out.
"""

from __future__ import annotations

from typing import Any

from aicfg.translate import cjson
from aicfg.translate.config import Config
from aicfg.tuples import NamedTuple

PRICED = 1_000_000
"""Tokens that a price is for."""


class Usage(NamedTuple):
    """Tokens as the client reads them; None for those that are not named. `cost` None: there is none to compute."""

    prompt_tokens: float | None
    completion_tokens: float | None
    total_tokens: float | None
    cost: float | None


def usage(body: bytes, config: Config) -> Usage | None:
    """The usage in an answer as the client gets it; None where there is none."""
    try:
        answer = cjson.read(body)
    except (cjson.NotJson, cjson.TooDeep):
        return None
    named = answer.get("usage") if isinstance(answer, dict) else None
    if not isinstance(named, dict):
        return None
    prompt, completion, total = (_number(named.get(f"{part}_tokens")) for part in ("prompt", "completion", "total"))
    return Usage(prompt, completion, total, _cost(prompt, completion, config))


def _cost(prompt: float | None, completion: float | None, config: Config) -> float | None:
    input_cost, output_cost = (_number(config.model.option(f"{part}_cost")) for part in ("input", "output"))
    if prompt is None or completion is None or input_cost is None or output_cost is None:
        return None
    return (prompt * input_cost + completion * output_cost) / PRICED


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
