"""For programs: the same facts as the text. One object, or a list where several targets were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from aicfg.preview.paint import Paint
from aicfg.preview.run import Preview
from aicfg.preview.words import dotted, pretty
from aicfg.translate.refusal import TranslationError
from aicfg.translate.trace import Change

if TYPE_CHECKING:
    from aicfg.translate.answer_trace import EventChange

Show = Callable[..., Any]
"""Makes of a value, and of the key that it stands under, what a person may see."""


def write(previews: Sequence[Preview], paint: Paint) -> str:
    facts = [facts_of(preview) for preview in previews]
    return pretty(facts[0] if len(facts) == 1 else facts) + "\n"


def facts_of(preview: Preview, *, traced: bool = True) -> dict[str, Any]:
    """A preview as JSON, secrets masked, with its trace or without."""
    show = preview.hidden.shown_value
    facts: dict[str, Any] = {
        "route": preview.route,
        "target": preview.target,
        "provider": preview.provider,
        "model": show(preview.model),
        "route_type": preview.route_type,
        "gateway": str(preview.gateway),
        "request": None,
        "trace": [],
        "refusal": None,
        "notes": show(preview.notes),
    }
    if preview.untold is not None:
        facts["notes"] = [show(preview.untold), *facts["notes"]]
    if preview.refusal is not None:
        facts["refusal"] = refusal_facts(preview.refusal, show)
    upstream = preview.upstream
    if upstream is None:
        return facts
    facts["request"] = {
        "method": upstream.method,
        "url": show(preview.url),
        "headers": show(preview.headers),
        "body": show(preview.body),
        "passthrough": upstream.passthrough,
        "signing": show(upstream.signing) if upstream.signing else None,
    }
    facts["trace"] = trace_facts(upstream.trace, show) if traced else []
    return facts


def refusal_facts(error: TranslationError, show: Show) -> dict[str, Any]:
    """Why Kong gives no request or no answer."""
    return {
        "status": error.status,
        "message": show(error.message),
        "crash": error.crash,
        "why": show(error.hint) if error.hint else None,
    }


def event_facts(events: Sequence[EventChange], show: Show) -> list[dict[str, Any]]:
    """What became of the events of a stream."""
    return [
        {
            "kind": event.kind,
            "event": show(event.event),
            "times": event.times,
            "gives": event.gives or None,
            "reason": show(event.reason),
            "surprising": event.surprising,
            "fields": trace_facts(event.changes, show),
        }
        for event in events
    ]


def trace_facts(trace: Sequence[Change], show: Show) -> list[dict[str, Any]]:
    """What became of each field."""
    return [
        {
            "kind": change.kind,
            "path": None if change.path is None else show(dotted(change.path)),
            "to": [show(dotted(path)) for path in change.to],
            "values": [show(value, *place[-1:]) for value, place in zip(change.values, change.to, strict=True)],
            "reason": show(change.reason),
            "source": f"config.{change.source}" if change.source else None,
            "surprising": change.surprising,
        }
        for change in trace
    ]
