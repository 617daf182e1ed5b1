"""Plugins beside the proxy: those that a manifest lists, and those that its shorthands stand for."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from aicfg.kong.draft import Draft
from aicfg.kong.entities import Plugin
from aicfg.kong.lower.forms import FORMS, Part
from aicfg.kong.lower.records import Unbuildable, merged
from aicfg.kong.references import with_references
from aicfg.manifest.model import PLUGIN_FIELDS, SCOPES, SHORTHANDS, Manifest, Route
from aicfg.source import Origin, Path

_NAMED_ELSEWHERE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"service": ("services", "name"), "consumer": ("consumers", "username")}
)
"""Sections of the manifest whose entries may have another name in Kong, and the key that says it."""


def plugins_of(manifest: Manifest, entry: Route) -> tuple[Plugin, ...]:
    """The plugins of a route beside its proxy: from shorthands, from the route's list, from its providers.

    Where a provider brings a plugin that the route has already, for the same callers, the route's own counts; of two
    providers, the first.
    """
    made = [*_of_shorthands(manifest, entry), *listed(manifest, *_lists(manifest, entry))]
    taken = {_instance(plugin) for plugin in made}
    for use in entry.uses:
        provider = manifest.providers.get(use.provider or "")
        if provider is not None:
            brought = listed(manifest, (*provider.path, "plugins"))
            made += [plugin for plugin in brought if _instance(plugin) not in taken]
            taken.update(_instance(plugin) for plugin in brought)
    return tuple(made)


def _instance(plugin: Plugin) -> tuple[Any, ...]:
    """What Kong tells the plugins of one route apart by."""
    return (plugin.name, *sorted(plugin.scope.items()))


def _lists(manifest: Manifest, entry: Route) -> tuple[Path, ...]:
    """The list of plugins that counts for a route: its own, else that of the defaults."""
    own = (*entry.path, "plugins")
    return (own,) if manifest.says(own) else (("defaults", "plugins"),)


def name_in_kong(manifest: Manifest, kind: str, said: str) -> str:
    """Kong's name of what a plugin is limited to, which may be said by the entry's key in the manifest as well."""
    section, field = _NAMED_ELSEWHERE.get(kind, ("", ""))
    name = manifest.said((section, said, field))
    return name if isinstance(name, str) else said


def listed(manifest: Manifest, path: Path) -> tuple[Plugin, ...]:
    """The plugins in a `plugins` list of the manifest."""
    items = manifest.said(path)
    if not isinstance(items, list):
        return ()
    named = ((index, item) for index, item in enumerate(items) if isinstance(item, dict) and "name" in item)
    return tuple(_listed(manifest, item, (*path, index)) for index, item in named)


def _listed(manifest: Manifest, said: Mapping[str, Any], path: Path) -> Plugin:
    place = manifest.place(path)
    draft = Draft()
    draft.merge({key: said[key] for key in PLUGIN_FIELDS if said.get(key) is not None}, place)
    scope = {key: name_in_kong(manifest, key, said[key]) for key in SCOPES if isinstance(said.get(key), str)}
    config = said.get("config")
    inner = {**draft.inner, ("name",): place / "name"}
    if config is not None:
        inner["config",] = place / "config"
    return Plugin(
        said["name"],
        with_references(config or {}),
        Origin(place, inner),
        draft.values,
        scope,
        incomplete=manifest.is_damaged_in(path),
    )


def _of_shorthands(manifest: Manifest, entry: Route) -> Iterator[Plugin]:
    for name in SHORTHANDS:
        paths = manifest.layers(("defaults", name), (*entry.path, name))
        if paths:
            with suppress(Unbuildable):
                yield _shorthand(manifest, entry, name, paths)


def _shorthand(manifest: Manifest, entry: Route, name: str, paths: tuple[Path, ...]) -> Plugin:
    """The plugin that a shorthand stands for. Raises Unbuildable where a rule about the manifest says what is wrong."""
    from aicfg.catalog.shorthands import shorthands  # read only where a manifest uses one

    shorthand, said = shorthands()[name], merged(manifest, paths)
    part = Part(manifest, entry, paths, said, Draft(("config",)), {})
    formed: set[Path] = set()
    for key in dict.fromkeys((*shorthand.keys, *said.values)):
        rule = shorthand.keys.get(key)
        to = rule.path(manifest.gateway.version) if rule else (key,)
        if rule is not None and rule.form is not None and to not in formed:
            FORMS[rule.form](part, key, to)
            formed.add(to)
        elif to not in formed and key in said.values:
            said.copy_to(part.draft, to, key)
    return Plugin(
        shorthand.plugin,
        part.draft.values,
        Origin(said.root, part.draft.inner),
        hostings=part.hostings,
        shorthand=name,
        incomplete=any(manifest.is_damaged_in(path) for path in paths),
    )
