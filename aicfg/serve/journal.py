"""The last exchanges, and who watches them come."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

KEPT = 100
"""So many exchanges are kept."""

WATCHERS = 20
"""So many may watch at a time."""

WAITING = 500
"""So many events wait for a watcher who does not read; who falls behind starts anew."""

_SUMMARY = ("number", "time", "method", "path", "route", "model", "status", "state")


class Journal:
    """Exchanges by number, from 1. For one event loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, dict[str, Any]] = OrderedDict()
        self._last = 0
        self._watchers: set[asyncio.Queue[Mapping[str, Any] | None]] = set()

    def add(self, exchange: Mapping[str, Any], state: str) -> int:
        """Keep an exchange, and give its number. `state`: done, streaming, gone (the client left), or failed."""
        self._last += 1
        self._kept[self._last] = {**exchange, "number": self._last, "time": time.time(), "state": state, "body": ""}
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self._tell(self._last)
        return self._last

    def change(self, number: int, **what: Any) -> None:
        """Say more of an exchange, where it is still kept."""
        if number in self._kept:
            self._kept[number].update(what)
            self._tell(number)

    def exchange(self, number: int) -> Mapping[str, Any] | None:
        return self._kept.get(number)

    def summaries(self) -> list[dict[str, Any]]:
        return [_summary(exchange) for exchange in self._kept.values()]

    def watch(self) -> asyncio.Queue[Mapping[str, Any] | None] | None:
        """A queue of what is new; None in it means that something was missed. None where too many watch."""
        if len(self._watchers) >= WATCHERS:
            return None
        queue: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue(WAITING)
        self._watchers.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[Mapping[str, Any] | None]) -> None:
        self._watchers.discard(queue)

    def _tell(self, number: int) -> None:
        for queue in self._watchers:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(_summary(self._kept[number]))


def _summary(exchange: Mapping[str, Any]) -> dict[str, Any]:
    return {name: exchange[name] for name in _SUMMARY}
