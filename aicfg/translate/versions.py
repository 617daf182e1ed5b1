"""What a gateway version does: the 3.10 tree in full, and each older one as its difference from the next newer.

Source: Kong's open-source releases 3.7.1, 3.8.1 and 3.9.1, and the 3.10 tree, each run with the same inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from aicfg.catalog.versions import parse_version, version_text
from aicfg.errors import UsageError
from aicfg.frozen import EMPTY
from aicfg.translate import (
    accounting,
    anthropic,
    bedrock,
    cohere,
    gemini,
    ollama,
    openai,
    order,
    parameters,
    readers,
    url,
)
from aicfg.translate.answer import Answer
from aicfg.translate.config import Config, Make, MakeAnswer, MakeEvent, Model
from aicfg.translate.drivers import CHAT, COMPLETIONS, DRIVERS, Driver
from aicfg.translate.exchange import Exchange
from aicfg.translate.lua import Table
from aicfg.tuples import NamedTuple


class Back(NamedTuple):
    """What differs between versions in what comes back.

    `answers` and `events` take the place of a format's own functions, by format and route type; `unreadable` of its
    words for an answer that is no JSON. `reader` finds the parser of a stream. `count_received` counts the tokens of
    what the provider said, `count_sent` and `count_event` of what the client gets, which matters only where they fail.

    `silent` are the providers, each with its format, whose driver says nothing about why its code failed, None for all.
    `lines` are the places in Kong's code that clients get to read of. `resolves_model`: drivers see the model that was
    called, not the config's. `gemini_model`: Gemini's answers name the model, whatever is in them. `repeats_events`: an
    empty chunk brings the events of the one before again. `waits_for_the_unasked`: where a client did not ask for the
    stream that it gets, Kong waits for the whole answer. `always_says_stream`: the Content-Type of a stream does not
    depend on the status. `model_name_header`: there is one. `always_clears_cookies`: whatever the status. `zips`: a
    whole answer that was translated is gzipped for a client that takes gzip, whatever the provider sent.
    """

    answers: Mapping[tuple[str, str], MakeAnswer]
    events: Mapping[tuple[str, str], MakeEvent]
    unreadable: Mapping[str, str]
    reader: Callable[[Answer, str | None], readers.Read | None]
    count_received: Callable[[Any, Config], None]
    count_sent: Callable[[Any, Config], None]
    count_event: Callable[[Any, Config], None]
    silent: frozenset[tuple[str, str]] | None
    lines: Mapping[str, int]
    resolves_model: bool
    gemini_model: bool
    repeats_events: bool
    waits_for_the_unasked: bool
    always_says_stream: bool
    model_name_header: bool
    always_clears_cookies: bool
    zips: bool


class Behaviour(NamedTuple):
    """What differs between versions. `name` is the version that was measured.

    `steps` are gone through in this order. `no_body` is what a client hears whose body cannot be parsed, where that is
    refused for itself. `replaced` are functions that take the place of a format's own, by format
    and route type. `merge` puts the config's parameters into a request. `preserved_path` is the path that is called for
    route type preserve, None for the one that other route types have. `need_path_in_url` are the providers whose driver
    fails over an upstream_url without a path. `maps_tool_choice`: Anthropic gets its own words
    for it. `chat_limit` is Hugging Face's name for max_tokens in a chat.

    `back` is what differs in what comes back.
    """

    name: str
    steps: tuple[order.Step, ...]
    no_body: str
    drivers: Mapping[str, Driver]
    replaced: Mapping[tuple[str, str], Make]
    merge: Callable[[Table, Model], None]
    preserved_path: Callable[[Exchange], str | None]
    need_path_in_url: tuple[str, ...]
    maps_tool_choice: bool
    chat_limit: str
    back: Back


def _with(drivers: Mapping[str, Driver], **changed: Driver) -> Mapping[str, Driver]:
    return MappingProxyType({**drivers, **changed})


BACK_3_10 = Back(
    answers=EMPTY,
    events=EMPTY,
    unreadable=EMPTY,
    reader=readers.by_content_type,
    count_received=accounting.of_provider,
    count_sent=accounting.nothing,
    count_event=accounting.of_event,
    silent=frozenset({("huggingface", ""), ("mistral", "ollama")}),
    lines=MappingProxyType(
        {
            "anthropic content": 321,
            "cohere billed_units": 262,
            "gemini finishReason": 420,
            "gemini functionCall": 439,
            "llama2 data": 60,
            "llama2 data item": 63,
        }
    ),
    resolves_model=True,
    gemini_model=True,
    repeats_events=True,
    waits_for_the_unasked=True,
    always_says_stream=True,
    model_name_header=True,
    always_clears_cookies=False,
    zips=True,
)

BACK_3_9 = BACK_3_10._replace(
    lines=MappingProxyType(
        {**BACK_3_10.lines, "anthropic content": 294, "gemini finishReason": 417, "gemini functionCall": 436}
    ),
    resolves_model=False,
    gemini_model=False,
)

BACK_3_8 = BACK_3_9._replace(
    answers=MappingProxyType(
        {
            ("anthropic", CHAT): anthropic.chat_answer_of_text,
            ("bedrock", CHAT): bedrock.chat_answer_of_text,
            ("cohere", CHAT): cohere.chat_answer_of_v1,
            ("gemini", CHAT): gemini.chat_answer_of_text,
            ("ollama", CHAT): ollama.chat_answer_by_count,
        }
    ),
    events=MappingProxyType(
        {("bedrock", CHAT): bedrock.chat_event_of_text, ("gemini", CHAT): gemini.chat_event_of_text}
    ),
    reader=readers.by_provider,
    count_received=accounting.nothing,
    count_sent=accounting.of_client,
    silent=None,
    repeats_events=False,
    waits_for_the_unasked=False,
    always_says_stream=False,
    always_clears_cookies=True,
    zips=False,
)

BACK_3_7 = BACK_3_8._replace(
    unreadable=MappingProxyType({"openai": "'choices' not in {route_type} response"}),
    reader=readers.always_the_same,
    count_sent=accounting.of_client_but_preserved,
    count_event=accounting.of_event_if_logged,
    model_name_header=False,
    always_clears_cookies=False,
)

V3_10 = Behaviour(
    name="3.10",
    steps=order.STEPS,
    no_body="",
    drivers=DRIVERS,
    replaced=EMPTY,
    merge=parameters.config_over_request,
    preserved_path=url.client_path_unless_upstream_path,
    need_path_in_url=(),
    maps_tool_choice=True,
    chat_limit="max_length",
    back=BACK_3_10,
)

V3_9 = V3_10._replace(
    name="3.9",
    back=BACK_3_9,
    maps_tool_choice=False,
    chat_limit="max_lenght",  # as Kong spells it
)

V3_8 = V3_9._replace(
    name="3.8",
    back=BACK_3_8,
    steps=order.STEPS_3_8,
    no_body="content-type header does not match request body, or bad JSON formatting",
    drivers=_with(DRIVERS, mistral=DRIVERS["mistral"]._replace(paths=EMPTY, needs_path=True)),
    replaced=MappingProxyType(
        {
            ("anthropic", CHAT): anthropic.chat_without_tools,
            ("bedrock", CHAT): bedrock.chat_without_tools,
            ("cohere", CHAT): cohere.chat_without_tools,
            ("cohere", COMPLETIONS): cohere.chat_without_tools,
            ("gemini", CHAT): gemini.chat_of_texts,
            ("ollama", CHAT): ollama.chat_without_tools,
            ("ollama", COMPLETIONS): ollama.chat_without_tools,
        }
    ),
    preserved_path=url.upstream_path_or_client_path,
    need_path_in_url=("anthropic", "azure", "bedrock", "cohere", "gemini", "openai"),
)

V3_7 = V3_8._replace(
    name="3.7",
    back=BACK_3_7,
    steps=order.STEPS_3_7,
    no_body="content-type header does not match request body",
    drivers=_with(
        V3_8.drivers,
        cohere=DRIVERS["cohere"]._replace(needs_options=True),
        mistral=DRIVERS["mistral"]._replace(requires=("upstream_url",)),
    ),
    replaced=MappingProxyType({**V3_8.replaced, ("openai", CHAT): openai.chat_with_the_clients_model}),
    merge=parameters.request_over_config,
    preserved_path=url.as_for_other_route_types,
)

MEASURED: Mapping[tuple[int, ...], Behaviour] = MappingProxyType(
    {(3, 7): V3_7, (3, 8): V3_8, (3, 9): V3_9, (3, 10): V3_10}
)


@cache
def behaviour(gateway: str) -> Behaviour:
    """What a gateway version does; one above 3.10 does what 3.10 does.

    Raises UsageError for a version below 3.7, or one that aicfg does not know.
    """
    version = parse_version(gateway)[:2]
    if version > (3, 10):
        return V3_10
    if version not in MEASURED:
        raise UsageError(
            f"aicfg cannot translate for gateway {version_text(version)}", hint="use 3.7 or above: what was measured"
        )
    return MEASURED[version]
