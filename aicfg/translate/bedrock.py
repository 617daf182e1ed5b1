"""Amazon Bedrock's Converse API.

What differs from OpenAI: a message's content is a list of blocks; system prompts stand beside the messages, the
sampling parameters in `inferenceConfig`, functions in `toolConfig`; tool calls and results are blocks with decoded
JSON. Model and streaming stand in the URL, not in the body. Kong builds a new body, so what is not named here is lost;
of several tool calls in a message it keeps the last one.

Source: kong/llm/drivers/bedrock.lua (3.8 to 3.10).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aicfg.patterns import later
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
    first,
    first_item,
    index,
    items,
    kind,
    length,
    looked_up,
    lowered,
    picked,
    table,
    truthy,
)
from aicfg.translate.refusal import Reason
from aicfg.translate.remarks import Remark, in_url, lost, sent

if TYPE_CHECKING:
    from aicfg.translate.versions import Behaviour

ROLES: Mapping[str, str] = MappingProxyType({"user": "user", "assistant": "assistant", "tool": "user"})
ROLES_WITHOUT_TOOLS: Mapping[str, str] = MappingProxyType({"user": "user", "assistant": "assistant"})

INFERENCE: Mapping[str, str] = MappingProxyType(
    {"max_tokens": "maxTokens", "stop": "stopSequences", "temperature": "temperature", "top_p": "topP"}
)

ANTHROPIC_VERSION = "bedrock-2023-05-31"
"""What Kong sends with every model, unless the config says otherwise."""

NO_SYSTEM: tuple[re.Pattern[str], ...] = (
    later("amazon.titan", re.S),
    later("cohere.command.*?text", re.S),
    later("mistral.mistral.*?7b.*?instruct", re.S),
    later("mistral.mixtral.*?8x7b.*?instruct", re.S),
)
"""Models that take no system prompt."""


def _has_calls(message: Any) -> bool:
    return isinstance(message, dict) and isinstance(message.get("tool_calls"), list)


def _has_another_role(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") not in (*ROLES, "system", "tool")


REMARKS: tuple[Remark, ...] = (
    in_url("model", "the model stands in the URL"),
    in_url("stream", "streaming is another operation in the URL"),
    lost("messages.*.tool_calls.*.type", "it goes without saying here", surprising=False),
    lost("messages.*.tool_calls.**", "of a message's tool calls, Kong sends the last one"),
    lost("messages.*.content.**", "the tool call takes the place of the text", when=_has_calls),
    lost("messages.*.role", "Kong knows no such role and leaves it out", when=_has_another_role),
    lost("messages.*.role", "system prompts stand beside the messages", surprising=False),
    sent("messages.*.content.*.image_url.**", "Kong does not convert images, and Bedrock's have another shape"),
    sent("messages.*.content.*.type", "Kong does not convert parts, and Bedrock's blocks have no type"),
    lost("tools.*.type", "every tool is a function here", surprising=False),
    lost("tool_choice.**", "Kong does not translate it"),
    lost("top_k", "Kong does not send it to Bedrock"),
)


def chat(request: Table, model: Model, behaviour: Behaviour) -> Table:
    messages, system = _conversation(items(request["messages"]))
    return table(
        _body(request, model, messages, system)
        | {
            "guardrailConfig": request.get("guardrailConfig", NIL),
            "toolConfig": _tool_config(request.get("tools", NIL), _own(request, "toolConfig")),
        }
    )


def chat_without_tools(request: Table, model: Model, behaviour: Behaviour) -> Table:
    """3.8: there are no tools but Bedrock's own."""
    messages: list[Any] = []
    system: list[Any] = []
    for message in items(request["messages"]):
        role, content = index(message, "role"), index(message, "content")
        if role == "system":
            system.append(table({"text": content}))
        else:
            name = looked_up(ROLES_WITHOUT_TOOLS, role) if truthy(role) else "user"
            blocks = content if kind(content) == "table" else [{"text": first(content, "")}]
            messages.append(table({"role": name, "content": blocks}))
    own = _own(request, "toolConfig")
    return table(_body(request, model, messages, system) | {"toolConfig": [own] if truthy(own) else own})


def _body(request: Table, model: Model, messages: list[Any], system: list[Any]) -> Table:
    if system and any(pattern.search(str(model.name)) for pattern in NO_SYSTEM):
        raise Reason(f"system prompts are unsupported for model '{model.name}")
    more = _own(request, "additionalModelRequestFields")
    return {
        "anthropic_version": first(model.option("anthropic_version"), ANTHROPIC_VERSION),
        "messages": messages or NIL,
        "system": system or NIL,
        "inferenceConfig": picked(request, INFERENCE),
        "additionalModelRequestFields": [more] if truthy(more) else more,
    }


