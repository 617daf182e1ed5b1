"""Anthropic's formats: Messages for chat, the old Text Completions for completions.

What differs from OpenAI: a system prompt stands beside the messages, not among them; tool calls and their results are
blocks inside messages of assistant and user; a tool's schema is called input_schema; tool_choice is always an object;
images are blocks of another shape, which Kong does not make. Kong builds a new body, so what is not named here is lost.

Source: kong/llm/drivers/anthropic.lua (3.8 to 3.10).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aicfg.translate import cjson
from aicfg.translate.cjson import decoded
from aicfg.translate.config import Model
from aicfg.translate.events import DONE, Event, Session
from aicfg.translate.lua import (
    NIL,
    Fault,
    Table,
    array,
    dig,
    fill,
    first,
    index,
    items,
    joined,
    kind,
    picked,
    plus,
    table,
    truthy,
)
from aicfg.translate.marks import derived
from aicfg.translate.refusal import Reason
from aicfg.translate.remarks import Remark, lost, sent
from aicfg.translate.streaming import asked

if TYPE_CHECKING:
    from aicfg.translate.versions import Behaviour

IN_MESSAGES = ("user", "assistant", "tool")
"""Roles that stay among the messages. A message of any other role is taken for the system prompt."""

CHAT_FIELDS: Mapping[str, str] = MappingProxyType({"temperature": "temperature", "max_tokens": "max_tokens"})
COMPLETION_FIELDS: Mapping[str, str] = MappingProxyType(
    {"temperature": "temperature", "max_tokens": "max_tokens_to_sample"}
)

CHOICES: Mapping[str, str] = MappingProxyType({"auto": "auto", "none": "none", "required": "any"})
"""tool_choice, where it is a word."""


def _has_calls(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") == "assistant" and bool(message.get("tool_calls"))


def _is_system(message: Any) -> bool:
    return not isinstance(message, dict) or message.get("role") not in IN_MESSAGES


REMARKS: tuple[Remark, ...] = (
    lost("messages.*.content.**", "the blocks of the tool calls take the place of the text", when=_has_calls),
    lost("messages.*.content.**", "only the last system prompt is sent", when=_is_system),
    lost("messages.*.role", "a system prompt stands beside the messages", when=_is_system, surprising=False),
    lost("messages.*.tool_calls.*.type", "it goes without saying here", surprising=False),
    lost("messages.*.tool_calls.*.function.arguments", "it is no JSON, so the call has no input"),
    sent("messages.*.content.*.image_url.**", "Kong does not convert images, and Anthropic's have another shape"),
    lost("tools.*.type", "every tool is a function here", surprising=False),
    lost("tools.**", "only functions are tools here"),
    lost("tool_choice.**", "Kong finds no choice in it that Anthropic has"),
    lost("top_p", "Kong does not send it to Anthropic"),
    lost("top_k", "Kong does not send it to Anthropic"),
    lost("stop.**", "Kong does not send it to Anthropic"),
)


def chat(request: Table, model: Model, behaviour: Behaviour) -> Table:
    messages, system = _conversation(items(request["messages"]))
    tools = {
        "tools": _tools(request.get("tools", NIL)),
        "tool_choice": _tool_choice(request.get("tool_choice", NIL), behaviour),
    }
    return _chat(request, model, messages, system) | table(tools)


def chat_without_tools(request: Table, model: Model, behaviour: Behaviour) -> Table:
    """3.8 and 3.7: no tools, and a tool's result is taken for the system prompt."""
    kept: list[Any] = []
    system: Any = NIL
    for message in items(request["messages"]):
        if index(message, "role") in ("user", "assistant"):
            kept.append(message)
        else:
            system = index(message, "content")
    return _chat(request, model, kept, system)


def completions(request: Table, model: Model, behaviour: Behaviour) -> Table:
    prompt = fill("Human: %s\n\nAssistant:", request["prompt"])
    return {"prompt": prompt, "model": model.name, "stream": asked(request)} | picked(request, COMPLETION_FIELDS)


def _chat(request: Table, model: Model, messages: list[Any], system: Any) -> Table:
    fields = {"system": system, "messages": array(messages), "model": model.name, "stream": asked(request)}
    return table(fields) | picked(request, CHAT_FIELDS)


def _conversation(messages: list[Any]) -> tuple[list[Any], Any]:
    """The messages without system prompts, and the last of these: each one takes the place of the one before."""
    kept: list[Any] = []
    system: Any = NIL
    for message in messages:
        role = index(message, "role")
        if role == "assistant" and truthy(calls := index(message, "tool_calls")):
            kept.append(table({"role": role, "content": _tool_uses(calls) or NIL}))
        elif role == "tool":
            kept.append(
                {"role": derived("user", "results come from the user", role), "content": [_tool_result(message)]}
            )
        elif role in IN_MESSAGES:
            kept.append(message)
        else:
            system = index(message, "content")
    return kept, system


def _tool_uses(calls: Any) -> Any:
    """The blocks that take the place of an assistant's content, its text included."""
    return [
        table(
            {
                "type": "tool_use",
                "id": index(call, "id"),
                "name": index(index(call, "function"), "name"),
                "input": _decoded(index(index(call, "function"), "arguments")),
            }
        )
        for call in items(calls)
    ]


def _decoded(arguments: Any) -> Any:
    """Arguments are JSON in a text; what is none is left out."""
    try:
        return decoded(arguments)
    except cjson.NotJson:
        return NIL


