"""One preview: a request, a target of a route, and what Kong makes of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aicfg.catalog.versions import Gateway, version_text
from aicfg.errors import AicfgError, UsageError
from aicfg.frozen import EMPTY
from aicfg.kong.references import DeployText, EnvText, EnvVar
from aicfg.preview.hidden import STAND_IN, Hidden
from aicfg.preview.paths import PathMatch, example
from aicfg.preview.places import Place
from aicfg.preview.request import ClientRequest
from aicfg.preview.samples import sample_request
from aicfg.translate.refusal import TranslationError
from aicfg.translate.translator import translate_request
from aicfg.translate.upstream import UpstreamRequest
from aicfg.tuples import NamedTuple

_MEASURED = (3, 10)
_HOP_BY_HOP = frozenset(
    ("host", "content-length", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "upgrade")
)


class Preview(NamedTuple):
    """What becomes of a request at one target: an upstream request, or why there is none (`refusal`).

    `title` names file, route and target; `sent` is what the client sends, `config` the target's. Texts hold marks,
    which `hidden` tells.
    `untold` says why aicfg itself cannot tell; then there is neither a request nor a refusal.
    """

    title: str
    route: str
    target: int
    provider: str
    model: str
    route_type: str
    gateway: Gateway
    sent: ClientRequest
    hidden: Hidden
    upstream: UpstreamRequest | None
    refusal: TranslationError | None
    notes: tuple[str, ...]
    untold: str | None = None
    config: Mapping[str, Any] = EMPTY

    @property
    def path(self) -> str:
        """The path that is called; the client's, where Kong leaves it."""
        assert self.upstream is not None
        return self.upstream.path or self.sent.path or "/"

    @property
    def url(self) -> str:
        """The whole URL, without the port where that goes without saying."""
        upstream = self.upstream
        assert upstream is not None
        if upstream.port == STAND_IN and self.hidden.port:
            port = f":{self.hidden.port}"
        else:
            port = "" if upstream.port == {"https": 443, "http": 80}.get(upstream.scheme) else f":{upstream.port}"
        query = f"?{upstream.query}" if upstream.query else ""
        return f"{upstream.scheme}://{self.host}{port}{self.path}{query}"

    @property
    def host(self) -> str:
        assert self.upstream is not None
        return f"[{self.upstream.host}]" if ":" in self.upstream.host else self.upstream.host

    @property
    def headers(self) -> dict[str, str]:
        """The gateway's headers, then those of the client that it passes on."""
        assert self.upstream is not None
        own = {name.lower() for name in self.upstream.headers} | _HOP_BY_HOP
        passed = {name: value for name, value in self.sent.headers if name.lower() not in own}
        return {**self.upstream.headers, **passed}

    @property
    def body(self) -> Any:
        """The body: parsed JSON, or a text where it is none."""
        assert self.upstream is not None
        return self.client_body if self.upstream.passthrough else self.upstream.body

    @property
    def client_body(self) -> Any:
        try:
            return json.loads(self.sent.body)
        except (ValueError, RecursionError):
            return self.sent.body.decode("utf-8", "replace")


def preview(
    place: Place, number: int, gateway: Gateway, request: ClientRequest | None = None, *, file: str = ""
) -> Preview:
    """What the target `number` (from 1) of a place sends upstream for a request, or for a sample that fits.

    Raises UsageError where there is no such target, and for a config that cannot be translated.
    """
    if not 1 <= number <= len(place.configs):
        have = f"targets 1 to {len(place.configs)}" if len(place.configs) > 1 else f"{len(place.configs)} target"
        raise UsageError(f"{place.name} has no target {number}", hint=f"it has {have}")
    config = place.configs[number - 1]
    notes = [] if len(place.configs) == 1 else [_of_targets(place, number)]
    given = request or _at_route(sample_request(config), place)
    notes += given.notes if request else ["this is a sample request; give yours with --request"]
    hidden = Hidden(given.body.decode("utf-8", "replace"), repr(given[1:]), repr(config))
    given = hidden.request(given)
    model = config.get("model") if isinstance(config.get("model"), Mapping) else {}
    provider = str((model or {}).get("provider"))
    config = hidden.config(_with_scheme(config, notes), provider)
    options = (config.get("model") or {}).get("options") or {}
    if isinstance(options.get("upstream_url"), str):
        options["upstream_url"] = hidden.with_port(options["upstream_url"])
    given, captures = _located(place, given, hidden, notes)
    upstream, refusal = _translated(
        config, given, captures, _gateway_env(provider, config, hidden, notes), gateway, hidden
    )
    notes += [note for note in (upstream.notes if upstream else ()) if note not in notes]
    if not any("3.10" in note for note in notes):
        notes += measured(gateway)
    return _preview(place, number, gateway, given, hidden, config, file)._replace(
        upstream=upstream, refusal=refusal, notes=tuple(notes)
    )


def measured(gateway: Gateway) -> list[str]:
    """What a reader should know of a gateway that is newer than what was measured."""
    if gateway.version[:2] <= _MEASURED:
        return []
    return [f"this is what 3.10 does, the newest whose code is open; {gateway} may do otherwise"]


