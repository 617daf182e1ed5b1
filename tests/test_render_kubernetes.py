"""Kubernetes objects: Kubernetes takes them, and Kong makes of them what it makes of the decK file.

`tests/golden/kubernetes/API/SAMPLE/` holds the files of a few samples, byte for byte. After a change that is meant,

    AICFG_UPDATE_GOLDEN=1 pytest tests/test_render_kubernetes.py

writes them anew; read the difference before you commit it.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Command
from controller import controller_state, documents, operator_state, prefix_paths, same_form
from meaning import Environment, deck_state
from nasty import HOSTILE, NASTY

import aicfg
from aicfg.catalog.versions import gateway
from aicfg.kong.entities import Consumer, ConsumerGroup, Entities, Plugin, Route, Service, Vault
from aicfg.kong.references import read_references
from aicfg.render import render
from aicfg.render._names import kubernetes_name

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("AICFG_SHARED") or ROOT.parent / "shared")
CHECKS = Path(os.environ.get("AICFG_CHECKS") or Path.home() / ".cache" / "aicfg-checks")
GOLDEN = Path(__file__).with_name("golden") / "kubernetes"
UPDATE = os.environ.get("AICFG_UPDATE_GOLDEN") == "1"
APIS = ("ingress", "gateway", "operator")
Write = Callable[..., str]


def cases() -> Iterator[Any]:
    """Every sample and every nasty manifest with every API that can say it: its text and the API."""
    for sample in sorted((ROOT / "samples").glob("*.yaml")):
        text = sample.read_text(encoding="utf-8")
        yield from (pytest.param(text, api, id=f"{sample.stem}-{api}") for api in APIS)
    for name, (text, apis) in NASTY.items():
        yield from (pytest.param(text, api, id=f"nasty-{name}-{api}") for api in apis)


CASES = list(cases())


def objects(files: dict[str, str], kind: str) -> list[dict[str, Any]]:
    return [document for document in documents(files) if document["kind"] == kind]


def annotations(document: dict[str, Any]) -> dict[str, str]:
    return {key.removeprefix("konghq.com/"): value for key, value in document["metadata"]["annotations"].items()}


@pytest.fixture
def kubernetes(manifest: Write, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Renders a manifest's text to Kubernetes objects."""

    def made(text: str, **options: str) -> dict[str, str]:
        return aicfg.render(tmp_path / manifest(text), "kubernetes", **options)

    return made


# ── one meaning ──


@pytest.mark.parametrize(("text", "api"), CASES)
def test_kong_makes_of_them_what_it_makes_of_the_deck_file(
    text: str, api: str, manifest: Write, tmp_path: Path
) -> None:
    path = tmp_path / manifest(text)
    env = Environment(OPENAI_API_KEY='a"b\\c\nd', A="<KEY>", B="'$(x)'")
    files = aicfg.render(path, "kubernetes", kubernetes_api=api)
    deck = deck_state(aicfg.render(path, "deck")["kong.yaml"], env)
    if api == "operator":
        first = (aicfg.compile(path).select_tags or (deck["services"][0]["name"],))[0]
        state = operator_state(files, env, kubernetes_name(first, "secrets"))
        assert state == same_form(deck, konnect=True)
    elif api == "gateway":
        assert controller_state(files, env) == same_form(deck, prefix=prefix_paths)
    else:
        assert controller_state(files, env) == same_form(deck)


# ── Kubernetes takes them ──


