"""Runs a rendered script as a user would, and says what it made in the form in which the decK file says it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from admin_api import AdminApi, split_url
from conftest import Outcome

import aicfg

Flat = dict[str, list[dict[str, Any]]]

ID = "4e3ad2e4-0bc4-4638-8e34-c84a417ba39"
TARGETS = ("curl", "konnect", "form")
each_target = pytest.mark.parametrize("target", TARGETS)

SIMPLE = """
version: 1
providers: {p: {type: openai, api_key: "${env:KEY}"}}
routes: {chat: {provider: p, model: gpt-4o, options: {max_tokens: 5, temperature: 0.5}}}
"""

FULL = f"""
version: 1
name: team-ü
gateway: {{version: "3.11"}}
defaults: {{tags: [base]}}
service:
  url: https://null.example:8443/a/b
  read_timeout: 120000
  client_certificate: {ID}b
  plugins: [{{name: acme, config: {{a: b}}}}]
vaults:
  my-env: {{backend: env, description: "it's \\"$HOME\\" `id`", config: {{prefix: MISTRAL_}}}}
  hc: {{backend: hcv, config: {{token: "${{env:HCV_TOKEN}}"}}}}
providers:
  p: {{type: openai, api_key: "${{env:KEY}}"}}
  q:
    type: openai
    auth: {{header_name: Authorization, header_value: "$ ${{env:KEY}}$${{env:KEY}} $$ $x $${{y ${{env:APP}}"}}
routes:
  chat:
    provider: p
    model: m
    plugins: [{{name: key-auth, config: {{key_names: [apikey]}}}}]
  chat.2:
    provider: q
    model: m
    id: {ID}a
    path: ~/a\\.b/x$
    hosts: [ai.example.com]
    headers: {{x-a: ["it's $(id)"]}}
    strip_path: false
  emb: {{provider: p, model: m, route_type: llm/v1/embeddings, protocols: [https]}}
plugins:
  - {{name: prometheus, instance_name: "x'y", enabled: false}}
  - {{name: rate-limiting, consumer: "it's me", config: {{minute: 5}}}}
  - {{name: rate-limiting, consumer_group: a/b, config: {{minute: 6}}}}
  - {{name: rate-limiting, route: chat, consumer_group: a/b, config: {{minute: 7}}}}
  - {{name: rate-limiting, route: chat, consumer: "it's me", config: {{minute: 8}}, id: {ID}1}}
  - {{name: rate-limiting, route: chat, config: {{minute: 9}}}}
  - {{name: rate-limiting, service: team-ü, config: {{minute: 10}}}}
consumers:
  "it's me":
    custom_id: "5"
    groups: [staff, a/b]
    keyauth_credentials: [{{key: "${{env:APP}}"}}, {{key: "x${{env:APP}}", ttl: 60}}]
  other@example.com: {{groups: [staff]}}
