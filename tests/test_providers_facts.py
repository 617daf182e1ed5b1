"""The provider catalogue against the schemas, the documentation's data, and what Kong's own code was seen to send."""

from __future__ import annotations

import gzip
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aicfg.catalog.formats import PLUGINS, llm_formats, route_types
from aicfg.catalog.providers import Hosting, Provider, provider, provider_types
from aicfg.catalog.versions import MINORS, Version, parse_version

if TYPE_CHECKING:
    from collections.abc import Iterator

CHAT = "llm/v1/chat"
NEWEST = parse_version(MINORS[-1])
SHARED = Path(os.environ.get("AICFG_SHARED") or Path(__file__).resolve().parents[2] / "shared")


def facts(name: str) -> Any:
    path = SHARED / "facts" / name
    if not path.is_file():
        pytest.skip(f"facts/{name} is not beside this checkout; AICFG_SHARED names the folder that holds it")
    return json.loads(path.read_text("utf-8"))


def first_version(schemas: Any, plugin: str, field: str, value: str | None = None) -> Version | None:
    """The first version in whose schema of a plugin a field exists, or takes a value."""
    for text in MINORS:
        found = schemas[text].get(plugin, {}).get(field)
        if found is not None and (value is None or value in found.get("enum", ())):
            return parse_version(text)
    return None


def test_providers_are_the_schemas_providers_each_since_its_version() -> None:
    schemas = facts("plugin-schemas.json")
    known = {provider(type).kong_provider: provider(type).since for type in provider_types()}
    assert set(known) == set(schemas[MINORS[-1]]["ai-proxy"]["config.model.provider"]["enum"])
    for name, since in known.items():
        assert first_version(schemas, "ai-proxy", "config.model.provider", name) == since, name


def test_options_and_cloud_fields_are_the_schemas_each_since_its_version() -> None:
    schemas = facts("plugin-schemas.json")
    for type in provider_types():
        found = provider(type)
        for rule in found.options.values():
            since = first_version(schemas, "ai-proxy", f"config.model.options.{rule.name}")
            assert since is not None, rule.name
            assert rule.since == max(since, found.since), rule.name
            default = schemas[MINORS[-1]]["ai-proxy"][f"config.model.options.{rule.name}"].get("default")
            assert rule.common or rule.default == default, rule.name
        for name, since in (found.cloud.fields if found.cloud else {}).items():
            assert first_version(schemas, "ai-proxy", f"config.auth.{name}") == since, name
        if found.format_option and type != "llama3":
            field = schemas[MINORS[-1]]["ai-proxy"][f"config.model.options.{found.format_option}"]
            assert set(found.formats) == set(field["enum"])


def test_route_types_and_native_formats_are_the_schemas_each_since_its_version() -> None:
    schemas = facts("plugin-schemas.json")
    told = facts("providers.json")
    assert set(route_types()) == set(told["route_types"])
    assert set(llm_formats()) == set(told["llm_formats"])
    for name, found in route_types().items():
        assert found.genai_category == told["route_types"][name]["genai_category"]
        for plugin in PLUGINS:
            field = "config.route_type" if plugin == "ai-proxy" else "config.targets[].route_type"
            assert first_version(schemas, plugin, field, name) == found.since[plugin], (plugin, name)
    for name, native in llm_formats().items():
        assert first_version(schemas, "ai-proxy", "config.llm_format", name) == native.since, name


CORRECTED = {
    ("cohere", CHAT): "the changelog of 3.14 moves it to /v2/chat",
    ("openai", "video/v1/videos/generations"): "the documentation repeats the images path",
    ("vertex", "llm/v1/files"): "Vertex has no files API",
    ("bedrock", "llm/v1/files"): "Bedrock has no files API",
}
"""Where the catalogue does not follow the documentation, and why."""


def documented() -> list[tuple[str, Provider, Hosting, Any]]:
    entries = []
    for told in facts("providers.json")["providers"]:
        found = provider(told["key"])
        place = found.hostings[told["variant"] or found.default_hosting or "ollama"]
        entries += [(told["variant"] or told["key"], found, place, row) for row in told["capabilities"]]
    return entries


