"""The DB-less file: it means what the decK file means, and says so where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from meaning import Environment, dbless_state, deck_state

import aicfg
from aicfg.lint.engine import Run

SAMPLES = sorted((Path(__file__).resolve().parents[1] / "samples").glob("*.yaml"))
Write = Callable[..., str]

CHAT = """
version: 1
providers: {p: {type: openai, api_key: "${env:OPENAI_KEY}"}}
routes:
  chat: {provider: p, model: gpt-4o%s}
"""


def dbless(path: str) -> str:
    return aicfg.render(path, "dbless")["kong.yml"]


def findings(path: str) -> list[tuple[str, str, int | None]]:
    run = Run()
    run.read(path)
    run.check_target("dbless", {})
    return [(found.code, found.severity, found.line) for found in run.report().diagnostics if found.code[:2] == "M4"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_it_means_what_the_deck_file_means(sample: Path) -> None:
    if any(severity == "error" for _, severity, _ in findings(str(sample))):
        pytest.skip("this sample uses what DB-less lacks, and is refused")
    env = Environment()
    deck = deck_state(aicfg.render(sample, "deck")["kong.yaml"], env)
    assert dbless_state(dbless(str(sample)), env) == deck


def test_a_text_around_a_reference_becomes_one_reference_to_a_variable_of_its_own(
    manifest: Write, tmp_path: Path
) -> None:
    text = dbless(str(tmp_path / manifest(CHAT % "")))
    assert 'header_value: "{vault://env/openai-key-header}"' in text
    assert "#   OPENAI_KEY_HEADER=Bearer <OPENAI_KEY>\n" in text
    assert "${" not in text


def test_a_variable_alone_keeps_its_name(manifest: Write, tmp_path: Path) -> None:
    path = manifest(CHAT.replace("openai,", "anthropic, options: {anthropic_version: '2023-06-01'},") % "")
    text = dbless(str(tmp_path / path))
    assert 'header_value: "{vault://env/openai-key}"' in text
    assert findings(str(tmp_path / path)) == []


def test_two_texts_around_one_variable_get_two_variables(manifest: Write, tmp_path: Path) -> None:
    auth = ', auth: {param_name: k, param_location: query, param_value: "Bearer ${env:OPENAI_KEY}!"}'
    text = dbless(str(tmp_path / manifest(CHAT % auth)))
    asked = [line for line in text.splitlines() if line.startswith("#   ")]
    assert asked == ["#   OPENAI_KEY_HEADER=Bearer <OPENAI_KEY>", "#   OPENAI_KEY_PARAM_VALUE=Bearer <OPENAI_KEY>!"]


def test_the_variable_of_its_own_takes_no_name_that_is_in_use(manifest: Write, tmp_path: Path) -> None:
    auth = ', auth: {param_name: k, param_location: query, param_value: "${env:OPENAI_KEY_HEADER}"}'
    text = dbless(str(tmp_path / manifest(CHAT % auth)))
    asked = [line for line in text.splitlines() if line.startswith("#   ")]
    assert asked == ["#   OPENAI_KEY_HEADER=<OPENAI_KEY_HEADER>", "#   OPENAI_KEY_HEADER_2=Bearer <OPENAI_KEY>"]


def test_a_name_that_kong_could_not_read_is_replaced(manifest: Write, tmp_path: Path) -> None:
    text = dbless(str(tmp_path / manifest((CHAT % "").replace("OPENAI_KEY", "openai_key"))))
    assert "#   OPENAI_KEY_HEADER=Bearer <openai_key>\n" in text


def test_what_the_variable_must_hold_is_an_info_at_the_line(manifest: Write, tmp_path: Path) -> None:
    assert findings(str(tmp_path / manifest(CHAT % ""))) == [("M402", "info", 3)]


@pytest.mark.parametrize(
    "line",
    [
        ', options: {upstream_url: "https://${env:HOST}/v1/chat/completions"}',
        ', decorate: {prepend: ["You work for ${env:COMPANY}."]}',
    ],
)
def test_a_reference_where_kong_resolves_none_is_an_error(line: str, manifest: Write, tmp_path: Path) -> None:
    path = str(tmp_path / manifest(CHAT % line))
    assert ("M401", "error", 5) in findings(path)
    with pytest.raises(aicfg.CompileError, match="M401"):
        aicfg.render(path, "dbless")
    assert aicfg.render(path, "deck")


def test_a_reference_in_a_plugin_that_aicfg_does_not_know_is_a_warning(manifest: Write, tmp_path: Path) -> None:
    line = ', plugins: [{name: acme-auth, config: {token: "${env:TOKEN}"}}]'
    assert ("M401", "warning", 5) in findings(str(tmp_path / manifest(CHAT % line)))


def test_references_outside_of_plugins_are_errors(manifest: Write, tmp_path: Path) -> None:
    more = 'consumers: {app: {keyauth_credentials: [{key: "${env:APP}"}]}}\n'
    more += 'vaults: {v: {backend: hcv, config: {token: "${env:T}"}}}\n'
    found = findings(str(tmp_path / manifest(CHAT % "" + more)))
    assert [(code, line) for code, severity, line in found if severity == "error"] == [("M401", 6), ("M401", 7)]


def test_partials_and_the_groups_of_an_edition_without_are_refused(manifest: Write, tmp_path: Path) -> None:
    line = ", plugins: [{name: rate-limiting, config: {minute: 5}, partials: [{name: r}]}]"
    more = "gateway: {edition: oss, version: '3.9'}\nconsumer_groups: {staff: {}}\n"
    found = findings(str(tmp_path / manifest(CHAT % line + more)))
    assert [(code, line) for code, severity, line in found if severity == "error"] == [("M403", 5), ("M403", 7)]


def test_consumers_are_members_of_groups_by_a_list_of_their_own(manifest: Write, tmp_path: Path) -> None:
    text = dbless(str(tmp_path / manifest(CHAT % "" + "consumers: {app: {groups: [staff]}}\n")))
    assert "consumer_group_consumers:\n  - consumer_group: staff\n    consumer: app\n" in text
    assert "groups:\n      -" not in text
