"""Rate limits: what a manifest says by its own providers, as Kong's `llm_providers`."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from aicfg.kong.draft import Draft, Said
from aicfg.kong.lower.records import Unbuildable, resolve
from aicfg.manifest.model import Manifest, Route
from aicfg.source import Path, Place
from aicfg.tuples import NamedTuple

_FIELDS = ("limit", "window_size")


class Limit(NamedTuple):
    """What a provider may be used, each value with its place.

    `name` is the manifest's, `kong_name` what Kong counts by: several providers of the manifest may be one to Kong.
    """

    name: str
    kong_name: str
    values: Mapping[str, Any]
    places: Mapping[str, Place]
    place: Place


def put_limits(draft: Draft, to: Path, manifest: Manifest, route: Route, said: Said) -> None:
    """Limits by Kong's provider: from 3.10 on lists, so that there may be several.

    Raises Unbuildable where there are limits, but none of a provider that exists.
    """
    limits = {limit.kong_name: limit for limit in limits_of(manifest, route, said)}
    if not limits:
        if said.get("providers") or any(said.get(field) is not None for field in _FIELDS):
            raise Unbuildable
        return
    several = manifest.gateway.version >= (3, 10)
    made = []
    for index, (name, limit) in enumerate(limits.items()):
        own = (*to, index)
        draft.note(own, limit.place)
        draft.note((*own, "name"), limit.place)
        values = {}
        for field, value in limit.values.items():
            wrapped = several and not isinstance(value, list)
            values[field] = [value] if wrapped else value
            draft.note((*own, field), limit.places[field])
            if wrapped:
                draft.note((*own, field, 0), limit.places[field])
        made.append({"name": name, **values})
    draft.put(to, made, said.place("providers" if said.get("providers") else "limit"))


def limits_of(manifest: Manifest, route: Route, said: Said) -> Iterator[Limit]:
    """The limit of each provider of a route, and of those that have one of their own.

    `limit` and `window_size` hold for the providers of the route, and what a single one of them says goes over that.
    Names that lead nowhere are left out.
    """
    general = {field: said.get(field) for field in _FIELDS if said.get(field) is not None}
    own = said.get("providers")
    own = own if isinstance(own, dict) else {}
    used = dict.fromkeys(use.provider for use in route.uses if use.provider) if general else {}
    for name in dict.fromkeys((*used, *own)):
        kong_name = _kong_name(manifest, name)
        if kong_name is None:
            continue
        value = own.get(name)
        single = {field: value[field] for field in _FIELDS if field in value} if isinstance(value, dict) else {}
        places = {
            field: said.place("providers", name, field) if field in single else said.place(field) for field in _FIELDS
        }
        place = said.place("providers", name) if name in own else said.root
        yield Limit(name, kong_name, {**(general if name in used else {}), **single}, places, place)


def _kong_name(manifest: Manifest, name: str) -> str | None:
    """What Kong counts the use of a provider of the manifest under; None where there is no such provider."""
    if name in manifest.providers:
        found = resolve(manifest, name)
        return found.provider.kong_provider if found else None
    return name if name in names_in_kong() else None


@cache
def names_in_kong() -> tuple[str, ...]:
    """Kong's names in `llm_providers`, in any version: providers, and counts of one's own."""
    from aicfg.catalog.plugins import plugin_schema
    from aicfg.catalog.versions import gateway

    providers = plugin_schema("ai-rate-limiting-advanced", gateway()).config.fields["llm_providers"]
    assert providers.elements is not None
    return tuple(map(str, providers.elements.fields["name"].enum or ()))
