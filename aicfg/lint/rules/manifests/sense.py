"""M2xx: what the parts of a manifest say about each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aicfg.kong.references import suspects
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.references import TRANSFORMERS, parts_with_provider, provider_references
from aicfg.lint.registry import rule
from aicfg.source import Path
from aicfg.source.changes import Proposal, put
from aicfg.words import nearest

if TYPE_CHECKING:
    from aicfg.manifest.model import Manifest, Route


@rule("M202", "unused-provider", "warning", throughout=True)
def unused_provider(manifest: Manifest) -> Findings:
    """A provider that no route uses.

    Nothing is compiled from it, so most often a route is missing or names another one.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
          spare: {type: cohere, api_key: "${env:COHERE_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
          spare: {type: cohere, api_key: "${env:COHERE_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
          spare-chat: {provider: spare, model: command}
    """
    used = {name for _, name in provider_references(manifest)} | _inside_models(manifest)
    undefined = used - manifest.providers.keys()
    for provider in manifest.providers.values():
        near_miss = any(nearest(name, [provider.name]) for name in undefined)
        if provider.name not in used and not near_miss:
            hint = f"use it in a route (`provider: {provider.name}`), or remove it"
            yield Finding(provider.path, f'no route uses the provider "{provider.name}"', hint, at_key=True)


def _inside_models(manifest: Manifest) -> set[str]:
    """Providers that routes name where Kong has them, inside of `model`: M102 says so."""
    routes = manifest.document.data.get("routes")
    raw = (
        [route.get("model") for route in routes.values() if isinstance(route, dict)] if isinstance(routes, dict) else []
    )
    named = [model.get("provider") for model in raw if isinstance(model, dict)]
    return {name for name in named if isinstance(name, str)}


@rule("M203", "missing-provider", "error")
def missing_provider(manifest: Manifest) -> Findings:
    """A route says neither which provider answers it nor which targets.

    Kong would not know which API to call.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {model: gpt-4o}
          mini: {provider: p, model: gpt-4o-mini}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
          mini: {provider: p, model: gpt-4o-mini}
    """
    for route in manifest.routes.values():
        if route.provider is None and not _says_provider(manifest, route):
            yield Finding(route.path, f'the route "{route.name}" names no provider', "add `provider:`", at_key=True)
    for path in parts_with_provider(manifest):
        said = manifest.said(path)
        if said.get("provider") is None and (*path, "provider") not in manifest.broken:
            message = f"`{path[-1]}` names no provider"
            yield Finding(path, message, "add `provider:` with the name of an entry of `providers`", at_key=True)
    for route in manifest.routes.values():
        for name in TRANSFORMERS:
            paths = manifest.layers(("defaults", name), (*route.path, name))
            if paths and not any(manifest.says((*path, "llm")) or manifest.is_damaged_in(path) for path in paths):
                hint = "add `llm: {provider: …, model: …}`"
                yield Finding(paths[-1], f"`{name}` names no model that does the rewriting", hint, at_key=True)


def _says_provider(manifest: Manifest, route: Route) -> bool:
    """Whether the route does say something about its provider, which another finding is about."""
    raw = manifest.document.data["routes"][route.name]
    misspelt = not isinstance(raw, dict) or any(nearest(key, ["provider"]) for key in raw)
    misspelt = misspelt or (isinstance(raw.get("model"), dict) and "provider" in raw["model"])
    return misspelt or manifest.says((*route.path, "targets")) or (*route.path, "provider") in manifest.broken


@rule("M204", "two-urls", "error")
def two_urls(manifest: Manifest) -> Findings:
    """A provider has both a `base_url` and an `upstream_url`.

    aicfg completes a `base_url` with the path of each operation; an `upstream_url` is the exact URL for all of them.
    Only one can be meant.

    Example:
        version: 1
        providers:
          p:
            type: mistral
            hosting: ollama
            base_url: http://ollama.internal:11434
            upstream_url: http://ollama.internal:11434/api/chat
        routes:
          chat: {provider: p, model: mistral}
    Use instead:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama, base_url: "http://ollama.internal:11434"}
        routes:
          chat: {provider: p, model: mistral}
    """
    for provider in manifest.providers.values():
        elsewhere = provider.options.get("upstream_url")
        if provider.upstream_url and (provider.base_url or elsewhere):
            other = "base_url" if provider.base_url else "options.upstream_url"
            message = f"both `{other}` and `upstream_url` are given"
            hint = "keep `base_url` to have the path added for each route, or `upstream_url` for one exact URL"
            yield Finding((*provider.path, "upstream_url"), message, hint, at_key=True)


@rule("M206", "no-reference", "warning")
def no_reference(manifest: Manifest) -> Findings:
    """`${` with something behind it that is no reference.

    Only `${env:NAME}` refers to a secret, and only `${var:NAME}` to a variable of the manifest. Anything else goes to
    Kong as it stands, and Kong does not resolve it either. Write `$${` where a literal `${` is meant.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    for path, text in manifest.document.texts() if not manifest.document.template else ():
        for suspect in suspects(text):
            name = suspect.strip("${} ")
            plain = name.replace("_", "").isalnum()
            hint = f"write ${{env:{name}}} for the environment variable {name}" if plain and name else None
            if name.startswith("var:"):
                hint = "a variable is named ${var:NAME}, with letters, digits and _ in its name"
            message, fix = f"`{suspect}` is not a reference and stays as it is", None
            if name.startswith("vault://") and suspect == f"${{{name}}}":
                hint = f"a vault reference has no $ before it: {{{name}}}"
                fix = Proposal(f"write {{{name}}}", (put(path, text.replace(suspect, f"{{{name}}}")),))
            if plain and name and suspect == f"${{{name}}}" and _ends_in_plugin(path):
                fix = Proposal(f"write ${{env:{name}}}", (put(path, text.replace(suspect, f"${{env:{name}}}")),))
            yield Finding(path, message, hint or "write `$${` if it is meant", fix=fix)


@rule("M207", "reference-not-allowed", "error")
def reference_not_allowed(manifest: Manifest) -> Findings:
    """A secret reference where its value would not end in a plugin's config.

    `${env:NAME}` becomes whatever each target resolves in plugin configs; a service's URL, a route's path or a name
    are no such place.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, path: "/${env:PREFIX}/chat"}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, path: /team/chat}
    """
    for path, text in manifest.document.texts():
        if "${env:" in text.replace("$${", "") and not _ends_in_plugin(path):
            yield Finding(path, "a reference cannot be resolved here: only plugin configs have them", "write the value")


def _ends_in_plugin(path: Path) -> bool:
    from aicfg.manifest.model import ROUTE_FIELDS

    if path[0] == "routes":
        return len(path) > 2 and path[2] not in {*ROUTE_FIELDS, "path", "provider", "route_type", "plugin", "service"}
    keys = {"api_key", "auth", "options", "base_url", "upstream_url", "plugins"}
    return bool(keys.intersection(path[2:])) or path[0] in (
        "plugins",
        "defaults",
        "vaults",
        "redis",
        "variables",
        "environments",
        "consumers",
    )
