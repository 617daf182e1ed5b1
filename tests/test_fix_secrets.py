"""Fixes of secrets: none is shown, and each becomes a reference in the idiom of its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixing import (
    OPENAI,
    fixed,
    lint,
    plugin,
    provider,
)

from aicfg.lint.engine import Run
from aicfg.lint.fixing.diff import diff

SECRET = "sk-a1B2c3D4a1B2c3D4a1B2c3D4"


@pytest.mark.parametrize(
    "text",
    [
        provider(f"{{type: openai, api_key: {SECRET}}}"),
        plugin(
            "model:\n    provider: openai\n    auth:\n      header_name: Authorization\n"
            f"      header_value: Bearer {SECRET}"
        ),
        plugin(f"{OPENAI}auth: {{header_name: Authorization, header_valu: Bearer {SECRET}}}"),
        provider(f"type: openai\n    upstream_url: https://me:{SECRET}@proxy.internal/v1"),
        provider(
            f"type: openai\n    plugins: [{{name: ai-prompt-guard, config: {{api_key: {SECRET}, deny_pattern: x}}}}]"
        ),
    ],
)
def test_no_secret_is_shown_by_a_fix(text: str, tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text(text)
    for options in (["--format", "json"], [], ["--diff"], ["--diff", "--unsafe-fixes"], ["--fix", "--unsafe-fixes"]):
        result = lint(str(path), *options)
        assert SECRET not in result.output + repr(fixed(text)[1].applied)


@pytest.mark.parametrize(
    ("text", "reference", "told"),
    [
        (plugin(f"{OPENAI}auth: {{header_name: Authorization, header_value: Bearer {SECRET}}}"),
         "'Bearer ${{ env \"DECK_OPENAI_API_KEY\" }}'", "set DECK_OPENAI_API_KEY"),
        ("apiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nmetadata: {name: x}\nplugin: ai-proxy\n"
         + plugin(f"{OPENAI}auth: {{header_name: Authorization, header_value: Bearer {SECRET}}}").partition("\n")[2],
         '"{vault://env/openai-api-key}"', 'set OPENAI_API_KEY, to the whole value, "Bearer " included'),
        (f'{{"name": "ai-proxy", "config": {{"auth": {{"param_name": "k", "param_value": "{SECRET}"}}}}}}\n',
         '"{vault://env/api-key}"', "set API_KEY"),
    ],
    ids=["deck", "kubernetes", "json"],
)  # fmt: skip
def test_a_secret_becomes_a_reference_in_the_idiom_of_its_file(text: str, reference: str, told: str) -> None:
    new, result = fixed(text)
    assert reference in new
    assert SECRET not in new
    assert any(told in each.fix.title for each in result.applied if each.fix)


def test_different_secrets_get_different_variables_and_equal_ones_share_one() -> None:
    text = "version: 1\nproviders:\n" + "".join(
        f"  p{number}: {{type: openai, api_key: {secret}}}\n"
        for number, secret in enumerate(["one-1", "two-2", "one-1"])
    )
    new = fixed(text + "routes:\n" + "".join(f"  r{n}: {{provider: p{n}, model: m}}\n" for n in range(3)))[0]
    assert new.count("${env:OPENAI_API_KEY}") == 2
    assert new.count("${env:OPENAI_API_KEY_2}") == 1


def test_a_secret_that_a_fix_moves_is_masked_at_both_places() -> None:
    runs = []
    for name, key in (("opensesame", "K"), ("n", "opensesame"), ("n", "${env:KEY}")):
        run = Run()
        text = f"version: 1\nname: {name}\nproviders: {{p: {{type: openai, api_key: '{key}'}}}}\n"
        run.read_content(text.encode(), "f.yaml")
        runs.append(run)
    shown = diff("f.yaml", runs)
    assert "-name: **********\n" in shown
    assert "opensesame" not in shown
    assert "name: opensesame" in diff("f.yaml", runs[::2])  # nobody can know there
