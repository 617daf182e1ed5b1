"""Which route takes a request: by its methods, hosts, headers and paths."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from typing import Any

from aicfg.errors import AicfgError, UsageError
from aicfg.preview.places import Place, choose


class NoRoute(AicfgError):
    """No route takes the request, or several do."""


def route_of(candidates: Sequence[Place], method: str, path: str, host: str, headers: Mapping[str, str]) -> Place:
    """The place that a request is for. `headers` have their names in small letters.

    A route that asks for a host or a header comes before those that do not. Raises NoRoute.
    """
    taking = [place for place in candidates if _takes(place, method, host, headers) and _at(place, path)]
    most = max((_asked(place) for place in taking), default=0)
    best = [place for place in taking if _asked(place) == most]
    if len(best) > 1:
        try:
            return choose(best, None, path)
        except UsageError as error:
            raise NoRoute(error.message.partition(":")[0], hint=error.hint) from None
    if not best:
        raise NoRoute(f"no route takes {method} {path}", hint=_offer(candidates))
    return best[0]


def _takes(place: Place, method: str, host: str, headers: Mapping[str, str]) -> bool:
    methods, hosts = _list(place, "methods"), _list(place, "hosts")
    if methods and method not in methods:
        return False
    if hosts and not any(fnmatch.fnmatchcase(host.lower(), pattern.lower()) for pattern in hosts):
        return False
    return all(headers.get(name) in _texts(values) for name, values in _wanted(place).items())


def _at(place: Place, path: str) -> bool:
    try:
        return not place.paths or place.match(path) is not None
    except UsageError:
        return False


def _asked(place: Place) -> int:
    return bool(_list(place, "hosts")) + bool(_wanted(place))


def _wanted(place: Place) -> dict[str, Any]:
    headers = place.fields.get("headers")
    return {str(name).lower(): values for name, values in headers.items()} if isinstance(headers, Mapping) else {}


def _list(place: Place, field: str) -> list[str]:
    return _texts(place.fields.get(field))


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []


def _offer(candidates: Sequence[Place]) -> str:
    ways = [f"{'/'.join(_list(place, 'methods')) or 'any method'} {' '.join(place.paths)}" for place in candidates[:10]]
    return f"the routes take {', '.join(ways)}"
