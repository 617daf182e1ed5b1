"""Cohere's formats: Chat (v1) and Generate.

What differs from OpenAI: the last message is `message`, the ones before are `chat_history`, with the roles CHATBOT and
USER; top_p and top_k are called p and k. Everything else in the body goes through. With `tools` in it, Kong sends the
whole body as OpenAI would, to the same path.

Source: kong/llm/drivers/cohere.lua (3.8 to 3.10).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aicfg.translate import openai
from aicfg.translate.config import Model
from aicfg.translate.events import DONE, Event, Session
from aicfg.translate.lua import NIL, Fault, Table, array, dig, first, index, items, kind, length, plus, table, truthy
from aicfg.translate.marks import derived
from aicfg.translate.refusal import Reason, refuse
from aicfg.translate.remarks import Remark, altered, lost, sent
from aicfg.translate.streaming import asked

if TYPE_CHECKING:
    from aicfg.translate.versions import Behaviour

RENAMED = (("top_p", "p"), ("top_k", "k"))

BOTH = "cannot run a 'prompt' and a history of 'messages' at the same time - refer to schema"


def _is_neither(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") not in ("user", "assistant")


REMARKS: tuple[Remark, ...] = (
    lost("messages.*.tool_calls.**", "a history has no tool calls here"),
    lost("messages.*.role", "the last message is the user's", surprising=False),
    sent("messages.*.content.*.image_url.**", "Kong does not convert images"),
    altered("messages.*.role", "a history has system prompts and tool results as turns of the user", when=_is_neither),
    lost("top_k", "with tools in the body, Kong sends it as OpenAI would, and that is without top_k"),
)


def chat(request: Table, model: Model, behaviour: Behaviour) -> Table:
    if truthy(request.get("tools", False)):
        return openai.chat(request, model, behaviour)
    return chat_without_tools(request, model, behaviour)


completions = chat


def chat_without_tools(request: Table, model: Model, behaviour: Behaviour) -> Table:
    """All that 3.8 and 3.7 do."""
    for old, new in RENAMED:
        request.pop(new, None)
        if old in request:
            request[new] = request.pop(old)
    request["model"] = model.name
    request["stream"] = asked(request)
    if truthy(request.get("messages", False)):
        if truthy(request.get("prompt", False)):
            refuse(BOTH)
        _split(request)
    elif truthy(request.get("prompt", False)):
        request.pop("messages", None)
        request.pop("message", None)
    return request


def _split(request: Table) -> None:
    """Part the last message from its history."""
    messages = request.pop("messages")
    if length(messages) > 1:
        request["chat_history"] = [_turn(message) for message in items(messages)[:-1]]
    last = items(messages)[-1] if length(messages) else NIL
    request.pop("message", None)
    request |= table({"message": index(last, "content")})


def _turn(message: Any) -> Table:
    role = index(message, "role")
    name = "CHATBOT" if role in ("assistant", "CHATBOT") else "USER"
    return table({"role": derived(name, "roles have other names here", role), "message": index(message, "content")})


UNREADABLE = "failed to decode cohere response"


def chat_answer(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    """Three shapes of answer: Generate's, Chat's of v1, and Chat's of v2, whose finish reason stays as it is."""
    if _is_generate(answer):
        return _generated(answer, model, dig(index(answer, "meta"), "billed_units"))
    if truthy(text := index(answer, "text")):
        return _said(answer, text, model, _billed(dig(index(answer, "meta"), "billed_units")))
    message = index(answer, "message")
    if not truthy(message):
        raise Reason("'text' or 'generations' missing from cohere response body")
    said = {
        "role": "assistant",
        "content": first(index(message, "tool_plan"), index(message, "content")),
        "tool_calls": index(message, "tool_calls"),
    }
    choice = {"index": 0, "message": table(said), "finish_reason": index(answer, "finish_reason")}
    usage = _billed(dig(index(answer, "usage"), "billed_units"))
    return _completion([table(choice)], "chat.completion", index(answer, "id"), model, usage)


