"""What aicfg makes of answers and streams against what Kong's own code made of them, in each version."""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from receiving import as_kong_reads, leaves

import aicfg

VECTORS = Path(__file__).parents[1] / "vectors" / "translate"

DISAGREE_ON_PURPOSE: dict[str, str] = {}
"""Ids of cases that aicfg answers otherwise than Kong, with the reason. There are none."""

LUA_SAYS = re.compile(r"/usr/local/share/lua/5\.1/\S+\.lua:\d+: .*", re.S)
"""Where Kong shows the client what Lua said, that it does so is held against Kong, not each word."""

Case = dict[str, Any]


def cases(version: str, kind: str) -> Iterator[Case]:
    path = VECTORS / version / f"{kind}.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8", errors="surrogatepass") as lines:
        yield from map(json.loads, lines)


def upstream_body(case: Case) -> bytes:
    if "upstream_body_b64" in case:
        return base64.b64decode(case["upstream_body_b64"])
    body = case["upstream_body"]
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def upstream_chunks(case: Case) -> list[bytes]:
    return [base64.b64decode(chunk["b64"]) if isinstance(chunk, dict) else chunk.encode() for chunk in case["chunks"]]


def loose(value: Any) -> Any:
    """A form in which key order does not count, nor in JSON inside texts, and true is not 1."""
    if isinstance(value, dict):
        return {key: loose(item) for key, item in value.items()}
    if isinstance(value, list):
        return [loose(item) for item in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return ("json", loose(json.loads(value)))
        except ValueError:
            return value
    if isinstance(value, str):
        return LUA_SAYS.sub("what Lua said", value)
    return (type(value).__name__, value) if value is None or isinstance(value, bool) else value


def events(text: str) -> Any:
    return [loose(part.removeprefix("data: ")) for part in text.split("\n\n")]


def back(case: Case) -> dict[str, Any]:
    given = {"status": case.get("status", 200), "headers": case.get("upstream_headers")}
    return {**given, "request": case.get("request"), "gateway": case["gateway"]}


def headers(got: Any) -> dict[str, str]:
    lowered = {name.lower(): value for name, value in got.headers.items()}
    return {name: lowered[name] for name in ("content-type", "x-kong-llm-model") if name in lowered}


def response(case: Case) -> tuple[Any, ...]:
    got = aicfg.translate_response(case["config"], upstream_body(case), **back(case))
    if "body_text" in case.get("expect", {}):
        return got.status, got.body.decode()
    return got.status, loose(json.loads(got.body)), headers(got)


def wanted_response(want: Case) -> tuple[Any, ...]:
    if "body_text" in want:
        return want["status"], want["body_text"]
    return want["status"], loose(want["body"]), {name.lower(): value for name, value in want["headers"].items()}


def stream(case: Case) -> tuple[Any, ...]:
    got = aicfg.translate_stream(case["config"], upstream_chunks(case), **back(case))
    return got.status, events(b"".join(got).decode("utf-8", "surrogateescape")), headers(got)


def wanted_stream(want: Case) -> tuple[Any, ...]:
    return want["status"], events(want["text"]), {name.lower(): value for name, value in want["headers"].items()}


def disagreements(version: str, kind: str) -> Iterator[str]:
    got, wanted = (response, wanted_response) if kind == "responses" else (stream, wanted_stream)
    for case in cases(version, kind):
        if case["id"] in DISAGREE_ON_PURPOSE:
            continue
        try:
            found: Any = got(case)
        except aicfg.TranslationError as error:
            found = "crash" if error.crash else error.message
        want = wanted(case["expect"]) if "expect" in case else "crash"
        if found != want:
            yield f"{case['id']}: {str(found)[:300]}, Kong {str(want)[:300]}"


@pytest.mark.parametrize(
    ("version", "kind", "number"),
    [
        ("3.10", "responses", 929),
        ("3.10", "streams", 436),
        ("3.9", "responses", 929),
        ("3.9", "streams", 436),
        ("3.8", "responses", 797),
        ("3.8", "streams", 369),
        ("3.7", "responses", 449),
        ("3.7", "streams", 211),
    ],
)
def test_agrees_with_what_kong_did(version: str, kind: str, number: int) -> None:
    found = list(disagreements(version, kind))
    assert sum(1 for _ in cases(version, kind)) == number
    assert not found, "\n".join([f"{len(found)} disagree", *found[:40]])


@pytest.mark.parametrize("version", ["3.10", "3.8", "3.7"])
def test_traces_follow_every_translated_answer(version: str) -> None:
    """Each leaf of the provider's answer has one fate, and each leaf of the client's is told of."""
    followed = 0
    for case in cases(version, "responses"):
        try:
            got = aicfg.translate_response(case["config"], upstream_body(case), **back(case))
        except aicfg.TranslationError:
            continue
        if got.status != 200 or case["config"]["route_type"] == "preserve" or "llm_format" in case["config"]:
            assert got.trace == (), case["id"]
            continue
        followed += 1
        paths = [change.path for change in got.trace if change.path is not None]
        assert len(paths) == len(set(paths)), case["id"]
        raw = upstream_body(case)
        given = zlib.decompress(raw, 31) if raw.startswith(b"\x1f\x8b") else raw
        assert set(paths) == leaves(as_kong_reads(json.loads(given))), case["id"]
        if any(change.kind != "kept" for change in got.trace):
            told = {place for change in got.trace for place in change.to}
            assert told == leaves(json.loads(got.body)), case["id"]
    assert followed > 150


@pytest.mark.parametrize("version", ["3.10", "3.8", "3.7"])
def test_a_traced_stream_is_the_same_stream(version: str) -> None:
    """And what the client gets of it is told: the chunks, and the end."""
    told = 0
    for case in cases(version, "streams"):
        plain, traced = (
            aicfg.translate_stream(case["config"], upstream_chunks(case), traced=wanted, **back(case))
            for wanted in (False, True)
        )
        try:
            sent = list(plain)
        except aicfg.TranslationError:
            continue
        assert list(traced) == sent, case["id"]
        if traced.status != 200 or case["config"]["route_type"] == "preserve" or "llm_format" in case["config"]:
            assert traced.trace == (), case["id"]
            continue
        told += 1
        given = sum(one.times for one in traced.trace if one.gives)
        assert given == b"".join(sent).count(b"data: "), case["id"]
    assert told > 100
