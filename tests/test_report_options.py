"""What `lint` writes where: formats and files in pairs, the choice for a CI service, and the exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command

CLEAN = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
  chat: {provider: p, model: gpt-4o}
"""
BROKEN = CLEAN.replace("model:", "modle:")
INFORMED = CLEAN.replace("${env:OPENAI_API_KEY}", "{vault://env/key}")


@pytest.fixture(autouse=True)
def _broken(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(BROKEN, encoding="utf-8")


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], str]:
    return lambda name: (tmp_path / name).read_text(encoding="utf-8")


class TestPairs:
    def test_a_log_and_a_file_in_one_run(self, aicfg: Command, read: Callable[[str], str]) -> None:
        status, out, err = aicfg("lint", "a.yaml", "--format", "text", "--format", "sarif", "-o", "out/a.sarif")
        assert (status, err) == (1, "")
        assert out == aicfg("lint", "a.yaml").out
        assert read("out/a.sarif") == aicfg("lint", "a.yaml", "--format", "sarif").out

    @pytest.mark.parametrize(
        "options",
        [
            ["--format", "json", "-o", "1", "--format", "junit", "-o", "2"],
            ["--format=json", "-o1", "--format=junit", "--output=2"],
            ["--format", "json", "-o", "1", "--format", "text", "--format", "junit", "-o", "2"],
            ["--format", "json", "--output", "1", "--fail-on", "info", "--format", "junit", "-o", "2"],
        ],
    )
    def test_a_file_belongs_to_the_format_before_it(
        self, aicfg: Command, read: Callable[[str], str], options: list[str]
    ) -> None:
        _, out, err = aicfg("lint", *options, "a.yaml")
        assert err == ""
        assert json.loads(read("1"))["diagnostics"]
        assert read("2").startswith("<?xml")
        assert ("error[" in out) is ("text" in options)

    @pytest.mark.parametrize(
        "options",
        [["--format", "json", "-o", "1"], ["-o", "1", "--format", "json"], ["-o", "1", "a.yaml", "--format=json"]],
    )
    def test_with_one_of_each_their_order_does_not_matter(
        self, aicfg: Command, read: Callable[[str], str], options: list[str]
    ) -> None:
        assert aicfg("lint", "a.yaml", *options) == (1, "", "")
        assert json.loads(read("1"))["diagnostics"]

    def test_a_file_alone_has_text(self, aicfg: Command, read: Callable[[str], str]) -> None:
        assert aicfg("lint", "a.yaml", "-o", "1") == (1, "", "")
        assert read("1") == aicfg("lint", "a.yaml").out

    def test_a_dash_is_standard_output(self, aicfg: Command, read: Callable[[str], str]) -> None:
        out = aicfg("lint", "a.yaml", "--format", "text", "-o", "1", "--format", "json", "-o", "-").out
        assert json.loads(out)["diagnostics"]
        assert read("1").startswith("error[")

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (["-o", "1", "--format", "json", "--format", "text"], "an -o without one"),
            (["-o", "1", "--format", "json", "-o", "2"], "an -o without one"),
            (["--format", "json", "-o", "1", "-o", "2"], "an -o without one"),
            (["-o", "1", "-o", "2"], "an -o without one"),
            (["--format", "json", "--format", "text"], "only one report can go to standard output"),
            (["--format", "json", "-o", "1", "--format", "text", "-o", "./1"], "two reports would go to"),
            (["--format", "json", "-o", "a.yaml"], "is one of the files that are checked"),
            (["--format", "jsn"], 'did you mean "json"?'),
            (["--format", "json", "-o", "."], "cannot write this file"),
        ],
    )
    def test_what_cannot_be_meant_is_refused_and_nothing_written(
        self, aicfg: Command, tmp_path: Path, options: list[str], said: str
    ) -> None:
        status, _, err = aicfg("lint", "a.yaml", *options)
        assert status == 2
        assert said in err
        assert os.listdir(tmp_path) == ["a.yaml"]
        assert (tmp_path / "a.yaml").read_text() == BROKEN

    def test_two_reports_may_go_to_a_device(self, aicfg: Command) -> None:
        device = ["-o", os.devnull]
        assert aicfg("lint", "a.yaml", "--format", "json", *device, "--format", "junit", *device) == (1, "", "")

    def test_a_file_is_never_coloured_unless_that_is_asked_for(
        self, aicfg: Command, read: Callable[[str], str]
    ) -> None:
        aicfg("lint", "a.yaml", "-o", "1")
        aicfg("lint", "a.yaml", "-o", "2", "--color", "always")
        assert ("\x1b" in read("1"), "\x1b" in read("2")) == (False, True)

    def test_help_says_what_belongs_to_what(self, aicfg: Command) -> None:
        assert "Each -o belongs to the --format before it" in " ".join(aicfg("lint", "--help").out.split())


