"""V1xx: gateway versions and editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aicfg.catalog.formats import route_types
from aicfg.catalog.plugins import plugin_schema
from aicfg.catalog.versions import NEWEST, parse_version, version_text
from aicfg.errors import UsageError
from aicfg.kong.llm import Kind, Llm
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.where import with_option
from aicfg.source.changes import Proposal, Remove, Rename, put

if TYPE_CHECKING:
    from aicfg.manifest.model import Manifest


@rule("V101", "unknown-gateway-version", "error")
def unknown_gateway_version(manifest: Manifest) -> Findings:
    """A gateway version that aicfg has no facts about.

    The AI plugins came with 3.6. A patch version such as 3.10.0.2 is fine.

    Example:
        version: 1
        gateway: {version: "3.4"}
    Use instead:
        version: 1
        gateway: {version: "3.11"}
    """
    version = _named(manifest)
    if version is None:
        return
    try:
        parse_version(version)
    except UsageError as error:
        yield Finding(("gateway", "version"), error.message, error.hint)


@rule("V102", "no-open-source-release", "error")
def no_open_source_release(manifest: Manifest) -> Findings:
    """An open-source gateway of a version that was released as Enterprise only.

    Kong published no open-source release above 3.9.

    Example:
        version: 1
        gateway: {version: "3.11", edition: oss}
    Use instead:
        version: 1
        gateway: {version: "3.9", edition: oss}
    """
    version, edition = manifest.gateway
    if edition == "oss" and version[:2] > parse_version(NEWEST["oss"]):
        hint = f"use {NEWEST['oss']} or `edition: enterprise`"
        yield Finding(("gateway", "version"), f"there is no open-source release {version_text(version)}", hint)


def _named(manifest: Manifest) -> str | None:
    """The version that the manifest itself names, as it is written."""
    data = manifest.document.data
    said = data.get("gateway") if isinstance(data, dict) else None
    is_broken = ("gateway", "version") in manifest.broken
    if is_broken or not isinstance(said, dict) or not isinstance(said.get("version"), str | int | float):
        return None
    written = manifest.document.source_text(("gateway", "version")) or str(said["version"])
    return written.strip("\"'")


def _is_too_new(kind: Kind) -> bool:
    known = route_types().get(kind.route_type or "")
    return known is not None and kind.version < known.since.get(kind.plugin, (0,))


def _is_deprecated(kind: Kind) -> bool:
    known = route_types().get(kind.route_type or "")
    return known is not None and known.deprecated is not None and kind.version >= known.deprecated


def _raise(llm: Llm) -> str:
    """What to do about a target that is too old: a Kong file does not say itself what it is for."""
    return "raise `gateway.version`" if llm.from_manifest else "lint with a newer --gateway-version"


@rule("V110", "route-type-too-new", "error", where=_is_too_new)
def route_type_too_new(llm: Llm) -> Findings:
    """A route type that the target gateway does not have yet.

    Kong refuses the plugin: its schema does not know the route type.

    Example:
        version: 1
        gateway: {version: "3.10"}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          embed: {provider: p, model: text-embedding-3-small, route_type: llm/v1/embeddings}
    Use instead:
        version: 1
        gateway: {version: "3.11"}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          embed: {provider: p, model: text-embedding-3-small, route_type: llm/v1/embeddings}
    """
    known = route_types().get(llm.route_type or "")
    since = known.since.get(llm.plugin.name) if known else None
    if since is not None and llm.gateway.version < since and plugin_schema(llm.plugin.name, llm.gateway).available:
        message = (
            f"{llm.route_type} exists since {version_text(since)}; the target is {version_text(llm.gateway.version)}"
        )
        yield Finding(llm.at("route_type"), message, f"{_raise(llm)}, or use another route type")


def _is_newer_provider(kind: Kind) -> bool:
    return kind.provider is not None and kind.version < kind.provider.since


@rule("V111", "provider-too-new", "error", where=_is_newer_provider)
def provider_too_new(llm: Llm) -> Findings:
    """A provider that the target gateway does not have yet.

    Kong refuses the plugin: its schema does not know the provider.

    Example:
        version: 1
        gateway: {version: "3.7"}
        providers:
          p: {type: gemini, api_key: "${env:GEMINI_API_KEY}"}
        routes:
          chat: {provider: p, model: gemini-2.5-flash}
    Use instead:
        version: 1
        gateway: {version: "3.8"}
        providers:
          p: {type: gemini, api_key: "${env:GEMINI_API_KEY}"}
        routes:
          chat: {provider: p, model: gemini-2.5-flash}
    """
    if llm.provider is not None and llm.gateway.version < llm.provider.since:
        since, target = version_text(llm.provider.since), version_text(llm.gateway.version)
        message = f"{llm.provider.title} exists since {since}; the target is {target}"
        yield Finding(llm.at("model", "provider"), message, f"{_raise(llm)}, or use another provider")


def _is_newer_capability(kind: Kind) -> bool:
    return kind.capability is not None and kind.version < kind.capability.since


@rule("V112", "capability-too-new", "warning", where=_is_newer_capability)
def capability_too_new(llm: Llm) -> Findings:
    """A route type that Kong has, but not yet for this provider.

    Kong's schema takes the config, so the fault would show with the first request only.

    Example:
        version: 1
        gateway: {version: "3.12"}
        providers:
          p:
            type: gemini
            hosting: vertex
            auth: {gcp_use_service_account: true}
            options: {gemini: {api_endpoint: aiplatform.googleapis.com, project_id: team, location_id: global}}
        routes:
          batches: {provider: p, route_type: llm/v1/batches}
    Use instead:
        version: 1
        gateway: {version: "3.14"}
        providers:
          p:
            type: gemini
            hosting: vertex
            auth: {gcp_use_service_account: true}
            options: {gemini: {api_endpoint: aiplatform.googleapis.com, project_id: team, location_id: global}}
        routes:
          batches: {provider: p, route_type: llm/v1/batches}
    """
    known = route_types().get(llm.route_type or "")
    found = llm.capability
    if llm.hosting is None or known is None or found is None or llm.provider is None:
        return
    enough = max(known.since.get(llm.plugin.name, (0,)), llm.provider.since)
    if enough <= llm.gateway.version < found.since:
        message = f"{llm.hosting.title} does {known.name} since {version_text(found.since)}"
        yield Finding(llm.at("route_type"), message, _raise(llm))


@rule("V114", "deprecated-field", "warning", where=with_option("upstream_path"))
def deprecated_field(llm: Llm) -> Findings:
    """`upstream_path`, which Kong 4.0 is going to remove.

    Kong names `upstream_url`, with the whole URL, as what to use from 3.10 on. Beside an `upstream_url` most drivers
    ignore the path.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}", options: {upstream_path: /v1/chat/completions}}
        routes:
          chat: {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        providers:
          p:
            type: openai
            api_key: ${env:OPENAI_API_KEY}
            upstream_url: https://api.openai.com/v1/chat/completions
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    said = llm.option("upstream_path")
    if said is None or llm.gateway.version < _PATH_DEPRECATED:
        return
    path = llm.at("model", "options", "upstream_path")
    message = "`upstream_path` is deprecated since 3.10, and goes with 4.0"
    yield Finding(path, message, "write the whole URL as `upstream_url`", at_key=True, fix=_without_path(llm, said))


def _without_path(llm: Llm, said: str) -> Proposal | None:
    """Without the path where Kong ignores it, else with the whole URL in its place.

    Source: the open-source drivers (3.10 tree), which treat the route type preserve in another way.
    """
    path, hosting = llm.at("model", "options", "upstream_path"), llm.hosting
    if llm.route_type == "preserve" or llm.kong_provider not in _IGNORE_PATH:
        return None
    if llm.url is not None:
        return Proposal("remove `upstream_path`, which is ignored beside an upstream_url", (Remove(path),))
    base = hosting.upstream.at(llm.gateway.version) if hosting and hosting.upstream else None
    if base is None or "{" in base or not said.startswith("/") or llm.kong_provider == "huggingface":
        return None
    url = base.removesuffix(":443") + said
    return Proposal(f"write `upstream_url: {url}`", (put(path, url), Rename(path, "upstream_url")), safe=False)


_PATH_DEPRECATED = (3, 10)
_IGNORE_PATH = ("openai", "anthropic", "cohere", "mistral", "llama2", "huggingface")


@rule("V113", "deprecated-route-type", "warning", where=_is_deprecated)
def deprecated_route_type(llm: Llm) -> Findings:
    """A route type whose end is announced.

    It still works at this version; a later one may not have it any more.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          raw: {provider: p, model: gpt-4o, route_type: preserve}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, route_type: llm/v1/chat}
    """
    known = route_types().get(llm.route_type or "")
    if known is not None and known.deprecated is not None and llm.gateway.version >= known.deprecated:
        message = f"the route type {known.name} is deprecated since {version_text(known.deprecated)}"
        path, hint = llm.at("route_type"), f"use {known.instead}" if known.instead else None
        yield Finding(path, message, hint, explains=(path,))
