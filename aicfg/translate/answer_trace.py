"""What became of each field of a provider's answer, and of each event of its stream.

A stream can be long, so its events are told by name and fate: how many there were, and what became of their fields,
each fate once with the values of the first such event.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from aicfg.errors import UsageError
from aicfg.translate import cjson
from aicfg.translate.answer import Answer
from aicfg.translate.answer_remarks import ANSWERS, EVENTS, NOT_TAKEN, WRAPPED
from aicfg.translate.config import Config, Model
from aicfg.translate.events import DONE, Event, Session
from aicfg.translate.lua import NIL, Fault
from aicfg.translate.marks import Path, marked, plain
from aicfg.translate.refusal import Reason
from aicfg.translate.remarks import Kind, Remark, remark_on
from aicfg.translate.trace import Change, fields, followed
from aicfg.tuples import NamedTuple

MAX_NAMES = 100
"""So many kinds of event are told apart; there are a dozen, unless somebody makes them up."""

MAX_FATES = 1_000
"""So many fates of fields are kept of each kind."""

UNNAMED, OTHERS, EMPTY_CHUNK, END = "event", "other events", "empty chunk", "end of the stream"

_NAMES: tuple[Path, ...] = (("event_type",), ("headers", ":event-type"), ("headers", ":exception-type"), ("type",))
"""Where providers say what an event is, but for the line `event:`."""


class EventChange(NamedTuple):
    """The events of one name that share a fate, or something that only the client gets or misses.

    `kind`: kept (as they came), changed (translated), dropped, added. `event` is the provider's name for them, `times`
    how many there were; `gives` is what the client gets of each: "chunk", "[DONE]", "empty event", "" for nothing.
    `reason` says why, in words. `surprising` marks what people do not expect, of the whole or of one of the fields.
    `changes` are what became of their fields.
    """

    kind: Kind
    event: str
    times: int
    gives: str
    reason: str = ""
    surprising: bool = False
    changes: tuple[Change, ...] = ()


def trace_answer(answer: Any, config: Config, model: Model) -> tuple[Change, ...]:
    """What became of each field of a whole answer that was translated; `model` is what the driver sees."""
    make = config.answer
    assert make is not None
    made = make(marked(answer, "given"), _marked(model), config.behaviour)
    if made is None:
        return _all(answer, "kept")
    return followed(dict(fields(answer)), made, _explained(answer, ANSWERS.get(config.format_module, ())))


class EventTrace:
    """Looks at each event as it is translated, once more with marked values."""

    def __init__(self, answer: Answer) -> None:
        self._config = answer.config
        self._session = Session(_marked(answer.drivers_model))
        self._found: dict[tuple[str, str, str], tuple[EventChange, dict[Any, Change]]] = {}
        self._ended = False

    @property
    def changes(self) -> tuple[EventChange, ...]:
        """Those of the events until now, in the order in which their fates came up first."""
        return tuple(
            event._replace(
                changes=tuple(changes.values()),
                surprising=event.surprising or any(change.surprising for change in changes.values()),
            )
            for event, changes in self._found.values()
        )

    def saw(self, event: Event, sent: bytes | None, why: str = "") -> None:
        """An event, and what the client gets of it: None for nothing, and then `why` it gets nothing."""
        if sent is None and not event.data and not event.name:
            return  # an empty line more than there need be
        given = _given(event, self._config)
        self._ended = self._ended or sent == DONE
        kind: Kind = "dropped" if sent is None else "kept" if sent == event.data else "changed"
        if self._config.event is None:
            why = "Kong has no translation for these events"
        reason = "but for its name" if kind == "kept" and event.name else why
        changes = self._followed(event, given) if kind == "changed" else _all(given, kind, self._explained(given))
        self._add(EventChange(kind, _name(event, given), 1, _gives(sent), reason, bool(why)), changes)

    def repeated(self) -> None:
        """An empty chunk, which brings the events of the one before again."""
        self._add(EventChange("added", EMPTY_CHUNK, 1, "", "it brings the events before it again", True))

    def unreadable(self) -> None:
        """A stream of a Content-Type that Kong has no parser for."""
        self._ended = True
        self._add(EventChange("added", END, 1, "error", "Kong has no parser for this Content-Type", True))

    def end(self) -> None:
        """The provider has sent all. Clients wait for an end that may not have come."""
        if not self._ended:
            self._add(EventChange("dropped", END, 1, "", "the client gets no [DONE]", True))

    def _followed(self, event: Event, given: Any) -> tuple[Change, ...]:
        make = self._config.event
        assert make is not None
        made = make(_MarkedEvent(*event), self._session, self._config.behaviour)
        if self._session.id is not NIL:
            self._session.id = marked(plain(self._session.id), "earlier")
        if isinstance(made, bytes):
            return _all(given, "dropped", self._explained(given))
        return followed(dict(fields(given)), made, self._explained(given))

    def _explained(self, given: Any) -> Callable[[Change], Change]:
        return _explained(given, EVENTS.get(self._config.format_module, ()))

    def _add(self, event: EventChange, changes: tuple[Change, ...] = ()) -> None:
        key = (event.event, event.gives, event.reason)
        if key not in self._found and len(self._found) >= MAX_NAMES and event.event not in (EMPTY_CHUNK, END):
            event = event._replace(event=OTHERS, reason="")
            key = (OTHERS, event.gives, "")
        before, fates = self._found.get(key, (event._replace(times=0), {}))
        for change in changes:
            if len(fates) < MAX_FATES:
                fates.setdefault((change.kind, change.path, change.to, change.reason), change)
        self._found[key] = (before._replace(times=before.times + 1), fates)


class _MarkedEvent(Event):
    def decoded(self) -> Any:
        return marked(super().decoded(), "given")


def _marked(model: Model) -> Model:
    name = marked(model.name, "config", ("model", "name"))
    return model._replace(name=name, options=marked(model.options, "config", ("model", "options")))


def _given(event: Event, config: Config) -> Any:
    """The JSON of an event, that in its wrapping included; what is none is one text, and NIL is nothing."""
    if not event.data or event.data == DONE:
        return NIL
    try:
        value = event.decoded()
    except (Reason, Fault, UsageError):
        return event.data.decode("utf-8", "replace")
    for name in WRAPPED.get(config.format_module, ()):
        if isinstance(value, dict) and name in value:
            with suppress(cjson.NotJson, cjson.TooDeep):
                value[name] = cjson.opened(value[name])
    return value


def _gives(sent: bytes | None) -> str:
    if sent is None:
        return ""
    return "[DONE]" if sent == DONE else "chunk" if sent else "empty event"


def _name(event: Event, given: Any) -> str:
    """What the provider calls an event."""
    if event.data == DONE:
        return "[DONE]"
    if event.name:
        return event.name.decode("utf-8", "replace")[:100]
    for path in _NAMES:
        value = given
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, str) and value:
            return value[:100]
    return UNNAMED


def _all(given: Any, kind: Kind, explained: Callable[[Change], Change] | None = None) -> tuple[Change, ...]:
    """Every field kept, or every one dropped."""
    if given is NIL:
        return ()
    kept = kind == "kept"
    changes = (Change(kind, path, (path,) if kept else (), (value,) if kept else ()) for path, value in fields(given))
    return tuple(map(explained, changes)) if explained else tuple(changes)


def _explained(given: Any, remarks: Sequence[Remark]) -> Callable[[Change], Change]:
    """The format's own words for what becomes of a field on the way back."""

    def explained(change: Change) -> Change:
        assert change.path is not None
        remark = remark_on(remarks, change.kind, change.path, given)
        if remark is not None:
            return change._replace(reason=remark.says, surprising=remark.surprising)
        return change._replace(reason=NOT_TAKEN) if change.kind == "dropped" else change

    return explained
