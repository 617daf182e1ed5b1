"""Document -> Manifest.

Loading is total: whatever has the wrong shape is left out, so that lint can tell about everything else in one run.
`load` is for those who want a manifest or an error.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from os import PathLike
from typing import Any, TypeVar

from aicfg.catalog.versions import EDITIONS, Gateway, gateway
from aicfg.errors import AicfgError, UsageError
from aicfg.manifest.model import Manifest, Provider, Route, Target
from aicfg.manifest.shape import Problem, normalise, shape_problems
from aicfg.source import Document, Path, format_path, read_file

T = TypeVar("T")

_BROKEN = {"wrong-type", "ambiguous-boolean"}
"""Kinds of problems that make a value worthless."""
_LISTS_OF_MAPS = ("targets", "plugins")


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
    left_out = broken | unknown
    touched = {bad[:length] for bad in left_out for length in range(len(bad) + 1)}
    top = _map(_without(data, (), left_out, touched))
    providers = {name: _provider(name, _map(value)) for name, value in _map(top.get("providers")).items()}
    routes = {name: _route(name, _map(value)) for name, value in _map(top.get("routes")).items()}
    manifest = Manifest(
        document,
        _gateway(_map(top.get("gateway")), version, edition),
        top,
        _text(top.get("name")),
        providers,
        routes,
        broken,
        left_out
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
        plugins=tuple(item for item in value.get("plugins") or () if isinstance(item, dict)),
    )


def _route(name: str, value: Mapping[str, Any]) -> Route:
    path = ("routes", name)
    targets = value.get("targets")
    return Route(
        name,
        path,
        provider=_text(value.get("provider")),
        model=_text(value.get("model")),
        route_type=_text(value.get("route_type")),
        targets=tuple(
            _target((*path, "targets", index), item) for index, item in enumerate(targets) if isinstance(item, dict)
        )
        if isinstance(targets, list)
        else None,
        plugin=_text(value.get("plugin")),
        service=_text(value.get("service")),
    )


def _target(path: Path, value: Mapping[str, Any]) -> Target:
    return Target(
        path,
        provider=_text(value.get("provider")),
        model=_text(value.get("model")),
        route_type=_text(value.get("route_type")),
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


def _without(value: Any, path: Path, broken: Collection[Path], touched: Collection[Path]) -> Any:
    """The value without the parts of it that are broken; `touched` are their paths and those that lead there."""
    if path not in touched:
        return value
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if (*path, key) not in broken}
        return {key: _without(item, (*path, key), broken, touched) for key, item in kept.items()}
    if isinstance(value, list):
        items = (
            None if (*path, index) in broken else _without(item, (*path, index), broken, touched)
            for index, item in enumerate(value)
        )
        # Maps in a list are found by their index, so a broken one leaves its place empty.
        return list(items) if path[-1] in _LISTS_OF_MAPS else [item for item in items if item is not None]
    return value


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
