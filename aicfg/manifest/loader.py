"""Document -> Manifest.

Loading is total: whatever has the wrong shape is left out, so that lint can tell about everything else in one run.
`load` is for those who want a manifest or an error.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from aicfg.catalog.versions import EDITIONS, Gateway, gateway
from aicfg.errors import AicfgError, UsageError
from aicfg.manifest.choice import Choice, Given, take_variables
from aicfg.manifest.compose import stands_alone
from aicfg.manifest.model import Manifest, Provider, Route, Target
from aicfg.manifest.shape import Problem, normalise, shape_problems
from aicfg.source import Document, Path, format_path, read_file
from aicfg.source.scalars import Scalar

if TYPE_CHECKING:
    from aicfg.manifest.compose.composed import Composed
    from aicfg.manifest.compose.fault import Fault

T = TypeVar("T")

_BROKEN = {"wrong-type", "ambiguous-boolean"}
"""Kinds of problems that make a value worthless."""
_LISTS_OF_MAPS = ("targets", "plugins")


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
    from aicfg.lint.masking import mask_text  # a key may be a secret, too

    message = mask_text(f"{where}: {about.message}" if where else about.message)
    hint = mask_text(about.hint) if about.hint else None
    raise ManifestError(message, file=document.file, line=place.line, column=place.column, hint=hint)


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
        return list(items) if path and path[-1] in _LISTS_OF_MAPS else [item for item in items if item is not None]
    return value


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
