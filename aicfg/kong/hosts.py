"""Whose server a host is: a provider's own, by the URLs that Kong's drivers call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from aicfg.catalog.providers import provider, provider_types
from aicfg.kong.urls import parse_url

_LOCAL = (".local", ".internal", ".localhost", ".svc", ".lan", ".test", ".invalid", ".example", ".cluster.local")


@lru_cache(maxsize=256)
def provider_at(host: str) -> str | None:
    """The provider type whose service a host belongs to; None for any other host."""
    host = host.lower().rstrip(".")
    if "." not in host or host[-1:].isdigit() or host.endswith(_LOCAL):
        return None
    return next((type_ for pattern, type_ in _hosts().items() if pattern.fullmatch(host)), None)


def belongs_to_provider(url: str) -> bool:
    """Whether a URL leads to the service of some provider."""
    host = parse_url(url.strip()).host
    return host is not None and provider_at(host) is not None


@cache
def _hosts() -> Mapping[re.Pattern[str], str]:
    """The hosts of all providers' services, what options fill in left open."""
    found = {}
    for type_ in provider_types():
        for hosting in provider(type_).hostings.values():
            url = hosting.upstream.steps[-1][1] if hosting.upstream else ""
            host = re.sub(r"\{[^{}]*\}", "*", url).partition("://")[2].partition(":")[0]
            if host.strip("*"):
                found[re.compile(re.escape(host).replace(r"\*", "[^.]+"))] = type_
    return found
