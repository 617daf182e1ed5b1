"""Family T: what Kong's drivers drop or ignore of a config. That each example is found, test_rules.py tests."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from aicfg.lint.engine import Run
from aicfg.lint.settings import Settings

KEY = "{vault://env/key}"


def found(plugin: str = "ai-proxy", version: str = "3.10", edition: str = "enterprise", **config: Any) -> list[str]:
    """The codes of family T for a plugin's config."""
    run = Run(Settings(gateway=version, edition=edition, select=("T",)))
    run.read_content(yaml.safe_dump({"name": plugin, "config": config}).encode(), "plugin.yaml")
    return [each.code for each in run.report().diagnostics]


def model(provider: str, route_type: str = "llm/v1/chat", **options: Any) -> dict[str, Any]:
    return {"route_type": route_type, "model": {"provider": provider, "name": "m", "options": options}}


@pytest.mark.parametrize(
    ("config", "codes"),
    [
        (model("openai", top_k=3, top_p=0.5), ["T101"]),
        (model("azure", top_k=3), ["T101"]),
        (model("anthropic", top_k=3, top_p=0.5, temperature=1, max_tokens=5), ["T101", "T101"]),
        (model("mistral", mistral_format="openai", top_k=3), ["T101"]),
        (model("mistral", mistral_format="ollama", top_k=3, upstream_url="http://h:1/api/chat"), []),
        (model("llama2", llama2_format="openai", top_k=3, upstream_url="http://h:1/v1/chat/completions"), ["T101"]),
        (model("llama2", llama2_format="raw", top_k=3, upstream_url="http://h:1/x"), []),
        (model("cohere", top_k=3, top_p=0.5), []),
        (model("gemini", top_k=3), []),
        (model("bedrock", top_k=3), ["T101"]),
        (model("bedrock", top_k=3) | {"llm_format": "bedrock"}, []),
    ],
)
def test_options_that_a_driver_does_not_send(config: dict[str, Any], codes: list[str]) -> None:
    assert found(**config) == codes


@pytest.mark.parametrize(
    ("provider", "version", "codes"),
    [("ollama", "3.8", []), ("ollama", "3.9", ["T102"]), ("openai", "3.9", []), ("raw", "3.15", ["T102"])],
)
def test_a_key_in_the_body_is_lost_from_3_9_on_where_the_body_is_a_new_one(
    provider: str, version: str, codes: list[str]
) -> None:
    auth = {"param_name": "key", "param_value": KEY, "param_location": "body"}
    config = model("llama2", llama2_format=provider, upstream_url="http://h:1/x")
    assert found(version=version, auth=auth, **config) == codes


def test_what_another_rule_says_of_a_key_in_the_body_is_not_said_twice() -> None:
    auth = {"param_name": "key", "param_value": KEY, "param_location": "body"}
    assert found(auth=auth, **model("anthropic", max_tokens=5)) == []


@pytest.mark.parametrize(
    ("url", "codes"),
    [
        ("http://h/v1/chat/completions", ["T103"]),
        ("http://h:80/v1/chat/completions", []),
        ("https://h/v1/chat/completions", []),
        ("http://[::1]/v1/chat/completions", ["T103"]),
        ('http://${{ env "DECK_HOST" }}/v1', []),
        ("http://$(headers.host)/v1", []),
        ("https://h/v1/chat/completions?a=1", ["T106"]),
    ],
)
def test_urls(url: str, codes: list[str]) -> None:
    assert found(**model("openai", upstream_url=url)) == codes


@pytest.mark.parametrize(
    ("options", "version", "codes"),
    [
        ({"upstream_url": "https://h/v1"}, "3.9", ["T104"]),
        ({"upstream_url": "https://h/v1"}, "3.7", []),
        ({"upstream_url": "https://h/"}, "3.9", []),
        ({"upstream_url": "https://h/v1", "upstream_path": "/x"}, "3.9", []),
    ],
)
def test_the_path_of_a_url_and_the_route_type_preserve(options: dict[str, str], version: str, codes: list[str]) -> None:
    assert found(version=version, **model("openai", "preserve", **options)) == codes


@pytest.mark.parametrize(
    ("provider", "options", "codes"),
    [
        ("openai", {}, []),
        ("openai", {"upstream_url": "https://h/v1/chat/completions"}, ["T105"]),
        ("gemini", {"upstream_url": "https://h/"}, []),
        ("huggingface", {}, ["T105"]),
    ],
)
def test_an_upstream_path_that_nobody_reads(provider: str, options: dict[str, str], codes: list[str]) -> None:
    assert found(**model(provider, upstream_path="/x", **options)) == codes


def test_each_target_is_looked_at_and_a_transformer_is_not() -> None:
    record = model("openai", top_k=3)
    assert found("ai-proxy-advanced", targets=[record, model("openai")]) == ["T101"]
    assert found("ai-request-transformer", prompt="x", llm=record) == []


def test_nothing_is_said_of_a_provider_whose_driver_is_not_published() -> None:
    assert found(version="3.15", **model("xai", top_k=3, upstream_url="http://h/v1?x=1")) == []
