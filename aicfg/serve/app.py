"""The ASGI application: the gateway at every path, and the page about it below `/_aicfg/`."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from aicfg.lint.reporters.text import printable
from aicfg.preview.request import ClientRequest
from aicfg.serve import shown
from aicfg.serve.gateway import Gateway, Outcome, offered
from aicfg.serve.guard import Guard, host_name
from aicfg.serve.journal import Journal
from aicfg.translate.refusal import TranslationError

MAX_BODY = 8 * 1024 * 1024
"""So many bytes a client may send."""

PATIENCE = 30.0
"""Seconds that a client has to send its body."""

HEARTBEAT = 15.0
"""Seconds after which a watcher who has heard nothing hears that we are still there."""

PAGE = Path(__file__).parent / "page"
_FILES = {
    "page.html": "text/html; charset=utf-8",
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}

Log = Callable[[str], None]
Endpoint = Callable[[Request], Awaitable[Response]]


def application(gateway: Gateway, name: str, *, hosts: Iterable[str] = (), addresses: bool = False, log: Log) -> Guard:
    """The application. `name` is the file's, `log` gets a line for each request; the rest is Guard's."""
    journal = Journal()
    about = {
        "file": printable(name),
        "gateway": str(gateway.entities.gateway),
        "replies": gateway.replies is not None,
        "routes": [_printable(route) for route in offered(gateway.places)],
    }
    page = [
        Route("/", _file("page.html")),
        *(Route(f"/{file}", _file(file)) for file in _FILES if file != "page.html"),
        Route("/about", _fixed(json.dumps(about).encode(), "application/json")),
        Route("/exchanges/{number:int}", _exchange(journal)),
        Route("/events", _events(journal)),
    ]
    routes = [
        Route("/_aicfg", RedirectResponse("/_aicfg/")),
        Mount("/_aicfg", routes=page),
        Route("/{path:path}", _Door(gateway, journal, log)),
    ]
    return Guard(Starlette(routes=routes), hosts, addresses)


def _printable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _printable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_printable(item) for item in value]
    return printable(value)


class _Door:
    """Every path but the page's: a client's request."""

    def __init__(self, gateway: Gateway, journal: Journal, log: Log) -> None:
        self.gateway = gateway
        self.journal = journal
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            with anyio.fail_after(PATIENCE):
                body = await _body(request)
        except TimeoutError:
            return _own_error(408, "the body did not come in time")
        if body is None:
            return _own_error(413, f"the body is larger than {MAX_BYTES_SHOWN}")
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
        path = (request.scope.get("raw_path") or request.scope["path"].encode()).decode("latin-1")
        query = request.scope["query_string"].decode("latin-1")
        sent = ClientRequest(body, request.method, path, query, headers)
        outcome = self.gateway.answer(sent, host_name(request.headers["host"]) or "")
        exchange = shown.exchange(sent, outcome)
        self.log(f"{exchange['method']} {exchange['path']} -> {exchange['route'] or '-'} {outcome.status}")
        if isinstance(outcome.body, bytes):
            number = self.journal.add(exchange, "done")
            self.journal.change(number, body=self._shown(outcome, outcome.body))
            body = gzip.compress(outcome.body) if outcome.zipped else outcome.body
            return Response(body, outcome.status, _headers(outcome))
        number = self.journal.add(exchange, "streaming")
        pieces = self._pieces(number, outcome, outcome.body)
        return StreamingResponse(pieces, outcome.status, _headers(outcome))

    async def _pieces(self, number: int, outcome: Outcome, body: Iterator[bytes]) -> AsyncIterator[bytes]:
        """A stream's pieces; how it ends is kept."""
        kept, size, state = bytearray(), 0, "gone"
        problem: list[str] = []
        try:
            for piece in body:
                size += len(piece)
                kept += piece[: shown.ANSWER + 1 - len(kept)]
                yield piece
                await asyncio.sleep(0)
            state = "done"
        except TranslationError as error:
            state = "failed"
            problem = ["Kong's own code fails over this stream, and the client's connection ends.", error.hint or ""]
            raise _Cut from None
        finally:
            text = self._shown(outcome, bytes(kept))
            self.journal.change(number, state=state, body=text, size=size, problem=[*problem, *outcome.problem])

    def _shown(self, outcome: Outcome, body: bytes) -> str:
        return shown.answer_text(body, outcome.about.hidden if outcome.about else None)


class _Cut(Exception):
    """The connection ends in the middle of an answer, as it does at the gateway."""


MAX_BYTES_SHOWN = f"{MAX_BODY // 1024 // 1024} MiB"


async def _body(request: Request) -> bytes | None:
    """A request's body, None where it is too large. Raises ClientDisconnect."""
    if int(request.headers.get("content-length") or 0) > MAX_BODY:
        return None
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _headers(outcome: Outcome) -> dict[str, str]:
    """Headers that HTTP can say."""
    return {
        name: value
        for name, value in outcome.headers.items()
        if all(" " <= sign <= "~" or "\xa0" <= sign <= "\xff" for sign in value)
    }


def _own_error(status: int, why: str) -> Response:
    return JSONResponse({"error": {"message": f"aicfg: {why}"}}, status, {"Connection": "close"})


def _file(name: str) -> Endpoint:
    return _fixed((PAGE / name).read_bytes(), _FILES[name])


def _fixed(content: bytes, media_type: str) -> Endpoint:
    async def answer(request: Request) -> Response:
        return Response(content, media_type=media_type)

    return answer


def _exchange(journal: Journal) -> Endpoint:
    async def answer(request: Request) -> Response:
        found = journal.exchange(request.path_params["number"])
        if found is None:
            raise HTTPException(404)
        return JSONResponse(found)

    return answer


def _events(journal: Journal) -> Endpoint:
    async def answer(request: Request) -> Response:
        queue = journal.watch()
        if queue is None:
            return JSONResponse({"error": {"message": "aicfg: too many watch already"}}, 503)

        async def events() -> AsyncIterator[bytes]:
            try:
                yield _event("all", journal.summaries())
                while True:
                    try:
                        summary = await asyncio.wait_for(queue.get(), HEARTBEAT)
                    except asyncio.TimeoutError:
                        yield b": still here\n\n"
                        continue
                    yield _event("all", journal.summaries()) if summary is None else _event("one", summary)
            finally:
                journal.leave(queue)

        return StreamingResponse(events(), media_type="text/event-stream")

    return answer


def _event(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
