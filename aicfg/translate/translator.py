"""The door: one config, many requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aicfg.translate.answer import Answer, Headers
from aicfg.translate.client import Client, Query, first_headers, raw_query
from aicfg.translate.config import read_config
from aicfg.translate.exchange import Exchange
from aicfg.translate.response import ClientResponse, respond
from aicfg.translate.stream import ClientStream
from aicfg.translate.upstream import UpstreamRequest
from aicfg.translate.versions import behaviour


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

    def response(
        self, body: bytes, *, status: int = 200, headers: Headers | None = None, request: Any = None
    ) -> ClientResponse:
        """What the client gets of a provider's answer. The arguments are those of `translate_response`."""
        return respond(Answer(self.config, status, headers, request, "application/json"), body)

    def stream(
        self,
        chunks: Iterable[bytes],
        *,
        status: int = 200,
        headers: Headers | None = None,
        request: Any = None,
        traced: bool = False,
    ) -> ClientStream:
        """What the client gets of a provider's stream. The arguments are those of `translate_stream`."""
        return ClientStream(Answer(self.config, status, headers, request, "text/event-stream"), chunks, traced=traced)


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


def translate_response(
    config: Mapping[str, Any],
    body: bytes,
    *,
    status: int = 200,
    headers: Headers | None = None,
    request: Any = None,
    gateway: str = "3.10",
) -> ClientResponse:
    """What the client gets when a provider answers with `body`, the bytes as they came, to a request without stream.

    `headers` are the provider's (none: JSON), `request` the client's body, which can decide the model.

    Raises TranslationError where Kong's own code fails and the client gets no answer, UsageError where the config, the
    version or the body is nothing that can be translated.
    """
    return Translator(config, gateway=gateway).response(body, status=status, headers=headers, request=request)


def translate_stream(
    config: Mapping[str, Any],
    chunks: Iterable[bytes],
    *,
    status: int = 200,
    headers: Headers | None = None,
    request: Any = None,
    gateway: str = "3.10",
    traced: bool = False,
) -> ClientStream:
    """What the client gets when a provider streams `chunks`, each as Kong gets it from the network.

    `headers` are the provider's (none: server-sent events); their Content-Type decides how the chunks are read.
    `request` is the client's body, which can decide the model. The stream is read as the result is gone through; with
    `traced`, the result then tells what became of its events (`trace`).

    Raises UsageError where the config or the version is nothing that can be translated; going through the result
    raises TranslationError where Kong's own code fails, after what the client had got until then.
    """
    return Translator(config, gateway=gateway).stream(
        chunks, status=status, headers=headers, request=request, traced=traced
    )