def _own(request: Table, name: str) -> Any:
    """A field of Bedrock itself, which a client can put under `bedrock`."""
    own = request.get("bedrock", NIL)
    return index(own, name) if truthy(own) else own


def _conversation(messages: list[Any]) -> tuple[list[Any], list[Any]]:
    """The messages, and the system prompts."""
    kept: list[Any] = []
    system: list[Any] = []
    for message in messages:
        role = index(message, "role")
        if role == "system":
            system.append(table({"text": index(message, "content")}))
        elif role == "tool":
            kept.append({"role": looked_up(ROLES, role), "content": [_result(message)]})
        else:
            name = looked_up(ROLES, role) if truthy(role) else "user"
            kept.append(table({"role": name, "content": _content(message)}))
    return kept, system


def _content(message: Any) -> Any:
    content, calls = index(message, "content"), index(message, "tool_calls")
    if kind(content) == "table":
        return content
    if kind(calls) == "table":
        uses = [_use(call) for call in items(calls)]
        return uses[-1:] or NIL
    return [{"text": first(content, "")}]


def _use(call: Any) -> Table:
    function = index(call, "function")
    arguments = _decoded(
        index(function, "arguments"),
        "failed to decode function response arguments from assistant's message, not JSON format",
    )
    return {"toolUse": table({"toolUseId": index(call, "id"), "name": index(function, "name"), "input": arguments})}


def _result(message: Any) -> Table:
    """A result is a JSON object here: another value becomes one."""
    result = _decoded(index(message, "content"), "failed to decode function response arguments, not JSON format")
    return {
        "toolResult": table(
            {
                "toolUseId": index(message, "tool_call_id"),
                "content": [{"json": result if kind(result) == "table" else {"result": result}}],
                "status": index(message, "status"),
            }
        )
    }


def _decoded(text: Any, otherwise: str) -> Any:
    try:
        return decoded(text)
    except cjson.NotJson:
        raise Reason(otherwise) from None


def _tool_config(tools: Any, own: Any) -> Any:
    """The functions; `own` is Bedrock's tool config itself, which a client could send before Kong translated tools.

    Kong puts that into a list, and the functions beside it into the same Lua table, which then is no list any more.
    """
    if not isinstance(tools, list) or not tools:
        return [own] if truthy(own) else own
    specs: list[Any] = []
    for position, tool in enumerate(tools):
        function = index(tool, "function")
        if truthy(function):
            specs += [NIL] * (position - len(specs)) + [_spec(function)]
    if not specs:
        return [own] if truthy(own) else {}
    return ({"1": own} if truthy(own) else {}) | {"tools": array(specs)}


def _spec(function: Any) -> Table:
    return {
        "toolSpec": table(
            {
                "name": index(function, "name"),
                "description": index(function, "description"),
                "inputSchema": table({"json": index(function, "parameters")}),
            }
        )
    }


UNREADABLE = "failed to decode response from Bedrock"

FINISHED: Mapping[str, str] = MappingProxyType(
    {
        "max_tokens": "length",
        "end_turn": "stop",
        "tool_use": "tool_calls",
        "guardrail_intervened": "guardrail_intervened",
    }
)
"""Converse's stop reasons; all others become stop."""


