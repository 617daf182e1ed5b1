"""What the tests of manifests from several parts share: texts to build them from, and looks into rendered files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

HEAD = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
"""
CHAT = f"""{HEAD}routes:
  chat: {{provider: p, model: gpt-4o}}
"""

Put = Callable[[Mapping[str, str]], None]
"""Writes files by name, as the fixture `put` does."""


def routes_of(state: Any) -> dict[str, Any]:
    """The routes of a decK file by name."""
    return {route["name"]: route for service in state["services"] for route in service.get("routes", ())}


def config_of(route: Any) -> Any:
    return route["plugins"][0]["config"]
