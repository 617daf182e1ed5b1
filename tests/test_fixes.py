"""Fixes: what each rule's fix makes of a file, and what holds for all of them.

A fix converges, is idempotent, never brings errors, keeps comments, and never shows a secret.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from aicfg.cli import cli
from aicfg.lint.engine import Run
from aicfg.lint.fixing.rounds import Fixed, fix
from aicfg.lint.registry import rules
from aicfg.lint.settings import Settings

ROOT = Path(__file__).parent.parent
BROKEN = sorted((ROOT / "samples" / "broken").glob("*.yaml"))


def fixed(text: str, *, unsafe: bool = True, version: str | None = None) -> tuple[str, Fixed]:
    """A text after fixing, and how that went."""

    def lint(texts: Any) -> Run:
        run = Run(Settings(version))
        run.read_content(texts.get("f.yaml", text).encode(), "f.yaml")
        return run

    result = fix(lint, unsafe=unsafe)
    return result.texts.get("f.yaml", text), result


def codes(result: Fixed) -> set[str]:
    return {each.code for each in result.applied}


MANIFEST = """\
version: 1
providers:
  p:  # ours
    {provider}
routes:
  chat:  # theirs
    provider: p
    model: gpt-4o
    {route}
"""
PLUGIN = """\
name: {name}
config:  # of the plugin
  {config}
