"""What a stream's framing hands to a wire format, and what the format remembers from event to event."""

from __future__ import annotations

from typing import Any

from aicfg.errors import UsageError
from aicfg.translate import cjson
from aicfg.translate.config import Model
from aicfg.translate.lua import NIL, Fault
from aicfg.translate.refusal import Reason
from aicfg.tuples import NamedTuple

DONE = b"[DONE]"
"""The end of a stream, in OpenAI's words."""


class Event(NamedTuple):
    """One event as it came: what stood behind `data:` and `event:`, None where that was not there."""

    data: bytes | None
    name: bytes | None = None

    def decoded(self) -> Any:
        """The JSON in the data, as a driver reads it. Raises Fault where there is none, Reason where it is no JSON."""
        if self.data is None:
            raise Fault("it reads JSON where an event has no data")
        try:
            return cjson.read(self.data, arrays=False)
        except cjson.TooDeep as error:
            raise UsageError(f"an event is too deep: {error}", hint="Kong itself takes up to 1000 levels") from None
        except cjson.NotJson:
            raise Reason("failed to decode the event") from None


class Session:
    """One stream on its way. `id` is what an event said for those after it."""

    __slots__ = ("id", "model")

    def __init__(self, model: Model) -> None:
        self.model = model
        self.id: Any = NIL
