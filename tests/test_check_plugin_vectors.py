"""`aicfg.kong.check` and `aicfg.kong.defaults` against Kong's verdicts, and against other people's configs."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from aicfg.catalog.plugins import PluginSchema, build_schema, plugin_schema
from aicfg.catalog.plugins.rows import plugin_rows
from aicfg.catalog.versions import gateway
from aicfg.kong.check import Violation, check, inferred
from aicfg.kong.defaults import fill_defaults
from aicfg.kong.references import Placeholder

VECTORS = Path(__file__).parent / "vectors" / "schema" / "plugin-configs.jsonl.gz"
SHARED = Path(os.environ.get("AICFG_SHARED", Path(__file__).resolve().parents[2] / "shared"))
VERSIONS = ("3.6", "3.7", "3.8", "3.9", "3.10")

Case = dict[str, Any]


def schema(name: str, version: str = "3.15", edition: str = "enterprise") -> PluginSchema:
    return plugin_schema(name, gateway(version, edition))


# ── Kong's verdicts ──


@cache
def cases(plugin: str) -> list[Case]:
    with gzip.open(VECTORS, "rt", encoding="utf-8", errors="surrogatepass") as file:
        return [case for case in map(json.loads, file) if case["plugin"] == plugin]


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def exact(value: Any) -> Any:
    """A form in which true is not 1."""
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    return [exact(item) for item in value] if isinstance(value, list) else (isinstance(value, bool), value)


def error_paths(tree: Any, path: str = "") -> set[str]:
    """The fields in Kong's error table. What Kong says of a whole record ("@entity") names no field."""
    if isinstance(tree, str):
        return {path}
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    return {
        found
        for key, child in items
        if key != "@entity" and child is not None
        for found in error_paths(child, path + (f"[{key}]" if isinstance(key, int) else f".{key}"))
    }


def own_paths(found: list[Violation]) -> set[str]:
    return {"".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in one.path) for one in found}


def disagreement(case: Case, version: str, at: PluginSchema) -> str | None:
    """Where aicfg and Kong part on a case, or None."""
    verdict, found = case["verdicts"][version], list(check(at, case["config"]))
    if (not found) != verdict["ok"]:
        return f"{case['id']} {version}: {found or 'accepted'}, Kong {verdict.get('errors', verdict['ok'])}"
    if verdict["ok"]:
        filled = fill_defaults(at, case["config"])
        if exact(without_nulls(filled)) != exact(without_nulls(verdict["effective"])):
            return f"{case['id']} {version}: filled {filled}, Kong {verdict['effective']}"
    if "errors" in verdict and not error_paths(verdict["errors"]) <= own_paths(found):
        return f"{case['id']} {version}: {own_paths(found)}, Kong {error_paths(verdict['errors'])}"
    if verdict.get("crash", False) != any(one.kind == "kong-crash" for one in found):
        return f"{case['id']} {version}: {found}, Kong's code {'fails' if verdict.get('crash') else 'does not fail'}"
    return None


OSS_PLUGINS = (
    "ai-proxy",
    "ai-prompt-decorator",
    "ai-prompt-guard",
    "ai-prompt-template",
    "ai-request-transformer",
    "ai-response-transformer",
)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("plugin", OSS_PLUGINS)
def test_kong_says_the_same(plugin: str, version: str) -> None:
    at = schema(plugin, version, "oss")
    assert [text for case in cases(plugin) if (text := disagreement(case, version, at))] == []


@pytest.mark.parametrize("plugin", OSS_PLUGINS)
def test_a_filled_config_is_accepted_and_stays_as_it_is(plugin: str) -> None:
    at = schema(plugin, "3.9", "oss")
    for case in cases(plugin):
        if case["verdicts"]["3.9"]["ok"]:
            filled = fill_defaults(at, case["config"])
            assert list(check(at, filled)) == []
            assert fill_defaults(at, filled) == filled


