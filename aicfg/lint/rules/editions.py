"""V12x: plugins of Kong Enterprise, and what a version of a plugin makes of the same fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aicfg.catalog.versions import version_text
from aicfg.kong.balancer import (
    CATCHALL,
    CATCHALL_SINCE,
    MIXED_FORMATS_SINCE,
    PLUGIN,
    SHARED_DESCRIPTIONS_SINCE,
    Balanced,
)
from aicfg.kong.entities import Entities
from aicfg.kong.limits import FIELDS, LIMITER, LISTS_SINCE, provider_limits
from aicfg.kong.references import DeployText
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.where import with_plugin
from aicfg.proposals import listed, unlisted
from aicfg.words import shown

if TYPE_CHECKING:
    from aicfg.kong.entities import Plugin
    from aicfg.kong.llm import Llm
    from aicfg.source import Path

_OPEN_SOURCE_INSTEAD = {
    "ai-semantic-prompt-guard": "ai-prompt-guard, which every edition has, goes by patterns instead of meaning",
}


@rule("V120", "enterprise-plugin", "error")
def enterprise_plugin(entities: Entities) -> Findings:
    """A plugin that only Kong Enterprise has, for an open-source gateway.

    Such a gateway refuses the plugin. Of the plugins for AI it has ai-proxy, ai-prompt-guard, ai-prompt-decorator,
    ai-prompt-template and the two transformers.

    Example:
        version: 1
        gateway: {version: "3.9", edition: oss}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {targets: [{provider: p, model: gpt-4o}]}
    Use instead:
        version: 1
        gateway: {version: "3.9", edition: oss}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    if entities.gateway.edition != "oss":
        return
    from aicfg.catalog.plugins import known_schema

    version = version_text(entities.gateway.version)
    for plugin in entities.all_plugins():
        schema = known_schema(plugin.name, entities.gateway)
        if schema is not None and schema.enterprise_only:
            message = f"{plugin.name} is part of Kong Enterprise; the target is the open-source edition, {version}"
            path: Path = ("name",)
            if plugin.hostings and plugin.name == PLUGIN:
                path = ("config", "targets")
            elif plugin.shorthand:
                path = ()
            yield Finding(
                path, message, _instead(plugin), at_key=path != ("name",), about=plugin, explains=(("config",),)
            )


def _instead(plugin: Plugin) -> str:
    enterprise = "lint with --edition enterprise" if plugin.origin.verbatim else "say `edition: enterprise`"
    if plugin.name in _OPEN_SOURCE_INSTEAD:
        return f"{_OPEN_SOURCE_INSTEAD[plugin.name]}; or {enterprise}"
    if plugin.name != PLUGIN:
        return f"remove it, or {enterprise}"
    targets = plugin.config.get("targets") if isinstance(plugin.config, Mapping) else None
    if isinstance(targets, list) and len(targets) > 1:
        return f"make a route of each target, which ai-proxy can serve, or {enterprise}"
    if plugin.hostings and plugin.origin.find(("config", "targets")).path[-1:] != ("targets",):
        return f"remove what only this plugin has, such as `balancer`: then ai-proxy serves the route; or {enterprise}"
    if plugin.hostings:
        return f"write `provider` and `model` into the route: ai-proxy serves one without targets; or {enterprise}"
    return f"use ai-proxy: its config is what stands under the target; or {enterprise}"


@rule("V121", "mixed-formats", "warning")
def mixed_formats(balanced: Balanced) -> Findings:
    """Targets whose APIs have different formats, for a gateway that cannot fail over between them.

    Before 3.10, Kong tries another target only where it speaks the same format as the first one, and most likely
    refuses the plugin otherwise.

    Example:
        version: 1
        gateway: {version: "3.9"}
        providers:
          a: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
          b: {type: cohere, api_key: "${env:COHERE_API_KEY}"}
        routes:
          chat: {targets: [{provider: a, model: gpt-4o}, {provider: b, model: command-r}]}
    Use instead:
        version: 1
        gateway: {version: "3.10"}
        providers:
          a: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
          b: {type: cohere, api_key: "${env:COHERE_API_KEY}"}
        routes:
          chat: {targets: [{provider: a, model: gpt-4o}, {provider: b, model: command-r}]}
    """
    if balanced.gateway.version >= MIXED_FORMATS_SINCE or balanced.setting("retries") == 0 or not balanced.targets:
        return
    seen = [wanted := _api(balanced.targets[0])]
    for llm in balanced.targets[1:]:
        spoken = _api(llm)
        if None not in (wanted, spoken) and spoken not in seen:
            seen.append(spoken)
            message = f"this target speaks {spoken}, the first one {wanted}: Kong fails over between formats since 3.10"
            path = llm.at("model", "provider")
            hint = "raise the gateway version, or take targets of one format"
            yield Finding(llm.path if llm.from_manifest else path, message, hint, explains=(path,))


