"""The data in `test_seeds.py` is what the guides say, and aicfg's verdict on each of their configs is Kong's.

The guides are read from the folder that AICFG_SHARED names, by default the folder `shared` beside this repository;
without it these tests are skipped.
"""

import json
import os
import re
import shlex
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_seeds import EXAMPLES, HOSTINGS, MANIFESTS, MISSING, differences, masked, one_plugin

import aicfg
from aicfg.catalog.versions import MINORS
from aicfg.lint.diagnostic import Report
from aicfg.lint.engine import Run
from aicfg.lint.fixing.rounds import fix

SHARED = Path(os.environ.get("AICFG_SHARED") or Path(__file__).resolve().parents[2] / "shared")
GETTING_STARTED, MISTRAL_ADVANCED, MISTRAL = "003", "001", "000"

CURL_DIFFERS = {
    "llama2-ollama": {
        "config.model.llama2_format": ("ollama", MISSING),
        "config.model.options.llama2_format": (MISSING, "ollama"),
        "config.model.upstream_url": ("http://llama2-server.local:11434/v1/chat", MISSING),
        "config.model.options.upstream_url": (MISSING, "http://ollama-server.local:11434/v1/chat"),
    },
    "mistral-ollama": {
        "config.model.mistral_format": ("ollama", MISSING),
        "config.model.options.mistral_format": (MISSING, "ollama"),
        "config.model.upstream_url": ("http://ollama-server.local:11434/v1/chat", MISSING),
        "config.model.options.upstream_url": (MISSING, "http://ollama-server.local:11434/v1/chat"),
    },
}
"""Example -> path -> what the YAML form and the curl form have there. The curl form nests right, and for Llama 2 it
calls another host. No curl form names the route's methods."""

FROM_GETTING_STARTED = [name for name in EXAMPLES if name != "mistral-ai"]


def seed_text(number: str) -> str:
    found = sorted((SHARED / "seeds").glob(f"{number}_*.txt"))
    if not found:
        pytest.skip(f"seed {number} is not beside this checkout; AICFG_SHARED names the folder that holds seeds/")
    return found[0].read_text(encoding="utf-8")


