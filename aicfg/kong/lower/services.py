"""Services: the one that all routes hang on, and those that the manifest names."""

from collections.abc import Container, Iterator, Mapping

from aicfg.kong.entities import Service
from aicfg.kong.lower.plugins import listed
from aicfg.manifest.model import DEFAULT_SERVICE, DEFAULT_SERVICE_URL, Manifest
from aicfg.source import Origin, Path


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


def _service(manifest: Manifest, name: str, said: Mapping[str, object], path: Path) -> Service:
    own = {key: value for key, value in said.items() if key not in ("name", "plugins") and value is not None}
    fields: dict[str, object] = {"url": DEFAULT_SERVICE_URL, **own}
    if "host" in fields:
        del fields["url"]
    plugins = listed(manifest, (*path, "plugins")) if path else ()
    return Service(name, fields, Origin(manifest.place(path)), plugins=plugins)
