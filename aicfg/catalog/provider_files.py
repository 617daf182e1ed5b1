"""Reads a file of `schemas/providers/` into a Provider: defaults filled, versions as tuples, everything frozen.

Keys are the fields of the classes in `providers.py`, but for the names that a map's key gives. On top of them a file
may have `format`, the wire format of all its hostings, and `extends`, another provider whose keys hold where the file
has none.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aicfg.catalog.data import load
from aicfg.catalog.formats import by_version, loading, route_types
from aicfg.catalog.providers import (
    Auth,
    Capability,
    Claim,
    Cloud,
    Conflict,
    Header,
    Hosting,
    OptionRule,
    Provider,
    UrlRule,
)
from aicfg.catalog.versions import Version, parse_version
from aicfg.frozen import EMPTY, frozen
from aicfg.resources import schema_file
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row = dict[str, Any]


class _Parent(NamedTuple):
    """What a hosting takes from its provider where it says nothing else."""

    type: str
    title: str
    since: Version
    format: str | None
    formats: tuple[str, ...]
    capabilities: Mapping[str, Capability]


def read_provider(type: str) -> Provider:
    """The provider of one file; ValueError, with the file's name, for a key or a value that has no place in it."""
    with loading(f"providers/{type}.yaml"):
        return build_provider(type, _rows(type))


def build_provider(type: str, rows: Row) -> Provider:
    """The provider that the rows of a file describe; TypeError for a key that nothing takes."""
    rest = dict(rows)
    since = parse_version(rest.pop("since"))
    parent = _Parent(
        type=type,
        title=rest["title"],
        since=since,
        format=None if "formats" in rest else rest.pop("format", "openai"),
        formats=tuple(rest.get("formats", ())),
        capabilities=_capabilities(rest.pop("capabilities"), since),
    )
    hostings = {name: _hosting(name, row, parent) for name, row in rest.pop("hostings").items()}
    cloud = rest.pop("cloud", None)
    return Provider(
        type=type,
        kong_provider=rest.pop("kong_provider", type),
        since=parent.since,
        hostings=MappingProxyType(hostings),
        default_hosting=rest.pop("default_hosting", type if type in hostings else None),
        capabilities=parent.capabilities,
        cloud=_cloud(cloud) if cloud else None,
        options=_options(rest.pop("options", {}), parent.since),
        conflicts=tuple(_conflict(row) for row in rest.pop("conflicts", ())),
        **{key: frozen(value) for key, value in rest.items()},
    )


def _rows(type: str) -> Row:
    rows: Row = load(schema_file("providers", f"{type}.yaml"))
    extended = rows.pop("extends", None)
    return {**_rows(extended), **rows} if extended else rows


def _hosting(name: str, row: Row, parent: _Parent) -> Hosting:
    rest = dict(row)
    self_hosted = rest.get("self_hosted", False)
    wire = rest.pop("format", parent.format)
    upstream = rest.pop("upstream", None)
    return Hosting(
        name=name,
        title=rest.pop("title", parent.title if name == parent.type else name),
        format=wire,
        formats=(wire,) if wire else parent.formats,
        upstream_url=_url_rule(rest.pop("upstream_url", {}), always=self_hosted),
        capabilities=_capabilities(rest.pop("capabilities", {}), parent.since, parent.capabilities),
        auth=_auth(rest.pop("auth", {})),
        credentials=rest.pop("credentials", "optional" if self_hosted else "required"),
        upstream=by_version(upstream, parent.since) if upstream else None,
        paths=MappingProxyType({key: by_version(path) for key, path in rest.pop("paths", {}).items()}),
        **{key: frozen(value) for key, value in rest.items()},
    )


def _url_rule(row: Row, *, always: bool) -> UrlRule:
    rest = {key: frozen(value) for key, value in row.items()}
    below = rest.pop("below", None)
    return UrlRule(always=always, below=parse_version(below) if below else None, **rest)


def _auth(row: Row) -> Auth:
    rest = dict(row)
    return Auth(also=tuple(Header(**header) for header in rest.pop("also", ())), **rest)


def _cloud(row: Row) -> Cloud:
    rest = {key: frozen(value) for key, value in row.items() if key != "fields"}
    fields = {name: parse_version(since) for name, since in row["fields"].items()}
    return Cloud(fields=MappingProxyType(fields), **rest)


def _capabilities(rows: Row, since: Version, inherited: Mapping[str, Capability] = EMPTY) -> Mapping[str, Capability]:
    """Capabilities by route type; a null one is a hosting's way to say that it has not got the provider's."""
    if not rows and inherited:
        return inherited
    own = {name: _capability(name, row, since) for name, row in rows.items() if row is not None}
    kept = {name: found for name, found in inherited.items() if rows.get(name, found) is not None}
    return MappingProxyType({**kept, **own})


def _capability(route_type: str, row: Row, provider_since: Version) -> Capability:
    rest = {key: frozen(value) for key, value in row.items()}
    own = rest.pop("since", None)
    since = parse_version(own) if own else max(provider_since, route_types()[route_type].since["ai-proxy"])
    functions = rest.pop("functions", None)
    return Capability(
        route_type=route_type,
        since=since,
        functions=since if functions is True else functions and parse_version(functions),
        claims=_claims(rest.pop("claims", ())),
        **rest,
    )


def _options(rows: Row, provider_since: Version) -> MappingProxyType[str, OptionRule]:
    rules = {}
    for name, row in rows.items():
        rest = {key: frozen(value) for key, value in row.items()}
        since = rest.pop("since", None)
        rules[name] = OptionRule(name=name, since=parse_version(since) if since else provider_since, **rest)
    return MappingProxyType(rules)


def _conflict(row: Row) -> Conflict:
    rest = dict(row)
    return Conflict(claims=_claims(rest.pop("claims")), **rest)


def _claims(rows: Iterable[Row]) -> tuple[Claim, ...]:
    return tuple(Claim(**row) for row in rows)
