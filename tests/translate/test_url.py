"""Where the call goes: URL, path, query."""

from __future__ import annotations

from typing import Any

import pytest
from sending import CHAT, COMPLETIONS, HELLO, PRESERVE, PROMPT, refusal, send


def where(provider: str, body: Any = None, **more: Any) -> str:
    got = send(provider, body, **more)
    return f"{got.scheme}://{got.host}:{got.port}{got.path or ''}"


def body_for(route_type: str) -> Any:
    return {CHAT: HELLO, COMPLETIONS: PROMPT, PRESERVE: {"input": "x"}}[route_type]


class TestOwnUrls:
    @pytest.mark.parametrize(
        ("provider", "route_type", "url"),
        [
            ("openai", CHAT, "https://api.openai.com:443/v1/chat/completions"),
            ("openai", COMPLETIONS, "https://api.openai.com:443/v1/completions"),
            ("azure", CHAT, "https://team.openai.azure.com:443/openai/deployments/chat/chat/completions"),
            ("azure", COMPLETIONS, "https://team.openai.azure.com:443/openai/deployments/chat/completions"),
            ("anthropic", CHAT, "https://api.anthropic.com:443/v1/messages"),
            ("anthropic", COMPLETIONS, "https://api.anthropic.com:443/v1/complete"),
            ("cohere", CHAT, "https://api.cohere.com:443/v1/chat"),
            ("cohere", COMPLETIONS, "https://api.cohere.com:443/v1/generate"),
            ("mistral", CHAT, "https://api.mistral.ai:443/v1/chat/completions"),
            ("mistral", COMPLETIONS, "https://api.mistral.ai:443/"),
            ("gemini", CHAT, "https://generativelanguage.googleapis.com:443/v1beta/models/m:generateContent"),
            ("bedrock", CHAT, "https://bedrock-runtime.eu-central-1.amazonaws.com:443/model/m/converse"),
            ("huggingface", CHAT, "https://api-inference.huggingface.co:443/models/m/v1/chat/completions"),
            ("huggingface", COMPLETIONS, "https://api-inference.huggingface.co:443/models/m"),
        ],
    )
    def test_of_each_provider(self, provider: str, route_type: str, url: str) -> None:
        assert where(provider, body_for(route_type), route_type=route_type) == url

    def test_vertex(self) -> None:
        vertex = {"gemini": {"api_endpoint": "eu.example", "project_id": "p", "location_id": "l"}}
        path = "/v1/projects/p/locations/l/publishers/google/models/m:generateContent"
        assert where("gemini", options=vertex, auth={"allow_override": False}) == f"https://eu.example:443{path}"

    def test_a_models_name_can_cut_the_path_of_some(self) -> None:
        assert where("gemini", name="a?b:c").endswith("/v1beta/models/a")
        assert where("huggingface", name="org/m#1").endswith("/models/org/m")
        assert where("bedrock", name="arn:aws:x/y").endswith("/model/arn:aws:x/y/converse")


class TestUpstreamUrl:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("https://a.example/b", "https://a.example:443/b"),
            ("http://a.example:8080/b", "http://a.example:8080/b"),
            ("http://a.example/b", "http://a.example:443/b"),
            ("https://a.example", "https://a.example:443/"),
            ("https://u:p@a.example/b", "https://a.example:443/b"),
            ("https://a.example/b;c=1/d?e#f", "https://a.example:443/b"),
            ("http://[::1]:81/b", "http://::1:81/b"),
            ("https://a.example//b/ü c%41", "https://a.example:443/b/%C3%BC%20c%41"),
            ("https://a.example:x/b", "https://a.example:443/b"),
            ("https://a.example:0x50/b", "https://a.example:80/b"),
        ],
    )
    def test_is_read_as_luasocket_does(self, url: str, expected: str) -> None:
        assert where("openai", options={"upstream_url": url}) == expected

    @pytest.mark.parametrize("url", ["west", "//a.example/b", "ftp://a.example/b", "HTTPS://a.example/b", "http:///b"])
    def test_what_is_none_makes_kong_fail(self, url: str) -> None:
        assert refusal("openai", options={"upstream_url": url}).crash

    def test_a_port_that_is_none_makes_kong_fail(self) -> None:
        assert refusal("openai", options={"upstream_url": "http://a.example:99999/"}).crash

    def test_hugging_faces_path_goes_behind_it(self) -> None:
        assert where("huggingface", options={"upstream_url": "http://a.example:80/b/"}).endswith(
            "/b//v1/chat/completions"
        )
        got = send("huggingface", PROMPT, route_type=COMPLETIONS, options={"upstream_url": "http://a.example:80"})
        assert got.path is None

    def test_port_443_on_http_is_noted(self) -> None:
        (note,) = send("openai", options={"upstream_url": "http://a.example/b"}).notes
        assert "443" in note
        assert send("openai", options={"upstream_url": "http://a.example:443/b"}).notes == ()

    @pytest.mark.parametrize("provider", ["openai", "azure", "anthropic", "cohere"])
    @pytest.mark.parametrize("version", ["3.7", "3.8"])
    def test_older_versions_fail_without_a_path_in_it(self, provider: str, version: str) -> None:
        auth = {"header_name": "a", "header_value": "b"}
        options = {"upstream_url": "https://a.example"}
        assert refusal(provider, options=options, gateway=version, auth=auth).crash


