"""Step 2: `$(headers.x)`, `$(query_params.x)` and `$(uri_captures.x)` in the texts under `config.model`.

Source: merge_model_options in kong/llm/drivers/shared.lua (3.10), resolve_plugin_conf there (3.7 and 3.8).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from aicfg.patterns import later
from aicfg.translate.client import Client
from aicfg.translate.exchange import Exchange
from aicfg.translate.marks import Path, derived
from aicfg.translate.refusal import crash, refuse

_EXPRESSION = later(r"\$\((.*?)\)", re.S)

FILLED = "filled in from the request"


def resolve(exchange: Exchange) -> None:
    """Fill in the first expression of each text. Where several are wrong, Kong reports one of them, any."""
    config = exchange.config
    if not config.templates:
        return
    tree = {"name": config.model.name, "options": config.model.options}
    for path in config.templates:
        tree = _with(tree, path, lambda text: _filled(text, exchange.client))
    exchange.model = config.model._replace(**tree)


def resolve_whole_texts(exchange: Exchange) -> None:
    """3.8 and 3.7: the value takes the place of the whole text, in the name and in options that are not nested."""
    name, options = exchange.config.model.name, exchange.config.model.options
    for path in exchange.config.templates:
        if path == ("name",):
            name = _instead(name, exchange.client, "model.name", "'{source}', key '{key}' was not provided")
        elif len(path) == 2:
            text = options[path[1]]
            value = _instead(text, exchange.client, text, "{source} key {key} was not provided")
            options = {**options, path[1]: value}
    exchange.model = exchange.config.model._replace(name=name, options=options)


def _filled(text: str, client: Client) -> str:
    """The text with its first expression filled in; the rest of it stays, other expressions too."""
    expression = _EXPRESSION.search(text)
    if expression is None:
        return text
    value = _value(expression.group(1), client, text, "{source} key {key} was not provided")
    if value is True:
        crash("the query's parameter has no value, and the template's code takes it for a text")
    result: str = derived(text[: expression.start()] + value + text[expression.end() :], FILLED, text)
    return result


def _instead(text: str, client: Client, field: str, missing: str) -> Any:
    expression = _EXPRESSION.search(text)
    return text if expression is None else derived(_value(expression.group(1), client, field, missing), FILLED, text)


def _value(expression: str, client: Client, field: str, missing: str) -> Any:
    """What an expression stands for: a text, or True for a query's bare key."""
    source, *keys = expression.split(".")
    if len(keys) != 1:
        refuse(f"cannot parse expression for field '{field}'")
    if source not in SOURCES:
        refuse(f"source '{source}' is not supported", hint=f"use {', '.join(SOURCES)}")
    value = SOURCES[source](client, keys[0])
    if value is None:
        refuse(missing.format(source=source, key=keys[0]))
    return value


def _with(tree: Mapping[str, Any], path: Path, change: Callable[[str], str]) -> dict[str, Any]:
    """A copy of nested options with the text at a path changed."""
    key = str(path[0])
    value = tree[key]
    return {**tree, key: change(value) if len(path) == 1 else _with(value, path[1:], change)}


def _query_param(client: Client, key: str) -> Any:
    value = client.query_args().get(key)
    return value[0] if isinstance(value, list) else value


SOURCES: Mapping[str, Callable[[Client, str], Any]] = MappingProxyType(
    {
        "headers": Client.header,
        "query_params": _query_param,
        "uri_captures": lambda client, key: None if key.isdigit() else client.captures.get(key),
    }
)
