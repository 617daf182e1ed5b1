"""P27x: what compares texts by meaning: the balancer's algorithm `semantic`, and plugins with an embedding model.

Sources beside Kong's schemas: the descriptions of the fields in its Admin API (3.14), and its changelog.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aicfg.kong.balancer import BALANCER, CATCHALL, CATCHALL_SINCE, PLUGIN, Balanced
from aicfg.kong.entities import Entities
from aicfg.kong.limits import LIMITER, limiter_config
from aicfg.kong.references import DeployText
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.patterns import later
from aicfg.source.changes import Proposal, put
from aicfg.words import both

if TYPE_CHECKING:
    from aicfg.catalog.versions import Gateway
    from aicfg.kong.entities import Plugin
    from aicfg.source import Path

_PARTS = ("embeddings", "vectordb")
_DATABASES = ("redis", "pgvector")
_CATCHALL = later(r"\W*catch(?:[_-]?all(?![a-z])|\s+all\W*$)", re.IGNORECASE)


@rule("P270", "semantic-without-vectors", "error")
def semantic_without_vectors(balanced: Balanced) -> Findings:
    """The algorithm `semantic` without an embedding model or without a vector database.

    Kong turns each prompt into a vector, and looks in the database for the target whose description is closest. It has
    nothing to do that with, and most likely refuses the plugin.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: semantic}
            embeddings: {provider: p, model: text-embedding-3-small}
            targets:
              - {provider: p, model: gpt-4o, description: programming}
              - {provider: p, model: gpt-4o-mini, description: small talk}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: semantic}
            embeddings: {provider: p, model: text-embedding-3-small}
            vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
            targets:
              - {provider: p, model: gpt-4o, description: programming}
              - {provider: p, model: gpt-4o-mini, description: small talk}
    """
    missing = [name for name in _PARTS if balanced.part(name) is None]
    if balanced.algorithm != "semantic" or not missing or balanced.has_partials:
        return
    names = both([f"`{name}`" for name in missing])
    message = f"the algorithm semantic compares prompts with descriptions, and there is no {names} to do it with"
    places: tuple[Path, ...] = tuple(("config", name) for name in missing)
    yield Finding((*BALANCER, "algorithm"), message, f"add {names}, or use another algorithm", explains=places)


@rule("P271", "missing-description", "error")
def missing_description(balanced: Balanced) -> Findings:
    """A target without a `description`, where the balancer goes by descriptions.

    No prompt is ever close to it, and Kong most likely refuses the plugin.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: semantic}
            embeddings: {provider: p, model: text-embedding-3-small}
            vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
            targets:
              - {provider: p, model: gpt-4o, description: programming}
              - {provider: p, model: gpt-4o-mini}
    Use instead:
        version: 1
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
    if balanced.algorithm != "semantic" or balanced.has_partials:
        return
    hint = "say in `description` what the model is good at"
    if balanced.gateway.version >= CATCHALL_SINCE:
        hint += f", or write {CATCHALL} to give it what fits no other"
    for llm in balanced.targets:
        if llm.record.get("description") in (None, ""):
            message, place = "the balancer goes by descriptions, and this target has none", llm.at("description")
            yield Finding(place if "description" in llm.record else llm.at(), message, hint, explains=(place,))


@rule("P272", "almost-catchall", "warning")
def almost_catchall(balanced: Balanced) -> Findings:
    """A description that looks like CATCHALL, and is not quite that.

    Only the word by itself, in capitals, gives a target what fits no other. Kong compares anything else with prompts.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: semantic}
            embeddings: {provider: p, model: text-embedding-3-small}
            vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
            targets:
              - {provider: p, model: gpt-4o, description: programming}
              - {provider: p, model: gpt-4o-mini, description: "CATCHALL: everything else"}
    Use instead:
        version: 1
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
    if balanced.algorithm != "semantic" or balanced.gateway.version < CATCHALL_SINCE:
        return
    for llm in balanced.targets:
        text = llm.record.get("description")
        if not isinstance(text, str) or isinstance(text, DeployText) or text == CATCHALL:
            continue
        if _CATCHALL.match(text):
            message = f"only {CATCHALL} by itself takes what fits no other target"
            path = llm.at("description")
            fix = Proposal(f"write {CATCHALL}", (put(path, CATCHALL),), safe=False)
            yield Finding(path, message, f"write `description: {CATCHALL}`", fix=fix)


@rule("P273", "unused-vectors", "warning")
def unused_vectors(balanced: Balanced) -> Findings:
    """An ai-proxy-advanced with `embeddings` or a `vectordb`, and an algorithm that uses neither.

    The balancer compares texts only with the algorithm `semantic`; the default is round-robin.

    Example:
        name: ai-proxy-advanced
        config:
          embeddings:
            auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
            model: {provider: openai, name: text-embedding-3-small}
          vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
          targets:
            - route_type: llm/v1/chat
              description: programming
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o}
    Use instead:
        name: ai-proxy-advanced
        config:
          balancer: {algorithm: semantic}
          embeddings:
            auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
            model: {provider: openai, name: text-embedding-3-small}
          vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
          targets:
            - route_type: llm/v1/chat
              description: programming
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o}
    """
    there = [name for name in _PARTS if balanced.part(name) is not None]
    if balanced.algorithm in (None, "semantic") or not there:
        return
    names = both([f"`{name}`" for name in there])
    message = f"the algorithm {balanced.algorithm} does not use {names}"
    hint = f"write `balancer: {{algorithm: semantic}}`, or remove {names}"
    yield Finding(("config", there[0]), message, hint, at_key=True)


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
