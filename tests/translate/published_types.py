"""Whether a body fits the types that a provider publishes in its own Python SDK: what does not, by dotted path.

A field that the types do not have counts as one that does not fit, and a number in a text is no number. The SDKs are
the extra `providers`; each is imported when it is needed, so that those which are not installed are skipped.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple, get_type_hints
from urllib.parse import unquote

import pytest

Json = dict[str, Any]
Location = tuple[Any, ...]

OTHER_TYPE = re.compile(r".*_type$|literal_error")


class Sent(NamedTuple):
    """What reaches the provider: the path of the URL, and the body."""

    path: str
    body: Json

    @property
    def streams(self) -> bool:
        return self.body.get("stream") is True


# The types, one function for each operation


@cache
def openai_chat(streams: bool) -> Any:
    module = _sdk("openai.types.chat.completion_create_params")
    return module.CompletionCreateParamsStreaming if streams else module.CompletionCreateParamsNonStreaming


@cache
def openai_completions(streams: bool) -> Any:
    module = _sdk("openai.types.completion_create_params")
    return module.CompletionCreateParamsStreaming if streams else module.CompletionCreateParamsNonStreaming


@cache
def anthropic_chat(streams: bool) -> Any:
    module = _sdk("anthropic.types.message_create_params")
    return module.MessageCreateParamsStreaming if streams else module.MessageCreateParamsNonStreaming


@cache
def anthropic_completions(streams: bool) -> Any:
    module = _sdk("anthropic.types.completion_create_params")
    return module.CompletionCreateParamsStreaming if streams else module.CompletionCreateParamsNonStreaming


@cache
def cohere_chat(streams: bool) -> Any:
    client = _sdk("cohere.base_client").BaseCohere
    return _arguments(client.chat_stream if streams else client.chat)


@cache
def cohere_completions(streams: bool) -> Any:
    client = _sdk("cohere.base_client").BaseCohere
    return _arguments(client.generate_stream if streams else client.generate)


@cache
def mistral_chat(streams: bool) -> Any:
    models = _sdk("mistralai.client.models")
    return models.ChatCompletionStreamRequestTypedDict if streams else models.ChatCompletionRequestTypedDict


@cache
def mistral_completions(streams: bool) -> Any:
    models = _sdk("mistralai.client.models")
    return models.FIMCompletionStreamRequestTypedDict if streams else models.FIMCompletionRequestTypedDict


@cache
def ollama_chat(streams: bool) -> Any:
    types, pydantic = _sdk("ollama._types"), _sdk("pydantic")
    # as published, any object is a message or the options
    return pydantic.create_model(
        "Chat", __base__=types.ChatRequest, messages=(list[types.Message], ...), options=(types.Options, None)
    )


@cache
def ollama_completions(streams: bool) -> Any:
    types, pydantic = _sdk("ollama._types"), _sdk("pydantic")
    return pydantic.create_model("Generate", __base__=types.GenerateRequest, options=(types.Options, None))


@cache
def huggingface_chat(streams: bool) -> Any:
    return _sdk("huggingface_hub").ChatCompletionInput


@cache
def huggingface_completions(streams: bool) -> Any:
    return _sdk("huggingface_hub").TextGenerationInput


@cache
def gemini_chat(streams: bool) -> Any:
    """The parts of a generateContent request: the SDK has no type for the whole."""
    types, typing = _sdk("google.genai.types"), _sdk("typing_extensions")
    return typing.TypedDict(
        "GenerateContent",
        {
            "contents": typing.Required[list[types.Content]],
            "systemInstruction": typing.NotRequired[types.Content],
            "generationConfig": typing.NotRequired[types.GenerationConfig],
            "tools": typing.NotRequired[list[types.Tool]],
            "toolConfig": typing.NotRequired[types.ToolConfig],
        },
    )


def _arguments(method: Any) -> Any:
    """The arguments of a method as the type of the body that it sends."""
    typing = _sdk("typing_extensions")
    hints, fields = get_type_hints(method), {"stream": typing.NotRequired[bool]}
    for name, parameter in inspect.signature(method).parameters.items():
        if name not in ("self", "accepts", "request_options"):
            needed = parameter.default is inspect.Parameter.empty
            fields[name] = (typing.Required if needed else typing.NotRequired)[hints[name]]
    return typing.TypedDict(method.__name__, fields)


def _sdk(module: str) -> Any:
    return pytest.importorskip(module, reason="needs the extra `providers`")


# The checks


def misfits(types: Callable[[bool], Any], sent: Sent) -> set[str]:
    """Where a body does not fit a pydantic type, a typed dict or a dataclass."""
    pydantic = _sdk("pydantic")
    try:
        _validator(types, sent.streams).validate_json(json.dumps(sent.body), strict=True, extra="forbid")
    except pydantic.ValidationError as error:
        found = [(one["loc"], one["type"]) for one in error.errors(include_url=False, include_input=False)]
        return set(_places(found, sent.body, ()))
    return set()


@cache
def _validator(types: Callable[[bool], Any], streams: bool) -> Any:
    return _sdk("pydantic_core").SchemaValidator(_eager(_sdk("pydantic").TypeAdapter(types(streams)).core_schema))


def _eager(schema: Any) -> Any:
    """pydantic's schema with lists for what is an Iterable: of these it would not look at the items."""
    if isinstance(schema, dict):
        made = {key: _eager(value) for key, value in schema.items()}
        return made | {"type": "list"} if made.get("type") == "generator" else made
    if isinstance(schema, (list, tuple)):
        return type(schema)(map(_eager, schema))
    return schema


