"""Rules that aicfg infers because Kong does not publish their code."""

from __future__ import annotations

from typing import Any

import pytest

from aicfg.catalog.plugins import plugin_names, plugin_schema
from aicfg.catalog.versions import gateway
from aicfg.kong.check import inferred

Place = tuple[str | int, ...]


def target(provider: str = "openai", route_type: str = "llm/v1/chat", **more: Any) -> dict[str, Any]:
    return {"route_type": route_type, "model": {"provider": provider, "name": "m", **more.pop("model", {})}, **more}


def warnings(config: Any, name: str = "ai-proxy-advanced", version: str = "3.15") -> list[Place]:
    found = list(inferred(plugin_schema(name, gateway(version)), config))
    assert all(one.kind == "inferred" and "inferred: " in (one.hint or "") for one in found)
    return [one.path for one in found]


def test_semantic_balancing_needs_vectors_and_descriptions() -> None:
    config = {"balancer": {"algorithm": "semantic"}, "targets": [target(description="all"), target()]}
    assert warnings(config) == [
        ("config", "embeddings"),
        ("config", "vectordb"),
        ("config", "targets", 1, "description"),
    ]


def test_targets_that_do_not_belong_there_hide_nothing_of_the_one_model() -> None:
    config = target("vllm")
    assert warnings(config, "ai-proxy")
    assert warnings({**config, "targets": []}, "ai-proxy") == warnings(config, "ai-proxy")


def test_a_native_format_goes_to_its_provider() -> None:
    config = {"llm_format": "gemini", "targets": [target("gemini"), target()]}
    assert warnings(config) == [("config", "targets", 1, "model", "provider")]


def test_route_types_fit_the_category() -> None:
    config = {"targets": [target(), target(route_type="llm/v1/embeddings")]}
    assert warnings(config) == [("config", "targets", 1, "route_type")]
    assert warnings(config, version="3.10") == []


def test_operations_without_a_model_have_no_model_header() -> None:
    config = {"targets": [target(route_type="llm/v1/files")]}
    assert warnings(config) == [("config", "model_name_header")]
    assert warnings({**config, "model_name_header": False}) == []


def test_targets_of_one_format_before_3_10() -> None:
    config = {"targets": [target(), target("cohere"), target("azure")]}
    assert warnings(config, version="3.9") == [("config", "targets", 1, "model", "provider")]


def test_self_hosted_providers_need_an_address() -> None:
    path = ("model", "options", "upstream_url")
    assert warnings({"targets": [target("vllm")]}) == [("config", "targets", 0, *path)]
    assert warnings({"model": {"provider": "ollama", "name": "m"}}, "ai-proxy") == [("config", *path)]
    assert warnings({"llm": target("vllm"), "prompt": "p"}, "ai-request-transformer") == [("config", "llm", *path)]


def test_further_inferred_rules() -> None:
    assert warnings({"targets": [target("databricks")]})[0][-1] == "workspace_instance_id"
    endpoint = {"options": {"gemini": {"endpoint_id": "e"}}}
    assert warnings({"targets": [target("gemini", model=endpoint)]})[0][-1] == "api_endpoint"
    videos = {"genai_category": "video/generation", "targets": [target("bedrock", "video/v1/videos/generations")]}
    assert warnings(videos)[0][-1] == "video_output_s3_uri"
    assert warnings({"route_type": "preserve"}, "ai-proxy") == [("config", "route_type")]


@pytest.mark.parametrize("config", [None, 5, [], {"targets": 5}, {"targets": [5]}, {"targets": [{"model": 5}]}])
def test_inferred_rules_leave_broken_configs_alone(config: object) -> None:
    for name in plugin_names():
        list(inferred(plugin_schema(name, gateway()), config))
