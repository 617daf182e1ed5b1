"""Which parser cuts a stream's chunks into events: the provider's Content-Type decides, in older versions who it is.

Source: frame_to_events in kong/llm/drivers/shared.lua (3.7, 3.8, 3.10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from aicfg.translate.answer import Answer
from aicfg.translate.event_stream import Frames
from aicfg.translate.events import Event
from aicfg.translate.json_array import Elements, pieces
from aicfg.translate.sse import Events, ForgetfulEvents, WholeEvents

Read = Callable[[bytes], list[Event]]


def by_content_type(answer: Answer, content_type: str | None) -> Read | None:
    """None for a type that Kong has no parser for."""
    parser = BY_CONTENT_TYPE.get(None if content_type is None else content_type.partition(";")[0])
    return parser(answer) if parser else None


BY_CONTENT_TYPE: Mapping[str | None, Callable[[Answer], Read]] = MappingProxyType(
    {
        "application/json": lambda answer: Elements().read,
        "application/vnd.amazon.eventstream": lambda answer: Frames(answer.note).read,
        "text/event-stream": lambda answer: Events().read,
        "application/stream+json": lambda answer: Events().read,
        "application/x-ndjson": lambda answer: Events().read,
        None: lambda answer: Events().read,
    }
)


def by_provider(answer: Answer, content_type: str | None) -> Read:
    """3.8."""
    provider = answer.config.driver.provider
    if provider == "gemini":
        return pieces
    return Frames(answer.note).read if provider == "bedrock" else ForgetfulEvents().read


def always_the_same(answer: Answer, content_type: str | None) -> Read:
    """3.7."""
    return WholeEvents().read
