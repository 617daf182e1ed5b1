"""M42x: nothing that a Kubernetes object cannot say, or says otherwise, goes by in silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import aicfg
from aicfg.catalog.entities import entity_kinds
from aicfg.lint.engine import Run
from aicfg.manifest.model import PLUGIN_FIELDS, ROUTE_FIELDS
from aicfg.render._kubernetes import ingress, konnect, limits

Write = Callable[..., str]
ALL, CONTROLLER = ("ingress", "gateway", "operator"), ("ingress", "gateway")
INGRESS, GATEWAY, OPERATOR = ("ingress",), ("gateway",), ("operator",)

CHAT = """
version: 1
providers: {p: {type: openai, api_key: "${env:OPENAI_KEY}"}}
routes:
  chat: {provider: p, model: gpt-4o%s}
"""


def findings(path: Path, api: str) -> list[tuple[str, str, int | None]]:
    """The findings about the target: code, severity and line."""
    run = Run()
    run.read(str(path))
    run.check_target("kubernetes", {"kubernetes_api": api})
    report = run.report()
    errors = [found for found in report.diagnostics if found.severity == "error" and found.code[:2] != "M4"]
    assert errors == []
    return [(found.code, found.severity, found.line) for found in report.diagnostics if found.code[:2] == "M4"]


IN_ROUTE: list[tuple[str, tuple[str, ...], str]] = [
    (", filter_chains: [{filters: [{name: f}]}]", ALL, "M420"),
    (", sources: [{ip: 10.0.0.1}]", ALL, "M420"),
    (", sources: [{ip: 10.0.0.1, port: 1}]", CONTROLLER, "M420"),
    (", expression: 'http.path == \"/\"'", ALL, "M420"),
    (", protocols: [tcp]", CONTROLLER, "M420"),
    (", snis: ['*.example.com']", CONTROLLER, "M420"),
    (", id: 6d2b6b2c-3d7c-4a2c-9b5a-000000000000", ALL, "M423"),
    (", tags: ['a,b']", CONTROLLER, "M423"),
    (f", tags: [{'t' * 129}]", OPERATOR, "M420"),
    (", path: /a//b", CONTROLLER, "M420"),
    (", path: '~/a//b'", INGRESS, "M420"),
    (", path: /files", GATEWAY, "M422"),
    (", path: '/a+b'", GATEWAY, "M420"),
    (f", path: '~/{'a' * 1024}'", GATEWAY, "M420"),
    (", hosts: ['a.example.com:8080']", CONTROLLER, "M420"),
    (", hosts: ['a.*']", GATEWAY, "M420"),
    (", headers: {'x!y': [a]}", INGRESS, "M420"),
    (", headers: {'x y': [a]}", CONTROLLER, "M420"),
    (", methods: [GET, POST]", GATEWAY, "M423"),
    (", methods: [PURGE]", GATEWAY, "M420"),
    (", plugins: [{name: cors, condition: 'http.path == \"/\"'}]", ALL, "M420"),
    (", plugins: [{name: cors, partials: [{name: r}]}]", ALL, "M420"),
    (", plugins: [{name: cors, protocols: [ws]}]", ALL, "M420"),
    (", plugins: [{name: cors, ordering: {before: {access: [ai-proxy]}}}]", OPERATOR, "M420"),
    (", plugins: [{name: cors, instance_name: one}]", CONTROLLER, "M423"),
    (', plugins: [{name: cors, instance_name: "${env:A}"}]', ALL, "M421"),
    (", plugins: [{name: acme, config: {a: [.inf]}}]", ALL, "M420"),
    (', plugins: [{name: acme, config: {token: "${env:A}"}}]', OPERATOR, "M422"),
    (', decorate: {prepend: ["${env:A}"]}', OPERATOR, "M421"),
]

BESIDE: list[tuple[str, tuple[str, ...], str]] = [
    ("service: {url: 'http://under_score:80'}", CONTROLLER, "M420"),
    ("service: {url: 'http://[fd00::1]:80'}", CONTROLLER, "M420"),
    ("service: {host: a.example.com, port: 0}", ALL, "M420"),
    ("service: {enabled: false}", CONTROLLER, "M420"),
    ("service: {client_certificate: 6d2b6b2c-3d7c-4a2c-9b5a-000000000000}", ALL, "M420"),
    ("service: {ca_certificates: [6d2b6b2c-3d7c-4a2c-9b5a-000000000000]}", ALL, "M420"),
    ("service: {tls_sans: {dnsnames: [a]}}", ALL, "M420"),
    ("plugins: [{name: cors, service: ai-proxy, route: chat}]", CONTROLLER, "M420"),
    ("vaults: {v: {backend: hcv, config: {token: '${env:A}'}}}", ALL, "M421"),
    ("consumers: {app: {custom_id: '${env:A}'}}", ALL, "M421"),
    ("consumers: {app: {keyauth_credentials: [{key: '${env:A}', tags: ['${env:B}']}]}}", ALL, "M421"),
    ("consumers: {app: {keyauth_credentials: [{key: '${env:A}', ttl: 60}]}}", OPERATOR, "M420"),
    ("consumers: {app: {keyauth_credentials: [{key: '${env:A}', tags: [a]}]}}", OPERATOR, "M423"),
    (
        "consumers: {app: {keyauth_credentials: [{key: '${env:A}', id: 6d2b6b2c-3d7c-4a2c-9b5a-000000000000}]}}",
        ALL,
        "M423",
    ),
    ("consumer_groups: {Staff: {}}", CONTROLLER, "M422"),
]

SEVERITIES = {"M420": "error", "M421": "error", "M422": "warning", "M423": "info"}


@pytest.mark.parametrize("api", ALL)
@pytest.mark.parametrize(("fields", "apis", "code"), IN_ROUTE, ids=[row[0][2:50] for row in IN_ROUTE])
def test_in_a_route(fields: str, apis: tuple[str, ...], code: str, api: str, manifest: Write, tmp_path: Path) -> None:
    found = findings(tmp_path / manifest(CHAT % fields), api)
    assert ((code, SEVERITIES[code], 5) in found) is (api in apis)


@pytest.mark.parametrize("api", ALL)
@pytest.mark.parametrize(("more", "apis", "code"), BESIDE, ids=[row[0][:50] for row in BESIDE])
def test_beside_the_routes(
    more: str, apis: tuple[str, ...], code: str, api: str, manifest: Write, tmp_path: Path
) -> None:
    found = findings(tmp_path / manifest(CHAT % "" + more + "\n"), api)
    assert ((code, SEVERITIES[code], 6) in found) is bool(found) is (api in apis)


@pytest.mark.parametrize("api", ALL)
def test_a_caller_is_a_consumer_or_a_group(api: str, manifest: Write, tmp_path: Path) -> None:
    more = "consumers: {app: {groups: [staff]}}\nplugins: [{name: cors, consumer: app, consumer_group: staff}]\n"
    assert findings(tmp_path / manifest(CHAT % "" + more), api) == [("M420", "error", 7)]


@pytest.mark.parametrize("api", ALL)
def test_an_ordinary_manifest_gives_no_finding(api: str, manifest: Write, tmp_path: Path) -> None:
    more = "consumers: {app: {groups: [staff], keyauth_credentials: [{key: '${env:APP}'}]}}\nplugins: [{name: cors}]\n"
    assert findings(tmp_path / manifest(CHAT % "" + more), api) == []


def test_another_target_is_left_alone(manifest: Write, tmp_path: Path) -> None:
    run = Run()
    run.read(str(tmp_path / manifest(CHAT % ", id: 6d2b6b2c-3d7c-4a2c-9b5a-000000000000")))
    run.check_target("deck", {})
    assert run.report().diagnostics == ()


def test_an_error_stops_the_render(manifest: Write, tmp_path: Path) -> None:
    path = tmp_path / manifest(CHAT % ", plugins: [{name: cors, condition: 'http.path == \"/\"'}]")
    with pytest.raises(aicfg.CompileError, match="M420"):
        aicfg.render(path, "kubernetes")


@pytest.mark.parametrize("konnect_", [False, True])
def test_every_field_of_a_manifest_has_a_place_or_a_finding(konnect_: bool) -> None:
    """A field that is added to the manifest is lost with an error, until a table here says where it goes."""
    tables: Any = limits._OF_KONNECT if konnect_ else limits._IN_OBJECTS
    written: dict[str, set[str]] = {
        "route": {"paths", "methods", "hosts", "headers", "protocols", "strip_path", "preserve_host", "tags"},
        "plugin": {"enabled", "instance_name", "protocols", "ordering", "tags"},
    }
    written["route"] |= set(konnect.ROUTE_FIELDS if konnect_ else ingress.ANNOTATIONS)
    assert tables["route"] <= written["route"] & set(ROUTE_FIELDS)
    assert tables["plugin"] <= written["plugin"] & set(PLUGIN_FIELDS)
    assert tables["service"] <= entity_kinds()["service"].fields
