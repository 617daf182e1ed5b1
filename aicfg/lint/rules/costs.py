"""What goes by the money that a request costs: a balancer (P266, P267), and limits (P285).

Kong computes it from the tokens of a request and the prices in `model.options`. Source: its documentation of the
algorithm lowest-usage and of ai-rate-limiting-advanced (gateway 3.15).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from aicfg.kong.balancer import Balanced
from aicfg.kong.entities import Entities
from aicfg.kong.limits import LIMITER, limiter_config, policies
from aicfg.kong.llm import PROXIES, Llm, llms
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.where import with_option, with_plugin
from aicfg.words import both

if TYPE_CHECKING:
    from aicfg.kong.entities import Plugin
    from aicfg.source import Path

_LEAST = 0.001
"""Below this, nobody sells a million tokens."""


@rule("P266", "missing-costs", "warning")
def missing_costs(balanced: Balanced) -> Findings:
    """The balancer goes by cost, and a target has no `input_cost` or `output_cost`.

    Kong multiplies them with the tokens of each request. Each target needs both for a comparison.

    Example:
        version: 1
        defaults: {logging: {log_statistics: true}}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: lowest-usage, tokens_count_strategy: cost}
            targets:
              - {provider: p, model: gpt-4o, options: {input_cost: 2.5, output_cost: 10}}
              - {provider: p, model: gpt-4o-mini}
    Use instead:
        version: 1
        defaults: {logging: {log_statistics: true}}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: lowest-usage, tokens_count_strategy: cost}
            targets:
              - {provider: p, model: gpt-4o, options: {input_cost: 2.5, output_cost: 10}}
              - {provider: p, model: gpt-4o-mini, options: {input_cost: 0.15, output_cost: 0.6}}
    """
    for llm in balanced.targets if _goes_by_cost(balanced) else ():
        missing = llm.unpriced
        if missing:
            names = both([f"`{name}`" for name in missing])
            yield Finding(llm.path, f"the balancer goes by cost, and this target has no {names}", f"add {names}")


@rule("P267", "costs-not-counted", "warning")
def costs_not_counted(balanced: Balanced) -> Findings:
    """The balancer goes by cost, and a target does not log statistics, which are what costs are computed from.

    Without them the balancer has no costs to compare.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: lowest-usage, tokens_count_strategy: cost}
            targets:
              - {provider: p, model: gpt-4o, options: {input_cost: 2.5, output_cost: 10}}
              - {provider: p, model: gpt-4o-mini, options: {input_cost: 0.15, output_cost: 0.6}}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            logging: {log_statistics: true}
            balancer: {algorithm: lowest-usage, tokens_count_strategy: cost}
            targets:
              - {provider: p, model: gpt-4o, options: {input_cost: 2.5, output_cost: 10}}
              - {provider: p, model: gpt-4o-mini, options: {input_cost: 0.15, output_cost: 0.6}}
    """
    for llm in balanced.targets if _goes_by_cost(balanced) else ():
        logging = llm.record.get("logging", {})
        if isinstance(logging, Mapping) and logging.get("log_statistics", False) is False and not balanced.has_partials:
            path = llm.at("logging", "log_statistics") if "log_statistics" in logging else llm.path
            message = "the balancer goes by cost, which Kong counts only with `log_statistics`"
            yield Finding(path, message, "write `logging: {log_statistics: true}`")


def _goes_by_cost(balanced: Balanced) -> bool:
    return balanced.algorithm == "lowest-usage" and balanced.setting("tokens_count_strategy") == "cost"


@rule("P285", "cost-limit-without-costs", "warning", where=with_plugin(LIMITER))
def cost_limit_without_costs(entities: Entities) -> Findings:
    """A limit on costs, for an LLM whose `input_cost` or `output_cost` is not given.

    The limit is compared with the tokens of each request times these. Without them there is nothing to count.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            rate_limit: {limit: 100, window_size: 3600, tokens_count_strategy: cost}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            options: {input_cost: 2.5, output_cost: 10}
            rate_limit: {limit: 100, window_size: 3600, tokens_count_strategy: cost}
    """
    from aicfg.kong.scopes import meetings  # few files limit anything

    for limiter in meetings(entities, LIMITER):
        proxies = [other for other in limiter.others if other.name in PROXIES]
        for path in _cost_limits(limiter.plugin):
            unpriced = [llm for proxy in proxies for llm in llms(proxy, entities.gateway) if llm.unpriced]
            if unpriced:
                models = both(sorted({_name(llm.kong_provider, llm.model) for llm in unpriced})[:3])
                names = both([f"`{name}`" for name in unpriced[0].unpriced])
                hint = f"add {names} to the `options` of the model"
                yield Finding(
                    path, f"the limit goes by cost, and no {names} is given for {models}", hint, about=limiter.plugin
                )


def _name(provider: str | None, model: str | None) -> str:
    return model or f"the model of {provider or 'the proxy'}"


def _cost_limits(plugin: Plugin) -> Iterator[Path]:
    """Where a limiter's config says that it counts cost, unless it has a function of its own for that."""
    config = limiter_config(plugin)
    if config.get("custom_cost_count_function") is not None:
        return
    if config.get("tokens_count_strategy") == "cost":
        yield ("config", "tokens_count_strategy")
    for path, policy in policies(plugin):
        limits = policy.get("limits")
        for index, limit in enumerate(limits if isinstance(limits, list) else ()):
            if isinstance(limit, Mapping) and limit.get("tokens_count_strategy") == "cost":
                yield (*path, "limits", index, "tokens_count_strategy")


@rule("P292", "cost-per-token", "warning", where=with_option("input_cost", "output_cost"))
def cost_per_token(llm: Llm) -> Findings:
    """An `input_cost` or `output_cost` that is most likely the price of one token.

    Kong takes the price of a million tokens, so that what it counts and limits is a millionth of what is spent. Source:
    the descriptions of the fields in its Admin API (3.14).

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, options: {input_cost: 0.0000025, output_cost: 0.00001}}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, options: {input_cost: 2.5, output_cost: 10}}
    """
    for name in ("input_cost", "output_cost"):
        cost = llm.options.get(name)
        if isinstance(cost, int | float) and not isinstance(cost, bool) and 0 < cost < _LEAST:
            right = f"{cost * 1_000_000:.6g}"
            message = (
                f"{cost:.10f}".rstrip("0") + " is most likely the price of one token: Kong takes that of a million"
            )
            yield Finding(llm.at("model", "options", name), message, f"write `{name}: {right}`, if that is meant")
