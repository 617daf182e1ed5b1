"""A provider's stream: what the client gets, chunk by chunk.

Source: shared-filters/parse-sse-chunk.lua, normalize-sse-chunk.lua and normalize-response-header.lua in kong/llm/plugin
(3.10), and measurements.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from aicfg.errors import UsageError
from aicfg.translate import cjson
from aicfg.translate.answer import Answer
from aicfg.translate.config import Config
from aicfg.translate.events import DONE, Event, Session
from aicfg.translate.lua import Fault
from aicfg.translate.refusal import Reason, crash

if TYPE_CHECKING:
    from aicfg.translate.answer_trace import EventChange, EventTrace

UNSUPPORTED = b'data: {"error": true, "message": "empty or unsupported transformer response"}'
"""All that the client gets of a stream whose Content-Type Kong has no parser for."""

CONTENT_TYPE = "text/event-stream"
"""Of every stream, whatever the status."""


class ClientStream:
    """What the client gets: `status`, `headers`, and, going through it once, the body's bytes.

    They come as the provider's chunks come, and no more than an unfinished event is held. Raises TranslationError on
    the way where Kong's own code fails, and the client's connection ends. `notes` say what a reader should know.
    """

    def __init__(self, answer: Answer, chunks: Iterable[bytes], *, traced: bool = False) -> None:
        self._answer = answer
        self._trace = _event_trace(answer) if traced else None
        self._chunks = (bytes(chunks),) if isinstance(chunks, (bytes, bytearray)) else chunks
        self._upstream_type = answer.header("Content-Type")
        self.status = answer.status
        back = answer.config.behaviour.back
        translates = answer.status == 200 and not answer.config.passthrough
        self._gzip = translates and answer.header("Content-Encoding") == "gzip"
        if self._gzip:
            answer.clear_header("Content-Encoding")
            answer.note("a gzipped stream was not measured: Kong inflates each chunk by itself, aicfg all as one")
        if answer.status == 200:
            answer.clear_headers()
        if back.always_clears_cookies:
            answer.clear_cookies()
        if answer.status == 200 or back.always_says_stream:
            self._say_stream()
        self.headers = answer.headers

    def _say_stream(self) -> None:
        answer = self._answer
        if "charset=" in (self._upstream_type or "").lower():
            answer.note("nginx may show the charset of the provider's Content-Type to the client, too")
        answer.set_header("Content-Type", CONTENT_TYPE)

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._answer.notes)

    @property
    def trace(self) -> tuple[EventChange, ...]:
        """What became of the events that came until now; nothing for a stream that Kong does not translate.

        Raises UsageError for a stream that was not asked to be traced: going through it, it forgets.
        """
        if self._trace is None:
            raise UsageError("this stream is not traced", hint="ask for it with traced=True")
        return self._trace.changes

    def __iter__(self) -> Iterator[bytes]:
        if self.status != 200 or self._answer.config.passthrough:
            return iter(self._chunks)
        chunks = self._chunks
        if self._gzip:
            chunks = _inflated(chunks)
        joins = self._answer.buffered and self._answer.config.behaviour.back.waits_for_the_unasked
        chunks = _joined(chunks) if joins else chunks
        return _translated(self._answer, self._upstream_type, chunks, self._trace)

    def __repr__(self) -> str:
        return f"<ClientStream {self.status}>"


def _event_trace(answer: Answer) -> EventTrace:
    from aicfg.translate.answer_trace import EventTrace

    return EventTrace(answer)


def _inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    for chunk in chunks:
        try:
            inflated = inflate.decompress(chunk)
        except zlib.error as error:
            crash(f"inflating a chunk, {error}")
        if inflated:
            yield inflated


def _joined(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """With response_streaming always, a client may get a stream that did not ask for one. Kong has then waited for the
    whole answer, which makes one chunk."""
    yield b"".join(chunks)


def _translated(
    answer: Answer, content_type: str | None, chunks: Iterable[bytes], trace: EventTrace | None
) -> Iterator[bytes]:
    """The events of each chunk. An empty chunk brings the events of the one before again."""
    back = answer.config.behaviour.back
    read = back.reader(answer, content_type)
    write = _writer(answer, trace)
    events: list[Event] | None = None
    for chunk in chunks:
        if chunk and read is None:
            if trace:
                trace.unreadable()
            yield UNSUPPORTED
            return
        try:
            if chunk and read is not None:
                events = read(chunk)
            elif not back.repeats_events:
                continue
            elif trace and events:
                trace.repeated()
        except Fault as error:
            crash(f"cutting a chunk into events, {error}")
        out = b"".join(map(write, events or ()))
        if out:
            yield out
    if trace:
        trace.end()


def _writer(answer: Answer, trace: EventTrace | None) -> Callable[[Event], bytes]:
    config = answer.config
    session = Session(answer.drivers_model)

    def write(event: Event) -> bytes:
        """One event as the client gets it. What a driver cannot read or fails over is left out."""
        made = sent = None
        why = ""
        try:
            made = config.event(event, session, config.behaviour) if config.event else None
            if made is not None:
                sent = made if isinstance(made, bytes) else cjson.write(made)
        except (Fault, Reason, cjson.NotWritable) as error:
            why = f"Kong leaves it out: {error}"
        if trace:
            trace.saw(event, sent, why)
        if sent is None:
            return b""
        if sent == DONE:
            return b"data: " + sent
        _count(made, config)
        return b"data: " + sent + b"\n\n"

    return write


def _count(sent: Any, config: Config) -> None:
    """Kong counts the tokens of what it sends. Over some shapes of JSON that fails, and with it the stream."""
    try:
        if isinstance(sent, bytes):
            sent = cjson.read(sent, arrays=False)
    except (cjson.NotJson, cjson.TooDeep):
        return
    try:
        config.behaviour.back.count_event(sent, config)
    except Fault as error:
        crash(f"counting the tokens of an event, {error}")
