"""The reports of GitHub Actions, GitLab and test servers: within their limits, in their forms."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import Command
from reporting import HOSTILE, finding, hostile_findings, written

from aicfg.lint.diagnostic import Report
from aicfg.lint.reporters import report
from aicfg.lint.reporters.github import summary

COMMAND = re.compile(r"::(?P<level>error|warning|notice) (?P<properties>[^:]*)::(?P<text>.*)")


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The workflow commands in a log, read as the runner reads them."""
    found = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        if match:
            pairs = (pair.split("=", 1) for pair in match["properties"].split(","))
            properties = {name: unescaped(value, "%3A", "%2C") for name, value in pairs}
            found.append((match["level"], properties, unescaped(match["text"])))
    return found


def unescaped(text: str, *more: str) -> str:
    for code in ("%0D", "%0A", *more, "%25"):
        text = text.replace(code, chr(int(code[1:], 16)))
    return text


class TestGithub:
    def test_a_finding_is_an_annotation_at_its_place(self) -> None:
        ((level, properties, text),) = commands(written("github", [finding(hint="write model")]))
        assert level == "error"
        assert properties == {
            "title": "M101 unknown-key",
            "file": "a.yaml",
            "line": "1",
            "endLine": "1",
            "col": "3",
            "endColumn": "8",
        }
        assert text == "a.yaml:1:3: unknown key\nwrite model"

    @pytest.mark.parametrize(("severity", "level"), [("error", "error"), ("warning", "warning"), ("info", "notice")])
    def test_has_the_level_of_the_finding(self, severity: str, level: str) -> None:
        assert commands(written("github", [finding(severity=severity)]))[0][0] == level

    def test_columns_are_given_for_one_line_only(self) -> None:
        ((_, properties, _),) = commands(written("github", [finding(end_line=2)]))
        assert (properties["line"], properties["endLine"]) == ("1", "2")
        assert not {"col", "endColumn"} & set(properties)

    def test_the_log_closes_with_a_count(self) -> None:
        assert written("github", [finding()]).endswith("\nfound 1 error: `aicfg explain CODE` tells more about each\n")
        assert written("github", []) == "no findings in 1 file\n"

    def test_stays_within_what_github_shows_and_puts_errors_first(self) -> None:
        found = [
            finding(severity=severity, line=line) for line in range(1, 31) for severity in ("info", "error", "warning")
        ]
        log = written("github", found)
        levels = [level for level, _, _ in commands(log)]
        assert Counter(levels) == {"error": 10, "warning": 10, "notice": 10}
        assert levels == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10

    def test_says_how_many_got_no_annotation_and_lists_them_in_the_log(self) -> None:
        log = written("github", [finding(line=line) for line in range(1, 16)])
        assert commands(log)[-1] == (
            "notice",
            {"title": "aicfg"},
            "5 errors more, which the log of this step and its summary have",
        )
        assert [f"a.yaml:{line}:3: error[M101]: unknown key" in log.splitlines() for line in (10, 11, 15)] == [
            False,
            True,
            True,
        ]

    def test_says_nothing_of_the_kind_where_all_have_one(self) -> None:
        found = [finding(line=line) for line in range(1, 11)]
        assert [level for level, _, _ in commands(written("github", found))] == ["error"] * 10

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_texts_stay_in_their_place(self, text: str) -> None:
        log = written("github", [finding(message=text, hint=text, file=text, name=text)])
        ((level, properties, _),) = commands(log)
        assert level == "error"
        assert set(properties) == {"title", "file", "line", "endLine", "col", "endColumn"}
        assert properties["line"] == "1"

    def test_a_percent_sign_is_read_back_as_it_was(self) -> None:
        ((_, properties, text),) = commands(written("github", [finding(message="50%0A 100%", file="a,b:c%2C.yaml")]))
        assert text == "a,b:c%2C.yaml:1:3: 50%0A 100%"
        assert properties["file"] == "a,b:c%2C.yaml"


class TestSummary:
    def test_is_a_table_the_worst_first(self) -> None:
        text = summary(Report((finding(severity="info"), finding("P204", line=2, hint="do this")), ("a.yaml",)))
        head, _, _, _, *rows = text.splitlines()
        assert head == "### aicfg: 1 error, 1 info"
        assert [row.split(" | ")[0] for row in rows if row] == ["| error", "| info"]
        assert "P204 unknown-key&#58; unknown key" in rows[0]
        assert rows[0].endswith("| do this |")

    def test_of_nothing_says_so(self) -> None:
        assert summary(Report((), ("a.yaml",))) == "### aicfg: no findings in 1 file\n\n"

    def test_stays_below_what_github_takes(self) -> None:
        many = tuple(finding(line=line, message="|" * 4_000) for line in range(1, 2_001))
        text = summary(Report(many, ("a.yaml",)))
        assert len(text.encode()) < 1_000_000
        shown = text.count("| error |")
        assert f"\n{2_000 - shown} more not shown.\n" in text
        assert shown > 10


def violations(*found: Any) -> list[dict[str, Any]]:
    return list(json.loads(written("gitlab", found)))


