"""The server: takes what the client says, asks for answers, sends them. Built on pygls; logs nothing of any text."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from aicfg import __version__
from aicfg.lsp import protocol
from aicfg.lsp.positions import UTF16, Positions
from aicfg.lsp.state import Findings, State, current
from aicfg.lsp.workspace import Buffer
from aicfg.source import Text

DELAY = 0.15
"""Seconds without a keystroke before a text is looked at."""

_WATCHED = ("**/*.{yaml,yml,json}", "**/aicfg.toml", "**/pyproject.toml")


class _Protocol(LanguageServerProtocol):
    """The protocol, without pygls's own copies of texts.

    To it, U+2028 and others end a line, which they do for no client, and it rewrites the positions of a change by that.
    """

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Iterator[Any]:
        handler = self.fm.features.get(types.TEXT_DOCUMENT_DID_CHANGE)
        if handler is not None:
            yield handler, (params,), None


class Server(LanguageServer):
    """The open texts, and the findings that the client knows."""

    def __init__(self) -> None:
        super().__init__("aicfg", __version__, protocol_cls=_Protocol)
        self.buffers: dict[str, Buffer] = {}
        self.uris: dict[str, str] = {}
        self.state = State()
        self.findings: Mapping[str, Findings] = {}
        self.sent: dict[str, tuple[int | None, list[types.Diagnostic]]] = {}
        self.worker = ThreadPoolExecutor(1)
        self.timer: asyncio.TimerHandle | None = None
        self.tasks: set[asyncio.Task[None]] = set()

    @property
    def encoding(self) -> str:
        return str(getattr(self.workspace.position_encoding, "value", self.workspace.position_encoding) or UTF16)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Say that something went wrong, without what it was about."""
        say_bug(error)

    # texts

    def buffer(self, uri: str) -> Buffer | None:
        return self.buffers.get(name_of(uri))

    def put(self, uri: str, text: str, version: int | None) -> None:
        name = name_of(uri)
        path = name if name != uri else None
        self.uris[name] = uri
        self.buffers[name] = Buffer(name, path, text, version or 0)

    def positions(self, buffer: Buffer) -> Positions:
        return Positions(Text(buffer.body, buffer.name), self.encoding, marked=buffer.is_marked)

    def known_positions(self) -> dict[str, Positions]:
        """How places of the texts that were looked at are counted."""
        known = {}
        for name, each in self.findings.items():
            buffer = self.buffers.get(name)
            known[name] = Positions(each.text, self.encoding, marked=buffer is not None and buffer.is_marked)
        return known

    # findings

    def look(self, delay: float = DELAY) -> None:
        """Look at the texts, once nothing more has changed for a while."""
        if self.timer is not None:
            self.timer.cancel()
        self.timer = asyncio.get_running_loop().call_later(delay, self._start)

    def _start(self) -> None:
        self.timer = None
        task = asyncio.get_running_loop().create_task(guarded(self.publish)())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def refresh(self) -> dict[str, Buffer]:
        """Look at the texts as they are now, in the worker's thread; the texts that were looked at."""
        seen = dict(self.buffers)
        try:
            self.findings = await asyncio.get_running_loop().run_in_executor(self.worker, self.state.refresh, seen)
        except Exception as error:
            say_bug(error)
        return seen

    async def publish(self) -> None:
        """Send the findings of all texts that are still as they were looked at."""
        seen = await self.refresh()
        for name, each in self.findings.items():
            buffer = self.buffers.get(name)
            if buffer is not None and buffer is not seen.get(name):
                continue  # it has changed meanwhile, and will be looked at again
            marked = buffer is not None and buffer.is_marked
            found = protocol.diagnostics(each, Positions(each.text, self.encoding, marked=marked))
            if buffer is not None or found or name in self.sent:
                self._send(name, found, buffer.version if buffer else None)
        for name in self.sent.keys() - self.findings.keys():
            self._send(name, [], None)
            del self.sent[name]

    def _send(self, name: str, found: list[types.Diagnostic], version: int | None) -> None:
        """Send the findings of a file, unless the client knows them."""
        if self.sent.get(name) != (version, found):
            self.sent[name] = version, found
            uri = self.uris.get(name) or protocol.file_uri(name)
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version=version))

    async def fresh(self) -> Mapping[str, Findings]:
        """The findings of the texts as they are now."""
        if not current(self.findings, self.buffers.values()):
            await self.refresh()
        return self.findings


def name_of(uri: str) -> str:
    """What a text is called: the path of its file, else its URI."""
    if not uri.startswith("file:"):
        return uri
    path = uris.to_fs_path(uri)
    return os.path.normpath(path) if path else uri


def say_bug(error: BaseException) -> None:
    """Tell on standard error that aicfg failed. What texts hold might be in the rest, which has to be asked for."""
    if os.environ.get("AICFG_TRACEBACK"):
        traceback.print_exception(error)
    print(f"aicfg: internal error ({type(error).__name__}). This is a bug in aicfg.", file=sys.stderr, flush=True)


def make_server() -> Server:
    """A server with all its features."""
    from aicfg.lsp.features import add_features

    server = Server()
    _add_texts(server)
    add_features(server)
    return server


def _add_texts(server: Server) -> None:
    """What the client says about the texts and files."""

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        server.state.folders = tuple(
            os.path.realpath(path)
            for uri in server.workspace.folders or {}
            if (path := uris.to_fs_path(uri)) is not None
        ) or ((os.path.realpath(server.workspace.root_path),) if server.workspace.root_path else ())
        _watch(server)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        server.put(document.uri, document.text, document.version)
        server.look(0)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        for change in params.content_changes:
            buffer = server.buffer(params.text_document.uri)
            if buffer is not None:
                text = protocol.changed_text(buffer, change, server.encoding)
                server.put(params.text_document.uri, text, params.text_document.version)
        server.look()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.buffers.pop(name_of(params.text_document.uri), None)
        server.look(0)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.worker.submit(server.state.forget)
        server.look(0)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        server.worker.submit(server.state.forget)
        server.look()


def _watch(server: Server) -> None:
    """Ask a client that can do so to tell when files change on disk."""
    workspace = server.client_capabilities.workspace
    about = workspace.did_change_watched_files if workspace else None
    if about is None or not about.dynamic_registration:
        return
    watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    watch = types.Registration("aicfg-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    server.client_register_capability(types.RegistrationParams([watch]), lambda _: None)


def serve() -> None:
    """Talk to a client over standard input and output until it says goodbye."""
    gc.enable()  # the command line switches it off, for commands that end soon
    log = logging.getLogger("pygls")
    log.addHandler(logging.NullHandler())  # what it logs may hold texts
    log.propagate = False
    make_server().start_io()


def guarded(answer: Callable[..., Any]) -> Callable[..., Any]:
    """An answer that is None where making it fails, which is a bug: an editor goes on without it."""
    from functools import wraps

    if asyncio.iscoroutinefunction(answer):

        @wraps(answer)
        async def waited(*params: Any) -> Any:
            try:
                return await answer(*params)
            except Exception as error:
                return say_bug(error)

        return waited

    @wraps(answer)
    def given(*params: Any) -> Any:
        try:
            return answer(*params)
        except Exception as error:
            return say_bug(error)

    return given
