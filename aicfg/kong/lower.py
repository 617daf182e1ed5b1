"""Manifest -> Entities.

Lowering is total: a route that cannot be built (its provider does not exist, its URL is missing) is left out, and the
rules say why; the others are built as if nothing were wrong.
"""

import re
from collections.abc import Mapping
from typing import Any

from aicfg.catalog.formats import route_types
from aicfg.catalog.providers import Hosting, Provider
from aicfg.catalog.versions import Version
from aicfg.kong.draft import Draft
from aicfg.kong.entities import Entities, Plugin, Route, Service
from aicfg.kong.llm import known_provider
from aicfg.kong.references import is_vault_reference
from aicfg.manifest.model import (
    DEFAULT_ROUTE_TYPE,
    DEFAULT_SERVICE,
    DEFAULT_SERVICE_URL,
    ROUTE_FIELDS,
    SETTINGS,
    Manifest,
)
from aicfg.manifest.model import Provider as ProviderEntry
from aicfg.manifest.model import Route as RouteEntry
from aicfg.source import Origin, Path, Place
from aicfg.tuples import NamedTuple

_REGEX_SPECIAL = re.compile(r"[^A-Za-z0-9_~/-]")


Layer = tuple[Mapping[str, Any], Place]
"""A map to merge, and where it stands."""


class Target(NamedTuple):
    """A provider of the manifest with what the catalog knows about its type and hosting."""

    entry: ProviderEntry
    provider: Provider
    hosting: Hosting


def lower(manifest: Manifest) -> Entities:
    """The entities that a manifest stands for."""
    routes = tuple(route for entry in manifest.routes.values() if (route := _route(manifest, entry)) is not None)
    fields = {"url": DEFAULT_SERVICE_URL, **{key: value for key, value in manifest.service.items() if key != "name"}}
    if "host" in fields:
        del fields["url"]
    name = manifest.service.get("name") or manifest.name or DEFAULT_SERVICE
    origin = Origin(Place(manifest.document, ("service",) if manifest.service else ()))
    tags = (manifest.name,) if manifest.name else ()
    return Entities(manifest.gateway, (Service(name, fields, origin, routes),), select_tags=tags)


def resolve(manifest: Manifest, name: str | None) -> Target | None:
    """The provider `name` of the manifest, or None where it, its type or its hosting does not exist."""
    entry = manifest.providers.get(name or "")
    provider = known_provider(entry.type) if entry else None
    if entry is None or provider is None or entry.path in manifest.damaged:
        return None
    hosting = provider.hostings.get(entry.hosting or provider.default_hosting or "")
    if hosting is not None and hosting.format is None and entry.format in hosting.formats:
        hosting = hosting.with_format(entry.format)
    return Target(entry, provider, hosting) if hosting else None


def upstream_url(target: Target, options: Mapping[str, Any], route_type: str, version: Version) -> str | None:
    """The exact URL to write into the config; None where Kong knows one, or none can be told."""
    entry, hosting = target.entry, target.hosting
    given = entry.upstream_url or options.get("upstream_url")
    if isinstance(given, str):
        return given
    if entry.base_url:
        texts = {name: value for name, value in options.items() if isinstance(value, str)}
        return hosting.complete_url(entry.base_url, route_type, version, texts)
    return hosting.filled_url(route_type, version)


def route_type_of(manifest: Manifest, entry: RouteEntry) -> str:
    default = manifest.defaults.get("route_type")
    return entry.route_type or (default if isinstance(default, str) else DEFAULT_ROUTE_TYPE)


def _route(manifest: Manifest, entry: RouteEntry) -> Route | None:
    if entry.uncompiled or entry.path in manifest.damaged:
        return None
    target = resolve(manifest, entry.provider)
    plugin = _ai_proxy(manifest, entry, target) if target else _of_unknown_type(manifest, entry)
    if plugin is None:
        return None
    route_type = route_types().get(route_type_of(manifest, entry))
    place = Place(manifest.document, entry.path)
    draft = Draft()
    draft.merge(
        {key: manifest.defaults[key] for key in ROUTE_FIELDS if key in manifest.defaults},
        Place(manifest.document, ("defaults",)),
    )
    draft.merge(entry.kong, place)
    if "path" in _raw(manifest, entry):
        draft.inner |= {("paths", 0): place / "path", ("paths",): place / "path"}
    fields: dict[str, Any] = {
        "paths": [default_path(entry.name)],
        "methods": list(route_type.methods) if route_type else ["POST"],
        "protocols": list(route_type.protocols) if route_type else ["http", "https"],
        **draft.values,
    }
    if "expression" in fields:
        del fields["paths"], fields["methods"]
    ordered = {key: fields[key] for key in ROUTE_FIELDS if key in fields}
    return Route(entry.name, ordered, Origin(place, draft.inner), (plugin,))


def _raw(manifest: Manifest, entry: RouteEntry) -> Mapping[str, Any]:
    value: Mapping[str, Any] = manifest.document.data["routes"][entry.name]
    return value


def default_path(name: str) -> str:
    """The path of a route that names none: the route's name and nothing else."""
    return f"~/{_REGEX_SPECIAL.sub(lambda match: chr(92) + match.group(), name)}$"


