"""What comes out of a translated request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aicfg.translate.exchange import Exchange
from aicfg.translate.lua import NIL

if TYPE_CHECKING:
    from aicfg.translate.trace import Change


class UpstreamRequest:
    """The request that the gateway sends to the provider.

    `path` is None where the gateway leaves the client's; `query` is the raw string; `headers` are those that the
    gateway sets; `body` is parsed JSON, None where the client's body passes through untouched (`passthrough`).
    `signing` says what the gateway would sign (`service`, `region`, `host`), else None. `streaming` says whether the
    provider is asked for a stream, `model` which model is called: the resolved name, None where there is none.

    Headers, query and body hold the config's credentials as they are.
    """

    __slots__ = (
        "_exchange",
        "_trace",
        "body",
        "headers",
        "host",
        "method",
        "model",
        "passthrough",
        "path",
        "port",
        "query",
        "scheme",
        "signing",
        "streaming",
    )

    def __init__(self, exchange: Exchange) -> None:
        target = exchange.target
        assert target is not None
        self._exchange = exchange
        self._trace: tuple[Change, ...] | None = None
        self.method = exchange.client.method
        self.scheme, self.host, self.port, self.path = target
        self.query = exchange.query
        self.headers = exchange.headers
        self.passthrough = exchange.passthrough
        self.body: Any = None if exchange.passthrough else exchange.body
        self.signing = exchange.signing
        self.streaming = exchange.streaming
        self.model: Any = None if exchange.model.name is NIL else exchange.model.name

    @property
    def trace(self) -> tuple[Change, ...]:
        """What became of each field of the client's body; found out when it is asked for."""
        if self._trace is None:
            from aicfg.translate.trace import trace

            self._trace = trace(self._exchange)
        return self._trace

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know about this request, a sentence each."""
        from aicfg.translate.notes import notes

        return notes(self._exchange)

    def __repr__(self) -> str:
        return f"<UpstreamRequest {self.method} {self.scheme}://{self.host}:{self.port}{self.path or ''}>"
