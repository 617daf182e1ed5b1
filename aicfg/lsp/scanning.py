"""Reads a text into its outlines, line by line: indentation says what belongs together, whatever else is wrong."""

from __future__ import annotations

import re
from itertools import pairwise

from aicfg.lsp.outline import Entry, Node, Outline
from aicfg.lsp.quoted import quoted, unquoted

MAX_DEPTH = 100

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_MARK = re.compile(r"(?:---|\.\.\.)(?=\s|$)")
_QUOTED = r"\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\r\n]|'')*'"
_KEY = re.compile(
    rf"(?:[&!][^\s,\[\]{{}}]*[ \t]+)*(?P<key>{_QUOTED}|(?![&*!|>%@`\"'\[\]{{}},#])(?:(?![ \t]#|:[ \t\r\n])[^\r\n])*?)"
    r"[ \t]*:(?=[ \t\r\n]|$)"
)
_DASH = re.compile(r"-(?=[ \t\r\n]|$)")
_PROPERTY = re.compile(r"[&!][^\s,\[\]{}]*(?=[\s,\[\]{}]|$)")
_PLAIN = re.compile(r"(?:(?![ \t]+#)[^\r\n])*")
_BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|$)")
_SPACE = re.compile(r"[ \t]*")
_REFERENCE = r"\{\{[^\r\n]*?\}\}|\$?\$\{\{[^\r\n]*?\}\}|\$\{[^{}\r\n]*\}"
_FLOW_SPACE = re.compile(r"(?:[ \t]|(?:(?<=\s)|^)#[^\r\n]*)*")
_FLOW_PLAIN = re.compile(rf"(?:{_REFERENCE}|(?![ \t]#|:(?:[\s,\[\]{{}}]|$))[^,\[\]{{}}\r\n])+")


def scan(text: str) -> list[Outline]:
    """The documents of a text, at least one."""
    lines = [match.span() for match in _LINE.finditer(text) if match.end() > match.start()]
    cuts = [0, *(index for index, (start, _) in enumerate(lines) if _MARK.match(text, start)), len(lines)]
    found = []
    for first, last in pairwise(cuts):
        start = lines[first][0] if first < len(lines) else len(text)
        end = lines[last][0] if last < len(lines) else len(text)
        marked = first < len(lines) and _MARK.match(text, start)
        if first == last or (not marked and not text[start:end].strip() and len(cuts) > 2):
            continue
        found.append(_Scan(text, lines[first:last]).outline(start, end))
    return found or [Outline(text, 0, len(text), None, {})]