@pytest.fixture(scope="session")
def checked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the checker of CRDs, CEL rules and references says of all cases, in one run: it starts slowly."""
    checker, python = SHARED / "tools" / "check_kubernetes.py", CHECKS / "venv" / "bin" / "python"
    if not checker.is_file():
        pytest.skip(
            "tools/check_kubernetes.py is not beside this checkout; AICFG_SHARED names the folder that holds it"
        )
    if not python.is_file():
        pytest.skip("what the checker needs is not installed; AICFG_CHECKS names the folder that holds its venv")
    root = tmp_path_factory.mktemp("kubernetes")
    folders = []
    for number, case in enumerate(CASES):
        text, api = case.values
        source = root / f"{number}.yaml"
        source.write_text(str(text), encoding="utf-8")
        for secrets in ("stub", "external"):
            folder = root / f"{case.id}-{secrets}"
            folder.mkdir()
            for name, made in aicfg.render(source, "kubernetes", kubernetes_api=api, secrets=secrets).items():
                (folder / name).write_text(made, encoding="utf-8")
            folders.append(str(folder))
    command = [str(python), str(Path(__file__).with_name("check_kubernetes_folders.py")), str(checker), *folders]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return {Path(folder).name: errors for folder, errors in found.items()}


@pytest.mark.parametrize("secrets", ["stub", "external"])
@pytest.mark.parametrize("case", [str(case.id) for case in CASES])
def test_the_checker_finds_nothing(case: str, secrets: str, checked: dict[str, list[str]]) -> None:
    assert checked[f"{case}-{secrets}"] == []


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("sample", ["mistral-ai", "everything"])
def test_a_sample_renders_to_the_bytes_of_its_golden_files(sample: str, api: str) -> None:
    files = aicfg.render(ROOT / "samples" / f"{sample}.yaml", "kubernetes", kubernetes_api=api)
    folder = GOLDEN / api / sample
    if UPDATE:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_bytes(text.encode())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        name: text.encode() for name, text in files.items()
    }


# ── no value ends a scalar ──


def everything(text: str, name: str) -> Entities:
    """Entities with a text wherever one can stand, and a name wherever a name does. No rule has looked at them."""
    origin: Any = None
    config = {
        text: text,
        "list": [text, read_references("${env:A}"), [text]],
        "secret": read_references(text + "-${env:B}"),
    }
    fields = {"tags": [text], "instance_name": text, "protocols": [text], "ordering": {text: [text]}}
    plugin = Plugin(name, config, origin, fields)
    route_fields = {
        **{key: [text] for key in ("paths", "methods", "protocols", "snis", "tags")},
        "hosts": ["a.example.com", text],
        **dict.fromkeys(("strip_path", "preserve_host", "path_handling", "regex_priority"), text),
        **dict.fromkeys(("https_redirect_status_code", "request_buffering", "response_buffering"), text),
        "headers": {text: [text, text]},
    }
    service_fields = {
        **dict.fromkeys(("protocol", "host", "path", "retries", "connect_timeout", "write_timeout"), text),
        **dict.fromkeys(("read_timeout", "tls_verify", "tls_verify_depth", "enabled"), text),
        "port": 80,
        "tags": [text],
    }
    route = Route(name, route_fields, origin, (plugin,))
    keys = ({"key": text, "ttl": text, "tags": [text]}, {"key": read_references(text + "-${env:C}")})
    return Entities(
        gateway("3.11"),
        (Service(name, service_fields, origin, (route,), (plugin,)),),
        plugins=(
            plugin,
            plugin._replace(scope={"consumer": name}),
            plugin._replace(scope={"route": name, "consumer": name}),
        ),
        vaults=(Vault(name, {"name": text, "description": text, "config": {text: text}, "tags": [text]}, origin),),
        consumers=(Consumer(name, {"custom_id": text, "tags": [text]}, origin, (name,), keys),),
        consumer_groups=(ConsumerGroup(name, {"tags": [text]}, origin),),
        select_tags=(text,),
    )


def shape(value: Any) -> Any:
    """A value without its texts."""
    if isinstance(value, dict):
        return [shape(item) for item in value.values()]
    return [shape(item) for item in value] if isinstance(value, list) else type(value).__name__


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("secrets", ["stub", "external"])
@pytest.mark.parametrize("text", [text for text in HOSTILE if text], ids=range(len(HOSTILE) - 1))
def test_no_text_comes_out_of_its_place(text: str, api: str, secrets: str) -> None:
    options = {"kubernetes_api": api, "secrets": secrets}
    plain, hostile = (render(everything(value, value), "kubernetes", **options) for value in ("plain", text))
    assert list(plain) == list(hostile)
    for name in plain:
        comments = [line for line in hostile[name].splitlines() if line.startswith("#")]
        assert len(comments) == plain[name].count("\n#") + plain[name].startswith("#")
        found, wanted = (list(yaml.safe_load_all(files[name])) for files in (hostile, plain))
        assert shape(found) == shape(wanted)
        assert [document["kind"] for document in found] == [document["kind"] for document in wanted]


@pytest.mark.parametrize("api", APIS)
def test_a_text_is_read_back_as_it_was(api: str) -> None:
    for text in HOSTILE:
        [plugin, *_] = objects(render(everything(text, "plain"), "kubernetes", kubernetes_api=api), "KongPlugin")
        assert plugin["config"]["list"][0] == text
        assert plugin.get("instance_name", "") == text


# ── Secrets ──

CHAT = """
version: 1
providers: {p: {type: openai, api_key: "${env:OPENAI_KEY}"}}
routes:
  chat: {provider: p, model: gpt-4o%s}
