"""Model, templates, streaming, parameters: what Kong decides before a driver translates."""

from __future__ import annotations

from typing import Any

import pytest
from sending import COMPLETIONS, HELLO, PRESERVE, body_of, config, refusal, send, talk

import aicfg


class TestModel:
    def test_the_configs_model_is_sent(self) -> None:
        assert body_of("openai", name="gpt")["model"] == "gpt"

    def test_the_client_may_name_the_same(self) -> None:
        assert body_of("openai", {**HELLO, "model": "gpt"}, name="gpt")["model"] == "gpt"

    @pytest.mark.parametrize("wanted", ["other", "GPT"])
    def test_but_no_other(self, wanted: str) -> None:
        assert (
            refusal("openai", {**HELLO, "model": wanted}, name="gpt").message == "cannot use own model - must be: gpt"
        )

    @pytest.mark.parametrize("wanted", [None, 4, {}, ""])
    def test_what_is_no_name_is_not_looked_at(self, wanted: Any) -> None:
        assert body_of("openai", {**HELLO, "model": wanted}, name="gpt")["model"] == "gpt"

    @pytest.mark.parametrize("wanted", ["mine", ""])
    def test_without_a_configured_one_the_clients_is_called(self, wanted: str) -> None:
        assert body_of("openai", {**HELLO, "model": wanted}, name=None)["model"] == wanted

    @pytest.mark.parametrize("body", [HELLO, {**HELLO, "model": 4}])
    def test_someone_has_to_name_one(self, body: Any) -> None:
        assert refusal("openai", body, name=None).message == (
            "model parameter not found in request, nor in gateway configuration"
        )

    def test_a_preserved_call_needs_none(self) -> None:
        assert send("openai", {"input": "x"}, name=None, route_type=PRESERVE)
        assert refusal("openai", {"input": "x"}, name=None, route_type=PRESERVE, gateway="3.8")

    def test_the_model_is_checked_before_the_format(self) -> None:
        body = {**HELLO, "prompt": "p", "model": "other"}
        assert refusal("openai", body).message.startswith("cannot use own model")
        assert refusal("openai", body, gateway="3.7").message == "request matches multiple LLM request formats"

    def test_3_7_sends_the_clients_model_to_openai_and_refuses_any_for_others(self) -> None:
        assert body_of("openai", {**HELLO, "model": "other"}, gateway="3.7")["model"] == "other"
        assert body_of("openai", {"prompt": "p", "model": "x"}, gateway="3.7", route_type=COMPLETIONS)["model"] == "m"
        auth = {"header_name": "x-api-key", "header_value": "k"}
        error = refusal("anthropic", {**HELLO, "model": "m"}, gateway="3.7", auth=auth)
        assert error.message == "cannot use own model for this instance"


class TestTemplates:
    def model(self, name: str, **request: Any) -> Any:
        return body_of("openai", name=name, request=request)["model"]

    def refused(self, name: str, **request: Any) -> str:
        return refusal("openai", name=name, request=request).message

    @pytest.mark.parametrize("name", ["$(headers.x-model)", "$(headers.X-MODEL)", "$(headers.x_model)"])
    def test_headers(self, name: str) -> None:
        assert self.model(name, headers={"X-Model": ["one", "two"]}) == "one"

    def test_an_empty_header_is_a_value(self) -> None:
        assert self.model("$(headers.m)", headers={"m": ""}) == ""

    def test_query_params(self) -> None:
        assert self.model("$(query_params.m)", query="m=a%2Fb+c&m=d") == "a/b c"
        assert self.model("$(query_params.m)", query={"m": ["d", "e"]}) == "d"

    def test_captures_have_names(self) -> None:
        assert self.model("$(uri_captures.m)", captures={"m": "x"}) == "x"
        assert self.refused("$(uri_captures.1)", captures={"1": "x"}) == "uri_captures key 1 was not provided"

    def test_only_the_first_is_filled_in_and_once(self) -> None:
        headers = {"a": "$(headers.b)", "b": "Z"}
        assert self.model("pre-$(headers.a)-$(headers.b)", headers=headers) == "pre-$(headers.b)-$(headers.b)"

    @pytest.mark.parametrize("name", ["$(headers.a", "${headers.a}"])
    def test_what_is_no_expression_stays(self, name: str) -> None:
        assert self.model(name, headers={"a": "x"}) == name

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("$(headers.x)", "headers key x was not provided"),
            ("$(headers. x)", "headers key  x was not provided"),
            ("$(headers.)", "headers key  was not provided"),
            ("$(cookies.x)", "source 'cookies' is not supported"),
            ("a$(headers.a.b)", "cannot parse expression for field 'a$(headers.a.b)'"),
            ("$(model)", "cannot parse expression for field '$(model)'"),
            ("$()", "cannot parse expression for field '$()'"),
        ],
    )
    def test_what_cannot_be_filled_in_is_refused(self, name: str, message: str) -> None:
        assert self.refused(name) == message

    def test_a_bare_key_of_the_query_makes_kong_fail(self) -> None:
        error = refusal("openai", name="$(query_params.m)", request={"query": "m"})
        assert (error.status, error.crash) == (500, True)

    def test_options_are_filled_in_too_nested_ones_as_well(self) -> None:
        options = {"gemini": {"api_endpoint": "$(headers.l).example", "project_id": "p", "location_id": "$(headers.l)"}}
        got = send("gemini", options=options, request={"headers": {"l": "eu"}}, auth={"allow_override": False})
        assert (got.host, got.path.split("/")[5]) == ("eu.example", "eu")

    def test_the_region_is_not(self) -> None:
        got = send("bedrock", options={"bedrock": {"aws_region": "$(headers.r)"}}, request={"headers": {"r": "x"}})
        assert got.signing["region"] == "$(headers.r)"

    def test_a_config_is_filled_in_anew_for_each_request(self) -> None:
        translator = aicfg.Translator(config("openai", name="$(headers.m)"))
        assert [translator.request(HELLO, headers={"m": name}).body["model"] for name in "ab"] == ["a", "b"]

    def test_3_8_replaces_the_whole_text(self) -> None:
        headers = {"a": "X"}
        assert body_of("openai", name="pre-$(headers.a)", gateway="3.8", request={"headers": headers})["model"] == "X"
        assert body_of("openai", name="$(query_params.m)", gateway="3.8", request={"query": "m"})["model"] is True
        missing = refusal("openai", name="$(headers.a)", gateway="3.8")
        assert missing.message == "'headers', key 'a' was not provided"
        assert refusal("openai", name="$(a)", gateway="3.8").message == "cannot parse expression for field 'model.name'"
        option = refusal("openai", options={"upstream_path": "/$(headers.a)"}, gateway="3.8")
        assert option.message == "headers key a was not provided"

    def test_credentials_are_no_templates(self) -> None:
        auth = {"header_name": "Authorization", "header_value": "$(headers.a)"}
        assert send("openai", auth=auth).headers["Authorization"] == "$(headers.a)"