class _Scan:
    """The scan of one document. `line` is the line that is looked at, `at` the offset of what is read next in it."""

    def __init__(self, text: str, lines: list[tuple[int, int]]) -> None:
        self.text = text
        self.lines = lines
        self.line = 0
        self.at = lines[0][0] if lines else 0
        self.depth = 0
        self.anchors: dict[str, Node] = {}

    def outline(self, start: int, end: int) -> Outline:
        marker = _MARK.match(self.text, start)
        root = self._value(marker.end(), -1, None) if marker and self.lines else self._block(-1, -1)
        while root is not None and self._skip():  # what stands too far to the left or right is no reason to stop
            self._stray(root)
        return Outline(self.text, start, end, root, self.anchors)

    # lines

    def _skip(self) -> bool:
        """Go to the next line that is neither empty nor a comment, unless `at` stands before something in a line."""
        while self.line < len(self.lines):
            start, end = self.lines[self.line]
            self.at = max(self.at, start)
            space = _SPACE.match(self.text, self.at, end)
            self.at = space.end() if space else self.at
            if self.at < end and self.text[self.at] not in "\r\n#":
                return True
            self._next()
        return False

    def _next(self) -> None:
        self.line += 1
        self.at = self.lines[self.line][0] if self.line < len(self.lines) else len(self.text)

    @property
    def _column(self) -> int:
        return self.at - self.lines[self.line][0]

    # blocks

    def _block(self, above: int, dashes: int) -> Node | None:
        """The value that begins here, to the right of the column `above`; a list may begin at the column `dashes`."""
        if not self._skip():
            return None
        column, is_list = self._column, _DASH.match(self.text, self.at) is not None
        if column <= above and not (is_list and column == dashes):
            return None
        if self.depth >= MAX_DEPTH:
            self._next()
            return None
        self.depth += 1
        try:
            if is_list:
                return self._list(column)
            if _KEY.match(self.text, self.at) or self._opens_bare():
                return self._map(column, above)
            return self._value(self.at, above, None)
        finally:
            self.depth -= 1

    def _opens_bare(self) -> bool:
        """Whether a word without a colon stands here, and a key below it in its column: a key that is being typed."""
        start, end = self.at, self.lines[self.line][1]
        if not self.text[start : start + 1].isalnum() or self.line + 1 >= len(self.lines):
            return False
        below = self.lines[self.line + 1][0] + self._column
        return end <= below < self.lines[self.line + 1][1] and (
            not self.text[self.lines[self.line + 1][0] : below].strip() and _KEY.match(self.text, below) is not None
        )

    def _map(self, column: int, above: int) -> Node:
        node = Node("map", self.at, column)
        while self._skip() and self._column > above:
            if self._column != column:
                if self._column < column:
                    break
                self._stray(node)
                continue
            if _DASH.match(self.text, self.at):
                break
            node.entries.append(self._entry(column))
            node.end = node.entries[-1].end
        return node

    def _entry(self, column: int) -> Entry:
        match = _KEY.match(self.text, self.at)
        if match is None:
            plain = _PLAIN.match(self.text, self.at)
            end = plain.end() if plain else self.at
            end = self.at + len(self.text[self.at : end].rstrip())
            entry = Entry(self.text[self.at : end], self.at, end, column, -1)
            self._next()
            return entry
        entry = Entry(unquoted(match["key"]), match.start("key"), match.end("key"), column, match.end() - 1)
        entry.node = self._value(match.end(), column, column)
        return entry

    def _stray(self, holder: Node) -> None:
        """What stands deeper than the keys around it belongs to the last of them, where that has room for it."""
        before = self.line, self.at
        node = self._block(self._column - 1, self._column)
        last = holder.entries[-1] if holder.entries else None
        if node is not None and last is not None and last.node is None:
            last.node = node
        elif (
            node is not None
            and last is not None
            and last.node
            and last.node.column >= 0
            and last.node.kind == node.kind == "map"
        ):
            last.node.entries += node.entries
            last.node.end = max(last.node.end, node.end)
        if (self.line, self.at) == before:
            self._next()

    def _list(self, column: int) -> Node:
        node = Node("list", self.at, column)
        while self._skip() and self._column == column and _DASH.match(self.text, self.at):
            entry = Entry(len(node.entries), self.at, self.at + 1, column, self.at)
            node.entries.append(entry)
            self.at += 1
            line = self.line
            space = _SPACE.match(self.text, self.at, self.lines[line][1])
            self.at = space.end() if space else self.at
            if self._nests():
                entry.node = self._block(column, -1)
            else:
                entry.node = self._value(self.at, column, None)
            node.end = entry.end
        return node

    def _nests(self) -> bool:
        """Whether a map or list begins right behind a dash."""
        rest = self.text[self.at : self.at + 1]
        return bool(rest.strip()) and bool(_DASH.match(self.text, self.at) or _KEY.match(self.text, self.at))

    # values

    def _value(self, at: int, above: int, dashes: int | None) -> Node | None:
        """The value that begins at an offset of this line or below it. `above` is the column of what it belongs to."""
        line_end = self.lines[self.line][1]
        anchor = None
        while True:
            space = _SPACE.match(self.text, at, line_end)
            at = space.end() if space else at
            match = _PROPERTY.match(self.text, at, line_end)
            if match is None:
                break
            anchor = match.group()[1:] if match.group().startswith("&") else anchor
            at = match.end()
        if at >= line_end or self.text[at] in "\r\n" or (self.text[at] == "#" and self.text[at - 1 : at].isspace()):
            self._next()
            node = self._block(above, -1 if dashes is None else dashes)
        else:
            node = self._inline(at, above)
        if node is not None and anchor is not None:
            node.anchor = anchor
            self.anchors[anchor] = node
        return node

    def _inline(self, at: int, above: int) -> Node:
        sign = self.text[at]
        if sign in "{[" and not self.text.startswith("{{", at):  # a template's braces, which are text
            node, at = _Flow(self.text, above, self.anchors).node(at, 0)
        elif sign in "\"'":
            node, at = quoted(self.text, at, above)
        elif _BLOCK.match(self.text, at):
            return self._block_scalar(at, above)
        else:
            return self._plain(at, above)
        self._go_behind(at)
        return node

    def _go_behind(self, at: int) -> None:
        """Go on in the line below an offset. What else stands in its line is left out."""
        while self.line < len(self.lines) and self.lines[self.line][1] <= at:
            self.line += 1
        self._next()

    def _block_scalar(self, at: int, above: int) -> Node:
        node = Node("scalar", at)
        node.quote = self.text[at]
        self._next()
        node.end = at + 1
        first = self.at
        while self.line < len(self.lines):
            start, end = self.lines[self.line]
            line = self.text[start:end]
            if line.strip():
                if len(line) - len(line.lstrip(" \t")) <= above:
                    break
                node.end = start + len(line.rstrip())
            self._next()
        node.text = self.text[first : node.end]
        return node

    def _plain(self, at: int, above: int) -> Node:
        node = Node("scalar", at)
        parts = [self._rest_of_line(node, at)]
        self._next()
        while self.line < len(self.lines) and not node.alias:
            start, end = self.lines[self.line]
            space = _SPACE.match(self.text, start, end)
            at = space.end() if space else start
            if at - start <= above or self.text[at : at + 1] in ("", "\r", "\n", "#") or _KEY.match(self.text, at):
                break
            if _DASH.match(self.text, at):
                break
            parts.append(self._rest_of_line(node, at))
            self._next()
        node.text = " ".join(parts)
        if node.text.startswith("*"):
            node.alias = node.text[1:]
        return node

    def _rest_of_line(self, node: Node, at: int) -> str:
        match = _PLAIN.match(self.text, at, self.lines[self.line][1])
        text = match.group().rstrip() if match else ""
        node.end = at + len(text)
        if text.startswith("*") and node.start == at:
            node.alias = text[1:]
        return text


