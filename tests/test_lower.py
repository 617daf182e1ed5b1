"""What a manifest means: merging, defaults, and where each compiled value came from."""

from textwrap import dedent
from typing import Any

import pytest

from aicfg.kong.entities import Plugin, Route
from aicfg.kong.lower import default_path, lower
from aicfg.lint.engine import Run
from aicfg.manifest.loader import read_manifest
from aicfg.source import read_text


def routes(text: str) -> dict[str, Route]:
    (document,) = read_text(dedent(text), "manifest.yaml")
    manifest, _ = read_manifest(document, None, None)
    return {route.name: route for route in lower(manifest).all_routes()}


def plugin(text: str, route: str = "chat") -> Plugin:
    return routes(text)[route].plugins[0]


def config(text: str) -> Any:
    return plugin(text).config


PROVIDER = 'version: 1\nproviders: {p: {type: openai, api_key: "${env:KEY}"}}\n'


# ── merging ──


def test_options_merge_defaults_then_provider_then_route() -> None:
    found = config("""
        version: 1
        defaults: {options: {max_tokens: 1, temperature: 1, top_p: 0.1}}
        providers: {p: {type: openai, options: {temperature: 2, top_p: 0.2}}}
        routes: {chat: {provider: p, model: m, options: {top_p: 0.3}}}
        """)
    assert found["model"]["options"] == {"max_tokens": 1, "temperature": 2, "top_p": 0.3}


def test_null_removes_what_is_inherited() -> None:
    found = config("""
        version: 1
        defaults: {options: {max_tokens: 1}, response_streaming: deny}
        providers: {p: {type: openai}}
        routes: {chat: {provider: p, model: m, options: {max_tokens: null}, response_streaming: null}}
        """)
    assert "options" not in found["model"]
    assert "response_streaming" not in found


def test_null_brings_back_the_default_of_a_route_field() -> None:
    text = PROVIDER + "defaults: {protocols: [https]}\nroutes: {chat: {provider: p, model: m, protocols: null}}\n"
    assert routes(text)["chat"].fields["protocols"] == ["http", "https"]


def test_lists_replace_and_maps_merge() -> None:
    text = (
        PROVIDER
        + "defaults: {hosts: [a.example], headers: {x-a: [one]}}\n"
        + "routes: {chat: {provider: p, model: m, hosts: [b.example], headers: {x-b: [two]}}}\n"
    )
    fields = routes(text)["chat"].fields
    assert fields["hosts"] == ["b.example"]
    assert fields["headers"] == {"x-a": ["one"], "x-b": ["two"]}


def test_plugin_config_is_merged_last() -> None:
    text = (
        PROVIDER
        + "routes: {chat: {provider: p, model: m, plugin_config: {model: {name: other, options: {max_tokens: 5}}}}}\n"
    )
    assert config(text)["model"] == {"provider": "openai", "name": "other", "options": {"max_tokens": 5}}


# ── defaults ──


def test_a_route_that_says_nothing_has_its_name_as_path() -> None:
    fields = routes(PROVIDER + "routes: {chat: {provider: p, model: m}}\n")["chat"].fields
    assert fields == {"paths": ["~/chat$"], "methods": ["POST"], "protocols": ["http", "https"]}


@pytest.mark.parametrize(("name", "path"), [("a.b", r"~/a\.b$"), ("v1~x_y-z", "~/v1~x_y-z$"), ("a+b", r"~/a\+b$")])
def test_the_name_is_escaped_in_the_path(name: str, path: str) -> None:
    assert default_path(name) == path


def test_files_are_read_and_deleted_too() -> None:
    fields = routes(PROVIDER + "routes: {chat: {provider: p, route_type: llm/v1/files}}\n")["chat"].fields
    assert fields["methods"] == ["GET", "POST", "DELETE"]


@pytest.mark.parametrize(("version", "url"), [("3.7", "https://api.mistral.ai/v1/chat/completions"), ("3.8", None)])
def test_mistral_ai_gets_its_url_where_kong_does_not_know_it(version: str, url: str | None) -> None:
    text = (
        f'version: 1\ngateway: {{version: "{version}"}}\nproviders: {{p: {{type: mistral, api_key: "${{env:KEY}}"}}}}\n'
    )
    assert config(text + "routes: {chat: {provider: p, model: m}}\n")["model"]["options"].get("upstream_url") == url