"""
PROVIDER = "{type: openai, api_key: '${env:KEY}'}"
MISTRAL = "route_type: llm/v1/chat\n  model:\n    provider: mistral\n    name: m\n    "
OPENAI = "route_type: llm/v1/chat\n  model: {provider: openai, name: gpt-4o}\n  "
AUTH = 'auth: {header_name: Authorization, header_value: "{vault://env/a}"}\n  '

EMBEDDINGS = (
    "targets: [{route_type: llm/v1/embeddings, model: {provider: openai, name: e}, "
    "auth: {header_name: Authorization, header_value: '{vault://env/a}'}}]"
)


def provider(text: str) -> str:
    return MANIFEST.replace("{provider}", text).replace("    {route}\n", "")


def route(text: str) -> str:
    return MANIFEST.replace("{provider}", PROVIDER).replace("{route}", text)


def plugin(config: str, name: str = "ai-proxy") -> str:
    return PLUGIN.replace("{name}", name).replace("{config}", config)


def kong(text: str) -> str:
    return f'_format_version: "3.0"\nservices:\n  - name: ai  # one\n    url: http://localhost:32000\n    {text}\n'


CASES: list[tuple[str, bool, str, str]] = [
    # code, whether it is safe, what is wrong, what comes of it
    ("M101", True, route("optoins: {max_tokens: 5}  # few"), route("options: {max_tokens: 5}  # few")),
    ("M101", True, route("max_tokens: 5  # few"), route("options:\n      max_tokens: 5  # few")),
    ("M101", True, route('guard: {deny_patterns: ["x"]}'), route('guard: {deny: ["x"]}')),
    ("M102", True, route("methods: POST"), route("methods: [POST]")),
    (
        "M104",
        True,
        provider(PROVIDER) + "gateway: {edition: enterprize}\n",
        provider(PROVIDER) + "gateway: {edition: enterprise}\n",
    ),
    ("M106", True, route("strip_path: yes"), route("strip_path: true")),
    ("M201", True, route("").replace("provider: p\n", "provider: mian\n").replace("  p:", "  main:"), ""),
    ("M206", True, provider('{type: openai, api_key: "${KEY}"}'), provider('{type: openai, api_key: "${env:KEY}"}')),
    ("P201", True, provider("{type: mistral, hosting: olama, base_url: 'http://m:1'}"), ""),
    ("P204", True, provider("{type: opnai, api_key: '${env:KEY}'}"), provider(PROVIDER)),
    (
        "P206",
        False,
        provider("{type: mistral, hosting: ollama, base_url: 'http://m:1', options: {mistral_format: openai}}"),
        provider("{type: mistral, hosting: ollama, base_url: 'http://m:1', options: {}}"),
    ),
    (
        "P208",
        False,
        provider("{type: mistral, hosting: ollama, format: openai, base_url: 'http://m:1'}"),
        provider("{type: mistral, hosting: ollama, base_url: 'http://m:1'}"),
    ),
    (
        "P210",
        True,
        plugin(
            "route_type: llm/v1/chat\n  " + AUTH + "model: {provider: anthropic, name: claude, options: {top_k: 5}}"
        ),
        plugin(
            "route_type: llm/v1/chat\n  "
            + AUTH
            + 'model: {provider: anthropic, name: claude, options: {top_k: 5, anthropic_version: "2023-06-01"}}'
        ).replace("header_name: Authorization", "header_name: x-api-key"),
    ),
    (
        "P222",
        False,
        provider("{type: mistral, hosting: ollama, upstream_url: 'http://m:1'}"),
        provider("{type: mistral, hosting: ollama, upstream_url: 'http://m:1/api/chat'}"),
    ),
    (
        "P223",
        False,
        provider("type: openai\n    api_key: ${env:KEY}\n    upstream_url: https://proxy.internal/team/v1  # mine"),
        provider(
            "type: openai\n    api_key: ${env:KEY}\n"
            "    upstream_url: https://proxy.internal/team/v1/chat/completions  # mine"
        ),
    ),
    (
        "P224",
        True,
        provider("{type: mistral, hosting: ollama, base_url: 'http://m:1/api/chat'}"),
        provider("{type: mistral, hosting: ollama, base_url: 'http://m:1'}"),
    ),
    (
        "P233",
        True,
        provider("{type: anthropic, auth: {header_name: apikey, header_value: '${env:KEY}'}}"),
        provider("{type: anthropic, auth: {header_name: x-api-key, header_value: '${env:KEY}'}}"),
    ),
    (
        "P233",
        False,
        provider("{type: openai, auth: {header_name: api-key, header_value: '${env:KEY}'}}"),
        provider("{type: openai, auth: {header_name: Authorization, header_value: 'Bearer ${env:KEY}'}}"),
    ),
    (
        "P234",
        False,
        provider("{type: openai, auth: {header_name: Authorization, header_value: 'Bearer {vault://env/k}'}}"),
        provider("{type: openai, auth: {header_name: Authorization, header_value: '{vault://env/k}'}}"),
    ),
    (
        "S101",
        False,
        provider("{type: openai, api_key: hunter-2}"),
        provider('{type: openai, api_key: "${env:OPENAI_API_KEY}"}'),
    ),
    ("M215", False, route("targets: [{provider: p, model: a}]"), ""),
    (
        "K101",
        True,
        plugin(MISTRAL + "mistral_format: openai  # why"),
        plugin(MISTRAL + "options:\n      mistral_format: openai  # why"),
    ),
    (
        "K101",
        True,
        plugin(OPENAI + AUTH + "loging: {log_payloads: true}"),
        plugin(OPENAI + AUTH + "logging: {log_payloads: true}"),
    ),
    (
        "K102",
        True,
        plugin(OPENAI + AUTH + 'max_request_body_size: "8"'),
        plugin(OPENAI + AUTH + "max_request_body_size: 8"),
    ),
    (
        "K104",
        True,
        plugin(OPENAI + AUTH + "response_streaming: allways"),
        plugin(OPENAI + AUTH + "response_streaming: always"),
    ),
    (
        "K103",
        False,
        plugin(AUTH + "model: {provider: openai}"),
        plugin(AUTH + "model: {provider: openai}\n  route_type: llm/v1/chat"),
    ),
    (
        "K202",
        True,
        plugin(MISTRAL + "options: {upstream_url: 'http://m:1/api/chat'}"),
        plugin(MISTRAL + "options: {upstream_url: 'http://m:1/api/chat', mistral_format: ollama}"),
    ),
    (
        "K301",
        True,
        plugin("route_type: llm/v1/chat\n  provider: openai\n  " + AUTH + "model: gpt-4o"),
        plugin("route_type: llm/v1/chat\n  " + AUTH + "model: {provider: openai, name: gpt-4o}"),
    ),
    (
        "K105",
        False,
        plugin(OPENAI.replace("gpt-4o", "gpt-4o, options: {top_p: 50, top_k: 0.5}") + AUTH.rstrip()),
        plugin(OPENAI.replace("gpt-4o", "gpt-4o, options: {top_p: 0.5, top_k: 50}") + AUTH.rstrip()),
    ),
    ("V114", False, plugin(OPENAI.replace("gpt-4o", "gpt-4o, options: {upstream_path: /v1/x}") + AUTH.rstrip()), ""),
    (
        "V124",
        True,
        plugin("llm_providers: [{name: openai, limit: 5, window_size: 60}]", "ai-rate-limiting-advanced"),
        plugin("llm_providers: [{name: openai, limit: [5], window_size: [60]}]", "ai-rate-limiting-advanced"),
    ),
    (
        "P251",
        True,
        plugin(
            EMBEDDINGS,
            "ai-proxy-advanced",
        ),
        plugin(
            EMBEDDINGS + "\n  genai_category: text/embeddings",
            "ai-proxy-advanced",
        ),
    ),
    (
        "M301",
        True,
        kong("routes: [{name: r, path: /chat, protocols: [http]}]"),
        kong("routes: [{name: r, paths: [/chat], protocols: [http]}]"),
    ),
    (
        "M302",
        True,
        kong("routes: [{name: chat, paths: [/c], protocols: [http]}]\nplugins: [{name: cors, route: chta}]"),
        kong("routes: [{name: chat, paths: [/c], protocols: [http]}]\nplugins: [{name: cors, route: chat}]"),
    ),
    (
        "P250",
        True,
        kong("plugins: [{name: ai-promt-guard, config: {deny_patterns: [x]}}]"),
        kong("plugins: [{name: ai-prompt-guard, config: {deny_patterns: [x]}}]"),
    ),
    (
        "V201",
        False,
        kong("routes: [{name: r, paths: [/c]}]"),
        kong("routes: [{name: r, paths: [/c], protocols: [http, https]}]"),
    ),
    (
        "M305",
        True,
        plugin(
            "route_type: llm/v1/chat\n  model: {provider: anthropic, name: c, options: {anthropic_version: 2023-06-01}}"
        ),
        plugin(
            "route_type: llm/v1/chat\n  model: {provider: anthropic, name: c, "
            'options: {anthropic_version: "2023-06-01"}}'
        ),
    ),
]


ADVANCED = (
    "config: {{balancer: {{{}}}, targets: [{{route_type: llm/v1/chat, {}model: {{provider: openai, name: a}}}}, "
    "{{route_type: llm/v1/chat, {}model: {{provider: openai, name: b}}}}]}}\n"
)


def balanced(balancer: str, first: str = "", second: str = "") -> str:
    return "name: ai-proxy-advanced\n" + ADVANCED.format(balancer, first, second)


CASES += [
    (
        "P205",
        True,
        provider(
            "{type: mistral, hosting: custom, upstream_url: 'http://m:1/v1/x', options: {mistral_format: opneai}}"
        ),
        "",
    ),
    ("M209", True, route("rate_limit: {limit: 5, window_size: 60, redis: mian}") + "redis: {main: {host: r}}\n", ""),
    ("M210", True, route("service: slwo") + "services: {slow: {url: 'http://s:1'}}\n", ""),
    (
        "M211",
        True,
        route("plugins: [{name: cors, consumer: alcie}]") + "consumers: {alice: {}}\n",
        route("plugins: [{name: cors, consumer: alice}]") + "consumers: {alice: {}}\n",
    ),
    (
        "P264",
        False,
        balanced("failover_criteria: [error, http_503]"),
        balanced("failover_criteria: [error, http_503, non_idempotent]"),
    ),
    (
        "P272",
        False,
        balanced("algorithm: semantic", "description: code, ", "description: 'CATCHALL: rest', "),
        balanced("algorithm: semantic", "description: code, ", "description: 'CATCHALL', "),
    ),
    (
        "M501",
        True,
        route("options: {top_p: 0.5}  # aicfg: ignore[K105] it was 7 once"),
        route("options: {top_p: 0.5}"),
    ),
]


@pytest.mark.parametrize(("code", "safe", "bad", "good"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_a_fix_makes_of_a_file_what_was_meant(code: str, safe: bool, bad: str, good: str) -> None:
    text, result = fixed(bad)
    assert code in codes(result)
    assert all(each.fix is not None and each.fix.safe is safe for each in result.applied if each.code == code)
    assert code not in {each.code for each in result.after.report().diagnostics}
    assert good in ("", text)
    assert (code in codes(fixed(bad, unsafe=False)[1])) is safe


def examples() -> list[str]:
    """Every text of the samples and of the rules' documentation."""
    texts = [path.read_text() for path in (*BROKEN, *sorted((ROOT / "samples").glob("*.yaml")))]
    return texts + [rule.documentation.example or "" for rule in rules() if rule.documentation.example]


