"""`aicfg serve`: what a client gets, with recorded answers and without, and how the command ends."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Command

pytest.importorskip("uvicorn", reason="pip install 'aicfg[serve]'")
pytest.importorskip("starlette", reason="pip install 'aicfg[serve]'")

from event_frames import event_frame
from running import CHAT, HELLO, ONE, STREAMED, Server, put, serving

MANY = """\
version: 1
gateway: {version: "3.10"}
providers:
  openai: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
  claude: {type: anthropic, api_key: "${env:CLAUDE_KEY}", options: {anthropic_version: "2023-06-01"}}
  aws: {type: bedrock, options: {bedrock: {aws_region: eu-central-1}}}
routes:
  chat: {provider: openai, model: gpt-4o, path: /chat}
  named: {provider: openai, model: "${env:MODEL}", path: /named}
  by-path: {provider: openai, model: $(uri_captures.model), path: '~/models/(?<model>[a-z0-9-]+)$'}
  host: {provider: claude, model: c, path: /chat, hosts: [chat.example.com]}
  header: {provider: claude, model: c, path: /chat, headers: {x-team: [search]}}
  put: {provider: openai, model: p, path: /put, methods: [PUT]}
  aws: {provider: aws, model: amazon.nova-lite-v1:0, path: /aws}
  both: {path: /both, targets: [{provider: openai, model: one}, {provider: openai, model: two}]}
"""
SSE = 'data: {"choices": [{"index": 0, "delta": {"content": "Paris."}}]}\n\ndata: [DONE]\n\n'


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Without recorded answers."""
    with serving(tmp_path_factory.mktemp("plain"), MANY) as server:
        yield server


@pytest.fixture(scope="module")
def replies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("with") / "replies"


@pytest.fixture(scope="module")
def recorded(replies: Path) -> Iterator[Server]:
    """With recorded answers, in `replies`."""
    replies.mkdir()
    with serving(replies.parent, MANY, "--replies", "replies") as server:
        yield server


