"""`aicfg explain` for what is no plugin: rules by family, providers, hostings, and words that mean several things."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from conftest import Command

from aicfg.catalog.providers import provider, provider_types
from aicfg.errors import UsageError
from aicfg.kong.check import check
from aicfg.lint.engine import Run
from aicfg.reference.explained import Explained, explained
from aicfg.reference.plugins import plugin_facts

HOSTINGS = [f"{type_}/{hosting}" for type_ in provider_types() for hosting in provider(type_).hostings]


def facts(aicfg: Command, subject: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(aicfg("explain", subject, "--format", "json").out)
    return found


def hint_for(subject: str) -> str | None:
    with pytest.raises(UsageError) as caught:
        explained(subject)
    return caught.value.hint


class TestProvidersAndHostings:
    @pytest.mark.parametrize("type_", provider_types())
    def test_a_provider_is_explained_as_providers_shows_it(self, aicfg: Command, type_: str) -> None:
        told = facts(aicfg, f"provider:{type_}")
        assert told.pop("kind") == "provider"
        assert [told] == json.loads(aicfg("providers", type_, "--format", "json").out)
        assert aicfg("explain", f"provider:{type_}").out == aicfg("providers", type_).out

    @pytest.mark.parametrize("hosting", HOSTINGS)
    def test_a_hosting_comes_with_a_manifest_that_has_nothing_wrong(self, hosting: str) -> None:
        run = Run()
        run.read_content(explained(hosting).facts["example"].encode(), "manifest.yaml")
        assert run.report().diagnostics == ()

    def test_a_hosting_tells_what_it_is(self, aicfg: Command) -> None:
        told = facts(aicfg, "mistral/ollama")
        assert (told["kind"], told["hosting"], told["formats"]) == ("hosting", "mistral/ollama", ["ollama"])
        assert (told["self_hosted"], told["upstream_url"]["always"]) == (True, True)
        text = aicfg("explain", "mistral/ollama").out
        assert "llm/v1/chat         3.6    yes     3.9    works       /api/chat" in text
        assert "hosting: ollama" in text

    @pytest.mark.parametrize(
        ("word", "name"),
        [
            ("mistral.ollama", "mistral/ollama"),
            ("mistral.mistral.ai", "mistral/mistral.ai"),
            ("mistral.ai", "mistral/mistral.ai"),
            ("llama2.llama.cpp", "llama2/llama.cpp"),
            ("llama.cpp", "llama2/llama.cpp"),
            ("vertex", "gemini/vertex"),
        ],
    )
    def test_a_hosting_is_found_by_a_dot_and_by_a_name_that_only_it_has(self, word: str, name: str) -> None:
        assert explained(word) == explained(name)

    def test_a_name_of_several_hostings_lists_them(self) -> None:
        assert hint_for("gguf") == "there are llama2/gguf, llama3/gguf and mistral/gguf"

    def test_options_that_are_not_sent_are_told(self, aicfg: Command) -> None:
        assert "llm/v1/chat" in facts(aicfg, "anthropic/anthropic")["not_sent"]
        assert "not sent  top_p" in aicfg("explain", "anthropic/anthropic").out


class TestFields:
    def test_it_tells_which_providers_read_an_option(self, aicfg: Command) -> None:
        told = facts(aicfg, "ai-proxy.model.options.mistral_format")
        assert told["read_by"] == [
            {"provider": "mistral", "need": "required", "since": "3.6", "note": "the hosting decides it"}
        ]
        assert told["enum"] == ["openai", "ollama"]

    def test_it_tells_which_values_came_later(self, aicfg: Command) -> None:
        told = facts(aicfg, "ai-proxy.model.provider")
        assert (told["values_since"]["gemini"], "openai" in told["values_since"]) == ("3.8", False)
        assert set(told["values_since"]) < set(told["enum"])
        assert "gemini 3.8" in aicfg("explain", "ai-proxy.model.provider").out
        assert "values_since" not in facts(aicfg, "ai-proxy.model.options.mistral_format")

    def test_it_tells_the_rules_that_are_about_it(self, aicfg: Command) -> None:
        (rule,) = facts(aicfg, "ai-proxy.model.options.mistral_format")["rules"]
        assert rule == "where model.provider is mistral: model.options.mistral_format has to be there (carried)"
        assert (
            facts(aicfg, "ai-semantic-cache.vectordb.redis.host")["rules"][0] == "all or none of host, port (carried)"
        )
        assert "rules" not in facts(aicfg, "ai-proxy.model.options.top_k")

    def test_it_tells_which_providers_read_a_credential(self, aicfg: Command) -> None:
        told = facts(aicfg, "ai-proxy.auth.aws_access_key_id")
        assert [reader["provider"] for reader in told["read_by"]] == ["bedrock"]

    def test_it_tells_which_formats_leave_an_option_out(self, aicfg: Command) -> None:
        told = facts(aicfg, "ai-proxy.model.options.top_k")["not_sent"]
        assert {"format": "openai", "route_types": ["llm/v1/chat", "llm/v1/completions"]} in told
        assert "in the openai format for llm/v1/chat, llm/v1/completions" in aicfg(
            "explain", "ai-proxy.config.model.options.top_k"
        ).out  # fmt: skip

    def test_its_path_is_written_out(self, aicfg: Command) -> None:
        told = facts(aicfg, "ai-proxy-advanced.targets.model.options.top_k")
        assert told["field"] == "ai-proxy-advanced.config.targets[].model.options.top_k"
        assert yaml.safe_load(told["example"]) == {"config": {"targets": [{"model": {"options": {"top_k": 40}}}]}}

    @pytest.mark.parametrize("name", ["ai-proxy", "ai-semantic-cache", "ai-rate-limiting-advanced", "ai-prompt-guard"])
    def test_kong_takes_the_value_of_every_example(self, name: str) -> None:
        from aicfg.catalog.plugins import plugin_schema
        from aicfg.catalog.plugins.history import _walk
        from aicfg.catalog.versions import gateway

        schema, examples = plugin_schema(name, gateway()), 0
        for path, _ in _walk(schema.config, "config"):
            example = plugin_facts(name, path).get("example") if path != "config" else None
            if example is not None:
                examples += 1
                wanted = tuple(path.replace("[]", "").replace("{}", "").split("."))
                found = check(schema, yaml.safe_load(example)["config"])
                assert not [one for one in found if tuple(step for step in one.path if isinstance(step, str)) == wanted]
        assert examples > 3

    def test_a_field_of_several_plugins_leads_to_them(self) -> None:
        hint = hint_for("config.llm_format") or ""
        assert hint.startswith("there are ai-prompt-decorator.config.llm_format, ")


class TestFamilies:
    def test_a_letter_lists_the_rules_of_a_family(self, aicfg: Command) -> None:
        listed = json.loads(aicfg("rules", "--format", "json").out)
        told = facts(aicfg, "P")
        assert told["rules"] == [rule for rule in listed if rule["code"].startswith("P")]
        assert (told["kind"], told["about"]) == ("family", "providers and hostings")

    def test_so_does_the_beginning_of_a_code(self, aicfg: Command) -> None:
        assert {rule["code"][:2] for rule in facts(aicfg, "s1")["rules"]} == {"S1"}
        assert "S101  error    plaintext-secret" in aicfg("explain", "S1").out


class TestSeveralMeanings:
    def test_the_others_are_listed(self, aicfg: Command) -> None:
        assert aicfg("explain", "bedrock").out.endswith("\nAlso called so: key:bedrock\n")
        others = [f"hosting:{type_}/ollama" for type_ in ("llama2", "llama3", "mistral")]
        assert facts(aicfg, "ollama")["also"] == others

    @pytest.mark.parametrize("word", [*provider_types(), "P204", "guard"])
    def test_what_is_listed_is_found(self, word: str) -> None:
        first = explained(word)
        others = [explained(name) for name in first.also]
        assert [f"{other.kind}:{other.name}" for other in others] == list(first.also)
        assert explained(f"{first.kind}:{first.name}") == Explained(*first[:4])


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("mistrall", 'did you mean "mistral"?'),
        ("mistral/olama", 'did you mean "mistral/ollama"?'),
        ("unknown-provide", 'did you mean "unknown-provider"?'),
        ("provider:openia", 'did you mean "openai"?'),
        ("P999", "`aicfg rules`, `aicfg providers` and `aicfg docs` list what there is"),
        ("ai-proxy.modle", 'did you mean "config.model"?'),
        ("ai-proxy.model.options.top_q", 'did you mean "config.model.options.top_p"?'),
    ],
)
def test_an_unknown_name_gets_the_nearest(word: str, hint: str) -> None:
    assert hint_for(word) == hint
