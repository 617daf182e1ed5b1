"""`aicfg explain` for plugins and fields: what a field is at a gateway, and how aicfg knows it."""

import json

import pytest
from click.testing import CliRunner

from aicfg.cli import cli
from aicfg.errors import UsageError


def explain(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["explain", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def facts(*arguments: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(explain(*arguments, "--format", "json"))
    return found


def test_a_field_tells_its_facts_at_the_target() -> None:
    found = facts("ai-proxy.config.model.options.max_tokens", "--gateway-version", "3.9")
    assert (found["type"], found["default"], found["since"]) == ("integer", 256, "3.6")
    assert "default" not in facts("ai-proxy.config.model.options.max_tokens", "--gateway-version", "3.10")


def test_config_may_be_left_out() -> None:
    assert facts("ai-proxy.route_type") == facts("ai-proxy.config.route_type")


@pytest.mark.parametrize(
    ("version", "edition", "known"),
    [("3.9", "oss", "measured"), ("3.15", "enterprise", "documented")],
)
def test_a_field_tells_how_it_is_known(version: str, edition: str, known: str) -> None:
    found = facts("ai-proxy.llm_format", "--gateway-version", version, "--edition", edition)
    assert found["known"] == known


def test_an_attribute_that_is_known_otherwise_says_so() -> None:
    assert facts("ai-proxy.max_request_body_size")["known_otherwise"] == {"gt": "carried"}
    assert "carried over from 3.12" in explain("ai-proxy.max_request_body_size")


def test_fields_of_list_items_are_reached_with_or_without_brackets() -> None:
    with_brackets = facts("ai-proxy-advanced.config.targets[].weight")
    assert with_brackets["type"] == facts("ai-proxy-advanced.config.targets.weight")["type"] == "integer"


def test_a_plugin_tells_where_it_may_be_put() -> None:
    assert facts("ai-proxy", "--gateway-version", "3.7")["scopes"] == ["global", "route", "consumer_group"]


@pytest.mark.parametrize(
    ("subject", "arguments", "hint"),
    [
        ("ai-proxy.model.mistral_format", (), "there is config.model.options.mistral_format"),
        ("ai-proxy.genai_category", ("--gateway-version", "3.10"), "since 3.11"),
        ("ai-prox", (), 'did you mean "ai-proxy"?'),
    ],
)
def test_what_is_not_there_leads_on(subject: str, arguments: tuple[str, ...], hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        CliRunner().invoke(cli, ["explain", subject, *arguments], catch_exceptions=False, standalone_mode=False)
    assert caught.value.hint == hint


def test_a_plugin_tells_its_rules_across_fields_and_how_each_is_known() -> None:
    rules = facts("ai-proxy", "--gateway-version", "3.9", "--edition", "oss")["rules"]
    assert isinstance(rules, list)
    assert "all or none of auth.header_name, auth.header_value (measured)" in rules
    assert "where model.provider is bedrock or gemini: auth.allow_override is false (measured)" in rules
    newest = explain("ai-proxy")
    assert "where model.provider is mistral: model.options.mistral_format has to be there (carried)" in newest
    assert "route-type, over route_type (not checked) (carried)" in newest
    assert "\n    (carried: carried over from 3.12, the last version whose schema is published in full)\n" in newest
    assert "(measured: " not in newest
