"""No report lets a file drive what reads it, and none tells a secret, whatever stands in names, keys and values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Command
from reporting import DRIVES, HOSTILE, finding, fixed, hostile_findings, hostile_run, written

from aicfg.lint.diagnostic import Report
from aicfg.lint.engine import Run
from aicfg.lint.reporters import for_people, formats, report
from aicfg.lint.reporters.github import summary

LOGS = [name for name in formats() if for_people(name) or name == "github"]
SECRETS = """\
version: 1
providers:
  p: {type: openai, api_key: swordfish-42-swordfish, base_url: "https://u:pass1234@h.example/v1"}
  q: {type: mistrall, auth: {header_name: Authorization, header_value: "Bearer swordfish-42-swordfish"}, hst: x}
  r: {type: sk-a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4, sk-a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4: 1}
routes:
  chat: {provider: p, modle: gpt-4o, options: {top_p: sk-a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4}}
"""


@pytest.mark.parametrize("name", formats())
class TestEveryFormat:
    def test_holds_no_character_that_drives_what_reads_it(self, name: str) -> None:
        assert not DRIVES & set(written(name, hostile_findings()))

    @pytest.mark.parametrize("text", HOSTILE)
    def test_holds_none_from_a_real_file(self, name: str, text: str) -> None:
        run, result = hostile_run(text)
        assert result.diagnostics
        assert not DRIVES & set(report(result, name, run.source_line))

    def test_tells_no_secret(self, name: str) -> None:
        run = Run()
        run.read_content(SECRETS.encode(), "a.yaml")
        text = report(run.report(), name, run.source_line)
        assert "M101" in text
        assert not re.search("swordfish|pass1234|a1b2c3d4", text)

    def test_leaves_out_a_fix_that_would_tell_one(self, name: str) -> None:
        assert "swordfish" not in written(name, [fixed("api_key: swordfish-42-swordfish")])
        assert "a1b2c3d4" not in written(name, [fixed("sk-" + "a1b2c3d4" * 4)])


@pytest.mark.parametrize("name", LOGS)
class TestLogs:
    def test_no_line_is_a_command_that_aicfg_did_not_write(self, name: str) -> None:
        """The runner of GitHub takes `::` at the start of a line, behind spaces, and `##[` anywhere in it."""
        for line in written(name, hostile_findings()).splitlines():
            if name == "github" and line.startswith("::"):
                assert re.match(r"::(error|warning|notice) [^:]*::", line)
            else:
                assert not line.lstrip().startswith("::")
                assert "##[" not in line

    def test_a_finding_takes_the_lines_that_it_needs_and_no_more(self, name: str) -> None:
        plain = written(name, [finding(message="m", hint="h")]).count("\n")
        for text in HOSTILE:
            assert written(name, [finding(message=text, hint=text)]).count("\n") == plain


def test_an_error_of_aicfg_itself_is_no_command_either(aicfg: Command) -> None:
    err = aicfg("lint", "##[error]x\n::error::y").err
    assert "##[" not in err
    assert "\n::" not in err


def test_a_source_line_is_no_command(tmp_path: Path) -> None:
    run = Run()
    run.read_content(b"version: 1\n##[add-path]/evil\n?: ##[add-path] [\n", "a.yaml")
    result = run.report()
    assert result.diagnostics
    assert "##[" not in report(result, "text", run.source_line)


@pytest.mark.parametrize("column", range(1, 9))
def test_a_source_line_is_no_command_wherever_the_finding_is(column: int) -> None:
    result = Report((finding()._replace(column=column, end_column=column + 1),), ("a.yaml",))
    assert "#\\x23[" in report(result, "text", lambda file, line: "k: ##[error]")


class TestSummary:
    def test_shows_hostile_texts_as_they_are_and_as_no_markup(self) -> None:
        text = summary(Report(tuple(hostile_findings()), ("a.yaml",)))
        for line in text.splitlines()[4:]:
            assert line.count("|") in (0, 5)
            cells = line.replace("|", " ")
            assert not set("`*_<>[](){}!:@#~\\") & set(re.sub(r"&#\d+;", "", cells))
        assert not DRIVES & set(text)
