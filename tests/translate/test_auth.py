"""Credentials, headers and what the clouds sign."""

from __future__ import annotations

from typing import Any

import pytest
from sending import HELLO, PRESERVE, refusal, send

BEARER = {"header_name": "Authorization", "header_value": "Bearer k"}
QUERY = {"param_name": "key", "param_value": "k", "param_location": "query"}
BODY = {"param_name": "key", "param_value": "k", "param_location": "body"}
CLIENTS: dict[str, Any] = {"headers": {"authorization": "Bearer mine"}, "query": "key=mine"}


class TestHeader:
    def test_replaces_the_clients(self) -> None:
        assert send("openai", auth=BEARER, request=CLIENTS).headers["Authorization"] == "Bearer k"

    def test_unless_the_client_may_override(self) -> None:
        auth = BEARER | {"allow_override": True}
        assert "Authorization" not in send("openai", auth=auth, request=CLIENTS).headers
        assert send("openai", auth=auth).headers["Authorization"] == "Bearer k"

    @pytest.mark.parametrize("provider", ["huggingface", "gemini"])
    def test_some_drivers_always_set_it(self, provider: str) -> None:
        auth = BEARER | {"allow_override": True}
        assert send(provider, auth=auth, request=CLIENTS).headers["Authorization"] == "Bearer k"

    def test_bedrock_does_not_send_it_which_is_noted(self) -> None:
        got = send("bedrock", auth={"header_name": "X-Key", "header_value": "k"})
        assert "X-Key" not in got.headers
        assert any("X-Key" in note for note in got.notes)


class TestQuery:
    def test_replaces_the_clients_unless_it_may_override(self) -> None:
        assert send("openai", auth=QUERY, request=CLIENTS).query == "key=k"
        assert send("openai", auth=QUERY | {"allow_override": True}, request=CLIENTS).query == "key=mine"
        assert send("openai", auth=QUERY | {"allow_override": True}).query == "key=k"

    def test_beside_a_header(self) -> None:
        got = send("openai", auth=BEARER | QUERY)
        assert (got.headers["Authorization"], got.query) == ("Bearer k", "key=k")

    @pytest.mark.parametrize("provider", ["huggingface", "bedrock"])
    def test_some_drivers_ignore_it_which_is_noted(self, provider: str) -> None:
        got = send(provider, auth=QUERY)
        assert got.query == ""
        assert any("query" in note for note in got.notes)


class TestBody:
    @pytest.mark.parametrize("provider", ["openai", "azure", "mistral", "cohere", "huggingface"])
    def test_reaches_those_that_get_the_clients_body(self, provider: str) -> None:
        got = send(provider, auth=BODY)
        assert got.body["key"] == "k"
        assert got.notes == ()

    @pytest.mark.parametrize("provider", ["anthropic", "gemini", "bedrock", "llama2", "ollama"])
    def test_and_no_others_which_is_noted(self, provider: str) -> None:
        got = send(provider, auth=BODY)
        assert "key" not in got.body
        assert any("never reaches" in note for note in got.notes)

    def test_is_lost_in_a_preserved_body(self) -> None:
        got = send("openai", {"a": 1}, auth=BODY, route_type=PRESERVE)
        assert got.body is None
        assert any("never reaches" in note for note in got.notes)

    def test_replaces_the_clients_unless_it_may_override(self) -> None:
        body = {**HELLO, "key": None}
        assert send("openai", body, auth=BODY).body["key"] == "k"
        assert send("openai", body, auth=BODY | {"allow_override": True}).body["key"] is None

    def test_may_overwrite_the_model_and_break_the_messages(self) -> None:
        assert send("openai", auth=BODY | {"param_name": "model"}).body["model"] == "k"
        assert refusal("openai", auth=BODY | {"param_name": "messages"}).crash

    @pytest.mark.parametrize("version", ["3.8", "3.7"])
    def test_older_versions_write_it_into_every_body(self, version: str) -> None:
        assert send("anthropic", auth=BODY, gateway=version).body["key"] == "k"


class TestOtherHeaders:
    @pytest.mark.parametrize(
        ("provider", "expected"),
        [
            ("openai", {"Content-Type": "application/json", "Accept-Encoding": "gzip, identity"}),
            ("gemini", {"Content-Type": "application/json", "Accept-Encoding": "identity"}),
            ("cohere", {"Content-Type": "application/json"}),
            ("anthropic", {"Content-Type": "application/json", "anthropic-version": "2023-06-01"}),
        ],
    )
    def test_are_the_gateways_own(self, provider: str, expected: Any) -> None:
        assert send(provider).headers == expected

    def test_a_preserved_body_keeps_its_content_type(self) -> None:
        assert send("anthropic", {}, route_type=PRESERVE).headers == {"anthropic-version": "2023-06-01"}


class TestClouds:
    def test_bedrocks_signature_is_a_statement(self) -> None:
        got = send("bedrock")
        assert got.signing == {
            "service": "bedrock",
            "region": "eu-central-1",
            "host": "bedrock-runtime.eu-central-1.amazonaws.com",
        }
        assert (got.headers["Authorization"], got.headers["X-Amz-Date"]) == ("<AWS-SIGV4>", "<AMZ-DATE>")
        assert any("signs" in note for note in got.notes)

    def test_the_region_can_come_from_the_gateways_environment_never_from_ours(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_REGION", "ours-1")
        env = {"AWS_DEFAULT_REGION": "second-1", "AWS_REGION": "first-1"}
        assert send("bedrock", options={"bedrock": {}}, request={"env": env}).signing["region"] == "first-1"
        error = refusal("bedrock", options={"bedrock": {}})
        assert (error.status, error.message, error.crash) == (500, "LLM request failed before proxying", False)

    def test_without_a_region_3_8_fails(self) -> None:
        assert refusal("bedrock", options={"bedrock": {}}, gateway="3.8").crash

    def test_gemini_with_a_service_account(self) -> None:
        got = send("gemini", auth=BEARER | {"gcp_use_service_account": True})
        assert got.headers["Authorization"] == "Bearer <GCP-TOKEN>"
        assert got.signing is None
        assert any("token" in note for note in got.notes)


def test_no_secret_shows_when_a_request_is_printed() -> None:
    got = send("openai", auth=BEARER | QUERY)
    assert "k" not in repr(got).replace("UpstreamRequest", "")
    assert "api.openai.com" in repr(got)
