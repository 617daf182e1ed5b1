"""Fingerprints: the same finding keeps its own wherever it moves, another gets another, and no value can be guessed."""

from __future__ import annotations

from aicfg.lint.diagnostic import Diagnostic
from aicfg.lint.engine import Run
from aicfg.lint.fingerprint import fingerprint, fingerprints

MANIFEST = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:KEY}", hst: x}
routes:
  chat: {provider: p, model: gpt-4o, options: {top_p: 7}}
  bulk: {provider: p, model: gpt-4o, options: {top_p: 7}}
"""

DECK = """\
_format_version: "3.0"
services:
- name: ai
  url: http://localhost:32000
  routes:
  - name: %s
    paths: [/chat]
    plugins:
    - name: ai-proxy
      config: {route_type: llm/v1/chat, model: {provider: openai, name: gpt-4o, options: {top_p: %s}}}
    - name: ai-prompt-guard
      config: {max_request_body_size: lots}
"""


def found(text: str, file: str = "a.yaml") -> list[Diagnostic]:
    run = Run()
    run.read_content(text.encode(), file)
    return list(run.report().diagnostics)


def of(text: str, code: str, file: str = "a.yaml") -> list[str]:
    findings = found(text, file)
    prints = [one for finding, one in zip(findings, fingerprints(findings), strict=True) if finding.code == code]
    assert prints, [finding.code for finding in findings]
    return prints


class TestStays:
    def test_when_text_above_it_moves(self) -> None:
        assert of(MANIFEST, "K105") == of(f"# one\n\n# two\n{MANIFEST}", "K105")

    def test_when_the_style_changes(self) -> None:
        flow = "{provider: p, model: gpt-4o, options: {top_p: 7}}"
        block = "\n    provider: p\n    model: gpt-4o\n    options:\n      top_p: 7"
        assert of(MANIFEST, "K105") == of(MANIFEST.replace(flow, block), "K105")

    def test_when_the_wrong_value_becomes_another_wrong_value(self) -> None:
        assert of(DECK % ("chat", "7"), "K105") == of(DECK % ("chat", "-3"), "K105")

    def test_when_a_plugin_or_route_is_put_before_it(self) -> None:
        other = "  - {name: other, paths: [/other]}\n"
        before = (DECK % ("chat", "7")).replace("  routes:\n", f"  routes:\n{other}")
        assert of(DECK % ("chat", "7"), "K105") == of(before, "K105")

    def test_when_the_file_moves(self) -> None:
        assert of(MANIFEST, "K105") == of(MANIFEST, "K105", "other/b.yaml")


class TestDiffers:
    def test_between_routes(self) -> None:
        chat, bulk = of(MANIFEST, "K105")
        assert chat != bulk

    def test_between_routes_of_a_kong_file_by_their_names(self) -> None:
        assert of(DECK % ("chat", "7"), "K105") != of(DECK % ("bulk", "7"), "K105")

    def test_between_misspelt_keys(self) -> None:
        assert of(MANIFEST, "M101") != of(MANIFEST.replace("hst", "hots"), "M101")

    def test_between_kubernetes_resources_of_one_file(self) -> None:
        resource = (
            "apiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nmetadata: {name: %s}\nplugin: ai-prompt-guard\n"
            "config: {max_request_body_size: lots}\n"
        )
        one, two = of(f"{resource % 'one'}---\n{resource % 'two'}", "K102")
        assert one != two
        assert of(f"{resource % 'two'}---\n{resource % 'one'}", "K102") == [two, one]

    def test_between_equal_findings_in_items_without_a_name(self) -> None:
        route = "services:\n- url: http://a\n  routes:\n  - paths: [/a]\n    pths: x\n  - paths: [/b]\n    pths: x\n"
        findings = found(f'_format_version: "3.0"\n{route}')
        assert len(set(map(fingerprint, findings))) < len(findings)
        assert len(set(fingerprints(findings))) == len(findings)


class TestPrivacy:
    def test_a_token_that_stands_where_a_name_should_is_masked_first(self) -> None:
        token, other = "sk-" + "a1b2c3d4" * 4, "sk-" + "z9y8x7w6" * 4
        assert of(MANIFEST.replace("hst", token), "M101") == of(MANIFEST.replace("hst", other), "M101")

    def test_values_are_no_part_of_it(self) -> None:
        one, two = (MANIFEST.replace("${env:KEY}", key) for key in ("hunter2-hunter2", "swordfish-swordfish"))
        assert of(one, "S101") == of(two, "S101")

    def test_it_is_short_and_hexadecimal(self) -> None:
        assert all(len(one) == 32 and int(one, 16) for one in of(MANIFEST, "K105"))


def test_a_finding_without_a_document_has_one() -> None:
    import aicfg

    config = {"route_type": "llm/v1/chat", "model": {"provider": "openai", "name": 3}}
    (problem, *_) = aicfg.check_plugin("ai-proxy", config)
    assert len(fingerprint(problem)) == 32
