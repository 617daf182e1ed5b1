"""The door: one config, many requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aicfg.translate.client import Client, Query, first_headers, raw_query
from aicfg.translate.config import read_config
from aicfg.translate.exchange import Exchange
from aicfg.translate.upstream import UpstreamRequest
from aicfg.translate.versions import behaviour

Headers = Mapping[str, str | Iterable[str]]


class Translator:
    """What a gateway does with an ai-proxy `config`, which is read once.

    Raises UsageError for a config or a version that cannot be translated for.
    """

    def __init__(self, config: Mapping[str, Any], *, gateway: str = "3.10") -> None:
        self.config = read_config(config, gateway, behaviour(gateway))

    def request(
        self,
        body: Any,
        *,
        method: str = "POST",
        path: str = "/",
        query: Query = None,
        headers: Headers | None = None,
        captures: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> UpstreamRequest:
        """What the gateway sends to the provider. The arguments are those of `translate_request`."""
        client = Client(method, path, raw_query(query), first_headers(headers), captures or {}, env or {})
        exchange = Exchange(self.config, client, body)
        for step in self.config.behaviour.steps:
            step(exchange)
        return UpstreamRequest(exchange)


def translate_request(
    config: Mapping[str, Any],
    body: Any,
    *,
    method: str = "POST",
    path: str = "/",
    query: Query = None,
    headers: Headers | None = None,
    captures: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    gateway: str = "3.10",
) -> UpstreamRequest:
    """What a gateway sends to the provider when a client sends `body`: parsed JSON, or bytes as they came.

    `config` is an ai-proxy config as Kong's Admin API takes it. `query` is a dict (a value may be a list, or True for a
    bare key) or the raw string; `headers` a dict (a value may be a list); `captures` the route's named captures; `env`
    the gateway's environment, of which aicfg's own is no part.

    Raises TranslationError where the gateway refuses the request or its own code fails, UsageError where the config,
    the version or the body is nothing that can be translated.
    """
    return Translator(config, gateway=gateway).request(
        body, method=method, path=path, query=query, headers=headers, captures=captures, env=env
    )
