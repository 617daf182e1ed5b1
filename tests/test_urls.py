"""URLs and hosts as Kong's Lua libraries read them."""

from __future__ import annotations

import pytest

from aicfg.kong.urls import host_problem, parse_url, url_problem


@pytest.mark.parametrize(
    "url",
    [
        "http://nowhere",
        "ftp://x",
        "http://host:99999",
        "http://a b",
        "http://?q",
        "http://host#frag",
        "http://[::1]:80",
    ],
)
def test_urls_that_kong_takes(url: str) -> None:
    assert url_problem(url) is None


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("nowhere", "has no host"),
        ("localhost:11434", "has no host"),
        ("mailto:x", "has no host"),
        ("//host/path", "has no scheme"),
        ("https://", "has no host"),
        ("http:///p", "has no host"),
        ("http://:80", "has no host"),
    ],
)
def test_urls_that_kong_refuses(url: str, problem: str) -> None:
    assert url_problem(url) == problem


def test_the_parts_of_a_url() -> None:
    assert parse_url("https://user:pw@[::1]:8443/v1;p?a=1#f") == ("https", "::1", "8443", "/v1", "a=1")


@pytest.mark.parametrize("host", ["localhost", "foo_bar", "localhost.", "10.1.2.3", "::1", "[::1]", "a-b.example.com"])
def test_hosts_that_kong_takes(host: str) -> None:
    assert host_problem(host) is None


@pytest.mark.parametrize(
    ("host", "problem"),
    [
        ("host:80", "has a port"),
        ("10.0.0.1:80", "has a port"),
        ("[::1]:80", "has a port"),
        ("host:99999", "has a port"),
        ("http://host", "is no host name"),
        ("host/path", "is no host name"),
        ("bad-", "is no host name"),
        ("a..b", "is no host name"),
        ("1.2.3.4.5", "is no IP address"),
        ("1.2.3.256", "is no IP address"),
        ("::g", "is no IP address"),
    ],
)
def test_hosts_that_kong_refuses(host: str, problem: str) -> None:
    assert host_problem(host) == problem
