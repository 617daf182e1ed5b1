"""Forms that the values of a shorthand take in a plugin's config, by the names that `schemas/shorthands.yaml` uses."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from aicfg.kong.draft import Draft, Said
from aicfg.kong.lower.limits import put_limits
from aicfg.kong.lower.meaning import put_embeddings, put_redis, put_vectordb
from aicfg.kong.lower.records import Unbuildable, Use, put_logging, record
from aicfg.manifest.model import Manifest, Route
from aicfg.source import Path
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


def _limits(part: Part, key: str, to: Path) -> None:
    put_limits(part.draft, to, part.manifest, part.route, part.said)


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
        raise Unbuildable
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
