"""What a reader of a trace should know about what Kong makes of answers and events: frozen tables, by format.

On the way back, clients read what comes as OpenAI's, so what surprises is a loss of what they would find there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aicfg.translate.remarks import Remark, altered, lost, sent

NOT_TAKEN = "Kong does not take this over"
NO_FINISH = "the client gets no finish_reason"
NO_USAGE = "the client gets no usage"
NO_CALLS = "the client does not hear of tool calls"
NO_CITATIONS = "Kong does not hand on citations"
NO_ERROR = "the client does not hear of the error"
EMPTY_CALLS = "of tool calls in a stream, the client gets empty texts only"
EMPTY_THOUGHTS = "of what the model thinks, the client gets empty texts only"
AS_THEY_ARE = "Kong leaves it as it is, and clients look for OpenAI's words"
ALWAYS_STOP = "Kong says stop, whatever the reason was"
ALWAYS_ASSISTANT = "the role is always assistant"


def _starts_with_text(event: Any) -> bool:
    return bool(event["content_block"]["text"])


def _ends_with_text(event: Any) -> bool:
    message = event.get("message")
    said = event.get("response") or (message.get("content") if isinstance(message, dict) else None)
    return bool(said) and event.get("done") not in (None, False)


def _stops_otherwise(answer: Any) -> bool:
    return bool(answer["candidates"][0]["finishReason"] != "STOP")


def _has_several_candidates(answer: Any) -> bool:
    return len(answer["candidates"]) > 1


def _has_a_reason(event: Any) -> bool:
    return any(isinstance(choice, dict) and choice.get("finish_reason") for choice in event["choices"])


def _is_of_a_call(frame: Any) -> bool:
    body = frame["body"]
    return any(isinstance(body.get(part), dict) and "toolUse" in body[part] for part in ("start", "delta"))


_GEMINI = (
    lost("candidates.0.content.role", ALWAYS_ASSISTANT, surprising=False),
    lost("candidates.0.content.parts.**", "of a candidate, Kong takes the first part's text, or else the calls"),
    lost("candidates.0.finishReason", NO_FINISH),
    lost("candidates.0.citationMetadata.**", NO_CITATIONS),
    lost("candidates.0.groundingMetadata.**", "Kong does not hand on sources"),
    lost("candidates.0.**", NOT_TAKEN, surprising=False),
    lost("candidates.*.**", "Kong looks at the first candidate only", when=_has_several_candidates),
    lost("promptFeedback.**", "the client does not hear why there is no answer"),
)

ANSWERS: Mapping[str, tuple[Remark, ...]] = MappingProxyType(
    {
        "anthropic": (
            sent("stop_reason", AS_THEY_ARE),
            lost("content.*.type", "parts have no type here", surprising=False),
            lost("content.*.thinking", "Kong does not hand on what the model thinks"),
            lost("content.*.citations.**", NO_CITATIONS),
        ),
        "cohere": (
            sent("finish_reason", AS_THEY_ARE),
            lost("finish_reason", ALWAYS_STOP),
            lost("generations.*.finish_reason", ALWAYS_STOP),
            lost("tool_calls.**", NO_CALLS),
            lost("message.content.**", "the plan for the tools takes the place of the content"),
            lost("citations.**", NO_CITATIONS),
            lost("message.citations.**", NO_CITATIONS),
        ),
        "ollama": (
            lost("done_reason", "Kong tells by the number of tokens whether the answer was cut off"),
            lost("error", "the client gets an answer without a message"),
            sent("message.tool_calls.*.function.arguments.**", "it is an object here, and clients look for a text"),
        ),
        "gemini": (
            altered(
                "candidates.0.finishReason", "in small letters, and clients look for OpenAI's", when=_stops_otherwise
            ),
            *_GEMINI,
        ),
        "bedrock": (
            lost("stopReason", "Kong says stop for all that OpenAI does not have"),
            lost("output.message.role", ALWAYS_ASSISTANT, surprising=False),
            lost("output.message.content.*.text", "Kong takes the first block's text only"),
            lost(
                "output.message.content.*.toolUse.input", "a call without input has no arguments, not even empty ones"
            ),
            lost("output.message.content.**", "Kong hands on texts and uses of tools only"),
        ),
        "huggingface": (
            lost("choices.*.message.role", "Kong leaves out the role"),
            lost("choices.*.message.tool_calls.**", NO_CALLS),
            lost("choices.*.finish_reason", "Kong says complete, whatever the reason was"),
            lost("*.details.finish_reason", "Kong says complete, whatever the reason was"),
            lost("*.generated_text", "Kong takes the first text only"),
        ),
    }
)
"""Of whole answers."""

EVENTS: Mapping[str, tuple[Remark, ...]] = MappingProxyType(
    {
        "anthropic": (
            lost("delta.stop_reason", NO_FINISH),
            lost("usage.**", NO_USAGE),
            lost("message.usage.**", NO_USAGE),
            lost("content_block.id", EMPTY_CALLS),
            lost("content_block.name", EMPTY_CALLS),
            lost("content_block.input.**", EMPTY_CALLS),
            lost("delta.partial_json", EMPTY_CALLS),
            lost("content_block.text", "Kong looks for a text in `delta` only", when=_starts_with_text),
            lost("content_block.thinking", EMPTY_THOUGHTS),
            lost("delta.thinking", EMPTY_THOUGHTS),
            lost("delta.citation.**", NO_CITATIONS),
            lost("error.**", NO_ERROR),
        ),
        "cohere": (
            lost("finish_reason", NO_FINISH),
            lost("response.meta.**", NO_USAGE),
            lost("response.token_count.**", NO_USAGE),
            lost("tool_calls.**", NO_CALLS),
            lost("tool_call_delta.**", NO_CALLS),
            lost("citations.**", NO_CITATIONS),
            lost("delta.**", "Kong knows the events of Chat, version 1, only"),
        ),
        "ollama": (
            lost("message.content", "a text in the last event is lost", when=_ends_with_text),
            lost("response", "a text in the last event is lost", when=_ends_with_text),
            lost("message.tool_calls.**", EMPTY_CALLS),
            lost("message.thinking", EMPTY_THOUGHTS),
            lost("done_reason", NO_FINISH),
            lost("eval_count", NO_USAGE),
            lost("prompt_eval_count", NO_USAGE),
            lost("error", NO_ERROR),
        ),
        "gemini": (
            sent("candidates.0.finishReason", AS_THEY_ARE),
            *_GEMINI,
            lost("usageMetadata.**", NO_USAGE),
            lost("error.**", NO_ERROR),
        ),
        "bedrock": (
            lost("headers.:exception-type", NO_ERROR),
            lost("body.message", NO_ERROR),
            lost("headers.*", "it belongs to the frame", surprising=False),
            lost("body.stopReason", "Kong says stop for all that OpenAI does not have"),
            lost("body.contentBlockIndex", "every call gets the index 0", when=_is_of_a_call),
            lost("body.delta.reasoningContent.**", EMPTY_THOUGHTS),
            lost("body.delta.**", "Kong hands on texts and uses of tools only"),
            lost("body.start.**", "Kong hands on texts and uses of tools only"),
            lost("body.usage.**", NO_USAGE),
            lost("body.trace.**", "the client gets no trace"),
        ),
        "huggingface": (
            lost("choices.*.delta.tool_calls.**", EMPTY_CALLS),
            lost("choices.*.finish_reason", NO_FINISH, when=_has_a_reason),
            lost("choices.*.delta.role", ALWAYS_ASSISTANT, surprising=False),
            lost("choices.0.**", NOT_TAKEN, surprising=False),
            lost("choices.*.delta.**", "Kong takes the first choice only"),
            lost("details.finish_reason", NO_FINISH),
            lost("usage.**", NO_USAGE),
            lost("error.**", NO_ERROR),
        ),
    }
)
"""Of events."""

WRAPPED: Mapping[str, tuple[str, ...]] = MappingProxyType({"bedrock": ("body",)})
"""The fields of an event that hold its JSON as a text."""
