"""One hosting of a provider: its facts as plain data and as lines of text, and a manifest that uses it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aicfg.reference.providers import hosting_facts, hosting_lines
from aicfg.render.quoting.yaml import block

if TYPE_CHECKING:
    from aicfg.catalog.providers import Hosting, Provider

_CHAT = "llm/v1/chat"


def facts(one: Provider, hosting: Hosting) -> dict[str, Any]:
    """Everything that the catalog knows about a hosting, with a manifest that uses it."""
    dropped = {name: list(hosting.dropped_options(name)) for name in hosting.capabilities}
    return {
        "hosting": f"{one.type}/{hosting.name}",
        "provider": one.type,
        "default": hosting.name == one.default_hosting,
        "self_hosted": hosting.self_hosted,
        **{name: fact for name, fact in hosting_facts(hosting).items() if name != "name"},
        "requires": list(hosting.requires),
        "not_sent": {name: options for name, options in dropped.items() if options},
        "example": block(example(one, hosting)),
    }


def lines(one: Provider, hosting: Hosting) -> Iterator[str]:
    """The same as text."""
    found = facts(one, hosting)
    yield f"{found['hosting']}: {one.title}" + (f", {hosting.title}" if hosting.title != one.title else "")
    yield "  " + ("somebody's own server" if hosting.self_hosted else "a service")
    yield from list(hosting_lines(one, hosting))[1:]
    if hosting.requires:
        yield f"  needs     the options {', '.join(hosting.requires)}"
    for route_type, names in found["not_sent"].items():
        yield f"  not sent  {', '.join(names)} for {route_type}"
    for one_type in found["capabilities"]:
        if one_type["note"]:
            yield f"  note      {one_type['route_type']}: {one_type['note']}"
    yield from ("", "Example:", "", *textwrap.indent(found["example"], "    ").splitlines())


def example(one: Provider, hosting: Hosting) -> dict[str, Any]:
    """A manifest with one route to this hosting."""
    entry: dict[str, Any] = {"type": one.type}
    if hosting.name != one.default_hosting or len(one.hostings) > 1:
        entry["hosting"] = hosting.name
    if hosting.format is None and one.format_option:
        entry["format"] = "openai" if "openai" in hosting.formats else hosting.formats[0]
    if hosting.upstream_url.always:
        entry["upstream_url"] = hosting.upstream_url.example
    if hosting.auth.style in ("header", "query") and hosting.credentials == "required":
        entry["api_key"] = f"${{env:{one.type.upper()}_API_KEY}}"
    elif hosting.auth.style == "cloud" and one.cloud is not None and one.cloud.switch:
        entry["auth"] = {one.cloud.switch: True}
    options = options_to_fill(one, hosting)
    if options:
        entry["options"] = options
    found = hosting.capability(_CHAT)
    model = (found.model if found else None) or one.type
    return {
        "version": 1,
        "providers": {one.type: entry},
        "routes": {f"{one.type}-chat": {"provider": one.type, "model": model}},
    }


_RECOMMENDED = {"max_tokens": 1024}
"""Values for options of every provider, for those that demand them."""


def options_to_fill(one: Provider, hosting: Hosting) -> dict[str, Any]:
    """The options that such a provider needs, with values to fill in."""
    rules = [rule for rule in one.options.values() if not rule.common and rule.name != one.format_option]
    wanted = [rule.name for rule in rules if rule.need != "optional" and rule.default is None]
    recommended = [rule.name for rule in one.options.values() if rule.common and rule.need == "recommended"]
    tree: dict[str, Any] = {name: _RECOMMENDED[name] for name in recommended if name in _RECOMMENDED}
    for name in (*wanted, *(name for name in hosting.requires if name not in wanted)):
        *parents, leaf = name.split(".")
        level = tree
        for parent in parents:
            level = level.setdefault(parent, {})
        rule = one.options.get(name)
        level[leaf] = (rule.fill if rule else None) or f"my-{leaf.replace('_', '-')}"
    return tree