# ── each fact that the verdicts cover is needed ──

NOT_COVERED = {
    # No vector has a vault reference in these while the field that goes with it is missing: see the tests below.
    ("ai-proxy", "config.auth.header_name.referenceable"),
    ("ai-proxy", "config.auth.header_value.referenceable"),
    ("ai-proxy", "config.auth.param_name.referenceable"),
    # A vault reference here is a string like any other: no check and no limit concerns the field.
    ("ai-proxy", "config.auth.gcp_service_account_json.referenceable"),
    ("ai-proxy", "config.auth.aws_access_key_id.referenceable"),
    ("ai-proxy", "config.auth.aws_secret_access_key.referenceable"),
    # Where the whole config is null, the rule that one of the patterns must be set refuses it as well.
    ("ai-prompt-guard", "config.required"),
    # The same rows as ai-response-transformer's, whose vectors do cover it.
    ("ai-request-transformer", "config.https_proxy_host.format"),
}
"""Facts that can be taken away without a vector noticing, and why."""

Row = Any
Place = tuple[str | int, ...]
SILENT = ("about", "encrypted", "known", "deprecated", "type")
"""Attributes that do not bear on a verdict, and `type`, without which there is no field."""


def places(row: dict[str, Any], at: Place) -> Iterator[Place]:
    """Everything that can be taken out of a field's row: attributes, values, changes, fields, checks."""
    for key, value in row.items():
        if key in SILENT:
            continue
        if key == "fields":
            for name, child in value.items():
                yield (*at, key, name)
                yield from places(child, (*at, key, name))
        elif key in ("elements", "values", "keys"):
            yield from places(value, (*at, key))
        elif key in ("checks", "enum"):
            yield from ((*at, key, index) for index in range(len(value)))
        elif key in ("changes", "enum_added"):
            yield from ((*at, key, date) for date in value)
        else:
            yield (*at, key)


def without(tree: Row, place: Place) -> Row:
    """A copy of the rows with what stands at a place taken out."""
    head, *rest = place
    changed = tree.copy()
    if rest:
        changed[head] = without(tree[head], tuple(rest))
    else:
        del changed[head]
    return changed


def concerns(place: Place, at: PluginSchema) -> bool:
    """Whether a gateway has the field that a place belongs to."""
    found = at.root
    for key, name in pairwise(place):
        if key == "fields":
            child = found.fields.get(str(name))
            if child is None:
                return False
            found = child
        elif name == "elements" and found.elements:
            found = found.elements
    return True


def dotted(place: Place) -> str:
    return ".".join(str(part) for part in place if part != "fields")


def noticed(case: Case, version: str, at: PluginSchema) -> bool:
    try:
        return disagreement(case, version, at) is not None
    except (KeyError, ValueError):  # a check of a field that has been taken away
        return True


@pytest.mark.parametrize("plugin", OSS_PLUGINS)
def test_no_fact_can_be_dropped_without_a_vector_noticing(plugin: str) -> None:
    rows = plugin_rows(plugin)
    usual = {version: schema(plugin, version, "oss") for version in VERSIONS}
    config = {"fields": {"config": rows["config"]}}
    survivors, tried = set(), 0
    for place in [*places(config, ()), *(("checks", index) for index in range(len(rows.get("checks", ()))))]:
        mutated_at = place[1:] if place[0] == "fields" else place
        if "transformer" in plugin and "llm" in mutated_at:
            continue  # ai-proxy's rows
        if len(place) == 2 or not any(concerns(("fields", *mutated_at), at) for at in usual.values()):
            continue
        mutant = without(rows, mutated_at)
        schemas = {version: build_schema(plugin, mutant, gateway(version, "oss")) for version in VERSIONS}
        differing = [version for version in VERSIONS if shape(schemas[version]) != shape(usual[version])]
        tried += bool(differing)
        if differing and not is_noticed(plugin, mutated_at, {version: schemas[version] for version in differing}):
            survivors.add((plugin, dotted(mutated_at)))
    assert tried > 15
    assert survivors == {place for place in NOT_COVERED if place[0] == plugin}