def _of_unknown_type(manifest: Manifest, entry: RouteEntry) -> Plugin | None:
    """The plugin of a provider whose type nobody knows: enough of it for Kong's own opinion. None for other faults."""
    provider = manifest.providers.get(entry.provider or "")
    if provider is None or provider.type is None or known_provider(provider.type) is not None:
        return None
    draft, place = Draft(("config",)), Place(manifest.document, entry.path)
    draft.put(("route_type",), route_type_of(manifest, entry), place)
    draft.put(("model", "provider"), provider.type, Place(manifest.document, (*provider.path, "type")))
    draft.put(("model", "name"), entry.model, place / "model")
    return Plugin("ai-proxy", draft.values, Origin(place, draft.inner))


def _ai_proxy(manifest: Manifest, entry: RouteEntry, target: Target) -> Plugin | None:
    """The ai-proxy plugin of a route with one provider. None where nobody says what format the server speaks."""
    draft = Draft(("config",))
    place, provider_place = Place(manifest.document, entry.path), Place(manifest.document, target.entry.path)
    route_type = route_type_of(manifest, entry)
    draft.put(("route_type",), route_type, place / "route_type" if entry.route_type else place)
    _put_auth(draft, manifest, entry, target)
    draft.put(("model", "provider"), target.provider.kong_provider, provider_place / "type")
    draft.put(("model", "name"), entry.model, place / "model")
    draft.put(("model", "model_alias"), entry.model_alias, place / "model_alias")
    _put_options(draft, manifest, entry, target)
    if target.provider.format_option and draft.get("model", "options", target.provider.format_option) is None:
        return None
    _put_url(draft, target, route_type, manifest.gateway.version, provider_place)
    _put_settings(draft, manifest, entry, route_type)
    for config, config_place in _layers(manifest, entry, "plugin_config"):
        draft.merge(config, config_place)
    hostings: dict[Path, tuple[str, str]] = {("config",): (target.provider.type, target.hosting.name)}
    return Plugin("ai-proxy", draft.values, Origin(place, draft.inner), hostings=hostings)


def _layers(manifest: Manifest, entry: RouteEntry, key: str) -> tuple[Layer, Layer]:
    """What `key` says in the defaults and in the route, each with its place."""
    default = manifest.defaults.get(key)
    return (
        (default if isinstance(default, dict) else {}, Place(manifest.document, ("defaults", key))),
        (getattr(entry, key), Place(manifest.document, (*entry.path, key))),
    )


def _put_url(draft: Draft, target: Target, route_type: str, version: Version, place: Place) -> None:
    """The upstream URL where one is given or needed. A missing one, too, is the provider's fault."""
    path = ("model", "options", "upstream_url")
    if draft.get(*path) is not None:
        return
    key = "upstream_url" if target.entry.upstream_url else "base_url" if target.entry.base_url else None
    origin = place / key if key else place
    url = upstream_url(target, draft.get("model", "options") or {}, route_type, version)
    draft.put(path, url, origin)
    draft.inner.setdefault(("config", *path), origin)


def _put_auth(draft: Draft, manifest: Manifest, entry: RouteEntry, target: Target) -> None:
    """The credentials where the hosting wants them: defaults, then the provider's, then the route's."""
    defaults, route = _layers(manifest, entry, "auth")
    place = Place(manifest.document, target.entry.path)
    rule, key = target.hosting.auth, target.entry.api_key
    draft.merge(*defaults, ("auth",))
    if key is not None:
        bare = is_vault_reference(key) or bool(rule.prefix and key.startswith(rule.prefix))
        record = (rule._replace(prefix="") if bare else rule).record(key)
        for field, value in record.items():
            draft.put(("auth", field), value, place / "api_key")
    if target.entry.auth is not None:
        draft.put(("auth",), dict(target.entry.auth), place / "auth")
    draft.merge(*route, ("auth",))
    if target.provider.allow_override_false and draft.get("auth") is None:
        draft.put(("auth", "allow_override"), False, place)
    draft.inner.setdefault(("config", "auth"), place)


def _put_options(draft: Draft, manifest: Manifest, entry: RouteEntry, target: Target) -> None:
    """`model.options`: defaults, then the provider's, then the route's; then what Kong demands and nobody gave."""
    path = ("model", "options")
    defaults, route = _layers(manifest, entry, "options")
    place = Place(manifest.document, target.entry.path)
    for layer in (defaults, (target.entry.options, place / "options"), route):
        draft.merge(*layer, path)
    options = draft.get(*path) or {}
    option = target.provider.format_option
    if option and option not in options:
        key = "format" if target.entry.format else "hosting" if target.entry.hosting else "type"
        draft.put((*path, option), target.hosting.format or target.entry.format, place / key)
    for name, rule in target.provider.options.items():
        if rule.fill is not None and name not in options:
            draft.put((*path, name), rule.fill, place)
        draft.inner.setdefault(("config", *path, *name.split(".")), place)


def _put_settings(draft: Draft, manifest: Manifest, entry: RouteEntry, route_type: str) -> None:
    """The config's top-level fields: those that the route type demands, then defaults, then the route's own."""
    place = Place(manifest.document, entry.path)
    known = route_types().get(route_type)
    if known is not None and manifest.gateway.version >= (3, 11):
        if known.genai_category not in (None, "text/generation"):
            draft.put(("genai_category",), known.genai_category, place)
        for field, value in known.needs.items():
            draft.put((field,), value, place)
    keys = [key for key in manifest.defaults if key in SETTINGS]
    draft.merge({key: manifest.defaults[key] for key in keys}, Place(manifest.document, ("defaults",)))
    draft.merge(entry.settings, place)
