"""Reads the data files in `schemas/`.

They are our own: nobody asks where something stands in them, and a test reads each with `aicfg.source` too, which
complains about what passes here (a key twice, a tag). That makes reading them twice as fast, which every run feels.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from aicfg.source.reader import events_of
from aicfg.source.scalars import resolve

_resolved = cache(resolve)


def load(path: str) -> Any:
    """The plain value of a YAML file that ships with aicfg. A fault in it is a fault of aicfg, and raises."""
    with open(path, encoding="utf-8") as stream:
        get_event = events_of(stream.read())
    get_event(), get_event()  # the stream and the document start
    return _value(get_event(), get_event)


def _value(event: Any, get_event: Callable[[], Any]) -> Any:
    """The value that starts with an event."""
    kind = type(event)
    if kind is ScalarEvent:
        return _resolved(event.value) if event.implicit[0] else event.value
    if kind is SequenceStartEvent:
        items = []
        while type(event := get_event()) is not SequenceEndEvent:
            items.append(_value(event, get_event))
        return items
    if kind is not MappingStartEvent:
        raise ValueError(f"{event} stands where a value is wanted")
    values = {}
    while type(event := get_event()) is not MappingEndEvent:
        values[event.value] = _value(get_event(), get_event)
    return values