def _api(llm: Llm) -> str | None:
    """The format of a target's API. Azure serves OpenAI's."""
    return "openai" if llm.format == "azure" else llm.format


@rule("V122", "catchall-too-new", "warning")
def catchall_too_new(balanced: Balanced) -> Findings:
    """A target described as CATCHALL, for a gateway to which this is a description like any other.

    From 3.10 on such a target gets what fits no other.

    Example:
        version: 1
        gateway: {version: "3.9"}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: semantic}
            embeddings: {provider: p, model: text-embedding-3-small}
            vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
            targets:
              - {provider: p, model: gpt-4o, description: programming}
              - {provider: p, model: gpt-4o-mini, description: CATCHALL}
    Use instead:
        version: 1
        gateway: {version: "3.10"}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: semantic}
            embeddings: {provider: p, model: text-embedding-3-small}
            vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
            targets:
              - {provider: p, model: gpt-4o, description: programming}
              - {provider: p, model: gpt-4o-mini, description: CATCHALL}
    """
    if balanced.algorithm == "semantic" and balanced.gateway.version < CATCHALL_SINCE:
        for llm in balanced.targets:
            if llm.record.get("description") == CATCHALL:
                message = f"before 3.10, {CATCHALL} is a description like any other: no prompt is close to it"
                hint = "raise the gateway version, or describe what the model is good at"
                yield Finding(llm.at("description"), message, hint)


@rule("V123", "shared-description", "warning")
def shared_description(balanced: Balanced) -> Findings:
    """Two targets with the same description, for a gateway that expects one target for each.

    From 3.13 on such targets stand in for each other.

    Example:
        version: 1
        gateway: {version: "3.12"}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: semantic}
            embeddings: {provider: p, model: text-embedding-3-small}
            vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
            targets:
              - {provider: p, model: gpt-4o, description: programming}
              - {provider: p, model: gpt-4o-mini, description: programming}
    Use instead:
        version: 1
        gateway: {version: "3.12"}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: semantic}
            embeddings: {provider: p, model: text-embedding-3-small}
            vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
            targets:
              - {provider: p, model: gpt-4o, description: difficult questions about programming}
              - {provider: p, model: gpt-4o-mini, description: simple questions about programming}
    """
    if balanced.algorithm != "semantic" or balanced.gateway.version >= SHARED_DESCRIPTIONS_SINCE:
        return
    seen: dict[str, str | int] = {}
    for llm in balanced.targets:
        text, number = llm.record.get("description"), llm.path[-1]
        told = text == CATCHALL and balanced.gateway.version < CATCHALL_SINCE  # by V122
        if not isinstance(text, str) or not text or told or seen.setdefault(text, number) == number:
            continue
        message = f"targets[{seen[text]}] has this description, too: such targets stand in for each other since 3.13"
        yield Finding(llm.at("description"), message, "raise the gateway version, or describe what sets them apart")


@rule("V124", "limit-form", "error", where=with_plugin(LIMITER))
def limit_form(entities: Entities) -> Findings:
    """A limit or a window in the form of another version.

    Up to 3.9 ai-rate-limiting-advanced takes one number for each provider, from 3.10 on a list of them.

    Example:
        name: ai-rate-limiting-advanced
        config: {llm_providers: [{name: openai, limit: 1000, window_size: 60}]}
    Use instead:
        name: ai-rate-limiting-advanced
        config: {llm_providers: [{name: openai, limit: [1000], window_size: [60]}]}
    """
    lists = entities.gateway.version >= LISTS_SINCE
    for plugin, path, value in _limits(entities):
        if isinstance(value, list) and not lists:
            single = len(value) == 1 and not isinstance(value[0], dict | list)
            hint = f"write {shown(value[0])}" if single else "write one number, or raise the gateway version"
            message = f"`{path[-1]}` is a list since 3.10, and one number before"
            yield Finding(path, message, hint, about=plugin, fix=unlisted(path, value) if single else None)
        elif lists and isinstance(value, int | float) and not isinstance(value, bool):
            message = f"`{path[-1]}` is a list since 3.10: the limits of one provider, each in its window"
            yield Finding(path, message, f"write [{value}]", about=plugin, fix=listed(path, value))


def _limits(entities: Entities) -> Iterator[tuple[Plugin, Path, Any]]:
    """The limits and windows of providers, with their paths."""
    for plugin in entities.all_plugins():
        for path, entry in provider_limits(plugin):
            for field in FIELDS:
                if not isinstance(entry.get(field), DeployText):
                    yield plugin, (*path, field), entry.get(field)
