"""The plugin schemas in `schemas/plugins/`, seen through `aicfg.catalog.plugins`."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aicfg.catalog.plugins import (
    AllOrNone,
    AtLeastOneOf,
    Check,
    Custom,
    Field,
    Match,
    Needs,
    NotBoth,
    PluginSchema,
    Then,
    plugin_names,
    plugin_schema,
)
from aicfg.catalog.plugins.history import Elsewhere, elsewhere, paths_of
from aicfg.catalog.plugins.inferred import inferred_rules
from aicfg.catalog.plugins.known import known_as
from aicfg.catalog.plugins.when import date_for, passed, reached
from aicfg.catalog.versions import MINORS, gateway
from aicfg.errors import UsageError

SHARED = Path(os.environ.get("AICFG_SHARED", Path(__file__).resolve().parents[2] / "shared"))
FACTS = SHARED / "facts" / "plugin-schemas.json"

OSS_PLUGINS = {
    "ai-proxy",
    "ai-prompt-decorator",
    "ai-prompt-guard",
    "ai-prompt-template",
    "ai-request-transformer",
    "ai-response-transformer",
}


def schema(name: str, version: str = "3.15", edition: str = "enterprise") -> PluginSchema:
    return plugin_schema(name, gateway(version, edition))


def field(name: str, path: str, version: str = "3.15", edition: str = "enterprise") -> Field | None:
    """The field at "model.options.top_p", "targets[].weight", or None where the gateway does not have it."""
    found: Field | None = schema(name, version, edition).config
    for part in path.split("."):
        if found is not None:
            found = found.fields.get(part.removesuffix("[]"))
        if found is not None and part.endswith("[]"):
            found = found.elements
    return found


def walk(top: Field, path: str) -> Iterator[tuple[str, Field]]:
    yield path, top
    for name, child in top.fields.items():
        yield from walk(child, f"{path}.{name}")
    for child, mark in ((top.elements, "[]"), (top.values, "{}")):
        if child is not None:
            yield from walk(child, path + mark)


# ── the files ──


def test_all_ai_plugins_are_there() -> None:
    assert len(plugin_names()) == 23
    assert list(plugin_names()) == sorted(plugin_names())


def test_an_unknown_plugin_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="ai-proxie"):
        schema("ai-proxie")


def test_a_schema_is_built_once() -> None:
    assert schema("ai-proxy") is schema("ai-proxy")


@pytest.mark.parametrize("name", plugin_names())
def test_every_field_says_what_it_is_in_a_few_words(name: str) -> None:
    for path, found in walk(schema(name).config, "config"):
        if path != "config" and not path.endswith(("[]", "{}")):
            assert 3 < len(found.about) < 80, path
            assert not found.about.endswith("."), path


@pytest.mark.parametrize("name", plugin_names())
def test_the_fields_of_a_check_exist(name: str) -> None:
    for version in MINORS:
        for _, record in walk(schema(name, version).root, ""):
            for check in record.checks:
                if isinstance(check, Custom) and check.unknown:
                    continue  # aicfg only passes on what Kong prints about these
                for dotted in names_of(check):
                    at = record
                    for part in dotted.split("."):
                        at = at.fields[part]


# ── versions and editions ──


def test_a_version_that_is_reached() -> None:
    assert reached("3.11", gateway("3.11"))
    assert reached("3.9", gateway("3.10"))
    assert not reached("3.11", gateway("3.10"))


def test_a_minor_version_stands_for_its_newest_patch() -> None:
    assert reached("3.14.0.13, 3.15.0.4", gateway("3.14"))
    assert not reached("3.14.0.13, 3.15.0.4", gateway("3.14.0.12"))
    assert reached("3.14.0.13, 3.15.0.4", gateway("3.14.0.13"))


def test_a_patch_counts_in_its_own_line() -> None:
    assert not reached("3.14.0.13, 3.15.0.4", gateway("3.15.0.3"))
    assert reached("3.14.0.13, 3.15.0.4", gateway("3.15.0.4"))


def test_the_open_source_edition_ends_before_3_10_unless_a_date_says_oss() -> None:
    assert not reached("3.10", gateway("3.10", "oss"))
    assert reached("3.10, oss 3.9.1", gateway("3.9.1", "oss"))
    assert reached("3.10, oss 3.9.1", gateway("3.9", "oss"))
    assert not reached("3.10, oss 3.9.1", gateway("3.9.0", "oss"))
    assert not reached("3.10, oss 3.9.1", gateway("3.9"))


def test_until_includes_the_version_that_it_names() -> None:
    assert not passed("3.7", gateway("3.7"))
    assert passed("3.7", gateway("3.8"))


def test_the_date_to_name() -> None:
    assert date_for("3.10, oss 3.9.1", gateway("3.8")) == "3.10"
    assert date_for("3.10, oss 3.9.1", gateway("3.8", "oss")) == "3.9.1"
    assert date_for("3.11", gateway("3.8", "oss")) is None
    assert date_for("3.14.0.13, 3.15.0.4", gateway("3.12")) == "3.14.0.13"
    assert date_for("3.14.0.13, 3.15.0.4", gateway("3.15.0.1")) == "3.15.0.4"


def test_a_plugin_that_the_gateway_does_not_have() -> None:
    assert not schema("ai-proxy-advanced", "3.7").available
    assert schema("ai-proxy-advanced", "3.8").available
    assert not schema("ai-proxy-advanced", "3.9", "oss").available


@pytest.mark.parametrize("name", plugin_names())
def test_the_open_source_edition_has_six_plugins(name: str) -> None:
    assert schema(name, "3.9", "oss").available == (name in OSS_PLUGINS)


def test_a_field_of_one_edition() -> None:
    assert field("ai-proxy", "auth.azure_use_managed_identity", "3.9") is not None
    assert field("ai-proxy", "auth.azure_use_managed_identity", "3.9", "oss") is None


@pytest.mark.parametrize(
    ("version", "edition", "default"),
    [("3.9.0", "oss", 256), ("3.9", "oss", None), ("3.9", "enterprise", 256), ("3.10", "enterprise", None)],
)
def test_a_default_that_changes(version: str, edition: str, default: int | None) -> None:
    found = field("ai-proxy", "model.options.max_tokens", version, edition)
    assert found is not None
    assert found.default == default


def test_a_limit_that_a_patch_raised() -> None:
    assert [
        getattr(field("ai-prompt-decorator", "prompts.append[].content", version), "len_max", None)
        for version in ("3.9", "3.10.0.3", "3.10.0.4", "3.10", "3.11")
    ] == [500, 500, 100_000, 100_000, 100_000]


def test_values_that_came_later() -> None:
    provider = {version: field("ai-proxy", "model.provider", version) for version in ("3.7", "3.8", "3.14")}
    assert "bedrock" not in provider["3.7"].enum  # type: ignore[union-attr]
    assert "bedrock" in provider["3.8"].enum  # type: ignore[union-attr]
    assert "vllm" in provider["3.14"].enum  # type: ignore[union-attr]


def test_a_shared_record_has_one_home() -> None:
    """ai-proxy's config, a target and the transformers' llm are the same record in every version."""
    for version in ("3.8", "3.11", "3.15"):
        own = schema("ai-proxy", version).config.fields
        target = field("ai-proxy-advanced", "targets[]", version)
        llm = field("ai-request-transformer", "llm", version)
        assert target is not None
        assert llm is not None
        for part in ("route_type", "auth", "model", "logging"):
            shapes = {tuple(path for path, _ in walk(record[part], "")) for record in (own, target.fields, llm.fields)}
            assert len(shapes) == 1


def test_secrets_are_marked() -> None:
    for path in ("auth.header_value", "auth.param_value", "auth.aws_secret_access_key", "auth.azure_client_secret"):
        found = field("ai-proxy", path)
        assert found is not None
        assert found.secret, path
    plain = field("ai-proxy", "model.name")
    assert plain is not None
    assert not plain.secret


def test_scopes_by_version() -> None:
    assert not schema("ai-proxy", "3.7").scopes["service"]
    assert schema("ai-proxy", "3.8").scopes["service"]
    assert schema("ai-proxy", "3.6").scopes["route"]
    assert not schema("ai-request-transformer", "3.15").scopes["consumer"]
    assert not schema("ai-semantic-cache", "3.8").scopes["consumer_group"]
    assert schema("ai-semantic-cache", "3.9").scopes["consumer_group"]


def test_protocols_and_partials_by_version() -> None:
    assert "ws" not in schema("ai-proxy", "3.10").protocols
    assert "ws" in schema("ai-proxy", "3.11").protocols
    assert not schema("ai-proxy-advanced", "3.12").partials
    assert [(part.name, part.at) for part in schema("ai-proxy-advanced").partials] == [
        ("model", "config.targets[]"),
        ("embeddings", "config.embeddings"),
        ("vectordb", "config.vectordb"),
    ]


# ── where else a field exists ──


def test_a_field_of_a_later_version() -> None:
    older = schema("ai-proxy", "3.10")
    assert elsewhere(older, ("config", "genai_category")) == Elsewhere(since="3.11")
    assert elsewhere(older, ("config", "model", "options", "cohere", "wait_for_model")) == Elsewhere(since="3.11")


def test_a_field_of_a_target() -> None:
    older = schema("ai-proxy-advanced", "3.12")
    assert elsewhere(older, ("config", "targets", 0, "metadata")) == Elsewhere(since="3.13")


def test_a_field_of_an_earlier_version() -> None:
    path = ("config", "model", "options", "response_streaming")
    assert elsewhere(schema("ai-proxy"), path) == Elsewhere(until="3.7")


def test_a_field_of_the_other_edition() -> None:
    oss = schema("ai-proxy", "3.9", "oss")
    assert elsewhere(oss, ("config", "auth", "azure_client_id")) == Elsewhere(edition="enterprise")
    assert elsewhere(oss, ("config", "genai_category")) == Elsewhere(edition="enterprise")


def test_a_field_that_exists_or_never_did() -> None:
    assert elsewhere(schema("ai-proxy"), ("config", "model", "name")) is None
    assert elsewhere(schema("ai-proxy"), ("config", "model", "nome")) is None


def test_all_places_of_a_name() -> None:
    assert paths_of(schema("ai-proxy"), "mistral_format") == ("config.model.options.mistral_format",)
    assert "config.targets[].model.options.max_tokens" in paths_of(schema("ai-proxy-advanced"), "max_tokens")
    assert paths_of(schema("ai-proxy"), "nowhere") == ()


# ── how a fact is known ──


def test_how_fields_and_checks_are_known() -> None:
    assert schema("ai-proxy", "3.12").config.fields["llm_format"].known == "measured"
    assert schema("ai-proxy", "3.13").config.fields["llm_format"].known == "documented"
    assert {check.known for check in schema("ai-proxy", "3.12").config.checks} == {"measured"}
    assert {check.known for check in schema("ai-proxy", "3.13").config.checks} == {"carried"}
    assert schema("ai-proxy", "3.9", "oss").config.fields["llm_format"].known == "measured"


def test_a_field_that_is_known_otherwise_than_its_version() -> None:
    found = field("ai-rate-limiting-advanced", "decrease_by_fractions_in_redis", "3.12")
    assert found is not None
    assert found.known == "documented"


def test_attributes_that_the_documentation_leaves_out_are_carried_over() -> None:
    older = field("ai-proxy", "max_request_body_size", "3.12")
    newer = field("ai-proxy", "max_request_body_size", "3.15")
    assert older is not None
    assert newer is not None
    assert known_as(older, "gt", gateway("3.12")) == "measured"
    assert known_as(newer, "gt", gateway("3.15")) == "carried"
    assert known_as(newer, "default", gateway("3.15")) == "documented"


def test_inferred_rules_say_that_they_are() -> None:
    rules = inferred_rules(schema("ai-proxy-advanced"))
    assert {rule.check.known for rule in rules if rule.check} == {"inferred"}
    assert all(rule.evidence and rule.confidence in ("high", "medium") for rule in rules)
    assert "one-format" not in {rule.id for rule in rules}
    assert "one-format" in {rule.id for rule in inferred_rules(schema("ai-proxy-advanced", "3.9"))}


# ── against the facts ──

ON_PURPOSE = {
    ("3.10", "ai-prompt-decorator", "config.prompts.append[].content", "len_max"): "raised by 3.10.0.4, so in 3.10",
    ("3.10", "ai-prompt-decorator", "config.prompts.prepend[].content", "len_max"): "raised by 3.10.0.4, so in 3.10",
    ("3.12", "ai-mcp-proxy", "config.tools[].parameters[]", "exists"): "Kong prints json, whose items are free",
}
"""Where the schemas differ from the facts, and why."""

ATTRIBUTES = ("type", "default", "gt", "min", "max", "len_max", "starts_with")
FLAGS = ("required", "referenceable", "encrypted", "shorthand")


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    if not FACTS.exists():
        pytest.skip("the facts are not here")
    return json.loads(FACTS.read_text())  # type: ignore[no-any-return]


@pytest.mark.parametrize("version", MINORS)
def test_fields_are_the_facts(facts: dict[str, Any], version: str) -> None:
    assert {name for name in plugin_names() if schema(name, version).available} == set(facts[version])
    differences = set()
    for name, wanted in facts[version].items():
        ours = {path: shape(found) for path, found in walk(schema(name, version).config, "config")}
        theirs = {path: fact_shape(fact) for path, fact in wanted.items() if path not in ("checks", "meta")}
        differences |= {(version, name, path, "exists") for path in ours.keys() ^ theirs.keys()}
        for path in ours.keys() & theirs.keys():
            keys = [key for key in ours[path] if ours[path][key] != theirs[path][key]]
            differences |= {(version, name, path, key) for key in keys}
    assert differences == {place for place in ON_PURPOSE if place[0] == version}


def shape(found: Field) -> dict[str, Any]:
    return {
        **{key: getattr(found, key) for key in ATTRIBUTES},
        **{key: bool(getattr(found, key)) for key in FLAGS},
        "len_min": found.len_min,
        "enum": set(found.enum),
        "match_none": found.match_none,
        "deprecated": found.deprecated,
    }


def fact_shape(fact: dict[str, Any]) -> dict[str, Any]:
    return {
        **{key: fact.get(key) for key in ATTRIBUTES},
        **{key: bool(fact.get(key)) for key in FLAGS},
        # Kong takes no empty strings, whether its schema says so or not.
        "len_min": fact.get("len_min", 1 if fact["type"] == "string" else None),
        "enum": set(fact.get("enum") or ()),
        "match_none": tuple(item["pattern"] for item in fact.get("match_none") or ()),
        "deprecated": (fact.get("deprecated") or {}).get("removal_in_version"),
    }


@pytest.mark.parametrize("version", MINORS)
def test_checks_are_the_facts(facts: dict[str, Any], version: str) -> None:
    for name, wanted in facts[version].items():
        ours = Counter(
            key
            for path, record in walk(schema(name, version).root, "")
            for check in record.checks
            for key in keys_of(path.lstrip("."), check)
        )
        theirs = Counter(key for fact in wanted["checks"] for key in fact_keys(fact))
        assert ours == theirs, name


Key = tuple[Any, ...]


def keys_of(scope: str, check: Check) -> Iterator[Key]:
    """What a check says, in a form that does not depend on how values are grouped into checks."""
    if isinstance(check, Needs):
        for value in check.match.values or ("",):
            yield "needs", scope, check.if_field, check.match.kind, value, frozenset(check.fields)
    elif isinstance(check, Then):
        yield "then", scope, check.if_field, wanted_of(check.match), check.then_field, wanted_of(check.then)
    elif isinstance(check, NotBoth):
        yield "sets", scope, frozenset((check.first, check.second))
    else:
        kinds = {AllOrNone: "mutually_required", AtLeastOneOf: "at_least_one_of", Custom: "custom_entity_check"}
        yield kinds[type(check)], scope, tuple(check.fields)


def fact_keys(fact: dict[str, Any]) -> Iterator[Key]:
    kind, scope = fact["kind"], fact["scope"]
    if kind == "conditional_at_least_one_of":
        match, values = fact_match(fact["if_match"])
        for value in values or ("",):
            yield "needs", scope, fact["if_field"], match, value, frozenset(fact["then_at_least_one_of"])
    elif kind == "conditional":
        wanted = [
            (match, frozenset(values)) for match, values in map(fact_match, (fact["if_match"], fact["then_match"]))
        ]
        yield "then", scope, fact["if_field"], wanted[0], fact["then_field"], wanted[1]
    elif kind == "mutually_exclusive_sets":
        yield "sets", scope, frozenset((tuple(fact["set1"]), tuple(fact["set2"])))
    else:
        yield kind, scope, tuple(fact["fields"])


def wanted_of(match: Match) -> tuple[str, frozenset[Any]]:
    return match.kind, frozenset(match.values)


def fact_match(match: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    if not match:
        return "any", ()
    [(kind, value)] = match.items()
    if kind == "required":
        return kind, ()
    return kind, tuple(value) if isinstance(value, list) else (value,)


def names_of(check: Check) -> Iterator[str]:
    if isinstance(check, NotBoth):
        yield from (*check.first, *check.second)
    elif isinstance(check, Needs):
        yield from (check.if_field, *check.fields)
    elif isinstance(check, Then):
        yield from (check.if_field, check.then_field)
    else:
        yield from check.fields


def test_descriptions_are_our_own(facts: dict[str, Any]) -> None:
    """No description of ours is a sentence of Kong's schema: they are short, and none of theirs stands in one."""
    openapi = SHARED / "data" / "kong-openapi-3.14.json"
    if not openapi.exists():
        pytest.skip("Kong's API description is not here")
    theirs = set(re.findall(r'"description": "([^"]{25,})"', openapi.read_text()))
    ours = {found.about for name in plugin_names() for _, found in walk(schema(name).config, "config")}
    assert not {about for about in ours for text in theirs if len(about) > 25 and about.lower() in text.lower()}
