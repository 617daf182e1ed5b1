"""The text of the scripts for Kong's Admin API and Konnect's: no value ends a quote, bodies come out as they were.

AICFG_UPDATE_GOLDEN=1 pytest tests/test_admin_scripts.py writes the golden scripts anew; read the difference.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from admin_api import AdminApi, variables
from apply_script import FULL, ID, JSON_ONLY, SIMPLE, each_target, needs_tools, rendered, run, write
from hypothesis import given
from hypothesis import strategies as st

from aicfg.kong.references import EnvText, EnvVar
from aicfg.lint.engine import Run
from aicfg.render import render
from aicfg.render._script import form_body, json_body

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = Path(__file__).with_name("golden")
UPDATE = os.environ.get("AICFG_UPDATE_GOLDEN") == "1"


# ── injection ──

HOSTILE_MANIFEST = """
version: 1
name: TEXT
providers:
  p: {type: openai, api_key: "${env:KEY}", options: {upstream_url: TEXT}}
service: {url: TEXT, tags: [TEXT], tls_sans: {dnsnames: [TEXT]}}
services: {other: {name: TEXT, host: TEXT, path: TEXT}}
vaults: {v: {backend: TEXT, description: TEXT, config: {TEXT: TEXT}, tags: [TEXT]}}
consumers:
  TEXT: {custom_id: TEXT, tags: [TEXT], groups: [TEXT], keyauth_credentials: [{key: TEXT, tags: [TEXT]}]}
  other: {username: TEXT}
consumer_groups: {TEXT: {tags: [TEXT]}}
plugins:
  - {name: TEXT, instance_name: TEXT, config: {TEXT: TEXT}, tags: [TEXT], condition: TEXT, id: TEXT}
  - {name: acme, consumer: TEXT, route: TEXT, config: {a: [TEXT]}, partials: [{name: TEXT, path: TEXT}]}
routes:
  TEXT: {provider: p, model: TEXT, route_type: TEXT}
  a: {provider: p, model: m, path: TEXT, hosts: [TEXT], headers: {TEXT: [TEXT]}, tags: [TEXT], id: TEXT}
  b: {provider: p, model: m, paths: [/x], hosts: [TEXT], headers: {x-a: [TEXT]}, decorate: {prepend: [TEXT]}}
