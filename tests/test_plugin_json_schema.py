"""`aicfg schema --plugin`: its verdict is the checker's, but for what `NOT_EXPRESSIBLE` lists.

All 5,250 vectors are compared in all five versions: compiled once, the validators take some ten seconds. The other
plugins and versions have no verdicts of Kong's: there the checker itself says what is right, about configs that are
made at random (always the same ones) from the tables and then broken.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Command
from json_schemas import EXCUSES, ODD, REFERENCE, both, excuse
from jsonschema import Draft7Validator

from aicfg.catalog.plugins import build_schema, plugin_names, plugin_schema
from aicfg.catalog.versions import gateway
from aicfg.kong.check import check
from aicfg.kong.json_schema import NOT_EXPRESSIBLE, plugin_json_schema
from aicfg.kong.json_schema.texts import HOST, URL, VAULT_REFERENCE
from aicfg.kong.references import is_vault_reference
from aicfg.kong.urls import host_problem, url_problem

VECTORS = Path(__file__).parent / "vectors" / "schema" / "plugin-configs.jsonl.gz"
VERSIONS = ("3.6", "3.7", "3.8", "3.9", "3.10")
OSS_PLUGINS = (
    "ai-proxy",
    "ai-prompt-decorator",
    "ai-prompt-guard",
    "ai-prompt-template",
    "ai-request-transformer",
    "ai-response-transformer",
)

Case = dict[str, Any]


def test_every_reason_can_be_told() -> None:
    assert set(EXCUSES) == set(NOT_EXPRESSIBLE)
    assert all(reason.endswith(".") for reason in NOT_EXPRESSIBLE.values())


# ── Kong's verdicts ──


@cache
def cases(plugin: str) -> list[Case]:
    with gzip.open(VECTORS, "rt", encoding="utf-8", errors="surrogatepass") as file:
        return [case for case in map(json.loads, file) if case["plugin"] == plugin]


@cache
def disagreements(plugin: str, version: str) -> tuple[tuple[str, bool, str | None], ...]:
    """Where Kong and the JSON Schema part: the case, what the JSON Schema says, and the excuse."""
    at = both(plugin, version, "oss")
    verdicts = ((case, at.validator.is_valid(case["config"])) for case in cases(plugin))
    return tuple(
        (case["id"], valid, excuse(at.own, case["config"]))
        for case, valid in verdicts
        if valid != case["verdicts"][version]["ok"]
    )


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("plugin", OSS_PLUGINS)
def test_kong_says_the_same(plugin: str, version: str) -> None:
    assert [found for found in disagreements(plugin, version) if found[2] is None] == []


@pytest.mark.parametrize("plugin", OSS_PLUGINS)
def test_where_they_part_it_is_kong_that_refuses(plugin: str) -> None:
    assert all(valid for version in VERSIONS for _, valid, _ in disagreements(plugin, version))


def test_every_reason_is_needed() -> None:
    needed = {
        excuse for plugin in OSS_PLUGINS for version in VERSIONS for _, _, excuse in disagreements(plugin, version)
    }
    assert needed == set(NOT_EXPRESSIBLE)


# ── Kong's peculiarities, one by one ──

CHAT = {"route_type": "llm/v1/chat", "model": {"provider": "openai", "name": "m"}}


@pytest.mark.parametrize(
    ("own", "valid"),
    [
        ({}, True),
        ({"auth": None}, True),
        ({"logging": None}, False),
        ({"auth": []}, True),
        ({"auth": [1]}, False),
        ({"auth": "key"}, False),
        ({"max_request_body_size": 8192.0}, True),
        ({"max_request_body_size": 8192.5}, False),
        ({"max_request_body_size": 0}, False),
        ({"max_request_body_size": True}, False),
        ({"response_streaming": None}, True),
        ({"response_streaming": ""}, False),
        ({"auth": {"header_name": "", "header_value": "k"}}, False),
        ({"auth": {"header_name": "h"}}, False),
        ({"auth": {"header_name": "h", "header_value": None}}, False),
        ({"auth": {"header_name": "h", "header_value": "k"}}, True),
        ({"auth": {"header_value": REFERENCE}}, True),
        ({"auth": {"header_value": f" {REFERENCE}"}}, False),
        ({"auth": {"param_value": REFERENCE, "param_location": "body"}}, True),
        ({"model": {"provider": "azure", "options": {"azure_instance": "i", "azure_deployment_id": "d"}}}, True),
        ({"model": {"provider": "azure", "options": {"azure_instance": "i"}}}, False),
        ({"model": {"provider": "azure", "options": None}}, False),
        ({"model": {"provider": "azure"}}, False),
        ({"model": {"provider": "bedrock"}}, False),
        ({"model": {"provider": "bedrock"}, "auth": {}}, True),
        ({"model": {"provider": "bedrock"}, "auth": []}, True),
        ({"model": {"provider": "bedrock"}, "auth": {"allow_override": True}}, False),
        ({"model": {"provider": "bedrock"}, "auth": {"allow_override": None}}, False),
        ({"model": True}, False),
        ({"model": "gpt-4"}, False),
        ({"llm_format": "gemini"}, False),
        ({"route_type": "preserve", "llm_format": None}, False),
    ],
)
def test_it_knows_what_kong_makes_of(own: dict[str, Any], valid: bool) -> None:
    at = both("ai-proxy", "3.10")
    config = {**CHAT, **own}
    assert (at.validator.is_valid(config), at.agree(config)) == (valid, True)


def test_an_empty_map_is_an_empty_list() -> None:
    at = both("ai-prompt-guard", "3.9")
    assert at.validator.is_valid({"allow_patterns": ["a"], "deny_patterns": {}})
    assert not at.validator.is_valid({"allow_patterns": {}, "deny_patterns": {}})
    assert not at.validator.is_valid({"allow_patterns": {"a": "b"}})


def test_limits_in_bytes_are_never_stricter_in_characters() -> None:
    at = both("ai-prompt-guard", "3.9")
    for count, valid in ((250, True), (251, True), (500, True), (501, False)):
        assert at.validator.is_valid({"allow_patterns": ["ü" * count]}) is valid
        assert (list(check(at.own, {"allow_patterns": ["ü" * count]})) == []) is (count <= 250)


def test_a_least_number_of_bytes_may_be_fewer_characters() -> None:
    odd = plugin_json_schema(build_schema("odd", yaml.safe_load(ODD), gateway("3.12")))
    validator = Draft7Validator(odd["properties"]["secret"]["anyOf"][0])
    lengths = {text: validator.is_valid(text) for text in ("a" * 7, "a" * 8, "ü" * 4, "ü", "\U0001f600" * 2)}
    assert list(lengths.values()) == [False, True, True, False, True]


def texts(alphabet: tuple[str, ...], number: int) -> Iterator[str]:
    """Texts of the alphabet's pieces, every other one beginning with the first of them."""
    chance = random.Random("texts")
    for index in range(number):
        yield "".join([alphabet[0] * (index % 2), *chance.choices(alphabet, k=chance.randrange(9))])


