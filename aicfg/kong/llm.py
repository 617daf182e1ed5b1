"""The LLM records inside plugin configs: `{route_type, auth, model: {provider, name, options}, logging}`.

One record is the whole config of ai-proxy, one target of ai-proxy-advanced, or the `llm` of a transformer. Rules about
providers read these, and so hold for each of them alike.
"""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from aicfg.catalog.providers import Capability, Hosting, Provider, provider, provider_types
from aicfg.catalog.versions import Gateway, Version
from aicfg.kong.entities import Plugin
from aicfg.kong.upstream import Upstream, expected_path, read_upstream
from aicfg.kong.urls import parse_url
from aicfg.source import Origin, Path
from aicfg.tuples import NamedTuple

LLM_PLUGINS: Mapping[str, tuple[str, ...]] = {
    "ai-proxy": (),
    "ai-proxy-advanced": ("targets",),
    "ai-request-transformer": ("llm",),
    "ai-response-transformer": ("llm",),
    "ai-llm-as-judge": ("llm",),
}
"""The plugins that hold LLM records, and where in their config."""

PROXIES = ("ai-proxy", "ai-proxy-advanced")
"""Those that answer clients with what an LLM said."""
DRIVEN = ("openai", "azure", "anthropic", "cohere", "mistral", "llama2", "gemini", "bedrock", "huggingface")
"""The providers whose drivers are published, by Kong's names."""

_NOTHING: Mapping[str, Any] = {}


class Kind(NamedTuple):
    """What many LLM records share, so that a rule can be asked once whether it says anything about such records.

    `plugin` is the plugin's name, `type` the provider type in the catalog, None where that has no such provider (then
    `kong_provider` may be anything); `options` and `auth` are the names of what is given, null or not.
    """

    plugin: str
    version: Version
    route_type: str | None
    kong_provider: str | None
    type: str | None
    hosting_name: str | None
    format: str | None
    from_manifest: bool
    options: tuple[str, ...]
    auth: tuple[str, ...]

    @property
    def provider(self) -> Provider | None:
        return None if self.type is None else provider(self.type)

    @property
    def hosting(self) -> Hosting | None:
        known = self.provider
        return None if known is None or self.hosting_name is None else known.hostings[self.hosting_name]

    @property
    def capability(self) -> Capability | None:
        if self.type is None or self.hosting_name is None or self.route_type is None:
            return None
        return capability(self.type, self.hosting_name, self.route_type)


