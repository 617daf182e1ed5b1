"""M3xx: the entities of Kong files, outside of plugin configs; K4xx and V2xx: what a version allows of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aicfg.catalog.entities import kubernetes_keys, top_keys
from aicfg.catalog.mistakes import renamed_plugins
from aicfg.catalog.plugins import known_schema, plugin_names, plugin_schema
from aicfg.catalog.versions import Gateway
from aicfg.kong.entities import Entities
from aicfg.kong.llm import PROXIES, Llm
from aicfg.kong.parse import Item, KongFile
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.subjects import PluginCheck
from aicfg.lint.where import with_option
from aicfg.patterns import later
from aicfg.proposals import quoted, renamed, respelt_key, respelt_value
from aicfg.source import Path
from aicfg.source.changes import Proposal, Unwrap, insert, put
from aicfg.words import did_you_mean, either, nearest

if TYPE_CHECKING:
    from aicfg.catalog.plugins import PluginSchema

_DATED = ("anthropic_version", "azure_api_version")
_DATE = later(r"\d{4}-\d{2}-\d{2}")


@rule("M301", "unknown-entity-field", "error")
def unknown_entity_field(file: KongFile) -> Findings:
    """A field that a service, a route, a plugin or another entity does not have.

    decK and Kong refuse the file. A field of a plugin's config belongs under `config`.

    Example:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
            routes:
              - {name: chat, path: /chat, protocols: [http, https]}
    Use instead:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
            routes:
              - {name: chat, paths: [/chat], protocols: [http, https]}
    """
    if file.form == "kubernetes":
        yield from _unknown(file.document.data, kubernetes_keys(), (), "a KongPlugin", file.gateway)
    if file.form == "state":
        yield from _unknown(file.document.data, top_keys(), (), "a Kong file", file.gateway)
    for item in file.items:
        if not item.kind.fields.issuperset(item.fields):
            yield from _unknown(item.fields, item.kind.fields, item.path, f"a {item.kind.kind}", file.gateway)


def _unknown(
    fields: Mapping[str, Any], known: frozenset[str], path: tuple[str | int, ...], what: str, target: Gateway
) -> Findings:
    for key in fields:
        if key not in known:
            if _is_of_config(key, fields, target):  # M310 says so
                continue
            message, place = f'"{key}" is not a field of {what}', (*path, key)
            fix, hint = respelt_key(place, fields, sorted(known)), did_you_mean(key, sorted(known)) or "remove it"
            if key == "spec" and "apiVersion" in fields and isinstance(fields[key], dict):
                hint, fix = f"{what} has `plugin` and `config` at its top", Proposal("remove `spec`", (Unwrap(place),))
            meant = _NAMES_OF_PLUGIN.get((what, key))
            if meant is not None and meant not in fields:
                hint, fix = f"write `{meant}: {fields[key]}`", renamed(place, meant)
            yield Finding(place, message, hint, at_key=True, fix=fix)


_NAMES_OF_PLUGIN = {("a plugin", "plugin"): "name", ("a KongPlugin", "name"): "plugin"}
"""What the field with the plugin's name is called elsewhere."""


def _is_of_config(key: str, fields: Mapping[str, Any], target: Gateway) -> bool:
    """Whether an entity is a plugin that has a field of this name in its config."""
    name = fields.get("name", fields.get("plugin"))
    schema = known_schema(name, target) if isinstance(name, str) else None
    return schema is not None and key in schema.config.fields


@rule("M303", "duplicate-entity", "error")
def duplicate_entity(file: KongFile) -> Findings:
    """Two entities of one kind have the same name.

    Kong takes names once, and decK stops at the second.

    Example:
        _format_version: "3.0"
        services:
          - {name: ai, url: "http://localhost:32000"}
          - {name: ai, url: "http://localhost:32001"}
    Use instead:
        _format_version: "3.0"
        services:
          - {name: ai, url: "http://localhost:32000"}
          - {name: ai-2, url: "http://localhost:32001"}
    """
    seen: dict[tuple[str, str], Item] = {}
    for item in file.items:
        name = item.name
        if name is None:
            continue
        first = seen.setdefault((item.kind.kind, name), item)
        if first is not item and not file.is_open(name):
            line = file.document.locate((*first.path, item.kind.name)).line
            message = f'there is another {item.kind.kind.replace("_", " ")} "{name}" in line {line}'
            yield Finding((*item.path, item.kind.name), message, "give one of them another name")


