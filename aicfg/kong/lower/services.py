"""Services: the one that all routes hang on, and those that the manifest names."""

from collections.abc import Container, Iterator, Mapping
from types import MappingProxyType

from aicfg.kong.draft import Draft
from aicfg.kong.entities import Service
from aicfg.kong.lower.plugins import listed
from aicfg.manifest.model import DEFAULT_SERVICE, DEFAULT_SERVICE_URL, Manifest, Route
from aicfg.source import Origin, Path

_DEFAULT_URL: Mapping[str, object] = MappingProxyType({"url": DEFAULT_SERVICE_URL})
_DEFAULT_PARTS: Mapping[str, object] = MappingProxyType({"host": "localhost", "port": 32000})


def services(manifest: Manifest, used: Container[str | None]) -> Iterator[tuple[str | None, Service]]:
    """The services of a manifest without their routes, each with its key under `services`, None for the default one.

    `used` are those that routes hang on: the default one is made where it is described, needed, or the only one.
    """
    said, others = manifest.section("service"), manifest.section("services")
    if said or None in used or not others:
        name = said.get("name") or manifest.name or DEFAULT_SERVICE
        yield None, _service(manifest, name, said, ("service",) if said else ())
    for key, value in others.items():
        own = value if isinstance(value, Mapping) else {}
        yield key, _service(manifest, own.get("name") or key, own, ("services", key))


def service_of(manifest: Manifest, entry: Route) -> str | None:
    """The entry of `services` that a route hangs on; None for the one service of the manifest."""
    path = manifest.innermost(("defaults", "service"), (*entry.path, "service"))
    own = manifest.said(path) if path else None
    return own if own in manifest.section("services") else None


def _service(manifest: Manifest, name: str, said: Mapping[str, object], path: Path) -> Service:
    draft = Draft()
    draft.merge({key: value for key, value in said.items() if key not in ("name", "plugins")}, manifest.place(path))
    fields = {**_default_address(draft.values), **draft.values}
    plugins = listed(manifest, (*path, "plugins")) if path else ()
    return Service(name, fields, Origin(manifest.place(path), draft.inner), plugins=plugins)


def _default_address(said: Container[str]) -> Mapping[str, object]:
    """The address of a service as far as nobody gives it: a URL, or its parts where some of those are given."""
    if "url" in said or "host" in said:
        return {}
    return _DEFAULT_PARTS if any(part in said for part in ("protocol", "port", "path")) else _DEFAULT_URL
