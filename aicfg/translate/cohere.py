"""Cohere's formats: Chat (v1) and Generate.

What differs from OpenAI: the last message is `message`, the ones before are `chat_history`, with the roles CHATBOT and
USER; top_p and top_k are called p and k. Everything else in the body goes through. With `tools` in it, Kong sends the
whole body as OpenAI would, to the same path.

Source: kong/llm/drivers/cohere.lua (3.8 to 3.10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aicfg.translate import openai
from aicfg.translate.config import Model
from aicfg.translate.lua import NIL, Table, first, index, items, length, table, truthy
from aicfg.translate.marks import derived
from aicfg.translate.refusal import refuse
from aicfg.translate.remarks import Remark, altered, lost, sent

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
    request["stream"] = first(request.get("stream", False), False)
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
