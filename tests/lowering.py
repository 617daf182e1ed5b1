"""What tests of the lowering share: a manifest's text, compiled, and what lint says about it."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

from aicfg.kong.entities import Entities, Plugin, Route
from aicfg.kong.lower import lower
from aicfg.lint.diagnostic import Diagnostic
from aicfg.lint.engine import Run
from aicfg.manifest.loader import read_manifest
from aicfg.source import format_path, read_text

OPENAI = 'version: 1\nproviders:\n  p: {type: openai, api_key: "${env:KEY}"}\n'
"""The head of a manifest with one provider, to which others can be added."""
TWO = OPENAI + '  q: {type: mistral, api_key: "${env:OTHER}"}\n'
VECTORS = "strategy: redis, dimensions: 3, distance_metric: cosine, threshold: 0.1"
VECTORDB = f"{{{VECTORS}, redis: {{host: r}}}}"


def entities(text: str, head: str = "") -> Entities:
    """The entities of a manifest, whatever lint says about it."""
    (document,) = read_text(head + dedent(text), "manifest.yaml")
    return lower(read_manifest(document, None, None)[0])


def routes(text: str, head: str = "") -> dict[str, Route]:
    return {route.name: route for route in entities(text, head).all_routes()}


def plugins(text: str, head: str = "", route: str = "chat") -> list[Plugin]:
    return list(routes(text, head)[route].plugins)


def plugin(text: str, head: str = "", route: str = "chat", name: str | None = None) -> Plugin:
    """A plugin of a route: its proxy, or the one of that name."""
    made = plugins(text, head, route)
    if name is None:
        return made[0]
    (found,) = [one for one in made if one.name == name]
    return found


def config(text: str, head: str = "", route: str = "chat", name: str | None = None) -> Any:
    return plugin(text, head, route, name).config


def diagnostics(text: str, head: str = "") -> list[Diagnostic]:
    """What lint says, without mere remarks."""
    run = Run()
    run.read_content((head + dedent(text)).encode(), "manifest.yaml")
    return [found for found in run.report().diagnostics if found.severity != "info"]


def findings(text: str, head: str = "") -> list[tuple[str, str]]:
    """The code and the place of each finding."""
    return [(found.code, format_path(found.path)) for found in diagnostics(text, head)]