def chat_answer(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    """The first block's text, where it has one, and all uses of tools."""
    content = dig(index(answer, "output"), "message", "content")
    if not truthy(content) or length(content) == 0:
        raise Reason("no generation candidates received from Bedrock, or max_tokens too short")
    uses = [use for block in items(content) if truthy(use := index(block, "toolUse"))]
    message = {
        "role": "assistant",
        "content": index(first_item(content), "text"),
        "tool_calls": [_call(use) for use in uses] or NIL,
    }
    choice = {"index": 0, "message": table(message), "finish_reason": _finish(index(answer, "stopReason"))}
    usage = index(answer, "usage")
    return table(
        {
            "choices": [choice],
            "object": "chat.completion",
            "model": model.name,
            "usage": _usage(usage) if truthy(usage) else NIL,
            "trace": index(answer, "trace"),
        }
    )


def _call(use: Any) -> Table:
    """A call without input has no arguments, not even empty ones."""
    given = index(use, "input")
    function = {"name": index(use, "name"), "arguments": cjson.written(given) if truthy(given) and given else NIL}
    return table({"id": index(use, "toolUseId"), "type": "function", "function": table(function)})


def _usage(usage: Any) -> Table:
    return table(
        {
            "prompt_tokens": index(usage, "inputTokens"),
            "completion_tokens": index(usage, "outputTokens"),
            "total_tokens": index(usage, "totalTokens"),
        }
    )


def _finish(reason: Any) -> Any:
    return first(looked_up(FINISHED, reason), "stop")


def chat_answer_of_text(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    """3.8: only the first block's text; the stop reason in small letters."""
    content = dig(index(answer, "output"), "message", "content")
    said = index(first_item(content), "text") if truthy(content) and length(content) > 0 else NIL
    if not truthy(said):
        raise Reason("no generation candidates received from Bedrock, or max_tokens too short")
    message = {"role": "assistant", "content": said}
    finish = lowered(index(answer, "stopReason"), place="bedrock stopReason")
    usage = index(answer, "usage")
    return table(
        {
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "object": "chat.completion",
            "model": model.name,
            "usage": _usage(usage) if truthy(usage) else NIL,
        }
    )


def chat_event(event: Event, session: Session, behaviour: Behaviour) -> Table | bytes | None:
    """Converse's events by their types. What is no such event at all becomes an empty one."""
    return _event(event, session, EVENTS)


def chat_event_of_text(event: Event, session: Session, behaviour: Behaviour) -> Table | bytes | None:
    """3.8: no uses of tools."""
    return _event(event, session, EVENTS_OF_TEXT)


def _event(event: Event, session: Session, makers: Mapping[str, MakeChunk]) -> Table | bytes | None:
    if event.data is None:
        return b""
    try:
        frame = event.decoded()
    except Reason:
        return b""
    what = dig(index(frame, "headers"), ":event-type") if truthy(frame) else NIL
    if not truthy(what):
        return b""
    body = _decoded_body(index(frame, "body"))
    if not truthy(body):
        return b""
    make = makers.get(what) if isinstance(what, str) else None
    return make(body, session) if make else None


def _decoded_body(body: Any) -> Any:
    if not truthy(body):
        return body
    if kind(body) not in ("string", "number"):
        raise Fault("the body of a frame is no text")
    try:
        return cjson.opened(body)
    except cjson.NotJson:
        return NIL


def _start_of_message(body: Any, session: Session) -> Table:
    return _chunk({"delta": table({"content": "", "role": index(body, "role")})}, session)


def _start_of_block(body: Any, session: Session) -> Table | None:
    use = dig(index(body, "start"), "toolUse")
    if not truthy(use):
        return None
    function = table({"name": index(use, "name"), "arguments": ""})
    call = table({"index": 0, "id": index(use, "toolUseId"), "function": function})
    return _chunk({"delta": {"tool_calls": [call]}}, session)


def _delta(body: Any, session: Session) -> Table:
    delta = index(body, "delta")
    use = dig(delta, "toolUse")
    if truthy(use):
        call = {"index": 0, "function": table({"arguments": index(use, "input")})}
        return _chunk({"delta": {"tool_calls": [call]}}, session)
    return _chunk({"delta": {"content": first(dig(delta, "text"), "")}}, session)


def _end_of_message(body: Any, session: Session) -> Table:
    choice = {"delta": {}, "index": 0, "finish_reason": _finish(index(body, "stopReason")), "logprobs": None}
    return table({"choices": [choice], "model": session.model.name, "object": "chat.completion.chunk"})


def _metadata(body: Any, session: Session) -> bytes:
    return DONE


def _chunk(choice: Table, session: Session) -> Table:
    return table(
        {
            "choices": [choice | {"index": 0, "logprobs": None}],
            "model": session.model.name,
            "object": "chat.completion.chunk",
            "system_fingerprint": None,
        }
    )


def _text_only(body: Any, session: Session) -> Table:
    text = first(dig(index(body, "delta"), "text"), "")
    choice = {"delta": {"content": text}, "index": 0, "finish_reason": None, "logprobs": None}
    return table({"choices": [choice], "model": session.model.name, "object": "chat.completion.chunk"})


def _end_as_told(body: Any, session: Session) -> Table:
    choice = table({"delta": {}, "index": 0, "finish_reason": index(body, "stopReason"), "logprobs": None})
    return table({"choices": [choice], "model": session.model.name, "object": "chat.completion.chunk"})


MakeChunk = Callable[[Any, Session], Table | bytes | None]

EVENTS: Mapping[str, MakeChunk] = MappingProxyType(
    {
        "messageStart": _start_of_message,
        "contentBlockStart": _start_of_block,
        "contentBlockDelta": _delta,
        "messageStop": _end_of_message,
        "metadata": _metadata,
    }
)

EVENTS_OF_TEXT: Mapping[str, MakeChunk] = MappingProxyType(
    {
        "messageStart": _start_of_message,
        "contentBlockDelta": _text_only,
        "messageStop": _end_as_told,
        "metadata": _metadata,
    }
)
