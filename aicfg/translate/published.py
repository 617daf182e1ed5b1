"""The types that providers publish in their own Python SDKs, as far as Kong's bodies may not fit them.

Only what Kong hands on as it came, or makes otherwise, is here. What is in OpenAI's format fits OpenAI and Azure, and
of other servers with that format nothing is known. The tests hold every table against the SDKs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from aicfg.frozen import EMPTY
from aicfg.translate.drivers import CHAT, COMPLETIONS
from aicfg.tuples import NamedTuple

Parts = tuple[str, ...]


class Misfit(NamedTuple):
    """What stands at `path` does not fit where `wrong` says so of it; None: whatever it is."""

    path: Parts
    says: str
    wrong: Callable[[Any], bool] | None = None


class Need(NamedTuple):
    """A body without the field, or with something else in it, is not complete."""

    field: str
    fits: Callable[[Any], bool]
    says: str


class Published(NamedTuple):
    """What a provider takes in one operation. `whose` is its name in sentences.

    `fields` are all that there are in the objects at a path; `called` tells more about one that is not among them.
    `misfits` are values that do not fit, `needs` what has to be there. `own_host`: only of the provider's own host this
    is known, for others speak the format, too. In paths, `*` is each item of a list.
    """

    whose: str
    fields: Mapping[Parts, frozenset[str]] = EMPTY
    called: Mapping[Parts, str] = EMPTY
    misfits: tuple[Misfit, ...] = ()
    needs: tuple[Need, ...] = ()
    own_host: bool = False


def _parts(dotted: str) -> Parts:
    return tuple(dotted.split(".")) if dotted else ()


def _fields(names: Mapping[str, str]) -> Mapping[Parts, frozenset[str]]:
    return MappingProxyType({_parts(path): frozenset(listed.split()) for path, listed in names.items()})


def _called(names: Mapping[str, str]) -> Mapping[Parts, str]:
    return MappingProxyType({_parts(path): says for path, says in names.items()})


def _misfit(path: str, says: str, wrong: Callable[[Any], bool] | None = None) -> Misfit:
    return Misfit(_parts(path), says, wrong)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_no_text(value: Any) -> bool:
    return not isinstance(value, str)


def _is_something_but_a_text(value: Any) -> bool:
    return value is not None and not isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_none_of(*words: str) -> Callable[[Any], bool]:
    return lambda value: value not in words


ANTHROPIC_CHAT = Published(
    "Anthropic's Messages",
    fields=_fields({"messages.*": "role content"}),
    needs=(
        Need(
            "max_tokens",
            _is_number,
            "Anthropic's Messages needs max_tokens, a number: neither the request nor the config has one",
        ),
    ),
)

ANTHROPIC_COMPLETIONS = Published(
    "Anthropic's Text Completions",
    needs=(
        Need(
            "max_tokens_to_sample",
            _is_number,
            "Anthropic's Text Completions needs max_tokens, a number: neither the request nor the config has one",
        ),
    ),
)

_COHERE_CALLS = {"stop": "it is called stop_sequences", "top_p": "it is called p", "top_k": "it is called k"}

COHERE_CHAT = Published(
    "Cohere's Chat",
    fields=_fields(
        {
            "": "message chat_history model stream temperature max_tokens max_input_tokens p k seed stop_sequences "
            "frequency_penalty presence_penalty response_format tools tool_results force_single_step preamble "
            "conversation_id prompt_truncation connectors search_queries_only documents citation_quality "
            "raw_prompting safety_mode",
            "tools.*": "name description parameter_definitions",
        }
    ),
    called=_called(
        {
            **_COHERE_CALLS,
            "messages": "with tools in it, Kong sends OpenAI's body; here, a message and a chat_history stand for them",
            "tools.*.function": "its tools have name, description and parameter_definitions, and Kong leaves OpenAI's",
        }
    ),
    misfits=(
        _misfit("message", "Cohere's message is a text, and Kong leaves what came", _is_no_text),
        _misfit("chat_history.*.message", "Cohere's messages are texts, and Kong leaves what came", _is_no_text),
    ),
    needs=(
        Need(
            "message",
            lambda value: value is not None,
            "Cohere's Chat needs a message, and there is none: with tools in the body, Kong sends OpenAI's messages; "
            "without, the last message has no content",
        ),
    ),
)

COHERE_COMPLETIONS = Published(
    "Cohere's Generate",
    fields=_fields(
        {
            "": "prompt model stream temperature max_tokens num_generations p k seed stop_sequences end_sequences "
            "frequency_penalty presence_penalty preset raw_prompting return_likelihoods truncate"
        }
    ),
    called=_called(_COHERE_CALLS),
)

_MISTRAL_CALLS = _called({"seed": "it is called random_seed"})

MISTRAL_CHAT = Published(
    "Mistral",
    fields=_fields(
        {
            "": "messages model stream temperature top_p top_k max_tokens min_tokens stop random_seed n "
            "frequency_penalty presence_penalty repetition_penalty response_format tools tool_choice "
            "parallel_tool_calls logprobs top_logprobs prompt_logprobs top_prompt_logprobs metadata prediction "
            "prompt_cache_key prompt_mode reasoning_effort safe_prompt service_tier guardrails"
        }
    ),
    called=_MISTRAL_CALLS,
    misfits=(
        _misfit(
            "messages.*.role",
            "Mistral has the roles system, user, assistant and tool only",
            _is_none_of("system", "user", "assistant", "tool"),
        ),
    ),
    own_host=True,
)

MISTRAL_COMPLETIONS = Published(
    "Mistral's fill-in-the-middle",
    fields=_fields(
        {
            "": "prompt suffix model stream temperature top_p max_tokens min_tokens stop random_seed metadata "
            "prompt_cache_key"
        }
    ),
    called=_MISTRAL_CALLS,
    own_host=True,
)

OLLAMA_CHAT = Published(
    "Ollama",
    fields=_fields(
        {
            "": "messages model stream tools options format keep_alive think logprobs top_logprobs",
            "messages.*": "role content thinking images tool_calls tool_name",
            "messages.*.tool_calls.*": "function",
            "messages.*.tool_calls.*.function": "name arguments",
        }
    ),
    misfits=(
        _misfit(
            "messages.*.tool_calls.*.function.arguments", "Ollama's are an object, and Kong leaves the text", _is_text
        ),
        _misfit(
            "messages.*.content",
            "Ollama's content is a text, with images beside it, and Kong leaves what came",
            _is_something_but_a_text,
        ),
    ),
)

OLLAMA_COMPLETIONS = Published(
    "Ollama's generate",
    fields=_fields(
        {
            "": "prompt suffix model stream options format keep_alive think logprobs top_logprobs system template "
            "context raw images width height steps"
        }
    ),
)

TEXT_GENERATION = Published(
    "A text generation server",
    fields=_fields(
        {
            "": "inputs parameters stream",
            "parameters": "max_new_tokens temperature top_p top_k top_n_tokens typical_p best_of do_sample seed stop "
            "truncate watermark grammar details decoder_input_details return_full_text repetition_penalty "
            "frequency_penalty adapter_id",
        }
    ),
    called=_called({"parameters.stream": "it stands beside the parameters"}),
)

GEMINI_CHAT = Published(
    "Gemini",
    misfits=(
        _misfit(
            "contents.*.role",
            "Gemini has the roles user and model only: calls are the model's, results the user's",
            _is_none_of("user", "model"),
        ),
        _misfit("contents.*.parts.*.function_response.name", "Kong has this one name for every function that answered"),
        _misfit("generationConfig.stopSequences", "Gemini's is a list, and Kong leaves the text", _is_text),
    ),
)

BEDROCK_CHAT = Published(
    "Converse",
    misfits=(
        _misfit("anthropic_version", "it belongs to InvokeModel, and Converse, which Kong calls, has no such field"),
        _misfit("inferenceConfig.stopSequences", "Converse's is a list, and Kong leaves the text", _is_text),
    ),
)

HUGGING_FACE_CHAT = Published(
    "Hugging Face's chat",
    fields=_fields(
        {
            "": "messages model stream stream_options temperature top_p max_tokens stop seed n frequency_penalty "
            "presence_penalty logit_bias logprobs top_logprobs response_format tools tool_choice tool_prompt",
            "messages.*": "role content name tool_calls",
            "messages.*.tool_calls.*.function": "name description parameters",
            "tool_choice": "function",
        }
    ),
    called=_called(
        {
            "parameters": "what stands in it stands at the top of a chat's body",
            "options": "it was part of an earlier API",
            "messages.*.tool_calls.*.function.arguments": "it is called parameters",
        }
    ),
    misfits=(
        _misfit("stop", "Hugging Face's is a list, and Kong leaves the text", _is_text),
        _misfit("logit_bias", "Hugging Face's is a list of numbers, and Kong leaves the object", _is_object),
    ),
)

HUGGING_FACE_COMPLETIONS = Published(
    "Hugging Face's text generation",
    fields=TEXT_GENERATION.fields,
    called=_called(
        {
            "model": "the model stands in the URL",
            "options": "it was part of an earlier API",
            "stop": "it belongs to the parameters",
            "seed": "it belongs to the parameters",
        }
    ),
)

PUBLISHED: Mapping[tuple[str, str, str], Published] = MappingProxyType(
    {
        ("anthropic", "anthropic", CHAT): ANTHROPIC_CHAT,
        ("anthropic", "anthropic", COMPLETIONS): ANTHROPIC_COMPLETIONS,
        ("cohere", "cohere", CHAT): COHERE_CHAT,
        ("cohere", "cohere", COMPLETIONS): COHERE_COMPLETIONS,
        ("mistral", "openai", CHAT): MISTRAL_CHAT,
        ("mistral", "openai", COMPLETIONS): MISTRAL_COMPLETIONS,
        ("mistral", "ollama", CHAT): OLLAMA_CHAT,
        ("mistral", "ollama", COMPLETIONS): OLLAMA_COMPLETIONS,
        ("llama2", "ollama", CHAT): OLLAMA_CHAT,
        ("llama2", "ollama", COMPLETIONS): OLLAMA_COMPLETIONS,
        ("llama2", "llama2_raw", CHAT): TEXT_GENERATION,
        ("llama2", "llama2_raw", COMPLETIONS): TEXT_GENERATION,
        ("gemini", "gemini", CHAT): GEMINI_CHAT,
        ("bedrock", "bedrock", CHAT): BEDROCK_CHAT,
        ("huggingface", "huggingface", CHAT): HUGGING_FACE_CHAT,
        ("huggingface", "huggingface", COMPLETIONS): HUGGING_FACE_COMPLETIONS,
    }
)
"""By provider, module of the wire format, and route type."""
