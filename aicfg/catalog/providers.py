"""Providers: hostings, auth, capabilities and option rules, one file each in `schemas/providers/`.

The file's name is the manifest's provider type. A file says only what differs from "OpenAI with another URL and
header"; a key left out has the default of its field here, and a key that no field takes stops the load with a
ValueError that names the file. Only the files that are asked for get loaded.

Sources of the facts: Kong's plugin schemas (3.6 to 3.15), its open-source drivers (3.7 to the 3.10 tree, read and
run), its documentation (gateway 3.15), and the guides that aicfg started from ("seed 000" to "seed 004").
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from aicfg.catalog.formats import ByVersion, wire_format
from aicfg.catalog.versions import Version
from aicfg.errors import UsageError
from aicfg.frozen import EMPTY
from aicfg.tuples import NamedTuple

Verdict = Literal["works", "documented", "refused", "unverified"]
"""works: Kong's open-source code was read and run; documented: only schema or documentation say so; refused: Kong's
code or schema has no room for it; unverified: sources conflict and nothing decides."""


class Claim(NamedTuple):
    """What one source says."""

    source: str
    says: str


class Conflict(NamedTuple):
    """Sources that contradict each other about something other than a capability; `note` is what aicfg goes by."""

    about: str
    verdict: Verdict
    note: str
    claims: tuple[Claim, ...]


class Header(NamedTuple):
    """A header that carries the key, after `prefix`."""

    name: str
    prefix: str = ""


class Auth(NamedTuple):
    """How the key travels: in a header, in a query parameter, as the cloud's own credentials, or not at all.

    `also` are other headers that the provider reads.
    """

    style: Literal["header", "query", "cloud", "none"] = "header"
    name: str = "Authorization"
    prefix: str = "Bearer "
    also: tuple[Header, ...] = ()

    @property
    def headers(self) -> tuple[Header, ...]:
        """Every header that carries the key, the usual one first."""
        usual = (Header(self.name, self.prefix),) if self.style == "header" else ()
        return usual + self.also

    def record(self, key: str) -> dict[str, str]:
        """Kong's auth record for `key`; {} where a key alone is no credential."""
        if self.style == "header":
            return {"header_name": self.name, "header_value": self.prefix + key}
        if self.style == "query":
            return {"param_name": self.name, "param_value": self.prefix + key, "param_location": "query"}
        return {}


class Cloud(NamedTuple):
    """Credentials of the cloud itself: fields of Kong's auth record, each with the version that brought it.

    `switch` is the field that turns them on, `env` what the gateway's environment may hold instead.
    """

    fields: Mapping[str, Version]
    env: tuple[str, ...] = ()
    switch: str | None = None
    edition: str | None = None


class UrlRule(NamedTuple):
    """When Kong needs an upstream_url: always, below a version, for some route types.

    `fill` is the base URL that aicfg completes where Kong needs one and the manifest gives none.
    """

    always: bool = False
    below: Version | None = None
    route_types: tuple[str, ...] = ()
    example: str | None = None
    fill: str | None = None


class Capability(NamedTuple):
    """What a provider does with a route type, from the gateway version `since` on.

    `functions` is the version since which function calling works. `model` is an example, None where any goes. `api`
    names the provider's operation where the documentation has no path. `native_only`: with its own llm_format only.
    `statistics`: Kong logs them. `requires`: option -> the value it must have (None: any). `client_header`: what the
    client has to send.
    """

    route_type: str
    since: Version
    streaming: bool = False
    functions: Version | None = None
    model: str | None = None
    api: str | None = None
    native_only: bool = False
    statistics: bool = True
    requires: Mapping[str, str | None] = EMPTY
    client_header: str | None = None
    verdict: Verdict = "documented"
    note: str | None = None
    claims: tuple[Claim, ...] = ()


