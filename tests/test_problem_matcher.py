"""The problem matcher: its patterns, applied to real reports as GitHub's runner applies them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import Command

FILE = Path(__file__).resolve().parents[1] / ".github/aicfg-matcher.json"
MATCHERS = json.loads(FILE.read_text(encoding="utf-8"))["problemMatcher"]
BROKEN = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
  a: {type: anthropic, api_key: "${env:KEY}"}
routes:
  chat: {provider: p, modle: gpt-4o}
  other: {provider: a, model: claude-3-5-sonnet-latest, options: {top_p: 7, max_tokens: 9}}  # aicfg: ignore[P204]
"""


def issues(log: str) -> Iterator[dict[str, Any]]:
    """What the matchers make of a log: of several patterns, each has to match the line after that of the one before."""
    for matcher in MATCHERS:
        found: dict[str, Any] = {}
        step = 0
        for line in log.splitlines():
            patterns = matcher["pattern"]
            match = re.search(patterns[step]["regexp"], line)
            if match is None and step:
                found, step = {}, 0
                match = re.search(patterns[0]["regexp"], line)
            if match is None:
                continue
            found |= {name: match[group] for name, group in patterns[step].items() if name != "regexp"}
            step += 1
            if step == len(patterns):
                yield {"severity": matcher.get("severity", "error"), **found}
                found, step = {}, 0


def facts(report: str) -> set[tuple[str, ...]]:
    """The findings of a JSON report, as GitHub names severities."""
    named = {"error": "error", "warning": "warning", "info": "notice"}
    return {
        (
            named[one["severity"]],
            one["code"],
            one["message"],
            one["file"],
            *(str(one["range"]["start"][key]) for key in ("line", "column")),
        )
        for one in json.loads(report)["diagnostics"]
    }


@pytest.mark.parametrize("format_", ["text", "concise"])
def test_it_finds_in_a_log_what_json_says(
    aicfg: Command, put: Callable[[Mapping[str, str]], None], format_: str
) -> None:
    put({"conf/a file.yaml": BROKEN, "b.yaml": BROKEN})
    wanted = facts(aicfg("lint", ".", "--format", "json").out)
    assert {one[0] for one in wanted} == {"error", "warning", "notice"}
    log = aicfg("lint", ".", "--format", format_).out
    keys = ("severity", "code", "message", "file", "line", "column")
    assert {tuple(one[key] for key in keys) for one in issues(log)} == wanted
    assert len(list(issues(log))) == len(wanted)


def test_each_matcher_has_an_owner_and_says_no_more_than_github_knows() -> None:
    owners = [matcher["owner"] for matcher in MATCHERS]
    assert len(set(owners)) == len(owners)
    for matcher in MATCHERS:
        assert set(matcher) <= {"owner", "severity", "pattern"}
        assert matcher.get("severity", "notice") == "notice"
        for pattern in matcher["pattern"]:
            groups = re.compile(pattern["regexp"]).groups
            assert sorted(value for key, value in pattern.items() if key != "regexp") == list(range(1, groups + 1))