def fenced(language: str, text: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def yaml_forms() -> dict[str, dict[str, Any]]:
    """Route name -> what the YAML block of seed 003 says of it."""
    routes = [one_plugin(yaml.safe_load(masked(block))) for block in fenced("yaml", seed_text(GETTING_STARTED))]
    return {route["name"]: route for route in routes}


def advanced_example() -> dict[str, Any]:
    [block] = re.findall(r"{% plugin_example %}\n(.*?){% endplugin_example %}", seed_text(MISTRAL_ADVANCED), re.DOTALL)
    found: dict[str, Any] = yaml.safe_load(masked(block))
    return found


def admin_calls(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The curl calls to the Admin API: path -> what they send. A backslash may have spaces behind it."""
    calls = []
    for command in re.findall(r"^curl (?:.*\\[ \t]*\n(?!```))*.*", text, re.MULTILINE):
        words = shlex.split(re.sub(r"\\[ \t]*$", " ", command, flags=re.MULTILINE))
        [url] = [word for word in words if word.startswith("http")]
        if ":8001/" in url:
            values = [value for flag, value in pairwise(words) if flag == "--data"]
            calls.append((url.partition(":8001")[2], form_record(masked(value) for value in values)))
    return calls


def form_record(pairs: Iterable[str]) -> dict[str, Any]:
    """The record that `key=value` pairs stand for: dots nest, `[]` makes a list, numbers and booleans are cast."""
    record: dict[str, Any] = {}
    for pair in pairs:
        key, _, text = pair.partition("=")
        *parents, last = key.removesuffix("[]").split(".")
        inner = record
        for parent in parents:
            inner = inner.setdefault(parent, {})
        if key.endswith("[]"):
            inner.setdefault(last, []).append(cast(text))
        else:
            inner[last] = cast(text)
    return record


def cast(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def curl_forms() -> dict[str, dict[str, Any]]:
    """Route name -> what the curl commands of seed 003 make: the route, and on it the plugin."""
    calls = admin_calls(seed_text(GETTING_STARTED))
    forms = {sent["name"]: sent for path, sent in calls if path == "/services/ai-proxy/routes"}
    for path, sent in calls:
        if match := re.fullmatch(r"/routes/([^/]+)/plugins", path):
            forms[match.group(1)] |= {"plugin": sent["name"], "config": sent["config"]}
    return forms


def table_rows(provider: str, text: str) -> list[tuple[str, str, str | None]]:
    """Hosting, format and auth header in the rows of a guide's table, which one guide has lost the line breaks of."""
    _, found, table = text.partition(f"{provider.title()} Hosting")
    assert found
    body = re.split(r"-{3}\|?\n", table.partition("\n\n")[0], maxsplit=1)[1]
    cells = re.findall(r"\|?\s*([^|\n]+?)\s*\|\s*`?(raw|ollama|openai)`?\s*\|\s*`?([^|`\n]+?)`?\s*(?:\||$)", body, re.M)
    return [(hosting, format_, None if auth.startswith("Not ") else auth) for hosting, format_, auth in cells]


def test_a_curl_form_is_read_as_kong_reads_it() -> None:
    command = (
        'curl -X POST http://localhost:8001/x \\\n  --data "a.b=512" \\\n  --data "a.c=x=0.5" \\ \n  --data "d[]=1.0"\n'
    )
    assert admin_calls(command) == [("/x", {"a": {"b": 512, "c": "x=0.5"}, "d": [1.0]})]


@pytest.mark.parametrize("name", FROM_GETTING_STARTED)
def test_the_data_of_an_example_is_the_guides_yaml(name: str) -> None:
    assert differences(yaml_forms()[EXAMPLES[name]["name"]], EXAMPLES[name]) == {}


def test_there_is_data_for_every_yaml_example_of_the_guide() -> None:
    assert sorted(yaml_forms()) == sorted(EXAMPLES[name]["name"] for name in FROM_GETTING_STARTED)


def test_the_data_of_the_advanced_example_is_its_one_target_on_the_route_that_curl_makes() -> None:
    shown = advanced_example()
    [target] = shown["config"]["targets"]
    [(path, route)] = admin_calls(seed_text(MISTRAL_ADVANCED))
    assert shown["name"] == "ai-proxy-advanced"
    assert path == "/services/ai-proxy-advanced/routes"
    assert differences({**EXAMPLES["mistral-ai"], **route, "config": target}, EXAMPLES["mistral-ai"]) == {}


@pytest.mark.parametrize("name", FROM_GETTING_STARTED)
def test_a_curl_form_says_what_the_yaml_form_says(name: str) -> None:
    expected = {"methods": (["POST"], MISSING), **CURL_DIFFERS.get(name, {})}
    assert differences(EXAMPLES[name], curl_forms()[EXAMPLES[name]["name"]]) == expected


@pytest.mark.parametrize("seed", [MISTRAL, GETTING_STARTED])
def test_the_service_that_curl_makes_is_the_one_that_a_manifest_has_by_default(seed: str) -> None:
    service = next(sent for path, sent in admin_calls(seed_text(seed)) if path == "/services")
    [rendered] = yaml.safe_load(masked(aicfg.render(MANIFESTS / "openai.yaml", "deck")["kong.yaml"]))["services"]
    assert service == {key: value for key, value in rendered.items() if key != "routes"}


@pytest.mark.parametrize(
    ("seed", "provider"),
    [(GETTING_STARTED, "llama2"), (GETTING_STARTED, "mistral"), (MISTRAL, "mistral"), (MISTRAL_ADVANCED, "mistral")],
)
def test_the_rows_of_a_hosting_table_are_the_guides(seed: str, provider: str) -> None:
    rows = [(row.title, row.format, row.auth_header) for row in HOSTINGS[provider] if seed in row.seeds]
    assert table_rows(provider, seed_text(seed)) == rows


def verdicts() -> list[dict[str, Any]]:
    """The configs of the guides, each with Kong's errors by version."""
    file = SHARED / "data" / "seeds-check.json"
    if not file.is_file():
        pytest.skip("data/seeds-check.json is not beside this checkout; AICFG_SHARED names the folder that holds it")
    found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("version", MINORS)
def test_aicfg_accepts_and_refuses_the_configs_of_the_guides_as_kong_does(version: str) -> None:
    measured = [each for each in verdicts() if version in each["errors"]]
    accepted = {label(each): not each["errors"][version] for each in measured}
    found = {label(each): not aicfg.check_plugin(each["plugin"], each["config"], gateway=version) for each in measured}
    assert accepted
    assert found == accepted


def label(verdict: dict[str, Any]) -> str:
    return f"{verdict['seed']}, line {verdict['line']}"


def seeds() -> list[dict[str, Any]]:
    """The plugins that the guides show, each with Kong's verdict in each version."""
    file = SHARED / "data" / "seeds-check.json"
    rows: list[dict[str, Any]] = json.loads(file.read_text()) if file.exists() else []
    return rows


def after_fixing(text: str) -> tuple[Report, Report]:
    """What lint says of a text before and after all fixes."""

    def lint(texts: Mapping[str, str]) -> Run:
        run = Run()
        run.read_content(texts.get("seed.yaml", text).encode(), "seed.yaml")
        return run

    result = fix(lint, unsafe=True)
    return result.before.report(), result.after.report()


@pytest.mark.parametrize("row", seeds(), ids=lambda row: f"{row['seed'][:3]}-{row['line']}-{row['form'].split()[0]}")
def test_an_example_goes_from_the_first_lint_to_clean(row: dict[str, Any]) -> None:
    """Each finding says what to do, those about what Kong refuses only where it does, and fixes leave none."""
    text = yaml.safe_dump({"name": row["plugin"], "config": row["config"]}, sort_keys=False)
    before, after = after_fixing(text)
    assert all(each.hint for each in before.diagnostics)
    refuses = any(each.severity == "error" for each in before.diagnostics)
    assert refuses is bool(row["errors"][MINORS[-1]])
    assert len({(each.line, each.code) for each in before.diagnostics}) == len(before.diagnostics)
    assert not after.diagnostics
