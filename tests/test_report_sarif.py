"""SARIF: valid by its schema, with each rule's help, places in the repository, fingerprints and fixes.

`vectors/sarif/` has the schema of version 2.1.0 (rtm.5) by the OASIS committee, as Microsoft ships it in its jest-sarif
1.0.0-beta.0 (MIT).
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from jsonschema import Draft4Validator
from reporting import finding, fixed, hostile_findings, written

from aicfg.lint.registry import rules

VECTORS = Path(__file__).with_name("vectors") / "sarif" / "sarif-2.1.0-rtm.5.json.gz"
BROKEN = Path(__file__).resolve().parent.parent / "samples" / "broken"


@pytest.fixture(scope="module")
def schema() -> Draft4Validator:
    return Draft4Validator(json.loads(gzip.decompress(VECTORS.read_bytes())))


def run_of(*found: Any) -> dict[str, Any]:
    (run,) = json.loads(written("sarif", found))["runs"]
    return dict(run)


def result_of(found: Any) -> dict[str, Any]:
    (result,) = run_of(found)["results"]
    return dict(result)


class TestValid:
    def test_by_its_schema_for_broken_files(self, aicfg: Command, schema: Draft4Validator) -> None:
        log = json.loads(aicfg("lint", str(BROKEN), "--format", "sarif").out)
        results = log["runs"][0]["results"]
        assert len(results) > 30
        assert sum("fixes" in result for result in results) > 10
        schema.validate(log)

    def test_by_its_schema_for_hostile_texts_and_fixes(self, schema: Draft4Validator) -> None:
        schema.validate(json.loads(written("sarif", hostile_findings())))

    def test_by_its_schema_for_every_rule(self, schema: Draft4Validator) -> None:
        found = [finding(rule.code, rule.severity, name=rule.name) for rule in rules()]
        schema.validate(json.loads(written("sarif", found)))

    def test_by_its_schema_where_nothing_is_found(self, schema: Draft4Validator) -> None:
        log = json.loads(written("sarif", []))
        schema.validate(log)
        assert log["runs"][0]["results"] == []

    def test_the_schema_refuses_what_is_none(self, schema: Draft4Validator) -> None:
        log = json.loads(written("sarif", [finding()]))
        log["runs"][0]["results"][0]["level"] = "bad"
        assert not schema.is_valid(log)


class TestLines:
    def test_of_a_finding_come_with_it_and_secrets_are_masked(
        self, aicfg: Command, schema: Draft4Validator, tmp_path: Path
    ) -> None:
        text = "version: 1\nproviders:\n  p: {type: opnai, api_key: sk-abcdefgh12345678}\n"
        (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
        log = json.loads(aicfg("lint", str(tmp_path / "m.yaml"), "--format", "sarif").out)
        schema.validate(log)
        places = [result["locations"][0]["physicalLocation"] for result in log["runs"][0]["results"]]
        region = next(place["contextRegion"] for place in places if place["region"]["startLine"] == 3)
        snippet = {"text": "  p: {type: opnai, api_key: " + "*" * 19 + "}"}
        assert region == {"startLine": 3, "endLine": 3, "snippet": snippet}
        assert all("sk-abc" not in json.dumps(place) for place in places)

    def test_of_a_finding_about_very_many_are_left_out(self) -> None:
        place = written("sarif", [finding(end_line=500)])
        assert "contextRegion" not in place


class TestRules:
    def test_are_those_that_found_something_and_results_lead_to_them(self) -> None:
        run = run_of(finding("P204"), finding("M101"), finding("P204", line=2))
        listed = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert listed == ["M101", "P204"]
        assert all(listed[result["ruleIndex"]] == result["ruleId"] for result in run["results"])

    def test_bring_their_documentation(self) -> None:
        (described,) = run_of(finding("P223"))["tool"]["driver"]["rules"]
        about = next(rule.documentation for rule in rules() if rule.code == "P223")
        assert described["shortDescription"]["text"] == about.summary
        assert f"```yaml\n{about.example}```" in described["help"]["markdown"]
        assert f"```yaml\n{about.instead}```" in described["help"]["markdown"]
        assert str(about.example).strip() in described["help"]["text"]
        assert "```" not in described["help"]["text"]

    def test_about_security_are_marked_as_such(self) -> None:
        (described,) = run_of(finding("S101"))["tool"]["driver"]["rules"]
        assert described["properties"]["tags"] == ["security"]

    def test_one_that_the_registry_does_not_know_is_listed_all_the_same(self, schema: Draft4Validator) -> None:
        schema.validate(json.loads(written("sarif", [finding("Z999")])))
        assert run_of(finding("Z999"))["tool"]["driver"]["rules"] == [{"id": "Z999", "name": "unknown-key"}]


class TestPlaces:
    def test_are_from_the_top_of_the_repository(self) -> None:
        (location,) = result_of(finding(file="kong/a b.yaml"))["locations"]
        assert location["physicalLocation"] == {
            "artifactLocation": {"uri": "kong/a%20b.yaml", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 1, "startColumn": 3, "endLine": 1, "endColumn": 8},
        }

    def test_an_absolute_path_in_the_repository_is_made_relative(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (location,) = result_of(finding(file=str(tmp_path / "kong" / "a.yaml")))["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "kong/a.yaml"

    @pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
    def test_the_top_is_where_the_service_says(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
    ) -> None:
        (tmp_path / "sub").mkdir()
        monkeypatch.chdir(tmp_path / "sub")
        monkeypatch.setenv(variable, str(tmp_path))
        (location,) = result_of(finding(file="a.yaml"))["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "sub/a.yaml"

    def test_a_file_outside_keeps_its_name(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (location,) = result_of(finding(file="/elsewhere/a.yaml"))["locations"]
        assert location["physicalLocation"]["artifactLocation"] == {"uri": "file:///elsewhere/a.yaml"}

    def test_a_finding_without_one_has_none(self, schema: Draft4Validator) -> None:
        found = finding(file=None, line=None, path=("config", "a"))
        assert result_of(found)["locations"] == [{"logicalLocations": [{"fullyQualifiedName": "config.a"}]}]

    def test_a_colon_in_a_name_makes_no_scheme_of_it(self) -> None:
        (location,) = result_of(finding(file="javascript:alert(1)"))["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "javascript%3Aalert%281%29"


class TestResults:
    @pytest.mark.parametrize(("severity", "level"), [("error", "error"), ("warning", "warning"), ("info", "note")])
    def test_have_the_level_of_the_finding(self, severity: str, level: str) -> None:
        assert result_of(finding(severity=severity))["level"] == level

    def test_say_what_is_wrong_and_what_to_do(self) -> None:
        assert result_of(finding(hint="write model"))["message"] == {"text": "unknown key\nwrite model"}

    def test_are_told_apart_by_a_fingerprint_of_aicfg_alone(self) -> None:
        one, two = (result["partialFingerprints"] for result in run_of(finding(), finding(line=2))["results"])
        assert list(one) == ["aicfg/v1"]
        assert one != two

    def test_a_message_makes_no_link(self) -> None:
        text = result_of(finding(message="see [here](http://evil.example), not targets[0]"))["message"]["text"]
        assert text == "see \\[here](http://evil.example), not targets[0]"


class TestFixes:
    def test_are_replacements_of_regions(self) -> None:
        (fix,) = result_of(fixed("model"))["fixes"]
        assert fix["description"] == {"text": "write it so"}
        (change,) = fix["artifactChanges"]
        assert change["artifactLocation"]["uri"] == "a.yaml"
        assert change["replacements"] == [
            {
                "deletedRegion": {"startLine": 1, "startColumn": 3, "endLine": 1, "endColumn": 8},
                "insertedContent": {"text": "model"},
            }
        ]

    def test_one_that_is_not_safe_says_so(self) -> None:
        (fix,) = result_of(fixed("model", safe=False))["fixes"]
        assert fix["description"]["text"] == "write it so (look at the outcome)"

    def test_are_absent_where_there_is_none(self) -> None:
        assert "fixes" not in result_of(finding())