def _places(errors: list[tuple[Location, str]], value: Any, path: Location) -> Iterable[str]:
    """The places in the data. pydantic's locations also name the members of unions; where one of them is meant, what
    is wrong in it counts, else the place of the union itself."""
    members: dict[Any, list[tuple[Location, str]]] = {}
    inside: dict[Any, list[tuple[Location, str]]] = {}
    for location, kind in errors:
        if not location:
            yield ".".join(map(str, path))
        elif _is_key(location, kind, value):
            inside.setdefault(location[0], []).append((location[1:], kind))
        else:
            members.setdefault(location[0], []).append((location[1:], kind))
    for key, below in inside.items():
        yield from _places(below, _item(value, key), (*path, key))
    meant = [below for below in members.values() if not any(map(_is_other, below))]
    if len(members) == 1 or len(meant) == 1:
        yield from _places(meant[0] if meant else next(iter(members.values())), value, path)
    elif members:
        yield ".".join(map(str, path))


def _is_key(location: Location, kind: str, value: Any) -> bool:
    key = location[0]
    if isinstance(value, dict):
        return key in value or (kind in ("missing", "missing_argument") and len(location) == 1)
    return isinstance(value, list) and isinstance(key, int)


def _item(value: Any, key: Any) -> Any:
    return value.get(key) if isinstance(value, dict) else value[key]


def _is_other(error: tuple[Location, str]) -> bool:
    """Whether an error says that a member of a union was never meant."""
    location, kind = error
    if not location:
        return OTHER_TYPE.fullmatch(kind) is not None
    return location[-1] in ("role", "type") and len(location) == 1 and kind in ("literal_error", "missing")


NAMED = re.compile(r'(?:\bin|(?:parameter|structure)(?! in\b)) (?P<place>[\w.\[\]]+)(?:: "(?P<field>\w+)")?')


def bedrock_misfits(sent: Sent) -> set[str]:
    """Where a body does not fit botocore's model of Converse."""
    shape = _converse()
    body = {"modelId": unquote(sent.path.split("/")[2]), **sent.body}
    report = _sdk("botocore.validate").ParamValidator().validate(body, shape)
    return {_dotted(line) for line in report.generate_report().splitlines()}


@cache
def _converse() -> Any:
    session = _sdk("botocore.session").Session()
    return session.get_service_model("bedrock-runtime").operation_model("Converse").input_shape


def _dotted(line: str) -> str:
    found = NAMED.search(line)
    assert found, line
    parts = [*re.findall(r"\w+", found["place"]), *([found["field"]] if found["field"] else [])]
    return ".".join(parts[1:] if parts[0] == "input" else parts)


def gemini_misfits(sent: Sent) -> set[str]:
    """The types, and what their descriptions say in words: roles are user and model, the name of a result is that of
    a function."""
    found = misfits(gemini_chat, sent)
    declared = {
        function.get("name")
        for tool in sent.body.get("tools", [])
        for function in tool.get("function_declarations", [])
    }
    for number, content in enumerate(sent.body["contents"]):
        if content.get("role") not in ("user", "model"):
            found.add(f"contents.{number}.role")
        for position, part in enumerate(content.get("parts") or []):
            response = part.get("function_response")
            if response and response["name"] not in declared:
                found.add(f"contents.{number}.parts.{position}.function_response.name")
    return found
