"""Kong's documented configs as manifests: what these compile to is what Kong's documentation shows.

The manifests are in `examples/`, whose README has the tables that are read here. Kong's examples are read from the
folder that AICFG_SHARED names, by default the folder `shared` beside this repository; without them, only the tests of
the manifests themselves run.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

import aicfg
from aicfg.catalog.versions import MINORS, version_text
from aicfg.kong.entities import Plugin
from aicfg.kong.references import with_references
from aicfg.lint.engine import Run
from aicfg.lint.settings import Settings

FOLDER = Path(__file__).with_name("examples")
SHARED = Path(os.environ.get("AICFG_SHARED") or Path(__file__).resolve().parents[2] / "shared")
MANIFESTS = {f"{path.parent.name}/{path.stem}": path for path in sorted(FOLDER.glob("*/*.yaml"))}
PLUGINS = {name.partition("/")[0] for name in MANIFESTS}
FOR_ANY_GATEWAY = [name for name, path in MANIFESTS.items() if "gateway:" not in path.read_text(encoding="utf-8")]
README = (FOLDER / "README.md").read_text(encoding="utf-8")

each_manifest = pytest.mark.parametrize("name", MANIFESTS)


class Example(NamedTuple):
    """An example of Kong's. In `config`, its variables are references to the environment, as in a manifest."""

    plugin: str
    config: Any

    def gateways(self) -> list[str]:
        """The gateway versions that take it."""
        if not isinstance(self.config, dict):
            return []
        return [version for version in MINORS if not aicfg.check_plugin(self.plugin, self.config, gateway=version)]


@cache
def examples() -> dict[str, Example]:
    """Kong's examples of these plugins, by plugin and name."""
    file = SHARED / "data" / "docs-plugin-examples.jsonl"
    if not file.is_file():
        pytest.skip("Kong's examples are not beside this checkout; AICFG_SHARED names the folder that holds data/")
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return {f"{row['plugin']}/{row['slug']}": example(row) for row in rows if row["plugin"] in PLUGINS}


def example(row: dict[str, Any]) -> Example:
    """An example with `${key}`, which its variables explain, and decK's placeholders as `${env:NAME}`."""
    variables = {key: about["value"].removeprefix("$") for key, about in (row["variables"] or {}).items()}

    def reference(match: re.Match[str]) -> str:
        name = match["deck"] or variables.get(match["key"], match["key"].upper())
        return f"${{env:{name}}}"

    def filled(value: Any) -> Any:
        if isinstance(value, str):
            return re.sub(r'\$\{\{ env "DECK_(?P<deck>\w+)" \}\}|\$\{(?P<key>\w+)\}', reference, value)
        if isinstance(value, dict):
            return {key: filled(item) for key, item in value.items()}
        return [filled(item) for item in value] if isinstance(value, list) else value

    return Example(row["plugin"], with_references(filled(row["config"])))


def table(heading: str) -> list[list[str]]:
    """The rows of the table below a heading of the README."""
    section = README.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]


WITHOUT_MANIFEST = [name for name, _ in table("Examples without a manifest")]
WITH_PLUGIN_CONFIG = [name for name, _ in table("Manifests that need `plugin_config`")]
WITH_WARNING = {name: code for name, code, _ in table("Manifests with a warning")}


def compiled(name: str, gateway: str | None = None) -> tuple[Plugin, str]:
    """The plugin that a manifest is about, and the version of the gateway that it was compiled for."""
    run = Run(Settings(gateway=gateway))
    run.read(MANIFESTS[name])
    assert run.report().ok, [found.message for found in run.report().diagnostics]
    assert run.entities is not None
    (plugin,) = [plugin for plugin in run.entities.all_plugins() if plugin.name == name.partition("/")[0]]
    return plugin, version_text(run.entities.gateway.version)


def assert_same(name: str, gateway: str | None = None) -> None:
    plugin, version = compiled(name, gateway)
    wanted = examples()[name].config
    assert aicfg.fill_defaults(plugin.name, dict(plugin.config), gateway=version) == aicfg.fill_defaults(
        plugin.name, wanted, gateway=version
    )


@each_manifest
def test_a_manifest_compiles_to_what_the_documentation_shows(name: str) -> None:
    assert_same(name)


@pytest.mark.parametrize("name", FOR_ANY_GATEWAY)
def test_and_so_it_does_for_every_gateway_that_takes_the_example(name: str) -> None:
    gateways = examples()[name].gateways()
    assert gateways
    for gateway in gateways:
        assert_same(name, gateway)


@each_manifest
def test_a_manifest_has_no_finding_that_the_table_does_not_know(name: str) -> None:
    assert [found.code for found in aicfg.lint(MANIFESTS[name]).diagnostics] == [
        code for known, code in WITH_WARNING.items() if known == name
    ]


@each_manifest
def test_a_manifest_renders(name: str) -> None:
    (text,) = aicfg.render(MANIFESTS[name], "deck").values()
    services = yaml.safe_load(text)["services"]
    plugins = [plugin["name"] for service in services for route in service["routes"] for plugin in route["plugins"]]
    assert name.partition("/")[0] in plugins


def test_each_example_that_kong_takes_has_a_manifest() -> None:
    assert set(examples()) - set(WITHOUT_MANIFEST) == set(MANIFESTS)


@pytest.mark.parametrize("name", WITHOUT_MANIFEST)
def test_an_example_without_a_manifest_is_one_that_kong_refuses(name: str) -> None:
    assert examples()[name].gateways() == []


def test_plugin_config_stands_only_where_the_table_says_why() -> None:
    assert [name for name in MANIFESTS if uses_plugin_config(name)] == WITH_PLUGIN_CONFIG


def uses_plugin_config(name: str) -> bool:
    return "plugin_config" in MANIFESTS[name].read_text(encoding="utf-8")


def test_the_tables_name_manifests_and_examples_that_exist() -> None:
    assert set(WITH_WARNING) | set(WITH_PLUGIN_CONFIG) <= set(MANIFESTS)
    assert set(WITHOUT_MANIFEST).isdisjoint(MANIFESTS)
    assert len(MANIFESTS) > 130
