"""The Terraform files: HashiCorp's parser and Kong's provider schemas take them, and they mean what decK's file means.

`tests/golden/terraform/PROVIDER/NAME/` holds what `aicfg render samples/NAME.yaml --to terraform` writes for some
samples; AICFG_UPDATE_GOLDEN=1 writes it anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from hashicorp import formatted, needs_terraform, schema_checker
from meaning import Environment, deck_state
from meaning_terraform import Documents, Flat, documents_of, flat_deck, flat_terraform
from nasty_manifests import MANIFESTS

import aicfg
from aicfg.catalog.versions import gateway
from aicfg.frozen import EMPTY
from aicfg.kong.entities import Consumer, ConsumerGroup, Entities, Plugin, Route, Service, Vault
from aicfg.kong.references import EnvText, EnvVar
from aicfg.lint.engine import Run
from aicfg.render import render as render_entities
from aicfg.source import Origin, Place, read_bytes

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = Path(__file__).with_name("golden") / "terraform"
UPDATE = os.environ.get("AICFG_UPDATE_GOLDEN") == "1"
PROVIDERS = ("konnect", "kong-gateway")
SAMPLES = {path.stem: path for path in sorted((ROOT / "samples").glob("*.yaml"))}
SHOWN = ("everything", "gemini-vertex", "mistral-ollama")
Write = Callable[..., str]

CASES = [(provider, name) for provider in PROVIDERS for name in (*SAMPLES, *MANIFESTS)]
each_case = pytest.mark.parametrize(("provider", "name"), CASES, ids=["-".join(case) for case in CASES])
each_provider = pytest.mark.parametrize("provider", PROVIDERS)

CHAT = """
version: 1
providers: {p: {type: openai, api_key: "${env:OPENAI_KEY}"}}
routes:
  chat: {provider: p, model: gpt-4o%s}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The nasty manifests as files."""
    place = tmp_path_factory.mktemp("nasty")
    for name, text in MANIFESTS.items():
        (place / f"{name}.yaml").write_text(text, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def render(folder: Path) -> Callable[[str, str], dict[str, str]]:
    """The files of a sample or a nasty manifest."""

    @cache
    def files(provider: str, name: str) -> dict[str, str]:
        path = SAMPLES.get(name, folder / f"{name}.yaml")
        return aicfg.render(path, "terraform", terraform_provider=provider)

    return files


Render = Callable[[str, str], dict[str, str]]


@pytest.fixture(scope="module")
def sets(render: Render) -> dict[str, dict[str, str]]:
    """The files of each case."""
    return {f"{provider}/{name}": render(provider, name) for provider, name in CASES}


@pytest.fixture(scope="module")
def documents(sets: dict[str, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Documents:
    return documents_of(sets, tmp_path_factory.mktemp("documents"))


@pytest.fixture(scope="module")
def meanings(
    sets: dict[str, dict[str, str]], documents: Documents, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Flat]:
    return flat_terraform(sets, documents, Environment(), tmp_path_factory.mktemp("meanings"))


@each_case
def test_it_means_what_the_deck_file_means(provider: str, name: str, meanings: dict[str, Flat], folder: Path) -> None:
    deck = aicfg.render(SAMPLES.get(name, folder / f"{name}.yaml"), "deck")["kong.yaml"]
    expected, found = flat_deck(deck_state(deck, Environment())), meanings[f"{provider}/{name}"]
    assert {kind: set(entities) for kind, entities in found.items()} == {
        kind: set(entities) for kind, entities in expected.items()
    }
    for kind, entities in expected.items():
        for each, fields in entities.items():  # one by one: pytest takes minutes to compare large maps
            assert found[kind][each] == fields


@each_case
def test_the_schema_of_the_provider_takes_it(provider: str, name: str, documents: Documents) -> None:
    errors, resources = schema_checker().check_folder(documents[f"{provider}/{name}"])
    assert errors == []
    assert resources > 2


@needs_terraform
@each_case
def test_terraform_fmt_has_nothing_to_change(provider: str, name: str, render: Render) -> None:
    text = "\n".join(render(provider, name).values())
    assert formatted(text) == text


@each_provider
@pytest.mark.parametrize("name", SHOWN)
def test_a_sample_renders_to_the_bytes_of_its_golden_files(provider: str, name: str, render: Render) -> None:
    place = GOLDEN / provider / name
    if UPDATE:
        place.mkdir(parents=True, exist_ok=True)
        for file, text in render(provider, name).items():
            (place / file).write_bytes(text.encode())
    assert {path.name: path.read_bytes().decode() for path in place.iterdir()} == render(provider, name)


@each_case
def test_no_two_resources_have_the_same_address(provider: str, name: str, render: Render) -> None:
    blocks = re.findall(r'^resource "([^"]+)" "([^"]+)" \{$', render(provider, name)["main.tf"], re.MULTILINE)
    assert len(blocks) == len(set(blocks)) == render(provider, name)["main.tf"].count("\nresource ") + 1


def main_tf(path: str, **options: Any) -> str:
    return aicfg.render(path, "terraform", **options)["main.tf"]


class TestSecrets:
    @pytest.fixture
    def files(self, manifest: Write, tmp_path: Path) -> dict[str, str]:
        more = 'consumers: {app: {keyauth_credentials: [{key: "${env:APP_KEY}"}, {key: "{vault://v/app}"}]}}\n'
        more += "vaults: {v: {backend: env}}\n"
        return aicfg.render(tmp_path / manifest(CHAT % "" + more), "terraform")

    def test_a_reference_is_a_sensitive_variable(self, files: dict[str, str]) -> None:
        assert 'header_value = "Bearer ${var.openai_key}"\n' in files["main.tf"]
        assert (
            'variable "openai_key" {\n'
            '  description = "OPENAI_KEY of the manifest."\n'
            "  type        = string\n"
            "  sensitive   = true\n"
            "}\n"
        ) in files["variables.tf"]

    def test_the_first_lines_of_the_variables_say_what_to_set(self, files: dict[str, str]) -> None:
        lines = files["variables.tf"].splitlines()
        assert lines[1:4] == [
            "#   export TF_VAR_control_plane_id=...",
            '#   export TF_VAR_app_key="$APP_KEY"',
            '#   export TF_VAR_openai_key="$OPENAI_KEY"',
        ]

    def test_a_key_is_named_for_where_it_comes_from(self, files: dict[str, str]) -> None:
        assert 'resource "konnect_gateway_key_auth" "app__app_key" {' in files["main.tf"]
        assert re.search(r'resource "konnect_gateway_key_auth" "app__v_app__[0-9a-f]{10}" \{', files["main.tf"])

    def test_what_reads_a_vault_waits_for_it(self, files: dict[str, str]) -> None:
        key = '  key              = "{vault://v/app}"\n\n  depends_on = [konnect_gateway_vault.v]\n}\n'
        assert key in files["main.tf"]
        assert files["main.tf"].count("depends_on") == 1

    def test_a_key_in_plain_text_is_in_no_name(self) -> None:
        consumer = Consumer("app", EMPTY, origin(), keyauth_credentials=({"key": "hunter2"}, {"key": "hunter3"}))
        text = render_entities(Entities(gateway(), consumers=(consumer,)), "terraform")["main.tf"]
        assert re.findall(r'"konnect_gateway_key_auth" "(\w+)"', text) == ["app__key_1", "app__key_2"]

    def test_variables_that_differ_in_case_only_are_two(self, manifest: Write, tmp_path: Path) -> None:
        text = CHAT % ', auth: {param_name: k, param_location: query, param_value: "${env:openai_key}"}'
        files = aicfg.render(tmp_path / manifest(text), "terraform")
        assert len(set(re.findall(r"var\.(openai_key\w*)", files["main.tf"]))) == 2

    @pytest.mark.parametrize("name", ["CONTROL_PLANE_ID", "SOURCE", "WORKSPACE", "DEPENDS_ON"])
    def test_a_variable_takes_no_name_that_means_something_else(
        self, name: str, manifest: Write, tmp_path: Path
    ) -> None:
        files = aicfg.render(tmp_path / manifest((CHAT % "").replace("OPENAI_KEY", name)), "terraform")
        assert f"${{var.{name.lower()}__" in files["main.tf"]


class TestProviders:
    def test_konnect_is_the_default_and_wants_a_control_plane(self, manifest: Write, tmp_path: Path) -> None:
        files = aicfg.render(tmp_path / manifest(CHAT % ""), "terraform")
        assert list(files) == ["versions.tf", "providers.tf", "variables.tf", "main.tf", "outputs.tf"]
        assert 'source  = "kong/konnect"\n      version = "~> 3.19"\n' in files["versions.tf"]
        assert files["main.tf"].count("  control_plane_id = var.control_plane_id\n") == 3
        assert 'variable "control_plane_id" {' in files["variables.tf"]

    def test_the_gateway_s_provider_writes_into_a_workspace(self, manifest: Write, tmp_path: Path) -> None:
        files = aicfg.render(tmp_path / manifest(CHAT % ""), "terraform", terraform_provider="kong-gateway")
        assert 'kong-gateway = {\n      source  = "kong/kong-gateway"\n' in files["versions.tf"]
        assert "  admin_token = var.kong_admin_token\n" in files["providers.tf"]
        assert "control_plane_id" not in "".join(files.values())
        assert re.search(r'resource "kong-gateway_route" "chat" \{\n  workspace = var.workspace\n', files["main.tf"])

    @each_provider
    def test_a_module_has_no_provider_block_and_no_variables_for_one(
        self, provider: str, manifest: Write, tmp_path: Path
    ) -> None:
        path = tmp_path / manifest(CHAT % "")
        files = aicfg.render(path, "terraform", terraform_provider=provider, terraform_module=True)
        assert list(files) == ["versions.tf", "variables.tf", "main.tf", "outputs.tf"]
        own = {"konnect": ["control_plane_id"], "kong-gateway": ["workspace"]}[provider]
        assert re.findall(r'^variable "(\w+)"', files["variables.tf"], re.MULTILINE) == [*own, "openai_key"]

    def test_the_command_line_has_these_options(self, aicfg: Command, manifest: Write, tmp_path: Path) -> None:
        args = ["--to", "terraform", "--terraform-provider", "kong-gateway", "--terraform-module", "-o", "out/"]
        assert aicfg("render", manifest(CHAT % ""), *args) == (0, "", "")
        assert {path.name for path in (tmp_path / "out").iterdir()} == {
            "versions.tf",
            "variables.tf",
            "main.tf",
            "outputs.tf",
        }

    def test_another_provider_is_refused(self, manifest: Write, tmp_path: Path) -> None:
        with pytest.raises(aicfg.AicfgError, match="cannot be"):
            aicfg.render(tmp_path / manifest(CHAT % ""), "terraform", terraform_provider="aws")


class TestPlugins:
    @pytest.mark.parametrize(
        ("plugin", "address"),
        [
            ("{name: key-auth, route: chat}", '"konnect_gateway_plugin_key_auth" "chat"'),
            ("{name: key-auth, service: ai-proxy}", '"konnect_gateway_plugin_key_auth" "service__ai_proxy"'),
            ("{name: key-auth}", '"konnect_gateway_plugin_key_auth" "global"'),
            ("{name: key-auth, route: global}", '"konnect_gateway_plugin_key_auth" "route__global"'),
            ("{name: rate-limiting, consumer: a}", '"konnect_gateway_plugin_rate_limiting" "consumer__a"'),
            (
                "{name: rate-limiting, consumer: a, route: chat}",
                '"konnect_gateway_plugin_rate_limiting" "chat__consumer__a"',
            ),
            ("{name: rate-limiting, consumer_group: g}", '"konnect_gateway_plugin_rate_limiting" "consumer_group__g"'),
            ("{name: acme, route: chat}", '"konnect_gateway_custom_plugin" "acme__chat"'),
            ("{name: key-auth, consumer: a}", '"konnect_gateway_custom_plugin" "key_auth__consumer__a"'),
        ],
    )
    def test_it_is_named_for_what_it_is_limited_to(
        self, plugin: str, address: str, manifest: Write, tmp_path: Path
    ) -> None:
        more = "  global: {provider: p, model: gpt-4o}\nconsumers: {a: {}}\nconsumer_groups: {g: {}}\n"
        text = main_tf(str(tmp_path / manifest(f"{CHAT % ''}{more}plugins: [{plugin}]\n")))
        assert f"resource {address} {{" in text

    def test_one_that_its_own_resource_cannot_hold_becomes_a_custom_plugin(
        self, manifest: Write, tmp_path: Path
    ) -> None:
        path = str(tmp_path / manifest(CHAT % ", options: {cache_read_cost: 1}"))
        assert 'resource "konnect_gateway_custom_plugin" "ai_proxy__chat" {' in main_tf(path)
        assert findings(path) == [("M432", "info", 5)]


def findings(path: str, **options: Any) -> list[tuple[str, str, int | None]]:
    run = Run()
    run.read(path)
    run.check_target("terraform", options)
    return [(found.code, found.severity, found.line) for found in run.report().diagnostics if found.code[:3] == "M43"]


class TestFindings:
    @each_provider
    def test_the_open_source_edition_is_refused(self, provider: str, manifest: Write, tmp_path: Path) -> None:
        path = str(tmp_path / manifest(CHAT % "" + "gateway: {edition: oss, version: '3.9'}\n"))
        assert findings(path, terraform_provider=provider) == [("M430", "error", 6)]
        with pytest.raises(aicfg.CompileError, match="M430"):
            aicfg.render(path, "terraform", terraform_provider=provider)

    @pytest.mark.parametrize(
        "line",
        [
            ", filter_chains: [{name: f, filters: [{name: x}]}]",
            ", priority: 5",
            ', expression: http.path == "/a", hosts: [a.b]',
            ", plugins: [{name: rate-limiting, config: {minute: 5}, partials: [{name: shared, path: config.redis}]}]",
            ", plugins: [{name: rate-limiting, config: {minute: 5}, partials: [{id: x}]}]",
            ", plugins: [{name: key-auth, ordering: {after: {rewrite: [x]}}}]",
            ', plugins: [{name: acme, condition: "a == 1"}]',
            ", plugins: [{name: acme, id: 0e9a1c2b-1f53-4a77-9d2c-4a3c8f7b5e10}]",
            ", plugins: [{name: acme, config: {x: .inf}}]",
        ],
    )
    def test_what_no_resource_can_say_is_an_error(self, line: str, manifest: Write, tmp_path: Path) -> None:
        path = str(tmp_path / manifest(CHAT % line))
        assert findings(path) == [("M431", "error", 5)]
        assert aicfg.render(path, "deck")
        with pytest.raises(aicfg.CompileError, match="M431"):
            aicfg.render(path, "terraform")

    def test_a_text_that_terraform_changes_is_a_warning(self, manifest: Write, tmp_path: Path) -> None:
        path = str(tmp_path / manifest(CHAT % ', decorate: {prepend: ["caf\\u0065\\u0301"]}'))
        assert findings(path) == [("M431", "warning", 5)]

    def test_a_name_that_nobody_declares_is_said_once_and_at_its_place(self, aicfg: Command, manifest: Write) -> None:
        path = manifest(CHAT % "" + "plugins: [{name: key-auth, route: nobody}]\n")
        status, _, err = aicfg("render", path, "--to", "terraform", "-o", "out/")
        assert status == 1
        assert err.count("error[") == 1
        assert "error[M211]" in err

    def test_other_targets_hear_nothing_of_it(self, manifest: Write, tmp_path: Path) -> None:
        run = Run()
        run.read(str(tmp_path / manifest(CHAT % ", priority: 5")))
        run.check_target("deck", {})
        assert not [found for found in run.report().diagnostics if found.code.startswith("M43")]


def origin() -> Origin:
    return Origin(Place(read_bytes(b"version: 1\n", "m.yaml")[0], ()))


HOSTILE = (
    '"',
    '"\n}\n\nresource "evil" "x" {\n}\n',
    '${file("/etc/passwd")}',
    "%{ for x in y }",
    "$${x}",
    "\\",
    "\\${x}",
    "$",
    "<<EOT\nEOT\n",
    "*/ # //",
    "\0\x1b]0;x\x07",
    "\u2028}",
)


def holding_everywhere(value: str) -> Entities:
    """Entities that hold a text in every field that reaches the output, and in every name."""
    env = EnvText("x", (value, EnvVar("KEY"), value))
    deep = {value: [value, {value: value, "env": env}]}
    fields = {"instance_name": value, "condition": value, "tags": [value], "protocols": [value]}
    plugins = [
        Plugin(name, {**deep, "custom_fields_by_lua": deep}, origin(), fields)
        for name in (value, "http-log", "ai-proxy")
    ]
    matching = {"paths": [value], "methods": [value], "headers": {value: [value]}, "sources": [{"ip": value}]}
    route = Route(value, {**matching, "id": value}, origin(), tuple(plugins))
    own = {"host": value, "path": value, "client_certificate": value, "tls_sans": {"uris": [value]}}
    return Entities(
        gateway(),
        services=(Service(value, own, origin(), (route,)),),
        routes=(Route("by-expression", {"expression": value, "path_handling": value}, origin()),),
        plugins=(Plugin("x", deep, origin(), scope={"consumer": value, "consumer_group": value}),),
        vaults=(Vault(value, {"name": value, "config": deep, "description": value}, origin()),),
        consumers=(Consumer(value, {"custom_id": env}, origin(), (value,), ({"key": env}, {"key": value})),),
        consumer_groups=(ConsumerGroup(value, {"tags": [value]}, origin()),),
        select_tags=(value,),
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    sets = {
        f"{provider}{index}": render_entities(holding_everywhere(value), "terraform", terraform_provider=provider)
        for provider in PROVIDERS
        for index, value in enumerate(HOSTILE)
    }
    return documents_of(sets, tmp_path_factory.mktemp("hostile"))


@each_provider
@pytest.mark.parametrize("index", range(len(HOSTILE)))
def test_no_value_can_end_its_string_wherever_it_stands(provider: str, index: int, hostile: Documents) -> None:
    documents, value = hostile[f"{provider}{index}"], HOSTILE[index]
    resources = documents["main.tf"]["resource"]
    names = [(kind, name) for kind, named in resources.items() for name in named]
    assert len(names) == 13
    assert all(re.fullmatch(r"(konnect_gateway|kong-gateway)_\w+", kind) for kind, _ in names)
    assert all(re.fullmatch(r"\w+", name) for _, name in names)
    assert sum(escaped(value) in text for text in texts_in(resources)) >= 60
    outputs = {f"{kind}_ids" for kind in ("service", "route", "consumer", "consumer_group")}
    assert set(documents["outputs.tf"]["output"]) == outputs
    assert list(documents["variables.tf"]["variable"]).count("key") == 1


def escaped(value: str) -> str:
    """A text as the parser gives it back: with the escapes of what would be references."""
    return value.replace("${", "$${").replace("%{", "%%{")


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)


def test_a_template_of_ones_own_has_the_same_filters(manifest: Write, tmp_path: Path) -> None:
    own = tmp_path / "templates" / "terraform"
    own.mkdir(parents=True)
    (own / "outputs.tf.j2").write_text("locals {\n  routes = {{ resources[1].body.paths | hcl }}\n}\n")
    files = aicfg.render(tmp_path / manifest(CHAT % ""), "terraform", templates=str(own.parent))
    assert files["outputs.tf"] == 'locals {\n  routes = ["~/chat$"]\n}\n'
    assert 'resource "konnect_gateway_route" "chat" {' in files["main.tf"]
