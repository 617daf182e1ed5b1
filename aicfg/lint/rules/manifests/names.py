"""M2xx: names in a manifest that lead nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from aicfg.kong.references import VAULT_BACKENDS, vault_prefix
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.references import (
    Reference,
    limited_providers,
    provider_references,
    redis_references,
    scope_references,
)
from aicfg.lint.registry import rule
from aicfg.proposals import respelt_value
from aicfg.source import Path, format_path
from aicfg.words import did_you_mean

if TYPE_CHECKING:
    from aicfg.manifest.model import Manifest


@rule("M201", "undefined-provider", "error")
def undefined_provider(manifest: Manifest) -> Findings:
    """A route, or a part of it, names a provider that the manifest does not have.

    There is nothing to compile the route from: neither the API of the model nor the key for it.

    Example:
        version: 1
        providers:
          openai-main: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: openai, model: gpt-4o}
          mini: {provider: openai-main, model: gpt-4o-mini}
    Use instead:
        version: 1
        providers:
          openai-main: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: openai-main, model: gpt-4o}
          mini: {provider: openai-main, model: gpt-4o-mini}
    """
    from aicfg.kong.lower.limits import names_in_kong

    for path, name in provider_references(manifest):
        if name not in manifest.providers and not _is_broken(manifest, "providers", name):
            hint = did_you_mean(name, manifest.providers) or "define it under `providers`"
            fix = respelt_value(path, name, manifest.providers)
            user = f'the route "{path[1]}"' if path[0] == "routes" else "`defaults`"
            yield Finding(path, f'{user} uses the provider "{name}", which the manifest does not have', hint, fix=fix)
    for path, name in limited_providers(manifest):
        if _is_broken(manifest, "providers", name):
            continue
        if name not in manifest.providers and name not in (kong_names := names_in_kong()):
            hint = did_you_mean(name, (*manifest.providers, *kong_names)) or "define it under `providers`"
            message = f'"{name}" is neither a provider of this manifest nor a name that Kong limits by'
            yield Finding(path, message, hint, at_key=True)


def _is_broken(manifest: Manifest, section: str, name: str) -> bool:
    """Whether an entry is there, but has the wrong shape: then that is the finding."""
    return not manifest.broken.isdisjoint({(section,), (section, name)})


@rule("M209", "undefined-redis", "error")
def undefined_redis(manifest: Manifest) -> Findings:
    """A `redis:` names a connection that the manifest does not have.

    Connections that several plugins share stand under the manifest's `redis`; one of its own can stand in its place.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        redis:
          main: {host: redis.internal, port: 6379}
        routes:
          chat:
            provider: p
            model: gpt-4o
            rate_limit: {limit: 1000, window_size: 60, strategy: redis, sync_rate: 1, redis: mian}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        redis:
          main: {host: redis.internal, port: 6379}
        routes:
          chat:
            provider: p
            model: gpt-4o
            rate_limit: {limit: 1000, window_size: 60, strategy: redis, sync_rate: 1, redis: main}
    """
    yield from _undefined(manifest, redis_references(manifest), manifest.section("redis"), "Redis connection", "redis")


@rule("M210", "undefined-service", "error")
def undefined_service(manifest: Manifest) -> Findings:
    """A route names a service that the manifest does not have.

    Each route belongs to one service: the one that it names, or the default one.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        services:
          slow: {url: "http://localhost:32000", read_timeout: 300000}
        routes:
          chat: {provider: p, model: gpt-4o, service: slwo}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        services:
          slow: {url: "http://localhost:32000", read_timeout: 300000}
        routes:
          chat: {provider: p, model: gpt-4o, service: slow}
    """
    yield from _undefined(manifest, _service_references(manifest), manifest.section("services"), "service", "services")


def _service_references(manifest: Manifest) -> Iterator[Reference]:
    for path in (("defaults",), *(route.path for route in manifest.routes.values())):
        name = manifest.said((*path, "service"))
        if isinstance(name, str):
            yield (*path, "service"), name


@rule("M211", "undefined-scope", "error")
def undefined_scope(manifest: Manifest) -> Findings:
    """A plugin is limited to a service, route, consumer or consumer group that the manifest does not have.

    decK stops at such a reference. A consumer that exists elsewhere already can be declared without keys.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
        plugins:
          - {name: rate-limiting, consumer: mobile-app, config: {minute: 60, policy: local}}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        consumers:
          mobile-app: {keyauth_credentials: [{key: "${env:MOBILE_APP_KEY}"}]}
        routes:
          chat: {provider: p, model: gpt-4o}
        plugins:
          - {name: rate-limiting, consumer: mobile-app, config: {minute: 60, policy: local}}
    """
    from aicfg.kong.lower.callers import consumer_groups

    names: dict[str, Collection[str]] = {
        "service": [*manifest.section("services"), *(name for name, _ in _services(manifest))],
        "route": manifest.routes,
        "consumer": [*manifest.section("consumers"), *(name for name, _ in _consumers(manifest))],
        "consumer_group": [group.name for group in consumer_groups(manifest)],
    }
    for kind, known in names.items():
        yield from _undefined(manifest, scope_references(manifest, kind), known, kind.replace("_", " "), f"{kind}s")


def _services(manifest: Manifest) -> Iterator[tuple[str, Path]]:
    """The names of the services in Kong, and where each stands."""
    from aicfg.kong.lower.services import service_of, services

    used = {service_of(manifest, route) for route in manifest.routes.values()}
    for _, service in services(manifest, used):
        yield service.name, service.origin.find(()).path


def _consumers(manifest: Manifest) -> Iterator[tuple[str, Path]]:
    """The names of the consumers in Kong, and where each stands."""
    from aicfg.kong.lower.callers import consumers

    for consumer in consumers(manifest):
        yield consumer.username, consumer.origin.find(()).path


def _undefined(
    manifest: Manifest, references: Iterator[Reference], known: Collection[str], noun: str, section: str
) -> Findings:
    """The references that lead nowhere."""
    for path, name in references:
        if name not in known and not _is_broken(manifest, section, name):
            hint = did_you_mean(name, known) or f"define it under `{section}`"
            fix = respelt_value(path, name, known)
            yield Finding(path, f'there is no {noun} "{name}" in this manifest', hint, fix=fix)


@rule("M231", "duplicate-name", "error")
def duplicate_name(manifest: Manifest) -> Findings:
    """Two services, or two consumers, have the same name in Kong.

    The keys of a manifest are names already; only where an entry gives itself another one can two be the same.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        services:
          slow: {name: ai, url: "http://localhost:32000", read_timeout: 300000}
          fast: {name: ai, url: "http://localhost:32000", read_timeout: 10000}
        routes:
          chat: {provider: p, model: gpt-4o, service: fast}
          reason: {provider: p, model: o3, service: slow}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        services:
          slow: {name: ai-slow, url: "http://localhost:32000", read_timeout: 300000}
          fast: {name: ai-fast, url: "http://localhost:32000", read_timeout: 10000}
        routes:
          chat: {provider: p, model: gpt-4o, service: fast}
          reason: {provider: p, model: o3, service: slow}
    """
    for names, noun, key in ((_services(manifest), "service", "name"), (_consumers(manifest), "consumer", "username")):
        seen: dict[str, Path] = {}
        for name, path in names:
            first = seen.setdefault(name, path)
            if first is not path:
                own = (*path, key)
                other = f"`{format_path(first)}`" if first else "the default service"
                message = f'{other} has the name "{name}" too: a {noun} cannot share its name'
                at = own if manifest.says(own) else path
                yield Finding(at, message, "give one of them another name", at_key=at is path)


@rule("M217", "undefined-vault", "warning")
def undefined_vault(manifest: Manifest) -> Findings:
    """A vault reference names a vault that is neither declared under `vaults` nor a backend of Kong's.

    Kong then keeps the text of the reference as the value. A manifest that declares no vaults is left alone: they may
    exist in the gateway.

    Example:
        version: 1
        vaults:
          my-env: {backend: env, config: {prefix: OPENAI_}}
        providers:
          p: {type: openai, auth: {header_name: Authorization, header_value: "{vault://my-evn/authorization}"}}
        routes:
          chat: {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        vaults:
          my-env: {backend: env, config: {prefix: OPENAI_}}
        providers:
          p: {type: openai, auth: {header_name: Authorization, header_value: "{vault://my-env/authorization}"}}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    known = manifest.section("vaults")
    for path, text in manifest.document.texts() if known else ():
        prefix = vault_prefix(text)
        if prefix is not None and prefix not in known and prefix not in VAULT_BACKENDS:
            hint = did_you_mean(prefix, (*known, *VAULT_BACKENDS)) or "declare it under `vaults`"
            yield Finding(path, f'there is no vault "{prefix}" in this manifest', hint)