class TestWithoutReplies:
    def test_a_client_gets_the_translated_request(self, plain: Server) -> None:
        answer = plain.post(body={**HELLO, "top_k": 3})
        assert answer.status == 200
        assert answer.headers["x-aicfg-upstream"] == "POST https://api.openai.com/v1/chat/completions"
        assert answer.headers["x-aicfg-route"] == "chat"
        assert answer.json["request"]["headers"]["Authorization"] == "Bearer <OPENAI_API_KEY>"
        assert answer.json["request"]["body"] == {**HELLO, "model": "gpt-4o", "stream": False}
        assert {"kind": "dropped", "path": "top_k"}.items() <= answer.json["trace"][2].items()

    def test_credentials_of_clients_are_masked_wherever_they_stand(self, plain: Server) -> None:
        secrets = {"header": "s3cr3t-header", "query": "s3cr3t-query", "cookie": "s3cr3t-cookie", "body": "s3cr3t-body"}
        answer = plain.post(
            f"/chat?api_key={secrets['query']}&page=7",
            {**HELLO, "password": secrets["body"]},
            {
                "Authorization": f"Bearer {secrets['header']}",
                "x-api-key": secrets["header"],
                "Cookie": secrets["cookie"],
            },
        )
        seen = answer.body.decode() + str(answer.headers) + json.dumps(plain.exchange())
        assert "page=7" in seen
        assert [where for where, secret in secrets.items() if secret in seen] == []

    @pytest.mark.parametrize(
        ("path", "headers", "route"),
        [
            ("/chat", {}, "chat"),
            ("/chat/completions", {}, "chat"),
            ("/%63hat", {}, "chat"),
            ("//x/../chat", {}, "chat"),
            ("/chat", {"X-Team": "search"}, "header"),
            ("/chat", {"X-Team": "other"}, "chat"),
            ("/models/gpt-9", {}, "by-path"),
        ],
    )
    def test_the_route_is_found_as_kong_finds_it(
        self, plain: Server, path: str, headers: dict[str, str], route: str
    ) -> None:
        assert plain.post(path, headers=headers).headers["x-aicfg-route"] == route

    def test_a_route_with_a_host(self, plain: Server) -> None:
        assert plain.call("POST", "/chat", HELLO, host="chat.example.com").headers["x-aicfg-route"] == "host"

    def test_methods_count(self, plain: Server) -> None:
        assert plain.call("PUT", "/put", HELLO).status == 200
        answer = plain.call("POST", "/put", HELLO)
        assert answer.status == 404
        assert "aicfg: no route takes POST /put; the routes take POST /chat" in answer.json["error"]["message"]

    def test_captures_of_the_path_fill_templates(self, plain: Server) -> None:
        assert plain.post("/models/gpt-9").json["request"]["body"]["model"] == "gpt-9"

    def test_one_of_several_targets(self, plain: Server) -> None:
        assert plain.post("/both").json["request"]["body"]["model"] == "one"
        assert plain.post("/both", headers={"X-Aicfg-Target": "2"}).json["request"]["body"]["model"] == "two"
        for number in ("3", "0", "x", "9" * 9):
            assert plain.post("/both", headers={"X-Aicfg-Target": number}).status == 501

    def test_what_kong_refuses_is_refused_in_its_words(self, plain: Server) -> None:
        answer = plain.post(body={"prompt": "Hello"})
        assert answer.status == 400
        assert answer.json["error"]["message"].startswith("[llm/v1/completions] message format is not compatible")

    def test_where_kongs_code_fails_the_client_gets_a_bare_500(self, plain: Server) -> None:
        answer = plain.post(body={"messages": [3]})
        assert answer.status == 500
        assert answer.json["message"] == "An unexpected error occurred"
        assert "Kong's own code fails" in plain.exchange()["problem"][0]

    def test_own_headers_are_not_passed_on(self, plain: Server) -> None:
        headers = plain.post(headers={"X-Aicfg-Target": "1", "X-Mine": "yes"}).json["request"]["headers"]
        assert headers["x-mine"] == "yes"
        assert not any(name.lower().startswith("x-aicfg") for name in headers)


