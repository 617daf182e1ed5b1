"""Amazon Bedrock's Converse API.

What differs from OpenAI: a message's content is a list of blocks; system prompts stand beside the messages, the
sampling parameters in `inferenceConfig`, functions in `toolConfig`; tool calls and results are blocks with decoded
JSON. Model and streaming stand in the URL, not in the body. Kong builds a new body, so what is not named here is lost;
of several tool calls in a message it keeps the last one.

Source: kong/llm/drivers/bedrock.lua (3.8 to 3.10).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aicfg.patterns import later
from aicfg.translate import cjson
from aicfg.translate.cjson import decoded
from aicfg.translate.config import Model
from aicfg.translate.lua import NIL, Table, array, first, index, items, kind, looked_up, table, truthy
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


REMARKS: tuple[Remark, ...] = (
    in_url("model", "the model stands in the URL"),
    in_url("stream", "streaming is another operation in the URL"),
    lost("messages.*.tool_calls.*.type", "it goes without saying here", surprising=False),
    lost("messages.*.tool_calls.**", "of a message's tool calls, Kong sends the last one"),
    lost("messages.*.content.**", "the tool call takes the place of the text", when=_has_calls),
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
        "inferenceConfig": {new: request[old] for old, new in INFERENCE.items() if old in request},
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
