"""The examples of the manifest's schema, as they stand in a manifest, and what aicfg's compiler makes of them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from aicfg.reference.parts import TOP, Part, parts

ROUTE = "chat"
"""The route of an example that is compiled."""

_NAMED: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "providers": {
            "mistral-cloud": {"type": "mistral", "api_key": "${env:MISTRAL_API_KEY}"},
            "local-mistral": {"type": "mistral", "hosting": "ollama", "base_url": "http://ollama.internal:11434"},
            "openai": {"type": "openai", "api_key": "${env:OPENAI_API_KEY}"},
        },
        "redis": {"main": {"host": "redis.internal", "port": 6379}},
    }
)
"""What the schema's examples refer to by name."""


def placed(place: str, example: Any) -> dict[str, Any]:
    """An example under the keys that lead to it: `targets[]` makes a list of it, `<name>` a map by name."""
    steps = re.findall(r"[^.\[\]]+|\[\]", place)
    if isinstance(example, list) and steps[-1] == "[]":
        del steps[-1]
    for step in reversed(steps):
        name = _name(steps[0]) if step == "<name>" else step
        example = [example] if step == "[]" else {name: example}
    return example  # type: ignore[no-any-return]


def _name(section: str) -> str:
    """The name that the first example of a map by name has."""
    (key,) = (key for key in parts()[TOP].keys if key.path == section)
    return str(next(iter(key.examples[0])))


def example_manifest(part: Part, example: Any) -> dict[str, Any]:
    """A whole manifest with one route, around an example of a shorthand or of a route."""
    route = dict(example) if part.name == "route" else _route_with(part, example)
    names = set(_words(route))
    named = {
        section: {name: value for name, value in entries.items() if name in names}
        for section, entries in _NAMED.items()
    }
    return {"version": 1, **{section: value for section, value in named.items() if value}, "routes": {ROUTE: route}}


def _route_with(part: Part, example: Any) -> dict[str, Any]:
    """A route with a shorthand, and with what the shorthand takes from its route."""
    from aicfg.catalog.shorthands import shorthands

    forms = {key: rule.form for key, rule in shorthands()[part.name].keys.items()}
    missing = [key for key, form in forms.items() if form in ("embeddings", "vectordb") and key not in example]
    beside = {key: parts()[key].examples[0] for key in missing}
    return {"provider": "mistral-cloud", "model": "mistral-large-latest", **beside, part.name: example}


def _words(value: Any) -> Iterator[str]:
    """Every text and every key in a value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _words(item)
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif isinstance(value, str):
        yield value


def compiled(part: Part, manifest: Mapping[str, Any]) -> str:
    """The plugin that an example manifest compiles to, as decK YAML: the shorthand's, or the one that answers."""
    from aicfg.kong.entities import Entities
    from aicfg.kong.lower import lower
    from aicfg.manifest.loader import read_manifest
    from aicfg.render import render
    from aicfg.render.quoting.yaml import block
    from aicfg.source import read_text

    (document,) = read_text(block(manifest), "example.yaml")
    loaded, _ = read_manifest(document)
    (route,) = lower(loaded).all_routes()
    plugin = next(plugin for plugin in route.plugins if plugin.shorthand == part.name or part.name == "route")
    (text,) = render(Entities(loaded.gateway, (), plugins=(plugin,)), "deck").values()
    return textwrap.dedent(text.partition("plugins:\n")[2])
