"""Step 1 for native formats: what Kong reads out of a Gemini or Bedrock body, to check it as it would one of OpenAI's.

The body itself is sent untouched. So only three things matter here: the messages (are there any), the model and the
operation, which stand in the client's path; and whether Kong's conversion survives the body.

Source: kong/llm/adapters/gemini.lua and bedrock.lua (3.10).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

from aicfg.patterns import later
from aicfg.translate import cjson, lua
from aicfg.translate.client import Client, normal_path
from aicfg.translate.exchange import Exchange
from aicfg.translate.lua import NIL, Table, as_bytes, index, items, length, text, truthy
from aicfg.translate.refusal import crash

MAX_PATH = 8192
"""Bytes that a request line may have for nginx, and what the patterns below are held to: they are quadratic."""

_GEMINI_PATH = later(r"/models/([^:]+):([^/]+)\Z")
_BEDROCK_PATH = later(r"/model/([^/]+)/([^/]+)\Z")


def convert(exchange: Exchange) -> None:
    """Put what Kong's checks look at in the place of its working copy."""
    llm_format = exchange.config.llm_format
    if llm_format == "openai" or exchange.accepted is None:
        return
    read = gemini if llm_format == "gemini" else bedrock
    try:
        exchange.request = read(exchange.accepted, exchange.client)
    except lua.Fault as error:
        crash(f"reading the {llm_format} body, {error}")
    except cjson.NotWritable:
        crash(f"reading the {llm_format} body, it writes a number that JSON does not have")


def gemini(body: Table, client: Client) -> Table:
    contents = body.get("contents", NIL)
    messages: Any = NIL
    if isinstance(contents, list) and contents:
        messages = [_gemini_message(content) for content in contents]
        _gemini_system(body.get("system_instruction", NIL))
    elif isinstance(contents, dict) and contents:
        messages = [_gemini_message(contents)]
    _parameters(body.get("generationConfig", NIL), "temperature")
    tools = body.get("tools", NIL)
    if isinstance(tools, list) and tools and isinstance(tools[0], dict):
        declarations = tools[0].get("function_declarations", NIL)
        if truthy(declarations) and length(declarations) > 0:
            items(declarations)
    model, operation = _coordinates(_GEMINI_PATH, client)
    return lua.table({"model": model, "stream": operation == "streamGenerateContent", "messages": messages})


def bedrock(body: Table, client: Client) -> Table:
    messages = body.get("messages", NIL)
    found: Any = NIL
    if isinstance(messages, list) and messages:
        found = [_bedrock_message(message) for message in messages]
        system = body.get("system", NIL)
        if isinstance(system, list) and system:
            index(system[0], "text")
    _parameters(body.get("inferenceConfig", NIL), "temperature")
    tools = body.get("toolConfig", NIL)
    if isinstance(tools, dict):
        for tool in tools["tools"] if isinstance(tools.get("tools"), list) else ():
            spec = index(tool, "toolSpec")
            if truthy(spec):
                schema = index(spec, "inputSchema")
                _ = index(schema, "json") if truthy(schema) else None
    model, operation = _coordinates(_BEDROCK_PATH, client)
    name = (
        "" if model is NIL else unquote_to_bytes(as_bytes(model.replace("+", " "))).decode("utf-8", "surrogateescape")
    )
    return lua.table({"model": name, "stream": operation == "converse-stream", "messages": found})


def _coordinates(pattern: Any, client: Client) -> tuple[Any, Any]:
    """Model and operation: from the route's captures of these names, else from the client's path."""
    model, operation = client.captures.get("model", NIL), client.captures.get("operation", NIL)
    if model is NIL or operation is NIL:
        path = normal_path(client.path)
        match = pattern.search(path) if len(path) <= MAX_PATH else None
        if match:
            model, operation = match.groups()
    return model, operation


def _parameters(config: Any, field: str) -> None:
    """Kong reads the sampling parameters; what is no table fails here, a text in the loop over the result."""
    if truthy(config):
        index(config, field)


def _gemini_message(content: Any) -> Table:
    index(content, "role")
    parts = index(content, "parts")
    if isinstance(parts, list):
        for part in parts:
            _gemini_part(part)
    elif isinstance(parts, dict) and parts:
        call, response = parts.get("functionCall", NIL), parts.get("function_response", NIL)
        if not truthy(call) and truthy(response):
            _content_of(response)
        elif not truthy(call):
            _gemini_part(parts)
    return {}


def _gemini_part(part: Any) -> None:
    if truthy(index(part, "text")):
        pass
    elif truthy(inline := index(part, "inline_data")):
        text(index(inline, "mime_type"))
    elif truthy(file := index(part, "file_data")):
        index(file, "file_uri")
    elif truthy(call := index(part, "functionCall")):
        index(call, "name")
    if not truthy(index(part, "functionCall")) and truthy(response := index(part, "function_response")):
        _content_of(response)


def _content_of(function_response: Any) -> None:
    response = index(function_response, "response")
    if truthy(response):
        index(response, "content")


def _gemini_system(system: Any) -> None:
    if not truthy(system):
        return
    parts = index(system, "parts")
    if length(parts) > 0:
        index(parts[0] if isinstance(parts, list) else NIL, "text")


def _bedrock_message(message: Any) -> Table:
    index(message, "role")
    content = index(message, "content")
    for part in content if isinstance(content, list) else ():
        _bedrock_part(part)
    return {}


def _bedrock_part(part: Any) -> None:
    if truthy(index(part, "text")):
        pass
    elif truthy(image := index(part, "image")):
        source = index(image, "source")
        _ = index(source, "bytes") if truthy(source) else None
    elif truthy(use := index(part, "toolUse")):
        index(use, "toolUseId")
    elif truthy(result := index(part, "toolResult")):
        results = index(result, "content")
        if length(results) > 0:
            index(results[0] if isinstance(results, list) else NIL, "json")
