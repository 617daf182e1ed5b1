"""The guides that aicfg started from: each of their examples can be said in a manifest, and compiles to what they show.

`tests/seeds/NAME.yaml` is the manifest of an example, or of a row of a hosting table. What the guides show stands here
as data; where they are wrong, CORRECTIONS says so, and nothing else may differ. `test_seed_texts.py` holds this data
against the guides' own text.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

import aicfg
from aicfg.catalog.versions import MINORS

MANIFESTS = Path(__file__).with_name("seeds")


class Missing:
    """What stands at a path where there is nothing."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = Missing()
SECRET = "<secret>"
"""Stands for a key, whether the guide has `<openai_key>` there or the decK file a placeholder."""


def example(name: str, paths: list[str], config: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "paths": paths, "methods": ["POST"], "plugin": "ai-proxy", "config": config}


EXAMPLES: dict[str, dict[str, Any]] = {
    "openai": example(
        "openai-chat",
        ["~/openai-chat$"],
        {
            "route_type": "llm/v1/chat",
            "auth": {"header_name": "Authorization", "header_value": f"Bearer {SECRET}"},
            "model": {"provider": "openai", "name": "gpt-4", "options": {"max_tokens": 512, "temperature": 1.0}},
        },
    ),
    "azure": example(
        "azure-chat",
        ["~/azure-chat$"],
        {
            "route_type": "llm/v1/chat",
            "auth": {"header_name": "api-key", "header_value": SECRET},
            "model": {
                "provider": "azure",
                "name": "gpt-35-turbo",
                "options": {"azure_instance": "ai-proxy-regression", "azure_deployment_id": "kong-gpt-3-5"},
            },
        },
    ),
    "cohere": example(
        "cohere-chat",
        ["~/cohere-chat$"],
        {
            "route_type": "llm/v1/chat",
            "auth": {"header_name": "Authorization", "header_value": f"Bearer {SECRET}"},
            "model": {"provider": "cohere", "name": "command", "options": {"max_tokens": 512, "temperature": 1.0}},
        },
    ),
    "anthropic": example(
        "anthropic-chat",
        ["~/anthropic-chat$"],
        {
            "route_type": "llm/v1/chat",
            "auth": {"header_name": "apikey", "header_value": SECRET},
            "model": {
                "provider": "anthropic",
                "name": "claude-2.1",
                "options": {"max_tokens": 512, "temperature": 1.0, "top_p": 256, "top_k": 0.5},
            },
        },
    ),
    "llama2-ollama": example(
        "llama2-chat",
        ["~/llama2-chat$"],
        {
            "route_type": "llm/v1/chat",
            "model": {
                "provider": "llama2",
                "name": "llama2",
                "llama2_format": "ollama",
                "upstream_url": "http://llama2-server.local:11434/v1/chat",
            },
        },
    ),
    "mistral-ollama": example(
        "mistral-chat",
        ["~/mistral-chat$"],
        {
            "route_type": "llm/v1/chat",
            "model": {
                "provider": "mistral",
                "name": "mistral",
                "mistral_format": "ollama",
                "upstream_url": "http://ollama-server.local:11434/v1/chat",
            },
        },
    ),
    # Said of ai-proxy-advanced, whose target has the fields that ai-proxy's config has.
    "mistral-ai": example(
        "mistral-chat",
        ["~/mistral-chat$"],
        {
            "route_type": "llm/v1/chat",
            "auth": {"header_name": "Authorization", "header_value": f"Bearer {SECRET}"},
            "model": {
                "provider": "mistral",
                "name": "mistral-tiny",
                "options": {
                    "mistral_format": "openai",
                    "upstream_url": "https://api.mistral.ai/v1/chat/completions",
                },
            },
        },
    ),
}
"""What the guides show for each example: seed 003, and seed 001 for mistral-ai."""


class Correction(NamedTuple):
    example: str
    path: str
    seed: Any
    right: Any
    why: str


