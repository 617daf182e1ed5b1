"""What of an upstream body does not fit the provider's published types: found when a trace or the notes are asked for.

A provider that ignores such a field and one that refuses it are the same here, for types do not tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from aicfg.translate.exchange import Exchange
from aicfg.translate.marks import Path
from aicfg.translate.published import PUBLISHED, Parts, Published


def misfits(exchange: Exchange) -> Mapping[Path, str]:
    """The places in the upstream body that do not fit, and why; what is below such a place does not fit, either."""
    published = _published(exchange)
    found: dict[Path, str] = {}
    if published is None:
        return found
    for path, names in published.fields.items():
        for place, value in _at(exchange.body, path):
            for name in value if isinstance(value, dict) else ():
                if name not in names:
                    below = (*place, name)
                    found[below] = _unknown(published, path, name)
    for misfit in published.misfits:
        for place, value in _at(exchange.body, misfit.path):
            if misfit.wrong is None or misfit.wrong(value):
                found.setdefault(place, misfit.says)
    return found


def missing(exchange: Exchange) -> Iterator[str]:
    """What the provider needs and does not get, a sentence each."""
    published = _published(exchange)
    for need in published.needs if published else ():
        if not need.fits(exchange.body.get(need.field)):
            yield need.says


def _published(exchange: Exchange) -> Published | None:
    """What is known to be behind the URL that is called; None where that may be anything."""
    config = exchange.config
    if config.passthrough or not isinstance(exchange.body, dict):
        return None
    published = PUBLISHED.get((config.driver.provider, config.format_module, config.route_type))
    if published is None or not published.own_host or exchange.target is None:
        return published
    return published if exchange.target.host == urlsplit(config.driver.base or "").hostname else None


def _unknown(published: Published, path: Parts, name: str) -> str:
    above = ".".join(part for part in path if part != "*")
    more = published.called.get((*path, name))
    return f"{published.whose} has no {name}{f' in {above}' if above else ''}{f': {more}' if more else ''}"


def _at(value: Any, path: Parts, place: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The places that a path leads to, and what stands there."""
    if not path:
        yield place, value
    elif path[0] == "*":
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from _at(item, path[1:], (*place, index))
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:], (*place, path[0]))