"""


class TestSecrets:
    def test_the_stub_comes_first_where_kubectl_sorts_the_files(self, kubernetes: Any) -> None:
        assert list(kubernetes(CHAT % "")) == sorted(kubernetes(CHAT % "")) == ["kong-secrets.yaml", "kong.yaml"]

    def test_there_is_no_stub_where_nothing_is_secret(self, kubernetes: Any) -> None:
        assert list(kubernetes(CHAT.replace(', api_key: "${env:OPENAI_KEY}"', "") % "")) == ["kong.yaml"]

    def test_a_value_is_json_with_blanks(self, kubernetes: Any) -> None:
        files = kubernetes(CHAT % "")
        assert "  OPENAI_KEY_HEADER: '\"Bearer <OPENAI_KEY>\"'\n" in files["kong-secrets.yaml"]
        [secret] = objects(files, "Secret")
        assert secret["metadata"]["labels"] == {"konghq.com/secret": "true", "konghq.com/validate": "plugin"}

    def test_routes_that_share_a_value_share_its_key(self, kubernetes: Any) -> None:
        files = kubernetes(CHAT % "" + "  other: {provider: p, model: gpt-4o-mini}\n")
        [secret] = objects(files, "Secret")
        assert list(secret["stringData"]) == ["OPENAI_KEY_HEADER"]

    def test_external_secrets_are_named_in_comments_alone(self, kubernetes: Any) -> None:
        more = "consumers: {app: {keyauth_credentials: [{key: '${env:APP}', ttl: 60}]}}\n"
        files = kubernetes(CHAT % "" + more, secrets="external", namespace="team")
        assert list(files) == ["kong.yaml"]
        assert objects(files, "Secret") == []
        for line in (
            "# The namespace team has to have these Secrets first",
            "#   ai-proxy.secrets (each value as JSON: a text has double quotes)\n",
            '#     label konghq.com/secret: "true"\n',
            "#     OPENAI_KEY_HEADER: Bearer <OPENAI_KEY>\n",
            '#   app.key-auth\n#     label konghq.com/credential: "key-auth"\n',
            "#     key: <APP>\n#     ttl: 60\n",
        ):
            assert line in files["kong.yaml"]

    def test_a_vault_reference_stays_in_the_config(self, kubernetes: Any) -> None:
        auth = ', auth: {header_name: Authorization, header_value: "{vault://env/k}"}'
        files = kubernetes((CHAT % auth).replace(', api_key: "${env:OPENAI_KEY}"', ""))
        [plugin] = objects(files, "KongPlugin")
        assert plugin["config"]["auth"]["header_value"] == "{vault://env/k}"
        assert "configPatches" not in plugin

    def test_an_item_of_a_list_leaves_no_gap_and_comes_back_to_its_place(self, kubernetes: Any) -> None:
        files = kubernetes(CHAT % ', guard: {deny: ["${env:A}", "b", "${env:C}"]}')
        [_, plugin] = objects(files, "KongPlugin")
        assert plugin["config"] == {"deny_patterns": ["b"]}
        assert [patch["path"] for patch in plugin["configPatches"]] == ["/deny_patterns/0", "/deny_patterns/2"]

    def test_a_path_is_written_as_the_controller_pastes_it(self, kubernetes: Any) -> None:
        files = kubernetes(CHAT % """, plugins: [{name: acme, config: {'a/b~"\\': "${env:A}"}}]""")
        [_, plugin] = objects(files, "KongPlugin")
        assert plugin["configPatches"][0]["path"] == '/a~1b~0\\"\\\\'

    def test_a_global_plugin_names_the_namespace_of_its_secret(self, kubernetes: Any) -> None:
        more = 'plugins: [{name: http-log, config: {http_endpoint: "${env:URL}"}}]\n'
        [plugin] = objects(kubernetes(CHAT % "" + more, namespace="team"), "KongClusterPlugin")
        [patch] = plugin["configPatches"]
        assert patch["valueFrom"]["secretKeyRef"] == {"name": "ai-proxy.secrets", "key": "URL", "namespace": "team"}

    def test_konnect_gets_vault_references_and_the_data_planes_an_environment(self, kubernetes: Any) -> None:
        files = kubernetes(CHAT % "", kubernetes_api="operator")
        [plugin] = objects(files, "KongPlugin")
        assert plugin["config"]["auth"]["header_value"] == "{vault://env/openai-key-header}"
        assert "configPatches" not in plugin
        assert "#   OPENAI_KEY_HEADER=Bearer <OPENAI_KEY>\n" in files["kong.yaml"]
        assert objects(files, "Secret")[0]["stringData"] == {"OPENAI_KEY_HEADER": "Bearer <OPENAI_KEY>"}

    def test_a_key_in_plain_text_is_in_no_comment(self, aicfg: Command, manifest: Write, tmp_path: Path) -> None:
        path = manifest(CHAT % "" + "consumers: {app: {keyauth_credentials: [{key: correct-horse-battery}]}}\n")
        arguments = ("--to", "kubernetes", "--allow-plaintext-secrets", "--secrets", "external")
        status, out, _ = aicfg("render", path, *arguments)
        assert status == 0
        assert "#     key: <the key that the manifest says>\n" in out
        assert "horse" not in out


# ── routes, plugins and the rest ──


class TestIngress:
    def test_it_is_the_default(self, kubernetes: Any) -> None:
        assert kubernetes(CHAT % "") == kubernetes(CHAT % "", kubernetes_api="ingress")

    def test_what_the_controller_assumes_otherwise_is_said(self, kubernetes: Any) -> None:
        [ingress] = objects(kubernetes(CHAT % ""), "Ingress")
        said = annotations(ingress)
        assert (said["strip-path"], said["preserve-host"]) == ("true", "false")

    @pytest.mark.parametrize(
        ("path", "written", "kind"),
        [
            ("~/chat$", "/chat", "Exact"),
            (r"~/a\.b$", r"/~/a\.b$", "ImplementationSpecific"),
            (r"~/v\d+", r"/~/v\d+", "ImplementationSpecific"),
            ("/files", "/files", "ImplementationSpecific"),
        ],
    )
    def test_a_path_is_exact_a_regular_expression_or_a_prefix(
        self, path: str, written: str, kind: str, kubernetes: Any
    ) -> None:
        [ingress] = objects(kubernetes(CHAT % f", path: '{path}'"), "Ingress")
        [found] = ingress["spec"]["rules"][0]["http"]["paths"]
        assert (found["path"], found["pathType"]) == (written, kind)

    def test_several_hosts_stay_one_route(self, kubernetes: Any) -> None:
        [ingress] = objects(kubernetes(CHAT % ", hosts: ['a.*', A.example.com, b.example.com]"), "Ingress")
        assert [rule["host"] for rule in ingress["spec"]["rules"]] == ["a.example.com"]
        assert annotations(ingress)["host-aliases"] == "a.*,b.example.com"

    def test_the_null_service_is_a_name_with_a_number_for_a_port(self, kubernetes: Any) -> None:
        [service] = objects(kubernetes(CHAT % ""), "Service")
        assert service["spec"] == {"type": "ExternalName", "externalName": "localhost", "ports": [{"port": 32000}]}

    def test_an_upstream_over_tls_says_so(self, kubernetes: Any) -> None:
        [service] = objects(kubernetes(CHAT % "" + "service: {url: 'https://a.example.com/v1'}\n"), "Service")
        assert annotations(service) == {"protocol": "https", "path": "/v1"}
        assert service["spec"]["ports"] == [{"port": 443}]


class TestGateway:
    def test_a_route_hangs_on_the_gateway_of_the_options(self, kubernetes: Any) -> None:
        for name, parent in (("kong", {"name": "kong"}), ("infra/main", {"name": "main", "namespace": "infra"})):
            [route] = objects(kubernetes(CHAT % "", kubernetes_api="gateway", gateway_name=name), "HTTPRoute")
            assert route["spec"]["parentRefs"] == [parent]

    def test_no_gateway_is_made(self, kubernetes: Any) -> None:
        kinds = {document["kind"] for document in documents(kubernetes(CHAT % "", kubernetes_api="gateway"))}
        assert kinds == {"Secret", "Service", "KongPlugin", "HTTPRoute"}


class TestOperator:
    def test_names_are_kongs_own(self, kubernetes: Any) -> None:
        files = kubernetes((CHAT % "").replace("chat:", "My_Chat:"), kubernetes_api="operator", control_plane_name="cp")
        [route], [service] = objects(files, "KongRoute"), objects(files, "KongService")
        assert (route["spec"]["name"], service["spec"]["name"]) == ("My_Chat", "ai-proxy")
        control_plane = {"type": "konnectNamespacedRef", "konnectNamespacedRef": {"name": "cp"}}
        assert service["spec"]["controlPlaneRef"] == control_plane

    def test_a_global_plugin_is_bound_to_the_control_plane(self, kubernetes: Any) -> None:
        files = kubernetes(CHAT % "" + "plugins: [{name: prometheus}]\n", kubernetes_api="operator")
        assert [one["spec"].get("scope") for one in objects(files, "KongPluginBinding")] == [
            "GlobalInControlPlane",
            None,
        ]

    def test_a_vault_names_the_namespace_of_the_control_plane(self, kubernetes: Any) -> None:
        more = "vaults: {v: {backend: env}}\n"
        [vault] = objects(kubernetes(CHAT % "" + more, kubernetes_api="operator", namespace="team"), "KongVault")
        assert vault["spec"]["controlPlaneRef"]["konnectNamespacedRef"]["namespace"] == "team"


class TestPlugins:
    def test_each_scope_has_an_object_of_its_own(self, kubernetes: Any) -> None:
        limit = "{name: rate-limiting, config: {minute: 5}"
        more = f"consumers: {{app: {{}}}}\nplugins: [{limit}, consumer: app}}, {limit}, route: chat}}]\n"
        files = kubernetes(CHAT % f", plugins: [{limit}, consumer: app}}]" + more)
        names = [one["metadata"]["name"] for one in objects(files, "KongPlugin") if one["plugin"] == "rate-limiting"]
        both = "route.chat.consumer.app.rate-limiting"
        assert sorted(names) == ["chat.rate-limiting", "consumer.app.rate-limiting", both]
        [ingress], [consumer] = objects(files, "Ingress"), objects(files, "KongConsumer")
        assert annotations(ingress)["plugins"] == f"chat.ai-proxy,{both},chat.rate-limiting"
        assert annotations(consumer)["plugins"] == f"{both},consumer.app.rate-limiting"

    def test_a_global_one_has_the_label_that_makes_it_work(self, kubernetes: Any) -> None:
        files = kubernetes(CHAT % "" + "plugins: [{name: prometheus}]\n", ingress_class="internal")
        [plugin] = objects(files, "KongClusterPlugin")
        assert plugin["metadata"]["labels"] == {"global": "true"}
        assert plugin["metadata"]["annotations"] == {"kubernetes.io/ingress.class": "internal"}
        assert "namespace" not in plugin["metadata"]

    def test_one_that_is_disabled_stays_so(self, kubernetes: Any) -> None:
        [_, plugin] = objects(kubernetes(CHAT % ", plugins: [{name: cors, enabled: false}]"), "KongPlugin")
        assert plugin["disabled"] is True


def test_the_name_of_a_manifest_is_a_label_and_a_tag(kubernetes: Any) -> None:
    for document in documents(kubernetes(CHAT % "" + "name: Team_Search\n")):
        part_of = document["metadata"]["labels"]["app.kubernetes.io/part-of"]
        assert part_of == kubernetes_name("Team_Search")
        if document["kind"] != "Secret":
            assert annotations(document)["tags"] == "Team_Search"


# ── options ──


class TestOptions:
    def test_the_command_line_has_them(self, aicfg: Command, manifest: Write) -> None:
        arguments = (
            "--kubernetes-api",
            "gateway",
            "--secrets",
            "external",
            "--namespace",
            "team",
            "--gateway-name",
            "g",
        )
        status, out, err = aicfg("render", manifest(CHAT % ""), "--to", "kubernetes", *arguments)
        assert (status, err) == (0, "")
        assert "kind: HTTPRoute\nmetadata:\n  name: chat\n  namespace: team\n" in out

    @pytest.mark.parametrize("option", ["namespace", "ingress_class", "gateway_name", "control_plane_name"])
    @pytest.mark.parametrize("value", ["Team", "a b", "", "x\nkind: Secret"])
    def test_what_can_be_no_name_is_refused(self, option: str, value: str, kubernetes: Any) -> None:
        with pytest.raises(aicfg.AicfgError, match=option.replace("_", "-")):
            kubernetes(CHAT % "", **{option: value})

    def test_the_class_of_the_controller_is_everywhere(self, kubernetes: Any) -> None:
        files = kubernetes(CHAT % "" + "consumers: {app: {groups: [g]}}\n", ingress_class="internal")
        assert objects(files, "Ingress")[0]["spec"]["ingressClassName"] == "internal"
        for kind in ("KongPlugin", "KongConsumer", "KongConsumerGroup"):
            assert objects(files, kind)[0]["metadata"]["annotations"]["kubernetes.io/ingress.class"] == "internal"


def test_a_template_of_ones_own_takes_the_place_of_one(manifest: Write, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "kubernetes"
    folder.mkdir(parents=True)
    (folder / "kong.yaml.j2").write_text("{% for object in objects %}\n---\n{{ object | yaml }}\n{% endfor %}")
    files = aicfg.render(tmp_path / manifest(CHAT % ""), "kubernetes", templates=str(tmp_path / "templates"))
    assert not files["kong.yaml"].startswith("#")
    assert len(documents(files)) == 4


def test_rendering_twice_gives_the_same_bytes(kubernetes: Any) -> None:
    for text, apis in NASTY.values():
        for api in apis:
            assert kubernetes(text, kubernetes_api=api) == kubernetes(text, kubernetes_api=api)


def test_lint_loads_none_of_it(python: Command) -> None:
    code = "import sys, aicfg; aicfg.lint; from aicfg.lint.registry import rules; rules(); "
    status, out, _ = python(
        code + "print([name for name in sys.modules if 'kubernetes' in name and 'lint' not in name])"
    )
    assert (status, out) == (0, "[]\n")
