"""The manifest as named tuples: what the user said, by name, nothing about output formats."""

from collections.abc import Mapping
from typing import Any

from aicfg.catalog.versions import Gateway
from aicfg.frozen import EMPTY
from aicfg.source import Document, Origin, Path
from aicfg.tuples import NamedTuple

Fields = Mapping[str, Any]

DEFAULT_SERVICE = "ai-proxy"
DEFAULT_SERVICE_URL = "http://localhost:32000"
DEFAULT_ROUTE_TYPE = "llm/v1/chat"

SETTINGS = (
    "logging",
    "response_streaming",
    "llm_format",
    "genai_category",
    "model_name_header",
    "max_request_body_size",
)
"""Route keys that go into the plugin's config under their own name."""

ROUTE_FIELDS = (
    "id",
    "paths",
    "methods",
    "hosts",
    "headers",
    "protocols",
    "snis",
    "sources",
    "destinations",
    "expression",
    "priority",
    "strip_path",
    "preserve_host",
    "path_handling",
    "regex_priority",
    "https_redirect_status_code",
    "request_buffering",
    "response_buffering",
    "filter_chains",
    "tags",
)
"""Fields of a Kong route, in the order in which they are written."""


class Provider(NamedTuple):
    """An entry of `providers`: an LLM provider, how it is reached and with which credentials."""

    name: str
    path: Path
    type: str | None = None
    hosting: str | None = None
    base_url: str | None = None
    upstream_url: str | None = None
    api_key: str | None = None
    auth: Fields | None = None
    options: Fields = EMPTY
    format: str | None = None


class Route(NamedTuple):
    """An entry of `routes`: a path that clients call, and the model that answers.

    `settings` holds what goes into the plugin config under its own name (`logging`, `llm_format`, …), `kong` the
    fields of the Kong route (`paths`, `hosts`, `tags`, …), `uncompiled` the keys that aicfg reads but cannot yet
    compile, `mentioned_providers` the providers in them.
    """

    name: str
    path: Path
    provider: str | None = None
    model: str | None = None
    model_alias: str | None = None
    route_type: str | None = None
    auth: Fields = EMPTY
    options: Fields = EMPTY
    settings: Fields = EMPTY
    kong: Fields = EMPTY
    plugin_config: Fields = EMPTY
    uncompiled: tuple[str, ...] = ()
    mentioned_providers: tuple[str, ...] = ()


class Manifest(NamedTuple):
    """A whole manifest.

    `defaults` is what goes under every route. `service` holds the Kong fields of the one service that all routes hang
    on. `uncompiled` lists the paths of what aicfg reads but cannot yet compile, in routes too. `broken` lists the paths
    of values whose shape is wrong, which are left out of everything else; `damaged` those and what lacks them.
    """

    document: Document
    gateway: Gateway
    name: str | None = None
    defaults: Fields = EMPTY
    service: Fields = EMPTY
    providers: Mapping[str, Provider] = EMPTY
    routes: Mapping[str, Route] = EMPTY
    uncompiled: tuple[Path, ...] = ()
    broken: frozenset[Path] = frozenset()
    damaged: frozenset[Path] = frozenset()

    @property
    def origin(self) -> Origin:
        return Origin.verbatim_in(self.document)