class TestWithReplies:
    def test_a_whole_answer_and_a_stream(self, recorded: Server, replies: Path) -> None:
        put(replies, {"chat.json": json.dumps(CHAT), "chat.sse": SSE})
        answer = recorded.post()
        assert answer.json["choices"][0]["message"]["content"] == "Paris."
        assert answer.headers["x-kong-llm-model"] == "openai/gpt-4o"
        stream = recorded.post(body=STREAMED)
        assert stream.headers["content-type"] == "text/event-stream"
        assert stream.body.endswith(b"data: [DONE]")
        exchange = recorded.exchange()
        assert (exchange["state"], exchange["reply"]) == ("done", "chat.sse")
        assert exchange["body"].startswith("data: ")

    @pytest.mark.parametrize(
        ("accepts", "zipped"),
        [
            ("gzip, deflate", True),
            ("br;q=1, x-gzip", True),
            ("gzip;q=0", True),
            ("gzipped", False),
            ("identity", False),
        ],
    )
    def test_a_whole_answer_is_gzipped_as_kong_does(
        self, recorded: Server, replies: Path, accepts: str, zipped: bool
    ) -> None:
        put(replies, {"chat.json": json.dumps(CHAT), "chat.sse": SSE})
        answer = recorded.post(headers={"Accept-Encoding": accepts})
        assert answer.headers.get("content-encoding") == ("gzip" if zipped else None)
        body = gzip.decompress(answer.body) if zipped else answer.body
        assert json.loads(body) == CHAT
        assert int(answer.headers["content-length"]) == len(answer.body)
        assert '"Paris."' in recorded.exchange()["body"]
        stream = recorded.post(body=STREAMED, headers={"Accept-Encoding": accepts})
        assert (stream.headers.get("content-encoding"), stream.body[:6]) == (None, b"data: ")

    def test_an_error_of_the_provider_is_not(self, recorded: Server, replies: Path) -> None:
        put(replies, {"named.http": "HTTP/1.1 500 Oops\nContent-Type: text/plain\n\nno"})
        answer = recorded.post("/named", headers={"Accept-Encoding": "gzip"})
        assert (answer.status, answer.headers.get("content-encoding"), answer.body) == (500, None, b"no")

    def test_several_take_turns_and_one_can_be_chosen(self, recorded: Server, replies: Path) -> None:
        put(replies, {f"by-path/{n}.json": json.dumps({**CHAT, "id": n}) for n in "ab"})
        assert [recorded.post("/models/x").json["id"] for _ in range(3)] == ["a", "b", "a"]
        assert recorded.post("/models/x", headers={"X-Aicfg-Reply": "b"}).json["id"] == "b"
        assert recorded.post("/models/x", headers={"X-Aicfg-Reply": "c"}).status == 404

    def test_a_model_that_only_the_request_names(self, recorded: Server, replies: Path) -> None:
        put(replies, {"by-path/a.json": json.dumps(CHAT)})
        assert recorded.post("/models/gpt-9").headers["x-kong-llm-model"] == "openai/gpt-9"

    def test_a_reference_is_shown_by_its_name(self, recorded: Server, replies: Path) -> None:
        put(replies, {"named.json": json.dumps(CHAT)})
        assert recorded.post("/named").headers["x-kong-llm-model"] == "openai/<MODEL>"

    def test_a_target_of_several_has_its_own(self, recorded: Server, replies: Path) -> None:
        put(replies, {"both.json": json.dumps(CHAT), "both.target-2.json": json.dumps({**CHAT, "id": 2})})
        assert "id" not in recorded.post("/both").json
        assert recorded.post("/both", headers={"X-Aicfg-Target": "2"}).json["id"] == 2

    def test_a_message_has_its_status_and_headers_but_opens_nothing(self, recorded: Server, replies: Path) -> None:
        head = (
            "HTTP/1.1 429 Too Many Requests\nContent-Type: application/json\nRetry-After: 7\nConnection: close\n"
            "Access-Control-Allow-Origin: *\nContent-Security-Policy: none\nX-Odd: caf\u2615\n\n"
        )
        put(replies, {"named.http": head + '{"error": "slow"}', "named.json": ""})
        (replies / "named.json").unlink()
        answer = recorded.post("/named")
        assert (answer.status, answer.json, answer.headers["retry-after"]) == (429, {"error": "slow"}, "7")
        assert not any(name.startswith("access-control") for name in answer.headers)
        assert answer.headers["content-security-policy"].endswith("sandbox")

    def test_what_is_missing_says_what_to_put_where(self, recorded: Server) -> None:
        answer = recorded.call("PUT", "/put", STREAMED)
        assert answer.status == 404
        assert answer.headers["x-should-retry"] == "false"
        assert answer.json["error"]["message"].endswith("put one in the folder of replies: put.sse")

    def test_a_stream_over_which_kongs_code_fails_is_cut(self, recorded: Server, replies: Path) -> None:
        good = event_frame("messageStart", {"role": "assistant"})
        (replies / "aws.bin").write_bytes(good + good[:40])
        with pytest.raises(http.client.IncompleteRead) as cut:
            recorded.post("/aws", STREAMED)
        assert cut.value.partial.startswith(b"data: {")
        exchange = recorded.exchange()
        assert exchange["state"] == "failed"
        assert "the client's connection ends" in exchange["problem"][0]

    def test_an_answer_over_which_kongs_code_fails_is_told(self, recorded: Server, replies: Path) -> None:
        put(replies, {"aws.json": "3"})
        answer = recorded.post("/aws")
        assert answer.status == 502
        assert "Kong's own code fails over this answer" in answer.json["error"]["message"]

    def test_a_broken_message_is_no_crash(self, recorded: Server, replies: Path) -> None:
        put(replies, {"put.http": "HTTP/1.1 200 OK\nno header\n\n{}"})
        answer = recorded.call("PUT", "/put", HELLO)
        assert answer.status == 404
        assert "put.http cannot be used" in answer.json["error"]["message"]


