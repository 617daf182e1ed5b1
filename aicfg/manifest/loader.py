"""Document -> Manifest.

Loading is total: whatever has the wrong shape is left out, so that lint can tell about everything else in one run.
`load` is for those who want a manifest or an error.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from os import PathLike
from typing import Any, TypeVar

from aicfg.catalog.versions import EDITIONS, Gateway, gateway
from aicfg.errors import AicfgError, UsageError
from aicfg.manifest.model import ROUTE_FIELDS, SETTINGS, Manifest, Provider, Route
from aicfg.manifest.shape import Problem, normalise, shape_problems
from aicfg.source import Document, Path, format_path, read_file

T = TypeVar("T")

_DEFAULT_KEYS = {"route_type", "auth", "options", "plugin_config", *SETTINGS, *ROUTE_FIELDS}
_ROUTE_KEYS = {"provider", "model", "model_alias", "path", *_DEFAULT_KEYS}
_PROVIDER_KEYS = {"type", "hosting", "base_url", "upstream_url", "api_key", "auth", "options", "format"}
_TOP_KEYS = {"version", "name", "gateway", "defaults", "service", "providers", "routes"}
_BROKEN = {"wrong-type", "ambiguous-boolean"}
"""Kinds of problems that make a value worthless."""


class ManifestError(AicfgError):
    """The file is no manifest that can be used: what lint would report as an error of its shape."""


def load(path: str | PathLike[str]) -> Manifest:
    """The manifest in a file. Raises AicfgError for the first thing that is wrong with its text or shape."""
    document = read_file(path)
    if document.problems:
        raise document.problems[0]
    manifest, problems = read_manifest(document)
    for problem in problems:
        place = document.locate(problem.path, key=problem.at_key)
        where = format_path(problem.path)
        message = f"{where}: {problem.message}" if where else problem.message
        raise ManifestError(message, file=document.file, line=place.line, column=place.column, hint=problem.hint)
    return manifest


def read_manifest(
    document: Document, version: str | None = None, edition: str | None = None
) -> tuple[Manifest, tuple[Problem, ...]]:
    """The manifest in a document, and what is wrong with its shape.

    `version` and `edition` each override what the manifest says. Raises UsageError where they do not exist.
    """
    data = normalise(document.data, document.source_text)
    problems = tuple(shape_problems(data, document.source_text))
    broken = frozenset(problem.path for problem in problems if problem.kind in _BROKEN)
    incomplete = {problem.path for problem in problems if problem.kind == "missing-key"}
    unknown = {problem.path for problem in problems if problem.kind == "unknown-key"}
    touched = {bad[:length] for bad in broken for length in range(len(bad) + 1)}
    top = _map(_without(data, (), broken, touched))
    providers = {name: _provider(name, _map(value)) for name, value in _map(top.get("providers")).items()}
    routes = {name: _route(name, _map(value), unknown) for name, value in _map(top.get("routes")).items()}
    uncompiled: list[Path] = [(key,) for key in _uncompiled(top, _TOP_KEYS, (), unknown)]
    defaults = _map(top.get("defaults"))
    uncompiled += [("defaults", key) for key in _uncompiled(defaults, _DEFAULT_KEYS, ("defaults",), unknown)]
    for entry in providers.values():
        value = _map(top["providers"][entry.name])
        uncompiled += [(*entry.path, key) for key in _uncompiled(value, _PROVIDER_KEYS, entry.path, unknown)]
    uncompiled += [(*route.path, key) for route in routes.values() for key in route.uncompiled]
    manifest = Manifest(
        document,
        _gateway(_map(top.get("gateway")), version, edition),
        _text(top.get("name")),
        defaults,
        _map(top.get("service")),
        providers,
        routes,
        tuple(uncompiled),
        broken,
        broken
        | incomplete
        | {bad[:-1] for bad in broken}
        | {path[:-1] for path in unknown if path[-1] in ("base_url", "upstream_url")},
    )
    return manifest, problems


def _provider(name: str, value: Mapping[str, Any]) -> Provider:
    return Provider(
        name,
        ("providers", name),
        type=_text(value.get("type")),
        hosting=_text(value.get("hosting")),
        base_url=_text(value.get("base_url")),
        upstream_url=_text(value.get("upstream_url")),
        api_key=_text(value.get("api_key")),
        auth=_map(value["auth"]) if isinstance(value.get("auth"), dict) else None,
        options=_map(value.get("options")),
        format=_text(value.get("format")),
    )


def _route(name: str, value: Mapping[str, Any], unknown: Collection[Path]) -> Route:
    path = ("routes", name)
    uncompiled = _uncompiled(value, _ROUTE_KEYS, path, unknown)
    kong = _picked(value, ROUTE_FIELDS)
    if isinstance(value.get("path"), str):
        kong = {"paths": [value["path"]], **kong}
    return Route(
        name,
        path,
        provider=_text(value.get("provider")),
        model=_text(value.get("model")),
        model_alias=_text(value.get("model_alias")),
        route_type=_text(value.get("route_type")),
        auth=_map(value.get("auth")),
        options=_map(value.get("options")),
        settings=_picked(value, SETTINGS),
        kong=kong,
        plugin_config=_map(value.get("plugin_config")),
        uncompiled=uncompiled,
        mentioned_providers=tuple(_providers_in(_picked(value, uncompiled))),
    )


def _gateway(value: Mapping[str, Any], version: str | None, edition: str | None) -> Gateway:
    """The target that the caller asks for, else the one that the manifest names; where none of that name exists, the
    newest."""
    said_edition = _text(value.get("edition"))
    edition = edition or (said_edition if said_edition in EDITIONS else None)
    try:
        return gateway(_text(value.get("version")) if version is None else version, edition)
    except UsageError:
        return gateway(version, edition)


def _uncompiled(
    value: Mapping[str, Any], compiled: Collection[str], path: Path, unknown: Collection[Path]
) -> tuple[str, ...]:
    """The keys that the language has and the compiler does not know yet."""
    return tuple(
        key
        for key, item in value.items()
        if key not in compiled and (*path, key) not in unknown and (key, item) != ("plugin", "ai-proxy")
    )


def _without(value: Any, path: Path, broken: Collection[Path], touched: Collection[Path]) -> Any:
    """The value without the parts of it that are broken; `touched` are their paths and those that lead there."""
    if path not in touched:
        return value
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if (*path, key) not in broken}
        return {key: _without(item, (*path, key), broken, touched) for key, item in kept.items()}
    if isinstance(value, list):
        items = [(index, item) for index, item in enumerate(value) if (*path, index) not in broken]
        return [_without(item, (*path, index), broken, touched) for index, item in items]
    return value


def _providers_in(value: object) -> Iterator[str]:
    """The providers that a part of a route mentions."""
    if isinstance(value, dict):
        if isinstance(value.get("provider"), str):
            yield value["provider"]
        for item in value.values():
            yield from _providers_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _providers_in(item)


def _picked(value: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: value[key] for key in keys if key in value}


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
