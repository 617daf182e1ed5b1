"""What a client gets of the dry-run gateway: the translated request, or a recorded answer as Kong hands it on.

Nothing here calls anybody or waits for anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aicfg.catalog.versions import version_text
from aicfg.errors import AicfgError, UsageError
from aicfg.kong.entities import Entities
from aicfg.patterns import later
from aicfg.preview.answer import received
from aicfg.preview.formats.json import facts_of
from aicfg.preview.places import Place, places
from aicfg.preview.request import ClientRequest
from aicfg.preview.run import Preview, preview
from aicfg.serve.replies import NoReply, Replies, Reply, Wanted
from aicfg.serve.routing import NoRoute, route_of
from aicfg.serve.shown import traceable
from aicfg.translate import cohere, ollama
from aicfg.translate.refusal import TranslationError
from aicfg.translate.stream import ClientStream
from aicfg.translate.versions import behaviour
from aicfg.tuples import NamedTuple

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
KONG_JSON = "application/json; charset=utf-8"

BARE = frozenset((cohere.BOTH, ollama.BOTH, "Could not parse the Hugging Face model endponit"))
"""Refusals that a driver sends as bare text, not as JSON. Source: the drivers (3.10)."""

_NOT_PASSED_ON = frozenset(
    ("connection", "content-length", "keep-alive", "proxy-connection", "server", "transfer-encoding", "upgrade", "date")
)
_OWN = "x-aicfg-"
_GZIP = later(r"(?<![A-Za-z])gzip(?![A-Za-z])")


class Outcome(NamedTuple):
    """What a client gets: `body` in pieces for a stream, during which TranslationError may be raised.

    `about` is what became of the request, None where no route took it; `problem` what aicfg or Kong has against it, in
    lines; `reply` the recording that was used; `notes` what a reader should know of the answer. `zipped`: the body goes
    out gzipped.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes | Iterator[bytes]
    about: Preview | None = None
    problem: tuple[str, ...] = ()
    reply: Reply | None = None
    notes: tuple[str, ...] = ()
    zipped: bool = False


class Gateway:
    """Answers requests to the routes of a file, from a folder of replies or with the translated request."""

    def __init__(self, entities: Entities, replies: Replies | None = None) -> None:
        self.entities = entities
        self.places = places(entities)
        self.replies = replies
        if not self.places:
            raise UsageError("there is no route with ai-proxy or ai-proxy-advanced here", hint="see: aicfg lint")

    def answer(self, request: ClientRequest, host: str) -> Outcome:
        """What the client gets. Raises nothing that a request or a recording can cause."""
        asked = {name.lower(): value for name, value in request.headers if name.lower().startswith(_OWN)}
        plain = request._replace(headers=tuple(each for each in request.headers if each[0].lower() not in asked))
        headers = {name.lower(): value for name, value in reversed(plain.headers)}
        try:
            place = route_of(self.places, plain.method or "POST", plain.path or "/", host, headers)
        except NoRoute as error:
            return _own(404, error)
        try:
            about = preview(place, _target(asked), self.entities.gateway, plain)
        except AicfgError as error:
            return _own(501, error)
        return self._reply(place, about, plain, asked.get("x-aicfg-reply"))

    def _reply(self, place: Place, about: Preview, request: ClientRequest, name: str | None) -> Outcome:
        if about.refusal is not None:
            return _refused(about, about.refusal)
        if self.replies is None:
            return _translated(about)
        wanted = Wanted(place.name, about.target, len(place.configs), asks_for_stream(about), name)
        try:
            reply = self.replies.find(wanted)
        except NoReply as error:
            return _own(404, error)._replace(about=about)
        return _recorded(about, reply, request, wanted.streamed)


def asks_for_stream(about: Preview) -> bool:
    """Whether Kong asks the provider for a stream, as the translation has decided."""
    return about.upstream is not None and about.upstream.streaming


def _translated(about: Preview) -> Outcome:
    facts = facts_of(about, traced=traceable(about))
    return Outcome(200, {"Content-Type": JSON, **_about(about)}, _json(facts), about)