def comments(text: str) -> list[str]:
    return sorted(line[line.index("#") :] for line in text.splitlines() if " #" in line or line.startswith("#"))


def assert_sound(text: str, unsafe: bool) -> None:
    """Fixing ends, changes nothing the second time, brings no errors, and loses no comment but with its line."""
    new, result = fixed(text, unsafe=unsafe)
    assert fixed(new, unsafe=unsafe)[0] == new
    before, after = result.before.report(), result.after.report()
    assert after.number_of("error") <= before.number_of("error")
    assert bool(result.applied) is (new != text)
    assert not [each for each in after.diagnostics if each.code in ("M001", "M003") and before.ok]
    removed = sum("remove" in each.fix.title for each in result.applied if each.fix)
    assert len(comments(text)) - len(comments(new)) <= removed
    if not unsafe:
        useless = sum(each.code == "M501" for each in result.applied)
        assert len(comments(text)) - len(comments(new)) == useless


def test_every_rule_with_a_fix_has_a_case() -> None:
    found = {each.code for text in examples() for each in fixed(text)[1].before.report().diagnostics if each.fix}
    assert found - {case[0] for case in CASES} == set()


@pytest.mark.parametrize("unsafe", [False, True])
def test_fixing_is_sound_for_every_example_of_every_rule(unsafe: bool) -> None:
    for text in examples():
        assert_sound(text, unsafe)


