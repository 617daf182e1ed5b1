"""Step 2: `$(headers.x)`, `$(query_params.x)` and `$(uri_captures.x)` in the texts under `config.model`.

Source: merge_model_options in kong/llm/drivers/shared.lua (3.10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from aicfg.translate.client import Client
from aicfg.translate.exchange import Exchange
from aicfg.translate.marks import Path, derived
from aicfg.translate.refusal import crash, refuse


def resolve(exchange: Exchange) -> None:
    """Fill in the first expression of each text. Where several are wrong, Kong reports one of them, any."""
    config = exchange.config
    if not config.templates:
        return
    tree = {"name": config.model.name, "options": config.model.options}
    for path in config.templates:
        tree = _replaced(tree, path, exchange.client)
    exchange.model = config.model._replace(**tree)


def filled(text: str, client: Client) -> str:
    """The text with its first expression filled in; the rest of it stays, other expressions too."""
    before, opening, rest = text.partition("$(")
    expression, closing, after = rest.partition(")")
    if not opening or not closing:
        return text
    source, dot, key = expression.partition(".")
    if not dot or not source or not key or "." in key:
        refuse(f"cannot parse expression for field '{text}'")
    if source not in SOURCES:
        refuse(f"source '{source}' is not supported", hint=f"use {', '.join(SOURCES)}")
    value = SOURCES[source](client, key)
    if value is None:
        refuse(f"{source} key {key} was not provided")
    result: str = derived(before + value + after, f"{value!r} was filled in", text)
    return result


def _query_param(client: Client, key: str) -> str | None:
    value: Any = client.query_args().get(key)
    value = value[0] if isinstance(value, list) else value
    if value is True:
        crash(f"the query's {key!r} has no value, and the template's code takes it for a text")
    return value if isinstance(value, str) else None


SOURCES: Mapping[str, Callable[[Client, str], str | None]] = MappingProxyType(
    {
        "headers": Client.header,
        "query_params": _query_param,
        "uri_captures": lambda client, key: None if key.isdigit() else client.captures.get(key),
    }
)


def _replaced(tree: Mapping[str, Any], path: Path, client: Client) -> dict[str, Any]:
    """A copy of nested options with the text at a path filled in."""
    key = str(path[0])
    value = tree[key]
    return {**tree, key: filled(value, client) if len(path) == 1 else _replaced(value, path[1:], client)}