def _recorded(about: Preview, reply: Reply, request: ClientRequest, streamed: bool) -> Outcome:
    show = about.hidden.restored
    try:
        got = received(_resolved(about), reply.recording, streamed=streamed, request=request.body)
    except TranslationError as error:
        lines = ("Kong's own code fails over this answer, and the client gets none.", error.hint or "")
        return _own(502, AicfgError(lines[0], hint=error.hint))._replace(about=about, problem=lines, reply=reply)
    except UsageError as error:
        return _own(501, error)._replace(about=about, reply=reply)
    headers = {name: show(value) for name, value in got.headers.items() if _passed_on(name)}
    pieces = (_restored(about, piece) for piece in got) if isinstance(got, ClientStream) else _restored(about, got.body)
    notes = tuple(show(note) for note in got.notes)
    zipped = not streamed and reply.recording.status == 200 and _zips(about, request)
    if zipped:
        headers["Content-Encoding"] = "gzip"
    return Outcome(got.status, {**headers, **_about(about)}, pieces, about, (), reply, notes, zipped)


def _zips(about: Preview, request: ClientRequest) -> bool:
    """Whether Kong gzips a whole answer: where Accept-Encoding has the word, and be it to refuse it.

    Source: shared-filters/parse-request.lua and base.lua in kong/llm/plugin (3.10).
    """
    zips = behaviour(version_text(about.gateway.version)).back.zips
    return zips and _GZIP.search(request.header("Accept-Encoding") or "") is not None


def _resolved(about: Preview) -> Preview:
    """The preview with the model's name that the request has filled in, which an answer is not told."""
    model = about.config.get("model")
    if not isinstance(model, Mapping) or "$(" not in str(model.get("name")) or about.gateway.version[:2] < (3, 10):
        return about
    assert about.upstream is not None
    return about._replace(config={**about.config, "model": {**model, "name": about.upstream.model}})


def _passed_on(name: str) -> bool:
    """Whether a recorded header reaches the client. No recording opens the gateway to other pages."""
    return name.lower() not in _NOT_PASSED_ON and not name.lower().startswith("access-control-")


def _restored(about: Preview, body: bytes) -> bytes:
    if not about.hidden.refs:
        return body
    return about.hidden.restored(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _refused(about: Preview, error: TranslationError) -> Outcome:
    """What Kong says, in the form in which it says it."""
    from aicfg.preview.words import refusal_lines

    show = about.hidden.restored
    lines = tuple(refusal_lines(about))
    if error.message in BARE:
        return Outcome(error.status, {"Content-Type": TEXT}, error.message.encode(), about, lines)
    said: Any = {"message": error.message, "request_id": "aicfg"}
    if not error.crash:
        said = {"error": {"message": show(error.message)}}
    headers = {"Content-Type": KONG_JSON, "X-Aicfg-Route": _header(about.route)}
    return Outcome(error.status, headers, _json(said), about, lines)


def _own(status: int, error: AicfgError) -> Outcome:
    """An error of aicfg's, in the shape that OpenAI's clients read. They need not try again."""
    lines = tuple(filter(None, (error.message, error.hint)))
    said = {"error": {"message": f"aicfg: {'; '.join(lines)}", "type": "aicfg", "param": None, "code": None}}
    return Outcome(status, {"Content-Type": JSON, "X-Should-Retry": "false"}, _json(said), None, lines)


def _about(about: Preview) -> dict[str, str]:
    assert about.upstream is not None
    url = about.hidden.shown(about.url)
    return {
        "X-Aicfg-Route": _header(about.route),
        "X-Aicfg-Upstream": _header(f"{about.upstream.method} {url}"),
    }


def _header(text: str) -> str:
    """A text as it may stand in a header: of letters beyond ASCII, and of control characters, `?`."""
    return "".join(sign if " " <= sign <= "~" else "?" for sign in text)[:2_000]


def _target(asked: Mapping[str, str]) -> int:
    given = asked.get("x-aicfg-target", "1")
    if not given.isascii() or not given.isdigit() or len(given) > 6:
        raise UsageError("X-Aicfg-Target is the number of a target, from 1")
    return int(given)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace")


def offered(candidates: Sequence[Place]) -> list[dict[str, Any]]:
    """The routes as the page lists them."""
    found = []
    for place in candidates:
        models = [config.get("model") for config in place.configs]
        named = [model for model in models if isinstance(model, Mapping)]
        methods = place.fields.get("methods")
        found.append(
            {
                "name": place.name,
                "methods": list(methods) if isinstance(methods, list | tuple) else [],
                "paths": list(place.paths),
                "targets": [f"{model.get('provider')} {model.get('name') or ''}".strip() for model in named],
                "type": str(place.configs[0].get("route_type", "")) if place.configs else "",
            }
        )
    return found
