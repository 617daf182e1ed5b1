"""Manifests with everything in them that could end a scalar, be expanded by some tool, or make one name of two."""

from __future__ import annotations

from typing import Any

import yaml

HOSTILE = (
    'it\'s "quoted" \\ and \\d+ `too`',
    "${HOME} %{if true} $(headers.x) {{ template }} #{x} $$",
    "two\nlines\n---\nkind: Secret\n",
    "tab\tand\rreturn \x85\u2028end",
    "emoji 🚀 and größe",
    ": # - ? | > & * ! % @ [x] {y}",
    "true",
    "0x1f",
    " space ",
    "",
)

_LONG = "n" * 200
_PROVIDER = {"type": "openai", "api_key": "${env:OPENAI_API_KEY}"}


def _manifest(**parts: Any) -> str:
    said = {"version": 1, "providers": {"p": _PROVIDER}, **parts}
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=False, width=10_000)


def _chat(**fields: Any) -> dict[str, Any]:
    return {"provider": "p", "model": "gpt-4o", **fields}


TEXTS = _manifest(
    routes={
        "chat": _chat(
            guard={"deny": [text for text in HOSTILE if text.strip()]},
            decorate={"prepend": [text for text in HOSTILE if text.strip()]},
            template={"templates": {"greet": {"messages": [{"role": "user", "content": HOSTILE[0] + HOSTILE[2]}]}}},
            plugins=[
                {
                    "name": "acme",
                    "instance_name": HOSTILE[1],
                    "config": {
                        **{text: text for text in HOSTILE if text},
                        "list": list(HOSTILE),
                        "maps": [{}, {"a": []}],
                    },
                }
            ],
        )
    },
    vaults={"my-vault": {"backend": "hcv", "description": HOSTILE[2], "config": {"host": HOSTILE[0]}}},
    consumers={text: {"custom_id": text, "keyauth_credentials": [{"key": "${env:KEY}"}]} for text in HOSTILE if text},
)

NAMES = _manifest(
    name="Team_Search.v2~x",
    services={_LONG: {"url": "https://llm.example.com/v1"}, "4o": {"host": "LLM.Example.com", "port": 8080}},
    routes={
        **{name: _chat(service="4o") for name in ("a-b", "a_b", "a.b", "a~b", "A-B", "a--b", "größe", "🚀", "4o")},
        _LONG: _chat(service=_LONG, plugins=[{"name": "key-auth", "consumer": _LONG}]),
        f"{_LONG}_": _chat(service=_LONG),
    },
    consumers={name: {"groups": [name]} for name in (_LONG, "a-b", "a_b", "A b")},
    consumer_groups={"a-b": {"tags": ["x"]}},
    plugins=[{"name": "rate-limiting", "consumer": name, "config": {"minute": 5}} for name in ("a-b", "a_b", "A b")],
)

FIELDS = _manifest(
    gateway={"version": "3.11"},
    service={
        "url": "https://user-facing.example.com:8443/base",
        "retries": 2,
        "connect_timeout": 1000,
        "write_timeout": 2000,
        "read_timeout": 3000,
        "tls_verify": False,
        "tls_verify_depth": 2,
        "tags": ["s"],
        "plugins": [{"name": "http-log", "enabled": False, "config": {"http_endpoint": "http://log"}}],
    },
    consumers={
        "app": {"groups": ["staff"], "keyauth_credentials": [{"key": "${env:APP}"}, {"key": "{vault://env/app}"}]}
    },
    routes={
        "all": _chat(
            paths=[r"~/v\d+/(?<name>[a-z]+)$", "~/plain$", "/below/"],
            methods=["POST"],
            hosts=["ai.example.com", "*.example.org"],
            headers={"X-Model": ["gpt-4o"], "x-team": ["a", "b,c", "d.e|f"], "x-re": ["~*^v[0-9]+$"]},
            protocols=["https"],
            snis=["ai.example.com"],
            strip_path=False,
            preserve_host=True,
            path_handling="v1",
            regex_priority=7,
            https_redirect_status_code=301,
            request_buffering=False,
            response_buffering=False,
            tags=["t", "u"],
        ),
        "secure": _chat(
            plugins=[
                {"name": "key-auth", "protocols": ["http", "https"], "tags": ["p"]},
                {"name": "rate-limiting", "consumer": "app", "config": {"minute": 5}},
                {"name": "rate-limiting", "consumer_group": "staff", "config": {"minute": 50}},
            ]
        ),
    },
    plugins=[
        {"name": "prometheus", "config": {"status_code_metrics": True}},
        {"name": "rate-limiting", "consumer": "app", "config": {"minute": 500}},
        {"name": "rate-limiting", "service": "ai-proxy", "consumer_group": "staff", "config": {"minute": 500}},
        {"name": "cors", "route": "secure"},
    ],
)

PATHS = _manifest(
    gateway={"version": "3.11"},
    routes={
        "files": _chat(
            route_type="llm/v1/files", model=None, paths=["/~tilde", "/files", "~/re$"], hosts=["a.*", "10.0.0.1"]
        ),
        "order": _chat(plugins=[{"name": "cors", "ordering": {"before": {"access": ["ai-proxy"]}}}]),
    },
)

REFERENCES = _manifest(
    gateway={"version": "3.11"},
    routes={
        "chat": _chat(
            guard={"deny": ["${env:A}", "plain", "${env:B}", "x ${env:A} y", "last"]},
            decorate={"prepend": ["Work for ${env:COMPANY}.", {"role": "user", "content": "${env:A}"}]},
            plugins=[
                {
                    "name": "acme",
                    "config": {
                        "a/b~c": {'"quoted" \\': "${env:A}", "ü": ["${env:B}"]},
                        "lists": [["${env:A}", ["${env:B}"]], [], ["x", "${env:A}", "y"]],
                        "json": '{"key": "${env:A}"}',
                    },
                }
            ],
        )
    },
    plugins=[{"name": "http-log", "config": {"http_endpoint": "https://${env:HOST}/", "headers": {"k": "${env:A}"}}}],
)

METHODS = _manifest(
    gateway={"version": "3.11"},
    routes={
        "files": _chat(route_type="llm/v1/files", model=None, paths=["/files", "/v1.0/files/"], protocols=["http"])
    },
)

_ALL, _CONTROLLER = ("ingress", "gateway", "operator"), ("ingress", "gateway")
NASTY: dict[str, tuple[str, tuple[str, ...]]] = {
    "texts": (TEXTS, _ALL),
    "names": (NAMES, _ALL),
    "fields": (FIELDS, _ALL),
    "methods": (METHODS, _ALL),
    "references": (REFERENCES, _CONTROLLER),
    "paths": (PATHS, ("ingress",)),
}
"""All of them by name, each with the Kubernetes APIs that can say all of it."""
