"""What comes out of a translated request."""

from __future__ import annotations

from typing import Any

from aicfg.translate.exchange import Exchange


class UpstreamRequest:
    """The request that the gateway sends to the provider.

    `path` is None where the gateway leaves the client's; `query` is the raw string; `headers` are those that the gateway
    sets; `body` is parsed JSON, None where the client's body passes through untouched (`passthrough`). `signing` says
    what the gateway would sign (`service`, `region`, `host`), else None.

    Headers, query and body hold the config's credentials as they are.
    """

    __slots__ = (
        "_exchange",
        "body",
        "headers",
        "host",
        "method",
        "passthrough",
        "path",
        "port",
        "query",
        "scheme",
        "signing",
    )

    def __init__(self, exchange: Exchange) -> None:
        target = exchange.target
        assert target is not None
        self._exchange = exchange
        self.method = exchange.client.method
        self.scheme, self.host, self.port, self.path = target
        self.query = exchange.query
        self.headers = exchange.headers
        self.passthrough = exchange.passthrough
        self.body: Any = None if exchange.passthrough else exchange.body
        self.signing = exchange.signing

    def __repr__(self) -> str:
        return f"<UpstreamRequest {self.method} {self.scheme}://{self.host}:{self.port}{self.path or ''}>"
