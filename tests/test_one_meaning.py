"""Every target says the same: the plugins of a random manifest have one config each, whatever they are rendered to."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml
from admin_api import stand_in, variables
from apply_script import held, needs_tools, rendered, run
from controller import controller_state
from hypothesis import HealthCheck, assume, event, given, settings
from meaning import Environment, dbless_state, deck_state
from meaning_terraform import documents_of, flat_terraform
from random_manifests import bases

import aicfg

Plugins = list[tuple[str, str]]
SECRETS = ("OPENAI_API_KEY", "K", "GEMINI_API_KEY", "MODEL", "NAME", "S", "P", "APP_KEY", "KEY", "WORD", "X")
ENV = Environment({name: f'it\'s "{name}" $x \\d' for name in SECRETS})


def plugins(found: Iterable[dict[str, Any]]) -> Plugins:
    """Name and config of each plugin, in an order of their own."""
    return sorted((one["name"], json.dumps(one.get("config", {}), sort_keys=True)) for one in found)


def nested(state: dict[str, Any]) -> Plugins:
    holders = [state, *state.get("services", ())]
    holders += [route for holder in list(holders) for route in holder.get("routes", ())]
    return plugins(plugin for holder in holders for plugin in holder.get("plugins", ()))


def from_dbless(path: Path, folder: Path) -> Plugins:
    return nested(dbless_state(aicfg.render(path, "dbless")["kong.yml"], ENV))


def from_kubernetes(path: Path, folder: Path) -> Plugins:
    state = controller_state(aicfg.render(path, "kubernetes"), ENV)
    return plugins({"name": one["name"], "config": one["config"]} for one in state["plugins"])


def from_curl(path: Path, folder: Path) -> Plugins:
    with stand_in("curl", version=".".join(map(str, aicfg.compile(path).gateway.version))) as api:
        done = run(folder, rendered(path, "curl"), **variables(api), **ENV)
        assert (done.status, done.err) == (0, "")
        return plugins(held(api)["plugins"])


def from_terraform(path: Path, folder: Path) -> Plugins:
    files = {"one": aicfg.render(path, "terraform")}
    flat = flat_terraform(files, documents_of(files, folder), ENV, folder)["one"]
    return plugins(flat.get("plugin", {}).values())


def same(manifest: dict[str, Any], targets: Iterable[Callable[[Path, Path], Plugins]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "aicfg.yaml"
        path.write_text(yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False), encoding="utf-8")
        try:
            deck = aicfg.render(path, "deck")["kong.yaml"]
        except aicfg.CompileError:
            assume(False)
            return
        expected = nested(deck_state(deck, ENV))
        for target in targets:
            try:
                found = target(path, folder)
            except aicfg.CompileError:
                event(f"{target.__name__}: refused")  # what a target cannot say is an error, and rules have tests
                continue
            event(f"{target.__name__}: rendered")
            assert found == expected, target.__name__


@given(bases)
def test_dbless_and_kubernetes_carry_the_same_plugins(manifest: dict[str, Any]) -> None:
    same(manifest, (from_dbless, from_kubernetes))


FEW = settings(
    max_examples=12,
    # most random manifests have errors, and are not rendered
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@needs_tools
@FEW
@given(bases)
def test_a_script_that_is_run_makes_them_too(manifest: dict[str, Any]) -> None:
    same(manifest, (from_curl,))


@FEW
@given(bases)
def test_resources_that_are_parsed_are_the_same_too(manifest: dict[str, Any]) -> None:
    same(manifest, (from_terraform,))
