"""Kong file -> Entities: decK and DB-less files, KongPlugins, and the fragments that guides print.

Everything keeps its place in the file. Values that a tool replaces before Kong sees them (decK's `${{ env … }}`,
Kubernetes' configPatches) become Placeholders, which may turn out to be anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aicfg.catalog.entities import EntityKind, entity_kinds, kubernetes_keys, lists, nested_kinds
from aicfg.catalog.versions import Gateway
from aicfg.frozen import EMPTY
from aicfg.kong.detect import Form, form_of
from aicfg.kong.entities import Entities, Plugin, Route, Service
from aicfg.kong.references import DeployText, Placeholder
from aicfg.patterns import later
from aicfg.source import Document, Origin, Path, Place
from aicfg.tuples import NamedTuple

_ABOUT = ("_info", "_workspace", "_konnect")
_DECK = later(r"\$\{\{.*?\}\}", re.DOTALL)


class Item(NamedTuple):
    """An entity as it stands in a file: its kind, its fields, its path, and the entity that it is nested in."""

    kind: EntityKind
    fields: Mapping[str, Any]
    path: Path
    parent: Item | None = None

    @property
    def name(self) -> str | None:
        value = self.fields.get(self.kind.name)
        return value if isinstance(value, str) else None


class KongFile(NamedTuple):
    """A document in one of Kong's forms, with every entity in it. `about` is what it says of itself: `_info`, say."""

    document: Document
    form: Form
    items: tuple[Item, ...]
    gateway: Gateway
    about: Mapping[str, Any] = EMPTY

    @property
    def origin(self) -> Origin:
        return Origin.verbatim_in(self.document)

    def is_open(self, text: str) -> bool:
        """Whether some part of a text is filled in later."""
        if "${{" in text or not self.document.template:
            return "${{" in text
        from aicfg.source.templates import holds_token  # few files are templates

        return holds_token(text)


def parse(document: Document, gateway: Gateway) -> tuple[KongFile, Entities]:
    """What a document in one of Kong's forms holds."""
    form = form_of(document.data)
    items = tuple(_items(document.data, form))
    data = document.data
    about = {key: data[key] for key in _ABOUT if key in data} if isinstance(data, dict) else EMPTY
    return KongFile(document, form, items, gateway, about), _Builder(document, form, items).entities(gateway)


def _items(data: Any, form: Form) -> list[Item]:
    kinds, found = entity_kinds(), list[Item]()
    if form == "state":
        for key, kind in lists().items():
            _add_list(found, data.get(key), kinds[kind], (key,), None)
    elif form == "plugins":
        _add_list(found, data, kinds["plugin"], (), None)
    elif form in ("route", "plugin"):
        _add(found, Item(kinds[form], data, ()))
    return found


def _add_list(found: list[Item], value: Any, kind: EntityKind, path: Path, parent: Item | None) -> None:
    if isinstance(value, list):
        for index, fields in enumerate(value):
            if isinstance(fields, dict):
                _add(found, Item(kind, fields, (*path, index), parent))


def _add(found: list[Item], item: Item) -> None:
    """The item, and what is nested in it after it."""
    found.append(item)
    kind, fields, path, _ = item
    for key, nested in nested_kinds(kind.kind):
        if key in fields:
            _add_list(found, fields[key], nested, (*path, key), item)


