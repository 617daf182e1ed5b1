"""The answers of the language server, as functions of a text in which `|` marks the cursor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import Command

from aicfg.cli import lsp as command_module
from aicfg.errors import UsageError
from aicfg.lint.settings import Settings, Target
from aicfg.lsp.completion import Completion, completions
from aicfg.lsp.definition import definitions, uses
from aicfg.lsp.hover import hover
from aicfg.lsp.keys import node_at
from aicfg.lsp.outline import outlines, walk
from aicfg.lsp.positions import UTF8, UTF16, UTF32, Positions
from aicfg.lsp.symbols import symbols
from aicfg.lsp.view import ALONE, Context
from aicfg.lsp.workspace import Buffer
from aicfg.reference.plugins import fact_texts
from aicfg.source import Path as SourcePath
from aicfg.source import Text

MANIFEST = """\
version: 1
gateway: {version: "3.11"}
variables: {TIER: mistral-tiny}
vaults:
  keys: {backend: env}
providers:
  mine: {type: mistral, hosting: ollama, base_url: "http://localhost:11434"}
  theirs: {type: azure, api_key: "${env:KEY}"}
routes:
  chat:
    provider: mine
"""
KONG = """\
_format_version: "3.0"
services:
- name: llm
  url: http://localhost
plugins:
- name: ai-proxy
  service: llm
  config:
