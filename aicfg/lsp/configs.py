"""Where in a plugin's config a value ends up, by its path in a manifest or Kong file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from aicfg.catalog.entities import entity_kinds, lists
from aicfg.catalog.plugins import plugin_names, plugin_schema
from aicfg.catalog.shorthands import shorthands
from aicfg.manifest.model import ADVANCED, SETTINGS, TARGET_FIELDS
from aicfg.source import Path
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Field
    from aicfg.catalog.plugins.history import Elsewhere
    from aicfg.lsp.view import View

_PROXY, _ADVANCED = "ai-proxy", "ai-proxy-advanced"

_OF_MODEL: Mapping[str, Path] = MappingProxyType(
    {"options": ("model", "options"), "model": ("model", "name"), "model_alias": ("model", "model_alias")}
)
"""Keys beside a model that stand inside Kong's record `model`."""

_OF_ROUTE: Mapping[str, tuple[str, Path]] = MappingProxyType(
    {
        **{key: (_PROXY, ("config", *place)) for key, place in _OF_MODEL.items()},
        **{key: (_PROXY, ("config", key)) for key in ("route_type", "auth", "logging", *SETTINGS)},
        **{key: (_ADVANCED, ("config", key)) for key in (*ADVANCED, "embeddings", "vectordb")},
    }
)
"""Keys of a route, and of `defaults`, with the plugin and the path that their values have there."""

_OF_TARGET = frozenset((*TARGET_FIELDS, *_OF_MODEL, "auth", "logging", "route_type"))
_RECORDS = frozenset(("embeddings", "llm"))
_REFORMED = frozenset(("limits", "messages", "templates", "categories"))
"""Forms of a shorthand's values that look different inside."""


class Setting(NamedTuple):
    """A place in a plugin's config: `path` begins with "config"; () is the plugin itself."""

    plugin: str
    path: Path

    def field(self, view: View) -> Field | None:
        """What the target gateway knows of it, None where that has no such field."""
        schema = plugin_schema(self.plugin, view.gateway)
        found: Field | None = schema.root
        for part in self.path:
            if found is None:
                return None
            if isinstance(part, int):
                found = found.elements
            else:
                found = found.fields.get(part) if found.fields else found.values
        return found

    def elsewhere(self, view: View) -> Elsewhere | None:
        """Why the target gateway does not have it, although another one does."""
        from aicfg.catalog.plugins.history import elsewhere

        return elsewhere(plugin_schema(self.plugin, view.gateway), self.path)

    @property
    def dotted(self) -> str:
        """The path as `aicfg explain` takes it."""
        return "".join("[]" if isinstance(part, int) else f".{part}" for part in self.path).lstrip(".")


def setting_at(view: View, path: Path) -> Setting | None:
    """The place of a plugin's config that the value at a path of a document is, or becomes."""
    found = _in_manifest(view, path) if view.form == "manifest" else _in_kong_file(view, path)
    return found if found is not None and found.plugin in plugin_names() else None


def _in_manifest(view: View, path: Path) -> Setting | None:
    inner = path[2:] if path[:1] == ("environments",) else path
    for index in range(len(inner) - 2):
        if inner[index] == "plugins" and isinstance(inner[index + 1], int) and inner[index + 2] == "config":
            length = len(path) - len(inner) + index + 2
            name = view.string((*path[:length], "name"))
            return None if name is None else Setting(name, path[length:])
    match inner:
        case ("routes", _, *rest) | ("defaults", *rest):
            return _of_route(view, path[: len(path) - len(rest)], tuple(rest))
        case ("providers", _, "options", *rest):
            return Setting(_PROXY, ("config", "model", "options", *rest))
        case ("providers", _, "auth", *rest):
            return Setting(_PROXY, ("config", "auth", *rest))
        case ("redis", _, str() as key, *rest):
            return Setting(_ADVANCED, ("config", "vectordb", "redis", key, *rest))
    return None


def _of_route(view: View, route: Path, rest: Path) -> Setting | None:
    match rest:
        case ("plugin_config", *inner):
            advanced = view.outline.find((*route, "targets")) or view.string((*route, "plugin")) == _ADVANCED
            return Setting(_ADVANCED if advanced else _PROXY, ("config", *inner))
        case ("targets", int() as index, "plugin_config", *inner):
            return Setting(_ADVANCED, ("config", "targets", index, *inner))
        case ("targets", int() as index, str() as key, *inner) if key in _OF_TARGET:
            return Setting(_ADVANCED, ("config", "targets", index, *_OF_MODEL.get(key, (key,)), *inner))
        case (str() as key, str() as inner_key, *inner) if key in shorthands():
            return _of_shorthand(view, key, inner_key, tuple(inner))
        case (str() as key, *inner) if key in _OF_ROUTE:
            plugin, place = _OF_ROUTE[key]
            return _inside(Setting(plugin, place), key, tuple(inner))
    return None


def _of_shorthand(view: View, name: str, key: str, inner: Path) -> Setting | None:
    shorthand = shorthands()[name]
    rule = shorthand.keys.get(key)
    if rule is None:
        return _inside(Setting(shorthand.plugin, ("config", key)), key, inner)
    if inner and rule.form in _REFORMED:
        return None
    return _inside(Setting(shorthand.plugin, ("config", *rule.path(view.gateway.version))), key, inner)


def _inside(setting: Setting, key: str, inner: Path) -> Setting | None:
    """A place below one: in embeddings and LLMs, the manifest leaves Kong's record `model` out."""
    if key in _RECORDS and inner:
        if inner[0] == "provider":
            return None
        inner = (*_OF_MODEL.get(str(inner[0]), (inner[0],)), *inner[1:])
    return setting._replace(path=(*setting.path, *inner))


def entity_at(view: View, path: Path) -> str | None:
    """The kind of the entity that stands at a path of a Kong file, None where there is none."""
    kinds = entity_kinds()
    kind = {"route": "route", "plugin": "plugin"}.get(view.form)
    rest = path
    if view.form == "state" and len(path) > 1:
        kind, rest = lists().get(str(path[0])), path[2:]
    elif view.form == "plugins" and path:
        kind, rest = "plugin", path[1:]
    while kind is not None and rest:
        if len(rest) < 2 or not isinstance(rest[1], int):
            return None
        kind, rest = kinds[kind].nests.get(str(rest[0])), rest[2:]
        kind = kind if kind in kinds else None
    return kind


def names_plugin(view: View, path: Path) -> bool:
    """Whether the value at a path is the name of a plugin."""
    if view.form == "kubernetes":
        return path == ("plugin",)
    if view.form == "manifest":
        return path[-1:] == ("plugin",) or (path[-1:] == ("name",) and path[-3:-2] == ("plugins",))
    return path[-1:] == ("name",) and entity_at(view, path[:-1]) == "plugin"


def _in_kong_file(view: View, path: Path) -> Setting | None:
    if view.form == "kubernetes":
        name = view.string(("plugin",))
        return Setting(name, path) if name and path[:1] == ("config",) else None
    for index, part in enumerate(path):
        if part == "config" and entity_at(view, path[:index]) == "plugin":
            name = view.string((*path[:index], "name"))
            return None if name is None else Setting(name, path[index:])
    return None
