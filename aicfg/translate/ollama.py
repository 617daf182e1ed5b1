"""Ollama's format, for Mistral and Llama 2.

What differs from OpenAI: the sampling parameters stand in `options`, where max_tokens is called num_predict. Kong
builds a new body, so what is not named here is lost.

Source: to_ollama in kong/llm/drivers/shared.lua (3.7 to 3.10).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aicfg.translate.config import Model
from aicfg.translate.events import DONE, Event, Session
from aicfg.translate.lua import NIL, Table, dig, first, index, picked, plus, table, truthy
from aicfg.translate.refusal import refuse
from aicfg.translate.remarks import Remark, lost, sent
from aicfg.translate.streaming import asked

if TYPE_CHECKING:
    from aicfg.translate.versions import Behaviour

OPTIONS: Mapping[str, str] = MappingProxyType(
    {"max_tokens": "num_predict", "temperature": "temperature", "top_p": "top_p", "top_k": "top_k"}
)

BOTH = "cannot run raw 'prompt' and chat history 'messages' requests at the same time - refer to schema"


REMARKS: tuple[Remark, ...] = (
    lost("stop.**", "Kong does not send it to Ollama"),
    sent("messages.*.content.*.image_url.**", "Kong does not convert images"),
)


def chat(request: Table, model: Model, behaviour: Behaviour) -> Table:
    messages, prompt = request.get("messages", NIL), request.get("prompt", NIL)
    if truthy(messages) and truthy(prompt):
        refuse(BOTH)
    return table(
        {
            "messages": messages if truthy(messages) else NIL,
            "prompt": prompt if truthy(prompt) else NIL,
            "stream": asked(request),
            "model": model.name,
            "tools": request.get("tools", NIL),
            "tool_choice": request.get("tool_choice", NIL),
            "options": picked(request, OPTIONS),
        }
    )


completions = chat


def chat_without_tools(request: Table, model: Model, behaviour: Behaviour) -> Table:
    """3.8 and 3.7."""
    body = chat(request, model, behaviour)
    body.pop("tools", None)
    body.pop("tool_choice", None)
    return body


UNREADABLE = "failed to decode ollama response"


def chat_answer(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    """Kong takes an answer of as many tokens as the config's max_tokens for one that was cut off."""
    cut_off = index(answer, "eval_count") == first(model.option("max_tokens"), -1)
    choice = {
        "finish_reason": first(index(answer, "finish_reason"), "length" if cut_off else "stop"),
        "index": 0,
        "message": index(answer, "message"),
    }
    return _completion(answer, "chat.completion", choice)


def chat_answer_by_count(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    """3.8 and 3.7: the provider's own finish reason does not count."""
    if isinstance(answer, dict):
        answer = {key: value for key, value in answer.items() if key != "finish_reason"}
    return chat_answer(answer, model, behaviour)


def completions_answer(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    return _completion(answer, "text_completion", {"index": 0, "text": index(answer, "response")})


def _completion(answer: Any, object_: str, choice: Table) -> Table:
    completion, prompt = first(index(answer, "eval_count"), 0), first(index(answer, "prompt_eval_count"), 0)
    return table(
        {
            "model": index(answer, "model"),
            "created": index(answer, "created_at"),
            "object": object_,
            "choices": [table(choice)],
            "usage": {
                "completion_tokens": completion,
                "prompt_tokens": prompt,
                "total_tokens": plus(completion, prompt),
            },
        }
    )


def chat_event(event: Event, session: Session, behaviour: Behaviour) -> Table | bytes:
    """Each event's text; the last event ends the stream, and a text in it is lost."""
    data = event.decoded()
    text = first(dig(index(data, "message"), "content"), "")
    return _chunk(data, {"delta": {"content": text}, "index": 0}, "chat.completion.chunk")


def completions_event(event: Event, session: Session, behaviour: Behaviour) -> Table | bytes:
    data = event.decoded()
    return _chunk(data, {"text": first(index(data, "response"), ""), "index": 0}, "text_completion")


def _chunk(data: Any, choice: Table, object_: str) -> Table | bytes:
    if truthy(index(data, "done")):
        return DONE
    return table({"choices": [choice], "model": index(data, "model"), "object": object_})