def test_capabilities_are_the_documentations() -> None:
    for name, _found, place, row in documented():
        route_type = row["route_type"].replace("files/v1/", "llm/v1/")
        capability = place.capabilities[route_type]
        where = (name, row["capability"])
        if row["capability"] == "function_calling":
            assert capability.functions is not None, where
            continue
        assert capability.native_only == row["native_only"], where
        if row["min_version"]:
            assert capability.since == parse_version(row["min_version"]), where
        if capability.verdict == "refused" or (name, route_type) in CORRECTED:
            continue
        assert capability.streaming == row["streaming"], where
        told = row["upstream_path"].removesuffix(" (or upstream_url)")
        path = place.upstream_path(route_type, NEWEST)
        if told.startswith("API "):
            assert capability.api == (told.removeprefix("API ").strip() or None), where
        else:
            assert path == told.replace("{model_name}", "{model}"), where


def test_default_urls_and_keys_are_the_documentations() -> None:
    for told in facts("providers.json")["providers"]:
        found = provider(told["key"])
        place = found.hostings[told["variant"] or found.default_hosting or "ollama"]
        upstream = place.upstream.at(NEWEST) if place.upstream else None
        braces = re.compile(r"\{[^}]*\}")
        if told["default_url"] is None:
            assert upstream is None
        else:
            expected = braces.sub("{}", told["default_url"].split(" ")[0]).removesuffix(":443")
            assert upstream is not None
            assert expected.startswith(braces.sub("{}", upstream).removesuffix(":443")), told["key"]
        if told["auth"][0]["style"] == "header":
            [first, *others] = [auth for auth in told["auth"] if auth["style"] == "header"]
            shown = [(header.name, header.prefix + "<key>") for header in place.auth.headers]
            assert shown == [(auth["header_name"], auth["header_value"]) for auth in (first, *others)]


def measured(version: str) -> Iterator[Any]:
    """What Kong's own code sent, for configs without a URL, a path or a template of their own."""
    older = "" if version == "3.10" else f"older/{version}/"
    path = SHARED / f"vectors/translate/{older}requests.jsonl.gz"
    if not path.is_file():
        pytest.skip("the vectors are not beside this checkout; AICFG_SHARED names the folder that holds them")
    own = ("upstream_url", "upstream_path", "$(", "preserve", "llm_format")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            vector = json.loads(line)
            config = json.dumps(vector["config"])
            # a ? or # in a model's name cuts the path
            if vector["tag"] != "model.special" and not any(word in config for word in own):
                yield vector


@pytest.mark.parametrize("version", ["3.7", "3.8", "3.9", "3.10"])
def test_upstreams_and_refusals_are_those_of_kongs_code(version: str) -> None:
    seen = set()
    for vector in measured(version):
        config, sent = vector["config"], vector.get("expect")
        found, options = provider(config["model"]["provider"]), config["model"].get("options") or {}
        place = found.hosting("vertex" if "project_id" in options.get("gemini", {}) else None)
        capability = place.capabilities[config["route_type"]]
        where = (found.type, config["route_type"], vector["id"])
        if sent is None:
            continue
        assert capability.verdict == "works", where
        if place.needs_url(parse_version(version), config["route_type"]):
            assert (sent["host"], sent["path"]) == ("api.mistral.ai", "/"), where
            continue
        seen.add(where[:2])
        assert place.upstream is not None
        path = place.upstream_path(config["route_type"], parse_version(version))
        url = f"{place.upstream.at(NEWEST)}{path}"
        expected = re.sub(r"\\\{[^{}]*\\\}", ".*", re.escape(url))
        actual = f"{sent['scheme']}://{sent['host']}:{sent['port']}{sent['path']}"
        streamed = actual.replace("streamGenerateContent", "generateContent").replace("converse-stream", "converse")
        assert re.fullmatch(expected, streamed), where
    assert len(seen) >= 8
