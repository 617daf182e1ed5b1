"""A saved curl command. It is taken apart, never run, and no file that it names is opened."""

from __future__ import annotations

import re
import shlex
from base64 import b64encode
from collections.abc import Iterator
from types import MappingProxyType
from typing import NoReturn
from urllib.parse import quote_plus

from aicfg.errors import UsageError
from aicfg.preview.request import ClientRequest, split_url
from aicfg.tuples import NamedTuple

SHORT = MappingProxyType(
    {
        "X": "request",
        "H": "header",
        "d": "data",
        "G": "get",
        "u": "user",
        "A": "user-agent",
        "b": "cookie",
        "e": "referer",
        "F": "form",
        "I": "head",
        "T": "upload-file",
    }
)
"""The short options that decide something about the request."""

TAKE_VALUE = frozenset("oOmwxyYzCcDEKPQrtU") - {"O"}
"""Other short options that take a value."""

VALUES = frozenset(
    (
        "request",
        "header",
        "data",
        "data-raw",
        "data-binary",
        "data-ascii",
        "data-urlencode",
        "json",
        "user",
        "user-agent",
        "cookie",
        "referer",
        "url",
        "form",
        "form-string",
        "upload-file",
        "output",
        "max-time",
        "connect-timeout",
        "write-out",
        "proxy",
        "retry",
        "retry-delay",
        "retry-max-time",
        "cacert",
        "cert",
        "key",
        "cookie-jar",
        "dump-header",
        "resolve",
        "connect-to",
        "config",
        "limit-rate",
        "interface",
        "max-redirs",
        "oauth2-bearer",
        "trace",
        "trace-ascii",
        "stderr",
        "variable",
        "aws-sigv4",
        "unix-socket",
    )
)
"""The long options that take a value; every other one is taken for a switch."""

DATA = ("data", "data-raw", "data-binary", "data-ascii", "data-urlencode", "json")
_ENDS = ("|", "||", "&&", "&", ";", ">", ">>", "2>&1", "2>/dev/null")
_FORM = "application/x-www-form-urlencoded"
_UNTOLD = (
    "curl sends -d as a form unless told otherwise, and Kong parses it as one: "
    "add -H 'Content-Type: application/json' to the command"
)


class Option(NamedTuple):
    """An option by its long name, or a URL (`url`)."""

    name: str
    value: str


def read_curl(content: bytes, file: str) -> ClientRequest:
    """The request that a command would send. Raises UsageError for what aicfg cannot tell without running it."""
    options = list(_options(_words(content, file), file))
    urls = [option.value for option in options if option.name == "url"]
    if len(urls) != 1:
        _refuse(f"the curl command names {f'{len(urls)} URLs' if urls else 'no URL'}", file)
    headers = [_header(option.value) for option in options if option.name == "header"]
    headers += [extra for option in options if (extra := _implied(option)) is not None]
    data = [_data(option, file) for option in options if option.name in DATA]
    path, query = split_url(urls[0] if "://" in urls[0] else f"http://{urls[0]}")
    names = {option.name for option in options}
    notes = []
    if data and "get" in names:
        query, data = "&".join(filter(None, [query, *data])), []
    if data and not any(name.lower() == "content-type" for name, _ in headers):
        as_json = "json" in names
        headers.append(("Content-Type", "application/json" if as_json else _FORM))
        notes += [] if as_json else [_UNTOLD]
    method = next((option.value for option in reversed(options) if option.name == "request"), None)
    method = method or ("POST" if data else "HEAD" if "head" in names else "GET")
    body = ("" if "json" in names else "&").join(data).encode("utf-8", "surrogateescape")
    return ClientRequest(body, method.upper(), path, query, tuple(headers), tuple(notes))


def _words(content: bytes, file: str) -> list[str]:
    """The command's words, up to where another command starts."""
    text = content.decode("utf-8", "surrogateescape")
    text = re.sub(r"\A\s*(?:#[^\n]*\n\s*)*(?:\$ +)?", "", text)
    try:
        words = shlex.split(re.sub(r"\\\r?\n", " ", text))
    except ValueError as error:
        _refuse(f"the curl command cannot be read: {str(error).lower()}", file, "check its quotes")
    end = next((index for index, word in enumerate(words) if word in _ENDS), len(words))
    return words[1:end]


def _options(words: list[str], file: str) -> Iterator[Option]:
    left = iter(words)
    for word in left:
        if word.startswith("--"):
            name, sign, value = word[2:].partition("=")
            if name in VALUES:
                yield Option(name, value if sign else _next(left, word, file))
            else:
                yield Option(name, "")
        elif word.startswith("-") and len(word) > 1:
            yield from _short(word, left, file)
        else:
            yield Option("url", word)


def _short(word: str, left: Iterator[str], file: str) -> Iterator[Option]:
    """Short options stand together (`-sS`), the last one with its value (`-XPOST`)."""
    for index, letter in enumerate(word[1:], 2):
        name = SHORT.get(letter, letter)
        if name in VALUES or letter in TAKE_VALUE:
            yield Option(name, word[index:] or _next(left, word, file))
            return
        yield Option(name, "")


def _next(left: Iterator[str], word: str, file: str) -> str:
    value = next(left, None)
    if value is None:
        _refuse(f"the curl command ends behind {word}", file)
    return value


def _header(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name.strip().rstrip(";"), value.strip()


def _implied(option: Option) -> tuple[str, str] | None:
    """The header that an option stands for."""
    if option.name == "user":
        return "Authorization", f"Basic {b64encode(option.value.encode('utf-8', 'surrogateescape')).decode()}"
    if option.name == "oauth2-bearer":
        return "Authorization", f"Bearer {option.value}"
    plain = {"user-agent": "User-Agent", "cookie": "Cookie", "referer": "Referer"}.get(option.name)
    return (plain, option.value) if plain else None


def _data(option: Option, file: str) -> str:
    name, value = option
    if name == "data-urlencode":
        key, sign, text = value.partition("=")
        if not sign and "@" in value:
            _refuse("aicfg does not open the file that the curl command sends", file)
        return (f"{key}={quote_plus(text)}" if key else quote_plus(text)) if sign else quote_plus(value)
    if value.startswith("@") and name != "data-raw":
        hint = "give the file with the body itself as --request, or write the body into the command"
        _refuse(f"aicfg does not open the file that the curl command sends ({value})", file, hint)
    return value


def _refuse(message: str, file: str, hint: str | None = None) -> NoReturn:
    raise UsageError(message, file=file, hint=hint or "a plain `curl URL -H … -d '{…}'` can be read")
