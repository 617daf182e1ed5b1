"""Lint of ai-proxy-advanced and its like in a Kong file: one route with the plugins that a test is about."""

from __future__ import annotations

import json
from typing import Any

from aicfg.lint.diagnostic import Diagnostic
from aicfg.lint.engine import Run
from aicfg.lint.settings import Settings

AUTH = {"header_name": "Authorization", "header_value": "{vault://env/openai}"}
EMBEDDINGS = {"auth": AUTH, "model": {"provider": "openai", "name": "text-embedding-3-small"}}
VECTORDB = {
    "strategy": "redis",
    "dimensions": 1536,
    "distance_metric": "cosine",
    "threshold": 0.7,
    "redis": {"host": "redis.internal"},
}

Said = list[tuple[str, str, str]]
"""Findings: their code, their severity, and where they are in the config of a plugin."""


def target(model: str = "gpt-4o", provider: str = "openai", **fields: Any) -> dict[str, Any]:
    """A target; `options` are those of its model."""
    described = {"provider": provider, "name": model}
    if "options" in fields:
        described["options"] = fields.pop("options")
    return {"route_type": "llm/v1/chat", "auth": AUTH, "model": described, **fields}


def two(**balancer: Any) -> dict[str, Any]:
    """An ai-proxy-advanced with two targets and these settings of its balancer."""
    return advanced(target("a"), target("b"), balancer=balancer)


def advanced(*targets: Any, **config: Any) -> dict[str, Any]:
    return {"name": "ai-proxy-advanced", "config": {"targets": list(targets), **config}}


def proxy(**fields: Any) -> dict[str, Any]:
    return {"name": "ai-proxy", "config": target(**fields)}


def on_route(*plugins: Any) -> dict[str, Any]:
    """A Kong file with these plugins on a route."""
    route = {"name": "chat", "paths": ["/chat"], "protocols": ["http", "https"], "plugins": list(plugins)}
    return {"_format_version": "3.0", "services": [{"name": "ai", "url": "http://localhost:32000", "routes": [route]}]}


def lint(document: object, version: str | None = None, edition: str | None = None) -> list[Diagnostic]:
    run = Run(Settings(version, edition))
    text = document if isinstance(document, str) else json.dumps(document, indent=1)
    run.read_content(text.encode(), "kong.json")
    return list(run.report().diagnostics)


def said(*plugins: Any, version: str = "3.15", edition: str | None = None) -> Said:
    """What is said about plugins on a route."""
    found = lint(on_route(*plugins), version, edition)
    return [(one.code, one.severity, ".".join(map(str, one.path[6:])).removeprefix("config.")) for one in found]