def is_noticed(plugin: str, place: Place, schemas: dict[str, PluginSchema]) -> bool:
    """Whether some case disagrees; those that name the field are tried first."""
    name = [str(part) for key, part in pairwise(place) if key == "fields"][-1:] or [""]
    likely = sorted(cases(plugin), key=lambda case: name[0] not in text_of(case))
    return any(noticed(case, version, at) for case in likely for version, at in schemas.items())


def text_of(case: Case) -> str:
    if "text" not in case:
        case["text"] = json.dumps(case["config"])
    return str(case["text"])


def shape(at: PluginSchema) -> str:
    """What of a schema bears on a verdict."""

    def of(field: Any) -> Any:
        skipped = (
            "fields",
            "checks",
            "elements",
            "keys",
            "values",
            "about",
            "since",
            "known",
            "encrypted",
            "deprecated",
        )
        own = [getattr(field, key) for key in field._fields if key not in skipped]
        parts = [of(part) for part in (field.elements, field.keys, field.values) if part]
        checks = [tuple(one) for one in field.checks if not getattr(one, "unknown", False)]
        return own, parts, checks, [(name, of(child)) for name, child in field.fields.items()]

    return repr(of(at.root))


# ── configs of other people ──


def shared(name: str) -> str:
    path = SHARED / "data" / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return path.read_text()


def deferred(value: Any) -> Any:
    """A config in which `${name}` stands for a value that is filled in later."""
    if isinstance(value, str):
        return Placeholder(value) if "${" in value else value
    if isinstance(value, dict):
        return {key: deferred(item) for key, item in value.items()}
    return [deferred(item) for item in value] if isinstance(value, list) else value


def refused(file: str, label: str) -> set[tuple[str, str]]:
    rows = map(json.loads, shared(file).splitlines())
    return {(row["plugin"], row[label]) for row in rows if list(check(schema(row["plugin"]), deferred(row["config"])))}


def test_the_documentation_s_examples() -> None:
    assert refused("docs-plugin-examples.jsonl", "slug") == {
        ("ai-proxy-advanced", "sdk-multiple-azure-deployments"),
        ("ai-proxy-advanced", "sdk-two-routes"),
        ("ai-proxy-advanced", "video-generation-openai"),
        ("ai-proxy-advanced", "xai-image-generation"),
        ("ai-proxy", "sdk-azure-deployment"),
        ("ai-proxy", "sdk-multiple-azure-deployments"),
        ("ai-proxy", "sdk-two-routes"),
        ("ai-proxy", "video-generation-openai"),
    }


def test_the_documentation_s_pages() -> None:
    assert refused("docs-howto-configs.jsonl", "page") == {
        ("ai-proxy-advanced", "app/_how-tos/ai-gateway/use-claude-code-with-ai-gateway-gemini.md"),
        ("ai-proxy-advanced", "app/_how-tos/ai-gateway/use-claude-code-with-ai-gateway-vertex.md"),
        ("ai-prompt-template", "app/_kong_plugins/ai-prompt-template/index.md"),
    }


def test_no_inferred_rule_warns_of_the_documentation() -> None:
    for file in ("docs-plugin-examples.jsonl", "docs-howto-configs.jsonl"):
        for row in map(json.loads, shared(file).splitlines()):
            config, at = deferred(row["config"]), schema(row["plugin"])
            assert list(check(at, config)) or not list(inferred(at, config)), row


def test_the_seeds() -> None:
    for row in json.loads(shared("seeds-check.json")):
        for version, errors in row["errors"].items():
            assert bool(list(check(schema(row["plugin"], version), row["config"]))) == bool(errors), (
                row["route"],
                version,
            )