class TestStreaming:
    @pytest.mark.parametrize("value", [True, None, 0, "", "no", [], {}])
    def test_anything_but_false_asks_for_a_stream(self, value: Any) -> None:
        assert body_of("openai", {**HELLO, "stream": value})["stream"] is True

    @pytest.mark.parametrize("body", [HELLO, {**HELLO, "stream": False}])
    def test_false_and_nothing_do_not(self, body: Any) -> None:
        assert body_of("openai", body)["stream"] is False

    def test_always(self) -> None:
        assert body_of("openai", {**HELLO, "stream": False}, response_streaming="always")["stream"] is True

    def test_deny(self) -> None:
        assert body_of("openai", {**HELLO, "stream": False}, response_streaming="deny")
        error = refusal("openai", {**HELLO, "stream": None}, response_streaming="deny")
        assert error.message == "response streaming is not enabled for this LLM"

    @pytest.mark.parametrize(
        ("provider", "operation"), [("gemini", "streamGenerateContent"), ("bedrock", "converse-stream")]
    )
    def test_some_providers_stream_at_another_url(self, provider: str, operation: str) -> None:
        got = send(provider, {**HELLO, "stream": True})
        assert got.path.endswith(operation)
        assert "stream" not in got.body


class TestParameters:
    def test_the_configs_value_wins_zero_too(self) -> None:
        got = body_of("openai", {**HELLO, "temperature": 0.9, "top_p": 1}, options={"temperature": 0})
        assert (got["temperature"], got["top_p"]) == (0, 1)

    def test_without_one_the_clients_stays_null_too(self) -> None:
        assert body_of("openai", {**HELLO, "temperature": None})["temperature"] is None

    def test_nothing_else_is_injected(self) -> None:
        got = body_of("openai", options={"max_tokens": 3, "input_cost": 1, "output_cost": 2})
        assert set(got) == {"messages", "model", "stream", "max_tokens"}

    @pytest.mark.parametrize(("version", "expected"), [("3.10", 1), ("3.9", 1), ("3.8", 1), ("3.7", 5)])
    def test_in_3_7_the_client_wins(self, version: str, expected: int) -> None:
        assert (
            body_of("openai", {**HELLO, "max_tokens": 5}, options={"max_tokens": 1}, gateway=version)["max_tokens"]
            == expected
        )

    @pytest.mark.parametrize(("version", "expected"), [("3.10", None), ("3.9", None), ("3.8", 256), ("3.7", 256)])
    def test_older_versions_have_a_default_limit(self, version: str, expected: int | None) -> None:
        assert body_of("openai", options={"top_p": 1}, gateway=version).get("max_tokens") == expected


