"""What aicfg translates against what Kong's own code did, for thousands of requests in each version."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import aicfg

VECTORS = Path(__file__).parents[1] / "vectors" / "translate"

DISAGREE_ON_PURPOSE: dict[str, str] = {}
"""Ids of cases that aicfg answers otherwise than Kong, with the reason. There are none."""

Case = dict[str, Any]


def cases(version: str) -> Iterator[Case]:
    with gzip.open(VECTORS / version / "requests.jsonl.gz", "rt", encoding="utf-8", errors="surrogatepass") as lines:
        yield from map(json.loads, lines)


def sent_body(case: Case) -> Any:
    return case["body_text"].encode("utf-8", "surrogatepass") if "body_text" in case else case.get("body")


def translate(case: Case) -> aicfg.UpstreamRequest:
    given = {key: case[key] for key in ("method", "headers", "path", "captures", "env") if key in case}
    query = case.get("query_string", case.get("query"))
    return aicfg.translate_request(case["config"], sent_body(case), query=query, gateway=case["gateway"], **given)


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
    return (type(value).__name__, value) if value is None or isinstance(value, bool) else value


def disagreement(case: Case) -> str | None:
    """How aicfg's answer differs from Kong's, or None."""
    want, wanted_error = case.get("expect"), case.get("expect_error")
    try:
        got = translate(case)
    except aicfg.TranslationError as error:
        if wanted_error is None:
            return f"refused: {error.message}"
        if wanted_error.get("crash") or error.crash:
            return None if wanted_error.get("crash") == error.crash else f"crash {error.crash}: {error.message}"
        same = (error.status, loose(error.message)) == (wanted_error["status"], loose(wanted_error["message"]))
        return None if same else f"{error.status} {error.message}"
    if want is None:
        return "accepted"
    for field in ("method", "scheme", "host", "port", "path", "query", "passthrough"):
        if field in want and getattr(got, field) != want[field]:
            return f"{field}: {getattr(got, field)}"
    if {name.lower(): value for name, value in got.headers.items()} != {
        name.lower(): value for name, value in want["headers"].items()
    }:
        return f"headers: {sorted(got.headers)}"
    if got.signing != want.get("signing"):
        return f"signing: {got.signing}"
    return None if want["passthrough"] or loose(got.body) == loose(want.get("body")) else f"body: {got.body}"


@pytest.mark.parametrize(("version", "number"), [("3.10", 4819), ("3.9", 4819), ("3.8", 4389), ("3.7", 2825)])
def test_agrees_with_what_kong_did(version: str, number: int) -> None:
    groups: Counter[str] = Counter()
    examples: dict[str, str] = {}
    count = 0
    for count, case in enumerate(cases(version), 1):  # noqa: B007
        found = disagreement(case)
        if found is not None and case["id"] not in DISAGREE_ON_PURPOSE:
            group = f"{case['target']} {case['tag']}"
            groups[group] += 1
            examples.setdefault(group, f"{case['id']}: {found[:200]}")
    assert count == number
    assert not groups, "\n".join(f"{size} {group}: {examples[group]}" for group, size in groups.most_common(40))


def test_the_set_holds_every_kind_of_case() -> None:
    every = list(cases("3.10"))
    assert len({case["target"] for case in every}) == 13
    assert sum("expect_error" in case for case in every) > 900
    assert {case["config"]["route_type"] for case in every} == {"llm/v1/chat", "llm/v1/completions", "preserve"}