class _Builder:
    """Builds Entities from the items of one document."""

    def __init__(self, document: Document, form: Form, items: tuple[Item, ...]) -> None:
        self.document = document
        self.form = form
        self.items = items
        self.templated = document.template or "${{" in document.source.text
        shared = document.data.get("_plugin_configs") if isinstance(document.data, dict) else None
        self.shared: Mapping[str, Any] = shared if isinstance(shared, dict) else {}
        self.apart = frozenset(("name", "config", "_config", *entity_kinds()["plugin"].refers))

    def entities(self, gateway: Gateway) -> Entities:
        if self.form == "kubernetes":
            plugin = self._kubernetes(self.document.data)
            return Entities(gateway, plugins=(plugin,) if plugin else ())
        below: dict[int, tuple[list[Plugin], list[Route]]] = {}
        services: list[Service] = []
        top: tuple[list[Plugin], list[Route]] = [], []
        for item in reversed(self.items):  # children before their parents
            kind, fields, path, parent = item
            nested = parent is not None and parent.kind.kind in ("service", "route")
            plugins, routes = below.setdefault(id(parent.fields), ([], [])) if parent and nested else top
            if kind.kind == "plugin":
                plugins.append(self._plugin(item))
            elif kind.kind == "route":
                own, _ = below.pop(id(fields), ((), ()))
                origin = Origin.verbatim_in(self.document, path)
                routes.append(Route(item.name or "", _without(fields, _APART_IN_ROUTES), origin, tuple(own[::-1])))
            elif kind.kind == "service":
                own, inner = below.pop(id(fields), ((), ()))
                origin = Origin.verbatim_in(self.document, path)
                rest = _without(fields, _APART_IN_SERVICES)
                services.append(Service(item.name or "", rest, origin, tuple(inner[::-1]), tuple(own[::-1])))
        plugins, routes = top
        return Entities(gateway, tuple(services[::-1]), tuple(routes[::-1]), tuple(plugins[::-1]))

    def _plugin(self, item: Item) -> Plugin:
        kind, fields, path, parent = item
        name = fields.get("name")
        scope: dict[str, str] = {}
        for key in kind.refers:
            if key in fields and (reference := reference_of(fields[key])) is not None:
                scope[key] = str(reference)
        if parent is not None:
            scope.setdefault(parent.kind.kind, parent.name or "")
        config, origin = self._config(fields, path)
        own = _without(fields, self.apart)
        return Plugin(name if isinstance(name, str) else "", config, origin, own, scope)

    def _config(self, fields: Mapping[str, Any], path: Path) -> tuple[Any, Origin]:
        """A plugin's config, with what decK adds from `_plugin_configs`: the plugin's own keys win."""
        origin = Origin.verbatim_in(self.document, path)
        config = fields.get("config")
        shared = self.shared.get(fields.get("_config") or "")
        if isinstance(shared, dict):
            own = config if isinstance(config, dict) else {}
            place = Place(self.document, ("_plugin_configs", str(fields["_config"])))
            inner: dict[Path, Place] = {("config", key): place / key for key in shared if key not in own}
            origin, config = Origin(origin.place, inner, verbatim=True), {**shared, **own}
        return (_with_placeholders(config, self.document.template) if self.templated else config), origin

    def _kubernetes(self, data: Mapping[str, Any]) -> Plugin | None:
        """The plugin of a KongPlugin. None where its whole config is in a Secret."""
        if "configFrom" in data or not isinstance(data.get("plugin"), str):
            return None
        config = data.get("config")
        if self.templated:
            config = _with_placeholders(config, self.document.template)
        for patch in data.get("configPatches") or ():
            if isinstance(patch, dict) and isinstance(patch.get("path"), str):
                config = _patched(config, [_unescaped(part) for part in patch["path"].split("/")[1:]])
        known = kubernetes_keys() - {"instance_name", "ordering", "protocols"}
        own = {key: value for key, value in data.items() if key not in known}
        return Plugin(data["plugin"], {} if config is None else config, Origin.verbatim_in(self.document), own)


_APART_IN_ROUTES = frozenset(("name", "plugins"))
_APART_IN_SERVICES = frozenset(("name", "plugins", "routes"))
"""Keys that have a place of their own in an entity."""


def _without(fields: Mapping[str, Any], apart: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in apart}


def reference_of(value: Any) -> str | None:
    """The name or id that refers to another entity: decK and DB-less write a text or a map with one of the two."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("id")
    return value if isinstance(value, str) else None


def _with_placeholders(value: Any, template: bool) -> Any:
    """The value with what is filled in later marked as such: decK's placeholders, and in a template any others."""
    if isinstance(value, str):
        if template:
            from aicfg.source.templates import holds_token  # few files are templates

            if holds_token(value):
                return Placeholder(value)
        if "${{" not in value:
            return value
        literal = _DECK.sub("", value).strip()
        return DeployText(value) if literal.strip("0123456789.-") else Placeholder(value)
    if isinstance(value, dict):
        return {key: _with_placeholders(item, template) for key, item in value.items()}
    return [_with_placeholders(item, template) for item in value] if isinstance(value, list) else value


def _patched(config: Any, parts: list[str]) -> Any:
    """The config with a placeholder where a patch puts a value from a Secret."""
    if not parts:
        return Placeholder("<from a Secret>")
    head, *rest = parts
    if isinstance(config, list):
        index = int(head) if head.isdigit() else len(config)
        items = [*config, None] if index >= len(config) else [*config]
        items[min(index, len(items) - 1)] = _patched(items[min(index, len(items) - 1)], rest)
        return items
    own = config if isinstance(config, dict) else {}
    return {**own, head: _patched(own.get(head), rest)}


def _unescaped(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")