CORRECTIONS = (
    Correction(
        "anthropic", "config.auth.header_name", "apikey", "x-api-key", "Anthropic reads the key from nowhere else"
    ),
    Correction("anthropic", "config.model.options.top_p", 256, 0.5, "swapped with top_k: Kong takes 0 to 1"),
    Correction("anthropic", "config.model.options.top_k", 0.5, 256, "swapped with top_p: Kong takes whole numbers"),
    Correction(
        "anthropic",
        "config.model.options.anthropic_version",
        MISSING,
        "2023-06-01",
        "Kong refuses Anthropic without it",
    ),
    Correction("llama2-ollama", "config.model.llama2_format", "ollama", MISSING, "Kong has no such field here"),
    Correction("llama2-ollama", "config.model.options.llama2_format", MISSING, "ollama", "it belongs into the options"),
    Correction(
        "llama2-ollama",
        "config.model.upstream_url",
        "http://llama2-server.local:11434/v1/chat",
        MISSING,
        "Kong has no such field here",
    ),
    Correction(
        "llama2-ollama",
        "config.model.options.upstream_url",
        MISSING,
        "http://llama2-server.local:11434/api/chat",
        "it belongs into the options, and Ollama serves its own format at /api/chat",
    ),
    Correction("mistral-ollama", "config.model.mistral_format", "ollama", MISSING, "Kong has no such field here"),
    Correction(
        "mistral-ollama", "config.model.options.mistral_format", MISSING, "ollama", "it belongs into the options"
    ),
    Correction(
        "mistral-ollama",
        "config.model.upstream_url",
        "http://ollama-server.local:11434/v1/chat",
        MISSING,
        "Kong has no such field here",
    ),
    Correction(
        "mistral-ollama",
        "config.model.options.upstream_url",
        MISSING,
        "http://ollama-server.local:11434/api/chat",
        "it belongs into the options, and Ollama serves its own format at /api/chat",
    ),
)
"""Every value in which the guides are wrong."""


class Row(NamedTuple):
    """A row of a guide's hosting table, and the manifest and the URL of an example for it."""

    seeds: str
    title: str
    format: str
    auth_header: str | None
    manifest: str
    url: str | None


HOSTINGS = {
    "llama2": (
        Row("003", "HuggingFace", "raw", "Authorization", "llama2-huggingface", "https://llama2-server.local/generate"),
        Row("003", "OLLAMA", "ollama", None, "llama2-ollama", "http://llama2-server.local:11434/api/chat"),
        Row("003", "llama.cpp", "raw", None, "llama2-llama-cpp", "http://llama2-server.local:8080/completion"),
        Row(
            "003",
            "Self-Hosted GGUF",
            "openai",
            None,
            "llama2-gguf",
            "http://llama2-server.local:8000/v1/chat/completions",
        ),
    ),
    "mistral": (
        Row(
            "000 001",
            "Mistral.ai",
            "openai",
            "Authorization",
            "mistral-ai",
            "https://api.mistral.ai/v1/chat/completions",
        ),
        Row("000 001 003", "OLLAMA", "ollama", None, "mistral-ollama", "http://ollama-server.local:11434/api/chat"),
        Row(
            "000 001 003",
            "Self-Hosted GGUF",
            "openai",
            None,
            "mistral-gguf",
            "http://mistral-server.local:8000/v1/chat/completions",
        ),
    ),
}
"""What the guides say of each hosting: the format, and the header that carries the key where one is needed."""

ROWS = [(provider, row) for provider, rows in HOSTINGS.items() for row in rows]


def masked(text: str) -> str:
    """A text with its keys replaced by SECRET: a guide's `<openai_key>`, decK's placeholder."""
    return re.sub(r'\$\{\{ env "DECK_\w+" \}\}|<\w+>', SECRET, text)


def rendered(name: str) -> dict[str, Any]:
    """The one route of a manifest's decK file, in the form of an example."""
    state = yaml.safe_load(masked(aicfg.render(MANIFESTS / f"{name}.yaml", "deck")["kong.yaml"]))
    [service] = state["services"]
    [route] = service["routes"]
    return one_plugin(route)