"""
"""Every kind of entity, every scope, and texts that would mean something to a shell."""

JSON_ONLY = """
version: 1
providers: {p: {type: openai, api_key: "${env:KEY}"}}
routes:
  chat:
    balancer: {algorithm: round-robin}
    targets: [{provider: p, model: a, weight: 80}, {provider: p, model: b, weight: 20}]
    decorate: {prepend: ["a'b\\"c\\\\d $(touch pwned) `id` ${env:KEY}\\n$${KEY}\\nJSON\\nEOF\\u2028\\u202e"]}
    plugins:
      - {name: acme, config: {a: [null], b: {}, c: [], d: "", "e.f": [[1]], $env: KEY}, partials: [{name: my redis}]}
"""
"""What forms have no way to say."""

SECRETS = {"KEY": "sk-secret-1", "APP": "app-secret-2", "HCV_TOKEN": "hcv-secret-3"}

NEEDED = [tool for tool in ("bash", "curl") if shutil.which(tool) is None]
needs_tools = pytest.mark.skipif(bool(NEEDED) or os.name == "nt", reason=f"not installed: {', '.join(NEEDED)}")

HOSTILE = (
    ' it\'s "quoted"  `id` $(touch pwned) ',
    "$HOME ${HOME} $$ $${KEY} ${APP} ${KEY",
    "first\nsecond\r\n\ttab\n",
    "JSON\nFORM\nPYTHON\nEOF'; touch pwned; '",
    '\\ \\n \\" %s %41 &a=b+c;d#e\x7f',
    "ключ 鍵 🔑\u2028\u202e",
)
"""Secrets that a shell, JSON, a form or a script of ours could take for more than text."""


def run(folder: Path, script: str, *args: str, path: str = "", **variables: str) -> Outcome:
    """Run a script in a folder, with the secrets, these variables besides, and none of the tests' own."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    python = tools / "python3"
    if not python.exists():
        python.symlink_to(os.path.realpath(sys.executable))
    (folder / "apply.sh").write_text(script, encoding="utf-8")
    env = {"PATH": f"{path}{tools}:{os.environ['PATH']}", "HOME": str(folder), "TMPDIR": str(folder), "LC_ALL": "C"}
    done = subprocess.run(
        [str(shutil.which("bash")), "apply.sh", *args],
        cwd=folder,
        env={**env, **SECRETS, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=300,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def write(folder: Path, text: str) -> Path:
    """A manifest in a folder."""
    (folder / "aicfg.yaml").write_text(text, encoding="utf-8")
    return folder / "aicfg.yaml"


def held(api: AdminApi) -> Flat:
    """What an API holds, references by name, without the ids."""
    named = {one["id"]: one.get("username") or one.get("name") for kind in api.kinds.values() for one in kind.values()}

    def plain(one: dict[str, Any]) -> dict[str, Any]:
        values = {key: value for key, value in one.items() if key != "id"}
        for field in ("service", "route", "consumer", "consumer_group"):
            if field in values:
                values[field] = named[values[field]["id"]]
        for partial in values.get("partials", ()):
            del partial["id"]
        return values

    found = {
        kind: [plain(one) for one in entities.values()] for kind, entities in api.kinds.items() if kind != "partials"
    }
    found["members"] = [{"group": named[group], "consumer": named[one]} for group, one in api.members]
    return _sorted(found)


def said(state: dict[str, Any]) -> Flat:
    """The same of a decK file's state, nested entities taken out of one another."""
    found: Flat = {kind: [] for kind in ("services", "routes", "plugins", "consumers", "consumer_groups", "vaults")}
    found |= {"key-auth": [], "members": []}

    def add(kind: str, one: dict[str, Any], **scope: str) -> None:
        values = {key: value for key, value in {**one, **scope}.items() if key != "id"}
        for inner in ("routes", "plugins"):
            for item in values.pop(inner, ()):
                add(inner, item, **{kind.removesuffix("s"): one["name"]})
        if "url" in values:
            values |= split_url(values.pop("url"))
        if isinstance(values.get("client_certificate"), str):
            values["client_certificate"] = {"id": values["client_certificate"]}
        for group in values.pop("groups", ()):
            found["members"].append({"group": group["name"], "consumer": one["username"]})
        for key in values.pop("keyauth_credentials", ()):
            add("key-auth", key, consumer=one["username"])
        found[kind].append(values)

    for kind, entities in state.items():
        if kind != "_format_version":
            for entity in entities:
                add(kind, entity)
    return _sorted(found)


def _sorted(found: Flat) -> Flat:
    return {kind: sorted(ones, key=lambda one: json.dumps(one, sort_keys=True)) for kind, ones in sorted(found.items())}


def rendered(path: Path, target: str) -> str:
    files = aicfg.render(path, "curl", form=True) if target == "form" else aicfg.render(path, target)
    assert list(files) == ["apply.sh"]
    return files["apply.sh"]
