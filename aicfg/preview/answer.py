"""The way back: what a provider answered, whole or streamed, and what the client gets of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aicfg.catalog.versions import version_text
from aicfg.preview.recording import AWS, Recording
from aicfg.preview.run import Preview, measured
from aicfg.translate.answer_trace import EventChange
from aicfg.translate.event_stream import Frames
from aicfg.translate.lua import Fault
from aicfg.translate.refusal import TranslationError
from aicfg.translate.response import ClientResponse
from aicfg.translate.stream import ClientStream
from aicfg.translate.trace import Change
from aicfg.translate.translator import Translator
from aicfg.translate.usage import Usage, usage
from aicfg.tuples import NamedTuple

OF_STREAM = "what Kong logs for a stream is not known here: these are the tokens that the stream itself names"


class AnswerPreview(NamedTuple):
    """What becomes of an answer at one target. `about` is the preview of the request, which has names and marks.

    `body` is what the client gets; with a `refusal`, what it gets until Kong's code fails. `priced` says whether the
    config has both prices. `trace` is about the fields of a whole answer, `events` about those of a stream.
    """

    about: Preview
    recorded: Recording
    streamed: bool
    status: int
    headers: Mapping[str, str]
    body: bytes
    trace: tuple[Change, ...]
    events: tuple[EventChange, ...]
    usage: Usage | None
    priced: bool
    refusal: TranslationError | None
    notes: tuple[str, ...]


def received(
    about: Preview, recorded: Recording, *, streamed: bool, request: Any, traced: bool = False
) -> ClientResponse | ClientStream:
    """What the client gets at the target of a preview. `request` is its body, None where it is not known; `traced` says
    that the trace of a stream will be asked for.

    Raises TranslationError where Kong's own code fails; of a stream, while it is gone through.
    """
    translator = Translator(about.config, gateway=version_text(about.gateway.version))
    if streamed:
        return translator.stream(
            recorded.chunks(), status=recorded.status, headers=recorded.headers, request=request, traced=traced
        )
    return translator.response(recorded.body, status=recorded.status, headers=recorded.headers, request=request)


def answer_preview(about: Preview, recorded: Recording, *, streamed: bool, request: bytes | None) -> AnswerPreview:
    """Raises UsageError where the answer or the config cannot be translated."""
    body, refusal = bytearray(), None
    trace: tuple[Change, ...] = ()
    got: ClientResponse | ClientStream | None = None
    try:
        got = received(about, recorded, streamed=streamed, request=request, traced=True)
        if isinstance(got, ClientResponse):
            body += got.body
            trace = got.trace
        else:
            for chunk in got:
                body += chunk
    except TranslationError as error:
        refusal = error
    notes = list(got.notes) if got else []
    config = Translator(about.config, gateway=version_text(about.gateway.version)).config
    return AnswerPreview(
        about,
        recorded,
        streamed,
        got.status if got else 0,
        got.headers if got else {},
        bytes(body),
        trace,
        got.trace if isinstance(got, ClientStream) else (),
        _of_stream(bytes(body), config) if streamed else got.usage if isinstance(got, ClientResponse) else None,
        all(isinstance(config.model.option(f"{part}_cost"), int | float) for part in ("input", "output")),
        refusal,
        tuple(notes if any("3.10" in note for note in notes) else notes + measured(about.gateway)),
    )


def recorded_text(recorded: Recording, streamed: bool) -> str:
    """A recorded body as text: binary frames become a line of JSON each."""
    if streamed and (recorded.header("Content-Type") or "").startswith(AWS):
        read = Frames(lambda _: None).read
        try:
            events = [event.data for chunk in recorded.chunks() for event in read(chunk)]
            return "\n".join((data or b"").decode("utf-8", "replace") for data in events)
        except Fault:
            pass
    return recorded.body.decode("utf-8", "replace")


def _of_stream(body: bytes, config: Any) -> Usage | None:
    """The last usage that an event of the client's stream names. There is no fact on what Kong logs then: no cost."""
    for part in reversed(body.split(b"data: ")):
        found = usage(part.strip(), config)
        if found is not None:
            return found._replace(cost=None)
    return None
