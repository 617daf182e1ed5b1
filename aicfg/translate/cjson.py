"""JSON as Kong reads and writes it: lua-cjson, which takes more than RFC 8259 and less than Python.

It takes NaN, infinities, hexadecimal and octal-looking numbers, a leading plus, and control characters in texts; it
stops at a NUL, and refuses lone surrogates in escapes and more than 1000 levels. Most texts are plain JSON: those go to
Python's own reader, everything else to the one below.

Source: lua-cjson as OpenResty ships it, its manual and its behaviour under Kong (measured for most of what is said).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from aicfg.patterns import later
from aicfg.translate.lua import NIL, kind, number
from aicfg.translate.lua import text as as_text
from aicfg.translate.marks import below, derived, leaves, plain

MAX_DEPTH = 1000
"""Levels of nesting that lua-cjson reads and writes."""

MAX_DEPTH_HERE = 200
"""Levels that aicfg follows. Between the two it says that it cannot tell."""


_write = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")).encode


class NotJson(ValueError):
    """lua-cjson does not take this text."""


class TooDeep(ValueError):
    """Kong may take this, aicfg does not: more than `MAX_DEPTH_HERE` levels."""


class NotWritable(ValueError):
    """lua-cjson cannot write this: NaN and the infinities."""


_SURROGATE = later(r"\\u[dD][89a-fA-F]")
_STRING = later(r'"[^"\\\0]*(?:\\.[^"\\\0]*)*"', re.S)
_TOKEN = later(
    r"[ \t\n\r]*(?:(?P<mark>[{}\[\]:,])"
    r'|(?P<string>"[^"\\\0]*(?:\\.[^"\\\0]*)*")'
    r"|(?P<word>true|false|null)"
    r"|(?P<number>(?=[-+0-9inIN])[-+]?"
    r"(?:0x(?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)(?:[pP][-+]?[0-9]+)?"
    r"|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
    r"|(?i:inf(?:inity)?|nan(?:\(\w*\))?)))"
    r"|(?P<end>\Z|\0))",
    re.S,
)
_ESCAPE = later(r"\\(?:u([0-9a-fA-F]{4})|(.?))", re.S)
_SHORT = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}


def decode(text: str, *, arrays: bool = True) -> Any:
    """The value of a JSON text, numbers as Lua's JSON prints them.

    `arrays=False` is how drivers decode: an empty list loses its kind and becomes an object. Raises NotJson where
    lua-cjson does not take the text, TooDeep where aicfg cannot follow.
    """
    check_depth(text)
    try:
        if "\0" in text or (_SURROGATE.search(text) and _has_lone_surrogate(text)):
            raise ValueError
        value = json.loads(text, strict=False)
    except ValueError:
        value = _Reader(text).value()
    return as_lua(value, arrays=arrays)


def read(raw: bytes, *, arrays: bool = True) -> Any:
    """The same for bytes; what is no UTF-8 stays as it is."""
    return decode(raw.decode("utf-8", "surrogateescape"), arrays=arrays)


def write(value: Any) -> bytes:
    """What `encode` gives, as bytes."""
    return encode(value).encode("utf-8", "surrogateescape")


def decoded(text: Any) -> Any:
    """What drivers make of JSON inside a field of the body: a text, or a number, which Lua takes for one.

    Raises NotJson for everything else, and where lua-cjson does not take the text.
    """
    return derived(_inside(text), "the JSON in the text is an object here", text)


def opened(text: Any) -> Any:
    """The same for a text that only wraps what was sent: the trace then looks at the fields inside."""
    return below(_inside(text), text)


def _inside(text: Any) -> Any:
    if kind(text) not in ("string", "number"):
        raise NotJson("there is no text")
    return decode(text if isinstance(text, str) else as_text(text), arrays=False)


def encode(value: Any) -> str:
    """A value as lua-cjson writes it, but for the order of keys. Raises NotWritable for NaN and the infinities."""
    try:
        text = _write(value)
    except ValueError:
        raise NotWritable("a number is NaN or infinite") from None
    return text.replace("/", "\\/").replace("\x7f", "\\u007f")


def written(value: Any) -> Any:
    """What a driver gets that writes JSON into a field: "null" for nil; NIL for what cannot be written."""
    try:
        text = encode(None if value is NIL else plain(value))
    except NotWritable:
        return NIL
    return derived(text, "JSON in a text", *leaves(value))


def as_lua(value: Any, *, arrays: bool = True) -> Any:
    """A copy of a JSON value, numbers as Lua's JSON prints them; tuples become lists.

    Raises TypeError for what is no JSON, TooDeep where aicfg cannot follow.
    """
    return _copy(value) if arrays else _emptied(_copy(value))


def check_depth(text: str) -> None:
    """Raises NotJson where lua-cjson stops, TooDeep where aicfg cannot follow."""
    if text.count("[") + text.count("{") <= MAX_DEPTH_HERE:
        return
    depth = deepest = 0
    for mark in _brackets(text):
        depth += 1 if mark in "[{" else -1
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise NotJson(f"more than {MAX_DEPTH} levels")
    if deepest > MAX_DEPTH_HERE:
        raise TooDeep(f"nested in {deepest} levels; aicfg follows {MAX_DEPTH_HERE}")


def _has_lone_surrogate(text: str) -> bool:
    high_ends_at = None
    for escape in _ESCAPE.finditer(text):
        point = int(escape.group(1) or "0", 16)
        if high_ends_at is not None and (escape.start() != high_ends_at or not 0xDC00 <= point < 0xE000):
            return True
        if high_ends_at is None and 0xDC00 <= point < 0xE000:
            return True
        high_ends_at = escape.end() if 0xD800 <= point < 0xDC00 else None
    return high_ends_at is not None


def _brackets(text: str) -> Iterator[str]:
    return (match.group() for match in re.finditer(r"[\[\]{}]", _STRING.sub("", text)))


def _copy(value: Any, depth: int = 0) -> Any:
    of = value.__class__
    if of is str or value is None or of is bool:
        return value
    if of is int or of is float:
        return number(value)
    if depth >= MAX_DEPTH_HERE:
        raise TooDeep(f"nested in more than {MAX_DEPTH_HERE} levels, which is as far as aicfg follows")
    depth += 1
    if of is dict:
        return {
            key if key.__class__ is str else _key(key): item if item.__class__ is str else _copy(item, depth)
            for key, item in value.items()
        }
    if of is list:
        return [_copy(item, depth) for item in value]
    return _copy(_base(value), depth - 1)


def _emptied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _emptied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_emptied(item) for item in value] if value else {}
    return value


def _base(value: Any) -> Any:
    """A value of a subclass (an enum, an ordered dict, a tuple) as the JSON type that it is."""
    base: Any
    for base in (str, int, float, dict, list):
        if isinstance(value, base):
            return base(value)
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"a {type(value).__name__} is no JSON value")


def _key(key: Any) -> str:
    """The text of a key that is none, as Python's json writes it."""
    if isinstance(key, str):
        return str(key)
    if key is None or isinstance(key, (bool, int, float)):
        return json.dumps(key)
    raise TypeError(f"a {type(key).__name__} is no key in JSON")