class OptionRule(NamedTuple):
    """A model option of this provider, dotted where it is nested (`bedrock.aws_region`).

    `fill` is what aicfg writes where it is missing, `default` what Kong takes, `env` the gateway's environment
    otherwise. A `common` option is every provider's and stands here for its need or its note.
    """

    name: str
    since: Version
    need: Literal["required", "recommended", "optional"] = "optional"
    fill: str | None = None
    default: Any = None
    env: tuple[str, ...] = ()
    common: bool = False
    note: str | None = None


class Hosting(NamedTuple):
    """Where a model runs, and what that decides.

    `format` is None where the manifest has to choose one of `formats`. `self_hosted`: somebody's own server.
    `upstream` is what Kong calls without an upstream_url, {model options} in braces. `requires` are the options that
    make it this hosting. `paths` and `capabilities` are whole: what the hosting adds is already in them.
    """

    name: str
    title: str
    format: str | None
    formats: tuple[str, ...]
    upstream_url: UrlRule
    capabilities: Mapping[str, Capability]
    self_hosted: bool = False
    auth: Auth = Auth()
    credentials: Literal["required", "optional", "unused"] = "required"
    upstream: ByVersion | None = None
    paths: Mapping[str, ByVersion] = EMPTY
    requires: tuple[str, ...] = ()

    def with_format(self, name: str) -> "Hosting":
        """This hosting speaking the wire format `name`; UsageError where it cannot."""
        if name not in self.formats:
            raise UsageError(
                f'"{name}" is not a format of hosting {self.name}', hint=f"use one of {', '.join(self.formats)}"
            )
        return self._replace(format=name)

    def capability(self, route_type: str) -> Capability | None:
        """What this hosting does with a route type, its wire format considered; None: no source names it."""
        found = self.capabilities.get(route_type)
        if found is None or self.format is None:
            return found
        wire = wire_format(self.format)
        if route_type in wire.refuses:
            found = found._replace(verdict="refused", note=f"there is no {wire.name} format for it")
        functions = found.functions and max(found.functions, wire.functions)
        return found._replace(streaming=found.streaming and wire.streaming, functions=functions)

    def reads_header(self, name: str) -> bool:
        """Whether a header may carry this hosting's credentials. Nobody knows what a self-hosted server reads."""
        if self.self_hosted and self.credentials != "required":
            return True
        if name == self.auth.name and self.auth.style == "header":
            return True  # as it is most often
        name = name.lower()
        return any(header.name.lower() == name for header in self.auth.headers)

    def needs_url(self, version: Version, route_type: str) -> bool:
        """Whether Kong at `version` cannot do without an upstream_url."""
        rule = self.upstream_url
        return rule.always or route_type in rule.route_types or (rule.below is not None and version < rule.below)

    def needs_path_only(self, version: Version, route_type: str) -> bool:
        """Whether Kong at `version` knows where the provider is, and only lacks the path of this route type."""
        rule = self.upstream_url
        return route_type in rule.route_types and not (rule.always or (rule.below is not None and version < rule.below))

    def upstream_path(self, route_type: str, version: Version) -> str | None:
        """The path that the provider serves a route type at; None where the user's own server decides, or no source
        states one."""
        path = self.paths.get(route_type)
        if path is None and self.format is not None:
            path = wire_format(self.format).paths.get(route_type)
        return path.at(version) if path else None

    def operation_path(self, route_type: str, version: Version) -> str | None:
        """What has to follow a base URL: a path, "" where Kong's driver adds it, None where aicfg knows none."""
        if self.format is None:
            return None
        wire = wire_format(self.format)
        if wire.base_url == "none" or route_type in wire.unverified:
            return None
        return "" if wire.base_url == "as-is" else self.upstream_path(route_type, version)

    def complete_url(
        self, base_url: str, route_type: str, version: Version, options: Mapping[str, str] = EMPTY
    ) -> str | None:
        """The upstream_url that a base URL means, or None where it has to be given in full.

        `options` fill the {parts} of the path (azure's deployment). What base URL and path share stands once, so
        https://host/v1 and https://host both become https://host/v1/chat/completions.
        """
        path = self.operation_path(route_type, version)
        if path is None or self.format is None:
            return None
        for part, option in wire_format(self.format).options.items():
            brace = f"{{{part}}}"
            if brace in path and option not in options:
                return None
            path = path.replace(brace, options.get(option, ""))
        return _join(base_url, path)

    def filled_url(self, route_type: str, version: Version) -> str | None:
        """The upstream_url that aicfg writes where Kong needs one and the manifest gives none."""
        if self.upstream_url.fill is None or not self.needs_url(version, route_type):
            return None
        return self.complete_url(self.upstream_url.fill, route_type, version)

    def dropped_options(self, route_type: str) -> tuple[str, ...]:
        """The model options that Kong's driver does not send; () where its code is not published."""
        found = self.capabilities.get(route_type)
        if self.format is None or found is None or found.verdict != "works":
            return ()
        return wire_format(self.format).drops.get(route_type, ())


