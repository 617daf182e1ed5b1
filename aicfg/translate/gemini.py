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

from aicfg.translate import cjson
from aicfg.translate.config import Model
from aicfg.translate.events import DONE, Event, Session
from aicfg.translate.lua import (
    NIL,
    Fault,
    Table,
    array,
    first,
    first_item,
    index,
    items,
    joined,
    kind,
    length,
    looked_up,
    lowered,
    picked,
    table,
    truthy,
)
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


def _has_another_role(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") not in (*ROLES, "system", "tool")


REMARKS: tuple[Remark, ...] = (
    in_url("model", "the model stands in the URL"),
    in_url("stream", "streaming is another operation in the URL"),
    lost("messages.*.content.**", "the calls take the place of the text", when=_has_calls),
    lost("messages.*.role", "Kong knows no such role and leaves it out", when=_has_another_role),
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
            "generationConfig": picked(request, GENERATION),
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
            "generationConfig": picked(request, GENERATION),
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


UNREADABLE = "failed to decode response from Gemini"


def chat_answer(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    """The first part of the first candidate: a text, or else the calls of functions. Anything else leaves no choice."""
    candidates = index(answer, "candidates")
    if not truthy(candidates) or length(candidates) == 0:
        raise Reason("no generation candidates received from Gemini, or max_tokens too short")
    completion: Table = {"choices": {}, "model": model.name if behaviour.back.gemini_model else NIL}
    parts = _first_parts(answer)
    if truthy(said := _of_first(parts, "text")):
        finish = lowered(index(first_item(candidates), "finishReason"), place="gemini finishReason")
        message = {"role": "assistant", "content": said}
        completion["choices"] = [{"index": 0, "message": message, "finish_reason": finish}]
        completion |= {"object": "chat.completion", "model": model.name}
    elif truthy(_of_first(parts, "functionCall")):
        calls = [{"function": _called(part)} for part in items(parts)]
        completion["choices"] = [{"index": 0, "message": {"role": "assistant", "tool_calls": calls}}]
    usage = index(answer, "usageMetadata")
    if truthy(usage):
        completion["usage"] = _usage(usage)
    return table(completion)


def chat_answer_of_text(answer: Any, model: Model, behaviour: Behaviour) -> Table:
    """3.8: only a text."""
    said = _of_first(_first_parts(answer), "text")
    candidates = index(answer, "candidates")
    if truthy(said):
        finish = lowered(index(first_item(candidates), "finishReason"), place="gemini finishReason")
        message = {"role": "assistant", "content": said}
        usage = index(answer, "usageMetadata")
        return table(
            {
                "choices": [{"index": 0, "message": message, "finish_reason": finish}],
                "object": "chat.completion",
                "model": model.name,
                "usage": _usage(usage) if truthy(usage) else NIL,
            }
        )
    if truthy(candidates) and length(candidates) > 0 and index(first_item(candidates), "finishReason") == "SAFETY":
        raise Reason("transformation generation candidate breached Gemini content safety")
    raise Reason("no generation candidates received from Gemini, or max_tokens too short")


TOKENS: Mapping[str, str] = MappingProxyType(
    {
        "prompt_tokens": "promptTokenCount",
        "completion_tokens": "candidatesTokenCount",
        "total_tokens": "totalTokenCount",
    }
)


def _usage(usage: Any) -> Table:
    return table({name: index(usage, theirs) for name, theirs in TOKENS.items()})


def _first_parts(answer: Any) -> Any:
    """The first candidate's parts, NIL where there are none."""
    candidates = index(answer, "candidates")
    if not truthy(candidates) or length(candidates) == 0:
        return NIL
    content = index(first_item(candidates), "content")
    parts = index(content, "parts") if truthy(content) else NIL
    return parts if truthy(parts) and length(parts) > 0 else NIL


def _of_first(parts: Any, field: str) -> Any:
    return NIL if parts is NIL else index(first_item(parts), field)


def _called(part: Any) -> Table:
    call = index(part, "functionCall")
    if kind(call) not in ("table", "string"):
        said = f"attempt to index field 'functionCall' (a {kind(call)} value)"
        raise Fault("a part beside a call is none", place="gemini functionCall", said=said)
    return table({"name": index(call, "name"), "arguments": cjson.written(index(call, "args"))})


def chat_event(event: Event, session: Session, behaviour: Behaviour) -> Table | bytes | None:
    """As for a whole answer; here Kong leaves the finish reason as it is."""
    if not event.data:
        return None
    if event.data == DONE:
        return DONE
    data = event.decoded()
    parts = _first_parts(data)
    if truthy(said := _of_first(parts, "text")):
        delta: Table = {"content": said, "role": "assistant"}
    elif truthy(_of_first(parts, "functionCall")):
        delta = {"tool_calls": [{"function": _called(part), "type": "function"} for part in items(parts)]}
    else:
        return None
    finish = index(first_item(index(data, "candidates")), "finishReason")
    choice = {"delta": delta, "index": 0, "finish_reason": finish if truthy(finish) else NIL}
    model = session.model.name if behaviour.back.gemini_model else NIL
    return table({"model": model, "choices": [table(choice)]})


def chat_event_of_text(event: Event, session: Session, behaviour: Behaviour) -> Table | bytes | None:
    """3.8: only texts, and no finish reason."""
    if not event.data or event.data == DONE:
        return event.data or None
    said = _of_first(_first_parts(event.decoded()), "text")
    if not truthy(said):
        return None
    return {"choices": [{"delta": {"content": said, "role": "assistant"}, "index": 0}]}
