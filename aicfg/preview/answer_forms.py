"""The forms that an answer is printed in: those of a request, but for the curl command, and the same diff."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from aicfg.errors import UsageError
from aicfg.lint.reporters.text import printable
from aicfg.preview.answer import OF_STREAM, AnswerPreview, recorded_text
from aicfg.preview.changes import told
from aicfg.preview.diff import compared
from aicfg.preview.formats.json import event_facts, refusal_facts, trace_facts
from aicfg.preview.formats.text import LONG, event_lines, heading, trace_lines
from aicfg.preview.paint import Paint
from aicfg.preview.words import pretty


def written(answers: Sequence[AnswerPreview], form: str, paint: Paint, *, usage: bool) -> str:
    """The answers of some targets in one form. Raises UsageError for a form that an answer does not have."""
    if form not in _FORMS:
        raise UsageError(f"an answer has no form {form}", hint=f"use {', '.join(_FORMS)}")
    return _FORMS[form](answers, paint, usage)


def diff(answers: Sequence[AnswerPreview], paint: Paint, width: int | None, *, usage: bool) -> str:
    """What the provider said against what the client gets, or what two clients get against each other."""
    if len(answers) == 2:
        one, other = answers
        text = compared(one.about.title, _lines(one), other.about.title, _lines(other), paint, width)
    else:
        (one,) = answers
        text = compared("provider", _recorded_lines(one), "client", _body_lines(one), paint, width)
    ends = [line for answer in answers for line in _ends(answer, paint, usage)]
    return text + "".join(f"{line}\n" for line in ends)


def _text(answers: Sequence[AnswerPreview], paint: Paint, usage: bool) -> str:
    return "\n".join("\n".join(_block(answer, paint, usage)) + "\n" for answer in answers)


def _block(answer: AnswerPreview, paint: Paint, usage: bool) -> Iterator[str]:
    yield paint("head", f"{heading(answer.about)}: {'stream' if answer.streamed else 'answer'}")
    yield ""
    if answer.status:
        first, *rest = _lines(answer)
        yield paint("bold", first)
        yield from rest
    recorded = _json(answer.recorded.body)
    yield from trace_lines(list(told(answer.trace, answer.about.hidden, recorded)), "provider's fields", paint)
    yield from event_lines(answer.events, answer.about.hidden, paint)
    yield from _ends(answer, paint, usage)


def _ends(answer: AnswerPreview, paint: Paint, usage: bool) -> Iterator[str]:
    """A failure, the tokens and the notes, after an empty line."""
    lines = [paint("error", line) for line in _refusal_lines(answer)]
    lines += list(_usage_lines(answer)) if usage else []
    lines += [f"{paint('note', 'note')}: {printable(answer.about.hidden.shown(note))}" for note in answer.notes]
    if lines:
        yield ""
        yield from lines


def _refusal_lines(answer: AnswerPreview) -> Iterator[str]:
    if answer.refusal is None:
        return
    got = "and the client's stream ends there" if answer.status else "and the client gets no answer"
    yield f"Kong's own code fails over this answer, {got}."
    if answer.refusal.hint:
        yield f"  = why: {printable(answer.about.hidden.shown(answer.refusal.hint))}"


def _usage_lines(answer: AnswerPreview) -> Iterator[str]:
    used = answer.usage
    if used is None:
        yield "tokens: the answer names none that Kong could read; where it counts words instead, aicfg does not"
        return
    parts = (("prompt", used.prompt_tokens), ("completion", used.completion_tokens), ("in all", used.total_tokens))
    named = [f"{_plain(count)} {name}" for name, count in parts if count is not None]
    yield f"tokens: {', '.join(named) or 'none named'}"
    if used.cost is not None:
        yield f"cost: {_plain(used.cost)}, by input_cost and output_cost of the config, for a million tokens each"
    elif answer.streamed:
        yield f"cost: {OF_STREAM}"
    elif not answer.priced:
        yield "cost: none, for the config has no input_cost and output_cost"
    else:
        yield "cost: none, for the answer does not name both numbers of tokens"


def _plain(number: float) -> str:
    """A number without an exponent."""
    return f"{Decimal(repr(number)):f}"


def _lines(answer: AnswerPreview) -> list[str]:
    """Status, headers and body."""
    if not answer.status:
        return []
    show = answer.about.hidden.shown
    head = [f"{answer.status}", *(f"{name}: {_header(name, show(value))}" for name, value in answer.headers.items())]
    body = _body_lines(answer)
    return [printable(line) for line in head] + (["", *body] if body else [])


def _header(name: str, value: str) -> str:
    return "***" if name.lower() == "set-cookie" else value


def _body_lines(answer: AnswerPreview) -> list[str]:
    return _shown(answer, answer.body.decode("utf-8", "replace"))


def _recorded_lines(answer: AnswerPreview) -> list[str]:
    return _shown(answer, recorded_text(answer.recorded, answer.streamed))


def _shown(answer: AnswerPreview, text: str) -> list[str]:
    """A body in lines: JSON taken apart; a stream, and what is no JSON, as it is."""
    value = text if answer.streamed else _json(text)
    return pretty(answer.about.hidden.shown_value(value), limit=LONG).rstrip("\n").split("\n") if text else []


def _http(answers: Sequence[AnswerPreview], paint: Paint, usage: bool) -> str:
    return "\n".join("\n".join(_message(answer, usage)) + "\n" for answer in answers)


def _message(answer: AnswerPreview, usage: bool) -> Iterator[str]:
    for line in _ends(answer, Paint(False), usage):
        if line:
            yield f"# {line}"
    if answer.status:
        first, *rest = _lines_in_full(answer)
        yield f"HTTP/1.1 {first}"
        yield from rest


def _lines_in_full(answer: AnswerPreview) -> list[str]:
    head = _lines(answer._replace(body=b""))
    shown = answer.about.hidden.shown_value(answer.body.decode("utf-8", "replace"))
    return [*head, "", pretty(shown)] if answer.body else [*head, ""]


def _json_form(answers: Sequence[AnswerPreview], paint: Paint, usage: bool) -> str:
    facts = [facts_of(answer) for answer in answers]
    return pretty(facts[0] if len(facts) == 1 else facts) + "\n"


def facts_of(answer: AnswerPreview) -> dict[str, Any]:
    """An answer as JSON, secrets masked."""
    show = answer.about.hidden.shown_value
    text = answer.body.decode("utf-8", "replace")
    got: dict[str, Any] = {
        "status": answer.status,
        "headers": {name: _header(name, show(value)) for name, value in answer.headers.items()},
    }
    if answer.streamed:
        got |= {"events": [show(_json(part.strip())) for part in text.split("data: ")[1:]], "text": show(text)}
    else:
        got["body"] = show(_json(text))
    return {
        "route": answer.about.route,
        "target": answer.about.target,
        "provider": answer.about.provider,
        "model": show(answer.about.model),
        "route_type": answer.about.route_type,
        "gateway": str(answer.about.gateway),
        "answer": got if answer.status else None,
        "trace": event_facts(answer.events, show) if answer.streamed else trace_facts(answer.trace, show),
        "usage": answer.usage._asdict() if answer.usage else None,
        "refusal": refusal_facts(answer.refusal, show) if answer.refusal else None,
        "notes": show(answer.notes),
    }


def _json(text: str | bytes) -> Any:
    """The JSON in a text, or the text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


_FORMS: dict[str, Callable[[Sequence[AnswerPreview], Paint, bool], str]] = {
    "text": _text,
    "json": _json_form,
    "http": _http,
}
