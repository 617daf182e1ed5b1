"""Hugging Face's inference API, as Kong speaks it: OpenAI's messages, with the parameters of text generation.

What differs from OpenAI: the sampling parameters stand in `parameters`, where max_tokens is max_length for a chat and
max_new_tokens for a prompt; the prompt is called inputs; `options` are the API's own switches, from the config.
Everything else in the body goes through.

Source: kong/llm/drivers/huggingface.lua (3.9 and 3.10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aicfg.translate.config import Model
from aicfg.translate.drivers import CHAT, COMPLETIONS
from aicfg.translate.events import Event, Session
from aicfg.translate.lua import (
    NIL,
    Fault,
    Table,
    array,
    dig,
    first,
    first_item,
    index,
    items,
    kind,
    table,
    text,
    truthy,
)
from aicfg.translate.refusal import Reason
from aicfg.translate.remarks import Remark, lost

if TYPE_CHECKING:
    from aicfg.translate.versions import Behaviour

MOVED = ("top_k", "top_p", "temperature")
SWITCHES = ("use_cache", "wait_for_model")


REMARKS: tuple[Remark, ...] = (
    lost("options.**", "the config decides the options"),
    lost("top_k", "the body's own parameters stand above it"),
    lost("top_p", "the body's own parameters stand above it"),
    lost("temperature", "the body's own parameters stand above it"),
    lost("max_tokens", "the body's own parameters have a max_tokens, so Kong drops this one"),
)


def chat(request: Table, model: Model, behaviour: Behaviour) -> Table:
    request["parameters"] = _parameters(request, behaviour)
    own = first(model.option("huggingface"), {})
    request["options"] = {name: first(index(own, name), False) for name in SWITCHES}
    request["model"] = first(model.name, request.get("model", NIL))
    return request


def completions(request: Table, model: Model, behaviour: Behaviour) -> Table:
    chat(request, model, behaviour)
    request["inputs"] = request.pop("prompt")
    return request


def _parameters(request: Table, behaviour: Behaviour) -> Any:
    """The client's own parameters stand above those that move there."""
    own = first(request.get("parameters", False), {})
    if kind(own) != "table":
        raise Fault(f"it sets a field of a {kind(own)}")
    parameters: Table = dict(own) if isinstance(own, dict) else {}  # what is set in a list is not encoded
    for name in MOVED:
        value = request.pop(name, NIL)
        if value is not NIL:
            parameters.setdefault(name, value)
    limit = request.pop("max_tokens", NIL)
    if "max_tokens" not in parameters:
        name = behaviour.chat_limit if truthy(request.get("messages", False)) else "max_new_tokens"
        parameters.pop(name, None)
        if limit is not NIL:
            parameters[name] = limit
    return parameters if isinstance(own, dict) else own


UNREADABLE = "Failed to decode response"


def chat_answer(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    """A generated text or the contents of choices, without roles, tool calls and finish reasons."""
    return _completion(answer, model, CHAT)


def completions_answer(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    return _completion(answer, model, COMPLETIONS)


def _completion(answer: Any, model: Model, route_type: str) -> Table:
    if not truthy(answer):
        raise Reason(UNREADABLE)
    error = first(index(answer, "error"), index(answer, "message"))
    if truthy(error):
        if kind(error) not in ("string", "number"):
            raise Fault("an error that is no text is appended to one")
        raise Reason(f"API error: {text(error)}")
    return table(
        {
            "model": model.name,
            "object": first(index(answer, "object"), route_type),
            "choices": array([_choice(content, place) for place, content in enumerate(_contents(answer))]),
            "usage": first(index(answer, "usage"), {}),
        }
    )


def _contents(answer: Any) -> list[Any]:
    if isinstance(answer, str):
        raise Fault("it sets a field of a text")
    generated = dig(first_item(answer), "generated_text")
    if truthy(generated):
        return [generated]
    choices = index(answer, "choices")
    if not truthy(choices):
        raise Reason("Invalid response format")
    return [first(dig(index(choice, "message"), "content"), "") for choice in items(choices)]


def _choice(content: Any, place: int) -> Table:
    return {"message": {"content": content}, "index": place, "finish_reason": "complete"}


def chat_event(event: Event, session: Session, behaviour: Behaviour) -> Table | None:
    """The text of each event. The end of the stream is no JSON, so it is lost."""
    if not event.data:
        return None
    data = event.decoded()
    choices = dig(data, "choices")
    content = dig(first_item(choices) if truthy(choices) else NIL, "delta", "content")
    delta = {"content": content if truthy(content) else "", "role": "assistant"}
    model = first(index(data, "model"), session.model.name)
    return table({"choices": [{"delta": delta, "index": 0}], "model": model, "object": "chat.completion.chunk"})


def completions_event(event: Event, session: Session, behaviour: Behaviour) -> Table | None:
    if not event.data:
        return None
    content = dig(event.decoded(), "token", "text")
    choice = {"text": content if truthy(content) else "", "index": 0}
    return table({"choices": [choice], "model": session.model.name, "object": "text_completion"})
