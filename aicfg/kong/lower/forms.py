"""Forms that the values of a shorthand take in a plugin's config, by the names that `schemas/shorthands.yaml` uses."""

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from aicfg.kong.draft import Draft, Said
from aicfg.kong.lower.meaning import put_embeddings, put_redis, put_vectordb
from aicfg.kong.lower.records import Unbuildable, Use, put_logging, record, resolve
from aicfg.manifest.model import Manifest, Route
from aicfg.source import Path, Place
from aicfg.tuples import NamedTuple


class Part(NamedTuple):
    """A shorthand on its way: the maps of the manifest at `paths`, merged in `said`, become the config in `draft`."""

    manifest: Manifest
    route: Route
    paths: tuple[Path, ...]
    said: Said
    draft: Draft
    hostings: dict[Path, tuple[str, str]]


Form = Callable[[Part, str, Path], None]
"""Puts what a key of the shorthand says at a path of the config. Raises Unbuildable where another rule says why."""


def _messages(part: Part, key: str, to: Path) -> None:
    """Messages, of which a plain text is the system's."""
    items = part.said.get(key)
    if not isinstance(items, list):
        part.said.copy_to(part.draft, to, key)
        return
    made = [{"role": "system", "content": item} if isinstance(item, str) else item for item in items]
    part.draft.put(to, made, part.said.place(key))
    for index, item in enumerate(items):
        if isinstance(item, str):
            part.draft.note((*to, index, "content"), part.said.place(key, index))


def _templates(part: Part, key: str, to: Path) -> None:
    """Templates by name, each the text of a request body or that body as a map."""

    def template(value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    _named(part, key, to, lambda name, value: {"name": name, "template": template(value)})


def _categories(part: Part, key: str, to: Path) -> None:
    """Severities by category."""
    _named(part, key, to, lambda name, value: {"name": name, "rejection_level": value})


def _named(part: Part, key: str, to: Path, record_of: Callable[[str, Any], dict[str, Any]]) -> None:
    """A map by name as Kong's list of records."""
    said, draft = part.said, part.draft
    value = said.get(key)
    if not isinstance(value, dict):
        if value is not None:
            said.copy_to(draft, to, key)
        return
    draft.put(to, [record_of(name, item) for name, item in value.items()], said.place(key))
    for index, (name, item) in enumerate(value.items()):
        for field in ("", *record_of(name, item)):
            path: Path = (index, field) if field else (index,)
            draft.note((*to, *path), said.place(key, name))


class _Limit(NamedTuple):
    """What one of Kong's providers may be used, each value with its place."""

    values: Mapping[str, Any]
    places: Mapping[str, Place]
    place: Place


def _limits(part: Part, key: str, to: Path) -> None:
    """Limits by Kong's provider: from 3.10 on lists, so that there may be several."""
    limits = dict(_limits_of(part))
    if not limits:
        return
    several = part.manifest.gateway.version >= (3, 10)
    made = []
    for index, (name, limit) in enumerate(limits.items()):
        own = (*to, index)
        part.draft.note(own, limit.place)
        part.draft.note((*own, "name"), limit.place)
        values = {}
        for field, value in limit.values.items():
            wrapped = several and not isinstance(value, list)
            values[field] = [value] if wrapped else value
            part.draft.note((*own, field), limit.places[field])
            if wrapped:
                part.draft.note((*own, field, 0), limit.places[field])
        made.append({"name": name, **values})
    part.draft.put(to, made, part.said.place("providers" if part.said.get("providers") else "limit"))


def _limits_of(part: Part) -> Iterator[tuple[str, _Limit]]:
    """The limit of each of Kong's providers, the general one first and those of single providers over it."""
    said = part.said
    fields = ("limit", "window_size")
    general = {field: said.get(field) for field in fields if said.get(field) is not None}
    own = said.get("providers")
    own = own if isinstance(own, dict) else {}
    used = dict.fromkeys(use.provider for use in part.route.uses if use.provider) if general else {}
    for name in dict.fromkeys((*used, *own)):
        value = own.get(name)
        single = {field: value[field] for field in fields if field in value} if isinstance(value, dict) else {}
        places = {
            field: said.place("providers", name, field) if field in single else said.place(field) for field in fields
        }
        entry = part.manifest.providers.get(name)
        found = resolve(part.manifest, name)
        if entry is None or found is not None:
            place = said.place("providers", name) if name in own else said.root
            inherited = general if name in used else {}
            yield found.provider.kong_provider if found else name, _Limit({**inherited, **single}, places, place)


def _redis(part: Part, key: str, to: Path) -> None:
    put_redis(part.draft, to, part.manifest, part.said, key)


def _embeddings(part: Part, key: str, to: Path) -> None:
    put_embeddings(part.draft, to, part.manifest, meant_by(part.manifest, part.route, part.paths, key))


def _vectordb(part: Part, key: str, to: Path) -> None:
    put_vectordb(part.draft, to, part.manifest, meant_by(part.manifest, part.route, part.paths, key))


def meant_by(manifest: Manifest, route: Route, shorthand: tuple[Path, ...], key: str) -> tuple[Path, ...]:
    """Where the embeddings or the vectordb of a shorthand stand: in itself, else beside it.

    Raises Unbuildable where they stand nowhere.
    """
    own = manifest.layers(*((*path, key) for path in shorthand))
    found = own or manifest.layers(("defaults", key), (*route.path, key))
    if not found:
        raise Unbuildable
    return found


def _llm(part: Part, key: str, to: Path) -> None:
    """The record of a provider and model of the manifest. Kong takes chat alone."""
    manifest, paths = part.manifest, part.manifest.layers(*((*path, key) for path in part.paths))
    if not paths:
        return
    use = Use("llm/v1/chat", (), paths)
    base = (*part.draft.base, *to)
    made = record(manifest, use, part.said.get(key, "provider"), base)
    if made is None:
        raise Unbuildable
    draft, found = made
    put_logging(draft, manifest, use)
    part.draft.adopt(to, draft)
    part.draft.note(to, manifest.place(paths[-1]))
    if found is not None:
        part.hostings[base] = (found.provider.type, found.hosting.name)


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "messages": _messages,
        "templates": _templates,
        "categories": _categories,
        "limits": _limits,
        "redis": _redis,
        "embeddings": _embeddings,
        "vectordb": _vectordb,
        "llm": _llm,
    }
)