class TestTokenEstimate:
    @pytest.mark.parametrize("messages", [[1], [None], [{"content": [7]}], [{"content": ["a", None]}]])
    @pytest.mark.parametrize("provider", ["openai", "azure", "mistral", "huggingface"])
    def test_odd_messages_make_kong_fail(self, provider: str, messages: Any) -> None:
        error = refusal(provider, {"messages": messages})
        assert (error.status, error.crash, error.message) == (500, True, "An unexpected error occurred")
        assert "Kong's own code fails" in (error.hint or "")

    @pytest.mark.parametrize("messages", [["a"], [[]], [{}], [{"content": 5}], [{"content": [{"text": 5}, "a"]}]])
    def test_others_do_not(self, messages: Any) -> None:
        assert body_of("openai", {"messages": messages})["messages"] == messages

    def test_null_messages_beside_a_prompt(self) -> None:
        assert refusal("openai", {"prompt": "p", "messages": None}, route_type=COMPLETIONS).crash
        assert send("openai", {"prompt": "p", "messages": []}, route_type=COMPLETIONS)

    def test_3_8_fails_over_parts_for_most_providers(self) -> None:
        parts = talk(("user", [{"type": "text", "text": "a"}]))
        assert refusal("azure", parts, gateway="3.8").crash
        assert send("openai", parts, gateway="3.8")

    @pytest.mark.parametrize("content", [None, 5, [], {}])
    def test_3_7_takes_every_content_for_a_text(self, content: Any) -> None:
        assert refusal("openai", talk(("user", content)), gateway="3.7").crash

    def test_3_7_counts_a_streams_words_in_the_clients_body(self) -> None:
        parts = talk(("user", [{"type": "text", "text": "a"}]))
        llama = {"auth": {"header_name": "a", "header_value": "b"}, "gateway": "3.7"}
        assert send("llama2", parts, **llama)
        assert refusal("llama2", {**parts, "stream": True}, **llama).crash


class TestVersions:
    def test_above_3_10_it_says_what_was_measured(self) -> None:
        (note,) = send("openai", gateway="3.14").notes
        assert "open-source" in note
        assert send("openai", gateway="3.10").notes == ()

    @pytest.mark.parametrize("version", ["3.9.1", "3.10.0.4"])
    def test_patch_versions(self, version: str) -> None:
        assert send("openai", gateway=version)

    @pytest.mark.parametrize("version", ["3.6", "3.6.1", "2.8", "x"])
    def test_below_3_7_nothing_was_measured(self, version: str) -> None:
        with pytest.raises(aicfg.AicfgError):
            send("openai", gateway=version)


class TestConfigs:
    @pytest.mark.parametrize(
        ("broken", "says"),
        [
            ([], "config is no object"),
            ({}, "config.model"),
            ({"model": {}}, "config.model.provider"),
            ({"model": {"provider": "xai", "name": "grok"}}, "xai"),
            ({"model": {"provider": "openai", "options": "x"}}, "config.model.options"),
            ({"model": {"provider": "openai", "name": 5}}, "config.model.name"),
            ({"model": {"provider": "openai"}}, "route_type"),
            ({"model": {"provider": "openai"}, "route_type": "llm/v1/embeddings"}, "llm/v1/embeddings"),
            ({"model": {"provider": "mistral", "name": "m"}, "route_type": "llm/v1/chat"}, "mistral_format"),
            (
                {"model": {"provider": "mistral", "options": {"mistral_format": ["x"]}}, "route_type": "llm/v1/chat"},
                "mistral_format",
            ),
            ({"model": {"provider": "openai"}, "route_type": "llm/v1/chat", "auth": 5}, "config.auth"),
            ({"model": {"provider": "openai"}, "route_type": "llm/v1/chat", "llm_format": "cohere"}, "cohere"),
            ({"model": {"provider": "openai", "x": object()}}, "no JSON"),
        ],
    )
    def test_what_cannot_be_translated_for_is_a_clear_error(self, broken: Any, says: str) -> None:
        with pytest.raises(aicfg.AicfgError, match=says) as caught:
            aicfg.Translator(broken)
        assert not isinstance(caught.value, aicfg.TranslationError)

    def test_null_means_absent(self) -> None:
        got = body_of("openai", options={"temperature": None})
        assert "temperature" not in got


class TestWhatIsSaidOfTheCall:
    def test_whether_a_stream_is_asked_for(self) -> None:
        assert not send("openai").streaming
        assert send("openai", {**HELLO, "stream": True}).streaming
        assert send("gemini", response_streaming="always").streaming
        assert send("bedrock", {**HELLO, "stream": None}, gateway="3.8").streaming

    def test_which_model_is_called(self) -> None:
        assert send("gemini").model == "m"
        assert send("openai", {**HELLO, "model": "mine"}, name=None).model == "mine"
        by_header = {"headers": {"x-model": "by-header"}}
        assert send("anthropic", name="$(headers.x-model)", request=by_header).model == "by-header"
        assert send("openai", {"input": "a"}, name=None, route_type=PRESERVE).model is None