@rule("M304", "two-proxies", "error")
def two_proxies(entities: Entities) -> Findings:
    """Two AI proxies on one route.

    Kong takes a plugin once for each scope. ai-proxy and ai-proxy-advanced would both run, and translate the request
    twice. Several models on one route are targets of one ai-proxy-advanced.

    Example:
        name: chat
        paths: [/chat]
        protocols: [http, https]
        plugins:
          - name: ai-proxy
            config:
              route_type: llm/v1/chat
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o}
          - name: ai-proxy
            config:
              route_type: llm/v1/chat
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o-mini}
    Use instead:
        name: chat
        paths: [/chat]
        protocols: [http, https]
        plugins:
          - name: ai-proxy
            config:
              route_type: llm/v1/chat
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o}
    """
    together = [service.plugins for service in entities.services]
    together += [route.plugins for route in entities.all_routes()]
    for plugins in together:
        if len(plugins) < 2:
            continue
        proxies = [plugin for plugin in plugins if plugin.name in PROXIES]
        for plugin in proxies[1:]:
            message = f"{proxies[0].name} answers here already, so the request would be translated twice"
            yield Finding(("name",), message, "keep one, or make both targets of one ai-proxy-advanced", about=plugin)


@rule("M305", "unquoted-date", "warning", where=with_option(*_DATED))
def unquoted_date(llm: Llm) -> Findings:
    """A version that looks like a date, without quotes.

    YAML readers may take it for a date and hand on 2023-06-01T00:00:00Z, which is no version.

    Example:
        name: chat
        paths: [/chat]
        protocols: [http, https]
        plugins:
          - name: ai-proxy
            config:
              route_type: llm/v1/chat
              auth: {header_name: x-api-key, header_value: "{vault://env/anthropic-key}"}
              model: {provider: anthropic, name: claude, options: {max_tokens: 512, anthropic_version: 2023-06-01}}
    Use instead:
        name: chat
        paths: [/chat]
        protocols: [http, https]
        plugins:
          - name: ai-proxy
            config:
              route_type: llm/v1/chat
              auth: {header_name: x-api-key, header_value: "{vault://env/anthropic-key}"}
              model: {provider: anthropic, name: claude, options: {max_tokens: 512, anthropic_version: "2023-06-01"}}
    """
    for name in _DATED:
        value = llm.option(name)
        if llm.from_manifest or value is None or not _DATE.fullmatch(value):
            continue
        place = llm.origin.find(llm.at("model", "options", name))
        written = place.document.source_text(place.path)
        if written == value:
            fix = quoted(llm.at("model", "options", name), value)
            message = f"{value} has no quotes, and some readers of YAML take it for a date"
            yield Finding(llm.at("model", "options", name), message, f'write "{value}"', fix=fix)


@rule("K401", "scope-not-allowed", "error")
def scope_not_allowed(entities: Entities) -> Findings:
    """A plugin on something that it cannot be put on in this version.

    Kong refuses the plugin there. Where one may be put depends on the plugin and on the version.

    Example:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
            routes: [{name: agent, paths: [/agent], protocols: [http, https]}]
            plugins:
              - name: ai-a2a-proxy
                consumer: alice
                config: {}
        consumers:
          - {username: alice}
    Use instead:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
            routes: [{name: agent, paths: [/agent], protocols: [http, https]}]
            plugins:
              - name: ai-a2a-proxy
                config: {}
        consumers:
          - {username: alice}
    """
    known = entities.kind.intersection(plugin_names())
    scopes = {name: _scopes(plugin_schema(name, entities.gateway)) for name in known}
    refusing = {name: taken for name, taken in scopes.items() if not all(taken.values())}
    for plugin in entities.all_plugins() if refusing else ():
        for scope in plugin.scope if plugin.name in refusing else ():
            if not refusing[plugin.name].get(scope, True):
                allowed = [name for name, taken in refusing[plugin.name].items() if taken]
                where = f"on a {scope.replace('_', ' ')} in Kong Gateway {entities.gateway}"
                message = f"{plugin.name} cannot be put {where}"
                yield Finding((scope,), message, f"put it on: {either(allowed)}", about=plugin)


