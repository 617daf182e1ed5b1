"""What a shell offers where a code, a provider, a route or the like is wanted. It is loaded when a shell asks.

Each function takes click's context and what is typed so far, and gives what it may become. A file that cannot be read
offers nothing: no message may come between the user and the prompt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import click
from click.shell_completion import CompletionItem

from aicfg.errors import AicfgError


def codes(context: click.Context, typed: str) -> list[CompletionItem]:
    """Families and codes of rules, the last one of several."""
    from aicfg.lint.registry import FAMILIES, rules

    before, comma, last = typed.rpartition(",")
    known = {**FAMILIES, **{rule.code: rule.documentation.summary for rule in rules()}}
    return [
        CompletionItem(f"{before}{comma}{code}", help=about)
        for code, about in known.items()
        if code.startswith(last.upper())
    ]


def subjects(context: click.Context, typed: str) -> list[CompletionItem]:
    """What `aicfg explain` tells about: rules, plugins, providers, parts and keys of the manifest."""
    from aicfg.catalog.plugins import plugin_names
    from aicfg.lint.registry import rules

    by_rule = [CompletionItem(rule.code, help=rule.documentation.summary) for rule in rules()]
    found = _fitting((*by_rule, *map(CompletionItem, plugin_names())), typed)
    return found + providers(context, typed) + keys(context, typed)


def keys(context: click.Context, typed: str) -> list[CompletionItem]:
    """Parts and keys of the manifest."""
    from aicfg.reference.lookup import known

    return _fitting(map(CompletionItem, sorted(set(known()))), typed)


def plugins(context: click.Context, typed: str) -> list[CompletionItem]:
    from aicfg.catalog.plugins import plugin_names

    return _fitting(map(CompletionItem, plugin_names()), typed)


def providers(context: click.Context, typed: str) -> list[CompletionItem]:
    from aicfg.catalog.providers import provider, provider_types

    return _fitting((CompletionItem(name, help=provider(name).title) for name in provider_types()), typed)


def routes(context: click.Context, typed: str) -> list[CompletionItem]:
    """The names of the routes in the files that stand before."""
    return _fitting((CompletionItem(name) for data in _given(context) for name in _routes_of(data)), typed)


def environments(context: click.Context, typed: str) -> list[CompletionItem]:
    """The names of the environments of the manifests that stand before."""
    found = (data.get("environments") for data in _given(context))
    return _fitting((CompletionItem(str(name)) for each in found if isinstance(each, dict) for name in each), typed)


def _fitting(items: Iterable[CompletionItem], typed: str) -> list[CompletionItem]:
    return [item for item in items if item.value.lower().startswith(typed.lower())]


def _given(context: click.Context) -> Iterator[dict[str, Any]]:
    """What the files hold that the command line names so far."""
    from aicfg.source import load_bytes, read_bytes

    # where the option stands last, click has not come to the arguments yet
    for value in (*context.params.values(), *context.args):
        for path in value if isinstance(value, tuple) else (value,):
            if isinstance(path, str) and path.lower().endswith((".yaml", ".yml", ".json")):
                try:
                    documents = read_bytes(load_bytes(path), path)
                except AicfgError:
                    continue
                yield from (document.data for document in documents if isinstance(document.data, dict))


def _routes_of(data: dict[str, Any]) -> Iterator[str]:
    """The names of the routes of a manifest or a Kong file."""
    found = data.get("routes")
    if isinstance(found, dict):
        yield from map(str, found)
    services = data.get("services")
    for holder in (data, *(services if isinstance(services, list) else ())):
        listed = holder.get("routes") if isinstance(holder, dict) else None
        for route in listed if isinstance(listed, list) else ():
            if isinstance(route, dict) and isinstance(route.get("name"), str):
                yield route["name"]