class TestAuto:
    def test_is_text_elsewhere(self, aicfg: Command) -> None:
        assert aicfg("lint", "a.yaml", "--format", "auto").out == aicfg("lint", "a.yaml", "--format", "text").out

    @pytest.mark.parametrize("options", [[], ["--format", "auto"]])
    def test_is_annotations_in_github_actions(
        self, aicfg: Command, monkeypatch: pytest.MonkeyPatch, options: list[str]
    ) -> None:
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        assert aicfg("lint", "a.yaml", *options).out.startswith("::error title=M101 unknown-key,file=a.yaml,line=5,")

    def test_a_format_that_is_named_is_that_one(self, aicfg: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        assert aicfg("lint", "a.yaml", "--format", "text").out.startswith("error[")

    def test_in_gitlab_a_file_is_its_report_and_the_log_text(
        self, aicfg: Command, monkeypatch: pytest.MonkeyPatch, read: Callable[[str], str]
    ) -> None:
        monkeypatch.setenv("GITLAB_CI", "true")
        out = aicfg("lint", "a.yaml", "--format", "auto", "--format", "auto", "-o", "gl-code-quality-report.json").out
        assert out.startswith("error[")
        assert json.loads(read("gl-code-quality-report.json"))[0]["severity"] == "major"


class TestStepSummary:
    def test_is_added_to_what_is_there(
        self, aicfg: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, read: Callable[[str], str]
    ) -> None:
        (tmp_path / "summary.md").write_text("before\n")
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
        aicfg("lint", "a.yaml", "--format", "text")
        assert read("summary.md") == "before\n"
        aicfg("lint", "a.yaml", "--format", "github")
        assert read("summary.md").startswith("before\n### aicfg: 1 error")

    def test_one_that_cannot_be_written_stops_nothing(
        self, aicfg: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
        status, out, err = aicfg("lint", "a.yaml", "--format", "github")
        assert status == 1
        assert out.startswith("::error ")
        assert err.startswith("warning: cannot write the step's summary: ")


class TestStatus:
    def test_exit_zero_is_for_findings(self, aicfg: Command) -> None:
        assert aicfg("lint", "a.yaml", "--exit-zero") == (0, aicfg("lint", "a.yaml").out, "")

    def test_exit_zero_is_not_for_what_cannot_be_read(self, aicfg: Command) -> None:
        assert aicfg("lint", "gone.yaml", "--exit-zero").status == 2

    @pytest.mark.parametrize(("level", "status"), [("error", 0), ("warning", 0), ("info", 1)])
    def test_fail_on_is_the_least_that_fails(
        self, aicfg: Command, manifest: Callable[..., str], level: str, status: int
    ) -> None:
        assert aicfg("lint", manifest(INFORMED), "--fail-on", level).status == status

    def test_what_is_not_shown_counts(self, aicfg: Command) -> None:
        status, out, _ = aicfg("lint", "a.yaml", "--max-findings", "0")
        assert status == 1
        assert out.startswith("found 1 error (1 not shown): ")


class TestHowMuch:
    def test_quiet_says_nothing_of_a_clean_file(self, aicfg: Command, manifest: Callable[..., str]) -> None:
        assert aicfg("lint", manifest(CLEAN), "--quiet") == (0, "", "")

    def test_quiet_says_nothing_where_there_is_no_file(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").unlink()
        assert aicfg("lint", "--quiet") == (0, "", "")

    def test_statistics_come_in_place_of_the_findings(self, aicfg: Command) -> None:
        out = aicfg("lint", "a.yaml", "--statistics").out
        assert out.splitlines()[0].split()[:4] == ["1", "error", "M101", "unknown-key"]
        assert "modle" not in out


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no terminals here")
@pytest.mark.parametrize(
    ("environment", "options", "colours", "links"),
    [
        ({}, (), True, True),
        ({"NO_COLOR": "1"}, (), False, True),
        ({}, ("--color", "never"), False, False),
        ({"TERM": "dumb"}, (), False, False),
    ],
)
def test_a_terminal_gets_colours_and_links(
    tmp_path: Path, environment: dict[str, str], options: tuple[str, ...], colours: bool, links: bool
) -> None:
    leader, follower = os.openpty()
    env = {**os.environ, "TERM": "xterm", **environment}
    command = [sys.executable, "-m", "aicfg", "lint", "a.yaml", *options]
    subprocess.run(command, cwd=tmp_path, stdout=follower, env=env, timeout=60, check=False)
    os.close(follower)
    text = b""
    try:
        while part := os.read(leader, 4096):
            text += part
    except OSError:  # how Linux tells the end
        pass
    os.close(leader)
    assert b"M101" in text
    assert (b"\x1b[1;31m" in text, b"\x1b]8;;file://" in text) == (colours, links)


def test_a_pipe_gets_no_links_whatever_its_colours(process: Command) -> None:
    out = process("lint", "a.yaml", "--color", "always").out
    assert "\x1b[1;31m" in out
    assert "\x1b]8" not in out
