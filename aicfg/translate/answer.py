"""A provider's answer on its way back: what the whole one and the stream have in common.

Source: shared-filters/*.lua in kong/llm/plugin (3.10).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aicfg.translate import cjson
from aicfg.translate.config import Config, Model
from aicfg.translate.lua import NIL, truthy
from aicfg.translate.notes import unmeasured

Headers = Mapping[str, str | Iterable[str]]

CLEARS_COOKIES = frozenset({"openai", "azure", "mistral", "gemini", "bedrock"})
"""Providers whose Set-Cookie does not reach the client."""


class Answer:
    """What came from the provider. `headers` are those that the client gets, so far; their names may be in any case.

    `buffered`: the client did not ask for a stream, so Kong waits for the whole answer.
    """

    __slots__ = ("buffered", "config", "headers", "model", "notes", "status")

    def __init__(self, config: Config, status: int, headers: Headers | None, request: Any, default_type: str) -> None:
        self.config = config
        self.status = status
        self.headers = _flat({"Content-Type": default_type} if headers is None else headers)
        self.notes = list(unmeasured(config.gateway))
        request = _decoded(request)
        self.model = _model(config, request, self.notes)
        self.buffered = isinstance(request, Mapping) and not truthy(request.get("stream", False))

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    def set_header(self, name: str, value: str) -> None:
        self.clear_header(name)
        self.headers[name] = value

    def clear_header(self, name: str) -> None:
        for key in [key for key in self.headers if key.lower() == name.lower()]:
            del self.headers[key]

    @property
    def drivers_model(self) -> Model:
        """The model as the provider's driver sees it: older versions show it the config's, unresolved."""
        return self.model if self.config.behaviour.back.resolves_model else self.config.model

    def clear_cookies(self) -> None:
        if self.config.driver.provider in CLEARS_COOKIES:
            self.clear_header("Set-Cookie")

    def clear_headers(self) -> None:
        """What Kong takes out of an answer that it had a hand in, and the name of the model, which it puts in."""
        self.clear_header("Content-Length")
        if not self.config.behaviour.back.model_name_header:
            return
        if self.config.model_name_header and self.model.name is not NIL:
            self.set_header("X-Kong-LLM-Model", f"{self.config.model.provider}/{self.model.name}")

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def _model(config: Config, request: Any, notes: list[str]) -> Model:
    """The model that was called: the config's, or else the one that the client named."""
    if any(path[0] == "name" for path in config.templates):
        notes.append("the model's name is a template, which only a request can fill in")
    if config.model.name is not NIL:
        return config.model
    named = request.get("model") if isinstance(request, Mapping) else None
    if isinstance(named, str):
        return config.model._replace(name=named)
    notes.append("the config names no model, so the client's request decides it: give the request, too")
    return config.model


def _decoded(request: Any) -> Any:
    if not isinstance(request, bytes):
        return request
    try:
        return cjson.read(request)
    except (cjson.NotJson, cjson.TooDeep):
        return None


def _flat(headers: Headers) -> dict[str, str]:
    return {name: value if isinstance(value, str) else ", ".join(map(str, value)) for name, value in headers.items()}
