"""However a recorded stream is cut into chunks, the client gets the same events, but where Kong itself loses some.

What Kong loses, each with the place in its code (3.10), and a test below:

* the name of an event, cut off from its data: only the unfinished line is kept (Anthropic needs the name);
* a JSON line that is cut in two: its halves are two lines;
* a JSON array whose first chunk has no whole element: what was read is forgotten, and the next chunk raises;
* the `[DONE]` of a JSON array, where the bracket comes in a chunk without the end of an element;
* a frame of AWS's event stream that is cut in two: raises;
* lines that end in CR LF: several events in one chunk are one, with a CR at the end of its data.
"""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from event_frames import event_frame
from hypothesis import given
from hypothesis import strategies as st
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

TEXTS = st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=5)
CUTS = st.lists(st.floats(0, 1), max_size=12)


def cut(recorded: bytes, places: list[int]) -> list[bytes]:
    """The chunks between places, without empty ones, which no network brings."""
    ends = sorted({0, len(recorded), *places})
    return [recorded[begin:end] for begin, end in pairwise(ends)]


def anywhere(recorded: bytes, cuts: list[float]) -> list[bytes]:
    return cut(recorded, [int(place * len(recorded)) for place in cuts])


def at(recorded: bytes, cuts: list[float], allowed: list[int]) -> list[bytes]:
    return cut(recorded, [allowed[int(place * (len(allowed) - 1))] for place in cuts] if allowed else [])


@given(TEXTS, CUTS)
def test_server_sent_events_may_be_cut_anywhere(said: list[str], cuts: list[float]) -> None:
    """Inside a name, inside JSON, inside a character."""
    recorded = b": hello\n\n" + b"".join(map(openai_event, said)) + b"data: [DONE]\n\n"
    assert received("openai", anywhere(recorded, cuts)) == received("openai", [recorded])
    assert texts(received("openai", anywhere(recorded, cuts))) == "".join(said)


@given(TEXTS, CUTS)
def test_named_events_may_be_cut_anywhere_but_between_name_and_data(said: list[str], cuts: list[float]) -> None:
    deltas = [anthropic_event("content_block_delta", {"delta": {"text": text}}) for text in said]
    events = [anthropic_event("message_start", {"message": {"id": "m", "role": "assistant"}}), *deltas]
    recorded = b"".join([*events, anthropic_event("message_stop", {})])
    allowed, begin = [], 0
    for event in recorded.split(b"\n\n")[:-1]:
        allowed += range(begin, begin + event.index(b"\n"))  # in the line of the name
        begin += len(event) + 2
    assert received("anthropic", at(recorded, cuts, allowed)) == received("anthropic", [recorded])


@given(TEXTS, CUTS)
def test_json_lines_may_be_cut_between_lines(said: list[str], cuts: list[float]) -> None:
    lines = [json.dumps({"model": "m", "message": {"content": text}, "done": False}).encode() + b"\n" for text in said]
    recorded = b"".join([*lines, b'{"done": true}\n'])
    ends = [recorded.index(line) + len(line) for line in lines]
    assert received("ollama", at(recorded, cuts, ends), NDJSON) == received("ollama", [recorded], NDJSON)


@given(TEXTS, CUTS, st.sampled_from([b",", b"\n,\r\n", b",\n"]))
def test_json_arrays_may_be_cut_anywhere_behind_the_first_element(
    said: list[str], cuts: list[float], comma: bytes
) -> None:
    recorded = b"[" + comma.join(map(gemini_element, ["first", *said])) + b"\n]"
    first = len(b"[" + gemini_element("first") + comma)
    last = recorded.rindex(b"}") + 1
    whole = received("gemini", [recorded], ARRAY)
    assert texts(whole) == "first" + "".join(said)
    assert received("gemini", at(recorded, cuts, list(range(first, last))), ARRAY) == whole
    late = received("gemini", cut(recorded, [first, len(recorded) - 1]), ARRAY)
    assert late == whole.removesuffix(b"data: [DONE]")


@given(TEXTS, CUTS)
def test_frames_may_be_cut_between_frames(said: list[str], cuts: list[float]) -> None:
    frames = [event_frame("contentBlockDelta", {"delta": {"text": text}}) for text in said] + [
        event_frame("metadata", {})
    ]
    ends = [sum(map(len, frames[:count])) for count in range(len(frames) + 1)]
    recorded = b"".join(frames)
    assert received("bedrock", at(recorded, cuts, ends), AWS) == received("bedrock", [recorded], AWS)


def test_kong_loses_a_name_that_is_cut_off_from_its_data() -> None:
    event = anthropic_event("content_block_delta", {"delta": {"text": "lost"}})
    name_ends = event.index(b"\n") + 1
    for place in (name_ends, name_ends + 3, len(event) - 5):
        assert received("anthropic", cut(event, [place])) == b""


def test_kong_loses_a_json_line_that_is_cut_in_two() -> None:
    line = b'{"message": {"content": "lost"}, "done": false}\n'
    assert received("ollama", cut(line, [10]), NDJSON) == b""
    halves = received("openai", cut(b'{"choices": []}\n', [5]), NDJSON)
    assert halves == b'data: {"cho\n\n'


def test_kong_forgets_an_array_whose_first_chunk_has_no_whole_element() -> None:
    recorded = b"[" + gemini_element("a") + b"\n]"
    with pytest.raises(aicfg.TranslationError) as error:
        received("gemini", cut(recorded, [5]), ARRAY)
    assert error.value.crash
    assert received("gemini", [b"[", recorded], ARRAY) == received("gemini", [recorded], ARRAY)


def test_an_element_ends_with_its_chunk_only_where_something_stands_behind_it() -> None:
    element = gemini_element("a")
    assert texts(received("gemini", [b"[" + element + b"\n"], ARRAY)) == "a"
    assert received("gemini", [b"[" + element], ARRAY) == b""


def test_kong_fails_over_a_frame_that_is_cut_in_two() -> None:
    """What was in the chunk before the cut is lost with it."""
    recorded = event_frame("messageStart", {"role": "assistant"}) + event_frame(
        "contentBlockDelta", {"delta": {"text": "a"}}
    )
    got: list[bytes] = []
    with pytest.raises(aicfg.TranslationError) as error:
        got.extend(stream("bedrock", cut(recorded, [len(recorded) - 20]), AWS))
    assert error.value.crash
    assert got == []


def test_events_that_end_in_cr_lf_run_into_one() -> None:
    crlf = openai_event("a").replace(b"\n", b"\r\n") + openai_event("b").replace(b"\n", b"\r\n")
    assert received("openai", [crlf]) == openai_event("b").rstrip(b"\n") + b"\r\n\n"


def test_an_empty_chunk_brings_the_events_of_the_one_before_again() -> None:
    """No network brings one, but a filter before Kong's may."""
    assert texts(received("openai", [openai_event("a"), b"", openai_event("b")])) == "aab"
    assert texts(received("openai", [openai_event("a"), b"", openai_event("b")], gateway="3.8")) == "ab"


def test_a_line_in_three_pieces_loses_the_middle_in_3_8_and_all_in_3_7() -> None:
    event = openai_event("abc")
    pieces = cut(event, [10, 20])
    assert texts(received("openai", pieces)) == "abc"
    assert b"choices" not in received("openai", pieces, gateway="3.8")
    assert received("openai", pieces, gateway="3.7") in (b"", b"data: \n\n")