def test_mistral_completions_get_a_url_in_every_version() -> None:
    text = 'version: 1\nproviders: {p: {type: mistral, api_key: "${env:KEY}"}}\n'
    found = config(text + "routes: {chat: {provider: p, model: m, route_type: llm/v1/completions}}\n")
    assert found["model"]["options"]["upstream_url"] == "https://api.mistral.ai/v1/completions"


def test_one_base_url_serves_every_operation() -> None:
    text = """
        version: 1
        providers: {p: {type: openai, hosting: custom, base_url: "http://llm:8000"}}
        routes:
          chat: {provider: p, model: m}
          embed: {provider: p, model: m, route_type: llm/v1/embeddings}
        """
    found = {name: route.plugins[0].config["model"]["options"]["upstream_url"] for name, route in routes(text).items()}
    assert found == {"chat": "http://llm:8000/v1/chat/completions", "embed": "http://llm:8000/v1/embeddings"}


@pytest.mark.parametrize("type_", ["gemini", "bedrock"])
def test_an_auth_record_is_there_where_kong_wants_one(type_: str) -> None:
    found = config(f"version: 1\nproviders: {{p: {{type: {type_}}}}}\nroutes: {{chat: {{provider: p, model: m}}}}\n")
    assert found["auth"] == {"allow_override": False}


def test_a_key_that_has_its_prefix_gets_no_second_one() -> None:
    text = 'version: 1\nproviders: {p: {type: openai, api_key: "Bearer ${env:KEY}"}}\n'
    assert config(text + "routes: {chat: {provider: p, model: m}}\n")["auth"]["header_value"] == "Bearer ${env:KEY}"


def test_the_genai_category_follows_the_route_type() -> None:
    found = config(PROVIDER + "routes: {chat: {provider: p, model: m, route_type: llm/v1/embeddings}}\n")
    assert found["genai_category"] == "text/embeddings"


# ── totality and origins ──


def test_a_route_that_cannot_be_built_does_not_stop_the_others() -> None:
    text = PROVIDER + "routes: {a: {provider: nobody, model: m}, b: {provider: p, model: m}, c: 5}\n"
    assert list(routes(text)) == ["b"]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("config", "model", "name"), ("routes", "chat", "model")),
        (("config", "model", "provider"), ("providers", "p", "type")),
        (("config", "auth", "header_value"), ("providers", "p", "api_key")),
        (("config", "model", "options", "top_p"), ("routes", "chat", "options", "top_p")),
        (("config", "model", "options", "max_tokens"), ("defaults", "options", "max_tokens")),
        (("config", "model", "options", "upstream_url"), ("providers", "p", "base_url")),
        (("config", "logging", "log_payloads"), ("routes", "chat", "logging", "log_payloads")),
    ],
)
def test_a_compiled_value_knows_the_place_that_it_came_from(path: tuple[str, ...], place: tuple[str, ...]) -> None:
    found = plugin("""
        version: 1
        defaults: {options: {max_tokens: 1}}
        providers: {p: {type: openai, hosting: custom, base_url: "https://llm", api_key: "${env:KEY}"}}
        routes: {chat: {provider: p, model: m, options: {top_p: 1}, logging: {log_payloads: true}}}
        """)
    assert found.origin.find(path).path == place


# ── one cause, one finding ──


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("version: 1\nproviders: {p: {}}\nroutes: {chat: {provider: p, model: m}}\n", ["M103"]),
        (
            "version: 1\nproviders: {p: {type: azure, api_key: '${env:K}', options: {azure_instance: x, "
            "azure_deployment_id: y}}}\nroutes: {chat: {provider: p, model: m}}\n",
            ["M106"],
        ),
        (
            "version: 1\ngateway: {version: 3.6}\nproviders: {p: {type: openai}}\n"
            "routes: {chat: {provider: p, model: m}}\n",
            ["P230"],
        ),
        (
            "version: 1\nproviders: {p: {type: mistral, hosting: custom, format: raw, upstream_url: 'https://x/y'}}\n"
            "routes: {chat: {provider: p, model: m}}\n",
            ["P205"],
        ),
        ("version: 1\nproviders: {p: {type: llama2}}\nroutes: {chat: {provider: p, model: m}}\n", ["P202"]),
        ("version: 1\nproviders: {p: {type: openay}}\nroutes: {chat: {provider: p, model: m}}\n", ["P204"]),
    ],
)
def test_one_mistake_gives_one_finding(text: str, codes: list[str]) -> None:
    run = Run()
    run.read_content(text.encode(), "manifest.yaml")
    assert [found.code for found in run.report().diagnostics] == codes