class TestUpstreamPath:
    @pytest.mark.parametrize(
        ("provider", "path", "expected"),
        [
            ("openai", "op", "/op"),
            ("openai", "///op?x=1", "/op?x=1"),
            ("openai", "/a b/ü%41", "/a%20b/%C3%BC%41"),
            ("azure", "op", "/openai/deployments/chatop"),
            ("azure", "/op?x=1", "/openai/deployments/chat/op"),
            ("gemini", "op", "/op"),
            ("bedrock", "/op?x", "/op?x"),
            ("huggingface", "/op", "/models/m/v1/chat/completions"),
            ("llama2", "/op", "/generate"),
            ("mistral", "/op", "/op"),
        ],
    )
    def test_takes_the_place_of_the_operation(self, provider: str, path: str, expected: str) -> None:
        assert send(provider, options={"upstream_path": path}).path == expected

    def test_is_ignored_beside_an_upstream_url_by_most(self) -> None:
        both = {"upstream_url": "https://a.example/b", "upstream_path": "/op"}
        got = send("openai", options=both)
        assert got.path == "/b"
        assert "ignores upstream_path" in got.notes[0]
        assert send("gemini", options=both).path == "/op"


class TestPreserve:
    def path(self, provider: str, **more: Any) -> str | None:
        path: str | None = send(provider, {"input": "x"}, route_type=PRESERVE, **more).path
        return path

    def test_the_clients_path_is_called(self) -> None:
        assert self.path("openai", request={"path": "/gw//v1/../v1/e%20x%41?q"}) == "/gw/v1/e%20xA"
        assert self.path("openai", request={"path": "/v1/"}) == "/v1/"
        assert self.path("openai") == "/"

    def test_even_with_an_upstream_url_which_is_noted(self) -> None:
        options = {"upstream_url": "https://a.example/b"}
        got = send("openai", {}, route_type=PRESERVE, options=options, request={"path": "/c"})
        assert (got.host, got.path) == ("a.example", "/c")
        assert "not the one of upstream_url" in got.notes[0]

    def test_unless_there_is_an_upstream_path(self) -> None:
        assert self.path("openai", options={"upstream_path": "/op"}, request={"path": "/c"}) == "/op"
        assert self.path("azure", options={"upstream_path": "/op"}) == "/openai/deployments/chat/op"

    def test_hugging_face_calls_its_own(self) -> None:
        assert self.path("huggingface", request={"path": "/c"}) == "/models/m/v1/chat/completions"

    def test_some_drivers_fail(self) -> None:
        assert refusal("gemini", {}, route_type=PRESERVE).crash
        assert self.path("gemini", options={"upstream_url": "https://a.example/b"}, request={"path": "/c"}) == "/c"
        assert refusal("bedrock", {}, route_type=PRESERVE, options={"upstream_url": "https://a.example/b"}).crash

    def test_hugging_face_needs_a_model(self) -> None:
        error = refusal("huggingface", {}, route_type=PRESERVE, name=None)
        assert (error.message, error.status) == ("Could not parse the Hugging Face model endponit", 400)

    @pytest.mark.parametrize(
        ("version", "options", "expected"),
        [
            ("3.8", {}, "/c"),
            ("3.8", {"upstream_url": "https://a.example/b", "upstream_path": "/op"}, "/op"),
            ("3.7", {}, "/"),
            ("3.7", {"upstream_url": "https://a.example/b"}, "/b"),
        ],
    )
    def test_older_versions(self, version: str, options: Any, expected: str) -> None:
        assert self.path("openai", gateway=version, options=options, request={"path": "/c"}) == expected


class TestQuery:
    def test_goes_through_as_it_came(self) -> None:
        raw = "x=%20+y&x=2&&=z&flag"
        assert send("openai", request={"query": raw}).query == raw
        assert send("openai", request={"query": f"?{raw}"}).query == raw

    def test_a_dict_is_written_in_its_order(self) -> None:
        query = {"b": ["1", "2"], "a": True, "c": "", "ü": "x y", "n": 5}
        assert send("openai", request={"query": query}).query == "b=1&b=2&a&c=&%C3%BC=x%20y&n=5"

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", "api-version=2023-05-15"),
            ("api-version=9&z=1&a=%2F+", "a=%2F%20&api-version=9&z=1"),
            ("api-version", "api-version"),
            ("api-version=1&api-version=2&=x&b", "api-version=1&b"),
        ],
    )
    def test_azures_is_written_anew_with_the_version(self, query: str, expected: str) -> None:
        assert send("azure", request={"query": query}).query == expected

    def test_so_is_one_with_credentials(self) -> None:
        auth = {"param_name": "key", "param_value": "s(1)", "param_location": "query"}
        got = send("openai", auth=auth, request={"query": "key=a&b=x&key=c&d=!'()*"})
        assert got.query == "b=x&d=!'()*&key=s(1)"

    def test_of_which_kong_reads_a_hundred(self) -> None:
        query = "&".join(f"a{number}=1" for number in range(150))
        assert send("azure", request={"query": query}).query.count("&") == 100


def test_the_method_is_the_clients() -> None:
    assert send("openai", request={"method": "PUT"}).method == "PUT"
