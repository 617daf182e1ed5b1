"""M310-M317: entities of Kong files in another shape than decK, DB-less files and the Admin API have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aicfg.catalog.entities import entity_kinds, lists, nested_kinds
from aicfg.kong.parse import Item, KongFile
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.refused import Beside
from aicfg.lint.registry import rule
from aicfg.proposals import quoted
from aicfg.source.changes import Change, Gather, Listed, Move, Proposal, insert, put
from aicfg.words import both

if TYPE_CHECKING:
    from aicfg.catalog.entities import EntityKind
    from aicfg.source import Path

_FORMATS = ("1.1", "2.1", "3.0")
_OF_DECK = frozenset(("_info", "_konnect", "_workspace", "_plugin_configs"))
"""Keys at the top of a file that DB-less gateways refuse."""


@rule("M310", "fields-beside-config", "error")
def fields_beside_config(beside: Beside) -> Findings:
    """Fields of a plugin's config that stand on the plugin itself.

    A plugin has its own fields (`name`, `enabled`, `route`, …), and all that it is configured with under `config`. decK
    and Kong refuse the file; where they would not, the plugin would have no config.

    Example:
        name: chat
        paths: [/chat]
        protocols: [http, https]
        plugins:
          - name: ai-prompt-guard
            deny_patterns: ["(?i)password"]
    Use instead:
        name: chat
        paths: [/chat]
        protocols: [http, https]
        plugins:
          - name: ai-prompt-guard
            config:
              deny_patterns: ["(?i)password"]
    """
    keys, plugin = beside.keys, beside.plugin
    names, what = both([f"`{key}`" for key in keys]), "a field" if len(keys) == 1 else "fields"
    message = f"{names} {'is' if len(keys) == 1 else 'are'} no {what} of a plugin, but of the config of {plugin.name}"
    hint = f"write {'it' if len(keys) == 1 else 'them'} under `config`"
    changes: tuple[Change, ...] = (Gather(("config",), tuple((key, key) for key in keys)),)
    if beside.has_config:
        changes = tuple(Move((key,), ("config", key)) for key in keys)
    fix = Proposal(f"move {names} into `config`", changes)
    config: tuple[Path, ...] = tuple(("config", key) for key in keys)
    yield Finding((keys[0],), message, hint, at_key=True, explains=(*beside.gone, *config), fix=fix)


@rule("M311", "service-as-text", "error")
def service_as_text(file: KongFile) -> Findings:
    """A service that is named by a text, where a map is wanted.

    decK (for routes) and the Admin API take `service: {name: ai}`, a DB-less file `service: ai`. What takes the one
    refuses the other. Where nobody can tell what a file is for, nothing is said.

    Example:
        _format_version: "3.0"
        _info: {select_tags: [team]}
        services:
          - {name: ai, url: "http://localhost:32000"}
        routes:
          - {name: chat, paths: [/chat], protocols: [http, https], service: ai}
    Use instead:
        _format_version: "3.0"
        _info: {select_tags: [team]}
        services:
          - {name: ai, url: "http://localhost:32000"}
        routes:
          - {name: chat, paths: [/chat], protocols: [http, https], service: {name: ai}}
    """
    if not any(isinstance(item.fields.get("service"), str) for item in file.items):
        return
    text = file.document.source.text
    is_deck = file.form == "state" and ("${{" in text or bool(_OF_DECK & file.document.data.keys()))
    is_deck = is_deck or any(item.kind.kind == "consumer" and "groups" in item.fields for item in file.items)
    is_request = file.form in ("route", "plugin") and text.startswith(
        "{", file.document.place_offsets(file.document.root)[0]
    )
    for item in file.items:
        name, kind = item.fields.get("service"), item.kind.kind
        wanted = kind == "route" or (kind == "plugin" and is_request)
        if not wanted or not isinstance(name, str) or not name or file.is_open(name) or item.parent is not None:
            continue
        path = (*item.path, "service")
        if is_deck or is_request or file.form == "route":
            message = f"{'the Admin API' if is_request else 'decK'} takes no text here"
            fix = Proposal("write it as a map", (put(path, {"name": name}),))
            yield Finding(path, message, f"write `service: {{name: {name}}}`", fix=fix)


@rule("M312", "missing-format-version", "warning")
def missing_format_version(file: KongFile) -> Findings:
    """A decK or DB-less file that does not say its format.

    A DB-less gateway does not load it, and other tools have to guess what it is.

    Example:
        services:
          - name: ai
            url: http://localhost:32000
            routes: [{name: chat, paths: [/chat], protocols: [http, https]}]
    Use instead:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
            routes: [{name: chat, paths: [/chat], protocols: [http, https]}]
    """
    data = file.document.data
    if file.form == "state" and "_format_version" not in data and any(item.parent is not None for item in file.items):
        fix = Proposal('add `_format_version: "3.0"`', (insert(("_format_version",), "3.0"),))
        message = "the file does not say its format: a DB-less gateway does not load it"
        yield Finding(("_format_version",), message, 'write `_format_version: "3.0"` at the top', fix=fix)


@rule("M313", "wrong-format-version", "error")
def wrong_format_version(file: KongFile) -> Findings:
    """A `_format_version` that is no text, or none that decK and Kong know.

    Without quotes, 3.0 is a number. decK wants a text, and so does Kong.

    Example:
        _format_version: 3.0
        services:
          - {name: ai, url: "http://localhost:32000"}
    Use instead:
        _format_version: "3.0"
        services:
          - {name: ai, url: "http://localhost:32000"}
    """
    data, path = file.document.data, ("_format_version",)
    if file.form != "state" or path[0] not in data or data[path[0]] in _FORMATS:
        return
    value = data[path[0]]
    if isinstance(value, str) and file.is_open(value):
        return
    written = file.document.source_text(path) or ""
    if isinstance(value, int | float) and written in ("3", *_FORMATS):
        meant = "3.0" if written == "3" else written
        message = f"{written} stands here without quotes: it is a number, and decK and Kong want a text"
        yield Finding(path, message, f'write `_format_version: "{meant}"`', fix=quoted(path, meant))
    else:
        fix = Proposal('write "3.0"', (put(path, "3.0", quoted=True),), safe=False) if _is_scalar(value) else None
        yield Finding(path, "decK and Kong know no such format", 'write `_format_version: "3.0"`', fix=fix)


def _is_scalar(value: object) -> bool:
    return value is not None and not isinstance(value, dict | list)


@rule("M314", "map-of-entities", "error")
def map_of_entities(file: KongFile) -> Findings:
    """A map where decK and Kong want a list of entities.

    Terraform, Docker Compose and aicfg's own manifests have things by name; Kong's files have lists. Nothing in the map
    is read, and the file is refused.

    Example:
        _format_version: "3.0"
        services:
          ai:
            url: http://localhost:32000
    Use instead:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
    """
    for path, kind, value in _maps(file):
        key = path[-1]
        message = f"`{key}` is a list of {kind.list.replace('_', ' ')}: decK and Kong refuse a map here"
        if value.keys() <= kind.fields:
            fix = Proposal("make it the first item of a list", (Listed(path),))
            yield Finding(path, message, "put a dash before its first key", at_key=True, fix=fix)
            continue
        name = "name" if kind.kind == "plugin" else kind.name
        first = next(iter(value), "…")
        shown = first if len(first) <= 40 and first.isprintable() else "…"
        fits = all(isinstance(one, Mapping) and one and name not in one for one in value.values())
        fix_all = Proposal("make a list of it", (Listed(path, name),)) if fits and value else None
        hint = f"write one item for each: `{key}: [{{{name}: {shown}, …}}]`"
        yield Finding(path, message, hint, at_key=True, fix=fix_all)


def _maps(file: KongFile) -> Iterator[tuple[Path, EntityKind, Mapping[str, Any]]]:
    kinds = entity_kinds()
    if file.form == "state":
        for key, kind in lists().items():
            if isinstance(file.document.data.get(key), Mapping):
                yield (key,), kinds[kind], file.document.data[key]
    for item in file.items:
        for key, nested in nested_kinds(item.kind.kind):
            if isinstance(item.fields.get(key), dict):
                yield (*item.path, key), nested, item.fields[key]


@rule("M315", "missing-plugin-name", "error")
def missing_plugin_name(file: KongFile) -> Findings:
    """A plugin without a name.

    decK and Kong refuse it: nobody can tell which plugin it is.

    Example:
        _format_version: "3.0"
        plugins:
          - instance_name: guard
            route: chat
            config: {deny_patterns: ["(?i)password"]}
        routes:
          - {name: chat, paths: [/chat], protocols: [http, https]}
    Use instead:
        _format_version: "3.0"
        plugins:
          - name: ai-prompt-guard
            instance_name: guard
            route: chat
            config: {deny_patterns: ["(?i)password"]}
        routes:
          - {name: chat, paths: [/chat], protocols: [http, https]}
    """
    for item in file.items:
        if item.kind.kind == "plugin" and item.fields.get("name") is None and "plugin" not in item.fields:
            yield Finding((*item.path, "name"), "the plugin has no name", "write `name: ai-proxy`, or what it is")


@rule("M317", "partial-name-as-text", "error")
def partial_name_as_text(file: KongFile) -> Findings:
    """An item of a plugin's `partials` that is a text.

    decK wants a map with the name or the id of the partial, and where in the config it goes, if that is not clear.

    Example:
        _format_version: "3.0"
        plugins:
          - name: rate-limiting-advanced
            partials: [team-redis]
    Use instead:
        _format_version: "3.0"
        plugins:
          - name: rate-limiting-advanced
            partials: [{name: team-redis}]
    """
    for item in file.items:
        if item.kind.kind == "plugin":
            yield from _texts(item)


def _texts(item: Item) -> Findings:
    partials = item.fields.get("partials")
    for number, each in enumerate(partials if isinstance(partials, list) else ()):
        if isinstance(each, str) and "${{" not in each:
            path = (*item.path, "partials", number)
            fix = Proposal("write it as a map", (put(path, {"name": each}),))
            yield Finding(path, "a partial is a map here, not a text", f"write `{{name: {each}}}`", fix=fix)
