"""OpenAI's own Python client talks to `aicfg serve` as it does to anybody: for every provider it gets its own types."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("uvicorn", reason="pip install 'aicfg[serve]'")
pytest.importorskip("starlette", reason="pip install 'aicfg[serve]'")
openai = pytest.importorskip("openai", reason="pip install 'aicfg[test]'")

from recorded_answers import ARGUMENTS, PROVIDERS, Provider, manifest, replies  # noqa: E402
from running import Server, put, serving  # noqa: E402

MESSAGES = [
    {"role": "system", "content": "One word."},
    {"role": "user", "content": "The capital of France?"},
]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]
SECRET = "sk-client-0123456789abcdef"

each_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda each: each.name)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("gateway")
    put(folder / "replies", replies())
    with serving(folder, manifest(), "--replies", "replies") as running:
        yield running


@pytest.fixture
def client(server: Server, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with openai.OpenAI(base_url=f"{server.url}/{provider.name}/v1", api_key=SECRET, max_retries=0) as made:
        yield made


def create(client: Any, reply: str, **more: Any) -> Any:
    chosen = {"X-Aicfg-Reply": reply}
    return client.chat.completions.create(model="m", messages=MESSAGES, extra_headers=chosen, **more)


@each_provider
def test_a_chat(client: Any, provider: Provider) -> None:
    completion = create(client, "chat")
    assert isinstance(completion, openai.types.chat.ChatCompletion)
    assert completion.choices[0].message.content.strip() == "Paris."


@each_provider
def test_a_streamed_chat(client: Any, provider: Provider) -> None:
    chunks = list(client.chat.completions.create(model="m", messages=MESSAGES, stream=True))
    assert all(isinstance(chunk, openai.types.chat.ChatCompletionChunk) for chunk in chunks)
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert said == ("" if provider.name == "llama2-raw" else "Paris.")  # Kong has no streams for raw


@pytest.mark.parametrize("provider", [each for each in PROVIDERS if each.tool], ids=lambda each: each.name)
def test_a_call_of_a_tool(client: Any, provider: Provider) -> None:
    completion = create(client, "tool", tools=TOOLS)
    assert isinstance(completion, openai.types.chat.ChatCompletion)
    (call,) = completion.choices[0].message.tool_calls
    assert call.function.name == "weather"
    arguments = call.function.arguments
    assert (json.loads(arguments) if isinstance(arguments, str) else arguments) == ARGUMENTS


@each_provider
def test_its_request_arrives_translated_and_without_its_key(client: Any, provider: Provider, server: Server) -> None:
    raw = client.chat.completions.with_raw_response.create(
        model="m", messages=MESSAGES, extra_headers={"X-Aicfg-Reply": "chat"}
    )
    assert raw.headers["X-Aicfg-Upstream"] == provider.upstream
    exchange = server.exchange()
    assert exchange["upstream"]["head"][0] == provider.upstream
    assert json.loads("\n".join(line for line, _ in exchange["upstream"]["body"])).keys() == provider.keys
    assert json.loads("\n".join(line for line, _ in exchange["client"]["body"]))["messages"] == MESSAGES
    assert SECRET not in json.dumps(exchange)
    assert "authorization: Bearer ***" in exchange["client"]["head"]


@pytest.mark.parametrize("provider", PROVIDERS[:1], ids=["openai"])
def test_a_refusal_is_an_error_of_its_types(client: Any, provider: Provider) -> None:
    with pytest.raises(openai.BadRequestError, match="cannot use own model - must be: m"):
        client.chat.completions.create(model="another", messages=MESSAGES)


@pytest.mark.parametrize("provider", PROVIDERS[:1], ids=["openai"])
def test_what_was_not_recorded_says_what_to_put_where(client: Any, provider: Provider) -> None:
    with pytest.raises(openai.NotFoundError, match=r"openai/nothing\.json"):
        create(client, "nothing")