class TestTheFolderOfReplies:
    """Nothing outside of it is read."""

    @pytest.mark.parametrize(
        "name", ["../secret", "..", "x/../../secret", "/etc/passwd", "..%2fsecret", ".hidden", "a\\b", "é", "x" * 300]
    )
    def test_names_lead_nowhere(self, recorded: Server, replies: Path, name: str) -> None:
        put(replies.parent, {"secret.json": '{"choices": "s3cr3t"}'})
        put(replies, {"chat/ok.json": json.dumps(CHAT), "chat/.hidden.json": '{"choices": "s3cr3t"}'})
        answer = recorded.post(headers={"X-Aicfg-Reply": name.encode().decode("latin-1")})
        assert answer.status == 404
        assert b"s3cr3t" not in answer.body

    def test_links_out_are_not_followed(self, recorded: Server, replies: Path) -> None:
        put(replies.parent, {"outside/a.json": '{"choices": "s3cr3t"}'})
        (replies / "header.json").symlink_to(replies.parent / "outside" / "a.json")
        (replies / "host").symlink_to(replies.parent / "outside")
        for answer in (
            recorded.post(headers={"X-Team": "search"}),
            recorded.call("POST", "/chat", HELLO, host="chat.example.com"),
        ):
            assert answer.status == 404
            assert b"s3cr3t" not in answer.body

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
    def test_a_pipe_is_not_waited_for(self, recorded: Server, replies: Path) -> None:
        os.mkfifo(replies / "put.sse")
        assert recorded.call("PUT", "/put", STREAMED).status == 404
        (replies / "put.sse").unlink()

    def test_a_recording_has_a_largest_size(self, recorded: Server, replies: Path) -> None:
        with open(replies / "put.sse", "wb") as file:
            file.truncate(17 * 1024 * 1024)
        assert "cannot be read" in recorded.call("PUT", "/put", STREAMED).json["error"]["message"]
        (replies / "put.sse").unlink()


class TestTheCommand:
    def test_says_what_to_install(self, aicfg: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "m.yaml").write_text(ONE, encoding="utf-8")
        monkeypatch.setattr("aicfg.cli.serve.find_spec", lambda name: None)
        status, out, err = aicfg("serve", "m.yaml")
        assert (status, out) == (2, "")
        assert "aicfg serve needs starlette and uvicorn, which are not installed" in err
        assert "pip install 'aicfg[serve]'" in err

    def test_a_port_that_is_taken(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "m.yaml").write_text(ONE, encoding="utf-8")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            status, _, err = aicfg("serve", "m.yaml", "--port", str(taken.getsockname()[1]))
        assert status == 2
        assert "cannot answer on 127.0.0.1" in err

    @pytest.mark.parametrize(
        ("manifest", "arguments", "status", "said"),
        [
            (ONE, ("--replies", "nowhere"), 2, "this is no folder"),
            (ONE.replace("model:", "modle:"), (), 1, "modle"),
            ("version: 1\nroutes: {}\nproviders: {}\n", (), 2, "there is no route with ai-proxy"),
            (ONE, ("--host", "not an address"), 2, "cannot answer on not an address"),
        ],
    )
    def test_what_cannot_be_is_said(
        self, aicfg: Command, tmp_path: Path, manifest: str, arguments: tuple[str, ...], status: int, said: str
    ) -> None:
        (tmp_path / "m.yaml").write_text(manifest, encoding="utf-8")
        outcome = aicfg("serve", "m.yaml", *arguments)
        assert outcome.status == status
        assert said in outcome.err

    def test_ends_with_0_when_interrupted(self, tmp_path: Path) -> None:
        with serving(tmp_path, ONE) as server:
            assert server.post().status == 200
        assert server.process.returncode == 0
