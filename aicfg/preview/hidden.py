"""Takes secrets and unresolved references out of what is translated, and puts something else in their place.

Before the translation, each becomes a mark of letters and digits that nothing changes on the way: not the escaping of
URLs, not JSON. Whoever prints the result puts there what fits: `<NAME>`, `***`, or `$NAME` for a shell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus

from aicfg.kong.references import DeployText, EnvText, EnvVar, is_vault_reference
from aicfg.lint.masking import mask_text
from aicfg.lint.secrets import names_secret
from aicfg.preview.request import ClientRequest
from aicfg.tuples import NamedTuple

_DECK = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_DECK_NAME = re.compile(r"""env\s+["'`](\w+)["'`]""")
_SCHEME = re.compile(r"(?:Bearer|Basic)\s+", re.IGNORECASE)
_IN_HEADERS = ("cookie", "set-cookie", "proxy-authorization", "x-amz-security-token")

MASKED = "***"

STAND_IN = 65_432
"""The port that is called where only the gateway's environment knows it."""


class Ref(NamedTuple):
    """What a mark stands for: the environment variable that a command could take it from, and how it is shown."""

    variable: str
    shown: str


class Hidden:
    """The marks of one translation. `avoid` are texts that must not hold what looks like a mark."""

    def __init__(self, *avoid: str) -> None:
        self.refs: list[Ref] = []
        number = 0
        while any(f"AICFGx{number}x" in text for text in avoid):
            number += 1
        self.port: str | None = None
        self._stem = f"AICFGx{number}x"
        self._pattern = re.compile(rf"{self._stem}(\d+)x")

    def add(self, variable: str, shown: str) -> str:
        """A mark for something. The same thing has the same mark."""
        ref = Ref(re.sub(r"\W", "_", variable), shown)
        if ref not in self.refs:
            self.refs.append(ref)
        return f"{self._stem}{self.refs.index(ref)}x"

    def config(self, value: Any, provider: str, key: str | None = None, secret: bool = False) -> Any:
        """A config with marks in the place of its secrets and references."""
        secret = secret or names_secret(key)
        if isinstance(value, Mapping):
            inherited = secret and key != "auth"
            return {name: self.config(item, provider, name, inherited) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.config(item, provider, key, secret) for item in value]
        return self._text(value, provider, secret) if isinstance(value, str) else value

    def with_port(self, url: str) -> str:
        """An upstream URL whose port is a number: STAND_IN for a mark, which `port` keeps."""
        found = re.match(rf"[^/]*//[^/]*:({self._pattern.pattern})(?=[/?#]|\Z)", url)
        if found is None:
            return url
        self.port = found[1]
        return f"{url[: found.start(1)]}{STAND_IN}{url[found.end(1) :]}"

    def request(self, request: ClientRequest) -> ClientRequest:
        """A client's request with marks in the place of the credentials in its headers and its query."""
        headers = []
        for name, value in request.headers:
            if names_secret(name) or name.lower() in _IN_HEADERS:
                value = self._literal(value, f"CLIENT_{name.upper()}")
            headers.append((name, value))
        return request._replace(headers=tuple(headers), query=self.query(request.query))

    def parts(self, text: str) -> Iterator[str | Ref]:
        """The pieces of a text that holds marks, in order; secrets of known forms in the rest are masked."""
        for index, piece in enumerate(self._pattern.split(text)):
            if index % 2:
                number = int(piece)
                yield self.refs[number] if number < len(self.refs) else MASKED
            elif piece:
                yield mask_text(piece)

    def shown(self, text: str) -> str:
        """A text as a person may see it."""
        return "".join(part if isinstance(part, str) else part.shown for part in self.parts(text))

    def restored(self, text: str) -> str:
        """A text as it would be where all references are resolved: the marks only, with nothing masked."""
        if not self.refs:
            return text
        known = {str(number): ref.shown for number, ref in enumerate(self.refs)}
        return self._pattern.sub(lambda mark: known.get(mark[1], mark[0]), text)

    def shown_value(self, value: Any, key: object = None) -> Any:
        """JSON as a person may see it, its keys too. `key` is what it stands under, and may say that it is secret."""
        if isinstance(value, str):
            secret = value and names_secret(key) and not self._pattern.search(value)
            return MASKED if secret else self.shown(value)
        if isinstance(value, Mapping):
            return {self.shown(str(name)): self.shown_value(item, name) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.shown_value(item, key) for item in value]
        return value

    def query(self, query: str) -> str:
        """A raw query, or a form, with marks in the place of what its names say to be secret."""
        parts = []
        for part in query.split("&"):
            name, _, value = part.partition("=")
            plain = unquote_plus(name)
            if value and names_secret(plain):
                part = f"{name}={self.add(f'CLIENT_{plain.upper()}', MASKED)}"
            parts.append(part)
        return "&".join(parts)

    def _text(self, text: str, provider: str, secret: bool) -> str:
        own = f"{provider.upper()}_API_KEY"
        if is_vault_reference(text):
            last = text.removesuffix("}").rpartition("/")[2]
            return self.add(last.replace("-", "_").upper() or own, text)
        if isinstance(text, EnvText):
            pieces = [
                self.add(part.name, f"<{part.name}>") if isinstance(part, EnvVar) else self._piece(part, own, secret)
                for part in text.parts
            ]
            return "".join(pieces)
        if isinstance(text, DeployText):
            return self._deck(text, own, secret)
        return self._piece(text, own, secret)

    def _deck(self, text: str, own: str, secret: bool) -> str:
        pieces, at = "", 0
        for found in _DECK.finditer(text):
            pieces += self._piece(text[at : found.start()], own, secret)
            name = _DECK_NAME.search(found.group())
            pieces += self.add(name[1], f"<{name[1]}>") if name else self.add(own, "<...>")
            at = found.end()
        return pieces + self._piece(text[at:], own, secret) if at else self.add(own, MASKED)

    def _piece(self, text: str, variable: str, secret: bool) -> str:
        return self._literal(text, variable) if secret else text

    def _literal(self, text: str, variable: str) -> str:
        """A secret in plain text: what stays is its scheme (`Bearer `)."""
        scheme = _SCHEME.match(text)
        head = scheme.group() if scheme else ""
        return head + (self.add(variable, MASKED) if text[len(head) :].strip() else text[len(head) :])
