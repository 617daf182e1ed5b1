"""Where a rule says that it does not apply, it has nothing to say: no finding is lost to a cheap question."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from aicfg.kong.entities import Entities
from aicfg.lint import engine
from aicfg.lint.diagnostic import Diagnostic, Findings
from aicfg.lint.engine import Run
from aicfg.lint.registry import rules, rules_about
from aicfg.lint.settings import Settings

CONFIGS = Path(__file__).parent / "vectors" / "schema" / "plugin-configs.jsonl.gz"
FILES = sorted(path for folder in ("rules", "traps") for path in (Path(__file__).parent / folder).rglob("*.yaml"))
EXAMPLES = [path.read_bytes().decode("utf-8", "replace") for path in FILES]
EXAMPLES += [text for each in rules() for text in (each.documentation.example, each.documentation.instead) if text]


def found(text: str, gateway: str) -> list[Diagnostic]:
    run = Run(Settings(gateway))
    run.read_content(text.encode(), "file.yaml")
    return run.diagnostics


@pytest.fixture
def asked_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every rule is called for every subject."""
    monkeypatch.setattr(
        engine, "rules_about", lambda subject: [each._replace(where=None) for each in rules_about(subject)]
    )


def several() -> str:
    """A decK file with the config of each kind of plugin that Kong's own verdicts are known of."""
    with gzip.open(CONFIGS, "rt", encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    plugins = [{"name": case["plugin"], "config": case["config"]} for case in cases]
    return json.dumps({"_format_version": "3.0", "plugins": plugins})


@pytest.mark.parametrize("gateway", ["3.6", "3.9", "3.15"])
def test_no_finding_about_thousands_of_configs_is_lost(gateway: str, request: pytest.FixtureRequest) -> None:
    text = several()
    quick = found(text, gateway)
    request.getfixturevalue("asked_always")
    assert quick == found(text, gateway)
    assert len(quick) > 1_000


@pytest.mark.parametrize("gateway", ["3.6", "3.9", "3.15"])
def test_no_finding_about_an_example_is_lost(gateway: str, request: pytest.FixtureRequest) -> None:
    quick = [found(text, gateway) for text in EXAMPLES]
    request.getfixturevalue("asked_always")
    assert quick == [found(text, gateway) for text in EXAMPLES]


def test_a_rule_is_not_called_for_a_kind_that_it_does_not_apply_to(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Entities] = []

    def check(entities: Entities) -> Findings:
        called.append(entities)
        yield from ()

    limit = next(each for each in rules() if each.code == "P280")._replace(check=check)
    monkeypatch.setattr(engine, "rules_about", lambda subject: [limit] if subject == "Entities" else [])
    found("name: chat\nplugins: [{name: ai-proxy, config: {}}]\n", "3.15")
    assert not called
    found("name: chat\nplugins: [{name: ai-rate-limiting-advanced, config: {}}]\n", "3.15")
    assert len(called) == 1
