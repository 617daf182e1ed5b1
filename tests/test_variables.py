"""Variables: what they stand for, where a value that comes from one stands, and that they keep secrets."""

from __future__ import annotations

from typing import Any

import pytest
from composing import CHAT, HEAD, Put, config_of, routes_of
from conftest import Command

import aicfg as public
from aicfg.manifest.choice import read_variables


class TestVariables:
    def test_stand_for_values_of_their_own_type(self, put: Put, rendered: Any) -> None:
        put(
            {
                "a.yaml": CHAT.replace(
                    "gpt-4o}", '"${var:M}", strip_path: "${var:S}", options: {temperature: "${var:T}"}}'
                )
                + "variables: {M: gpt-4, S: true, T: 0.5, TIMEOUT: 1000}\nservice: {read_timeout: '${var:TIMEOUT}'}\n"
            }
        )
        state = rendered("a.yaml")
        route = routes_of(state)["chat"]
        assert config_of(route)["model"] == {"provider": "openai", "name": "gpt-4", "options": {"temperature": 0.5}}
        assert route["strip_path"] is True
        assert state["services"][0]["read_timeout"] == 1000

    @pytest.mark.parametrize(
        ("written", "text"),
        [("3.10", "3.10"), ("1e3", "1e3"), ("'3.10'", "3.10"), ("true", "true"), ("a b", "a b"), ("0x1F", "0x1F")],
    )
    def test_are_text_as_it_is_written_inside_a_longer_one(
        self, put: Put, rendered: Any, written: str, text: str
    ) -> None:
        put({"a.yaml": CHAT.replace("gpt-4o", '"<${var:V}|${var:V}>"') + f"variables: {{V: {written}}}\n"})
        assert config_of(routes_of(rendered("a.yaml"))["chat"])["model"]["name"] == f"<{text}|{text}>"

    def test_that_are_numbers_are_text_where_only_text_can_stand(self, put: Put, rendered: Any, found: Any) -> None:
        text = CHAT.replace("gpt-4o", "'${var:V}'") + "variables: {V: 3.10}\ngateway: {version: '${var:V}'}\n"
        put({"a.yaml": text})
        assert public.load("a.yaml").gateway.version == (3, 10)
        assert public.load("a.yaml", variables={"V": "3.11"}).gateway.version == (3, 11)
        assert config_of(routes_of(rendered("a.yaml", "--var", "V=3.9"))["chat"])["model"]["name"] == "3.9"

    def test_may_hold_references_to_secrets(self, put: Put, rendered: Any, found: Any) -> None:
        put({"a.yaml": CHAT.replace("${env:OPENAI_API_KEY}", "${var:KEY}") + "variables: {KEY: '${env:TEAM_KEY}'}\n"})
        assert found("a.yaml") == []
        auth = config_of(routes_of(rendered("a.yaml"))["chat"])["auth"]
        assert auth["header_value"] == 'Bearer ${{ env "DECK_TEAM_KEY" }}'

    def test_are_literal_behind_two_dollars(self, put: Put, rendered: Any, found: Any) -> None:
        put({"a.yaml": CHAT.replace("gpt-4o", '"$${var:X}-${var:Y}"') + "variables: {Y: z}\n"})
        assert found("a.yaml") == []
        assert config_of(routes_of(rendered("a.yaml"))["chat"])["model"]["name"] == "${var:X}-z"

    def test_are_not_searched_again(self, put: Put, rendered: Any) -> None:
        put({"a.yaml": CHAT.replace("gpt-4o", '"${var:A}{var:B}"') + "variables: {A: $, B: b}\n"})
        document = public.load("a.yaml").document
        assert document.data["routes"]["chat"]["model"] == "${var:B}"

    def test_work_in_included_files_and_environments(self, put: Put, rendered: Any) -> None:
        put(
            {
                "a.yaml": HEAD + "include: b.yaml\nvariables: {A: a}\n"
                "environments: {e: {variables: {A: e}, routes: {chat: {tags: ['${var:A}', '${var:B}']}}}}\n",
                "b.yaml": "version: 1\nvariables: {B: b}\nroutes: {chat: {provider: p, model: '${var:A}-${var:B}'}}\n",
            }
        )
        assert config_of(routes_of(rendered("a.yaml"))["chat"])["model"]["name"] == "a-b"
        chat = routes_of(rendered("a.yaml", "--env", "e"))["chat"]
        assert (config_of(chat)["model"]["name"], chat["tags"]) == ("e-b", ["e", "b"])
        chat = routes_of(rendered("a.yaml", "--env", "e", "--var", "A=1=2", "--var", "B=x", "--var", "B=w"))["chat"]
        assert (config_of(chat)["model"]["name"], chat["tags"]) == ("1=2-w", ["1=2", "w"])

    def test_undefined_ones_are_errors_at_their_places(self, put: Put, aicfg: Command, found: Any) -> None:
        put(
            {
                "a.yaml": CHAT.replace("gpt-4o", '"${var:MODLE}"')
                + "variables: {MODEL: x}\ndefaults: {tags: ['${var:ODD}']}\n"
            }
        )
        assert found("a.yaml", "--select", "M1,M20,M220,M225,M206,K,P") == [
            ("M225", "a.yaml", 5),
            ("M225", "a.yaml", 7),
        ]
        out = aicfg("lint", "a.yaml").out
        assert 'error[M225]: there is no variable "MODLE"' in out
        assert 'did you mean "MODEL"?' in out

    @pytest.mark.parametrize("place", ["provider: '${var:X}', model: m", "provider: p, model: m, methods: '${var:X}'"])
    def test_undefined_ones_have_no_other_finding(self, put: Put, found: Any, place: str) -> None:
        put({"a.yaml": HEAD + f"routes:\n  chat: {{{place}}}\n  more: {{provider: p, model: x}}\n"})
        assert found("a.yaml") == [("M225", "a.yaml", 5)]

    def test_undefined_ones_in_other_places_have_no_other_finding(self, put: Put, found: Any) -> None:
        put({"a.yaml": CHAT + "gateway: {version: '${var:X}', edition: '${var:X}'}\nname: '${var:X}'\n"})
        assert found("a.yaml") == [("M225", "a.yaml", 6), ("M225", "a.yaml", 6), ("M225", "a.yaml", 7)]

    def test_that_are_null_have_to_be_given(self, put: Put, aicfg: Command, found: Any) -> None:
        put({"a.yaml": CHAT.replace("gpt-4o", "'${var:M}-${var:M}'") + "variables:\n  M:\n"})
        assert found("a.yaml") == [("M226", "a.yaml", 7)]
        outcome = aicfg("render", "a.yaml")
        assert outcome.status == 1
        assert 'the variable "M" has no value' in outcome.err
        assert "--var M=…" in outcome.err
        assert found("a.yaml", "--var", "M=x") == []

    def test_a_base_that_lacks_what_environments_set_is_none_of_its_own(
        self, put: Put, aicfg: Command, found: Any
    ) -> None:
        text = CHAT.replace("gpt-4o", "'${var:M}${var:N}'") + "variables: {M: }\nenvironments:\n"
        put({"a.yaml": text + "  dev: {variables: {M: a, N: o}}\n  prod: {variables: {M: b, N: o}}\n"})
        assert found("a.yaml") == []
        outcome = aicfg("render", "a.yaml")
        assert outcome.status == 1
        assert "--env dev" in outcome.err
        put({"b.yaml": text + "  dev: {variables: {M: a, N: o}}\n  prod: {variables: {N: o}}\n"})
        assert found("b.yaml") == [("M226", "b.yaml", 6)]
        assert 'has no value in the environment "prod"' in aicfg("lint", "b.yaml").out

    def test_unused_ones_are_warned_about_at_their_keys(self, put: Put, found: Any) -> None:
        put(
            {
                "a.yaml": CHAT + "variables:\n  A: 1\n  B: 2\nenvironments:\n  e:\n"
                "    variables: {C: 1}\n    routes: {chat: {tags: ['${var:B}']}}\n"
            }
        )
        assert found("a.yaml") == [("M227", "a.yaml", 7), ("M227", "a.yaml", 11)]

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("routes: {chat: {provider: p, model: '${var:A}', headers: {'${var:A}': [x]}}}", 5),
            ("variables: {B: '${var:A}'}\nroutes: {chat: {provider: p, model: '${var:B}'}}", 5),
            ("variables: {B: '${var:NOWHERE}'}\nroutes: {chat: {provider: p, model: '${var:A}${var:B}'}}", 5),
            ("environments: {e: {variables: {B: 'x-${var:A}'}, name: '${var:B}'}}", 5),
        ],
    )
    def test_stand_for_values_only(self, put: Put, found: Any, text: str, line: int) -> None:
        put({"a.yaml": f"{HEAD}include: b.yaml\n{text}\n", "b.yaml": "version: 1\nvariables: {A: a}\n"})
        assert found("a.yaml", "--ignore", "M202") == [("M228", "a.yaml", line)]

    def test_stand_for_no_file_to_include(self, put: Put, found: Any) -> None:
        put({"a.yaml": f"{CHAT}include: '${{var:A}}.yaml'\nvariables: {{A: a}}\n"})
        assert ("M228", "a.yaml", 6) in found("a.yaml")

    @pytest.mark.parametrize(
        ("value", "read"),
        [("5", 5), ("'5'", "5"), ('"a\\tb"', "a\tb"), ("true", True), ("yes", "yes"), ("a: b", "a: b"), ("-1.5", -1.5)],
    )
    def test_on_the_command_line_are_read_like_yaml(self, value: str, read: Any) -> None:
        assert read_variables([f"V={value}"])["V"].value == read

    @pytest.mark.parametrize(
        ("option", "message"),
        [
            ("V", "NAME=VALUE"),
            ("=5", "NAME=VALUE"),
            ("V=", 'the variable "V" is given no value'),
            ("V='5", "a quote that is not closed"),
            ("W=5", 'the manifest has no variable "W"'),
        ],
    )
    @pytest.mark.parametrize("command", ["lint", "render"])
    def test_on_the_command_line_that_mean_nothing_are_errors(
        self, put: Put, aicfg: Command, option: str, message: str, command: str
    ) -> None:
        put({"a.yaml": CHAT.replace("gpt-4o", "'${var:V}'") + "variables: {V: x}\n"})
        outcome = aicfg(command, "a.yaml", "--var", option)
        assert (outcome.status, message in outcome.err) == (2, True)

    def test_of_another_manifest_in_a_folder_are_no_error(self, put: Put, aicfg: Command, found: Any) -> None:
        put({"a.yaml": CHAT, "b.yaml": CHAT.replace("gpt-4o", "'${var:V}'") + "variables: {V: }\n"})
        assert found(".", "--var", "V=x") == []
        outcome = aicfg("lint", ".", "--var", "W=x")
        assert outcome.status == 2
        assert 'no manifest has the variable "W"' in outcome.err

    def test_a_malformed_reference_to_one_is_told(self, put: Put, aicfg: Command) -> None:
        put({"a.yaml": CHAT.replace("gpt-4o", '"${var:A-B}"')})
        out = aicfg("lint", "a.yaml").out
        assert "warning[M206]: `${var:A-B}` is not a reference" in out
        assert "${var:NAME}" in out


