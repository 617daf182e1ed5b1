"""Requests that clients send, each with one thing in it that a provider may see otherwise than OpenAI does."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPhfDwAChAGA60e6kgAAAABJRU5ErkJggg=="

TOOL: Json = {
    "type": "function",
    "function": {
        "name": "tide",
        "description": "When the tide is high",
        "parameters": {
            "type": "object",
            "properties": {"port": {"type": "string", "description": "a harbour"}},
            "required": ["port"],
        },
    },
}


def _chat(*turns: tuple[str, Any], **more: Any) -> Json:
    return {"messages": [{"role": role, "content": content} for role, content in turns], "max_tokens": 64, **more}


def _call(number: int, port: str) -> Json:
    function = {"name": "tide", "arguments": f'{{"port": "{port}"}}'}
    return {"id": f"call_{number}", "type": "function", "function": function}


def _tool_talk(*ports: str, say: str | None = None) -> Json:
    """A question, the assistant's calls, one for each port, and the results."""
    calls = [_call(number, port) for number, port in enumerate(ports)]
    return {
        "messages": [
            {"role": "user", "content": f"When is high tide in {' and '.join(ports)}?"},
            {"role": "assistant", "content": say, "tool_calls": calls},
            *({"role": "tool", "tool_call_id": call["id"], "content": '{"high": "06:12"}'} for call in calls),
        ],
        "tools": [TOOL],
        "max_tokens": 64,
    }


def _picture(url: str) -> Json:
    return _chat(
        ("user", [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": url}}])
    )


ASKED = ("user", "Name a port in Portugal.")

CHAT: dict[str, Json] = {
    "plain": _chat(ASKED),
    "without a limit": {"messages": [{"role": "user", "content": "Name a port in Portugal."}]},
    "several turns": _chat(ASKED, ("assistant", "Sines."), ("user", "Another one?")),
    "system": _chat(("system", "Answer in one word."), ASKED),
    "two systems": _chat(("system", "Answer in one word."), ("system", "In Portuguese."), ASKED),
    "developer": _chat(("developer", "Answer in one word."), ASKED),
    "sampling": _chat(ASKED, temperature=0.5, top_p=0.9),
    "top_k": _chat(ASKED, top_k=40),
    "penalties": _chat(ASKED, frequency_penalty=0.5, presence_penalty=0.1),
    "seed": _chat(ASKED, seed=7),
    "user": _chat(ASKED, user="ines"),
    "stop, a text": _chat(ASKED, stop="."),
    "stop, a list": _chat(ASKED, stop=[".", "!"]),
    "streaming": _chat(ASKED, stream=True),
    "streaming with usage": _chat(ASKED, stream=True, stream_options={"include_usage": True}),
    "json object": _chat(ASKED, response_format={"type": "json_object"}),
    "tools": _chat(ASKED, tools=[TOOL]),
    "tool choice, a word": _chat(ASKED, tools=[TOOL], tool_choice="required"),
    "tool choice, a name": _chat(ASKED, tools=[TOOL], tool_choice={"type": "function", "function": {"name": "tide"}}),
    "tool result": _tool_talk("Sines"),
    "tool result with text": _tool_talk("Sines", say="Let me look."),
    "two tool results": _tool_talk("Sines", "Faro"),
    "text parts": _chat(("user", [{"type": "text", "text": "Name a port."}])),
    "image by URL": _picture("https://pictures.example/port.png"),
    "image inline": _picture(f"data:image/png;base64,{PIXEL}"),
}

COMPLETIONS: dict[str, Json] = {
    "prompt": {"prompt": "Once upon a tide", "max_tokens": 64},
    "prompt without a limit": {"prompt": "Once upon a tide"},
    "prompt, sampling": {"prompt": "Once upon a tide", "max_tokens": 64, "temperature": 0.5, "top_p": 0.9},
    "prompt, top_k": {"prompt": "Once upon a tide", "max_tokens": 64, "top_k": 40},
    "prompt, stop": {"prompt": "Once upon a tide", "max_tokens": 64, "stop": ["."]},
    "prompt, streaming": {"prompt": "Once upon a tide", "max_tokens": 64, "stream": True},
    "prompt, suffix": {"prompt": "Once upon a tide", "max_tokens": 64, "suffix": " and so it sank."},
}