@st.composite
def slips(draw: Any) -> str:
    """A text with a few slips of the fingers in its words, and now and then a line one level too high."""
    text = draw(st.sampled_from(examples()))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text) - 2))
        kind = draw(st.sampled_from(["swap", "drop", "double", "outdent"]))
        if kind == "outdent":
            start = text.rfind("\n", 0, at) + 1
            text = text[:start] + text[start:].removeprefix("  ")
        elif text[at : at + 2].isalpha():
            pair = {"swap": text[at + 1] + text[at], "drop": text[at], "double": text[at] * 2 + text[at + 1]}[kind]
            text = text[:at] + pair + text[at + 2 :]
    return text


@settings(max_examples=60, deadline=None)
@given(slips(), st.booleans())
def test_fixing_is_sound_after_slips(text: str, unsafe: bool) -> None:
    assert_sound(text, unsafe)


UNFIXED = {
    "anthropic-completions": "nobody knows which source is right",
    "anthropic": "a remark: what aicfg fills in may stay unsaid",
    "azure": "only its owner knows the instance",
    "duplicate-plugin": "which of the two counts is for its writer to say",
    "gemini-completions": "another route type is another API for clients",
    "llama2-hosting": "only its owner knows what the server is",
    "llama2-huggingface-key": "there is no name of a variable to take",
    "llama3-raw": "another format needs another server",
    "missing-url": "only its owner knows the URL",
    "mistral-embeddings": "a newer gateway is for its owner to install",
    "mistral-raw": "another format needs another server",
    "provider-beside-targets": "the provider that is left over may be wanted elsewhere",
    "redis-name": "a host is no slip for a name",
    "semantic-embeddings": "an embedding model and a database have to be chosen",
    "url-not-filled-in": "only its owner knows the URL",
}
"""Broken samples that fixes do not bring to no findings, and why."""


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_sample_goes_to_clean_unless_somebody_has_to_decide(path: Path) -> None:
    _, result = fixed(path.read_text())
    assert bool(result.after.report().diagnostics) is (path.stem in UNFIXED)


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