"""


def cursor(text: str) -> tuple[str, int]:
    at = text.index("|")
    return text[:at] + text[at + 1 :], at


def offered(text: str, context: Context = ALONE) -> dict[str, Completion]:
    found = completions(*cursor(text), context)
    return {each.label: each for each in sorted(found, key=lambda each: each.rank)}


def completed(text: str, label: str) -> str:
    """The text with one of the completions in place."""
    plain, _ = cursor(text)
    chosen = offered(text)[label]
    return plain[: chosen.start] + chosen.text + plain[chosen.end :]


def told(text: str, context: Context = ALONE) -> str:
    found = hover(*cursor(text), context)
    return found.text if found else ""


def test_keys_that_are_there_are_not_offered_again() -> None:
    keys = offered(MANIFEST + "    |\n")
    assert {"model", "options", "guard", "targets"} <= keys.keys()
    assert "provider" not in keys


def test_keys_come_with_what_they_mean() -> None:
    model = offered(MANIFEST + "    mo|")["model"]
    assert model.about
    assert completed(MANIFEST + "    mo|", "model") == MANIFEST + "    model: "


@pytest.mark.parametrize("end", ["", "\n", "\n  other: {provider: theirs}\n", "\n    model: x\n", "\nplugins: [\n"])
def test_a_half_written_key_is_completed_whatever_stands_below(end: str) -> None:
    assert completed(f"{MANIFEST}    opt|{end}", "options") == f"{MANIFEST}    options:{end}"


def test_values_are_those_of_the_type() -> None:
    assert {"mistral", "azure", "openai"} <= offered("version: 1\nproviders:\n  a:\n    type: |\n").keys()
    hostings = offered("version: 1\nproviders:\n  a:\n    type: mistral\n    hosting: |\n")
    assert hostings.keys() == {"mistral.ai", "ollama", "gguf", "custom"}
    assert offered(MANIFEST + "    response_streaming: |").keys() == {"allow", "deny", "always"}
    assert offered(MANIFEST + "    strip_path: |").keys() == {"true", "false"}
    assert "llm/v1/chat" in offered(MANIFEST + "    route_type: |")
    assert not offered("version: 1\nvariables:\n  A: |\n")


def test_a_value_is_written_so_that_yaml_takes_it_for_what_it_is() -> None:
    text = "version: 1\ngateway:\n  version: |\n"
    assert completed(text, "3.10") == 'version: 1\ngateway:\n  version: "3.10"\n'
    assert completed("version: 1\nproviders:\n  a:\n    type:|\n", "mistral").endswith("type: mistral\n")


def test_model_options_are_those_of_the_provider() -> None:
    mine = offered(MANIFEST + "    options:\n      |")
    theirs = offered(MANIFEST.replace("provider: mine", "provider: theirs") + "    options: {|}")
    assert "max_tokens" in mine.keys() & theirs.keys()
    assert "azure_instance" in theirs
    assert "azure_instance" not in mine
    assert "mistral_format" not in theirs


def test_providers_are_offered_by_name() -> None:
    text = MANIFEST.replace("provider: mine", "provider: |")
    assert offered(text).keys() == {"mine", "theirs"}
    assert offered(MANIFEST + "    targets:\n      - provider: |").keys() == {"mine", "theirs"}


def test_names_and_the_gateway_may_stand_in_other_files_of_the_manifest() -> None:
    part = "version: 1\nroutes:\n  a:\n    provider: "
    whole = Context(others=(MANIFEST,))
    assert offered(part + "|", whole).keys() == {"mine", "theirs"}
    assert "azure_instance" not in offered(part + "mine\n    options:\n      |", whole)
    assert "max_fails" not in offered(part + "mine\n    balancer:\n      |", whole)
    assert "provider `mine`" in told(part + "mi|ne", whole)


def test_references_are_completed() -> None:
    assert offered(MANIFEST + '    auth: {header_value: "{vault://|"}').keys() == {"{vault://keys/", "{vault://env/"}
    assert "${var:TIER}" in offered(MANIFEST + "    model: ${|")


def test_what_is_newer_than_the_gateway_is_left_out() -> None:
    assert "max_fails" not in offered(MANIFEST + "    balancer:\n      |")
    newer = MANIFEST.replace("3.11", "3.13")
    assert "max_fails" in offered(newer + "    balancer:\n      |")
    assert "retries" in offered(MANIFEST + "    balancer:\n      |")


def test_the_gateway_of_the_settings_counts_where_the_file_names_none() -> None:
    old = Context(Settings(default=Target("3.8")))
    kong = KONG + "    |"
    assert "genai_category" in offered(kong)
    assert "genai_category" not in offered(kong, old)


def test_the_config_of_a_plugin_is_completed_field_by_field() -> None:
    assert "route_type" in offered(KONG + "    |")
    assert "mistral" in offered(KONG + "    model:\n      provider: |")
    in_manifest = MANIFEST + "    plugins:\n      - name: ai-prompt-guard\n        config:\n          |"
    assert "deny_patterns" in offered(in_manifest)
    assert "ai-prompt-guard" in offered(MANIFEST + "    plugins:\n      - name: |")
    crd = "apiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nplugin: ai-proxy\nconfig:\n  |"
    assert "route_type" in offered(crd)


def test_json_gets_quotes() -> None:
    text = '{"_format_version": "3.0", "plugins": [{"name": "ai-proxy", "config": {|}}]}'
    assert completed(text, "route_type").count('"route_type": ') == 1
    text = '{"_format_version": "3.0", "plugins": [{"name": "|"}]}'
    assert '"name": "ai-proxy"}' in completed(text, "ai-proxy")


def test_names_of_a_kong_file_are_offered() -> None:
    assert offered(KONG.replace("service: llm", "service: |")).keys() == {"llm"}


def test_codes_are_offered_in_silencers() -> None:
    assert "P204" in offered("version: 1  # aicfg: ignore[|]\n")


@pytest.mark.parametrize("text", ["a: 1\nb: |\n", "# co|mment\nversion: 1\n", "version: 1\nname: x # |\n"])
def test_where_there_is_nothing_to_say_nothing_is_offered(text: str) -> None:
    assert not offered(text)


def test_a_key_tells_what_it_is_and_what_kong_takes() -> None:
    text = told(MANIFEST + "    response_stre|aming: deny")
    assert "Whether answers are streamed" in text
    assert "since 3.8" in text
    assert "default: allow" in text
    assert "allowed: allow, deny, always" in text


def test_a_field_of_a_plugin_tells_what_explain_tells(aicfg: Command) -> None:
    text = told(KONG + "    model:\n      options:\n        max_to|kens: 3\n")
    explained = json.loads(aicfg("explain", "ai-proxy.config.model.options.max_tokens", "--format", "json").out)
    assert explained["about"] in text
    assert explained["field"] in text
    facts = {name: fact for name, fact in explained.items() if name in ("type", "since", "known", "default", "rules")}
    assert len(facts) > 2
    for label, fact in fact_texts(facts):
        assert all(f"* {label}: {line}" in text for line in fact.splitlines())


def test_values_tell_what_they_stand_for() -> None:
    assert "hosting `ollama`" in told(MANIFEST.replace("mistral, ho", "mist|ral, ho"))
    assert "URL: yours" in told(MANIFEST.replace("ollama,", "oll|ama,"))
    assert "provider `mine`" in told(MANIFEST.replace("provider: mine", "provider: mi|ne"))
    assert "provider `mine`" in told(MANIFEST.replace("  mine:", "  mi|ne:"))
    assert "since: 3.6" in told(KONG.replace("ai-proxy", "ai-pr|oxy"))
    assert "P204 unknown-provider" in told("version: 1  # aicfg: ignore[P2|04]\n")


def test_what_the_gateway_lacks_is_said() -> None:
    text = told(KONG + "    genai_cat|egory: text/generation\n", Context(Settings(default=Target("3.8"))))
    assert "no field" in text
    assert "since 3.11" in text


def places(text: str, folder: Path | None = None) -> list[str]:
    plain, at = cursor(text)
    path = str(folder / "ai.yaml") if folder else None
    buffer = Buffer(path or "ai.yaml", path, plain)
    return [each.text[each.start : each.end] for each in definitions(buffer, at, {buffer.name: buffer})]


def test_names_lead_to_where_they_are_defined() -> None:
    plain, at = cursor(MANIFEST.replace("provider: mine", "provider: mi|ne"))
    (place,) = definitions(Buffer("ai.yaml", None, plain), at, {})
    assert plain[place.start : place.end] == "mine"
    assert place.start == plain.index("mine:")
    assert places(MANIFEST + "    model: ${var:TI|ER}") == ["TIER"]
    assert places(MANIFEST + '    auth: {header_value: "{vault://ke|ys/x}"}') == ["keys"]
    assert places(KONG.replace("service: llm", "service: l|lm")) == ["llm"]
    assert places(MANIFEST + "    options: &few {max_tokens: 1}\n  b: {options: *f|ew}\n") == ["&few"]
    assert places(MANIFEST.replace("provider: mine", "prov|ider: mine")) == []


@pytest.mark.parametrize("where", ["mi|ne: {type", "provider: mi|ne"])
def test_names_lead_to_where_they_are_used(where: str) -> None:
    text = MANIFEST + "  b: {targets: [{provider: theirs}, {provider: mine}]}\n"
    plain, at = cursor(text.replace(where.replace("|", ""), where, 1))
    found = uses(Buffer("ai.yaml", None, plain), at, {})
    assert [plain[each.start - 10 : each.end] for each in found] == ["provider: mine"] * 2


def test_entities_lead_to_where_they_are_used() -> None:
    plain, at = cursor(KONG.replace("name: llm", "name: l|lm"))
    (place,) = uses(Buffer("kong.yaml", None, plain), at, {})
    assert plain[place.start - 9 : place.end] == "service: llm"


def test_an_include_leads_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "part.yaml").write_text("version: 1\nproviders: {mine: {type: openai}}\n", encoding="utf-8")
    plain, at = cursor("version: 1\ninclude: pa|rt.yaml\nroutes: {a: {provider: mine}}\n")
    path = str(tmp_path / "ai.yaml")
    buffer = Buffer(path, path, plain)
    (place,) = definitions(buffer, at, {path: buffer})
    assert place.file == str(tmp_path / "part.yaml")
    (place,) = definitions(buffer, plain.index("mine") + 1, {path: buffer})
    assert place.file == str(tmp_path / "part.yaml")
    assert place.text[place.start : place.end] == "mine"


def test_an_include_leads_nowhere_outside_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("version: 1\n", encoding="utf-8")
    (tmp_path / "in").mkdir()
    assert places("version: 1\ninclude: ../ot|her.yaml\n", tmp_path / "in") == []


def test_the_outline_has_the_entities_of_a_kong_file() -> None:
    found = {each.name: [inner.name for inner in each.children] for each in symbols(KONG)}
    assert found["services"] == ["llm"]
    assert found["plugins"] == ["ai-proxy"]
    assert symbols("a: {b: 1}") == []


@pytest.mark.parametrize(("encoding", "end", "before"), [(UTF16, 4, 3), (UTF8, 8, 5), (UTF32, 3, 2)])
def test_columns_count_what_was_agreed_on(encoding: str, end: int, before: int) -> None:
    positions = Positions(Text("a\n😀x漢", "a.yaml"), encoding)
    assert positions.position(5) == (1, end)
    assert positions.offset(1, before) == 4
    assert positions.offset(9, 9) == 5
    assert positions.offset(1, 99) == 5


def test_a_byte_order_mark_counts_for_the_client_alone() -> None:
    positions = Positions(Text("ab\ncd", "a.yaml"), marked=True)
    assert positions.position(1) == (0, 2)
    assert positions.offset(0, 2) == 1
    assert positions.position(3) == (1, 0)


def test_without_pygls_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_module, "find_spec", lambda name: None)
    outcome = CliRunner().invoke(command_module.command, [])
    assert isinstance(outcome.exception, UsageError)
    assert outcome.exception.hint == "pip install 'aicfg[lsp]'"


def test_the_help_says_how_editors_are_set_up() -> None:
    out = CliRunner().invoke(command_module.command, ["--help"]).output
    assert all(name in out for name in ("VS Code", "Neovim", "Helix"))


SAMPLES = sorted(Path(__file__).parents[2].glob("samples/*.yaml"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_key_of_a_sample_is_offered_where_it_stands(path: Path) -> None:
    """With nothing below, with all that stands below, and half written."""
    text = path.read_text(encoding="utf-8")
    (outline,) = outlines(text)
    known = [(way, entry) for way, entry in walk(outline.root) if is_known_key(way)]
    assert len(known) > 5
    for way, entry in known:
        at, line_end = entry.start, text.index("\n", entry.start)
        rest = text[at:line_end]
        states = [(text[:at], at), (text[:at] + str(entry.key)[:2], at + 2)]
        if rest.count("{") == rest.count("}") and rest.count("[") == rest.count("]"):
            states.append((text[:at] + text[line_end:], at))
        for typed, offset in states:
            assert entry.key in {each.label for each in completions(typed, offset)}, way


def is_known_key(way: SourcePath) -> bool:
    node = node_at(way[:-1])
    return node is not None and way[-1] in node.about.get("properties", ())