class Llm(NamedTuple):
    """One LLM record: its plugin, its path in it, and what the catalog knows about its provider and hosting.

    `format` is the wire format: what the provider's format option says, else the hosting's own. `upstream` holds the
    parts of `url`, None where there is none or it cannot be known yet. `capability` is what the hosting does with the
    route type, `expected_path` where its API is served, None where any path may be right. Values of the wrong type
    read as absent; what Kong says about them is the schema check's business.
    """

    plugin: Plugin
    path: Path
    gateway: Gateway
    record: Mapping[str, Any]
    route_type: str | None
    kong_provider: str | None
    provider: Provider | None
    hosting: Hosting | None
    model: str | None
    options: Mapping[str, Any]
    auth: Mapping[str, Any]
    format: str | None
    url: str | None
    upstream: Upstream | None
    capability: Capability | None
    expected_path: str | None

    @property
    def origin(self) -> Origin:
        return self.plugin.origin

    @property
    def kind(self) -> Kind:
        return Kind(
            self.plugin.name,
            self.gateway.version,
            self.route_type,
            self.kong_provider,
            self.provider.type if self.provider else None,
            self.hosting.name if self.hosting else None,
            self.format,
            self.path in self.plugin.hostings,
            tuple(self.options),
            tuple(self.auth),
        )

    @property
    def from_manifest(self) -> bool:
        return self.path in self.plugin.hostings

    def at(self, *parts: str) -> Path:
        """The path of a value in this record, from the plugin."""
        return (*self.path, *parts)

    @property
    def misplaced_auth_field(self) -> str | None:
        """A field of the auth record that stands there as a parameter's name: `param_name: allow_override`."""
        name = self.auth.get("param_name")
        fields = ("allow_override", *(self.provider.cloud.fields if self.provider and self.provider.cloud else ()))
        return name if isinstance(name, str) and name in fields else None

    @property
    def likely_path(self) -> str | None:
        """The path that the API is served at, as the provider itself has it where the hosting may be any."""
        known = self.provider
        if known is None or self.hosting is not None or self.route_type is None or self.kong_provider not in DRIVEN:
            return self.expected_path
        served_by = known.hostings.get("custom") or known.hostings.get(known.default_hosting or "")
        if served_by is None or served_by.format is None:
            return None
        path = served_by.operation_path(self.route_type, self.gateway.version)
        deployment = self.options.get("azure_deployment_id")
        if path and isinstance(deployment, str):
            path = path.replace("{deployment_name}", deployment)
        return path if path and "{" not in path else None

    def option(self, name: str) -> str | None:
        """A text option, or None."""
        value = self.options.get(name)
        return value if isinstance(value, str) else None

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The cost options that are missing: Kong multiplies them with the tokens of a request."""
        model = self.record.get("model")
        options = model.get("options") if isinstance(model, Mapping) else ""
        if not isinstance(options, Mapping | None) or self.plugin.fields.get("partials"):
            return ()  # they may come from elsewhere
        needed = ("input_cost",) if self.route_type == "llm/v1/embeddings" else ("input_cost", "output_cost")
        return tuple(name for name in needed if self.options.get(name) is None)


class Embedder(Llm):
    """The embedding model of a plugin: `{auth, model: {provider, name, options}}`, which Kong itself calls.

    Rules about where a model is and who calls it read these as well; others find other options here.
    """

    __slots__ = ()


def embedder(plugin: Plugin, gateway: Gateway) -> Embedder | None:
    """The embedding model of a plugin, None where it has none of its own."""
    record = plugin.config.get("embeddings") if isinstance(plugin.config, Mapping) else None
    if not isinstance(record, Mapping):
        return None
    return Embedder(*_llm(plugin, ("config", "embeddings"), gateway, {**record, "route_type": "llm/v1/embeddings"}))


def llms(plugin: Plugin, gateway: Gateway) -> Iterator[Llm]:
    """The LLM records of a plugin."""
    where = LLM_PLUGINS.get(plugin.name)
    if where is None:
        return
    value: Any = plugin.config
    for part in where:
        value = _map(value).get(part)
    path: Path = ("config", *where)
    if isinstance(value, list):
        for index, record in enumerate(value):
            if isinstance(record, Mapping):
                yield _llm(plugin, (*path, index), gateway, record)
    elif isinstance(value, Mapping):
        yield _llm(plugin, path, gateway, value)


def _llm(plugin: Plugin, path: Path, gateway: Gateway, record: Mapping[str, Any]) -> Llm:
    model, auth = _map(record.get("model")), _map(record.get("auth"))
    options = _map(model.get("options"))
    is_open = (
        (model is _NOTHING and record.get("model") is not None)
        or (auth is _NOTHING and record.get("auth") is not None)
        or (options is _NOTHING and model.get("options") is not None)
    )
    kong_provider = None if is_open else _text(model.get("provider"))  # nobody can tell what they are
    named = plugin.hostings.get(path) if plugin.hostings else None
    known = known_provider(named[0] if named else kong_provider)
    chosen = hosting = None
    if known is not None:
        hosting = known.hostings.get(named[1]) if named else likely_hosting(known, options)
        chosen = _text(options.get(known.format_option)) if known.format_option else None
    format_ = chosen or (hosting.format if hosting else None)
    route_type, url = _text(record.get("route_type")), _text(options.get("upstream_url"))
    found = served_at = None
    if known is not None and hosting is not None and route_type is not None:
        found = capability(known.type, hosting.name, route_type)
        served_at = expected_path(known.type, hosting.name, format_, route_type, gateway.version)
    return Llm(
        plugin=plugin,
        path=path,
        gateway=gateway,
        record=record,
        route_type=route_type,
        kong_provider=kong_provider,
        provider=known,
        hosting=hosting,
        model=_text(model.get("name")),
        options=options,
        auth=auth,
        format=format_,
        url=url,
        upstream=read_upstream(url) if url is not None else None,
        capability=found,
        expected_path=served_at,
    )


@cache
def capability(type: str, hosting: str, route_type: str) -> Capability | None:
    """What a hosting of a provider type does with a route type."""
    return provider(type).hostings[hosting].capability(route_type)


@lru_cache(maxsize=256)
def known_provider(type: str | None) -> Provider | None:
    """The provider of a manifest's type or of Kong's own name for it, None where there is none."""
    return provider(type) if type in provider_types() else None


def likely_hosting(known: Provider, options: Mapping[str, Any]) -> Hosting | None:
    """The hosting that a Kong config means, which says only a format and a URL. None where it may be any.

    Without a URL it is the provider's own service, and so it is with a URL that leads there; else the one hosting that
    speaks the format, if there is only one.
    """
    for hosting in known.hostings.values():
        if hosting.requires and all(nested(options, name) is not None for name in hosting.requires):
            return hosting
    url = _text(options.get("upstream_url"))
    own = known.hostings.get(known.default_hosting or "")
    chosen = _text(options.get(known.format_option)) if known.format_option else None
    if known.format_option and chosen is None:
        return None
    if own is not None and (url is None or parse_url(url).host == _own_host(own)) and chosen in (None, own.format):
        return own
    fitting = [
        hosting
        for hosting in known.hostings.values()
        if hosting.name != "custom"
        and hosting is not own
        and not hosting.requires
        and (chosen is None or hosting.format == chosen)
    ]
    return fitting[0] if len(fitting) == 1 else None


def nested(options: Mapping[str, Any], name: str) -> Any:
    """The value of a model option by its dotted name (`gemini.project_id`), or None."""
    value: Any = options
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _own_host(hosting: Hosting) -> str | None:
    steps = hosting.upstream.steps if hosting.upstream else ()
    return parse_url(steps[-1][1]).host if steps else None


def _map(value: Any) -> Mapping[str, Any]:
    return value if value.__class__ is dict or isinstance(value, Mapping) else _NOTHING  # to ask for dict is quicker


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
