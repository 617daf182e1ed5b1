"""Rules about plugins of Kong Enterprise, and about what a version makes of the same fields."""

from __future__ import annotations

from typing import Any

import pytest
from linting import EMBEDDINGS, VECTORDB, advanced, lint, on_route, proxy, said, target

from aicfg.catalog.plugins import plugin_names, plugin_schema
from aicfg.catalog.versions import gateway

OLLAMA = {"provider": "mistral", "options": {"mistral_format": "ollama", "upstream_url": "https://o.internal/api/chat"}}
OPEN_SOURCE = {
    "ai-proxy",
    "ai-prompt-decorator",
    "ai-prompt-guard",
    "ai-prompt-template",
    "ai-request-transformer",
    "ai-response-transformer",
}


def hint(*plugins: Any) -> str:
    (found,) = lint(on_route(*plugins), "3.9", "oss")
    assert (found.code, found.severity, found.path[-1]) == ("V120", "error", "name")
    return found.hint or ""


@pytest.mark.parametrize("name", plugin_names())
def test_each_plugin_of_enterprise_is_told_once(name: str) -> None:
    """Whatever else Kong's schema would say of it: that the open-source edition has no such plugin says it all."""
    found = [code for code, _, _ in said({"name": name, "config": {}}, version="3.9", edition="oss")]
    assert (name in OPEN_SOURCE) == plugin_schema(name, gateway("3.9", "oss")).available
    if name in OPEN_SOURCE:
        assert "V120" not in found
    else:
        assert found == ["V120"]


def test_what_to_do_about_one_target() -> None:
    assert hint(advanced(target())).startswith("use ai-proxy: ")


def test_what_to_do_about_several_targets() -> None:
    assert hint(advanced(target("a"), target("b"))).startswith("make a route of each target, which ai-proxy can serve")


def test_what_to_do_about_other_plugins() -> None:
    guard = {"rules": {"deny_prompts": ["x"]}, "embeddings": EMBEDDINGS, "vectordb": VECTORDB}
    assert hint({"name": "ai-semantic-prompt-guard", "config": guard}).startswith("ai-prompt-guard, which every")
    assert hint({"name": "ai-sanitizer", "config": {}}) == "remove it, or lint with --edition enterprise"


@pytest.mark.parametrize("config", [None, 5, {"targets": 5}, {"targets": None}, "x", []])
def test_a_broken_config_of_such_a_plugin(config: Any) -> None:
    found = said({"name": "ai-proxy-advanced", "config": config}, version="3.9", edition="oss")
    assert [code for code, _, _ in found] == ["V120"]


def test_a_plugin_that_is_too_new_is_no_question_of_edition() -> None:
    assert [code for code, _, _ in said(advanced(target()), version="3.7")] == ["K302"]
    assert said(proxy(), version="3.9", edition="oss") == []


MANIFEST = """
version: 1
gateway: {version: "3.9", edition: oss}
providers:
  p: {type: openai, api_key: "${env:KEY}"}
routes:
  chat: {%s}
"""


@pytest.mark.parametrize(
    ("route", "where", "told"),
    [
        ("targets: [{provider: p, model: m}]", ("targets",), "write `provider` and `model` into the route"),
        (
            "targets: [{provider: p, model: m}, {provider: p, model: other}]",
            ("targets",),
            "make a route of each target",
        ),
        (
            "provider: p, model: m, plugins: [{name: ai-sanitizer, config: {}}]",
            ("plugins", 0, "name"),
            "remove it, or say `edition: enterprise`",
        ),
        ("provider: p, model: m, balancer: {retries: 2}", (), "remove what only this plugin has, such as `balancer`"),
        (
            "provider: p, model: m, rate_limit: {limit: 5, window_size: 60}",
            ("rate_limit",),
            "remove it, or say `edition: enterprise`",
        ),
    ],
)
def test_a_manifest_is_told_in_its_own_words(route: str, where: tuple[str | int, ...], told: str) -> None:
    (found,) = [one for one in lint(MANIFEST % route) if one.severity == "error"]
    assert (found.code, found.path) == ("V120", ("routes", "chat", *where))
    assert found.hint is not None
    assert found.hint.startswith(told)


# ── formats ──


def test_formats_that_3_9_cannot_fail_over_between_are_told_once() -> None:
    plugin = advanced(target(), target("o", **OLLAMA), target("p", **OLLAMA))
    assert said(plugin, version="3.9") == [("V121", "warning", "targets.1.model.provider")]
    assert said(plugin, version="3.10") == []


def test_one_format_from_several_providers() -> None:
    azure = {"azure_instance": "i", "azure_deployment_id": "d", "azure_api_version": "v"}
    auth = {"header_name": "api-key", "header_value": "{vault://env/azure}"}
    plugin = advanced(
        target(),
        target("a", "azure", options=azure, auth=auth),
        target("m", "mistral", options={"mistral_format": "openai"}),
    )
    assert said(plugin, version="3.9") == []


def test_where_nothing_is_tried_twice_only_the_inferred_rule_speaks() -> None:
    plugin = advanced(target(), target("o", **OLLAMA), balancer={"retries": 0})
    assert [code for code, _, _ in said(plugin, version="3.9")] == ["P251"]


def test_a_warning_does_not_hide_what_kong_refuses_at_the_same_place() -> None:
    found = said(advanced(target(), target("h", "huggingface")), version="3.8")
    assert [code for code, severity, _ in found if severity == "error"] == ["V111"]


# ── descriptions ──


def semantic(*descriptions: str) -> dict[str, Any]:
    targets = [target(f"m{index}", description=text) for index, text in enumerate(descriptions)]
    return advanced(*targets, balancer={"algorithm": "semantic"}, embeddings=EMBEDDINGS, vectordb=VECTORDB)


def test_a_catchall_before_3_10() -> None:
    assert said(semantic("a", "CATCHALL"), version="3.9") == [("V122", "warning", "targets.1.description")]
    assert said(semantic("a", "CATCHALL"), version="3.10") == []


def test_one_description_twice_before_3_13() -> None:
    assert said(semantic("a", "b", "a"), version="3.12") == [("V123", "warning", "targets.2.description")]
    assert said(semantic("a", "b", "a"), version="3.13") == []


def test_two_catchalls() -> None:
    both = semantic("CATCHALL", "CATCHALL")
    assert [code for code, _, _ in said(both, version="3.9")] == ["V122", "V122"]
    for version in ("3.10", "3.12"):
        assert said(both, version=version) == [("V123", "warning", "targets.1.description")]


def test_descriptions_that_nothing_reads_may_be_anything() -> None:
    plugin = advanced(target("a", description="x"), target("b", description="x"), target("c", description="CATCHALL"))
    assert said(plugin, version="3.9") == []
