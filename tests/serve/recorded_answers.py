"""What each provider would answer to the same question: whole, streamed, and with a call of a tool."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from event_frames import event_frame

ARGUMENTS = {"city": "Paris"}


class Provider(NamedTuple):
    """A route to a provider: its YAML, the call that Kong makes, the upstream body's keys, and recordings by ending.

    `tool` is None where Kong loses the call or the format has none.
    """

    name: str
    provider: str
    route: str
    upstream: str
    keys: frozenset[str]
    whole: Any
    stream: tuple[str, bytes]
    tool: Any


def sse(events: Sequence[Any], named: bool = False, end: bytes = b"data: [DONE]\n\n") -> tuple[str, bytes]:
    lines = b""
    for event in events:
        lines += f"event: {event['type']}\n".encode() if named else b""
        lines += b"data: " + json.dumps(event).encode() + b"\n\n"
    return ".sse", lines + end


def ndjson(events: Sequence[Any]) -> tuple[str, bytes]:
    return ".ndjson", b"".join(json.dumps(event).encode() + b"\n" for event in events)


def openai(message: Any, finish: str = "stop") -> Any:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "up",
        "choices": [{"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
    }


def openai_chunk(delta: Any, finish: str | None = None) -> Any:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": "up",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


def openai_call(arguments: Any) -> Any:
    return {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": arguments}}


OPENAI = openai({"content": "Paris."})
OPENAI_STREAM = sse(
    [
        openai_chunk({"role": "assistant", "content": ""}),
        openai_chunk({"content": "Par"}),
        openai_chunk({"content": "is."}),
        openai_chunk({}, "stop"),
    ]
)
OPENAI_TOOL = openai({"content": None, "tool_calls": [openai_call(json.dumps(ARGUMENTS))]}, "tool_calls")
OLLAMA = {
    "model": "m",
    "created_at": "2025-01-01T00:00:00Z",
    "message": {"role": "assistant", "content": "Paris."},
    "done": True,
    "eval_count": 3,
    "prompt_eval_count": 9,
}
OLLAMA_STREAM = ndjson(
    [
        {"model": "m", "created_at": "t", "message": {"role": "assistant", "content": "Par"}, "done": False},
        {"model": "m", "created_at": "t", "message": {"role": "assistant", "content": "is."}, "done": False},
        {"model": "m", "created_at": "t", "message": {"role": "assistant", "content": ""}, "done": True},
    ]
)
OLLAMA_TOOL = {**OLLAMA, "message": {"role": "assistant", "content": "", "tool_calls": [openai_call(ARGUMENTS)]}}
CHAT_KEYS = frozenset({"messages", "model", "stream"})


def gemini(*parts: Any) -> Any:
    return {
        "candidates": [{"content": {"role": "model", "parts": list(parts)}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 3, "totalTokenCount": 12},
    }


def bedrock(*content: Any) -> Any:
    usage = {"inputTokens": 9, "outputTokens": 3, "totalTokens": 12}
    message = {"role": "assistant", "content": list(content)}
    return {"output": {"message": message}, "stopReason": "end_turn", "usage": usage}


def anthropic(*content: Any) -> Any:
    usage = {"input_tokens": 9, "output_tokens": 3}
    return {"id": "msg_1", "model": "m", "content": list(content), "stop_reason": "end_turn", "usage": usage}


PROVIDERS = (
    Provider(
        "openai",
        '{type: openai, api_key: "${env:OPENAI_KEY}"}',
        "{provider: openai, model: m}",
        "POST https://api.openai.com/v1/chat/completions",
        CHAT_KEYS,
        OPENAI,
        OPENAI_STREAM,
        OPENAI_TOOL,
    ),
    Provider(
        "azure",
        '{type: azure, api_key: "${env:AZURE_KEY}", options: {azure_instance: team, azure_deployment_id: chat}}',
        "{provider: azure, model: m}",
        "POST https://team.openai.azure.com/openai/deployments/chat/chat/completions?api-version=2023-05-15",
        CHAT_KEYS,
        OPENAI,
        OPENAI_STREAM,
        OPENAI_TOOL,
    ),
    Provider(
        "anthropic",
        '{type: anthropic, api_key: "${env:ANTHROPIC_KEY}", options: {anthropic_version: "2023-06-01"}}',
        "{provider: anthropic, model: m}",
        "POST https://api.anthropic.com/v1/messages",
        frozenset({"system", "messages", "model", "stream"}),
        anthropic({"type": "text", "text": "Paris."}),
        sse(
            [
                {"type": "message_start", "message": {"id": "msg_1", "role": "assistant", "model": "m"}},
                {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Par"}},
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "is."}},
                {"type": "content_block_stop", "index": 0},
                {"type": "message_stop"},
            ],
            named=True,
            end=b"",
        ),
        anthropic({"type": "tool_use", "id": "tool_1", "name": "weather", "input": ARGUMENTS}),
    ),
    Provider(
        "cohere",
        '{type: cohere, api_key: "${env:COHERE_KEY}"}',
        "{provider: cohere, model: m}",
        "POST https://api.cohere.com/v1/chat",
        frozenset({"message", "chat_history", "model", "stream"}),
        {
            "generation_id": "g",
            "text": "Paris.",
            "meta": {"billed_units": {"input_tokens": 9, "output_tokens": 3}},
        },
        ndjson(
            [
                {"event_type": "stream-start", "generation_id": "g"},
                {"event_type": "text-generation", "text": "Par"},
                {"event_type": "text-generation", "text": "is."},
                {"event_type": "stream-end", "finish_reason": "COMPLETE"},
            ]
        ),
        {
            "id": "c",
            "message": {"role": "assistant", "tool_calls": [openai_call(json.dumps(ARGUMENTS))], "tool_plan": "Look."},
            "finish_reason": "TOOL_CALL",
        },
    ),
    Provider(
        "mistral",
        '{type: mistral, api_key: "${env:MISTRAL_KEY}"}',
        "{provider: mistral, model: m}",
        "POST https://api.mistral.ai/v1/chat/completions",
        CHAT_KEYS,
        OPENAI,
        OPENAI_STREAM,
        OPENAI_TOOL,
    ),
    Provider(
        "mistral-ollama",
        "{type: mistral, hosting: ollama, base_url: 'http://ollama.lan:11434'}",
        "{provider: mistral-ollama, model: m}",
        "POST http://ollama.lan:11434/api/chat",
        frozenset({"messages", "model", "stream", "options"}),
        OLLAMA,
        OLLAMA_STREAM,
        OLLAMA_TOOL,
    ),
    Provider(
        "llama2-ollama",
        "{type: llama2, hosting: ollama, base_url: 'http://ollama.lan:11434'}",
        "{provider: llama2-ollama, model: m}",
        "POST http://ollama.lan:11434/api/chat",
        frozenset({"messages", "model", "stream", "options"}),
        OLLAMA,
        OLLAMA_STREAM,
        OLLAMA_TOOL,
    ),
    Provider(
        "llama2-raw",
        "{type: llama2, hosting: custom, format: raw, upstream_url: 'http://llama.lan:8080/generate'}",
        "{provider: llama2-raw, model: m}",
        "POST http://llama.lan:8080/generate",
        frozenset({"inputs", "parameters"}),
        {"data": [{"generated_text": "<s>[INST] Which? [/INST] Paris."}]},
        sse([]),
        None,
    ),
    Provider(
        "gemini",
        '{type: gemini, api_key: "${env:GEMINI_KEY}"}',
        "{provider: gemini, model: m}",
        "POST https://generativelanguage.googleapis.com/v1beta/models/m:generateContent?key=<GEMINI_KEY>",
        frozenset({"contents", "systemInstruction", "generationConfig"}),
        gemini({"text": "Paris."}),
        (".stream.json", json.dumps([gemini({"text": "Par"}), gemini({"text": "is."})]).encode()),
        gemini({"functionCall": {"name": "weather", "args": ARGUMENTS}}),
    ),
    Provider(
        "bedrock",
        "{type: bedrock, options: {bedrock: {aws_region: eu-central-1}}}",
        "{provider: bedrock, model: m}",
        "POST https://bedrock-runtime.eu-central-1.amazonaws.com/model/m/converse",
        frozenset({"messages", "system", "inferenceConfig", "anthropic_version"}),
        bedrock({"text": "Paris."}),
        (
            ".bin",
            event_frame("messageStart", {"role": "assistant"})
            + event_frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Par"}})
            + event_frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "is."}})
            + event_frame("messageStop", {"stopReason": "end_turn"})
            + event_frame("metadata", {"usage": {"inputTokens": 9, "outputTokens": 3}}),
        ),
        bedrock({"toolUse": {"toolUseId": "tool_1", "name": "weather", "input": ARGUMENTS}}),
    ),
    Provider(
        "huggingface",
        '{type: huggingface, api_key: "${env:HF_KEY}"}',
        "{provider: huggingface, model: m}",
        "POST https://api-inference.huggingface.co/models/m/v1/chat/completions",
        frozenset({"messages", "model", "parameters", "options"}),
        OPENAI,
        OPENAI_STREAM,
        None,
    ),
)


def manifest() -> str:
    """All of them in one manifest; each route takes what is below its name, as OpenAI's clients want it."""
    providers = "".join(f"  {each.name}: {each.provider}\n" for each in PROVIDERS)
    routes = "".join(f"  {each.name}: {each.route[:-1]}, path: /{each.name}/v1}}\n" for each in PROVIDERS)
    return f'version: 1\ngateway: {{version: "3.10"}}\nproviders:\n{providers}routes:\n{routes}'


def replies() -> dict[str, bytes]:
    """The recordings by the names that `--replies` looks for: the whole answer first, then the tool call."""
    files = {}
    for each in PROVIDERS:
        files[f"{each.name}/chat.json"] = json.dumps(each.whole).encode()
        files[f"{each.name}{each.stream[0]}"] = each.stream[1]
        if each.tool is not None:
            files[f"{each.name}/tool.json"] = json.dumps(each.tool).encode()
    return files
