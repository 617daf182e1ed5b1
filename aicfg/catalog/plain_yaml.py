"""Parses the YAML that our own data files are written in: maps, lists and scalars, and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from aicfg.source.reader import events_of
from aicfg.source.scalars import resolve


def parsed(text: str) -> Any:
    """The plain value of a text. Raises ValueError for YAML that goes beyond it, and yaml.YAMLError for none."""
    get_event = events_of(text)
    get_event(), get_event()  # the stream and the document start
    return _value(get_event(), get_event)


def _value(event: Any, get_event: Callable[[], Any]) -> Any:
    """The value that starts with an event."""
    kind = type(event)
    if kind is ScalarEvent:
        return resolve(event.value) if event.implicit[0] else event.value
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