class _Reader:
    """Reads by lua-cjson's grammar, one token after the other, without recursion."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def token(self) -> tuple[str, str]:
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            raise NotJson(f"invalid token at {self.at}")
        self.at = match.end()
        kind = match.lastgroup or ""
        return kind, match.group(kind)

    def value(self) -> Any:
        value = self.nested(*self.token())
        if self.token()[0] != "end":
            raise NotJson("something follows the value")
        return value

    def nested(self, kind: str, token: str) -> Any:
        """The value that starts with a token. `open_` holds the lists and objects around the one being read."""
        open_: list[Any] = []
        while True:
            if token == "{" or token == "[":
                inner: Any = {} if token == "{" else []
                kind, token = self.token()
                if token == ("}" if inner == {} else "]") and kind == "mark":
                    value = inner
                else:
                    open_.append([inner, None])
                    if isinstance(inner, dict):
                        kind, token = self.key(open_[-1], kind, token)
                    continue
            else:
                value = self.scalar(kind, token)
            while open_:
                done = self.put(open_[-1], value)
                if not done:
                    break
                value = open_.pop()[0]
            else:
                return value
            kind, token = self.token()
            if isinstance(open_[-1][0], dict):
                kind, token = self.key(open_[-1], kind, token)

    def key(self, frame: list[Any], kind: str, token: str) -> tuple[str, str]:
        """Note the key that a member starts with; the first token of its value."""
        if kind != "string":
            raise NotJson("a key is no string")
        frame[1] = _unescaped(token[1:-1])
        if self.token() != ("mark", ":"):
            raise NotJson("a colon is missing")
        return self.token()

    def put(self, frame: list[Any], value: Any) -> bool:
        """Put a value in its place; whether that was the last one of the list or object."""
        container, key = frame
        if isinstance(container, dict):
            container[key] = value
        else:
            container.append(value)
        closing = "}" if isinstance(container, dict) else "]"
        kind, token = self.token()
        if kind != "mark" or token not in (",", closing):
            raise NotJson("a comma or the end is missing")
        return token == closing

    def scalar(self, kind: str, token: str) -> Any:
        if kind == "string":
            return _unescaped(token[1:-1])
        if kind == "word":
            return _WORDS[token]
        if kind == "number":
            return _number(token)
        raise NotJson(f"a value is missing at {self.at}")


def _number(token: str) -> float:
    """C's strtoll where the text is an integer for it, else strtod."""
    digits = token.lstrip("+-")
    negative = token.startswith("-")
    if digits.isdigit():
        whole = float("inf") if len(digits) > 400 else int(digits)
        return -min(whole, 2**63) if negative else min(whole, 2**63 - 1)
    lowered = digits.lower()
    if lowered.startswith("nan"):
        return math.nan
    if lowered.startswith("inf"):
        return -math.inf if negative else math.inf
    value = _hexadecimal(digits) if lowered.startswith("0x") else float(digits)
    return -value if negative else value


def _hexadecimal(digits: str) -> float:
    try:
        return float.fromhex(digits)
    except OverflowError:
        return math.inf


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    parts, at = [], 0
    while (start := text.find("\\", at)) >= 0:
        parts.append(text[at:start])
        match = _ESCAPE.match(text, start)
        assert match is not None
        at = match.end()
        code, short = match.groups()
        if code is None:
            if short not in _SHORT:
                raise NotJson("invalid escape code")
            parts.append(_SHORT[short])
            continue
        point = int(code, 16)
        if 0xD800 <= point < 0xDC00:
            low = _ESCAPE.match(text, at)
            second = int(low.group(1), 16) if low and low.group(1) else 0
            if low is None or not 0xDC00 <= second < 0xE000:
                raise NotJson("invalid unicode escape code")
            at = low.end()
            point = 0x10000 + ((point - 0xD800) << 10) + (second - 0xDC00)
        elif 0xDC00 <= point < 0xE000:
            raise NotJson("invalid unicode escape code")
        parts.append(chr(point))
    parts.append(text[at:])
    return "".join(parts)
