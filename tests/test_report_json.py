"""JSON and JSON Lines: what the published schema says, and the same facts in both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from jsonschema import Draft7Validator
from reporting import finding, fixed, hostile_findings, written

from aicfg.lint.diagnostic import Report
from aicfg.lint.reporters import report
from aicfg.resources import schema_file

SCHEMA: dict[str, Any] = json.loads(Path(schema_file("report.schema.json")).read_text("utf-8"))
BROKEN = Path(__file__).resolve().parent.parent / "samples" / "broken"
SAMPLES = sorted(BROKEN.glob("*.yaml"))


def validate(data: Any, part: str | None = None) -> None:
    schema = {"$ref": f"#/definitions/{part}", "definitions": SCHEMA["definitions"]} if part else SCHEMA
    Draft7Validator(schema).validate(data)


def test_the_schema_is_one_and_describes_every_key() -> None:
    Draft7Validator.check_schema(SCHEMA)
    todo: list[Any] = [SCHEMA]
    while todo:
        part = todo.pop()
        for key, value in part.get("properties", {}).items():
            assert "$ref" in value or value["description"].endswith("."), key
        todo += [value for value in part.values() if isinstance(value, dict)]


def test_the_command_prints_it(aicfg: Command) -> None:
    assert aicfg("schema", "--report") == (0, Path(schema_file("report.schema.json")).read_text("utf-8"), "")
    assert aicfg("schema", "--report", "--plugin", "ai-proxy").status == 2


class TestTheReport:
    @pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
    def test_of_a_broken_file_is_valid(self, aicfg: Command, sample: Path) -> None:
        data = json.loads(aicfg("lint", str(sample), "--format", "json").out)
        assert data["diagnostics"]
        validate(data)

    def test_of_hostile_texts_and_fixes_is_valid(self) -> None:
        validate(json.loads(written("json", hostile_findings())))

    def test_a_key_that_is_not_in_the_schema_is_refused(self) -> None:
        data = json.loads(written("json", [finding()]))
        data["diagnostics"][0]["more"] = 1
        assert not Draft7Validator(SCHEMA).is_valid(data)

    def test_has_the_fix_with_its_edits(self) -> None:
        (one,) = json.loads(written("json", [fixed("model", safe=False)]))["diagnostics"]
        place = {"start": {"line": 1, "column": 3}, "end": {"line": 1, "column": 8}}
        edit = {"file": "a.yaml", "range": place, "text": "model"}
        assert one["fix"] == {"title": "write it so", "safe": False, "edits": [edit]}

    def test_has_no_edits_where_they_would_tell_a_secret(self) -> None:
        data = json.loads(written("json", [fixed("api_key: swordfish-42")]))
        validate(data)
        assert data["diagnostics"][0]["fix"] == {"title": "write it so", "safe": True, "edits": []}

    def test_counts_what_is_left_out(self) -> None:
        limited = Report((finding(), finding(line=2)), ("a.yaml",)).limited(1)
        data = json.loads(report(limited, "json", lambda file, line: ""))
        validate(data)
        assert (len(data["diagnostics"]), data["left_out"], data["counts"]["error"]) == (1, 1, 2)
        assert data["statistics"] == [
            {"code": "M101", "name": "unknown-key", "severity": "error", "count": 2, "fixable": 0}
        ]

    def test_a_fingerprint_does_not_depend_on_what_is_left_out(self) -> None:
        everything = Report((finding(severity="info"), finding(line=2)), ("a.yaml",))
        (one,) = json.loads(report(everything.limited(1), "json", lambda file, line: ""))["diagnostics"]
        both = json.loads(report(everything, "json", lambda file, line: ""))["diagnostics"]
        assert one["fingerprint"] == both[1]["fingerprint"] != both[0]["fingerprint"]


class TestJsonLines:
    def test_has_the_facts_of_the_json_report(self, aicfg: Command) -> None:
        *lines, last = map(json.loads, aicfg("lint", str(BROKEN), "--format", "jsonl").out.splitlines())
        data = json.loads(aicfg("lint", str(BROKEN), "--format", "json").out)
        assert lines == [{"type": "diagnostic", **one} for one in data.pop("diagnostics")]
        assert last == {"type": "summary", **data}

    def test_each_line_is_valid(self) -> None:
        *lines, last = map(json.loads, written("jsonl", hostile_findings()).splitlines())
        for line in lines:
            validate(line, "diagnostic")
        validate(last, "summary")

    def test_nothing_found_is_the_summary_alone(self) -> None:
        (line,) = map(json.loads, written("jsonl", []).splitlines())
        assert (line["type"], line["files"]) == ("summary", ["a.yaml"])