ALIASED = """\
- name: ai-proxy
  config:
    route_type: llm/v1/chat
    auth: {header_name: Authorization, header_value: "{vault://env/a}"}
    model: {provider: openai, name: a, options: &options {top_p: 50, top_k: 0.5}}
- name: ai-proxy
  config:
    route_type: llm/v1/chat
    auth: {header_name: Authorization, header_value: "{vault://env/a}"}
    model: {provider: openai, name: b, options: *options}
"""


def test_what_an_alias_repeats_is_fixed_where_all_uses_agree() -> None:
    assert "&options {top_p: 0.5, top_k: 50}" in fixed(ALIASED)[0]


def test_what_an_alias_repeats_stays_where_they_do_not() -> None:
    text = ALIASED.replace(
        "name: ai-proxy\n  config:\n    route_type: llm/v1/chat\n", "name: my-plugin\n  config:\n", 1
    )
    assert fixed(text)[0] == text


def test_a_url_for_two_route_types_is_left_alone() -> None:
    text = provider("{type: openai, api_key: '${env:KEY}', upstream_url: 'https://api.openai.com/v1'}")
    both = text + "  e: {provider: p, model: e, route_type: llm/v1/embeddings}\n"
    assert fixed(text)[0] != text
    assert fixed(both)[0] == both


def lint(*arguments: str, text: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["lint", "--isolated", *arguments], input=text)


TYPO = (
    "version: 1\nproviders:\n  p: {tpye: openai, api_key: '${env:KEY}'}  # ours\n"
    "routes:\n  c: {provider: p, model: m}\n"
)


