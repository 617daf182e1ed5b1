"""Answers -> what the protocol calls them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lsprotocol import types
from pygls import uris

from aicfg.lint.diagnostic import Diagnostic
from aicfg.lsp.actions import Action, Change
from aicfg.lsp.completion import Completion
from aicfg.lsp.definition import Location
from aicfg.lsp.hover import Hover
from aicfg.lsp.positions import Positions
from aicfg.lsp.state import Findings
from aicfg.lsp.symbols import Symbol
from aicfg.lsp.workspace import Buffer
from aicfg.source import Text

SOURCE = "aicfg"
FIX_ALL = "source.fixAll.aicfg"
EXPLAIN = "aicfg.explain"

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
_UNNECESSARY = frozenset(("unused", "useless"))
_COMPLETIONS = {
    "key": types.CompletionItemKind.Property,
    "value": types.CompletionItemKind.EnumMember,
    "name": types.CompletionItemKind.Reference,
    "code": types.CompletionItemKind.Constant,
}
_SYMBOLS = {
    "section": types.SymbolKind.Namespace,
    "entry": types.SymbolKind.Object,
    "value": types.SymbolKind.Property,
}


def file_uri(name: str) -> str:
    """The URI of a file; what is no path is one already."""
    return uris.from_fs_path(name) or name


def range_of(positions: Positions, start: int, end: int) -> types.Range:
    first, last = positions.position(start), positions.position(end)
    return types.Range(types.Position(*first), types.Position(*last))


def diagnostics(findings: Findings, positions: Positions) -> list[types.Diagnostic]:
    """The findings of a file. That its settings cannot be used is one, too."""
    found = [diagnostic(each, positions) for each in findings.found]
    if findings.problem is not None:
        top = types.Range(types.Position(0, 0), types.Position(0, 1))
        severity = types.DiagnosticSeverity.Error
        found.append(types.Diagnostic(top, findings.problem, severity=severity, source=SOURCE))
    return found


def diagnostic(each: Diagnostic, positions: Positions) -> types.Diagnostic:
    start = positions.at(each.line or 1, each.column or 1)
    end = positions.at(each.end_line or each.line or 1, each.end_column or each.column or 1)
    words = set(each.name.split("-"))
    tags = [types.DiagnosticTag.Unnecessary] if words & _UNNECESSARY else []
    tags += [types.DiagnosticTag.Deprecated] if "deprecated" in words else []
    return types.Diagnostic(
        types.Range(types.Position(*start), types.Position(*end)),
        f"{each.message}\n{each.hint}" if each.hint else each.message,
        severity=_SEVERITIES[each.severity],
        code=each.code,
        source=SOURCE,
        tags=tags or None,
        data={"name": each.name},
    )


def hover(found: Hover, positions: Positions) -> types.Hover:
    content = types.MarkupContent(types.MarkupKind.Markdown, found.text)
    return types.Hover(content, range_of(positions, found.start, found.end))


def completion(each: Completion, positions: Positions) -> types.CompletionItem:
    return types.CompletionItem(
        each.label,
        kind=_COMPLETIONS[each.kind],
        detail=each.detail or None,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, each.about) if each.about else None,
        sort_text=f"{each.rank:05}",
        filter_text=each.text.strip().rstrip(":") if each.kind == "value" else each.label,
        text_edit=types.TextEdit(range_of(positions, each.start, each.end), each.text),
        tags=[types.CompletionItemTag.Deprecated] if each.deprecated else None,
    )


def location(each: Location, encoding: str) -> types.Location:
    positions = Positions(Text(each.text, each.file), encoding)
    return types.Location(file_uri(each.file), range_of(positions, each.start, each.end))


def symbol(each: Symbol, positions: Positions) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        each.name or "-",
        _SYMBOLS[each.kind],
        range_of(positions, each.start, each.end),
        range_of(positions, each.name_start, each.name_end),
        detail=each.detail or None,
        children=[symbol(inner, positions) for inner in each.children],
    )


def action(each: Action, known: Mapping[str, Positions], uris_of: Mapping[str, str]) -> types.CodeAction:
    """An action, with what the texts of its files are like."""
    about = known.get(each.about.file or "")
    return types.CodeAction(
        each.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(each.about, about)] if about else None,
        is_preferred=True if each.kind == "fix" else None,
        edit=edit(each.changes, known, uris_of) if each.changes else None,
        command=types.Command(each.title, EXPLAIN, arguments=[each.about.code]) if each.kind == "explain" else None,
    )


def edit(
    changes: Iterable[Change], known: Mapping[str, Positions], uris_of: Mapping[str, str]
) -> types.WorkspaceEdit | None:
    """Changes of texts; None where one of these is not known."""
    edits: dict[str, list[types.TextEdit]] = {}
    for each in changes:
        if each.file not in known:
            return None
        place = range_of(known[each.file], each.start, each.end)
        uri = uris_of.get(each.file) or file_uri(each.file)
        edits.setdefault(uri, []).append(types.TextEdit(place, each.text))
    return types.WorkspaceEdit(changes=edits)


def changed_text(buffer: Buffer, change: types.TextDocumentContentChangeEvent, encoding: str) -> str:
    """A text after a change of the client's."""
    if not isinstance(change, types.TextDocumentContentChangePartial):
        return change.text
    positions = Positions(Text(buffer.text, buffer.name), encoding)
    start = positions.offset(change.range.start.line, change.range.start.character)
    end = positions.offset(change.range.end.line, change.range.end.character)
    return buffer.text[:start] + change.text + buffer.text[max(start, end) :]
