"""`aicfg serve` is safe to leave running: strangers, other web pages, too much, too many, and clients that leave."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("uvicorn", reason="pip install 'aicfg[serve]'")
pytest.importorskip("starlette", reason="pip install 'aicfg[serve]'")

from running import CHAT, HELLO, ONE, STREAMED, Server, put, serving

PAGE = Path(__file__).resolve().parents[2] / "aicfg" / "serve" / "page"
MANY = 200
EVENT = b'data: {"choices": [{"index": 0, "delta": {"content": "' + b"x" * 1_000 + b'"}}]}\n\n'


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("plain"), ONE) as server:
        yield server


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("recorded")
    put(folder / "replies", {f"chat/{n}.json": json.dumps({**CHAT, "id": str(n)}) for n in range(MANY)})
    put(folder / "replies", {f"chat/{n}.sse": f'data: {{"choices": [], "id": "{n}"}}\n\n' for n in range(MANY)})
    put(folder / "replies", {"chat/zz-long.sse": EVENT * 10_000})
    with serving(folder, ONE, "--replies", "replies") as server:
        yield server


def until(found: Callable[[], Any]) -> Any:
    """What `found` gives, once it is something."""
    for _ in range(100):
        if got := found():
            return got
        time.sleep(0.05)
    raise AssertionError("it never came")


class TestStrangers:
    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:80", "[::1]", "127.9.9.9:1", "a.localhost"])
    def test_names_of_loopback_are_answered(self, plain: Server, host: str) -> None:
        assert plain.call("POST", "/chat", HELLO, host=host).status == 200

    @pytest.mark.parametrize(
        "host",
        [
            "evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "localhost.evil.example",
            "x@localhost",
            "localhost:a",
            "[::1",
        ],
    )
    @pytest.mark.parametrize("path", ["/chat", "/_aicfg/", "/_aicfg/events"])
    def test_other_names_are_not(self, plain: Server, host: str, path: str) -> None:
        answer = plain.call("GET", path, host=host)
        assert answer.status == 421
        assert "--allow-host" in answer.json["error"]["message"]

    def test_two_hosts_or_none_are_not_answered(self, plain: Server) -> None:
        for hosts in (b"", b"Host: localhost\r\nHost: evil.example\r\n"):
            with socket.create_connection(("127.0.0.1", plain.port), 10) as connection:
                connection.sendall(b"GET /_aicfg/ HTTP/1.0\r\n" + hosts + b"\r\n")
                assert re.match(rb"HTTP/1\.1 4\d\d ", connection.recv(100))

    def test_a_name_that_is_allowed(self, tmp_path: Path) -> None:
        with serving(tmp_path, ONE, "--allow-host", "gateway.test", "--allow-host", "*.lan") as server:
            for host, status in (("gateway.test:8000", 200), ("a.lan", 200), ("lan", 421), ("x.gateway.test", 421)):
                assert server.call("POST", "/chat", HELLO, host=host).status == status

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://localhost:1"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        ],
    )
    def test_other_web_pages_reach_nothing(self, plain: Server, headers: dict[str, str]) -> None:
        before = len(plain.exchanges())
        assert plain.post(headers=headers).status == 403
        assert len(plain.exchanges()) == before

    def test_no_answer_lets_other_pages_read(self, plain: Server) -> None:
        asks = {"Origin": plain.url, "Access-Control-Request-Method": "POST"}
        for answer in (plain.call("OPTIONS", "/chat", headers=asks), plain.post(), plain.call("GET", "/_aicfg/about")):
            assert not any(name.startswith("access-control") for name in answer.headers)
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"


class TestThePageInItself:
    def test_its_policy_allows_its_own_files_only(self, plain: Server) -> None:
        policy = plain.call("GET", "/_aicfg/").headers["content-security-policy"].split("; ")
        assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(policy)
        assert not any("unsafe" in rule or "*" in rule or "http" in rule for rule in policy)

    def test_it_has_no_script_or_style_in_its_html_and_nothing_from_elsewhere(self) -> None:
        html = (PAGE / "page.html").read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|style=", html)
        for file in PAGE.iterdir():
            addresses = re.findall(r"https?://[^\s\"')]+", file.read_text(encoding="utf-8"))
            assert set(addresses) <= {"http://www.w3.org/2000/svg"}

    def test_its_script_makes_no_html_of_texts(self) -> None:
        script = (PAGE / "page.js").read_text(encoding="utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|\.href\b", script
        )

    def test_no_other_file_is_served(self, plain: Server) -> None:
        for path in ("/_aicfg/../m.yaml", "/_aicfg/%2e%2e/m.yaml", "/_aicfg/page.html", "/_aicfg/exchanges/x"):
            assert plain.call("GET", path).status == 404


class TestTooMuch:
    def test_a_body_that_says_so(self, plain: Server) -> None:
        with socket.create_connection(("127.0.0.1", plain.port), 10) as connection:
            connection.sendall(b"POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 413 ")

    def test_a_body_that_does_not(self, plain: Server) -> None:
        with socket.create_connection(("127.0.0.1", plain.port), 10) as connection:
            connection.sendall(b"POST /chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
            with suppress(OSError):  # it has closed the connection
                for _ in range(400):
                    connection.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
                raise AssertionError("25 MB were taken")
        assert plain.post().status == 200

    def test_a_head(self, plain: Server) -> None:
        with socket.create_connection(("127.0.0.1", plain.port), 10) as connection:
            connection.sendall(b"GET /chat HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 200_000)
            assert re.match(rb"HTTP/1\.1 4\d\d ", connection.recv(100))
        assert plain.post().status == 200

    def test_nesting(self, plain: Server) -> None:
        body = b'{"messages": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
        assert 400 <= plain.post(body=body).status <= 501
        assert plain.post().status == 200

    def test_fields(self, plain: Server) -> None:
        body = {**HELLO, "metadata": {str(n): n for n in range(200_000)}}
        answer = plain.post(body=body)
        assert answer.status in (200, 400)
        assert len(json.dumps(plain.exchange())) < 1_000_000

    def test_only_the_last_exchanges_are_kept(self, plain: Server) -> None:
        for _ in range(120):
            plain.call("GET", "/nowhere")
        kept = plain.exchanges()
        assert len(kept) == 100
        assert [each["number"] for each in kept] == list(range(kept[0]["number"], kept[0]["number"] + 100))
        assert plain.call("GET", f"/_aicfg/exchanges/{kept[0]['number'] - 1}").status == 404

    def test_watchers(self, plain: Server) -> None:
        watching = []
        try:
            for _ in range(25):
                connection = socket.create_connection(("127.0.0.1", plain.port), 10)
                watching.append(connection)
                connection.sendall(b"GET /_aicfg/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            statuses = [connection.recv(12) for connection in watching]
        finally:
            for connection in watching:
                connection.close()
        assert set(statuses) == {b"HTTP/1.1 200", b"HTTP/1.1 503"}
        until(lambda: plain.call("GET", "/_aicfg/about").status == 200)


class TestManyAtOnce:
    def test_every_request_gets_its_own_translation(self, plain: Server) -> None:
        def ask(number: int) -> Any:
            body = {"messages": [{"role": "user", "content": f"question {number}"}]}
            return plain.post(body=body, headers={"X-Number": str(number)}).json["request"]

        with ThreadPoolExecutor(MANY) as threads:
            answers = list(threads.map(ask, range(MANY)))
        assert [each["body"]["messages"][0]["content"] for each in answers] == [f"question {n}" for n in range(MANY)]
        assert [each["headers"]["x-number"] for each in answers] == [str(n) for n in range(MANY)]

    @pytest.mark.parametrize("body", [HELLO, STREAMED], ids=["whole", "streamed"])
    def test_every_request_gets_its_own_recording(self, recorded: Server, body: Any) -> None:
        def ask(number: int) -> bytes:
            return recorded.post(body=body, headers={"X-Aicfg-Reply": str(number)}).body

        with ThreadPoolExecutor(MANY) as threads:
            answers = list(threads.map(ask, range(MANY)))
        assert [re.findall(rb'"id": ?"(\d+)"', each) for each in answers] == [[str(n).encode()] for n in range(MANY)]

    def test_turns_are_taken_without_a_gap(self, recorded: Server) -> None:
        with ThreadPoolExecutor(MANY) as threads:
            answers = list(threads.map(lambda _: recorded.post().json["id"], range(MANY)))
        assert sorted(answers, key=int) == [str(n) for n in range(MANY)]


class TestClientsThatLeave:
    def test_in_the_middle_of_a_stream(self, recorded: Server) -> None:
        body = json.dumps(STREAMED).encode()
        head = (
            b"POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Aicfg-Reply: zz-long\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)
        )
        with socket.create_connection(("127.0.0.1", recorded.port), 10) as connection:
            connection.sendall(head + body)
            assert connection.recv(1_000).startswith(b"HTTP/1.1 200 ")
        until(lambda: recorded.exchanges()[-1]["state"] == "gone")
        assert recorded.post(headers={"X-Aicfg-Reply": "7"}).json["id"] == "7"

    def test_in_the_middle_of_their_request(self, plain: Server) -> None:
        before = plain.exchanges()
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", plain.port), 10) as connection:
                connection.sendall(b"POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        assert plain.post().status == 200
        assert len(plain.exchanges()) <= len(before) + 1
