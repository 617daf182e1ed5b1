"""P274, P275: embedding models and vector databases, whichever plugin has them.

Sources beside Kong's schemas: the descriptions of the fields in its Admin API (3.14), and its changelog.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aicfg.kong.balancer import PLUGIN
from aicfg.kong.entities import Entities
from aicfg.kong.limits import LIMITER, limiter_config
from aicfg.kong.references import DeployText
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.patterns import later

if TYPE_CHECKING:
    from aicfg.catalog.versions import Gateway
    from aicfg.kong.entities import Plugin
    from aicfg.source import Path

_DATABASES = ("redis", "pgvector")
_CATCHALL = later(r"\W*catch(?:[_-]?all(?![a-z])|\s+all\W*$)", re.IGNORECASE)


@rule("P274", "embeddings-without-credentials", "error")
def embeddings_without_credentials(entities: Entities) -> Findings:
    """An embedding model of a service that wants credentials, and none are given.

    Kong itself calls it, so there is no client whose key it could pass on: the service answers 401.

    Example:
        name: ai-semantic-prompt-guard
        config:
          rules: {deny_prompts: [anything about our competitors]}
          embeddings: {model: {provider: openai, name: text-embedding-3-small}}
          vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.5, redis: {host: r}}
    Use instead:
        name: ai-semantic-prompt-guard
        config:
          rules: {deny_prompts: [anything about our competitors]}
          embeddings:
            auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
            model: {provider: openai, name: text-embedding-3-small}
          vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.5, redis: {host: r}}
    """
    for plugin, embeddings in _parts(entities, "embeddings"):
        title = _wants_credentials(embeddings)
        path: Path = ("config", "embeddings", "auth")
        if title is not None and not _said_of_llm(entities, plugin, path):
            hint = (
                "give the provider an `api_key`" if plugin.hostings or plugin.shorthand else "add `auth` with the key"
            )
            yield Finding(path, f"{title} wants credentials for embeddings, and there are none", hint, about=plugin)


def _wants_credentials(embeddings: Mapping[str, Any]) -> str | None:
    """The title of the service that has to be told who calls, and is not; None where all is well."""
    from aicfg.kong.llm import known_provider  # most files have no embeddings

    model, auth = embeddings.get("model"), embeddings.get("auth", {})
    if not isinstance(model, Mapping) or not isinstance(auth, Mapping) or any(auth.values()):
        return None
    name, options = model.get("provider"), model.get("options", {})
    known = known_provider(name) if isinstance(name, str) else None
    hosting = known.hostings.get(known.default_hosting or "") if known else None
    elsewhere = not isinstance(options, Mapping) or options.get("upstream_url") or options.get("gemini")
    if hosting is None or hosting.credentials != "required" or hosting.auth.style == "cloud" or elsewhere:
        return None
    return hosting.title


def _said_of_llm(entities: Entities, plugin: Plugin, path: Path) -> bool:
    """Whether an LLM of the manifest has its credentials from the same place: it lacks them, too, and P230 says so."""
    from aicfg.kong.llm import llms

    place = plugin.origin.find(path)
    records = (llm for other in entities.all_plugins() for llm in llms(other, entities.gateway) if llm.from_manifest)
    others = (llm.origin.find(llm.at("auth")) for llm in records)
    return any(other.path == place.path and other.document is place.document for other in others)


@rule("P275", "database-without-address", "warning")
def database_without_address(entities: Entities) -> Findings:
    """A strategy that names a database, and nothing that says where it is.

    Kong then looks for it on the gateway's own machine, which in a container is the container itself.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            rate_limit: {limit: 1000, window_size: 60, strategy: redis, sync_rate: 0}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            rate_limit: {limit: 1000, window_size: 60, strategy: redis, sync_rate: 0, redis: {host: redis.internal}}
    """
    for plugin, vectordb in _parts(entities, "vectordb"):
        yield from _without_address(plugin, entities.gateway, vectordb, ("config", "vectordb"))
    for plugin in entities.all_plugins():
        if plugin.name != LIMITER:
            continue
        config = limiter_config(plugin)
        if config.get("strategy") == "redis" and not plugin.fields.get("partials"):
            yield from _without_address(plugin, entities.gateway, config, ("config",))


def _without_address(plugin: Plugin, gateway: Gateway, record: Mapping[str, Any], path: Path) -> Findings:
    strategy = record.get("strategy")
    if strategy not in _DATABASES or isinstance(strategy, DeployText) or record.get(strategy):
        return
    other = next((name for name in _DATABASES if record.get(name)), None)
    if other is not None:
        message = f"the strategy is {strategy}, but what is described is `{other}`"
    else:
        message = f"the strategy is {strategy}, and nothing says where that is"
        host = _default_host(plugin, gateway, (*path[1:], strategy, "host"))
        message += f": Kong looks for it at {host}, its own machine" if host else ""
    needed = ((*path, strategy),)
    yield Finding((*path, "strategy"), message, f"add `{strategy}` with its `host`", about=plugin, explains=needed)


def _default_host(plugin: Plugin, gateway: Gateway, path: tuple[str | int, ...]) -> Any:
    from aicfg.catalog.plugins import plugin_schema

    field = plugin_schema(plugin.name, gateway).config
    for part in path:
        found = field.fields.get(str(part))
        if found is None:
            return None
        field = found
    return field.default


def _parts(entities: Entities, name: str) -> Iterator[tuple[Plugin, Mapping[str, Any]]]:
    """The embeddings or the vectordb of each plugin that uses them, unless a partial may say more."""
    from aicfg.catalog.plugins import plugin_names

    for plugin in entities.all_plugins():
        if not isinstance(plugin.config, dict) or name not in plugin.config:  # most have none
            continue
        part, balancer = plugin.config[name], plugin.config.get("balancer")
        if not isinstance(part, Mapping) or plugin.name not in plugin_names() or plugin.fields.get("partials"):
            continue
        if plugin.name != PLUGIN or (isinstance(balancer, Mapping) and balancer.get("algorithm") == "semantic"):
            yield plugin, part
