"""A provider's whole answer: what the client gets.

Only status 200 is translated. First Kong looks for the tokens in the body, then the wire format's own code makes
OpenAI's answer of it; where that gives a reason or fails, the client gets a 500 that says so.

Source: shared-filters/parse-json-response.lua, normalize-json-response.lua and from_format in kong/llm/drivers/*.lua
(3.10).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aicfg.errors import UsageError
from aicfg.translate import cjson
from aicfg.translate.answer import Answer
from aicfg.translate.config import Config
from aicfg.translate.lua import NIL, Fault
from aicfg.translate.refusal import Reason, crash
from aicfg.translate.usage import Usage, usage

if TYPE_CHECKING:
    from aicfg.translate.trace import Change

FAILED = "transformation failed from type {provider}://{route_type}{format}: {reason}"

LUA_FILE = "/usr/local/share/lua/5.1/kong/llm/drivers/{file}.lua:{line}: {said}"


class ClientResponse:
    """What the client gets: `status`, `headers`, `body` (bytes), and `notes`, what a reader should know besides."""

    __slots__ = ("_answer", "_received", "body", "headers", "notes", "status")

    def __init__(self, answer: Answer, body: bytes, received: Any = NIL) -> None:
        self._answer = answer
        self._received = received
        self.status = answer.status
        self.headers = answer.headers
        self.body = body
        self.notes = tuple(answer.notes)

    @property
    def trace(self) -> tuple[Change, ...]:
        """What became of each field of the provider's answer, found out when it is asked for; nothing for an answer
        that Kong did not translate, or that it fails over."""
        from aicfg.translate.answer_trace import trace_answer

        if self._received is NIL:
            return ()
        return trace_answer(self._received, self._answer.config, self._answer.drivers_model)

    @property
    def usage(self) -> Usage | None:
        """The tokens that the answer names and what they cost; None where it names none."""
        return usage(self.body, self._answer.config) if self.status == 200 else None

    def __repr__(self) -> str:
        return f"<ClientResponse {self.status}, {len(self.body)} bytes>"


def respond(answer: Answer, body: bytes) -> ClientResponse:
    """Raises TranslationError where Kong's code fails and the client gets no answer at all."""
    back = answer.config.behaviour.back
    if answer.status == 200 or back.always_clears_cookies:
        answer.clear_cookies()
    if answer.status != 200:
        return ClientResponse(answer, body)
    config = answer.config
    inflated = _inflated(body) if answer.header("Content-Encoding") == "gzip" else body
    answer.clear_header("Content-Encoding")
    decoded = NIL if inflated is None else _decoded(inflated, config)
    _counted(back.count_received, decoded, config)
    answer.clear_headers()
    try:
        if inflated is None:
            raise _Untranslated("no response body found when transforming response")
        body, sent = (inflated, decoded) if config.passthrough else translated(answer, decoded, inflated)
    except _Untranslated as error:
        return _failed(answer, str(error))
    except Reason as error:
        return _failed(answer, _failure(config, str(error)))
    except Fault as error:
        answer.note(f"Kong's own code fails: {error}")
        return _failed(answer, _failure(config, _said(error, config)))
    _counted(back.count_sent, sent, config)
    return ClientResponse(answer, body, NIL if config.passthrough else decoded)


class _Untranslated(Exception):
    """Kong does not get as far as the driver's code."""


def translated(answer: Answer, decoded: Any, body: bytes) -> tuple[bytes, Any]:
    """OpenAI's answer, made by the wire format, and its JSON. `decoded` is NIL for a body that is no JSON."""
    config = answer.config
    if config.answer is None:
        where = f"{config.driver.provider}://{config.route_type}"
        raise _Untranslated(f"no transformer available from format {where}")
    if decoded is NIL:
        unreadable = config.behaviour.back.unreadable.get(config.format_module, config.format.UNREADABLE)
        raise Reason(unreadable.format(route_type=config.route_type))
    made = config.answer(decoded, answer.drivers_model, config.behaviour)
    if made is None:
        return body, decoded
    try:
        return cjson.write(made), made
    except cjson.NotWritable:
        raise Reason("Cannot serialise number: must not be NaN or Infinity") from None


def _decoded(body: bytes, config: Config) -> Any:
    """The body's JSON, NIL where it is none."""
    try:
        return cjson.read(body, arrays=False)
    except cjson.TooDeep as error:
        raise UsageError(f"the answer is too deep: {error}", hint="Kong itself takes up to 1000 levels") from None
    except cjson.NotJson:
        if config.llm_format != "openai":
            crash(f"reading the answer, which is no JSON, as one in {config.llm_format}'s own format")
        return NIL


def _counted(count: Callable[[Any, Config], None], decoded: Any, config: Config) -> None:
    if decoded is NIL:
        return
    try:
        count(decoded, config)
    except Fault as error:
        crash(f"counting the tokens of the answer, {error}")


def _failed(answer: Answer, message: str) -> ClientResponse:
    answer.status = 500
    return ClientResponse(answer, cjson.write({"error": {"message": message}}))


def _failure(config: Config, reason: str) -> str:
    """Mistral's driver fills its format's name in, and has none."""
    nameless = config.driver.provider == "mistral" and config.format_name == "ollama"
    return FAILED.format(
        provider=config.driver.provider, route_type=config.route_type, format="/nil" if nameless else "", reason=reason
    )


def _said(fault: Fault, config: Config) -> str:
    """What a client reads of a failure in a driver: the place in Kong's code and what Lua says there.

    Only some of these texts were measured. In the others, the line is 0 and the words are ours.
    """
    back = config.behaviour.back
    if back.silent is None or (config.driver.provider, config.format_name) in back.silent:
        return "unexpected_error"
    file = {"ollama": "shared", "llama2_raw": "llama2"}.get(config.format_module, config.format_module)
    return LUA_FILE.format(file=file, line=back.lines.get(fault.place, 0), said=fault.said or str(fault))


def _inflated(body: bytes) -> bytes | None:
    try:
        return zlib.decompress(body, wbits=zlib.MAX_WBITS | 16)
    except zlib.error:
        return None