def definition(name: str) -> Draft7Validator:
    published = next(
        at for at in map(both, plugin_names(), ["3.12"] * 30) if name in at.published.get("definitions", ())
    )
    return Draft7Validator(published.published["definitions"][name])


@pytest.mark.parametrize(
    ("name", "alphabet", "problem"),
    [
        (URL, ("http://", "http", ":", "/", "@", "a", "1", "?", "#", "[", "]", ";", " ", "\n", "ü"), url_problem),
        (HOST, ("a", "-", "_", ".", "1", "25", "256", "1.2.3", ":", "/", " ", "\n", "ü"), host_problem),
        (HOST, ("1", "ab", ":", "::", "[", "]", "1:2:3", "ffff", "12345", "g"), host_problem),
        (VAULT_REFERENCE, ("{vault://", "a", "}", "\n", "{", " "), lambda text: not is_vault_reference(text)),
    ],
)
def test_a_pattern_says_what_the_code_says(
    name: str, alphabet: tuple[str, ...], problem: Callable[[str], object]
) -> None:
    validator, seen = definition(name), {True: 0, False: 0}
    for text in texts(alphabet, 6000):
        valid = validator.is_valid(text)
        seen[valid] += 1
        assert valid == (not problem(text)), text
    assert min(seen.values()) > 50