class TestGitlab:
    def test_a_violation_has_these_facts(self) -> None:
        (one,) = violations(finding(hint="write model"))
        assert re.fullmatch("[0-9a-f]{32}", one.pop("fingerprint"))
        assert one == {
            "description": "unknown key (write model)",
            "check_name": "M101 unknown-key",
            "severity": "major",
            "location": {"path": "a.yaml", "lines": {"begin": 1, "end": 1}},
        }

    @pytest.mark.parametrize(("severity", "its"), [("error", "major"), ("warning", "minor"), ("info", "info")])
    def test_has_one_of_gitlabs_severities(self, severity: str, its: str) -> None:
        assert violations(finding(severity=severity))[0]["severity"] == its

    def test_every_fingerprint_is_the_only_one(self) -> None:
        found = [finding(), finding(line=2), finding(file="b.yaml"), finding("P204"), *hostile_findings()]
        assert len({one["fingerprint"] for one in violations(*found)}) == len(found)

    def test_a_fingerprint_does_not_change_with_the_line(self) -> None:
        assert violations(finding())[0]["fingerprint"] == violations(finding(line=9))[0]["fingerprint"]

    def test_the_path_is_from_the_top_of_the_project(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "sub").mkdir()
        monkeypatch.chdir(tmp_path / "sub")
        monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path))
        assert violations(finding())[0]["location"]["path"] == "sub/a.yaml"

    def test_nothing_found_is_an_empty_list(self) -> None:
        assert violations() == []


def suites(*found: Any, files: tuple[str, ...] = ("a.yaml",)) -> ElementTree.Element:
    return ElementTree.fromstring(written("junit", found, files).encode())


class TestJunit:
    def test_an_error_is_a_test_that_fails(self) -> None:
        (case,) = suites(finding(path=("routes", "chat", "modle"), hint="write model")).iter("testcase")
        assert case.attrib == {
            "name": "M101 unknown-key at routes.chat.modle",
            "classname": "a.yaml",
            "file": "a.yaml",
            "line": "1",
            "time": "0",
        }
        (failure,) = case
        assert (failure.tag, failure.get("type"), failure.get("message")) == ("failure", "M101", "unknown key")
        assert failure.text == "error[M101]: unknown key\na.yaml:1:3\nhelp: write model"

    @pytest.mark.parametrize("severity", ["warning", "info"])
    def test_what_is_less_is_one_that_is_skipped(self, severity: str) -> None:
        (case,) = suites(finding(severity=severity)).iter("testcase")
        assert [part.tag for part in case] == ["skipped", "system-out"]
        assert case[0].get("message") == f"{severity}: unknown key"

    def test_a_file_without_findings_is_a_test_that_passes(self) -> None:
        (case,) = suites().iter("testcase")
        assert (case.get("name"), case.get("file"), list(case)) == ("no findings", "a.yaml", [])

    def test_a_file_whose_findings_are_left_out_does_not_pass(self) -> None:
        limited = Report((finding(), finding("P211", "info", file="b.yaml")), ("a.yaml", "b.yaml")).limited(1)
        root = ElementTree.fromstring(report(limited, "junit", lambda file, line: "").encode())
        assert [suite.get("name") for suite in root] == ["a.yaml"]
        assert root.get("tests") == "1"

    def test_counts_are_those_of_the_cases(self) -> None:
        found = [finding(), finding("P211", "info", 2), finding(file="b.yaml")]
        root = suites(*found, files=("a.yaml", "b.yaml", "c.yaml"))
        for part in (root, *root):
            assert part.get("tests") == str(len(list(part.iter("testcase"))))
            assert part.get("failures") == str(len(list(part.iter("failure"))))
            assert part.get("skipped") == str(len(list(part.iter("skipped"))))

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_texts_stay_in_their_place(self, text: str) -> None:
        found = [finding(message=text, hint=text, file=text, path=(text,)), finding(message=text, severity="info")]
        root = suites(*found)
        assert [part.tag for part in root.iter()] == [
            "testsuites",
            *("testsuite", "testcase", "skipped", "system-out"),
            *("testsuite", "testcase", "failure"),
        ]
        known = {
            "name",
            "tests",
            "failures",
            "errors",
            "skipped",
            "time",
            "classname",
            "file",
            "line",
            "type",
            "message",
        }
        assert {name for part in root.iter() for name in part.attrib} <= known


def test_a_real_run_gives_each_of_them(aicfg: Command) -> None:
    broken = str(Path(__file__).resolve().parent.parent / "samples" / "broken")
    data = json.loads(aicfg("lint", broken, "--format", "json").out)
    assert len(json.loads(aicfg("lint", broken, "--format", "gitlab").out)) == len(data["diagnostics"])
    root = ElementTree.fromstring(aicfg("lint", broken, "--format", "junit").out.encode())
    assert root.get("failures") == str(data["counts"]["error"])
    levels = Counter(level for level, _, _ in commands(aicfg("lint", broken, "--format", "github").out))
    assert levels["error"] == levels["warning"] == 10
