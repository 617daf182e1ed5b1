"""What the client gets of a stream: as it comes, in OpenAI's events, whatever the provider's framing."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Iterator

import pytest
from event_frames import event_frame
from receiving import (
    ARRAY,
    AWS,
    NDJSON,
    anthropic_event,
    gemini_element,
    openai_event,
    received,
    stream,
    texts,
)

import aicfg

UNSUPPORTED = b'data: {"error": true, "message": "empty or unsupported transformer response"}'


def test_events_come_as_chunks_come() -> None:
    """The next chunk is not asked for before the last one's events are out."""
    asked: list[str] = []

    def chunks() -> Iterator[bytes]:
        for text in ("a", "b"):
            asked.append(text)
            yield openai_event(text)

    out = iter(stream("openai", chunks()))
    assert asked == []
    assert (next(out), asked) == (openai_event("a"), ["a"])
    assert (next(out), asked) == (openai_event("b"), ["a", "b"])


def test_the_end_of_a_stream_has_no_line_feed() -> None:
    assert received("openai", [b"data: [DONE]\n\n"]) == b"data: [DONE]"


def test_anthropics_events_become_openais() -> None:
    got = received(
        "anthropic",
        [
            anthropic_event("message_start", {"message": {"id": "m1", "role": "assistant"}}),
            anthropic_event("ping", {}),
            anthropic_event("content_block_delta", {"delta": {"text": "Hi"}}),
            anthropic_event("message_delta", {"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}}),
            anthropic_event("message_stop", {}),
        ],
    )
    start, delta, end = got.split(b"\n\n")
    assert json.loads(start[6:])["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert json.loads(delta[6:])["id"] == "m1"
    assert texts(got) == "Hi"
    assert end == b"data: [DONE]"


def test_each_framing_has_its_parser() -> None:
    array = received("gemini", [b"[" + gemini_element("a") + b"\n]"], ARRAY)
    lines = received("ollama", [b'{"message": {"content": "a"}, "done": false}\n'], NDJSON)
    frames = received("bedrock", [event_frame("contentBlockDelta", {"delta": {"text": "a"}})], AWS)
    assert [texts(got) for got in (array, lines, frames)] == ["a", "a", "a"]


@pytest.mark.parametrize("content_type", ["text/html", "text/plain; charset=utf-8", "application/xml"])
def test_another_content_type_is_one_error_and_the_end(content_type: str) -> None:
    got = stream("openai", [b"<html>", b"</html>"], content_type)
    assert list(got) == [UNSUPPORTED]
    assert got.status == 200


def test_older_gateways_do_not_look_at_the_content_type() -> None:
    assert texts(received("openai", [openai_event("a")], "text/html", gateway="3.8")) == "a"


def test_every_stream_says_that_it_is_one() -> None:
    got = stream("openai", [b'{"error": "busy"}'], ARRAY, back={"status": 429})
    assert (got.status, got.headers) == (429, {"Content-Type": "text/event-stream"})
    assert b"".join(got) == b'{"error": "busy"}'
    assert stream("openai", [], ARRAY, back={"status": 429}, gateway="3.8").headers == {"Content-Type": ARRAY}


def test_native_formats_and_preserve_pass_as_they_are() -> None:
    chunks = [b"data: 1\n", b"\n", b"\xff"]
    native = {"auth": {"allow_override": False}, "llm_format": "gemini"}
    assert list(stream("gemini", chunks, **native)) == chunks
    assert list(stream("openai", chunks, route_type="preserve")) == chunks


def test_one_piece_of_bytes_is_one_chunk() -> None:
    assert received("openai", openai_event("a")) == openai_event("a")  # type: ignore[arg-type]


def test_headers_are_those_of_an_answer() -> None:
    headers = {"Content-Type": "text/event-stream; charset=utf-8", "Content-Length": "5", "X-Request-Id": "1"}
    got = stream("openai", [], back={"headers": headers})
    assert got.headers == {
        "Content-Type": "text/event-stream",
        "X-Request-Id": "1",
        "X-Kong-LLM-Model": "openai/m",
    }
    assert any("charset" in note for note in got.notes)


def test_a_wrong_checksum_is_noted_and_read_as_kong_does() -> None:
    """Kong does not look at checksums; a reader wants to know that the recording is damaged."""
    good, bad = (event_frame("contentBlockDelta", {"delta": {"text": "a"}}, checksum=ok) for ok in (True, False))
    got = stream("bedrock", [good, bad], AWS)
    assert texts(b"".join(got)) == "aa"
    assert got.notes == ("a frame's checksum is wrong: the recording is damaged. Kong does not look at it",)
    sound = stream("bedrock", [good], AWS)
    assert texts(b"".join(sound)) == "a"
    assert sound.notes == ()


def test_frames_that_are_no_events_become_empty_ones() -> None:
    assert received("bedrock", [event_frame("contentBlockDelta", b"no json")], AWS) == b"data: \n\n"
    assert received("bedrock", [event_frame("somethingElse", {"a": 1})], AWS) == b""


def test_a_stream_that_was_not_asked_for_waits_for_the_whole_answer() -> None:
    """With response_streaming always, Kong buffers the answer to a request without stream: it is one chunk then."""
    chunks = [b"[" + gemini_element("a") + b"\n", b"]"]
    asked, unasked = {"stream": True}, {"messages": []}
    always = {"response_streaming": "always"}
    assert not received("gemini", chunks, ARRAY, back={"request": asked}, **always).endswith(b"[DONE]")
    assert received("gemini", chunks, ARRAY, back={"request": unasked}, **always).endswith(b"[DONE]")


def test_what_kong_cannot_count_ends_the_stream() -> None:
    got: list[bytes] = []
    with pytest.raises(aicfg.TranslationError) as error:
        got.extend(stream("openai", [b'data: {"choices": null}\n\n']))
    assert error.value.crash
    assert received("openai", [b"data: no json\n\n"]) == b"data: no json\n\n"


def test_gzip_is_inflated_and_noted() -> None:
    packed = gzip.compress(openai_event("a") + openai_event("b"))
    got = stream("openai", [packed[:9], packed[9:]], back={"headers": {"Content-Encoding": "gzip"}})
    assert texts(b"".join(got)) == "ab"
    assert "Content-Encoding" not in got.headers
    assert any("gzipped" in note for note in got.notes)
    with pytest.raises(aicfg.TranslationError):
        received("openai", [b"no gzip"], back={"headers": {"Content-Encoding": "gzip"}})


def many(piece: bytes, total: int, begin: bytes = b"") -> Iterator[bytes]:
    """About `total` bytes, cut every 64 KiB, wherever that is."""
    kept = begin
    for _ in range(total // len(piece)):
        kept += piece
        if len(kept) >= 65_536:
            yield kept[:65_536]
            kept = kept[65_536:]
    yield kept


@pytest.mark.parametrize(
    ("provider", "chunks", "content_type"),
    [
        ("openai", many(openai_event("x" * 20_000), 50_000_000), "text/event-stream"),
        ("gemini", many(gemini_element("x" * 20_000) + b"\n,", 50_000_000, b"["), ARRAY),
        ("ollama", many(b'{"message": {"content": "' + b"x" * 65_507 + b'"}}\n', 50_000_000), NDJSON),
    ],
)
def test_50_megabytes_take_no_more_memory_than_a_few_chunks(
    provider: str, chunks: Iterator[bytes], content_type: str
) -> None:
    got = 0
    tracemalloc.start()
    for piece in stream(provider, chunks, content_type):
        got += len(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert got > 40_000_000
    assert peak < 2_000_000
