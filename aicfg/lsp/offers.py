"""What may be written at a place: the keys of the map that stands there, or the values that it takes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from aicfg.catalog.entities import entity_kinds, kubernetes_keys, lists, top_keys
from aicfg.catalog.formats import formats, llm_formats, route_types
from aicfg.catalog.plugins import plugin_names, plugin_schema
from aicfg.catalog.providers import provider, provider_types
from aicfg.catalog.shorthands import shorthands
from aicfg.catalog.versions import MINORS
from aicfg.lsp.configs import Setting, entity_at, names_plugin, setting_at
from aicfg.lsp.keys import choices, node_at, takes_boolean, type_of
from aicfg.lsp.references import section_for
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Field
    from aicfg.catalog.providers import Hosting
    from aicfg.lsp.view import View
    from aicfg.source import Path

_HOLDS = {"record": "object", "map": "object", "set": "array"}


class Offer(NamedTuple):
    """A key or a value that may be written. `holds` says what a key takes ("object", "array", or another type)."""

    label: str
    detail: str = ""
    about: str = ""
    holds: str = ""
    deprecated: bool = False
    required: bool = False


def keys_at(view: View, path: Path) -> Iterator[Offer]:
    """The keys that the map at a path may have at the target gateway."""
    setting = setting_at(view, path)
    if view.form == "manifest":
        found = list(_keys_of_manifest(view, path))
        if found:
            yield from found
            return
        if path[-1:] == ("providers",) and path[-2:-1] == ("rate_limit",):
            yield from (Offer(name, "provider", holds="object") for name in view.names("providers"))
    elif setting is None:
        yield from _keys_of_entity(view, path)
    if setting is not None:
        yield from _keys_of_field(setting.field(view))


def _keys_of_manifest(view: View, path: Path) -> Iterator[Offer]:
    node = node_at(path)
    if node is None:
        return
    required = node.about.get("required", ())
    options = _others_options(view, path)
    for name in node.about.get("properties", ()):
        key = node.properties[name]
        setting = setting_at(view, (*path, name))
        if name in options or (setting is not None and setting.path[-1:] != ("config",) and _is_missing(view, setting)):
            continue
        if name in shorthands() and not plugin_schema(shorthands()[name].plugin, view.gateway).available:
            continue
        field = setting.field(view) if setting is not None and len(setting.path) > 1 else None
        old = field is not None and field.deprecated is not None
        detail = field.type if field is not None else type_of(key)
        yield Offer(name, detail, key.about.get("description", ""), type_of(key), old, name in required)


def _is_missing(view: View, setting: Setting) -> bool:
    """Whether the target gateway lacks a field that others have."""
    return setting.field(view) is None and setting.elsewhere(view) is not None


def _others_options(view: View, path: Path) -> frozenset[str]:
    """The model options that only providers other than the one at hand have."""
    if not path or path[-1] != "options":
        return frozenset()
    type_ = provider_type(view, path[:-1])
    if type_ is None:
        return frozenset()
    return frozenset(name for name, types in _owners().items() if type_ not in types)


@cache
def _owners() -> dict[str, frozenset[str]]:
    """The model options that only some providers have, with the types of these."""
    owners: dict[str, set[str]] = {}
    for type_ in provider_types():
        one = provider(type_)
        own = [rule.name.partition(".")[0] for rule in one.options.values() if not rule.common]
        for name in (*own, *([one.format_option] if one.format_option else ())):
            owners.setdefault(name, set()).add(type_)
    return {name: frozenset(types) for name, types in owners.items()}


def provider_type(view: View, path: Path) -> str | None:
    """The type of the provider of the entry, route or target at a path, None where it is not known."""
    inner = path[2:] if path[:1] == ("environments",) else path
    if inner[:1] == ("providers",):
        type_ = view.string((*path, "type"))
    else:
        name = view.string((*path, "provider"))
        type_ = None if name is None else view.named("providers", name, "type")
    return type_ if type_ in provider_types() else None


def _keys_of_field(field: Field | None) -> Iterator[Offer]:
    if field is None or field.type != "record":
        return
    for name, inner in field.fields.items():
        about = inner.about or (f"Deprecated: {inner.deprecated}" if inner.deprecated else "")
        holds = _HOLDS.get(inner.type, inner.type)
        yield Offer(name, inner.type, about, holds, inner.deprecated is not None, inner.required)


def _keys_of_entity(view: View, path: Path) -> Iterator[Offer]:
    if view.form == "kubernetes" and not path:
        yield from (Offer(name, holds="object" if name == "config" else "") for name in sorted(kubernetes_keys()))
    if view.form == "state" and not path:
        yield from (Offer(name, holds="array" if name in lists() else "") for name in sorted(top_keys()))
    kind = entity_at(view, path)
    if kind is not None:
        for name in sorted(entity_kinds()[kind].fields):
            holds = "array" if name in entity_kinds()[kind].nests else "object" if name == "config" else ""
            yield Offer(name, f"field of {kind}", holds=holds, required=kind == "plugin" and name == "name")


def values_at(view: View, path: Path) -> Iterator[Offer]:
    """The values that may stand at a path, where they are few."""
    if names_plugin(view, path):
        yield from _plugins(view, proxies=path[-1:] == ("plugin",) and view.form == "manifest")
        return
    section = section_for(view, path)
    if section is not None:
        yield from _names(view, *section)
        return
    found = list(_of_manifest(view, path)) if view.form == "manifest" else []
    yield from found
    setting = setting_at(view, path)
    field = setting.field(view) if setting is not None else None
    if not found and field is not None:
        yield from _of_field(field)


def _plugins(view: View, *, proxies: bool) -> Iterator[Offer]:
    names = ("ai-proxy", "ai-proxy-advanced") if proxies else plugin_names()
    for name in names:
        schema = plugin_schema(name, view.gateway)
        if schema.available:
            yield Offer(name, f"since {schema.since}", schema.about)
    if not proxies:
        yield from (Offer(name, "with a schema of yours") for name in view.settings.schemas)


def _names(view: View, section: str, field: str | None) -> Iterator[Offer]:
    """The names of a section of a manifest, or of a list of entities."""
    if field is None:
        for name in view.names(section):
            kind = view.named(section, name, "type")
            yield Offer(name, f"{section} ({kind})" if kind and section == "providers" else section)
        return
    for index in range(len(view.outline.value_at((section,)) or ())):
        found = view.string((section, index, field))
        if found is not None:
            yield Offer(found, section)


def _of_manifest(view: View, path: Path) -> Iterator[Offer]:
    inner = path[2:] if path[:1] == ("environments",) else path
    match inner:
        case ("providers", _, "type"):
            yield from (Offer(name, provider(name).title) for name in provider_types())
        case ("providers", _, "hosting"):
            hostings = _hostings(view, path[:-1])
            yield from (Offer(name, hosting.title) for name, hosting in hostings.items())
        case ("providers", _, "format"):
            yield from (Offer(name, "wire format") for name in formats())
        case ("gateway", "version"):
            yield from (Offer(f'"{version}"', "Kong Gateway") for version in reversed(MINORS))
        case ("vaults", _, "backend"):
            node = node_at(path)
            yield from (Offer(name, "vault") for name in (node.about["examples"] if node else ()))
        case (*_, "model"):
            yield from _models(view, path[:-1])
        case (*_, "llm_format"):
            yield from (Offer(name) for name, one in llm_formats().items() if one.since <= view.gateway.version)
        case (*_, "route_type"):
            yield from _route_types(view)
        case _:
            node = node_at(path)
            if node is not None:
                values = choices(node)
                yield from map(Offer, values)
                if not values and takes_boolean(node):
                    yield from map(Offer, ("true", "false"))


def _route_types(view: View) -> Iterator[Offer]:
    for name, one in route_types().items():
        if any(since <= view.gateway.version for since in one.since.values()):
            yield Offer(
                name, one.capability, deprecated=bool(one.deprecated and one.deprecated <= view.gateway.version)
            )


def _hostings(view: View, path: Path) -> dict[str, Hosting]:
    """The hostings of the provider at a path; of one whose type is not known, those of all."""
    type_ = view.string((*path, "type"))
    types = (type_,) if type_ in provider_types() else provider_types()
    return {name: one for each in types for name, one in provider(str(each)).hostings.items()}


def _models(view: View, path: Path) -> Iterator[Offer]:
    """The models that the catalog has as examples of what a provider serves."""
    name = view.string((*path, "provider"))
    type_ = provider_type(view, path)
    if name is None or type_ is None:
        return
    one = provider(type_)
    hosting = one.hostings.get(view.named("providers", name, "hosting") or one.default_hosting or "")
    capabilities = (hosting or one).capabilities
    yield from (
        Offer(model, f"example of {type_}")
        for model in dict.fromkeys(each.model for each in capabilities.values())
        if model
    )


def _of_field(field: Field) -> Iterator[Offer]:
    while field.elements is not None and not field.enum:
        field = field.elements
    if field.type == "boolean":
        for value in ("true", "false"):
            yield Offer(value, "Kong's default" if field.default is (value == "true") else "")
    for value in field.enum:
        yield Offer(str(value), "Kong's default" if value == field.default else "")
