"""P22x: upstream URLs."""

from __future__ import annotations

from aicfg.kong.llm import DRIVEN, Embedder, Kind, Llm
from aicfg.kong.upstream import speaking
from aicfg.lint.diagnostic import Finding, Findings, Severity
from aicfg.lint.registry import rule
from aicfg.lint.where import from_manifest, with_option
from aicfg.patterns import later
from aicfg.source.changes import Proposal, put
from aicfg.words import shown

_has_url = with_option("upstream_url")


def _path_of(llm: Llm) -> tuple[str | int, ...]:
    return llm.at("model", "options", "upstream_url")


def _needs_url(kind: Kind) -> bool:
    hosting, route_type = kind.hosting, kind.route_type
    return hosting is not None and route_type is not None and hosting.needs_url(kind.version, route_type)


@rule("P220", "missing-url", "error", where=_needs_url)
def missing_url(llm: Llm) -> Findings:
    """No URL for a model that runs on somebody's own server.

    Kong cannot know where that is: it refuses the plugin, or calls the provider's cloud service with a request in the
    wrong format.

    Example:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama}
        routes:
          chat: {provider: p, model: mistral}
    Use instead:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama, base_url: "http://ollama.internal:11434"}
        routes:
          chat: {provider: p, model: mistral}
    """
    hosting, route_type = llm.hosting, llm.route_type
    if hosting is None or llm.url is not None or route_type is None:
        return
    if not hosting.needs_url(llm.gateway.version, route_type):
        return
    if llm.origin.find(_path_of(llm)).path[-1:] == ("base_url",):
        return  # it does not tell the whole URL, and P225 says so
    if hosting.needs_path_only(llm.gateway.version, route_type):
        if llm.options.get("upstream_path") is None:
            message = f"Kong has no path of its own for {route_type} of {hosting.title}, and calls /"
            url = hosting.filled_url(route_type, llm.gateway.version)
            yield Finding(_path_of(llm), message, f"add `upstream_url: {url}`", at_key=True)
    else:
        known = speaking(hosting, llm.format)
        base = known is not None and known.operation_path(route_type, llm.gateway.version) is not None
        example = hosting.upstream_url.example
        hint = f"add `base_url:` and aicfg adds the path, or `upstream_url: {example}`"
        if not llm.from_manifest:
            hint = f"add `upstream_url` with the exact URL, such as {example}"
        elif not base:
            hint = f"add `upstream_url:` with the exact URL, such as {example}: there is no standard path to add"
        yield Finding(_path_of(llm), f"the hosting {hosting.name} needs the URL of your server", hint, at_key=True)


@rule("P221", "url-not-absolute", "error", where=_has_url)
def url_not_absolute(llm: Llm) -> Findings:
    """An upstream URL without `http://` or `https://`, or without a host.

    Kong refuses it, or takes the host's name for a scheme.

    Example:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama, base_url: "ollama.internal:11434"}
        routes:
          chat: {provider: p, model: mistral}
    Use instead:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama, base_url: "http://ollama.internal:11434"}
        routes:
          chat: {provider: p, model: mistral}
    """
    url = llm.upstream
    if llm.url is not None and url is not None and not url.absolute:
        place = llm.origin.find(_path_of(llm))
        is_base = place.path[-1:] == ("base_url",)
        written = (place.document.source_text(place.path) or "").strip("\"'") if is_base else llm.url
        message = f"{shown(written)} is not an absolute HTTP URL"
        yield Finding(_path_of(llm), message, "begin it with http:// or https:// and the host")


@rule("P222", "url-without-path", "error", where=_has_url)
def url_without_path(llm: Llm | Embedder) -> Findings:
    """An exact upstream URL that ends behind the host.

    Kong calls an upstream_url as it stands and adds nothing, so the request goes to `/`.

    Example:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama, upstream_url: "http://ollama.internal:11434"}
        routes:
          chat: {provider: p, model: mistral}
    Use instead:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama, base_url: "http://ollama.internal:11434"}
        routes:
          chat: {provider: p, model: mistral}
    """
    expected = llm.likely_path
    url = llm.upstream
    if expected and url is not None and url.absolute and url.path in ("", "/"):
        message = f"Kong calls this URL as it stands, without {expected}"
        severity: Severity | None = None if llm.kong_provider in DRIVEN else "warning"
        yield Finding(_path_of(llm), message, _whole(llm, expected), severity, fix=_completed(llm, expected))


def _whole(llm: Llm, expected: str) -> str:
    right = _with_path(llm, expected) or expected
    return ("use `base_url:` instead, or " if llm.from_manifest else "") + f"write the whole URL: {right}"


def _completed(llm: Llm, expected: str) -> Proposal | None:
    right = _with_path(llm, expected)
    return Proposal(f"write {right}", (put(_path_of(llm), right),), safe=False) if right else None


def _with_path(llm: Llm, expected: str) -> str | None:
    """The URL with the path that the format's API is served at, in place of what a slip may have left there."""
    url, path = (llm.url or "").rstrip("/"), llm.upstream.path.rstrip("/") if llm.upstream else ""
    if not url.endswith(path) or any(sign in url for sign in "?#"):
        return None
    head, version = url.removesuffix(path), expected[: -len(_tail(expected))]
    if version and path.endswith(version):
        head, path = url.removesuffix(version), ""
    return head + expected if path in _SLIPS else None


