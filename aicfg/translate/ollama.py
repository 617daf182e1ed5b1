"""Ollama's format, for Mistral and Llama 2.

What differs from OpenAI: the sampling parameters stand in `options`, where max_tokens is called num_predict. Kong
builds a new body, so what is not named here is lost.

Source: to_ollama in kong/llm/drivers/shared.lua (3.7 to 3.10).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from aicfg.translate.config import Model
from aicfg.translate.lua import NIL, Table, first, table, truthy
from aicfg.translate.refusal import refuse
from aicfg.translate.remarks import Remark, lost, sent

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
            "stream": first(request.get("stream", False), False),
            "model": model.name,
            "tools": request.get("tools", NIL),
            "tool_choice": request.get("tool_choice", NIL),
            "options": {new: request[old] for old, new in OPTIONS.items() if old in request},
        }
    )


completions = chat


def chat_without_tools(request: Table, model: Model, behaviour: Behaviour) -> Table:
    """3.8 and 3.7."""
    body = chat(request, model, behaviour)
    body.pop("tools", None)
    body.pop("tool_choice", None)
    return body