class _Flow:
    """Reads maps and lists in brackets. One that is never closed ends before the next line that stands too far left."""

    def __init__(self, text: str, above: int, anchors: dict[str, Node]) -> None:
        self.text = text
        self.above = above
        self.anchors = anchors

    def node(self, at: int, depth: int) -> tuple[Node, int]:
        """The value that begins at an offset, and the offset behind it."""
        anchor = None
        while match := _PROPERTY.match(self.text, at):
            anchor = match.group()[1:] if match.group().startswith("&") else anchor
            at = self._skip(match.end())[0]
        sign = self.text[at : at + 1]
        if sign and sign in "{[" and depth < MAX_DEPTH and not self.text.startswith("{{", at):
            node = Node("map" if sign == "{" else "list", at)
            at = self._entries(node, at + 1, depth)
            node.end = at
        elif sign and sign in "\"'":
            node, at = quoted(self.text, at, self.above)
        else:
            node, at = self._plain(at)
        if anchor is not None:
            node.anchor = anchor
            self.anchors[anchor] = node
        return node, at

    def _plain(self, at: int) -> tuple[Node, int]:
        node = Node("scalar", at)
        match = _FLOW_PLAIN.match(self.text, at)
        node.text = match.group().rstrip() if match else ""
        node.end = at + len(node.text)
        while match:  # it may go on in the next line, unless a key begins there
            behind, inside = self._skip(node.end)
            match = _FLOW_PLAIN.match(self.text, behind) if inside and "\n" in self.text[node.end : behind] else None
            if match and self.text[match.end() : match.end() + 1] != ":":
                node.end = match.start() + len(match.group().rstrip())
                node.text += " " + match.group().rstrip()
            else:
                match = None
        if node.text.startswith("*"):
            node.alias = node.text[1:]
        return node, node.end

    def _skip(self, at: int) -> tuple[int, bool]:
        """The next offset that holds something, and whether what stands there may still belong to these brackets."""
        while True:
            match = _FLOW_SPACE.match(self.text, at)
            at = match.end() if match else at
            if at >= len(self.text):
                return at, False
            if self.text[at] not in "\r\n":
                return at, True
            line = at + 1
            space = _SPACE.match(self.text, line)
            column = (space.end() if space else line) - line
            sign = self.text[line + column : line + column + 1]
            if sign not in ("", "\r", "\n", "#", "}", "]") and column <= self.above:
                return at, False
            at = line

    def _entries(self, node: Node, at: int, depth: int) -> int:
        """Read what stands in brackets; the offset behind them."""
        while True:
            at, inside = self._skip(at)
            if not inside:
                return at
            sign = self.text[at]
            if sign in "}]":
                return at + 1
            if sign == ",":
                at += 1
                continue
            before = at
            at = self._pair(node, at, depth) if node.kind == "map" else self._item(node, at, depth)
            at = at if at > before else before + 1

    def _item(self, node: Node, at: int, depth: int) -> int:
        entry = Entry(len(node.entries), at, at, -1, at)
        node.entries.append(entry)
        entry.node, at = self.node(at, depth + 1)
        behind, inside = self._skip(at)
        if inside and self.text[behind] == ":" and entry.node.kind == "scalar":  # a pair without braces
            pair = Node("map", entry.node.start)
            at = self._behind_key(pair, entry.node, behind, depth)
            pair.end = at
            entry.node = pair
        return at

    def _pair(self, node: Node, at: int, depth: int) -> int:
        key, at = self.node(at, depth + 1)
        behind, inside = self._skip(at)
        if inside and self.text[behind] == ":":
            return self._behind_key(node, key, behind, depth)
        node.entries.append(Entry(key.text, key.start, key.end, -1, -1))
        return at

    def _behind_key(self, node: Node, key: Node, colon: int, depth: int) -> int:
        entry = Entry(key.text, key.start, key.end, -1, colon)
        node.entries.append(entry)
        at, inside = self._skip(colon + 1)
        if inside and self.text[at] not in ",}]":
            entry.node, at = self.node(at, depth + 1)
        return at if inside else colon + 1
