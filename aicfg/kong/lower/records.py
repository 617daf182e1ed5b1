"""LLM records: what a manifest says about one use of a provider, as Kong's `{route_type, auth, model, logging}`.

A record is the whole config of ai-proxy, a target of ai-proxy-advanced, or the `llm` of a transformer.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from aicfg.catalog.providers import Hosting, Provider
from aicfg.catalog.versions import Version
from aicfg.kong.draft import Draft
from aicfg.kong.llm import known_provider
from aicfg.kong.references import is_vault_reference
from aicfg.manifest.model import DEFAULT_ROUTE_TYPE, Manifest, Route, Target
from aicfg.manifest.model import Provider as ProviderEntry
from aicfg.source import Path, Place
from aicfg.tuples import NamedTuple

Layer = tuple[Mapping[str, Any], Place]
"""A map to merge, and where it stands."""


class Unbuildable(Exception):
    """Something cannot be compiled, and a rule about the manifest says why."""


class Resolved(NamedTuple):
    """A provider of the manifest with what the catalog knows about its type and hosting."""

    entry: ProviderEntry
    provider: Provider
    hosting: Hosting


class Use(NamedTuple):
    """One use of a provider.

    `outer` are the maps of the manifest whose `auth`, `options` and so on go under the provider's own, `inner` those
    that go over them, the innermost last: that one names provider and model.
    """

    route_type: str
    outer: tuple[Path, ...]
    inner: tuple[Path, ...]

    @property
    def path(self) -> Path:
        return self.inner[-1]


def resolve(manifest: Manifest, name: str | None) -> Resolved | None:
    """The provider `name` of the manifest, or None where it, its type or its hosting does not exist."""
    entry = manifest.providers.get(name or "")
    provider = known_provider(entry.type) if entry else None
    if entry is None or provider is None or entry.path in manifest.damaged:
        return None
    hosting = provider.hostings.get(entry.hosting or provider.default_hosting or "")
    if hosting is not None and hosting.format is None and entry.format in hosting.formats:
        hosting = hosting.with_format(entry.format)
    return Resolved(entry, provider, hosting) if hosting else None


def route_type_of(manifest: Manifest, entry: Route, target: Target) -> str:
    """The route type of one use: the target's, else the route's, else the default."""
    default = manifest.said(("defaults", "route_type"))
    return target.route_type or entry.route_type or (default if isinstance(default, str) else DEFAULT_ROUTE_TYPE)


def layers(manifest: Manifest, paths: tuple[Path, ...], key: str) -> Iterator[Layer]:
    """What `key` says in each of the maps at `paths`, with its place."""
    for path in manifest.layers(*((*path, key) for path in paths)):
        yield manifest.said(path), manifest.place(path)


def record(manifest: Manifest, use: Use, provider: str | None, base: Path) -> tuple[Draft, Resolved | None] | None:
    """The record of one use, without logging, and the provider behind it.

    The provider behind it is None where nobody knows its type: the record then holds enough for Kong's own opinion.
    None where no record can be made: the provider does not exist, or nobody says what format its server speaks.
    """
    found = resolve(manifest, provider)
    if found is None:
        draft = _of_unknown_type(manifest, use, provider, base)
        return (draft, None) if draft else None
    draft = Draft(base)
    place, own = manifest.place(use.path), manifest.place(found.entry.path)
    said = next((path for path in reversed(use.inner) if manifest.says((*path, "route_type"))), None)
    draft.put(("route_type",), use.route_type, manifest.place(said) / "route_type" if said else place)
    put_credentials(draft, manifest, use, found)
    if found.provider.allow_override_false and draft.get("auth") is None:
        draft.put(("auth", "allow_override"), False, own)
    draft.put(("model", "provider"), found.provider.kong_provider, own / "type")
    for key, field in (("model", "name"), ("model_alias", "model_alias")):
        draft.put(("model", field), manifest.said((*use.path, key)), place / key)
    _put_options(draft, manifest, use, found)
    if found.provider.format_option and draft.get("model", "options", found.provider.format_option) is None:
        return None
    _put_url(draft, found, use.route_type, manifest.gateway.version, own)
    return draft, found


def put_logging(draft: Draft, manifest: Manifest, use: Use) -> None:
    for layer in layers(manifest, (*use.outer, *use.inner), "logging"):
        draft.merge(*layer, ("logging",))


def _of_unknown_type(manifest: Manifest, use: Use, name: str | None, base: Path) -> Draft | None:
    """The record of a provider whose type nobody knows. None where the provider has some other fault."""
    provider = manifest.providers.get(name or "")
    if provider is None or provider.type is None or known_provider(provider.type) is not None:
        return None
    draft, place = Draft(base), manifest.place(use.path)
    draft.put(("route_type",), use.route_type, place)
    draft.put(("model", "provider"), provider.type, manifest.place(provider.path) / "type")
    draft.put(("model", "name"), manifest.said((*use.path, "model")), place / "model")
    return draft


def put_credentials(draft: Draft, manifest: Manifest, use: Use, found: Resolved) -> None:
    """The credentials where the hosting wants them: the outer layers', then the provider's, then the inner ones'."""
    place = manifest.place(found.entry.path)
    rule, key = found.hosting.auth, found.entry.api_key
    for layer in layers(manifest, use.outer, "auth"):
        draft.merge(*layer, ("auth",))
    if key is not None:
        bare = is_vault_reference(key) or bool(rule.prefix and key.startswith(rule.prefix))
        fields = (rule._replace(prefix="") if bare else rule).record(key)
        for field, value in fields.items():
            draft.put(("auth", field), value, place / "api_key")
    if found.entry.auth is not None:
        draft.put(("auth",), dict(found.entry.auth), place / "auth")
    for layer in layers(manifest, use.inner, "auth"):
        draft.merge(*layer, ("auth",))
    draft.inner.setdefault((*draft.base, "auth"), place)