# ── what an editor shows ──


def test_a_field_tells_what_it_is_and_since_when() -> None:
    fields = both("ai-proxy", "3.15").published["properties"]
    about = plugin_schema("ai-proxy", gateway("3.15")).config.fields["max_request_body_size"].about
    assert fields["max_request_body_size"]["description"] == f"{about} (since 3.8; carried over: exclusiveMinimum)"
    assert fields["max_request_body_size"]["default"] == 1048576
    path = fields["model"]["properties"]["options"]["properties"]["upstream_path"]
    assert path["deprecated"] is True
    assert "Kong 4.0 removes it" in path["description"]


def test_the_head_tells_the_plugin_the_gateway_and_how_it_is_known() -> None:
    head = both("ai-proxy", "3.9", "oss").published
    assert head["title"] == "ai-proxy config, Kong Gateway 3.9 (oss)"
    assert "fields measured on Kong's own code" in head["description"]
    assert "rules across fields carried over" in both("ai-proxy", "3.15").published["description"]


def test_records_that_come_twice_are_said_once() -> None:
    published = both("ai-proxy-advanced").published
    target = published["properties"]["targets"]["items"]["properties"]
    assert target["auth"] == published["properties"]["embeddings"]["properties"]["auth"]
    assert target["auth"] == {"$ref": "#/definitions/auth"}


# ── the command ──


def test_the_command_prints_a_plugin_s_schema(aicfg: Command) -> None:
    status, out, err = aicfg("schema", "--plugin", "ai-proxy", "--gateway-version", "3.11")
    assert (status, err) == (0, "")
    assert json.loads(out) == both("ai-proxy", "3.11").published
    assert out.endswith("}\n")
    assert all(len(line) <= 120 or '": "' in line for line in out.splitlines())


def test_the_command_takes_the_newest_gateway_of_an_edition(aicfg: Command) -> None:
    assert json.loads(aicfg("schema", "--plugin", "ai-a2a-proxy").out) == both("ai-a2a-proxy", "3.15").published
    out = aicfg("schema", "--plugin", "ai-proxy", "--edition", "oss").out
    assert json.loads(out) == both("ai-proxy", "3.9", "oss").published


def test_the_same_call_gives_the_same_bytes() -> None:
    command = [sys.executable, "-m", "aicfg", "schema", "--plugin", "ai-rag-injector"]
    environments = ({**os.environ, "PYTHONHASHSEED": seed} for seed in "12")
    first, second = (subprocess.run(command, capture_output=True, env=env, check=True) for env in environments)
    assert first.stdout == second.stdout


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        (["--plugin", "ai-proxi"], '"ai-proxi" is not a plugin that aicfg knows', 'did you mean "ai-proxy"?'),
        (["--plugin", "zzz"], '"zzz" is not a plugin that aicfg knows', "use one of ai-a2a-proxy, "),
        (
            ["--plugin", "ai-mcp-proxy", "--gateway-version", "3.9"],
            "Kong Gateway 3.9 (enterprise) has no plugin ai-mcp-proxy",
            "the plugin exists since 3.12 in Kong Enterprise",
        ),
        (["--plugin", "ai-proxy", "--gateway-version", "2.8"], '"2.8" is not a gateway version', "use one of 3.6"),
        (["--edition", "oss"], "the manifest's schema is the same for every gateway", "name a plugin with --plugin"),
    ],
)
def test_the_command_tells_what_it_cannot_do(aicfg: Command, options: list[str], message: str, hint: str) -> None:
    status, out, err = aicfg("schema", *options)
    assert (status, out) == (2, "")
    assert message in err
    assert f"= help: {hint}" in err


def test_the_help_tells_the_exception(aicfg: Command) -> None:
    told = " ".join(aicfg("schema", "--help").out.split())
    assert "it counts the characters of a text where Kong counts bytes" in told
    assert "--plugin NAME" in told
    assert set(NOT_EXPRESSIBLE) == {"byte-length"}