def chat_answer_of_v1(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    """3.8 and 3.7: without the shape of v2."""
    if not _is_generate(answer) and not truthy(index(answer, "text")):
        raise Reason("'text' or 'generations' missing from cohere response body")
    return chat_answer(answer, model, behaviour)


def completions_answer(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    """As for chat, but for v2, which is none here, and for where the tokens are counted."""
    if _is_generate(answer):
        meta = index(answer, "meta")
        return _generated(answer, model, _units(meta) if truthy(meta) else meta)
    text = index(answer, "text")
    if not truthy(text):
        raise Reason("'text' or 'generations' missing from cohere response body")
    count = index(answer, "token_count")
    usage = {
        "completion_tokens": dig(count, "response_tokens"),
        "prompt_tokens": dig(count, "prompt_tokens"),
        "total_tokens": dig(count, "total_tokens"),
    }
    return _said(answer, text, model, table(usage))


def _is_generate(answer: Any) -> bool:
    return truthy(index(answer, "prompt")) and truthy(index(answer, "generations"))


def _generated(answer: Any, model: Model, units: Any) -> Table:
    choices = [
        table({"index": position, "text": index(generation, "text"), "finish_reason": "stop"})
        for position, generation in enumerate(items(index(answer, "generations")))
    ]
    return _completion(array(choices), "text_completion", index(answer, "id"), model, _billed(units))


def _said(answer: Any, text: Any, model: Model, usage: Table) -> Table:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return _completion([choice], "chat.completion", index(answer, "generation_id"), model, usage)


def _completion(choices: Any, object_: str, id_: Any, model: Model, usage: Table) -> Table:
    return table({"choices": choices, "object": object_, "model": model.name, "id": id_, "usage": usage})


def _units(meta: Any) -> Any:
    """For completions, Kong takes it for granted that there are billed units."""
    units = index(meta, "billed_units")
    index(units, "output_tokens")
    return units


def _billed(units: Any) -> Table:
    """The tokens that were billed. One of the two alone is something that Kong's code fails over."""
    if not truthy(units):
        return table({"completion_tokens": units, "prompt_tokens": units, "total_tokens": units})
    completion, prompt = index(units, "output_tokens"), index(units, "input_tokens")
    for name, tokens in (("output_tokens", completion), ("input_tokens", prompt)):
        if kind(tokens) not in ("number", "string"):
            said = f"attempt to perform arithmetic on field '{name}' (a {kind(tokens)} value)"
            raise Fault(f"it adds {name}, which is no number", place="cohere billed_units", said=said)
    return {"completion_tokens": completion, "prompt_tokens": prompt, "total_tokens": plus(completion, prompt)}


def chat_event(event: Event, session: Session, behaviour: Behaviour) -> Table | bytes | None:
    """Start, texts and end of a stream of v1; everything else, all of v2 too, is left out."""
    return _event(event, session, lambda text: {"delta": {"content": text}}, "chat.completion.chunk")


def completions_event(event: Event, session: Session, behaviour: Behaviour) -> Table | bytes | None:
    """As for chat; the first event has chat's shape here, too."""
    return _event(event, session, lambda text: {"text": text}, "text_completion")


def _event(event: Event, session: Session, shape: Callable[[Any], Table], object_: str) -> Table | bytes | None:
    if not event.data:
        return None
    data = event.decoded()
    what = index(data, "event_type")
    if what == "stream-start":
        session.id = index(data, "generation_id")
        choice: Table = {"delta": {"content": "", "role": "assistant"}, "index": 0}
        return _chunk(choice, "chat.completion.chunk", session)
    if what == "text-generation":
        choice = shape(first(index(data, "text"), ""))
        return _chunk(choice | {"index": 0, "finish_reason": None, "logprobs": None}, object_, session)
    if what == "stream-end":
        _count(data)
        return DONE
    return None


def _chunk(choice: Table, object_: str, session: Session) -> Table:
    return table({"choices": [choice], "id": session.id, "model": session.model.name, "object": object_})


def _count(data: Any) -> None:
    """Kong counts the tokens of a stream. It fails, and loses the end of the stream, where it looks for a token_count
    beside the response, while that stands inside."""
    response = index(data, "response")
    units = dig(response, "meta", "billed_units")
    if not truthy(dig(units, "output_tokens")):
        dig(response, "token_count", "response_tokens")
    if not truthy(dig(units, "input_tokens")) and truthy(dig(response, "token_count")):
        index(index(data, "token_count"), "prompt_tokens")
