"""Llama 2's raw format, as Hugging Face's text-generation endpoints take it: one text with the model's own marks.

Kong reads the first message as the system prompt and the second one as the user's, whatever their roles; behind them it
takes system for the model's answers, and leaves out what the assistant said.

Source: messages_to_inst and to_raw in kong/llm/drivers/llama2.lua (3.7 to 3.10).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aicfg.translate.config import Model
from aicfg.translate.lua import (
    NIL,
    Fault,
    Table,
    fill,
    first_item,
    index,
    items,
    joined,
    kind,
    length,
    picked,
    truthy,
)
from aicfg.translate.marks import derived
from aicfg.translate.ollama import BOTH
from aicfg.translate.refusal import Reason, refuse
from aicfg.translate.remarks import Remark, altered, lost
from aicfg.translate.streaming import asked

if TYPE_CHECKING:
    from aicfg.translate.versions import Behaviour

PARAMETERS: Mapping[str, str] = MappingProxyType(
    {"max_tokens": "max_new_tokens", "top_p": "top_p", "top_k": "top_k", "temperature": "temperature"}
)

FIRST = "<s>[INST] <<SYS>> %s <</SYS>>"
SECOND = " %s [/INST]"
LATER: Mapping[str, str] = MappingProxyType({"system": " %s </s>", "user": " <s>[INST] %s [/INST]"})
PROMPT = "<s> [INST] <<SYS>> You are a helpful assistant. <<SYS>> %s [/INST]"


def _is_no_system(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") != "system"


REMARKS: tuple[Remark, ...] = (
    altered(
        "messages.0.content",
        "Kong takes the first message for the system prompt, whatever its role",
        when=_is_no_system,
    ),
    lost("messages.*.content.*.**", "of a list of parts, Kong writes the address in its memory"),
    lost("messages.*.tool_calls.**", "there are no tool calls here"),
    lost("messages.*.content.**", "from the third message on, only those of system and user are sent"),
    lost("messages.*.role", "the model's own marks stand for roles", surprising=False),
    lost("tools.**", "there are no tools here"),
    lost("stop.**", "Kong does not send it"),
    lost("model", "there is one model behind the URL", surprising=False),
)


def chat(request: Table, model: Model, behaviour: Behaviour) -> Table:
    messages, prompt = request.get("messages", NIL), request.get("prompt", NIL)
    if truthy(messages) and truthy(prompt):
        refuse(BOTH)
    body: Table = {}
    if truthy(messages):
        body["inputs"] = joined(_turns(items(messages)))
    elif truthy(prompt):
        body["inputs"] = fill(PROMPT, prompt)
    return body | {"parameters": picked(request, PARAMETERS) | {"stream": asked(request)}}


completions = chat


def _turns(messages: list[Any]) -> Iterator[str]:
    for position, message in enumerate(messages):
        template = (FIRST, SECOND)[position] if position < 2 else LATER.get(_role(message))
        if template is not None:
            yield fill(template, index(message, "content"))


def _role(message: Any) -> str:
    role = index(message, "role")
    return role if isinstance(role, str) else ""


UNREADABLE = "failed to decode llama2 response"

PROMPT_ENDS = "[/INST]"


def chat_answer(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    """What stands behind the prompt, which the model repeats. There are no stream events that Kong knows."""
    choice = {"message": {"content": _said(answer), "role": "assistant"}, "index": 0}
    return {"choices": [choice], "object": "chat.completion"} | _usage(answer)


def completions_answer(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    return {"choices": [{"index": 0, "text": _said(answer)}], "object": "text_completion"} | _usage(answer)


def _said(answer: Any) -> str:
    data = index(answer, "data") if truthy(answer) else NIL
    if not truthy(data) or _length(data) > 1:
        raise Reason("cannot parse response from llama2 endpoint")
    generated = _generated(first_item(data))
    if not truthy(generated):
        raise Reason("response data is empty from llama2 endpoint")
    if kind(generated) != "string":
        raise Fault(f"it splits a {kind(generated)} as if it were a text")
    said = str(generated).rpartition(PROMPT_ENDS)[2].strip(" \t\n\v\f\r")
    result: str = derived(said, "only what stands behind the prompt", generated)
    return result


def _length(data: Any) -> int:
    if kind(data) in ("userdata", "number", "boolean"):
        said = f"attempt to get length of field 'data' (a {kind(data)} value)"
        raise Fault("data is no list", place="llama2 data", said=said)
    return length(data)


def _generated(item: Any) -> Any:
    if kind(item) not in ("table", "string"):
        said = f"attempt to index a {kind(item)} value"
        raise Fault("data has no first object", place="llama2 data item", said=said)
    return index(item, "generated_text")


def _usage(answer: Any) -> Table:
    usage = index(answer, "usage")
    return {"usage": usage} if truthy(usage) else {}
