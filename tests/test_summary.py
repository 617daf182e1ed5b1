"""`aicfg lint --summary`: what was looked at, the findings by rule, and where to begin."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
from click.testing import CliRunner, Result

from aicfg.cli import cli

ROOT = Path(__file__).parent.parent
SECRET = "sk-a1B2c3D4a1B2c3D4a1B2c3D4"
MANIFEST = f"""\
version: 1
providers:
  p: {{type: openai, api_key: {SECRET}}}
  q: {{type: mistral, hosting: mistral.ai, api_key: "${{env:KEY}}"}}
routes:
  chat: {{provider: p, model: gpt-4o, guard: {{deny: [x]}}}}
  other: {{provider: q, model: mistral-small-latest, optoins: {{}}}}
"""
KONG = """\
_format_version: "3.0"
plugins:
- name: ai-proxy
  config: {route_type: llm/v1/chat, provider: "\\e[31mopenai", model: gpt-4o}
"""


def lint(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["lint", "--isolated", "--summary", *arguments])


def write(folder: Path) -> None:
    (folder / "manifest.yaml").write_text(MANIFEST)
    (folder / "kong\u202e.yaml").write_text(KONG)


def test_a_summary_counts_what_was_looked_at_and_says_where_to_begin(tmp_path: Path) -> None:
    write(tmp_path)
    result = lint(str(tmp_path))
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == "2 files: 1 decK or DB-less file, 1 manifest"
    assert lines[1] == "4 AI plugins: 3 ai-proxy, 1 ai-prompt-guard"
    assert lines[2] == "3 LLMs: 1 mistral, 1 openai, 1 unknown"
    assert lines[4].startswith("3 errors")
    assert [line[3:7] for line in lines if line[:2] in ("1.", "2.", "3.")] == ["S101", "P320", "M101"]


def test_a_summary_shows_no_secret_and_drives_no_terminal(tmp_path: Path) -> None:
    write(tmp_path)
    for form in ("text", "concise", "json"):
        output = lint(str(tmp_path), "--format", form).output
        assert SECRET not in output
        assert "\x1b" not in output
        assert "\u202e" not in output or form == "json"


def test_a_summary_for_programs_is_what_the_schema_says(tmp_path: Path) -> None:
    write(tmp_path)
    schema = json.loads((ROOT / "schemas" / "report.schema.json").read_text())
    report = json.loads(lint(str(tmp_path), "--format", "json").stdout)
    jsonschema.validate(report, schema)
    assert report["summary"]["plugins"] == {"ai-proxy": 3, "ai-prompt-guard": 1}
    assert [one["code"] for one in report["summary"]["first"]] == ["S101", "P320", "M101"]
    assert report["diagnostics"]
    last = json.loads(lint(str(tmp_path), "--format", "jsonl").stdout.splitlines()[-1])
    assert last["summary"] == report["summary"]


def test_environments_of_a_manifest_count_once() -> None:
    """Three routes, one of them in a single environment, of a manifest with several."""
    lines = lint(str(ROOT / "samples" / "environments")).output.splitlines()
    assert lines[1] == "3 AI plugins: 3 ai-proxy"


def test_without_findings_there_is_nowhere_to_begin() -> None:
    lines = lint(str(ROOT / "samples" / "mistral-ai.yaml")).output.splitlines()
    assert lines[0] == "1 file: 1 manifest"
    assert lines[-1] == "no findings"
