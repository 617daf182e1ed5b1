"""Document -> Manifest.

Loading is total: whatever has the wrong shape is left out, so that lint can tell about everything else in one run.
`load` is for those who want a manifest or an error.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from aicfg.catalog.versions import EDITIONS, Gateway, gateway
from aicfg.errors import AicfgError, UsageError
from aicfg.manifest.choice import Choice, Given, take_variables
from aicfg.manifest.compose import stands_alone
from aicfg.manifest.model import ROUTE_FIELDS, SETTINGS, Manifest, Provider, Route
from aicfg.manifest.shape import Problem, normalise, shape_problems
from aicfg.source import Document, Path, format_path, read_file
from aicfg.source.scalars import Scalar

if TYPE_CHECKING:
    from aicfg.manifest.compose.composed import Composed
    from aicfg.manifest.compose.fault import Fault

T = TypeVar("T")

_DEFAULT_KEYS = {"route_type", "auth", "options", "plugin_config", *SETTINGS, *ROUTE_FIELDS}
_ROUTE_KEYS = {"provider", "model", "model_alias", "path", *_DEFAULT_KEYS}
_PROVIDER_KEYS = {"type", "hosting", "base_url", "upstream_url", "api_key", "auth", "options", "format"}
_TOP_KEYS = {"version", "name", "gateway", "defaults", "service", "providers", "routes"}
_BROKEN = {"wrong-type", "ambiguous-boolean"}
"""Kinds of problems that make a value worthless."""


class ManifestError(AicfgError):
    """The file is no manifest that can be used: what lint would report as an error of its shape."""


def load(
    paths: Sequence[str | PathLike[str]], env: str | None = None, variables: Mapping[str, Scalar] | None = None
) -> Manifest:
    """The manifest in a file, or in several that make one together, as it is in the environment `env`.

    Raises AicfgError for the first thing that is wrong with its text, its shape, or how its parts go together.
    """
    documents = [read_file(path) for path in paths]
    for document in documents:
        if document.problems:
            raise document.problems[0]
    return _loaded(documents, env, take_variables(variables))


def _loaded(documents: Sequence[Document], env: str | None, variables: Mapping[str, Given]) -> Manifest:
    for document in documents:
        if not isinstance(document.data, dict):
            _raise_first(document, read_manifest(document)[1])
    if len(documents) == 1 and not (env or variables) and stands_alone(documents[0]):
        manifest, problems = read_manifest(documents[0])
        _raise_first(documents[0], problems)
        return manifest
    document = _composed(documents, Choice(env, variables))
    manifest, problems = read_manifest(document, unresolved=document.unresolved)
    _raise_first(document, problems)
    return manifest


def _composed(documents: Sequence[Document], choice: Choice) -> Composed:
    """What the documents make together. Raises AicfgError for the first thing that is wrong with it."""
    from aicfg.manifest.compose import composer, fault, files  # most manifests are one file and no more

    sources = files.read_sources([files.Given(one, one.file) for one in documents])
    composing = composer.Composer(sources, choice.variables)
    composing.check(choice)
    composition = composing.compose(choice.environment)
    for error in (
        *(each for _, each in sources.unreadable),
        *(each for one in sources.documents for each in one.problems),
    ):
        raise error
    for found in composition.faults:
        if found.kind not in fault.HARMLESS:
            _raise(*found.place, found)
    for view, problems in composition.own_problems():
        _raise_first(view, problems)
    assert composition.document is not None, "the faults say which file is missing"
    return composition.document


def _raise_first(document: Document, problems: Iterable[Problem]) -> None:
    for problem in problems:
        _raise(document, problem.path, problem)


def _raise(document: Document, path: Path, about: Problem | Fault) -> NoReturn:
    document, path = document.stands_at(path, key=about.at_key)
    place, where = document.locate(path, key=about.at_key), format_path(path)
    message = f"{where}: {about.message}" if where else about.message
    raise ManifestError(message, file=document.file, line=place.line, column=place.column, hint=about.hint)


def read_manifest(
    document: Document,
    version: str | None = None,
    edition: str | None = None,
    unresolved: Collection[Path] = (),
) -> tuple[Manifest, tuple[Problem, ...]]:
    """The manifest in a document, and what is wrong with its shape.

    `version` and `edition` each override what the manifest says. What stands at `unresolved` has no known value, and is
    left out without a word. Raises UsageError for a version or edition that does not exist.
    """
    data = normalise(document.data, document.source_text)
    problems = tuple(
        problem for problem in shape_problems(data, document.source_text) if problem.path not in unresolved
    )
    broken = frozenset(problem.path for problem in problems if problem.kind in _BROKEN).union(unresolved)
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