def _tool_result(message: Any) -> Table:
    return table(
        {
            "type": "tool_result",
            "tool_use_id": index(message, "tool_call_id"),
            "content": index(message, "content"),
        }
    )


def _tools(tools: Any) -> Any:
    """Only functions are tools here, without OpenAI's wrapping."""
    if not truthy(tools):
        return tools
    functions = [function for tool in items(tools) if truthy(function := index(tool, "function"))]
    return array([_tool(function) for function in functions])


def _tool(function: Any) -> Any:
    schema = index(function, "parameters")
    if isinstance(function, str):
        raise Fault("it sets a field of a text")
    if not isinstance(function, dict):
        return function
    return {key: value for key, value in function.items() if key != "parameters"} | table({"input_schema": schema})


def _tool_choice(choice: Any, behaviour: Behaviour) -> Any:
    """A word or a function's name; anything else is dropped, but false, which stays."""
    if not truthy(choice) or not behaviour.maps_tool_choice:
        return choice
    if isinstance(choice, str) and choice in CHOICES:
        return {"type": derived(CHOICES[choice], "a choice is an object here", choice)}
    if kind(choice) == "table" and index(choice, "type") == "function":
        name = index(index(choice, "function"), "name")
        if truthy(name):
            return {"type": derived("tool", "a function is called a tool here", index(choice, "type")), "name": name}
    return NIL


UNREADABLE = "failed to decode anthropic response"

NO_USAGE = "no usage data returned from upstream"
"""What stands in `usage` then: a text."""


def chat_answer(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    """Texts become one, tool uses become tool calls; Kong leaves Anthropic's stop reasons as they are."""
    content = index(answer, "content")
    if not truthy(content):
        raise Reason("'content' not in anthropic://llm/v1/chat response")
    usage = _usage(index(answer, "usage"))
    blocks = _blocks(content)
    calls = [_call(block) for block in blocks if index(block, "type") == "tool_use"]
    message = {"role": "assistant", "content": _text(blocks), "tool_calls": calls or NIL}
    choice = {"index": 0, "message": table(message), "finish_reason": index(answer, "stop_reason")}
    return table(
        {
            "choices": [table(choice)],
            "usage": usage,
            "model": index(answer, "model"),
            "object": "chat.completion",
        }
    )


def chat_answer_of_text(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    """3.8 and 3.7: all blocks have to be texts, and the object has another name."""
    content = index(answer, "content")
    if not truthy(content):
        raise Reason("'content' not in anthropic://llm/v1/chat response")
    usage = _usage(index(answer, "usage"))
    texts = [index(block, "text") for block in _blocks(content)]
    message = {"role": "assistant", "content": "\n".join(joined([text]) for text in texts)}
    choice = {"index": 0, "message": message, "finish_reason": index(answer, "stop_reason")}
    return table(
        {"choices": [table(choice)], "usage": usage, "model": index(answer, "model"), "object": "chat.content"}
    )


def completions_answer(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    text = index(answer, "completion")
    if not truthy(text):
        raise Reason("'completion' not in anthropic://llm/v1/chat response")
    choice = {"index": 0, "text": text, "finish_reason": index(answer, "stop_reason")}
    return table({"choices": [table(choice)], "model": index(answer, "model"), "object": "text_completion"})


def _blocks(content: Any) -> list[Any]:
    what = kind(content)
    if what != "table":
        said = f"bad argument #1 to 'ipairs' (table expected, got {what})"
        raise Fault("the content is no list", place="anthropic content", said=said)
    return items(content)


def _text(blocks: list[Any]) -> str:
    """The texts, each on a line of its own; a block without one before them leaves an empty line."""
    parts: list[Any] = []
    for position, block in enumerate(blocks):
        text = index(block, "text")
        if truthy(text):
            parts += [text] if position == 0 else ["\n", text]
    return joined(parts)


def _call(block: Any) -> Table:
    function = table({"name": index(block, "name"), "arguments": cjson.written(index(block, "input"))})
    return table({"id": index(block, "id"), "type": "function", "function": function})


def _usage(usage: Any) -> Any:
    if not truthy(usage):
        return NO_USAGE
    prompt, completion = index(usage, "input_tokens"), index(usage, "output_tokens")
    both = truthy(prompt) and truthy(completion)
    return table(
        {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": plus(prompt, completion) if both else NIL,
        }
    )


def chat_event(event: Event, session: Session, behaviour: Behaviour) -> Table | bytes | None:
    """Texts go on; stop reasons, tools' input, pings and errors do not. The name of an event decides."""
    data = event.decoded()
    if event.name == b"message_start" and truthy(message := index(data, "message")):
        return _start(message, session)
    if event.name in (b"content_block_start", b"content_block_delta"):
        return _delta(data, session)
    return DONE if event.name == b"message_stop" and truthy(data) else None


def _start(message: Any, session: Session) -> Table:
    session.id = index(message, "id")
    delta = table({"content": "", "role": index(message, "role")})
    return table(
        {
            "choices": [{"delta": delta, "index": 0, "logprobs": None}],
            "id": session.id,
            "model": session.model.name,
            "object": "chat.completion.chunk",
            "system_fingerprint": None,
        }
    )


def _delta(data: Any, session: Session) -> Table:
    text = first(dig(index(data, "delta"), "text"), "")
    return table(
        {
            "choices": [{"delta": {"content": text}, "index": 0, "finish_reason": None, "logprobs": None}],
            "id": session.id,
            "model": session.model.name,
            "object": "chat.completion.chunk",
        }
    )