class TestPlaces:
    """A finding points at the very line that a wrong value comes from."""

    def test_of_a_value_in_an_environment(self, put: Put, found: Any) -> None:
        put({"a.yaml": CHAT + "environments:\n  e:\n    routes:\n      chat:\n        options: {top_p: 7}\n"})
        assert found("a.yaml") == [("K105", "a.yaml", 10)]

    def test_of_a_value_in_an_included_file(self, put: Put, found: Any) -> None:
        put({"a.yaml": HEAD + "include: sub/b.yaml\n"})
        put({"sub/b.yaml": "version: 1\nroutes:\n  c:\n    provider: p\n    options:\n      top_p: 7\n    model: x\n"})
        assert found("a.yaml") == [("K105", "sub/b.yaml", 6)]

    def test_of_a_variable(self, put: Put, found: Any) -> None:
        put(
            {
                "a.yaml": HEAD + "include: b.yaml\nvariables:\n  P: 7\n  S: yes\n  R: abc\n",
                "b.yaml": "version: 1\nservice: {retries: '${var:R}', read_timeout: '${var:R}'}\nroutes:\n"
                "  chat: {provider: p, model: x, options: {top_p: '${var:P}'}}\n"
                "  other: {provider: p, model: x, strip_path: '${var:S}'}\n",
            }
        )
        assert found("a.yaml") == [("K105", "a.yaml", 6), ("M106", "a.yaml", 7), ("M102", "a.yaml", 8)]

    def test_of_a_variable_in_an_environment(self, put: Put, found: Any) -> None:
        put(
            {
                "a.yaml": CHAT.replace("gpt-4o}", "x, options: {top_p: '${var:P}'}}")
                + "variables: {P: 1}\nenvironments:\n  e:\n    variables:\n      P: 7\n"
            }
        )
        assert found("a.yaml") == [("K105", "a.yaml", 10)]

    def test_of_a_variable_from_the_command_line_is_where_it_is_used(self, put: Put, found: Any) -> None:
        put({"a.yaml": CHAT.replace("gpt-4o}", "x, options: {top_p: '${var:P}'}}") + "variables: {P: 1}\n"})
        assert found("a.yaml", "--var", "P=7") == [("K105", "a.yaml", 5)]

    def test_of_a_text_with_a_variable_in_it_is_where_the_text_stands(self, put: Put, found: Any) -> None:
        put({"a.yaml": CHAT.replace("provider: p", "provider: 'x${var:P}'") + "variables: {P: p}\n"})
        assert ("M201", "a.yaml", 5) in found("a.yaml")

    def test_of_a_key_whose_value_is_a_variable_is_the_key(self, put: Put, found: Any) -> None:
        put(
            {
                "a.yaml": CHAT.replace("model:", "model: x, modle:").replace("gpt-4o", "'${var:P}'")
                + "variables: {P: p}\n"
            }
        )
        assert found("a.yaml") == [("M101", "a.yaml", 5)]

    def test_are_the_same_in_the_error_that_load_raises(self, put: Put, aicfg: Command) -> None:
        put(
            {
                "a.yaml": HEAD + "include: b.yaml\nvariables: {R: abc}\n",
                "b.yaml": "version: 1\nservice: {retries: '${var:R}'}\n",
            }
        )
        with pytest.raises(public.AicfgError) as caught:
            public.load("a.yaml")
        assert str(caught.value) == "a.yaml:5:16: variables.R: `retries` must be a whole number, not text"

    def test_reports_show_the_line_of_the_included_file(self, put: Put, aicfg: Command) -> None:
        put({"a.yaml": HEAD + "include: b.yaml\n", "b.yaml": "version: 1\nroutes: {chat: {provider: q, model: x}}\n"})
        assert (
            "2 | routes: {chat: {provider: q, model: x}}\n  |                           ^"
            in aicfg("lint", "a.yaml").out
        )