class TestTheCommand:
    def test_fix_writes_and_reports_what_is_left(self, tmp_path: Path) -> None:
        path = tmp_path / "f.yaml"
        path.write_bytes(b"\xef\xbb\xbf" + (TYPO + "  d: {provider: q}\n").replace("\n", "\r\n").encode())
        result = lint("--fix", str(path))
        assert result.exit_code == 1
        assert "fixed 1 finding\n" in result.stderr
        assert "M201" in result.stdout
        assert "M101" not in result.stdout
        assert path.read_bytes().startswith(b"\xef\xbb\xbfversion: 1\r\nproviders:\r\n  p: {type: openai,")

    def test_diff_writes_nothing_and_fails_if_there_is_something_to_fix(self, tmp_path: Path) -> None:
        path = tmp_path / "f.yaml"
        path.write_text(TYPO)
        result = lint("--diff", str(path))
        assert result.exit_code == 1
        assert result.stdout == (
            f"--- {path}\n+++ {path}\n@@ -1,5 +1,5 @@\n version: 1\n providers:\n"
            "-  p: {tpye: openai, api_key: '${env:KEY}'}  # ours\n+  p: {type: openai, api_key: '${env:KEY}'}  # ours\n"
            " routes:\n   c: {provider: p, model: m}\n"
        )
        assert path.read_text() == TYPO
        path.write_text(TYPO.replace("tpye", "type"))
        assert lint("--diff", str(path)).exit_code == 0

    def test_standard_input_comes_out_fixed(self) -> None:
        result = lint("--fix", "-", text=TYPO)
        assert (result.exit_code, result.stdout) == (0, TYPO.replace("tpye", "type"))
        assert "no findings" in result.stderr

    def test_a_file_that_is_no_yaml_is_left_alone(self, tmp_path: Path) -> None:
        for text in (TYPO + "x: [\n", TYPO + "version: 1\n"):
            path = tmp_path / "f.yaml"
            path.write_text(text)
            assert lint("--fix", "--unsafe-fixes", str(path)).exit_code == 1
            assert path.read_text() == text
            assert lint("--fix", "-", text=text).stdout == text

    def test_an_included_file_is_fixed_where_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "main.yaml").write_text("version: 1\ninclude: [part.yaml]\nroutes:\n  c: {provider: p, modle: m}\n")
        (tmp_path / "part.yaml").write_text(
            "version: 1\nproviders:\n  p: {type: opnai, api_key: '${env:KEY}'}  # ours\n"
        )
        assert lint("--fix", str(tmp_path)).exit_code == 0
        assert "{provider: p, model: m}" in (tmp_path / "main.yaml").read_text()
        assert "{type: openai, api_key: '${env:KEY}'}  # ours" in (tmp_path / "part.yaml").read_text()

    def test_what_is_unsafe_is_announced_and_told_when_done(self, tmp_path: Path) -> None:
        path = tmp_path / "f.yaml"
        path.write_text(provider("{type: openai, api_key: hunter-2}"))
        first = lint("--fix", str(path))
        assert "fixed 0 findings (1 more with --unsafe-fixes)" in first.stderr
        assert "[*] 1 with `--fix --unsafe-fixes`" in first.stdout
        done = lint("--fix", "--unsafe-fixes", str(path))
        assert (
            f"{path}:4: write ${{env:OPENAI_API_KEY}} instead, and set OPENAI_API_KEY\nfixed 1 finding" in done.stderr
        )

    def test_unsafe_fixes_alone_is_a_usage_error(self, tmp_path: Path) -> None:
        assert lint("--unsafe-fixes", str(tmp_path)).exit_code == 2

    def test_json_has_the_fix(self, tmp_path: Path) -> None:
        path = tmp_path / "f.yaml"
        path.write_text(TYPO)
        found = next(one for one in json.loads(lint("--format", "json", str(path)).stdout)["diagnostics"] if one["fix"])
        place = {"start": {"line": 3, "column": 7}, "end": {"line": 3, "column": 11}}
        edits = [{"file": str(path), "range": place, "text": "type"}]
        assert found["fix"] == {"title": "rename `tpye` to `type`", "safe": True, "edits": edits}


TWICE = """\
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: {name: one}
plugin: ai-prompt-guard
config: {alow_patterns: [a], allow_patterns: [c], deny_patterns: [b]}
---
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: {name: two}
plugin: ai-prompt-guard
config: {alow_patterns: [a], deny_patterns: [b]}
"""


def test_of_two_findings_with_the_same_words_one_can_be_mended_alone() -> None:
    text, result = fixed(TWICE)
    found = [each for each in result.before.report().diagnostics if each.code == "K101"]
    assert len({(each.path, each.message) for each in found}) == 1
    assert [each.line for each in found] == [5, 11]
    first, second = TWICE.split("---")
    assert text == f"{first}---{second.replace('alow', 'allow')}"  # the first has the right name besides


def test_a_secret_that_a_fix_moves_is_masked_at_both_places(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    auth = "{header_name: Authorization, header_valeu: opensesame}"
    config = f"{{route_type: llm/v1/chat, auth: {auth}, model: {{provider: openai, name: m}}}}"
    path.write_text(f"name: ai-proxy\nconfig: {config}\n", encoding="utf-8")
    shown = lint("--diff", "--unsafe-fixes", str(path)).stdout
    assert "header_valeu: **********" in shown
    assert "header_value: '${{ env" in shown
    assert "opensesame" not in shown
