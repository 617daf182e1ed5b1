"""Where comments stand in a text: a `#` inside a quoted, plain or block scalar is none."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any

import yaml
from yaml.events import ScalarEvent, StreamEndEvent

from aicfg.patterns import later
from aicfg.source.document import Text
from aicfg.source.reader import events_of

_SCALAR: Any = ScalarEvent
"""Untyped: the marks of an event that was parsed are always there."""

_LINE_END = later(r"[\r\n]")


class Gaps:
    """What stands between the scalars of a text. The text must be one that could be read.

    The line of a block scalar's indicator (`key: |  # like this`) belongs to a gap: a comment may stand there.
    """

    def __init__(self, source: Text) -> None:
        spans = sorted(_scalars(source.text))
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def has(self, offset: int) -> bool:
        """Whether no scalar begins before this offset and goes on behind it."""
        index = bisect_left(self._starts, offset) - 1
        return index < 0 or self._ends[index] <= offset


def _scalars(text: str) -> Iterator[tuple[int, int]]:
    for event in events_in(text):
        if type(event) is _SCALAR:
            start, end = event.start_mark.index, event.end_mark.index
            if event.style in ("|", ">"):
                line_end = _LINE_END.search(text, start, end)
                start = line_end.start() if line_end else end
            if start < end:
                yield start, end


def events_in(text: str) -> list[Any]:
    """The events of a text that could be read."""
    try:
        return _all(events_of(text))
    except yaml.YAMLError:
        from aicfg.source.standins import with_stand_ins  # of the same length: all offsets stay

        try:
            return _all(events_of(with_stand_ins(text)))
        except yaml.YAMLError:
            from aicfg.source.templates import TEMPLATE_PIECE, without_control_lines

            return _all(events_of(with_stand_ins(without_control_lines(text), TEMPLATE_PIECE)))


def _all(get_event: Callable[[], Any]) -> list[Any]:
    events = [get_event()]
    while type(events[-1]) is not StreamEndEvent:
        events.append(get_event())
    return events
