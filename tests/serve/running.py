"""`aicfg serve` in a process of its own, and plain HTTP to it: no client that is too clever."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ONE = """\
version: 1
gateway: {version: "3.10"}
providers:
  openai: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
  chat: {provider: openai, model: gpt-4o, options: {max_tokens: 512}, path: /chat}
"""
HELLO: Mapping[str, Any] = {"messages": [{"role": "user", "content": "Hello"}]}
STREAMED: Mapping[str, Any] = {**HELLO, "stream": True}
CHAT = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Paris."}}]}


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Server(NamedTuple):
    """A running server; `port` is on loopback."""

    port: int
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, *, host: str = ""
    ) -> Answer:
        """An answer to a request. A body that is no bytes is sent as JSON."""
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        given = {"Content-Type": "application/json", **({"Host": host} if host else {}), **(headers or {})}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, sent, given)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    def post(self, path: str = "/chat", body: Any = HELLO, headers: Mapping[str, str] | None = None) -> Answer:
        return self.call("POST", path, body, headers)

    def exchanges(self) -> list[Any]:
        """What the page is told first when it starts to watch: all exchanges that are kept, the oldest first."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/_aicfg/events")
            answer = connection.getresponse()
            assert answer.readline() == b"event: all\n"
            found: list[Any] = json.loads(answer.readline().removeprefix(b"data: "))
            return found
        finally:
            connection.close()

    def exchange(self, number: int = 0) -> Any:
        """One exchange in full; the newest for 0."""
        return self.call("GET", f"/_aicfg/exchanges/{number or self.exchanges()[-1]['number']}").json


@contextmanager
def serving(folder: Path, manifest: str, *arguments: str) -> Iterator[Server]:
    """Runs `aicfg serve` on a manifest in a folder, on a port that is free."""
    (folder / "m.yaml").write_text(manifest, encoding="utf-8")
    command = [sys.executable, "-m", "aicfg", "serve", "m.yaml", "--isolated", "--port", "0", "--quiet", *arguments]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, text=True, env={**os.environ, "AICFG_TRACEBACK": "1"}
    )
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        port = re.search(r":(\d+),", said)
        assert port is not None, said
        yield Server(int(port[1]), process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        finally:
            process.kill()
            process.stdout.close()


def put(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