def _scopes(schema: PluginSchema) -> Mapping[str, bool]:
    """The scopes that a plugin takes or refuses; none of a plugin that the gateway does not have."""
    return schema.scopes if schema.available else {}


@rule("V201", "https-only-route", "info")
def https_only_route(file: KongFile) -> Findings:
    """A route that says no protocols, for a gateway of 3.14 or newer.

    Such a route takes https only from 3.14 on, and http as well before. The same file so behaves differently on two
    gateways.

    Example:
        _format_version: "3.0"
        services:
          - {name: ai, url: "http://localhost:32000", routes: [{name: chat, paths: [/chat]}]}
    Use instead:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
            routes:
              - {name: chat, paths: [/chat], protocols: [http, https]}
    """
    if file.gateway.version < (3, 14):
        return
    for item in file.items:
        if item.kind.kind == "route" and "protocols" not in item.fields:
            hint = "write `protocols: [http, https]`, or [https] if that is meant"
            add = insert((*item.path, "protocols"), ["http", "https"])
            fix = Proposal("add `protocols: [http, https]`", (add,), safe=False)
            yield Finding(item.path, "without `protocols`, a new route takes https only", hint, fix=fix)


@rule("P250", "unknown-plugin-name", "warning")
def unknown_plugin_name(file: KongFile) -> Findings:
    """A plugin name that is close to one of Kong's AI plugins, and is none.

    Kong refuses a plugin that it does not have. Plugins of your own have other names.

    Example:
        _format_version: "3.0"
        plugins:
          - {name: ai-promt-guard, route: chat, config: {deny_patterns: ["password"]}}
        routes:
          - {name: chat, paths: [/chat], protocols: [http, https]}
    Use instead:
        _format_version: "3.0"
        plugins:
          - {name: ai-prompt-guard, route: chat, config: {deny_patterns: ["password"]}}
        routes:
          - {name: chat, paths: [/chat], protocols: [http, https]}
    """
    for path, name in _plugin_names(file):
        if not isinstance(name, str) or name in plugin_names():
            continue
        match = renamed_plugins().get(name)
        if match is not None:
            message = f'Kong has no plugin "{name}", and refuses it'
            fix = Proposal(f'write "{match}"', (put(path, match),), safe=False)
            yield Finding(path, message, f"write `{path[-1]}: {match}`, if that is what it is to do", "error", fix=fix)
            continue
        match = nearest(name, plugin_names()) if name.startswith(("ai-", "ai_", "kong-inc/ai-")) else None
        if match:
            message = f'"{name}" is not one of Kong\'s AI plugins'
            yield Finding(path, message, f'did you mean "{match}"?', fix=respelt_value(path, name, plugin_names()))


def _plugin_names(file: KongFile) -> Iterator[tuple[Path, Any]]:
    """The name of each plugin, and where it stands."""
    if file.form == "kubernetes":
        yield ("plugin",), file.document.data.get("plugin")
    for item in file.items:
        if item.kind.kind == "plugin":
            yield (*item.path, "name"), item.fields.get("name")


@rule("P251", "inferred-rule", "warning")
def inferred_rule(checked: PluginCheck) -> Findings:
    """A combination that Kong most likely refuses, by a rule whose code is not published.

    What the rule says is inferred from its name, the documentation and all published examples.

    Example:
        name: chat
        paths: [/chat]
        protocols: [http, https]
        plugins:
          - name: ai-proxy-advanced
            config:
              targets:
                - route_type: llm/v1/embeddings
                  auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
                  model: {provider: openai, name: text-embedding-3-small}
    Use instead:
        name: chat
        paths: [/chat]
        protocols: [http, https]
        plugins:
          - name: ai-proxy-advanced
            config:
              genai_category: text/embeddings
              targets:
                - route_type: llm/v1/embeddings
                  auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
                  model: {provider: openai, name: text-embedding-3-small}
    """
    return checked.of_kind("inferred")