class Provider(NamedTuple):
    """A provider type of the manifest.

    `kong_provider` is Kong's name for it, `since` the first gateway version whose schema knows that. `format_option`
    is the model option that says which of `formats` the server speaks. `allow_override_false`: Kong wants an auth
    record with allow_override false, even one that is otherwise empty. `all_or_none`: options that Kong takes only
    together.
    """

    type: str
    title: str
    kong_provider: str
    since: Version
    hostings: Mapping[str, Hosting]
    capabilities: Mapping[str, Capability]
    default_hosting: str | None = None
    format_option: str | None = None
    formats: tuple[str, ...] = ()
    cloud: Cloud | None = None
    allow_override_false: bool = False
    options: Mapping[str, OptionRule] = EMPTY
    all_or_none: tuple[tuple[str, ...], ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    def hosting(self, name: str | None = None) -> "Hosting":
        """The hosting `name`, or the default; UsageError where there is none."""
        chosen = name or self.default_hosting
        if chosen is not None and chosen in self.hostings:
            return self.hostings[chosen]
        fault = f'"{name}" is not a hosting of {self.type}' if name else f"{self.type} has no default hosting"
        raise UsageError(fault, hint=f"use one of {', '.join(self.hostings)}")

    def capability(self, route_type: str) -> Capability | None:
        """What the provider does with a route type in general; a hosting may differ."""
        return self.capabilities.get(route_type)


@cache
def provider_types() -> tuple[str, ...]:
    """Every provider type, sorted: the names of the files."""
    from aicfg.resources import schema_names

    return schema_names("providers")


@cache
def provider(type: str) -> Provider:
    """The provider of a manifest's type; UsageError where there is none."""
    from aicfg.catalog.provider_files import read_provider

    if type not in provider_types():
        raise UsageError(f'"{type}" is not a provider type', hint=f"use one of {', '.join(provider_types())}")
    return read_provider(type)


def providers_of_kong(kong_provider: str) -> Provider:
    """The provider behind `model.provider` of a Kong file, where llama2 stands for llama3 too.

    Raises UsageError where Kong has no such provider.
    """
    found = provider(kong_provider)
    if found.kong_provider != kong_provider:
        raise UsageError(f'"{kong_provider}" is not a provider of Kong', hint=f"use {found.kong_provider}")
    return found


def _join(base_url: str, path: str) -> str:
    """The URL of `path` under a base URL; what the end of the one and the start of the other share stands once."""
    end = min(index for index in (base_url.find("?"), base_url.find("#"), len(base_url)) if index >= 0)
    base, tail = base_url[:end].rstrip("/"), base_url[end:]
    base_path = "/" + base.partition("://")[2].partition("/")[2]
    cuts = [index for index in range(len(path), 0, -1) if path[index : index + 1] in ("", "/")]
    shared = next((cut for cut in cuts if base_path.endswith(path[:cut])), 0)
    return base + path[shared:] + tail
