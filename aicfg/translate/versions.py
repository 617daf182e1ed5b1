"""What a gateway version does: the 3.10 tree in full, and each older one as its difference from the next newer.

Source: Kong's open-source releases 3.7.1, 3.8.1 and 3.9.1, and the 3.10 tree, each run with the same inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from aicfg.catalog.versions import parse_version, version_text
from aicfg.errors import UsageError
from aicfg.frozen import EMPTY
from aicfg.translate import anthropic, bedrock, cohere, gemini, ollama, openai, order, parameters, url
from aicfg.translate.config import Make, Model
from aicfg.translate.drivers import CHAT, COMPLETIONS, DRIVERS, Driver
from aicfg.translate.exchange import Exchange
from aicfg.translate.lua import Table
from aicfg.tuples import NamedTuple


class Behaviour(NamedTuple):
    """What differs between versions. `name` is the version that was measured.

    `steps` are gone through in this order. `no_body` is what a client hears whose body cannot be parsed, where that is
    refused for itself. `replaced` are functions that take the place of a format's own, by format
    and route type. `merge` puts the config's parameters into a request. `preserved_path` is the path that is called for
    route type preserve, None for the one that other route types have. `need_path_in_url` are the providers whose driver
    fails over an upstream_url without a path. `maps_tool_choice`: Anthropic gets its own words
    for it. `chat_limit` is Hugging Face's name for max_tokens in a chat.
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


def _with(drivers: Mapping[str, Driver], **changed: Driver) -> Mapping[str, Driver]:
    return MappingProxyType({**drivers, **changed})


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
)

V3_9 = V3_10._replace(
    name="3.9",
    maps_tool_choice=False,
    chat_limit="max_lenght",  # as Kong spells it
)

V3_8 = V3_9._replace(
    name="3.8",
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
    steps=order.STEPS_3_7,
    no_body="content-type header does not match request body",
    drivers=_with(V3_8.drivers, cohere=DRIVERS["cohere"]._replace(needs_options=True)),
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
