"""`aicfg translate`: files, a command, what it prints, its status. Nothing is sent and no secret is printed."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from hypothesis import given
from hypothesis import strategies as st

from aicfg.errors import AicfgError
from aicfg.preview.paths import match
from aicfg.preview.request import read_request

ROOT = Path(__file__).resolve().parents[1]
REQUESTS = sorted((ROOT / "samples" / "requests").iterdir())
SAMPLES = sorted((ROOT / "samples").glob("*.yaml"))
FORMATS = ("text", "json", "http", "curl")
TOKEN = "sk-" + "a1b2c3d4" * 4

ONE = """\
version: 1
gateway: {version: "3.10"}
providers:
  openai: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
  chat: {provider: openai, model: gpt-4o, options: {max_tokens: 512}}
"""
TWO = """\
version: 1
gateway: {version: "3.10"}
providers:
  openai: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
  claude: {type: anthropic, api_key: "${env:CLAUDE_KEY}", options: {anthropic_version: "2023-06-01"}}
  local: {type: mistral, hosting: ollama, base_url: http://ollama.internal:11434}
routes:
  chat: {provider: openai, model: gpt-4o}
  claude: {provider: claude, model: claude-sonnet-4-20250514, path: '~/claude/(?<version>v\\d+)$'}
  both:
    path: /both
    targets: [{provider: openai, model: gpt-4o}, {provider: local, model: mistral}]
"""
KONG = """\
_format_version: "3.0"
services:
- name: ai
  url: http://localhost:32000
  routes:
  - name: kong-chat
    paths: [/kong]
    plugins:
    - name: ai-proxy
      config:
        route_type: llm/v1/chat
        auth: {header_name: Authorization, header_value: 'AUTH'}
        model: {provider: openai, name: gpt-4o}
"""
CHAT = b'{"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 7, "top_k": 3}'

Files = Callable[[Mapping[str, str]], None]


@pytest.fixture
def shown(aicfg: Command, tmp_path: Path) -> Callable[..., Any]:
    """What `--format json` says."""

    def translate(manifest: str, *arguments: str, stdin: bytes = b"", status: int = 0) -> Any:
        (tmp_path / "m.yaml").write_text(manifest, encoding="utf-8")
        outcome = aicfg("translate", "m.yaml", "--isolated", "--format", "json", *arguments, stdin=stdin)
        assert (outcome.status, outcome.err) == (status, "")
        return json.loads(outcome.out)

    return translate


class TestWhatIsShown:
    def test_as_text_the_request_the_body_and_what_became_of_each_field(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "m.yaml").write_text(ONE, encoding="utf-8")
        status, out, err = aicfg("translate", "m.yaml", "--request", "-", stdin=CHAT)
        assert (status, err) == (0, "")
        assert out == (
            "# chat: openai gpt-4o, llm/v1/chat, gateway 3.10 (enterprise)\n\n"
            "POST https://api.openai.com/v1/chat/completions\n"
            "Accept-Encoding: gzip, identity\nContent-Type: application/json\n"
            "Authorization: Bearer <OPENAI_API_KEY>\n\n"
            '{\n  "messages": [\n    {\n      "role": "user",\n      "content": "Hi"\n    }\n  ],\n'
            '  "max_tokens": 512,\n  "model": "gpt-4o",\n  "stream": false\n}\n\n'
            "What became of the client's fields:\n"
            "  kept        messages\n"
            "! overridden  max_tokens: 7 -> 512  (the config's value wins: config.model.options.max_tokens)\n"
            "! dropped     top_k  (OpenAI has no top_k, and Kong takes it out, for other providers too)\n"
            '  added       model: "gpt-4o"  (from the config: config.model.name)\n'
            "  added       stream: false  (Kong sets it)\n"
        )

    def test_what_the_provider_does_not_take_is_marked_in_a_line_for_each_reason(
        self, aicfg: Command, tmp_path: Path
    ) -> None:
        (tmp_path / "m.yaml").write_text(ONE.replace("openai", "cohere"), encoding="utf-8")
        tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
        body = {"messages": [{"role": "user", "content": "Hi"}], "tools": [tool], "stop": ["."], "odd\x1b": 1}
        out = aicfg("translate", "m.yaml", "--request", "-", stdin=json.dumps(body).encode()).out
        assert out.partition("What became of the client's fields:\n")[2].splitlines()[:5] == [
            "! kept        messages  (Cohere's Chat has no messages: with tools in it, Kong sends OpenAI's body; here, "
            "a message and a chat_history stand for them)",
            "! kept        tools[0].type  (Cohere's Chat has no type in tools)",
            "! kept        tools[0].function  (Cohere's Chat has no function in tools: its tools have name, "
            "description and parameter_definitions, and Kong leaves OpenAI's)",
            "! kept        stop  (Cohere's Chat has no stop: it is called stop_sequences)",
            "! kept        odd\\x1b  (Cohere's Chat has no odd\\x1b)",
        ]
        assert "note: Cohere's Chat needs a message, and there is none" in out

    def test_json_carries_the_same_facts(self, shown: Callable[..., Any]) -> None:
        facts = shown(ONE, "--request", "-", stdin=CHAT)
        assert facts["request"]["url"] == "https://api.openai.com/v1/chat/completions"
        assert facts["request"]["body"]["max_tokens"] == 512
        assert {"kind": "dropped", "path": "top_k", "surprising": True}.items() <= facts["trace"][3].items()

    def test_curl_is_a_command_for_a_shell_that_takes_the_key_from_the_environment(
        self, aicfg: Command, tmp_path: Path
    ) -> None:
        (tmp_path / "m.yaml").write_text(ONE, encoding="utf-8")
        body = b'{"messages": [{"role": "user", "content": "it\'s $HOME `id` \\"x\\""}]}'
        out = aicfg("translate", "m.yaml", "--request", "-", "--format", "curl", stdin=body).out
        script = out.replace("curl", "printf '%s\\0'", 1)
        environment = {**os.environ, "OPENAI_API_KEY": "the key"}
        done = subprocess.run(["sh", "-c", script], capture_output=True, check=True, env=environment)
        words = done.stdout.decode().split("\0")
        assert words[:3] == ["-X", "POST", "https://api.openai.com/v1/chat/completions"]
        assert "Authorization: Bearer the key" in words
        assert json.loads(words[words.index("--data-raw") + 1])["messages"][0]["content"] == 'it\'s $HOME `id` "x"'

    def test_http_reads_back_as_a_request(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "m.yaml").write_text(ONE, encoding="utf-8")
        out = aicfg("translate", "m.yaml", "--request", "-", "--format", "http", stdin=CHAT).out
        request = read_request(out.encode(), "out")
        assert (request.method, request.path) == ("POST", "/v1/chat/completions")
        assert json.loads(request.body)["model"] == "gpt-4o"

    def test_a_diff_has_both_bodies_side_by_side(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "m.yaml").write_text(ONE, encoding="utf-8")
        lines = aicfg("translate", "m.yaml", "--request", "-", "--diff", stdin=CHAT).out.splitlines()
        assert lines[0].split() == ["client", "upstream"]
        assert next(line.split() for line in lines if " | " in line) == [
            '"max_tokens":',
            "7,",
            "|",
            '"max_tokens":',
            "512,",
        ]
        assert max(map(len, lines)) <= 100

    def test_a_unified_diff(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "m.yaml").write_text(ONE, encoding="utf-8")
        lines = aicfg("translate", "m.yaml", "--request", "-", "--unified", stdin=CHAT).out.splitlines()
        assert lines[:2] == ["--- client", "+++ upstream"]
        assert '-  "max_tokens": 7,' in lines
        assert '+  "max_tokens": 512,' in lines

    def test_colours_only_where_they_are_wanted(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "m.yaml").write_text(ONE, encoding="utf-8")
        for option in ((), ("--diff",), ("--unified",)):
            plain = aicfg("translate", "m.yaml", *option).out
            coloured = aicfg("translate", "m.yaml", *option, "--color", "always").out
            assert "\x1b" not in plain
            assert "\x1b[" in coloured

    def test_a_newer_gateway_is_told_that_it_was_not_measured(self, shown: Callable[..., Any]) -> None:
        notes = shown(ONE.replace("3.10", "3.14"))["notes"]
        assert sum("3.10" in note for note in notes) == 1
        assert not any("3.10" in note for note in shown(ONE)["notes"])

    def test_what_only_the_gateways_environment_knows_stays_open(self, shown: Callable[..., Any]) -> None:
        manifest = (
            "version: 1\nproviders: {b: {type: bedrock}}\nroutes: {r: {provider: b, model: amazon.nova-lite-v1:0}}"
        )
        facts = shown(manifest)
        assert facts["request"]["url"].startswith("https://bedrock-runtime.<AWS_REGION>.amazonaws.com/")

    @pytest.mark.parametrize(
        ("url", "shown_as"),
        [
            ("${env:URL}", "https://<URL>/"),
            ("${env:URL}/v1", "https://<URL>/v1"),
            ("http://${env:HOST}:${env:PORT}/v1", "http://<HOST>:<PORT>/v1"),
            ("https://h/${env:PART}/x", "https://h/<PART>/x"),
            ("http://h/v1", "http://h:443/v1"),
            ("http://h:80/v1", "http://h/v1"),
            ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ],
    )
    def test_the_url_with_what_is_known_of_it(self, shown: Callable[..., Any], url: str, shown_as: str) -> None:
        manifest = ONE.replace("api_key", f'hosting: custom, upstream_url: "{url}", api_key')
        assert shown(manifest)["request"]["url"] == shown_as


class TestWhichRoute:
    def test_the_only_one(self, shown: Callable[..., Any]) -> None:
        assert shown(ONE)["route"] == "chat"

    @pytest.mark.parametrize(
        ("path", "route"),
        [("/chat", "chat"), ("/claude/v1", "claude"), ("/both/x", "both"), ("//both/../both", "both")],
    )
    def test_the_one_that_takes_the_path(self, shown: Callable[..., Any], path: str, route: str) -> None:
        message = f"POST {path} HTTP/1.1\n\n".encode() + CHAT
        assert shown(TWO, "--request", "-", stdin=message)["route"] == route

    def test_several_are_listed(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "m.yaml").write_text(TWO, encoding="utf-8")
        status, out, err = aicfg("translate", "m.yaml")
        assert (status, out) == (2, "")
        assert "chat, claude, both" in err

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("--route", "chta"), 'did you mean "chat"?'),
            (("--route", "both", "--target", "3"), "it has targets 1 to 2"),
            (("--all-routes", "--route", "chat"), "--all-routes goes with"),
            (("--target", "1", "--target", "2", "--target", "1"), "two are compared"),
            (("--diff", "--format", "json"), "forms of text"),
        ],
    )
    def test_what_cannot_be_is_said(
        self, aicfg: Command, tmp_path: Path, arguments: tuple[str, ...], said: str
    ) -> None:
        (tmp_path / "m.yaml").write_text(TWO, encoding="utf-8")
        status, out, err = aicfg("translate", "m.yaml", *arguments)
        assert (status, out) == (2, "")
        assert said in err

    def test_a_path_that_no_route_takes(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "m.yaml").write_text(TWO, encoding="utf-8")
        outcome = aicfg("translate", "m.yaml", "--request", "-", stdin=b"POST /nowhere\n\n{}")
        assert outcome.status == 2
        assert "no route takes the path /nowhere" in outcome.err

    def test_all_of_them_with_each_target(self, shown: Callable[..., Any]) -> None:
        facts = shown(TWO, "--all-routes")
        assert [(one["route"], one["target"]) for one in facts] == [
            ("chat", 1),
            ("claude", 1),
            ("both", 1),
            ("both", 2),
        ]

    def test_a_target_by_its_number_and_a_note_that_there_are_others(self, shown: Callable[..., Any]) -> None:
        assert shown(TWO, "--route", "both", "--target", "2")["request"]["body"]["model"] == "mistral"
        first = shown(TWO, "--route", "both")
        assert first["request"]["body"]["model"] == "gpt-4o"
        assert any("target 1 of 2" in note for note in first["notes"])

    def test_the_captures_of_the_path_fill_templates(self, shown: Callable[..., Any]) -> None:
        manifest = ONE.replace("max_tokens: 512}", "max_tokens: 512}, path: '~/(?<m>[a-z0-9-]+)/chat$'").replace(
            "model: gpt-4o", "model: $(uri_captures.m)"
        )
        message = b"POST /gpt-4o-mini/chat HTTP/1.1\n\n" + CHAT
        assert shown(manifest, "--request", "-", stdin=message)["request"]["body"]["model"] == "gpt-4o-mini"
        assert shown(manifest, "--request", "-", stdin=CHAT)["request"]["body"]["model"] == "<m>"

    def test_a_pattern_that_takes_for_ever_is_given_up(self, aicfg: Command, tmp_path: Path) -> None:
        manifest = TWO.replace("'~/claude/(?<version>v\\d+)$'", "'~/(a+)+$'")
        (tmp_path / "m.yaml").write_text(manifest, encoding="utf-8")
        outcome = aicfg("translate", "m.yaml", "--request", "-", stdin=b"POST /" + b"a" * 60 + b"! HTTP/1.1\n\n{}")
        assert outcome.status == 2
        assert "takes too long to match" in outcome.err

    def test_prefixes_and_expressions(self) -> None:
        assert match("/a", "/abc") is not None
        assert match("/a", "/b") is None
        assert match("~/a$", "/abc") is None
        found = match("~/(?<x>[a-z]+)/", "/abc/d")
        assert found is not None
        assert found.captures == {"x": "abc"}


class TestKongFiles:
    def test_a_route_of_one(self, shown: Callable[..., Any]) -> None:
        facts = shown(KONG.replace("AUTH", '${{ env "DECK_OPENAI" }}'), "--gateway-version", "3.9")
        assert facts["route"] == "kong-chat"
        assert facts["request"]["headers"]["Authorization"] == "<DECK_OPENAI>"

    def test_a_service_s_plugin_acts_on_its_routes(self, shown: Callable[..., Any]) -> None:
        text = KONG.replace("    plugins:", "  plugins:").replace("    - name: ai-proxy", "  - name: ai-proxy")
        facts = shown(text.replace("      config:", "    config:").replace("AUTH", "Bearer x"))
        assert (facts["route"], facts["provider"]) == ("kong-chat", "openai")

    def test_a_plugin_by_itself(self, shown: Callable[..., Any]) -> None:
        text = "name: ai-proxy\nconfig: {route_type: llm/v1/chat, model: {provider: openai, name: gpt-4o}}\n"
        assert shown(text)["route"] == "ai-proxy"

    def test_a_config_that_kong_refuses_is_not_translated(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "m.yaml").write_text(KONG.replace("llm/v1/chat", "llm/v1/chta"), encoding="utf-8")
        status, out, err = aicfg("translate", "m.yaml")
        assert (status, out) == (1, "")
        assert "error[K" in err

    def test_nothing_to_translate(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "m.yaml").write_text('_format_version: "3.0"\nservices: [{name: a, url: "http://a"}]\n')
        outcome = aicfg("translate", "m.yaml")
        assert outcome.status == 2
        assert "there is no route with ai-proxy" in outcome.err


class TestComparing:
    def test_two_targets(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "m.yaml").write_text(TWO, encoding="utf-8")
        out = aicfg("translate", "m.yaml", "--route", "both", "--target", "1", "--target", "2", "--unified").out
        assert "-POST https://api.openai.com/v1/chat/completions" in out
        assert "+POST http://ollama.internal:11434/api/chat" in out

    def test_two_files(self, aicfg: Command, put: Files) -> None:
        put({"a.yaml": ONE, "b.yaml": ONE.replace("512", "64")})
        out = aicfg("translate", "a.yaml", "--against", "b.yaml", "--unified").out
        changed = [line for line in out.splitlines()[2:] if line.startswith(("+", "-"))]
        assert changed == ['-  "max_tokens": 512,', '+  "max_tokens": 64,']

    def test_a_refusal_on_one_side_makes_the_status_1(self, aicfg: Command, put: Files) -> None:
        put({"a.yaml": ONE, "b.yaml": ONE.replace("gpt-4o", "gpt-4")})
        body = b'{"model": "gpt-4o", "messages": [{"role": "user", "content": "x"}]}'
        outcome = aicfg("translate", "a.yaml", "--against", "b.yaml", "--request", "-", stdin=body)
        assert outcome.status == 1
        assert (
            "b.yaml chat: Kong refuses this request with status 400: cannot use own model - must be: gpt-4\n"
            in outcome.out
        )


class TestRefusals:
    @pytest.mark.parametrize("format_", FORMATS)
    def test_kong_s_status_and_message(self, aicfg: Command, tmp_path: Path, format_: str) -> None:
        (tmp_path / "m.yaml").write_text(ONE, encoding="utf-8")
        body = b'{"model": "other", "messages": [{"role": "user", "content": "x"}]}'
        outcome = aicfg("translate", "m.yaml", "--format", format_, "--request", "-", stdin=body)
        assert outcome.status == 1
        assert "400" in outcome.out
        assert "cannot use own model - must be: gpt-4o" in outcome.out

    def test_that_kong_s_own_code_fails_is_said_plainly(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "m.yaml").write_text(ONE, encoding="utf-8")
        outcome = aicfg("translate", "m.yaml", "--request", "-", stdin=b'{"messages": [1]}')
        assert outcome.status == 1
        assert "Kong's own code fails over this request: the client gets a bare 500" in outcome.out

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b'{"messages": [',
            b"\x00\xff\xfe\x80",
            b"[]",
            b"null",
            b'"text"',
            b"\xef\xbb\xbf{}",
            b"{" * 5000,
            b"[" * 999,
        ],
    )
    @pytest.mark.parametrize("format_", FORMATS)
    def test_a_body_that_is_none_is_refused(self, aicfg: Command, tmp_path: Path, body: bytes, format_: str) -> None:
        (tmp_path / "m.yaml").write_text(ONE, encoding="utf-8")
        outcome = aicfg("translate", "m.yaml", "--format", format_, "--request", "-", stdin=body)
        assert outcome.status in (1, 2)
        assert "internal error" not in outcome.err
        assert "doesn't contain valid prompts" in outcome.out or outcome.err.startswith("error: the body is too deep")


class TestRequests:
    def test_a_curl_command(self) -> None:
        request = read_request(
            b"# seen\n$ curl -sSX PUT 'http://h:8000/a/b?c=1' -H 'X-A: 1' -Hcontent-type:application/json \\\n"
            b" -u me:pw --data-raw '{\"a\": 1}' --max-time 5 -o /dev/null | jq .",
            "r",
        )
        assert (request.method, request.path, request.query) == ("PUT", "/a/b", "c=1")
        assert request.body == b'{"a": 1}'
        assert request.header("X-A") == "1"
        assert request.header("authorization") == "Basic bWU6cHc="

    def test_curl_sends_a_form_unless_told(self, shown: Callable[..., Any]) -> None:
        command = b"curl http://localhost:8000/chat -d '{\"messages\": []}'"
        facts = shown(ONE, "--request", "-", stdin=command, status=1)
        assert any("Content-Type: application/json" in note for note in facts["notes"])

    def test_curl_json_and_get(self) -> None:
        request = read_request(b"curl --json '{}' h/p", "r")
        assert (request.method, request.header("content-type"), request.path) == ("POST", "application/json", "/p")
        assert read_request(b"curl -G -d a=1 -d b=2 http://h/p", "r").query == "a=1&b=2"

    @pytest.mark.parametrize(
        ("command", "said"),
        [
            (b"curl 'http://h", "cannot be read"),
            (b"curl -H", "ends behind -H"),
            (b"curl -s", "names no URL"),
            (b"curl http://a http://b", "names 2 URLs"),
            (b"curl http://h -d @/etc/passwd", "does not open the file"),
            (b"curl http://h --data-urlencode x@/etc/passwd", "does not open the file"),
            (b"POST / HTTP/1.1\nno header\n\n{}", "no header of an HTTP message"),
        ],
    )
    def test_what_cannot_be_read_is_said(self, aicfg: Command, tmp_path: Path, command: bytes, said: str) -> None:
        (tmp_path / "m.yaml").write_text(ONE, encoding="utf-8")
        status, out, err = aicfg("translate", "m.yaml", "--request", "-", stdin=command)
        assert (status, out) == (2, "")
        assert said in err

    @given(st.sampled_from([b"curl ", b"POST / HTTP/1.1\n", b""]), st.binary(max_size=200))
    def test_whatever_comes_it_is_a_request_or_an_error(self, start: bytes, rest: bytes) -> None:
        with suppress(AicfgError):
            assert isinstance(read_request(start + rest, "r").body, bytes)

    def test_an_http_message_with_crlf(self) -> None:
        request = read_request(b'POST http://h:1/p?q HTTP/1.1\r\nA: b\r\n\r\n{"x":1}', "r")
        assert (request.path, request.query, request.headers, request.body) == ("/p", "q", (("A", "b"),), b'{"x":1}')

    def test_a_manifest_and_a_request_cannot_both_be_standard_input(self, aicfg: Command) -> None:
        assert aicfg("translate", "-", "--request", "-").status == 2


class TestSecrets:
    @pytest.mark.parametrize("arguments", [*(("--format", name) for name in FORMATS), ("--diff",), ("--unified",)])
    @pytest.mark.parametrize("where", ["header", "query", "body"])
    def test_none_is_printed(self, aicfg: Command, tmp_path: Path, arguments: tuple[str, ...], where: str) -> None:
        text = KONG.replace("AUTH", "Bearer plain-secret-1")
        if where != "header":
            auth = f"{{param_name: key, param_value: plain-secret-1, param_location: {where}}}"
            text = text.replace("{header_name: Authorization, header_value: 'Bearer plain-secret-1'}", auth)
        (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
        message = (
            "POST /kong?token=plain-secret-2 HTTP/1.1\nX-Api-Key: plain-secret-3\nCookie: session=plain-secret-4\n"
            f'Content-Type: application/json\n\n{{"messages": [{{"role": "user", "content": "{TOKEN}"}}],'
            f'"{TOKEN}": 1}}'
        )
        outcome = aicfg("translate", "m.yaml", *arguments, "--request", "-", stdin=message.encode())
        assert (outcome.status, outcome.err) == (0, "")
        assert "plain-secret" not in outcome.out
        assert TOKEN not in outcome.out

    def test_curl_names_a_variable_for_a_secret_in_plain_text(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "m.yaml").write_text(KONG.replace("AUTH", "Bearer plain-secret-1"), encoding="utf-8")
        out = aicfg("translate", "m.yaml", "--format", "curl").out
        assert "-H 'Authorization: Bearer '\"$OPENAI_API_KEY\"" in out

    def test_none_in_a_refusal(self, aicfg: Command, tmp_path: Path) -> None:
        manifest = ONE.replace("model: gpt-4o", "model: '${env:THE_MODEL}'")
        (tmp_path / "m.yaml").write_text(manifest, encoding="utf-8")
        body = b'{"model": "x", "messages": [{"role": "user", "content": "x"}]}'
        out = aicfg("translate", "m.yaml", "--request", "-", stdin=body).out
        assert "must be: <THE_MODEL>" in out

    def test_aicfg_s_own_environment_is_not_read(
        self, aicfg: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "from-the-environment")
        (tmp_path / "m.yaml").write_text(ONE, encoding="utf-8")
        for name in FORMATS:
            assert "from-the-environment" not in aicfg("translate", "m.yaml", "--format", name).out

    def test_nothing_drives_the_terminal(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "m.yaml").write_text(ONE, encoding="utf-8")
        body = '{"messages": [{"role": "user", "content": "\\u001b[31m\x9b31m\u202e"}], "\x9bkey": 1}'.encode()
        for name in FORMATS:
            out = aicfg("translate", "m.yaml", "--format", name, "--request", "-", stdin=body).out
            assert not {"\x1b", "\x9b", "\u202e"} & set(out)


class TestSamples:
    @pytest.mark.parametrize("request_file", REQUESTS, ids=lambda path: path.name)
    def test_a_sample_request_is_one(self, request_file: Path) -> None:
        request = read_request(request_file.read_bytes(), request_file.name)
        assert {"messages", "prompt"} & json.loads(request.body).keys()

    @pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
    def test_every_sample_manifest_can_be_previewed_in_every_form(self, aicfg: Command, sample: Path) -> None:
        for name in FORMATS:
            outcome = aicfg("translate", str(sample), "--all-routes", "--format", name)
            assert (outcome.status, outcome.err) == (0, "")
            if name == "curl":
                for line in outcome.out.split("\n\n"):
                    assert shlex.split(line, comments=True) is not None
