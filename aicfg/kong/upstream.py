"""Upstream URLs of LLM records: their parts, and the path that a format's API is served at."""

from functools import cache, lru_cache

from aicfg.catalog.providers import Hosting, provider
from aicfg.catalog.versions import Version
from aicfg.kong.references import EnvText, EnvVar, Placeholder
from aicfg.kong.urls import parse_url
from aicfg.tuples import NamedTuple


class Upstream(NamedTuple):
    """What is known of an upstream URL. `scheme` and `host` are "" where it has none."""

    scheme: str
    host: str
    path: str

    @property
    def absolute(self) -> bool:
        return self.scheme in ("http", "https") and self.host != ""


def read_upstream(text: str) -> Upstream | None:
    """The parts of a URL, or None where they cannot be known before the gateway runs."""
    if isinstance(text, Placeholder):
        return None
    if not isinstance(text, EnvText):
        return _parts(str(text))
    if isinstance(text.parts[0], EnvVar):
        return None
    return _parts("".join(f"env-{part.name}" if isinstance(part, EnvVar) else part for part in text.parts))


@lru_cache(maxsize=1024)
def _parts(text: str) -> Upstream | None:
    if "$" in text or "<" in text or "{" in text:  # something is to be filled in
        return None
    parts = parse_url(text.strip())
    return Upstream((parts.scheme or "").lower(), parts.host or "", parts.path or "")


@cache
def expected_path(type_: str, hosting: str, format_: str | None, route_type: str, version: Version) -> str | None:
    """The path that an exact upstream URL should end in; None where any may be right."""
    chosen = speaking(provider(type_).hostings[hosting], format_)
    path = chosen.operation_path(route_type, version) if chosen else None
    return path if path and "{" not in path else None


def speaking(hosting: Hosting, format_: str | None) -> Hosting | None:
    """The hosting, speaking a format; None where neither says which."""
    if format_ is not None and format_ in hosting.formats:
        return hosting.with_format(format_)
    return hosting if hosting.format is not None else None
