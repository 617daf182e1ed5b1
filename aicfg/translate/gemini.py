"""Gemini's generateContent, on Google's public API and on Vertex AI.

What differs from OpenAI: messages are `contents`, each a list of `parts`, the assistant is called model; system prompts
stand beside them, as one; the sampling parameters stand in `generationConfig`, functions in one tool's
`function_declarations`; images are parts of their own, inline or by address. Model and streaming stand in the URL, not
in the body. Kong builds a new body, so what is not named here is lost; of a tool call it keeps the function's name.

Source: kong/llm/drivers/gemini.lua (3.8 to 3.10).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aicfg.translate.config import Model
from aicfg.translate.lua import NIL, Fault, Table, array, first, index, items, joined, length, looked_up, table, truthy
from aicfg.translate.marks import derived
from aicfg.translate.refusal import Reason
from aicfg.translate.remarks import Remark, in_url, lost

if TYPE_CHECKING:
    from aicfg.translate.versions import Behaviour

ROLES: Mapping[str, str] = MappingProxyType({"user": "user", "assistant": "model"})

GENERATION: Mapping[str, str] = MappingProxyType(
    {
        "max_tokens": "maxOutputTokens",
        "stop": "stopSequences",
        "temperature": "temperature",
        "top_k": "topK",
        "top_p": "topP",
    }
)

ANSWERED = "get_product_info"
"""The name of the function that answered, whichever it was."""


def _has_calls(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") == "assistant" and _calls(message.get("tool_calls"))


REMARKS: tuple[Remark, ...] = (
    in_url("model", "the model stands in the URL"),
    in_url("stream", "streaming is another operation in the URL"),
    lost("messages.*.content.**", "the calls take the place of the text", when=_has_calls),
    lost("messages.*.role", "system prompts stand beside the contents", surprising=False),
    lost("messages.*.tool_calls.*.function.arguments", "of a call, Kong sends the function's name only"),
    lost("messages.*.tool_calls.*.type", "every call is one of a function here", surprising=False),
    lost("messages.*.tool_calls.*.id", "calls have no id here", surprising=False),
    lost("messages.*.tool_call_id", f"results have no id here; Kong names each {ANSWERED}"),
    lost("messages.*.content.*.type", "parts have no type here", surprising=False),
    lost("messages.*.content.*.image_url.detail", "Gemini has no detail", surprising=False),
    lost("tools.*.type", "every tool is a function here", surprising=False),
    lost("tool_choice.**", "Kong does not translate it; a client can send Gemini's own tool_config"),
)


def chat(request: Table, model: Model, behaviour: Behaviour) -> Table:
    contents, system = _conversation(items(request["messages"]))
    _refuse_system(system, model)
    return table(
        {
            "contents": contents or NIL,
            "systemInstruction": _instruction(system),
            "generationConfig": {new: request[old] for old, new in GENERATION.items() if old in request},
            "tools": _tools(request.get("tools", NIL)),
            "tool_config": request.get("tool_config", NIL),
        }
    )


def chat_of_texts(request: Table, model: Model, behaviour: Behaviour) -> Table:
    """3.8: any content is taken for a text, and there are no tools."""
    system: list[Any] = []
    contents: list[Any] = []
    for message in items(request["messages"]):
        role, content = index(message, "role"), first(index(message, "content"), "")
        if role == "system":
            system.append(content)
            joined(system[-1:])
        else:
            name = looked_up(ROLES, role) if truthy(role) else "user"
            contents.append(table({"role": name, "parts": [{"text": content}]}))
    _refuse_system(system, model)
    return table(
        {
            "contents": contents or NIL,
            "systemInstruction": _instruction(system),
            "generationConfig": {new: request[old] for old, new in GENERATION.items() if old in request},
        }
    )


def _refuse_system(system: list[Any], model: Model) -> None:
    if system and str(model.name).startswith("gemini-1.0"):
        raise Reason("system prompts aren't supported on gemini-1.0 models")


def _instruction(system: list[Any]) -> Any:
    return {"parts": [{"text": joined(system)}]} if system else NIL


def _conversation(messages: list[Any]) -> tuple[list[Any], list[Any]]:
    """The contents, and the texts of the system prompts."""
    contents: list[Any] = []
    system: list[Any] = []
    for position, message in enumerate(messages, 1):
        role = index(message, "role")
        calls = index(message, "tool_calls") if role == "assistant" else NIL
        if role == "system":
            system.append(first(index(message, "content"), ""))
            joined(system[-1:])
            continue
        if not contents and (role == "tool" or _calls(calls)):
            raise Fault("it appends a tool's message to contents, which are there only behind another message")
        if role == "tool":
            contents.append(_answer(message))
        elif _calls(calls):
            name = derived("function", "who calls has the role of a function here", role)
            contents.append({"role": name, "parts": [_call(call) for call in items(calls)]})
        else:
            name = looked_up(ROLES, role) if truthy(role) else "user"
            contents.append(table({"role": name, "parts": _parts(index(message, "content"), position)}))
    return contents, system


def _calls(calls: Any) -> bool:
    return isinstance(calls, list) and len(calls) > 0


def _call(call: Any) -> Table:
    return {"function_call": table({"name": index(index(call, "function"), "name")})}


def _answer(message: Any) -> Table:
    content = index(message, "content")
    response = {"content": array([] if content is NIL else [content])}
    role = derived("function", "results come from a function here", index(message, "role"))
    return {"role": role, "parts": [{"function_response": {"name": ANSWERED, "response": response}}]}


def _parts(content: Any, position: int) -> Any:
    if isinstance(content, str):
        return [{"text": content}]
    if not isinstance(content, (list, dict)):
        return {}
    if length(content) == 0:
        raise Reason(f"message at position {position} does not match expected array format")
    parts = []
    for number, part in enumerate(items(content), 1):
        if not truthy(part):
            raise Reason(
                f"message at position {position}, part at position {number} does not match expected OpenAI format"
            )
        parts.append(_part(part))
    return parts


def _part(part: Any) -> Table:
    what = index(part, "type")
    if what == "text":
        text = index(part, "text")
        if not truthy(text):
            raise Reason("message part type is 'text' but is missing .text block")
        return {"text": text}
    if what == "image_url":
        image = index(part, "image_url")
        url = index(image, "url") if truthy(image) else NIL
        if not truthy(url):
            raise Reason("message part type is 'image_url' but is missing .image_url.url block")
        return _image(url)
    raise Reason(f"cannot transform part of type '{joined([what])}' to Gemini format")


def _image(url: Any) -> Table:
    """A data URL's own parts, or the address of the image."""
    if length(url) < 10:
        raise Reason("could not decode OpenAI image-part, image URL is less than 10 bytes, which is not parsable")
    if not isinstance(url, str):
        raise Fault("it takes an image's URL for a text")
    if url[:6].partition(":")[0] != "data":
        return {"fileData": {"fileUri": url, "mimeType": "image/generic"}}
    media, *more = url[len("data:") :].split(";")
    if not more:
        raise Fault("it finds no ; in a data URL")
    how = "taken out of the data URL"
    data = more[0].split(",")
    return {
        "inlineData": table(
            {"mimeType": derived(media, how, url), "data": derived(data[1], how, url) if len(data) > 1 else NIL}
        )
    }


def _tools(tools: Any) -> Any:
    """One tool with the functions of all; what is no function leaves a hole."""
    if not truthy(tools):
        return tools
    functions: list[Any] = []
    for position, tool in enumerate(items(tools)):
        function = index(tool, "function")
        if truthy(function):
            functions += [NIL] * (position - len(functions)) + [function]
    return [{"function_declarations": array(functions)}] if functions else NIL