"""
ATTACKS = (
    "'; touch pwned; '",
    '"; touch pwned #',
    "$(touch pwned)`touch pwned`${x:=$(touch pwned)}",
    "\nJSON\ntouch pwned\n",
    "\nFORM\ntouch pwned\nPYTHON\ntouch pwned\n",
    '\\" \\\' \n"; touch pwned; \n# ─\r touch pwned\r\n',
)


def hostile_script(attack: str, target: str, folder: Path) -> str:
    """A script with the attack in every field that reaches it, whatever lint would say of that."""
    lint = Run()
    lint.read(str(write(folder, HOSTILE_MANIFEST.replace("TEXT", json.dumps(attack)))))
    assert lint.entities is not None
    if target == "form":
        return render(lint.entities, "curl", form=True)["apply.sh"]
    return render(lint.entities, target)["apply.sh"]


class Yes(AdminApi):
    """Says yes to everything, and finds one entity of that name in every list, so that a script runs to its end."""

    def __init__(self, name: str, ids_only: bool) -> None:
        super().__init__(ids_only=ids_only)
        self.name = name

    def answer(self, request: Any) -> tuple[int, Any]:
        self.requests.append(request)
        return 200, {"id": f"{ID}0", "data": [{"id": f"{ID}0", "name": self.name}], "offset": None}


@needs_tools
@pytest.mark.parametrize("attack", ["".join(ATTACKS), "".join(reversed(ATTACKS))], ids=["forward", "backward"])
@each_target
def test_no_value_of_a_manifest_ends_a_quote(attack: str, target: str, tmp_path: Path) -> None:
    script = hostile_script(attack, target, tmp_path)
    with Yes(attack, target == "konnect") as api:
        done = run(tmp_path, script, "--test", **variables(api), PROXY_URL=api.url)
    assert (done.status, done.err) == (0, "")
    sent = {request.path.partition("?")[0].rpartition("core-entities")[2].split("/")[1] for request in api.requests}
    assert sent >= {"vaults", "consumer_groups", "consumers", "services", "routes", "plugins", "partials", "x"}
    assert not (tmp_path / "pwned").exists()


# ── bodies ──


def tool(*files: str) -> dict[str, Any]:
    """The functions of the program that the script brings along."""
    source = "".join((ROOT / "templates" / "curl" / name).read_text(encoding="utf-8") for name in files)
    made: dict[str, Any] = {}
    before, sys.argv = sys.argv, ["tool.py", "", ""]
    try:
        exec(compile(source, "tool.py", "exec"), made)
    finally:
        sys.argv = before
    return made


TEXTS = st.lists(
    st.sampled_from(["$", "{", "}", "KEY", '"', "\\", "\n", "\r", "\u2028", "\xa0", "=", " ", "é", "a"]), max_size=9
).map("".join)
PARTS = st.lists(TEXTS | st.just(EnvVar("KEY")), max_size=6).map(tuple)


def referring(parts: tuple[Any, ...]) -> str:
    text = "".join(f"${{env:{part.name}}}" if isinstance(part, EnvVar) else part for part in parts)
    return EnvText(text, parts) if any(isinstance(part, EnvVar) for part in parts) else text


def resolved(parts: tuple[Any, ...], secret: str) -> str:
    return "".join(secret if isinstance(part, EnvVar) else part for part in parts)


@given(parts=st.lists(PARTS, min_size=1, max_size=4), secret=TEXTS)
def test_what_a_script_makes_of_a_text_is_the_text_with_its_secrets(parts: list[Any], secret: str) -> None:
    program = tool("tool.py", "json_body.py")
    body = json_body({"a": [referring(each) for each in parts], "b": {"c": referring(parts[0])}})
    made = program["filled"](program["parse"](body), {"KEY": secret})
    texts = [resolved(each, secret) for each in parts]
    assert made == {"a": texts, "b": {"c": texts[0]}}


@given(parts=st.lists(PARTS.filter(lambda parts: referring(parts) != ""), min_size=1, max_size=4), secret=TEXTS)
def test_so_it_is_with_a_form(parts: list[Any], secret: str) -> None:
    program = tool("tool.py", "form_body.py")
    body = form_body({"a": [referring(each) for each in parts], "b": {"c": referring(parts[0])}})
    made = program["filled"](program["parse"](body), {"KEY": secret})
    texts = [resolved(each, secret) for each in parts]
    assert made == {"a[]": texts, "b.c": texts[0]}


def test_what_no_one_would_see_is_written_as_an_escape() -> None:
    written = json_body({"a": "\u202e\u2028\x7f\0é\U000e0041"})
    assert written == '{\n  "a": "\\u202e\\u2028\\u007f\\u0000é\\udb40\\udc41"\n}\n'


def test_a_form_has_a_line_for_each_field_as_the_guides_have_it(tmp_path: Path) -> None:
    text = rendered(write(tmp_path, SIMPLE), "form")
    lines = text[text.index("plugin ai-proxy") :].splitlines()
    assert lines[:5] == [
        "plugin ai-proxy route.id=routes/chat <<'FORM'",
        "name=ai-proxy",
        "config.route_type=llm/v1/chat",
        "config.auth.header_name=Authorization",
        "config.auth.header_value=Bearer ${KEY}",
    ]
    assert "config.model.options.max_tokens=5" in lines


# ── the script ──


@pytest.mark.parametrize("name", ["everything", "mistral-ai"])
@pytest.mark.parametrize("target", ["curl", "konnect"])
def test_a_sample_renders_to_the_bytes_of_its_golden_file(name: str, target: str) -> None:
    text, golden = rendered(ROOT / "samples" / f"{name}.yaml", target), GOLDEN / target / f"{name}.sh"
    if UPDATE:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(text.encode())
    assert golden.read_bytes() == text.encode()


def shellcheck() -> str | None:
    return shutil.which("shellcheck", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))


@pytest.mark.skipif(shellcheck() is None, reason="not installed: shellcheck")
@pytest.mark.parametrize("text", [SIMPLE, FULL, JSON_ONLY, "version: 1\n"], ids=["simple", "full", "json", "empty"])
@each_target
def test_shellcheck_has_nothing_to_say(text: str, target: str, tmp_path: Path) -> None:
    if text == JSON_ONLY and target == "form":
        pytest.skip("a form cannot say this")
    script = rendered(write(tmp_path, text), target)
    found = subprocess.run([str(shellcheck()), "-"], input=script.encode(), capture_output=True, timeout=60)
    assert (found.returncode, found.stdout.decode()) == (0, "")
