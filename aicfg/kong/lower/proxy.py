"""The proxy plugin of a route: ai-proxy for one provider, ai-proxy-advanced for what only that one can do."""

from contextlib import suppress
from typing import Any

from aicfg.catalog.formats import route_types
from aicfg.kong.draft import Draft
from aicfg.kong.entities import Plugin
from aicfg.kong.lower.meaning import put_embeddings, put_vectordb
from aicfg.kong.lower.records import Resolved, Unbuildable, Use, layers, put_logging, record, route_type_of
from aicfg.manifest.model import ADVANCED, SETTINGS, TARGET_FIELDS, Manifest, Route, Target
from aicfg.source import Origin, Path
from aicfg.tuples import NamedTuple

SIMPLE_PLUGIN, ADVANCED_PLUGIN = "ai-proxy", "ai-proxy-advanced"
DEFAULTS: Path = ("defaults",)


class Choice(NamedTuple):
    """Which plugin serves a route, and the path of what decides it (None: nothing does)."""

    plugin: str
    because: Path | None = None


def choice(manifest: Manifest, entry: Route) -> Choice:
    """The plugin that the route or the defaults ask for, else ai-proxy, unless the route needs the other."""
    for path in ((*entry.path, "plugin"), ("defaults", "plugin")):
        said = manifest.said(path)
        if isinstance(said, str):
            return Choice(said, path)
        if manifest.says(path):  # null takes back what the defaults say
            break
    needed = needs_advanced(manifest, entry)
    return Choice(ADVANCED_PLUGIN, needed) if needed else Choice(SIMPLE_PLUGIN)


def needs_advanced(manifest: Manifest, entry: Route) -> Path | None:
    """What in a route only ai-proxy-advanced has, None where ai-proxy will do.

    A `balancer` in the defaults needs nothing: it is there for those routes that have targets.
    """
    if entry.targets is not None:
        return (*entry.path, "targets")
    for key in ADVANCED:
        if manifest.said((*entry.path, key)) is not None:
            return (*entry.path, key)
    if manifest.said(("defaults", "acls")) is not None and not manifest.says((*entry.path, "acls")):
        return ("defaults", "acls")
    known = route_types().get(route_type_of(manifest, entry, entry.uses[0]))
    if known is not None and known.plugin == ADVANCED_PLUGIN:
        path = (*entry.path, "route_type")
        return path if manifest.says(path) else ("defaults", "route_type")
    return None


def proxy(manifest: Manifest, entry: Route) -> Plugin | None:
    """The proxy plugin of a route. None where nothing of it can be built."""
    if choice(manifest, entry).plugin == ADVANCED_PLUGIN or entry.targets is not None:
        with suppress(Unbuildable):
            return _advanced(manifest, entry)
        return None
    return _simple(manifest, entry)


def _simple(manifest: Manifest, entry: Route) -> Plugin | None:
    use = Use(route_type_of(manifest, entry, entry.uses[0]), (DEFAULTS,), (entry.path,))
    made = record(manifest, use, entry.provider, ("config",))
    if made is None:
        return None
    draft, found = made
    if found is not None:
        _put_settings(draft, manifest, entry, use.route_type, SETTINGS)
        _put_raw(draft, manifest, (DEFAULTS, entry.path))
    return _plugin(SIMPLE_PLUGIN, draft, manifest, entry, {("config",): found})


def _advanced(manifest: Manifest, entry: Route) -> Plugin | None:
    draft = Draft(("config",))
    targets: list[dict[str, Any]] = []
    resolved: dict[Path, Resolved | None] = {}
    for target in entry.uses:
        base: Path = ("config", "targets", len(targets))
        made = _target(manifest, entry, target, base)
        if made is not None:
            values, resolved[base] = made
            targets.append(values.values)
            draft.inner[base] = manifest.place(target.path)
            draft.inner |= values.inner
    if not targets and entry.uses:
        return None
    draft.values["targets"] = targets
    draft.inner["config", "targets"] = manifest.place(
        (*entry.path, "targets") if entry.targets is not None else entry.path
    )
    for key in ADVANCED:
        for layer in layers(manifest, (DEFAULTS, entry.path), key):
            draft.merge(*layer, (key,))
    if draft.get("balancer", "algorithm") == "semantic":
        put_embeddings(draft, ("embeddings",), manifest, ((*DEFAULTS, "embeddings"), (*entry.path, "embeddings")))
        put_vectordb(draft, ("vectordb",), manifest, ((*DEFAULTS, "vectordb"), (*entry.path, "vectordb")))
    first = route_type_of(manifest, entry, entry.uses[0]) if entry.uses else ""
    _put_settings(draft, manifest, entry, first, [key for key in SETTINGS if key != "logging"])
    _put_raw(draft, manifest, (DEFAULTS, entry.path))
    return _plugin(ADVANCED_PLUGIN, draft, manifest, entry, resolved)


def _target(manifest: Manifest, entry: Route, target: Target, base: Path) -> tuple[Draft, Resolved | None] | None:
    """One target's record. What its route says beside it holds for all of them."""
    inner = (entry.path,) if target.path == entry.path else (entry.path, target.path)
    use = Use(route_type_of(manifest, entry, target), (DEFAULTS,), inner)
    made = record(manifest, use, target.provider, base)
    if made is None or target.path in manifest.broken:
        return None
    draft, found = made
    if found is not None:
        put_logging(draft, manifest, use)
    if target.path != entry.path:
        place = manifest.place(target.path)
        for key in TARGET_FIELDS:
            draft.put((key,), manifest.said((*target.path, key)), place / key)
        _put_raw(draft, manifest, (target.path,))
    return draft, found


def _put_settings(
    draft: Draft, manifest: Manifest, entry: Route, route_type: str, keys: list[str] | tuple[str, ...]
) -> None:
    """The config's top-level fields: those that the route type demands, then defaults, then the route's own."""
    place = manifest.place(entry.path)
    known = route_types().get(route_type)
    if known is not None and manifest.gateway.version >= (3, 11):
        if known.genai_category not in (None, "text/generation"):
            draft.put(("genai_category",), known.genai_category, place)
        for field, value in known.needs.items():
            draft.put((field,), value, place)
    for path in manifest.layers(DEFAULTS, entry.path):
        said = manifest.said(path)
        draft.merge({key: said[key] for key in keys if key in said}, manifest.place(path))


def _put_raw(draft: Draft, manifest: Manifest, paths: tuple[Path, ...]) -> None:
    """Raw config, merged last: the way out where the manifest has no word for a field."""
    for layer in layers(manifest, paths, "plugin_config"):
        draft.merge(*layer)


def _plugin(name: str, draft: Draft, manifest: Manifest, entry: Route, found: dict[Path, Resolved | None]) -> Plugin:
    hostings = {path: (one.provider.type, one.hosting.name) for path, one in found.items() if one is not None}
    return Plugin(name, draft.values, Origin(manifest.place(entry.path), draft.inner), hostings=hostings)
