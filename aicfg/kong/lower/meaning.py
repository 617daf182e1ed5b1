"""What compares texts by meaning, in a balancer, a cache or a guard alike: an embedding model and a vector database."""

from collections.abc import Mapping
from types import MappingProxyType

from aicfg.catalog.versions import Version
from aicfg.kong.draft import Draft, Said
from aicfg.kong.lower.records import Resolved, Unbuildable, Use, merged, put_credentials, resolve
from aicfg.manifest.model import Manifest
from aicfg.source import Path

ROUTE_TYPE = "llm/v1/embeddings"

_OPTIONS: Mapping[str, Path] = MappingProxyType(
    {
        "azure_instance": ("azure", "instance"),
        "azure_deployment_id": ("azure", "deployment_id"),
        "azure_api_version": ("azure", "api_version"),
        "bedrock": ("bedrock",),
        "gemini": ("gemini",),
        "huggingface": ("huggingface",),
    }
)
"""Where an embedding model takes what a provider of the manifest says as options of a language model. All others are of
no use to it. Source: the schema of `embeddings.model.options`, 3.10 to 3.15."""
_OPTIONS_SINCE = (3, 10)
_NOT_TAKEN = frozenset({("gemini", "endpoint_id"), ("bedrock", "performance_config_latency")})


def put_embeddings(draft: Draft, to: Path, manifest: Manifest, paths: tuple[Path, ...]) -> None:
    """The embedding model that the maps at `paths` describe, with credentials, URL and options of its provider.

    Nothing where there is no such map. Raises Unbuildable where its provider is missing or cannot be used.
    """
    paths = manifest.layers(*paths)
    if not paths:
        return
    said = merged(manifest, paths)
    found = resolve(manifest, said.get("provider"))
    if found is None or nowhere_served(manifest, found, said.get("options", "upstream_url")):
        raise Unbuildable
    made = Draft((*draft.base, *to))
    put_credentials(made, manifest, Use(ROUTE_TYPE, (), paths), found)
    made.put(("model", "provider"), found.provider.kong_provider, said.place("provider"))
    made.note(("model", "name"), said.place("model"))
    made.note(("model", "options"), said.place("options"))
    said.copy_to(made, ("model", "name"), "model")
    if manifest.gateway.version >= _OPTIONS_SINCE:
        _put_options(made, manifest, found)
    _put_url(made, manifest, found)
    if said.get("options"):
        said.copy_to(made, ("model", "options"), "options")
    draft.adopt(to, made)
    draft.note(to, manifest.place(paths[-1]))


def _put_options(draft: Draft, manifest: Manifest, found: Resolved) -> None:
    """What a provider says about its hosting, in the words of the embedding model."""
    place, options = manifest.place((*found.entry.path, "options")), found.entry.options
    for name, path in _OPTIONS.items():
        value = options.get(name)
        if isinstance(value, Mapping):
            value = {key: item for key, item in value.items() if (name, key) not in _NOT_TAKEN} or None
        if value is not None:
            draft.put(("model", "options", *path), value, place / name)


def _put_url(draft: Draft, manifest: Manifest, found: Resolved) -> None:
    """The URL of the embeddings of a model that runs on somebody's own server."""
    url = embeddings_url(found, manifest.gateway.version)
    if url is not None:
        draft.put(("model", "options", "upstream_url"), url, manifest.place(found.entry.path) / "base_url")


def nowhere_served(manifest: Manifest, found: Resolved, given: object) -> bool:
    """Whether a provider has a server of its own and nobody says where on it the embeddings are."""
    entry = found.entry
    own = entry.upstream_url or entry.options.get("upstream_url") or entry.base_url
    return bool(own) and given is None and embeddings_url(found, manifest.gateway.version) is None


def embeddings_url(found: Resolved, version: Version) -> str | None:
    """The URL of a provider's embeddings; None where Kong knows it, or the provider's `base_url` does not tell."""
    if found.entry.base_url is None:
        return None
    texts = {name: value for name, value in found.entry.options.items() if isinstance(value, str)}
    return found.hosting.complete_url(found.entry.base_url, ROUTE_TYPE, version, texts)


def put_vectordb(draft: Draft, to: Path, manifest: Manifest, paths: tuple[Path, ...]) -> None:
    """The vector database that the maps at `paths` describe. Raises Unbuildable for a Redis that is not defined."""
    paths = manifest.layers(*paths)
    if not paths:
        return
    said = merged(manifest, paths)
    for key in said.values:
        if key == "redis":
            put_redis(draft, (*to, key), manifest, said, key)
        else:
            said.copy_to(draft, (*to, key), key)
    draft.note(to, manifest.place(paths[-1]))


def put_redis(draft: Draft, to: Path, manifest: Manifest, said: Said, *path: str) -> None:
    """A Redis connection, in full or by its name under `redis`. Raises Unbuildable for a name that is not there."""
    value = said.get(*path)
    if not isinstance(value, str):
        if value is not None:
            said.copy_to(draft, to, *path)
        return
    shared = manifest.section("redis").get(value)
    if not isinstance(shared, Mapping):
        raise Unbuildable
    draft.put(to, shared, manifest.place(("redis", value)))
