"""An editor as the tests play it: it talks to `python -m aicfg lsp` over standard input and output."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls", reason="the language server needs pygls: pip install 'aicfg[lsp]'")

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from aicfg.lsp.positions import Positions
from aicfg.source import Text

PATIENCE = 60
ROOT = Path(__file__).resolve().parents[2]


class Editor:
    """A client with some open texts, whose positions are made from a `|` in what is searched for."""

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.told: list[types.PublishDiagnosticsParams] = []
        self.messages: list[str] = []
        self.news = asyncio.Event()

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str) -> None:
        self.texts[name], self.versions[name] = text, 1
        item = types.TextDocumentItem(self.uri(name), "yaml", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, name: str, old: str, new: str) -> None:
        """Put `new` in place of the first `old`, as typing does it."""
        text = self.texts[name]
        start = text.index(old)
        place = self.range(name, start, start + len(old))
        self.texts[name] = text[:start] + new + text[start + len(old) :]
        self.versions[name] += 1
        document = types.VersionedTextDocumentIdentifier(version=self.versions[name], uri=self.uri(name))
        change = types.TextDocumentContentChangePartial(place, new)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def close(self, name: str) -> None:
        del self.texts[name]
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(self.document(name)))

    def document(self, name: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri(name))

    def range(self, name: str, start: int, end: int) -> types.Range:
        positions = Positions(Text(self.texts[name], name))
        return types.Range(types.Position(*positions.position(start)), types.Position(*positions.position(end)))

    def at(self, name: str, where: str) -> types.Position:
        """The position of the `|` in a piece of the text."""
        before = where.index("|")
        start = self.texts[name].index(where.replace("|", "", 1)) + before
        return self.range(name, start, start).start

    async def found(self, name: str, wanted: Callable[[list[types.Diagnostic]], bool]) -> list[types.Diagnostic]:
        """The findings of a file, once they are as wanted."""
        try:
            return await asyncio.wait_for(self._found(name, wanted), PATIENCE)
        except asyncio.TimeoutError:
            last = [each.diagnostics for each in self.told if each.uri == self.uri(name)][-1:]
            pytest.fail(f"the findings of {name} are {last}")

    async def _found(self, name: str, wanted: Callable[[list[types.Diagnostic]], bool]) -> list[types.Diagnostic]:
        while True:
            self.news.clear()
            mine = [each for each in self.told if each.uri == self.uri(name)]
            if mine and wanted(list(mine[-1].diagnostics)):
                return list(mine[-1].diagnostics)
            await self.news.wait()

    async def codes(self, name: str, *codes: str) -> list[types.Diagnostic]:
        """The findings of a file, once their codes are these."""
        return await self.found(name, lambda found: sorted(str(each.code) for each in found) == sorted(codes))

    async def actions(self, name: str, where: str, *only: str) -> list[Any]:
        place = types.Range(self.at(name, where), self.at(name, where))
        context = types.CodeActionContext([], only=list(only) or None)
        params = types.CodeActionParams(self.document(name), place, context)
        return list(await self.client.text_document_code_action_async(params) or ())

    def apply(self, edit: types.WorkspaceEdit) -> dict[str, str]:
        """The texts after an edit, by name."""
        texts = {}
        for uri, edits in (edit.changes or {}).items():
            name = next(name for name in self.texts if self.uri(name) == uri)
            positions = Positions(Text(self.texts[name], name))
            text = self.texts[name]
            for each in sorted(edits, key=lambda one: (one.range.start.line, one.range.start.character), reverse=True):
                start, end = (
                    positions.offset(place.line, place.character) for place in (each.range.start, each.range.end)
                )
                text = text[:start] + each.new_text + text[end:]
            texts[name] = text
        return texts


@asynccontextmanager
async def editor(folder: Path) -> AsyncIterator[Editor]:
    """An editor that is connected. The server has to end well, and to say nothing on standard error."""
    client = LanguageClient("tests", "1")
    play = Editor(client, folder)

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def published(params: types.PublishDiagnosticsParams) -> None:
        play.told.append(params)
        play.news.set()

    @client.feature(types.WINDOW_SHOW_MESSAGE)
    def shown(params: types.ShowMessageParams) -> None:
        play.messages.append(params.message)
        play.news.set()

    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    await client.start_io(sys.executable, "-m", "aicfg", "lsp", env=env)
    client_can = types.ClientCapabilities()
    await client.initialize_async(types.InitializeParams(client_can, root_uri=folder.as_uri()))
    client.initialized(types.InitializedParams())
    yield play
    await client.shutdown_async(None)
    client.exit(None)
    server = client._server
    assert server is not None
    assert server.stderr is not None
    said = (await server.stderr.read()).decode()
    assert await server.wait() == 0
    assert said == ""
