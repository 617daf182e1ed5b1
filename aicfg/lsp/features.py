"""What the client can ask: each answer is a function of its own, called with the text and the offset in it."""

from __future__ import annotations

import asyncio
from typing import Any

from lsprotocol import types

from aicfg.lsp import protocol
from aicfg.lsp.actions import actions, fix_all
from aicfg.lsp.completion import completions
from aicfg.lsp.definition import definitions, uses
from aicfg.lsp.formatting import formatted
from aicfg.lsp.hover import hover
from aicfg.lsp.positions import Positions
from aicfg.lsp.server import Server, guarded
from aicfg.lsp.symbols import symbols
from aicfg.lsp.view import Context
from aicfg.lsp.workspace import Buffer, settings_of

_TRIGGERS = (" ", ":", "/", "$", "{", '"', "-", "[")
_ACTIONS = types.CodeActionOptions([types.CodeActionKind.QuickFix, protocol.FIX_ALL], resolve_provider=True)


def add_features(server: Server) -> None:
    """Teach a server to answer."""
    _add_answers(server)
    _add_actions(server)


def _add_answers(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    @guarded
    def on_hover(params: types.HoverParams) -> types.Hover | None:
        cursor = _cursor(server, params.text_document, params.position)
        if cursor is None:
            return None
        buffer, positions, at = cursor
        found = hover(buffer.body, at, _context(server, buffer))
        return protocol.hover(found, positions) if found else None

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=list(_TRIGGERS)))
    @guarded
    def on_completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        cursor = _cursor(server, params.text_document, params.position)
        if cursor is None:
            return []
        buffer, positions, at = cursor
        found = completions(buffer.body, at, _context(server, buffer))
        return [protocol.completion(each, positions) for each in found]

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    @guarded
    def on_definition(params: types.DefinitionParams) -> list[types.Location]:
        cursor = _cursor(server, params.text_document, params.position)
        if cursor is None:
            return []
        buffer, _, at = cursor
        roots = server.state.roots(buffer, dict(server.buffers))
        found = definitions(buffer, at, dict(server.buffers), roots, _context(server, buffer))
        return [protocol.location(each, server.encoding) for each in found]

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    @guarded
    def on_references(params: types.ReferenceParams) -> list[types.Location]:
        cursor = _cursor(server, params.text_document, params.position)
        if cursor is None:
            return []
        buffer, _, at = cursor
        texts = dict(server.buffers)
        given = buffer, at, texts, server.state.roots(buffer, texts), _context(server, buffer)
        found = uses(*given) + (definitions(*given) if params.context.include_declaration else [])
        return [protocol.location(each, server.encoding) for each in found]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    @guarded
    def on_symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        buffer = server.buffer(params.text_document.uri)
        if buffer is None:
            return []
        positions = server.positions(buffer)
        return [protocol.symbol(each, positions) for each in symbols(buffer.body)]

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    @guarded
    def on_formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        buffer = server.buffer(params.text_document.uri)
        change = None if buffer is None else formatted(buffer)
        if buffer is None or change is None:
            return []
        place = protocol.range_of(server.positions(buffer), change.start, change.end)
        return [types.TextEdit(place, change.text)]


def _context(server: Server, buffer: Buffer) -> Context:
    return Context(settings_of(buffer), server.state.others(buffer, dict(server.buffers)))


def _add_actions(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, _ACTIONS)
    @guarded
    async def on_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        buffer = server.buffer(params.text_document.uri)
        if buffer is None:
            return []
        findings = (await server.fresh()).get(buffer.name)
        if findings is None or findings.text.text != buffer.body:
            return []
        only, known = params.context.only, server.known_positions()
        answer = []
        if _wants(only, types.CodeActionKind.QuickFix):
            lines = range(params.range.start.line + 1, params.range.end.line + 2)
            here = [each for each in findings.found if each.line and _meets(each.line, each.end_line, lines)]
            found = actions(here, findings.text)
            answer += [protocol.action(each, known, server.uris) for each in found]
        if only is not None and _wants(only, protocol.FIX_ALL):
            whole = await _fix_all(server, buffer)
            answer += [whole] if whole.edit else []
        elif only is None and any(each.fix and each.fix.safe for each in findings.found):
            answer.append(_unresolved(buffer))
        return answer

    @server.feature(types.CODE_ACTION_RESOLVE)
    @guarded
    async def on_resolve(params: types.CodeAction) -> types.CodeAction:
        data = params.data if isinstance(params.data, dict) else {}
        buffer = server.buffers.get(str(data.get("name")))
        return params if buffer is None else await _fix_all(server, buffer)

    @server.command(protocol.EXPLAIN)
    @guarded
    def on_explain(code: str) -> None:
        from aicfg.reference.rules import called

        rule = called(code)
        if rule is not None:
            about = rule.documentation
            text = f"{rule.code} {rule.name}: {about.summary} {about.why}"
            server.window_show_message(types.ShowMessageParams(types.MessageType.Info, text))


def _unresolved(buffer: Buffer) -> types.CodeAction:
    """All safe fixes, to be made when they are asked for."""
    data = {"name": buffer.name}
    return types.CodeAction("fix all that can be fixed safely (aicfg)", kind=protocol.FIX_ALL, data=data)


async def _fix_all(server: Server, buffer: Buffer) -> types.CodeAction:
    texts = dict(server.buffers)
    roots = server.state.roots(buffer, texts)
    loop = asyncio.get_running_loop()
    change = await loop.run_in_executor(server.worker, fix_all, buffer, texts, roots)
    action: Any = _unresolved(buffer)
    if change is not None and server.buffers.get(buffer.name) is buffer:
        action.edit = protocol.edit([change], {buffer.name: server.positions(buffer)}, server.uris)
    return action  # type: ignore[no-any-return]


def _cursor(
    server: Server, document: types.TextDocumentIdentifier, position: types.Position
) -> tuple[Buffer, Positions, int] | None:
    """The text that a client asks about, its positions and the offset; None where no such text is open."""
    buffer = server.buffer(document.uri)
    if buffer is None:
        return None
    positions = server.positions(buffer)
    return buffer, positions, positions.offset(position.line, position.character)


def _wants(only: object, kind: str) -> bool:
    """Whether a client that asks for some kinds, or for any, wants this one."""
    if only is None:
        return True
    asked = [str(getattr(each, "value", each)) for each in only] if isinstance(only, list | tuple) else []
    kind = str(getattr(kind, "value", kind))
    return any(each == kind or kind.startswith(f"{each}.") for each in asked)


def _meets(first: int, last: int | None, lines: range) -> bool:
    return first < lines.stop and (last or first) >= lines.start
