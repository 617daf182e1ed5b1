"""What a change costs: one file for a provider, a rule, a target or a report format, and nothing edited elsewhere.

Each test puts such a file into a folder of its own and lets the whole pipeline find it there, in a process of its own
because registries remember what they found. If adding one of these ever takes an edit in another place, it fails.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command, Outcome

from aicfg.resources import folder

WITH_ADDITIONS = """
import sys
from importlib import import_module
from pathlib import Path

import aicfg.resources

here = Path.cwd()
original = aicfg.resources.folder
aicfg.resources.folder = lambda name: str(here / name) if (here / name).is_dir() else original(name)
for package in ("aicfg.lint.rules", "aicfg.lint.rules.targets", "aicfg.lint.reporters", "aicfg.render"):
    if (here / package).is_dir():
        import_module(package).__path__.append(str(here / package))

from aicfg.cli import main

main()
"""

MANIFEST = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
  chat: {provider: p, model: gpt-4o}
"""

PROVIDER = """\
title: Acme AI
since: "3.14"
kong_provider: openai
hostings:
  acme:
    auth: {style: header, name: X-Acme-Key, prefix: "Key "}
    self_hosted: true
    credentials: required
    upstream_url: {example: "https://acme.example/v1/chat/completions"}
capabilities:
  llm/v1/chat: {streaming: true, model: acme-1}
"""

RULE = '''\
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.manifest.model import Manifest


@rule("P999", "model-out-of-fashion", "warning")
def model_out_of_fashion(manifest: Manifest) -> Findings:
    """A model that nobody uses any more.

    There are better ones.
    """
    for route in manifest.routes.values():
        if route.model == "gpt-4o":
            yield Finding((*route.path, "model"), "this model is out of fashion", "take another")
'''

TARGET = '''\
"""A list of the routes."""

from aicfg.kong.entities import Entities


def render(entities: Entities, *, greeting: str = "routes") -> dict[str, str]:
    return {"routes.txt": greeting + ":" + "".join(f" {route.name}" for route in entities.all_routes()) + "\\n"}
'''

FORMAT = '''\
"""One line for each finding."""

from aicfg.lint.diagnostic import Report
from aicfg.lint.reporters import SourceLine


def report(result: Report, source_line: SourceLine, *, color: bool = False) -> str:
    return "".join(f"{found.file}:{found.line} {found.code}\\n" for found in result.diagnostics) + "done\\n"
'''

Add = Callable[[str, str], None]


@pytest.fixture
def add(tmp_path: Path) -> Add:
    def write(name: str, text: str) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    write("aicfg.yaml", MANIFEST)
    return write


@pytest.fixture
def aicfg(python: Command) -> Command:
    def run(*args: str) -> Outcome:
        return python(WITH_ADDITIONS, *args)

    return run


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the facts, to add to."""
    return Path(shutil.copytree(folder("schemas"), tmp_path / "schemas"))


class TestAProviderIsOneFile:
    @pytest.fixture(autouse=True)
    def _acme(self, schemas: Path) -> None:
        (schemas / "providers" / "acme.yaml").write_text(PROVIDER, encoding="utf-8")

    def test_it_is_listed(self, aicfg: Command) -> None:
        assert "\nacme " in aicfg("providers").out
        (about,) = json.loads(aicfg("providers", "acme", "--format", "json").out)
        assert about["hostings"][0]["auth"]["name"] == "X-Acme-Key"

    def test_it_has_a_starter_that_lints_and_renders(self, aicfg: Command) -> None:
        assert aicfg("init", "acme.yaml", "--provider", "acme").status == 0
        assert aicfg("lint", "acme.yaml") == (0, "no findings in 1 file\n", "")
        status, out, err = aicfg("render", "acme.yaml")
        assert (status, err) == (0, "")
        assert "header_name: X-Acme-Key" in out
        assert "'Key ${{ env \"DECK_ACME_API_KEY\" }}'" in out
        assert "upstream_url: https://acme.example/v1/chat/completions" in out

    def test_the_rules_know_it(self, aicfg: Command, add: Add) -> None:
        text = "version: 1\nproviders:\n  p: {type: acmee}\nroutes:\n  chat: {provider: p, model: m}\n"
        add("typo.yaml", text)
        assert 'did you mean "acme"?' in aicfg("lint", "typo.yaml").out
        add("no-url.yaml", text.replace("acmee", "acme"))
        assert "error[P220]" in aicfg("lint", "no-url.yaml").out

    def test_it_is_too_new_for_an_old_gateway(self, aicfg: Command) -> None:
        aicfg("init", "acme.yaml", "--provider", "acme")
        assert "error[V111]" in aicfg("lint", "acme.yaml", "--gateway-version", "3.10").out


def test_a_rule_is_one_function(aicfg: Command, add: Add) -> None:
    add("aicfg.lint.rules/fashion.py", RULE)
    status, out, _ = aicfg("lint", "aicfg.yaml", "--fail-on", "warning")
    assert status == 1
    assert "warning[P999]: this model is out of fashion\n --> aicfg.yaml:5:30" in out
    assert "P999  warning  model-out-of-fashion" in aicfg("rules").out
    assert aicfg("explain", "model-out-of-fashion").out.endswith("There are better ones.\n")
    assert aicfg("lint", "aicfg.yaml", "--select", "P999").out.count("[P999]") == 1
    assert aicfg("lint", "aicfg.yaml", "--ignore", "P9").out == "no findings in 1 file\n"


def test_a_target_is_one_module(aicfg: Command, add: Add, tmp_path: Path) -> None:
    add("aicfg.render/listing.py", TARGET)
    assert aicfg("render", "aicfg.yaml", "--to", "listing") == (0, "routes: chat\n", "")
    assert aicfg("render", "aicfg.yaml", "--to", "listing", "-o", "out/").status == 0
    assert (tmp_path / "out" / "routes.txt").read_text() == "routes: chat\n"
    assert "|listing|" in "".join(aicfg("render", "--help").out.split())
    assert 'did you mean "listing"?' in aicfg("render", "aicfg.yaml", "--to", "listin").err


def test_a_report_format_is_one_module(aicfg: Command, add: Add) -> None:
    add("aicfg.lint.reporters/lines.py", FORMAT)
    add("broken.yaml", MANIFEST.replace("model:", "modle:"))
    status, out, _ = aicfg("lint", "broken.yaml", "--format", "lines", "--select", "M101")
    assert (status, out) == (1, "broken.yaml:5 M101\ndone\n")
    assert "|lines|" in "".join(aicfg("lint", "--help").out.split())


def test_a_fault_in_an_added_file_is_not_passed_over(aicfg: Command, add: Add) -> None:
    add("aicfg.lint.rules/fashion.py", RULE.replace("P999", "M101"))
    status, out, err = aicfg("lint", "aicfg.yaml")
    assert (status, out) == (3, "")
    assert "ValueError" in err


def test_a_rule_in_a_package_that_is_not_loaded_for_its_subject_is_a_fault(aicfg: Command, add: Add) -> None:
    add("aicfg.lint.rules.targets/fashion.py", RULE)
    status, out, err = aicfg("rules")
    assert (status, out) == (3, "")
    assert "ValueError" in err
