"""`aicfg translate --response` and `--stream`: what the client gets of a recorded answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from conftest import Command
from event_frames import event_frame

MANIFEST = """\
version: 1
gateway: {version: "3.10"}
providers:
  claude: {type: anthropic, api_key: "${env:CLAUDE_KEY}", options: {anthropic_version: "2023-06-01"}}
  openai: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
  aws: {type: bedrock, options: {bedrock: {aws_region: eu-central-1}}}
routes:
  claude: {provider: claude, model: claude-x, options: {input_cost: 2, output_cost: 10}}
  free: {provider: openai, model: gpt-4o}
  named: {provider: openai, model: "${env:MODEL}"}
  own: {provider: openai}
  bedrock: {provider: aws, model: amazon.nova-lite-v1:0}
  both:
    targets: [{provider: openai, model: gpt-4o}, {provider: claude, model: claude-x}]
"""
ANSWER = {
    "model": "claude-x",
    "content": [{"type": "text", "text": "Paris."}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 12, "output_tokens": 5},
}
OPENAI = {"model": "gpt-4o", "choices": [{"index": 0, "message": {"role": "assistant", "content": "Paris."}}]}
SSE = (
    'event: message_start\ndata: {"type":"message_start","message":{"id":"m","role":"assistant"}}\n\n'
    'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"Par\\u001b[31mis"}}\n\n'
    'event: message_stop\ndata: {"type":"message_stop"}\n\n'
)
Put = Callable[[Mapping[str, str]], None]


@pytest.fixture(autouse=True)
def _files(put: Put) -> None:
    put({"m.yaml": MANIFEST, "a.json": json.dumps(ANSWER), "o.json": json.dumps(OPENAI), "s.sse": SSE})


@pytest.fixture
def facts(aicfg: Command) -> Callable[..., dict[str, object]]:
    def translate(route: str, *arguments: str, status: int = 0, stdin: bytes = b"") -> dict[str, object]:
        command = ("translate", "m.yaml", "--isolated", "--route", route, "--format", "json", *arguments)
        outcome = aicfg(*command, stdin=stdin)
        assert (outcome.status, outcome.err) == (status, "")
        found: dict[str, object] = json.loads(outcome.out)
        return found

    return translate


Facts = Callable[..., dict]


class TestAWholeAnswer:
    def test_status_headers_body_fields_tokens_and_cost(self, aicfg: Command) -> None:
        out = aicfg("translate", "m.yaml", "--route", "claude", "--response", "a.json", "--usage").out
        assert out.startswith("# claude: anthropic claude-x, llm/v1/chat, gateway 3.10 (enterprise): answer\n\n200\n")
        assert "\nX-Kong-LLM-Model: anthropic/claude-x\n" in out
        assert '\n        "content": "Paris."\n' in out
        assert "What became of the provider's fields:\n" in out
        assert "\n! renamed     stop_reason -> choices[0].finish_reason  (Kong leaves it as it is, and clients" in out
        assert out.endswith(
            "\ntokens: 12 prompt, 5 completion, 17 in all\n"
            "cost: 0.000074, by input_cost and output_cost of the config, for a million tokens each\n"
        )

    def test_json_carries_the_same_facts(self, facts: Facts) -> None:
        found = facts("claude", "--response", "a.json")
        assert found["answer"]["status"] == 200
        assert found["answer"]["body"]["choices"][0]["message"]["content"] == "Paris."
        assert found["usage"] == {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17, "cost": 7.4e-05}
        assert found["refusal"] is None
        assert {change["kind"] for change in found["trace"]} >= {"renamed", "added"}

    def test_without_prices_there_is_no_cost(self, aicfg: Command) -> None:
        out = aicfg("translate", "m.yaml", "--route", "free", "--response", "-", "--usage", stdin=_used(OPENAI)).out
        assert out.endswith("\ntokens: 3 prompt\ncost: none, for the config has no input_cost and output_cost\n")

    def test_without_tokens_nothing_is_made_up(self, aicfg: Command) -> None:
        out = aicfg("translate", "m.yaml", "--route", "free", "--response", "o.json", "--usage").out
        assert "\ntokens: the answer names none" in out
        assert "cost" not in out

    def test_http_is_a_message(self, aicfg: Command) -> None:
        out = aicfg("translate", "m.yaml", "--route", "claude", "--response", "a.json", "--format", "http").out
        head, _, body = out.partition("\n\n")
        assert head.splitlines()[0] == "HTTP/1.1 200"
        assert json.loads(body)["object"] == "chat.completion"

    def test_a_diff_has_both_bodies_side_by_side(self, aicfg: Command) -> None:
        out = aicfg("translate", "m.yaml", "--route", "claude", "--response", "a.json", "--unified", "--diff").out
        assert out.startswith("--- provider\n+++ client\n")
        assert '-    "input_tokens": 12,\n' in out
        assert '+    "prompt_tokens": 12,\n' in out

    def test_two_targets_are_compared(self, aicfg: Command) -> None:
        out = aicfg(
            *("translate", "m.yaml", "--route", "both", "--target", "1", "--target", "2"),
            *("--response", "a.json", "--unified"),
        ).out
        assert out.startswith("--- both target 1\n+++ both target 2\n")
        assert "-500\n+200\n" in out

    def test_other_statuses_go_through_as_they_are(self, facts: Facts) -> None:
        found = facts("claude", "--response", "a.json", "--status", "429")
        assert (found["answer"]["status"], found["answer"]["body"]) == (429, ANSWER)

    def test_a_message_as_curl_records_it_has_status_and_headers(self, facts: Facts) -> None:
        recorded = (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/2 200\r\nContent-Type: application/json\r\nX-Request-Id: 7\r\n"
            b"Set-Cookie: session=abc\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
        ) + json.dumps(ANSWER).encode()
        found = facts("claude", "--response", "-", stdin=recorded)
        headers = found["answer"]["headers"]
        assert headers == {
            "Content-Type": "application/json",
            "X-Request-Id": "7",
            "Set-Cookie": "***",
            "X-Kong-LLM-Model": "anthropic/claude-x",
        }
        assert found["answer"]["body"]["choices"][0]["message"]["content"] == "Paris."

    def test_the_clients_request_decides_the_model_where_the_config_does_not(self, facts: Facts, put: Put) -> None:
        put({"req.json": '{"messages": [{"role": "user", "content": "Hi"}], "model": "gpt-9"}'})
        told = facts("own", "--response", "o.json", "--request", "req.json")
        assert told["answer"]["headers"]["X-Kong-LLM-Model"] == "openai/gpt-9"
        assert any("give the request, too" in note for note in facts("own", "--response", "o.json")["notes"])

    def test_a_reference_is_shown_by_its_name(self, facts: Facts) -> None:
        headers = facts("named", "--response", "o.json")["answer"]["headers"]
        assert headers["X-Kong-LLM-Model"] == "openai/<MODEL>"

    def test_where_kongs_code_fails_it_says_so_and_the_status_is_1(self, aicfg: Command) -> None:
        outcome = aicfg("translate", "m.yaml", "--route", "claude", "--response", "-", stdin=b"3")
        assert outcome.status == 1
        assert "Kong's own code fails over this answer, and the client gets no answer." in outcome.out


class TestAStream:
    def test_the_events_that_the_client_gets(self, facts: Facts) -> None:
        found = facts("claude", "--stream", "s.sse")
        assert found["answer"]["headers"]["Content-Type"] == "text/event-stream"
        *events, last = found["answer"]["events"]
        assert [event["choices"][0]["delta"]["content"] for event in events] == ["", "Par\x1b[31mis"]
        assert last == "[DONE]"

    def test_what_became_of_the_providers_events(self, aicfg: Command, put: Put) -> None:
        end = 'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}\n\n'
        put({"s.sse": SSE.replace("event: message_stop", f"{end}event: message_stop")})
        out = aicfg("translate", "m.yaml", "--isolated", "--route", "claude", "--stream", "s.sse").out
        assert out.partition("What became of the provider's events:\n")[2].splitlines() == [
            "  changed     message_start -> chunk",
            "      dropped     type  (Kong does not take this over)",
            "      renamed     message.id -> id",
            "      renamed     message.role -> choices[0].delta.role",
            "      added       choices[0].delta.content, choices[0].index, choices[0].logprobs, object, "
            "system_fingerprint  (Kong sets it)",
            '      added       model: "claude-x"  (from the config: config.model.name)',
            "  changed     content_block_delta -> chunk",
            "      dropped     type  (Kong does not take this over)",
            "      renamed     delta.text -> choices[0].delta.content",
            "      added       choices[0].index, choices[0].finish_reason, choices[0].logprobs, object  (Kong sets it)",
            '      added       id: "m"  (from an event before)',
            '      added       model: "claude-x"  (from the config: config.model.name)',
            "! dropped     message_delta",
            "    ! dropped     delta.stop_reason  (the client gets no finish_reason)",
            "  changed     message_stop -> [DONE]",
        ]

    def test_json_tells_of_the_events_in_full(self, facts: Facts) -> None:
        *_, stop = facts("claude", "--stream", "s.sse")["trace"]
        assert (stop["kind"], stop["event"], stop["times"], stop["gives"]) == ("changed", "message_stop", 1, "[DONE]")
        (field,) = stop["fields"]
        assert (field["kind"], field["path"], field["surprising"]) == ("dropped", "type", False)

    def test_names_of_events_cannot_drive_the_terminal_either(self, aicfg: Command) -> None:
        sent = b"event: a\x1b[31m\xff\ndata: {}\n\n"
        out = aicfg("translate", "m.yaml", "--route", "claude", "--stream", "-", stdin=sent).out
        assert "\x1b" not in out
        assert "dropped     a\\x1b[31m" in out

    def test_as_text_it_cannot_drive_the_terminal(self, aicfg: Command) -> None:
        for form in ((), ("--diff",), ("--format", "http")):
            out = aicfg("translate", "m.yaml", "--route", "claude", "--stream", "s.sse", *form).out
            assert "data: [DONE]" in out
            assert "\x1b" not in out

    @pytest.mark.parametrize(
        ("name", "content", "end"),
        [
            ("a.ndjson", '{"n": 1}\n{"n": 2}\n', []),
            ("a.json", '[{"n": 1},\n{"n": 2}]', ["[DONE]"]),
            ("a.txt", '{"n": 1}\n{"n": 2}\n', []),
            ("a.sse", 'data: {"n": 1}\r\n\r\ndata: {"n": 2}\n\ndata: [DONE]', []),
        ],
    )
    def test_the_ending_or_the_content_says_how_it_is_read(
        self, facts: Facts, put: Put, name: str, content: str, end: list[str]
    ) -> None:
        put({name: content})
        assert facts("free", "--stream", name)["answer"]["events"] == [{"n": 1}, {"n": 2}, *end]

    def test_binary_frames(self, facts: Facts, tmp_path: Path) -> None:
        frames = [
            event_frame("messageStart", {"role": "assistant"}),
            event_frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Hi"}}),
            event_frame("metadata", {"usage": {}}),
        ]
        (tmp_path / "b.bin").write_bytes(b"".join(frames))
        events = facts("bedrock", "--stream", "b.bin")["answer"]["events"]
        assert events[1]["choices"][0]["delta"]["content"] == "Hi"
        assert events[-1] == "[DONE]"

    def test_a_broken_frame_ends_the_stream_and_the_status_is_1(self, facts: Facts, tmp_path: Path) -> None:
        (tmp_path / "b.bin").write_bytes(b"\0\0\0\x90\0\0\0\x10\0\0\0\0short")
        assert facts("bedrock", "--stream", "b.bin", status=1)["refusal"]["crash"] is True

    def test_tokens_that_it_names_and_no_cost_that_nobody_measured(self, aicfg: Command) -> None:
        stream = b'data: {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2}}\n\ndata: [DONE]\n\n'
        out = aicfg("translate", "m.yaml", "--route", "free", "--stream", "-", "--usage", stdin=stream).out
        assert "\ntokens: 1 prompt, 2 completion\ncost: what Kong logs for a stream is not known" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--response", "a.json", "--stream", "s.sse"), "exclude each other"),
        (("--usage",), "give one with --response"),
        (("--status", "404"), "give one with --response"),
        (("--response", "a.json", "--format", "curl"), "an answer has no form curl"),
        (("--response", "nowhere.json"), "nowhere.json"),
        (("--request", "-", "--response", "-"), "read once only"),
    ],
)
def test_what_cannot_be_is_said(aicfg: Command, arguments: tuple[str, ...], said: str) -> None:
    status, out, err = aicfg("translate", "m.yaml", "--route", "claude", *arguments)
    assert (status, out) == (2, "")
    assert said in err


def test_one_answer_is_not_for_all_routes(aicfg: Command) -> None:
    outcome = aicfg("translate", "m.yaml", "--all-routes", "--response", "a.json")
    assert outcome.status == 2
    assert "name the route with --route" in outcome.err


def test_how_to_record_needs_no_file(aicfg: Command) -> None:
    status, out, err = aicfg("translate", "--record-help")
    assert (status, err) == (0, "")
    assert all(ending in out for ending in (".sse", ".ndjson", ".json", ".bin"))


def _used(answer: dict[str, object]) -> bytes:
    return json.dumps({**answer, "usage": {"prompt_tokens": 3}}).encode()