SECRET = "hunter2-and-more"
TOKEN = "sk-" + "a1b2c3d4" * 4


class TestSecrets:
    @pytest.mark.parametrize(
        "command", [("lint", "a.yaml"), ("lint", "a.yaml", "--format", "json"), ("render", "a.yaml")]
    )
    @pytest.mark.parametrize(
        ("name", "value", "code"), [("K", SECRET, "S101"), ("API_KEY", SECRET, "S101"), ("K", TOKEN, "S101")]
    )
    def test_in_a_variable_is_found_there_and_shown_nowhere(
        self, put: Put, aicfg: Command, command: tuple[str, ...], name: str, value: str, code: str
    ) -> None:
        put(
            {
                "a.yaml": f"version: 1\ninclude: b.yaml\nvariables: {{{name}: {value}}}\n",
                "b.yaml": CHAT.replace("${env:OPENAI_API_KEY}", f"${{var:{name}}}"),
            }
        )
        outcome = aicfg(*command)
        assert outcome.status == 1
        assert value not in outcome.out + outcome.err
        (finding,) = public.lint("a.yaml").diagnostics
        assert (finding.code, finding.file, finding.line) == (code, "a.yaml", 3)

    @pytest.mark.parametrize("name", ["K", "API_KEY"])
    def test_in_a_variable_that_nothing_uses(self, put: Put, aicfg: Command, found: Any, name: str) -> None:
        put({"a.yaml": CHAT + f"variables: {{{name}: {TOKEN}}}\n"})
        assert found("a.yaml") == [("M227", "a.yaml", 6), ("S102", "a.yaml", 6)]
        assert TOKEN not in aicfg("lint", "a.yaml").out

    @pytest.mark.parametrize(
        "use",
        [
            "api_key: '${var:K}'",
            "auth: {header_name: x, header_value: 'Bearer ${var:K}'}",
            "base_url: 'https://me:${var:K}@llm.internal', api_key: '${env:A}'",
        ],
    )
    def test_are_masked_whatever_their_variable_is_called(self, put: Put, aicfg: Command, use: str) -> None:
        put(
            {
                "a.yaml": f"version: 1\nvariables: {{1: 2, K: {SECRET}}}\n"
                f"environments: {{e: {{variables: {{1: 2, K: {SECRET}2}}}}}}\n"
                f"providers: {{p: {{type: openai, {use}}}}}\nroutes: {{chat: {{provider: p, model: x}}}}\n",
            }
        )
        out = aicfg("lint", "a.yaml").out
        assert "variables: {1: 2, K: *" in out
        assert SECRET not in out

    def test_are_masked_in_a_file_that_is_broken(self, put: Put, aicfg: Command) -> None:
        put(
            {
                "a.yaml": CHAT.replace("${env:OPENAI_API_KEY}", "${var:K}") + "include: b.yaml\n",
                "b.yaml": f"version: 1\nvariables: {{X: [, K: {SECRET}}}\n",
            }
        )
        out = aicfg("lint", "a.yaml").out
        assert "error[M001]" in out
        assert SECRET not in out

    def test_from_the_command_line_show_nowhere(self, put: Put, aicfg: Command) -> None:
        put({"a.yaml": CHAT.replace("${env:OPENAI_API_KEY}", "${var:K}") + "variables: {K: }\n"})
        for option in (f"K={SECRET}", f"L={SECRET}", f"K='{SECRET}"):
            outcome = aicfg("lint", "a.yaml", "--var", option)
            assert outcome.status
            assert SECRET not in outcome.out + outcome.err