def _put_options(draft: Draft, manifest: Manifest, use: Use, found: Resolved) -> None:
    """`model.options`: the outer layers', the provider's, the inner ones'; then what Kong demands and nobody gave."""
    path = ("model", "options")
    entry, place = found.entry, manifest.place(found.entry.path)
    own = (entry.options, place / "options")
    for layer in (*layers(manifest, use.outer, "options"), own, *layers(manifest, use.inner, "options")):
        draft.merge(*layer, path)
    options = draft.get(*path) or {}
    option = found.provider.format_option
    if option and option not in options:
        key = "format" if entry.format else "hosting" if entry.hosting else "type"
        draft.put((*path, option), found.hosting.format or entry.format, place / key)
    for name, rule in found.provider.options.items():
        if rule.fill is not None and name not in options:
            draft.put((*path, name), rule.fill, place)
        draft.inner.setdefault((*draft.base, *path, *name.split(".")), place)


def _put_url(draft: Draft, found: Resolved, route_type: str, version: Version, place: Place) -> None:
    """The upstream URL where one is given or needed. A missing one, too, is the provider's fault."""
    path = ("model", "options", "upstream_url")
    if draft.get(*path) is not None:
        return
    key = "upstream_url" if found.entry.upstream_url else "base_url" if found.entry.base_url else None
    origin = place / key if key else place
    url = upstream_url(found, draft.get("model", "options") or {}, route_type, version)
    draft.put(path, url, origin)
    draft.inner.setdefault((*draft.base, *path), origin)


def upstream_url(found: Resolved, options: Mapping[str, Any], route_type: str, version: Version) -> str | None:
    """The exact URL to write into the config; None where Kong knows one, or none can be told."""
    entry, hosting = found.entry, found.hosting
    given = entry.upstream_url or options.get("upstream_url")
    if isinstance(given, str):
        return given
    if entry.base_url:
        texts = {name: value for name, value in options.items() if isinstance(value, str)}
        return hosting.complete_url(entry.base_url, route_type, version, texts)
    return hosting.filled_url(route_type, version)