_SLIPS = frozenset(
    (
        "",
        "/v1",
        "/v1/chat",
        "/v1/completions",
        "/chat",
        "/chat/completions",
        "/api",
        "/api/generate",
        "/v1/chat/completions",
    )
)
"""Paths that are parts of an API's own, or another API's: no server's prefix."""
_BASE = later(r"(?:.*/)?(?:v\d+(?:beta\d*)?|api|openai)/?")
"""Paths of base URLs, to which clients add an operation's path and Kong does not."""


@rule("P223", "url-path-mismatch", "warning", where=_has_url)
def url_path_mismatch(llm: Llm | Embedder) -> Findings:
    """The path of the upstream URL is not the one that the format's API is served at.

    `https://host/v1` instead of `…/v1/chat/completions`, or OpenAI's path with Ollama's format: Kong sends the request
    there all the same, and the server answers 404 or does not understand it. A base URL, which clients complete and
    Kong does not, is an error; another path may be right for somebody's own server, so it is a warning.

    Example:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama, upstream_url: "http://ollama.internal:11434/v1/chat"}
        routes:
          chat: {provider: p, model: mistral}
    Use instead:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama, upstream_url: "http://ollama.internal:11434/api/chat"}
        routes:
          chat: {provider: p, model: mistral}
    """
    expected, url = llm.likely_path, llm.upstream
    if not expected or url is None or not url.absolute or url.path in ("", "/"):
        return
    if url.path.rstrip("/").endswith(_tail(expected)) and not (llm.format == "ollama" and "/v1/" in url.path):
        return
    if _BASE.fullmatch(url.path) and llm.route_type != "preserve":
        unsure = llm.kong_provider not in DRIVEN or isinstance(llm, Embedder)
        severity: Severity | None = None if unsure else "error"
        message = f"this is a base URL: Kong calls it as it stands, without {_missing(url.path, expected)}"
        hint = _whole(llm, expected)
        yield Finding(_path_of(llm), message, hint, severity, fix=_completed(llm, expected))
    elif llm.expected_path:
        message = f"{shown(url.path)} is not the path of {llm.route_type} in the {llm.format} format"
        yield Finding(_path_of(llm), message, f"use {expected}", fix=_completed(llm, expected))


def _missing(path: str, expected: str) -> str:
    """What of an API's path is not there yet."""
    version = expected[: -len(_tail(expected))]
    return _tail(expected) if version and path.rstrip("/").endswith(version) else expected


def _tail(path: str) -> str:
    """The path without its version: servers behind a prefix of their own keep the rest."""
    first, _, rest = path.lstrip("/").partition("/")
    return f"/{rest}" if rest and first[:1] == "v" and first[1:].isdigit() else path


@rule("P224", "base-url-is-whole", "warning", where=from_manifest)
def base_url_is_whole(llm: Llm) -> Findings:
    """A `base_url` that already holds the path of an operation.

    aicfg adds the path of each route's operation to a base URL. One with a path of its own fits a single route type;
    say `upstream_url` where that is meant.

    Example:
        version: 1
        providers:
          p: {type: mistral, hosting: gguf, base_url: "http://mistral.internal:8000/v1/chat/completions"}
        routes:
          chat: {provider: p, model: mistral}
    Use instead:
        version: 1
        providers:
          p: {type: mistral, hosting: gguf, base_url: "http://mistral.internal:8000"}
        routes:
          chat: {provider: p, model: mistral}
    """
    if llm.url is None or not llm.from_manifest:
        return
    place = llm.origin.find(_path_of(llm))
    if not place.path or place.path[-1] != "base_url":
        return
    given = place.document.source_text(place.path) or ""
    expected = llm.expected_path
    if expected and given.strip("\"'").rstrip("/").endswith(_tail(expected)):
        hint = f"leave {expected} out: aicfg adds it"
        base, url = given.strip("\"'").rstrip("/"), llm.url.rstrip("/")
        changes = (put(_path_of(llm), base.removesuffix(expected)),)
        fix = Proposal(f"leave {expected} out", changes) if base.endswith(expected) and base == url else None
        yield Finding(_path_of(llm), f"the base URL already holds the path {expected}", hint, fix=fix)


@rule("P225", "incomplete-base-url", "error", where=from_manifest)
def incomplete_base_url(llm: Llm) -> Findings:
    """A `base_url` where there is no one path to add.

    The `raw` format has no standard path, and Gemini's and Bedrock's paths hold the model and the operation.

    Example:
        version: 1
        providers:
          p: {type: llama2, hosting: llama.cpp, base_url: "http://llama.internal:8080"}
        routes:
          chat: {provider: p, model: llama2}
    Use instead:
        version: 1
        providers:
          p: {type: llama2, hosting: llama.cpp, upstream_url: "http://llama.internal:8080/completion"}
        routes:
          chat: {provider: p, model: llama2}
    """
    if llm.url is not None or llm.hosting is None or not llm.from_manifest:
        return
    if llm.origin.find(_path_of(llm)).path[-1:] == ("base_url",):
        message = f"the {llm.format} format has no standard path for {llm.route_type} to add to a base URL"
        yield Finding(_path_of(llm), message, "give the exact URL as `upstream_url`", at_key=True)
