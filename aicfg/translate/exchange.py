"""One request on its way through the steps."""

from __future__ import annotations

from typing import Any

from aicfg.translate.client import Client
from aicfg.translate.config import Config, Model
from aicfg.translate.lua import Table
from aicfg.tuples import NamedTuple


class Target(NamedTuple):
    """Where the call goes. `path` None: the gateway leaves the client's."""

    scheme: str
    host: str
    port: int
    path: str | None


class Exchange:
    """What is known so far; each step reads and adds.

    `given` is the client's body as it came: JSON, or bytes. `accepted` is what Kong's parser made of it, None where it
    made nothing; nobody changes it. `request` is Kong's own working copy. `body` is what will be sent, None for the
    client's body untouched.
    """

    __slots__ = (
        "accepted",
        "body",
        "client",
        "config",
        "given",
        "headers",
        "model",
        "query",
        "request",
        "signing",
        "streaming",
        "target",
        "why_no_body",
    )

    def __init__(self, config: Config, client: Client, given: Any) -> None:
        self.config = config
        self.client = client
        self.given = given
        self.accepted: Table | None = None
        self.why_no_body: str | None = None
        self.request: Table = {}
        self.model: Model = config.model
        self.streaming = False
        self.headers: dict[str, str] = {}
        self.query: str = client.query
        self.body: Any = None
        self.target: Target | None = None
        self.signing: dict[str, str] | None = None

    @property
    def passthrough(self) -> bool:
        """Whether the client's body is sent untouched."""
        return self.config.passthrough
