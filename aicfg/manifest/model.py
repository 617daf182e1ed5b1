"""The manifest as named tuples: what the user said, by name, nothing about output formats."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from aicfg.catalog.versions import Gateway
from aicfg.frozen import EMPTY
from aicfg.source import Document, Origin, Path, Place
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


ADVANCED = ("balancer", "acls")
"""Route keys that go into the plugin's config as they are, and that only ai-proxy-advanced takes."""

TARGET_FIELDS = ("weight", "description", "metadata")
"""Keys of a target that go into its record under their own name."""

SHORTHANDS = (
    "guard",
    "semantic_guard",
    "decorate",
    "template",
    "rate_limit",
    "semantic_cache",
    "content_safety",
    "transform_request",
    "transform_response",
)
"""Route keys that each make a plugin (`schemas/shorthands.yaml`), in the order in which these are written."""

PLUGIN_FIELDS = ("enabled", "instance_name", "protocols", "ordering", "condition", "partials", "tags", "id")
"""Fields of a plugin beside name, config and scope, in the order in which they are written."""

SCOPES = ("service", "route", "consumer", "consumer_group")
"""What a plugin can be limited to."""


class Provider(NamedTuple):
    """An entry of `providers`: an LLM provider, how it is reached and with which credentials.

    `plugins` run on each route that uses it.
    """

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
    plugins: tuple[Fields, ...] = ()


class Target(NamedTuple):
    """One of the models that a route chooses between."""

    path: Path
    provider: str | None = None
    model: str | None = None
    route_type: str | None = None


class Route(NamedTuple):
    """An entry of `routes`: a path that clients call, and the model or models that answer.

    `targets` is None where the route has no such list. `plugin` is the proxy plugin that the manifest asks for. What
    else stands in the route is read where it is compiled, layer by layer (`Manifest.said`).
    """

    name: str
    path: Path
    provider: str | None = None
    model: str | None = None
    route_type: str | None = None
    targets: tuple[Target, ...] | None = None
    plugin: str | None = None
    service: str | None = None

    @property
    def uses(self) -> tuple[Target, ...]:
        """What answers: the targets, or the route itself as the only one."""
        if self.targets is not None:
            return self.targets
        return (Target(self.path, self.provider, self.model, self.route_type),)


_MAPS = (dict, type(EMPTY))
"""All maps that data holds: rules ask a million times, and to ask whether something is a Mapping takes ten times as
long."""


class Manifest(NamedTuple):
    """A whole manifest.

    `data` is the document without what is broken or unknown. `broken` lists the paths of values whose shape is wrong,
    `damaged` those, what is unknown, and what lacks them.
    """

    document: Document
    gateway: Gateway
    data: Fields = EMPTY
    name: str | None = None
    providers: Mapping[str, Provider] = EMPTY
    routes: Mapping[str, Route] = EMPTY
    broken: frozenset[Path] = frozenset()
    damaged: frozenset[Path] = frozenset()

    @property
    def origin(self) -> Origin:
        return Origin.verbatim_in(self.document)

    def place(self, path: Path) -> Place:
        return Place(self.document, path)

    def said(self, path: Path) -> Any:
        """The value at a path, or None where there is none."""
        value: Any = self.data
        for part in path:
            if isinstance(value, _MAPS) and isinstance(part, str):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                return None
        return value

    def says(self, path: Path) -> bool:
        """Whether there is a value at a path, be it null."""
        holder = self.said(path[:-1])
        return isinstance(holder, _MAPS) and path[-1] in holder

    def innermost(self, *paths: Path) -> Path | None:
        """The last of `paths`, outermost first, at which a value stands. A null takes back what the outer ones say."""
        for path in reversed(paths):
            if self.says(path):
                return path if self.said(path) is not None else None
        return None

    def is_damaged_in(self, path: Path) -> bool:
        """Whether something at or below a path has the wrong shape, or lacks a key that it has to have."""
        return path in _above(self.damaged)

    def section(self, name: str) -> Fields:
        """One of the manifest's maps by name (`vaults`, `services`, …), empty where it is not there."""
        value = self.data.get(name)
        return value if isinstance(value, Mapping) else EMPTY

    def layers(self, *paths: Path) -> tuple[Path, ...]:
        """Those of `paths`, outermost first, at which a map stands. A null takes away what the outer ones say."""
        kept: tuple[Path, ...] = ()
        for path in paths:
            value = self.said(path)
            if isinstance(value, _MAPS):
                kept = (*kept, path)
            elif value is None and self.says(path):
                kept = ()
        return kept


@lru_cache(maxsize=1)
def _above(paths: frozenset[Path]) -> frozenset[Path]:
    """The paths and all that lead to them."""
    return frozenset(path[:length] for path in paths for length in range(len(path) + 1))