def _translated(
    config: Mapping[str, Any],
    request: ClientRequest,
    captures: Mapping[str, str],
    env: Mapping[str, str],
    gateway: Gateway,
    hidden: Hidden,
) -> tuple[UpstreamRequest | None, TranslationError | None]:
    """What Kong sends, or why it does not."""
    headers: dict[str, list[str]] = {}
    for name, value in request.headers:
        headers.setdefault(name, []).append(value)
    try:
        upstream = translate_request(
            config,
            request.body,
            method=request.method or "POST",
            path=request.path or "/",
            query=request.query,
            headers=headers,
            captures=captures,
            env=env,
            gateway=version_text(gateway.version),
        )
    except TranslationError as error:
        return None, error
    except AicfgError as error:
        error.message = hidden.shown(error.message)
        error.args = (error.message,)
        raise
    return upstream, None


def _preview(
    place: Place,
    number: int,
    gateway: Gateway,
    sent: ClientRequest,
    hidden: Hidden,
    config: Mapping[str, Any],
    file: str = "",
) -> Preview:
    """A preview that has its names only."""
    model = config.get("model")
    named = model if isinstance(model, Mapping) else {}
    title = " ".join(filter(None, [file, place.name, f"target {number}" if len(place.configs) > 1 else ""]))
    return Preview(
        title=title,
        route=place.name,
        target=number,
        provider=str(named.get("provider") or ""),
        model=str(named.get("name") or ""),
        route_type=str(config.get("route_type") or ""),
        gateway=gateway,
        sent=sent,
        hidden=hidden,
        upstream=None,
        refusal=None,
        notes=(),
        config=config,
    )


def _of_targets(place: Place, number: int) -> str:
    return f"this is target {number} of {len(place.configs)}: the balancer chooses; see the others with --target"


def _at_route(sample: ClientRequest, place: Place) -> ClientRequest:
    """A sample whose path says something, below a path of the route."""
    start = example(place.paths)[0]
    return sample if sample.path is None else sample._replace(path=(start or "").rstrip("/") + sample.path)


def _with_scheme(config: Mapping[str, Any], notes: list[str]) -> Mapping[str, Any]:
    """The config with an upstream_url that can be taken apart, where it starts with a reference."""
    model = config.get("model")
    options = model.get("options") if isinstance(model, Mapping) else None
    url = options.get("upstream_url") if isinstance(options, Mapping) else None
    if not isinstance(model, Mapping) or not isinstance(options, Mapping) or not isinstance(url, DeployText):
        return config
    if isinstance(url, EnvText) and not isinstance(url.parts[0], EnvVar):
        return config
    if not isinstance(url, EnvText) and not url.lstrip().startswith("${{"):
        return config
    notes.append("upstream_url is known at the gateway only: it is shown as if it were the host of an https URL")
    whole = (
        EnvText(f"https://{url}", ("https://", *url.parts))
        if isinstance(url, EnvText)
        else DeployText(f"https://{url}")
    )
    return {**config, "model": {**model, "options": {**options, "upstream_url": whole}}}


def _located(
    place: Place, request: ClientRequest, hidden: Hidden, notes: list[str]
) -> tuple[ClientRequest, Mapping[str, str]]:
    """The request at a path of the route, and the captures there."""
    if request.path is None:
        path, names = example(place.paths)
        if names:
            captures = {name: hidden.add(f"CAPTURED_{name.upper()}", f"<{name}>") for name in names}
            notes.append(f"{', '.join(f'<{name}>' for name in names)}: what the route captures from the client's path")
            return request._replace(path=path), captures
        return request._replace(path=path), {}
    found: PathMatch | None = None
    try:
        found = place.match(request.path)
    except UsageError as error:
        notes.append(hidden.shown(error.message))
        return request, {}
    if found is None and place.paths:
        notes.append(f"Kong would not send {request.path} to {place.name}, whose paths are {', '.join(place.paths)}")
    methods = place.fields.get("methods")
    if request.method and isinstance(methods, list | tuple) and methods and request.method not in methods:
        notes.append(
            f"Kong would not send {request.method} to {place.name}, which takes {', '.join(map(str, methods))}"
        )
    return request, found.captures if found else {}


def _gateway_env(provider: str, config: Mapping[str, Any], hidden: Hidden, notes: list[str]) -> Mapping[str, str]:
    """What the gateway's environment has to say: for Bedrock, the region where the config does not."""
    options = (config.get("model") or {}).get("options") or {}
    if provider != "bedrock" or (options.get("bedrock") or {}).get("aws_region"):
        return {}
    notes.append("the region comes from the gateway's environment; without AWS_REGION there, each request fails")
    return {"AWS_REGION": hidden.add("AWS_REGION", "<AWS_REGION>")}


def preview_all(candidates: tuple[Place, ...], gateway: Gateway, request: ClientRequest | None = None) -> list[Preview]:
    """Every target of every place; one that cannot be translated says why (`untold`).

    Raises UsageError where there is none.
    """
    if not candidates:
        raise UsageError("there is no route with ai-proxy or ai-proxy-advanced here", hint="see: aicfg lint")
    found = []
    for place in candidates:
        for number in range(1, len(place.configs) + 1):
            try:
                found.append(preview(place, number, gateway, request))
            except UsageError as error:
                hidden = Hidden(repr(place.configs))
                config = hidden.config(place.configs[number - 1], "PROVIDER")
                why = f"{error.message}; {error.hint}" if error.hint else error.message
                found.append(
                    _preview(place, number, gateway, request or ClientRequest(b""), hidden, config)._replace(untold=why)
                )
    return found
