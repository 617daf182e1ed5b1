"""Wire formats, route types and native formats: `schemas/formats.yaml` and `schemas/route_types.yaml`.

A key that no field takes is an unexpected argument of its class, so a slip of the pen in a data file stops the
load with a ValueError that names the file; that is a bug in aicfg, never the user's.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from aicfg.catalog.versions import MINORS, Version, parse_version
from aicfg.errors import UsageError
from aicfg.frozen import EMPTY, frozen
from aicfg.tuples import NamedTuple

BaseUrl = Literal["append", "as-is", "none"]
"""What makes a base URL an upstream URL: the operation's path, nothing, or there is no way."""

OLDEST: Version = parse_version(MINORS[0])
PLUGINS: Mapping[str, Version] = MappingProxyType({"ai-proxy": OLDEST, "ai-proxy-advanced": (3, 8)})
"""The plugins that take a route type, and the gateway version that brought each."""


class ByVersion(NamedTuple):
    """A text that changes with the gateway version: (since, text) steps, oldest first."""

    steps: tuple[tuple[Version, str], ...]

    def at(self, version: Version) -> str | None:
        """The text that holds at `version`; None below the first step."""
        return next((text for since, text in reversed(self.steps) if version >= since), None)


class Format(NamedTuple):
    """A wire format. `paths` maps a route type to where Kong's driver sends it; the head of the file explains each."""

    name: str
    paths: Mapping[str, ByVersion]
    base_url: BaseUrl = "append"
    options: Mapping[str, str] = EMPTY
    drops: Mapping[str, tuple[str, ...]] = EMPTY
    refuses: tuple[str, ...] = ()
    streaming: bool = True
    functions: Version = OLDEST
    unverified: tuple[str, ...] = ()


class RouteType(NamedTuple):
    """A value of `route_type`. `since` maps a plugin to the first gateway version that lists it."""

    name: str
    capability: str
    since: Mapping[str, Version]
    genai_category: str | None = None
    deprecated: Version | None = None
    instead: str | None = None
    needs: Mapping[str, Any] = EMPTY
    methods: tuple[str, ...] = ("POST",)
    protocols: tuple[str, ...] = ("http", "https")
    plugin: str | None = None


class LlmFormat(NamedTuple):
    """A value of `llm_format`. `provider` is the only Kong provider it goes with, from version `tied_since` on."""

    name: str
    since: Version
    oss_since: Version | None = None
    provider: str | None = None
    tied_since: Version | None = None
    chat_only_below: Version | None = None


@cache
def formats() -> Mapping[str, Format]:
    """Every wire format by name."""
    return MappingProxyType({name: _format(name, row) for name, row in _rows("formats.yaml").items()})


def wire_format(name: str) -> Format:
    """The wire format `name`; UsageError where there is none."""
    if name not in formats():
        raise UsageError(f'"{name}" is not a wire format', hint=f"use one of {', '.join(formats())}")
    return formats()[name]


@cache
def route_types() -> Mapping[str, RouteType]:
    """Every route type by name, in the order of the file."""
    rows = _rows("route_types.yaml")["route_types"]
    return MappingProxyType({name: _route_type(name, row) for name, row in rows.items()})


@cache
def llm_formats() -> Mapping[str, LlmFormat]:
    """Every native format by name, `openai` (nothing native) included."""
    rows = _rows("route_types.yaml")["llm_formats"]
    return MappingProxyType({name: _llm_format(name, row) for name, row in rows.items()})


def by_version(value: str | Mapping[str, str], since: Version = OLDEST) -> ByVersion:
    """A text as data files write it: plain where it holds since `since`, or {"3.7": text} with a step per version."""
    steps = [(since, value)] if isinstance(value, str) else [(parse_version(key), text) for key, text in value.items()]
    return ByVersion(tuple(sorted(steps)))


@contextmanager
def loading(file: str) -> Iterator[None]:
    """Names the data file in whatever its content is wrong about; raises ValueError for all of it."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, UsageError, ValueError) as error:
        raise ValueError(f"schemas/{file}: {error}") from error


@cache
def _rows(file: str) -> dict[str, Any]:
    from aicfg.catalog.data import load
    from aicfg.resources import schema_file

    rows: dict[str, Any] = load(schema_file(file))
    return rows


def _format(name: str, row: dict[str, Any]) -> Format:
    with loading(f"formats.yaml, {name}"):
        rest = {key: frozen(value) for key, value in row.items() if key != "paths"}
        if "functions" in rest:
            rest["functions"] = parse_version(rest["functions"])
        paths = {route_type: by_version(path) for route_type, path in row.get("paths", {}).items()}
        return Format(name=name, paths=MappingProxyType(paths), **rest)


def _route_type(name: str, row: dict[str, Any]) -> RouteType:
    with loading(f"route_types.yaml, {name}"):
        rest = {key: frozen(value) for key, value in row.items() if key not in ("since", "deprecated")}
        since = row["since"] if isinstance(row["since"], dict) else dict.fromkeys(PLUGINS, row["since"])
        if "deprecated" in row:
            rest |= {"deprecated": parse_version(row["deprecated"]["since"]), "instead": row["deprecated"]["use"]}
        versions = {plugin: parse_version(version) for plugin, version in since.items()}
        return RouteType(name=name, since=MappingProxyType(versions), **rest)


def _llm_format(name: str, row: dict[str, Any]) -> LlmFormat:
    with loading(f"route_types.yaml, {name}"):
        rest = {key: parse_version(value) for key, value in row.items() if key != "provider"}
        provider, tied = next(iter(row.get("provider", {}).items()), (None, None))
        return LlmFormat(name=name, provider=provider, tied_since=tied and parse_version(tied), **rest)
