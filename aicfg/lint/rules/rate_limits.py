"""P28x: limits of ai-rate-limiting-advanced.

Sources beside Kong's schemas: its documentation of the plugin (gateway 3.15), and the descriptions of the fields in its
Admin API (3.14).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aicfg.kong.entities import Entities
from aicfg.kong.limits import (
    FIELDS,
    FUNCTIONS,
    LIMITER,
    LISTS_SINCE,
    POLICIES_SINCE,
    limiter_config,
    policies,
    provider_limits,
)
from aicfg.kong.llm import LLM_PLUGINS, llms
from aicfg.kong.references import DeployText
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.where import with_plugin
from aicfg.source.changes import Proposal, Remove, Rename, put
from aicfg.words import both

if TYPE_CHECKING:
    from aicfg.catalog.versions import Gateway
    from aicfg.kong.scopes import Meeting
    from aicfg.source import Path


@rule("P280", "limit-without-provider", "error", where=with_plugin(LIMITER))
def limit_without_provider(entities: Entities) -> Findings:
    """`limit` and `window_size` at the top of the config, as rate-limiting-advanced has them.

    ai-rate-limiting-advanced counts by provider: each has its own limits.

    Example:
        name: ai-rate-limiting-advanced
        config: {limit: [1000], window_size: [60]}
    Use instead:
        name: ai-rate-limiting-advanced
        config: {llm_providers: [{name: openai, limit: [1000], window_size: [60]}]}
    """
    from aicfg.kong.scopes import meetings  # few files limit anything

    for limiter in meetings(entities, LIMITER):
        config = limiter_config(limiter.plugin)
        there = [name for name in FIELDS if name in config]
        if there:
            message = f"{LIMITER} limits each provider, and has no {both([f'`{name}`' for name in there])} here"
            hint = f"write `llm_providers: [{_entry(limiter, entities.gateway)}]`"
            elsewhere = next((name for name in ("llm_providers", "policies") if config.get(name)), None)
            if elsewhere is not None:
                hint = f"remove it: the limits stand in `{elsewhere}`"
            said = (("config", there[-1]), ("config", "llm_providers"))
            fix = _listed(limiter, entities.gateway, there) if elsewhere is None else None
            yield Finding(
                ("config", there[0]), message, hint, at_key=True, about=limiter.plugin, explains=said, fix=fix
            )


def _listed(limiter: Meeting, gateway: Gateway, there: list[str]) -> Proposal | None:
    """The limit as that of the provider that is called, where it is only one."""
    used, config = _used(limiter, gateway), limiter_config(limiter.plugin)
    if len(there) != len(FIELDS) or len(used) != 1 or None in used:
        return None
    entry: dict[str, Any] = {"name": next(iter(used))}
    for field in FIELDS:
        value = config[field]
        items = value if isinstance(value, list) else [value]
        if not items or not all(isinstance(item, int) for item in items):
            return None
        entry[field] = items if gateway.version >= LISTS_SINCE else items[0]
    path: Path = ("config", there[0])
    changes = (put(path, [entry]), Rename(path, "llm_providers"), Remove(("config", there[1])))
    return Proposal(f"write it as the limit of {entry['name']}", changes, safe=False)


def _entry(limiter: Meeting, gateway: Gateway) -> str:
    """How the limit of a provider is written, with the numbers of the config."""
    config = limiter_config(limiter.plugin)
    used = sorted(name for name in _used(limiter, gateway) if name)
    values = {"name": used[0] if used else "openai"}
    for field, example in zip(FIELDS, (1000, 60), strict=True):
        value = config.get(field)
        items = value if isinstance(value, list) else [value]
        numbers = [item for item in items if isinstance(item, int | float) and not isinstance(item, bool)] or [example]
        values[field] = str(numbers if gateway.version >= LISTS_SINCE else numbers[0])
    return "{" + ", ".join(f"{key}: {value}" for key, value in values.items()) + "}"


@rule("P281", "unmatched-windows", "error", where=with_plugin(LIMITER))
def unmatched_windows(entities: Entities) -> Findings:
    """A provider with more limits than windows, or fewer.

    The first limit holds in the first window, the second one in the second, and so on: Kong wants as many of both.

    Example:
        name: ai-rate-limiting-advanced
        config: {llm_providers: [{name: openai, limit: [100, 1000], window_size: [60]}]}
    Use instead:
        name: ai-rate-limiting-advanced
        config: {llm_providers: [{name: openai, limit: [100, 1000], window_size: [60, 3600]}]}
    """
    for plugin in entities.all_plugins():
        for path, entry in provider_limits(plugin) if entities.gateway.version >= LISTS_SINCE else ():
            limits, windows = entry.get("limit"), entry.get("window_size")
            if isinstance(limits, list) and isinstance(windows, list) and len(limits) != len(windows):
                message = f"the numbers of limits ({len(limits)}) and of windows ({len(windows)}) differ"
                yield Finding((*path, "window_size"), message, "write one window size for each limit", about=plugin)


@rule("P282", "conflicting-limits-forms", "error", where=with_plugin(LIMITER))
def conflicting_forms(entities: Entities) -> Findings:
    """Limits in two forms of which Kong takes one: `llm_providers` or `policies`, a policy's `id` or its `limits`.

    The two forms would say twice, and differently, what the limits are.

    Example:
        name: ai-rate-limiting-advanced
        config:
          llm_providers: [{name: openai, limit: [100], window_size: [60]}]
          policies: [{limits: [{limit: 1000, window_size: 3600}]}]
    Use instead:
        name: ai-rate-limiting-advanced
        config:
          policies:
            - match: [{type: provider, values: [openai]}]
              limits: [{limit: 100, window_size: 60}, {limit: 1000, window_size: 3600}]
    """
    for plugin in entities.all_plugins():
        config = limiter_config(plugin)
        if entities.gateway.version < POLICIES_SINCE or not config.get("policies"):
            continue
        if config.get("llm_providers"):
            message = "`policies` and `llm_providers` exclude each other"
            hint = "make each provider a policy: `match: [{type: provider, values: [openai]}]`"
            yield Finding(("config", "llm_providers"), message, hint, at_key=True, about=plugin)
        for path, policy in policies(plugin):
            if policy.get("id") and policy.get("limits"):
                message = "a policy has the `id` of a stored one or `limits` of its own, not both"
                yield Finding((*path, "id"), message, "remove one", at_key=True, about=plugin)


@rule("P283", "no-limits", "warning", where=with_plugin(LIMITER))
def no_limits(entities: Entities) -> Findings:
    """A plugin for limits without any.

    From 3.14 on Kong demands neither `llm_providers` nor `policies`.

    Example:
        name: ai-rate-limiting-advanced
        config: {strategy: local}
    Use instead:
        name: ai-rate-limiting-advanced
        config:
          strategy: local
          policies: [{limits: [{limit: 1000, window_size: 60}]}]
    """
    for plugin in entities.all_plugins():
        config = limiter_config(plugin)
        if plugin.name != LIMITER or entities.gateway.version < POLICIES_SINCE:
            continue
        if not any(config.get(name) for name in ("llm_providers", "policies")) and not set(FIELDS) & set(config):
            hint = "add `policies`, or `llm_providers` with the limits of each provider"
            if plugin.shorthand:
                hint = "add `limit` and `window_size`, or `providers` with the limits of each"
            yield Finding(("config",), "there are no limits here", hint, about=plugin)


@rule("P284", "limit-of-unused-provider", "warning", where=with_plugin(LIMITER))
def limit_of_unused_provider(entities: Entities) -> Findings:
    """A limit for a provider that no LLM behind the route or the service has.

    Kong counts by the provider that served a request, under Kong's own name for it: `gemini` for Vertex AI, `llama2`
    for Llama 3. So the limit is never reached, and the provider that is used may have none.

    Example:
        name: chat
        paths: [/chat]
        protocols: [https]
        plugins:
          - name: ai-proxy
            config:
              route_type: llm/v1/chat
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o}
          - name: ai-rate-limiting-advanced
            config: {llm_providers: [{name: azure, limit: [1000], window_size: [60]}]}
    Use instead:
        name: chat
        paths: [/chat]
        protocols: [https]
        plugins:
          - name: ai-proxy
            config:
              route_type: llm/v1/chat
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o}
          - name: ai-rate-limiting-advanced
            config: {llm_providers: [{name: openai, limit: [1000], window_size: [60]}]}
    """
    from aicfg.kong.scopes import meetings  # few files limit anything

    for limiter in meetings(entities, LIMITER):
        used = _used(limiter, entities.gateway)
        names = sorted(name for name in used if name)
        if not limiter.confined or not names or None in used:
            continue
        for path, entry in provider_limits(limiter.plugin):
            name, path = entry.get("name"), (*path, "name")
            counted = not isinstance(name, str) or isinstance(name, DeployText) or name in FUNCTIONS
            general = limiter.plugin.origin.find(path).path[:1] in (("defaults",), ("providers",))
            if not counted and not general and name not in names:
                message = f"no LLM here has the provider {name}, so the limit is never reached"
                yield Finding(path, message, f"what is used here is {both(names)}", about=limiter.plugin)


@rule("P286", "missing-count-function", "warning", where=with_plugin(LIMITER))
def missing_count_function(entities: Entities) -> Findings:
    """A limit that a function of your own counts for, and no function.

    `requestPrompt` and `customCost` are no providers: Kong calls the function to know what a request counts.

    Example:
        name: ai-rate-limiting-advanced
        config: {llm_providers: [{name: requestPrompt, limit: [1000], window_size: [60]}]}
    Use instead:
        name: ai-rate-limiting-advanced
        config:
          llm_providers: [{name: requestPrompt, limit: [1000], window_size: [60]}]
          request_prompt_count_function: return tonumber(kong.request.get_header("x-prompt-count")) or 0
    """
    for plugin in entities.all_plugins():
        for path, entry in provider_limits(plugin):
            name = entry.get("name")
            function = FUNCTIONS.get(name) if isinstance(name, str) else None
            if function and limiter_config(plugin).get(function) is None:
                message = f"{name} counts by `{function}`, and there is none"
                yield Finding((*path, "name"), message, f"add `{function}`, or name a provider", about=plugin)


@rule("P287", "unused-redis", "info", where=with_plugin(LIMITER))
def unused_redis(entities: Entities) -> Findings:
    """A Redis for the counters, which are kept in the gateway's memory all the same.

    `strategy` is local by default: each node of the gateway counts for itself.

    Example:
        name: ai-rate-limiting-advanced
        config:
          llm_providers: [{name: openai, limit: [1000], window_size: [60]}]
          redis: {host: redis.internal}
    Use instead:
        name: ai-rate-limiting-advanced
        config:
          llm_providers: [{name: openai, limit: [1000], window_size: [60]}]
          strategy: redis
          sync_rate: 0
          redis: {host: redis.internal}
    """
    for plugin in entities.all_plugins():
        config = limiter_config(plugin)
        if plugin.name == LIMITER and config.get("redis") and config.get("strategy", "local") == "local":
            hint = "write `strategy: redis`, or remove `redis`"
            message = "with the strategy local, nothing is kept in this Redis"
            yield Finding(("config", "redis"), message, hint, at_key=True, about=plugin)


def _used(limiter: Meeting, gateway: Gateway) -> set[str | None]:
    """The providers that are called for the requests of a limiter, as Kong calls them; None: there may be others."""
    found: set[str | None] = set()
    for plugin in limiter.others:
        config = plugin.config if isinstance(plugin.config, Mapping) else {}
        records = [llm.record for llm in llms(plugin, gateway)]
        if plugin.name in LLM_PLUGINS and (plugin.fields.get("partials") or not records):
            found.add(None)
        embeddings = config.get("embeddings")
        records += [embeddings] if isinstance(embeddings, Mapping) else []
        for record in records:
            model = record.get("model")
            name = model.get("provider") if isinstance(model, Mapping) else None
            found.add(name if isinstance(name, str) and not isinstance(name, DeployText) else None)
    return found
