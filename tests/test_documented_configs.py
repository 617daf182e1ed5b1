"""Lint of the configs in Kong's own documentation: no false alarm, and nothing but what is true of them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from linting import said

from aicfg.catalog.plugins import plugin_schema
from aicfg.catalog.versions import MINORS, gateway
from aicfg.kong.check import check
from aicfg.kong.references import Placeholder

DATA = Path(os.environ.get("AICFG_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"
FILES = (("docs-plugin-examples.jsonl", "slug"), ("docs-howto-configs.jsonl", "page"))
VARIABLE = re.compile(r"\$\{(\w+)\}|\$([A-Z][A-Z0-9_]+)")

KNOWN = {
    # CATCHALL came with 3.10; these inherit 3.8 from the plugin's page.
    ("semantic", "3.8", "V122"),
    ("use-semantic-load-balancing.md", "3.8", "V122"),
    ("use-semantic-load-balancing-with-dynamic-vault-authentication.md", "3.8", "V122"),
    # The page has its reader send the key with each request.
    ("get-started-with-ai-gateway.md", "3.8", "P230"),
    ("get-started-with-ai-gateway.md", MINORS[-1], "P230"),
}
"""What lint warns of: the config, the version, the code."""


def templated(value: Any, made: type[str] | None = None) -> Any:
    """A config with decK's placeholders for the documentation's variables; `made` where they are known to be such."""
    if isinstance(value, str):
        text = VARIABLE.sub('${{ env "DECK_X" }}', value)
        return made(text) if made and text != value else text
    if isinstance(value, dict):
        return {key: templated(item, made) for key, item in value.items()}
    return [templated(item, made) for item in value] if isinstance(value, list) else value


def configs() -> Iterator[tuple[str, str, str, Any]]:
    """Each config that Kong takes: what it is called, its plugin, the version, the config. Each in the first version
    that takes it from the one on that its page names, and in the newest."""
    for file, label in FILES:
        for row in map(json.loads, (DATA / file).read_text().splitlines()):
            claimed = row.get("min_version_effective") or row["min_version"]
            at_least = tuple(map(int, claimed.split(".")))
            later = [minor for minor in MINORS if tuple(map(int, minor.split("."))) >= at_least]
            config = templated(row["config"], Placeholder)
            taken = [minor for minor in later if not list(check(plugin_schema(row["plugin"], gateway(minor)), config))]
            for version in dict.fromkeys((*taken[:1], *taken[-1:])):
                yield row[label].rpartition("/")[2], row["plugin"], version, templated(row["config"])


@pytest.fixture(scope="module")
def findings() -> list[tuple[str, str, str, str]]:
    """What lint says of all these configs: name, version, severity and code."""
    if not DATA.exists():
        pytest.skip("the documentation's configs are not here")
    found = [
        (name, version, severity, code)
        for name, plugin, version, config in configs()
        for code, severity, _ in said({"name": plugin, "config": config}, version=version)
    ]
    assert found
    return found


def test_lint_warns_of_nothing_that_is_right(findings: list[tuple[str, str, str, str]]) -> None:
    assert {(name, version, code) for name, version, severity, code in findings if severity != "info"} == KNOWN


def test_what_lint_remarks_on_is_about_failures_that_lead_nowhere(findings: list[tuple[str, str, str, str]]) -> None:
    remarks = {(name, code) for name, _, severity, code in findings if severity == "info" and code.startswith("P2")}
    assert remarks == {("circuit-breaker", "P264"), ("priority", "P263")}