def one_plugin(route: dict[str, Any]) -> dict[str, Any]:
    """A route with its only plugin's name and config, without the protocols, which no guide names."""
    [plugin] = route["plugins"]
    fields = {key: value for key, value in route.items() if key not in ("plugins", "protocols")}
    return {**fields, "plugin": plugin["name"], "config": plugin["config"]}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value below maps, with its dotted path; a list is one value."""
    if not isinstance(value, dict):
        yield path, value
        return
    for key, item in value.items():
        yield from leaves(item, f"{path}.{key}" if path else key)


def differences(one: Any, other: Any) -> dict[str, tuple[Any, Any]]:
    """Path -> what each of two records has there, where that is not the same. 1 and 1.0 are not, nor 1 and true."""
    left, right = dict(leaves(one)), dict(leaves(other))
    pairs = {path: (left.get(path, MISSING), right.get(path, MISSING)) for path in {**left, **right}}
    return {path: (a, b) for path, (a, b) in pairs.items() if type(a) is not type(b) or a != b}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_compiles_to_what_the_guide_shows_but_for_the_corrections(name: str) -> None:
    corrections = {each.path: (each.seed, each.right) for each in CORRECTIONS if each.example == name}
    assert differences(EXAMPLES[name], rendered(name)) == corrections


@pytest.mark.parametrize("each", CORRECTIONS, ids=lambda each: f"{each.example}-{each.path}")
def test_a_correction_is_of_an_example_corrects_it_and_says_why(each: Correction) -> None:
    assert dict(leaves(EXAMPLES[each.example])).get(each.path, MISSING) == each.seed
    assert each.seed != each.right
    assert each.why


@pytest.mark.parametrize(("provider", "row"), ROWS, ids=lambda each: getattr(each, "manifest", each))
def test_a_hosting_has_the_format_and_the_auth_header_of_the_guides_table(provider: str, row: Row) -> None:
    config = {
        "route_type": "llm/v1/chat",
        "model": {
            "provider": provider,
            "name": "mistral-tiny" if row.title == "Mistral.ai" else provider,
            "options": {f"{provider}_format": row.format, "upstream_url": row.url},
        },
    }
    if row.auth_header is not None:
        config["auth"] = {"header_name": row.auth_header, "header_value": f"Bearer {SECRET}"}
    expected = example(f"{provider}-chat", [f"~/{provider}-chat$"], config)
    assert differences(expected, rendered(row.manifest)) == {}


DROPPED = [f"Kong does not send {name} in the anthropic format" for name in ("top_p", "top_k")]


@pytest.mark.parametrize("version", MINORS)
@pytest.mark.parametrize("manifest", sorted(MANIFESTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_gateway_version_takes_what_is_compiled(manifest: Path, version: str) -> None:
    report = aicfg.lint(manifest, gateway=version)
    said = [found.message for found in report.diagnostics if found.severity != "info"]
    assert said == (DROPPED if manifest.stem == "anthropic" and version != "3.6" else [])


def test_the_only_remarks_on_any_of_them_are_what_aicfg_fills_in_and_what_kong_drops_for_anthropic() -> None:
    report = aicfg.lint(*sorted(MANIFESTS.glob("*.yaml")))
    assert [(Path(found.file or "").stem, found.name) for found in report.diagnostics] == [
        ("anthropic", "filled-option"),
        ("anthropic", "dropped-option"),
        ("anthropic", "dropped-option"),
    ]


def test_a_gateway_without_mistrals_url_gets_the_one_that_the_guide_gives_by_hand(tmp_path: Path) -> None:
    by_hand = (MANIFESTS / "mistral-ai.yaml").read_text(encoding="utf-8")
    without = re.sub(r"\n *upstream_url: .*", "", by_hand)
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(f'gateway: {{version: "3.7"}}\n{without}', encoding="utf-8")
    state = yaml.safe_load(masked(aicfg.render(manifest, "deck")["kong.yaml"]))
    assert without != by_hand
    assert differences(EXAMPLES["mistral-ai"], one_plugin(state["services"][0]["routes"][0])) == {}
