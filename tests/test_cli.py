"""The command line: what each command prints where, and the exit status that it ends with."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from conftest import Command

from aicfg import __version__
from aicfg.catalog.providers import provider_types
from aicfg.cli import cli
from aicfg.lint.registry import rules
from aicfg.resources import folder

CLEAN = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
  chat: {provider: p, model: gpt-4o}
"""
BROKEN = CLEAN.replace("model:", "modle:")
WARNED = CLEAN.replace("gpt-4o", "gpt-4o, options: {top_k: 40}")
INFORMED = CLEAN.replace("${env:OPENAI_API_KEY}", "{vault://env/key}")

COMMANDS = [
    "completion",
    "docs",
    "explain",
    "fmt",
    "init",
    "lint",
    "lsp",
    "providers",
    "render",
    "rules",
    "schema",
    "serve",
    "translate",
]
Write = Callable[..., str]


class TestTheProgram:
    def test_tells_its_version(self, aicfg: Command) -> None:
        assert aicfg("--version") == (0, f"aicfg {__version__}\n", "")

    def test_runs_as_a_module_and_as_a_script(self, process: Command) -> None:
        script = shutil.which("aicfg", path=str(Path(sys.executable).parent))
        assert process("--version") == (0, f"aicfg {__version__}\n", "")
        if script:
            assert (
                subprocess.run([script, "--version"], capture_output=True, text=True).stdout == process("--version").out
            )

    @pytest.mark.parametrize("option", ["-h", "--help"])
    def test_lists_every_command_with_what_it_does(self, aicfg: Command, option: str) -> None:
        status, out, _ = aicfg(option)
        assert status == 0
        listed = re.findall(r"^  (\w+)  +\S", out.partition("Commands:")[2], re.MULTILINE)
        assert listed == COMMANDS

    @pytest.mark.parametrize("command", COMMANDS)
    def test_every_command_explains_itself_and_its_options(self, aicfg: Command, command: str) -> None:
        status, out, _ = aicfg(command, "--help")
        assert status == 0
        assert out.startswith(f"Usage: aicfg {command}")
        assert len(out.split("\n\n")[1].strip()) > 20

    @pytest.mark.parametrize("command", COMMANDS)
    def test_every_option_says_what_it_does(self, command: str) -> None:
        found = cli.get_command(click.Context(cli), command)
        assert found is not None
        for option in found.params:
            assert not isinstance(option, click.Option) or option.help, option.name

    @pytest.mark.parametrize(
        ("word", "command"), [("lnt", "lint"), ("validate", "lint"), ("compile", "render"), ("format", "fmt")]
    )
    def test_an_unknown_command_gets_a_suggestion(self, aicfg: Command, word: str, command: str) -> None:
        status, out, err = aicfg(word)
        assert (status, out) == (2, "")
        assert f'did you mean "{command}"?' in err

    def test_an_unknown_option_gets_a_suggestion(self, aicfg: Command) -> None:
        status, out, err = aicfg("lint", "--slect", "P")
        assert (status, out) == (2, "")
        assert "--select" in err

    def test_an_unknown_format_gets_the_list(self, aicfg: Command) -> None:
        status, out, err = aicfg("lint", "--format", "yaml")
        assert (status, out) == (2, "")
        assert "there is no 'yaml': use one of auto, concise, github," in err

    def test_without_a_command_it_shows_what_there_is(self, aicfg: Command) -> None:
        status, out, err = aicfg()
        assert status in (0, 2)  # click changed its mind in 8.2
        assert "Commands:" in out + err

    def test_an_error_of_the_user_is_one_line_and_a_hint_without_control_characters(self, aicfg: Command) -> None:
        assert aicfg("lint", "\x1b[31mred\udcff.yaml") == (
            2,
            "",
            "error: \\x1b[31mred\\udcff.yaml: there is no such file\n  = help: check the path\n",
        )


class TestABugInAicfg:
    BUG = "from aicfg.lint import engine; engine.in_order = lambda found: 1 / 0; from aicfg.cli import main; main()"

    def test_ends_with_status_3_and_no_traceback(self, python: Command, manifest: Write) -> None:
        status, out, err = python(self.BUG, "lint", manifest(CLEAN))
        assert (status, out) == (3, "")
        assert "internal error (ZeroDivisionError)" in err
        assert "Traceback" not in err

    def test_shows_the_traceback_on_demand(
        self, python: Command, manifest: Write, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AICFG_TRACEBACK", "1")
        status, _, err = python(self.BUG, "lint", manifest(CLEAN))
        assert status == 3
        assert "Traceback" in err


@pytest.mark.skipif(os.name == "nt", reason="pipes close in another way there")
@pytest.mark.parametrize("command", [["providers"], ["rules"], ["schema"], ["explain", "M101"], ["lint", "aicfg.yaml"]])
def test_a_reader_that_goes_away_is_no_error(command: list[str], tmp_path: Path, manifest: Write) -> None:
    manifest(CLEAN)
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "aicfg", *command], stdout=writer, stderr=subprocess.PIPE, cwd=tmp_path
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(os.name == "nt", reason="pipes close in another way there")
def test_findings_still_count_when_the_reader_has_gone(tmp_path: Path, manifest: Write) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "aicfg", "lint", manifest(BROKEN)], stdout=writer, stderr=subprocess.PIPE, cwd=tmp_path
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device here is always full")
@pytest.mark.parametrize("command", [["providers"], ["schema"], ["lint", "aicfg.yaml"]])
def test_output_that_cannot_be_written_is_said_to_be_so(command: list[str], tmp_path: Path, manifest: Write) -> None:
    manifest(CLEAN)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "aicfg", *command], stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path
        )
    assert (done.returncode, done.stderr) == (2, "error: No space left on device\n")


@pytest.mark.skipif(os.name == "nt", reason="there are no such redirections there")
@pytest.mark.parametrize(
    ("redirected", "status", "error"),
    [
        ("lint broken.yaml >&-", 1, ""),
        ("lint broken.yaml broken.json --jobs 2 <&- >&-", 1, ""),
        ("lint broken.yaml 2>&- >&-", 1, ""),
        ("lint - <&-", 2, "error: standard input is closed\n"),
    ],
)
def test_what_is_closed_is_not_used(redirected: str, status: int, error: str, tmp_path: Path, manifest: Write) -> None:
    manifest(BROKEN, "broken.yaml")
    manifest('{"version": 2}\n', "broken.json")
    command = f'"{sys.executable}" -m aicfg {redirected}'
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith(error) if error else "error" not in done.stderr


def test_an_interrupt_while_modules_are_loaded_ends_the_run_quietly() -> None:
    program = (
        "import aicfg.__main__ as console\n"
        "def interrupted(name): raise KeyboardInterrupt\n"
        "console.import_uncompiled = interrupted; console.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_what_comes_through_a_pipe_is_read_once(aicfg: Command, manifest: Write) -> None:
    manifest(BROKEN, "a.yaml")
    reader, writer = os.pipe()
    os.write(writer, BROKEN.encode())
    os.close(writer)
    status, out, _ = aicfg("lint", "a.yaml", f"/dev/fd/{reader}", "--format", "concise")
    os.close(reader)
    assert status == 1
    assert f"/dev/fd/{reader}:5:23: error[M101]" in out


class TestLint:
    def test_a_clean_file_has_status_0(self, aicfg: Command, manifest: Write) -> None:
        assert aicfg("lint", manifest(CLEAN)) == (0, "no findings in 1 file\n", "")

    def test_a_mistake_is_shown_with_its_line_and_has_status_1(self, aicfg: Command, manifest: Write) -> None:
        status, out, err = aicfg("lint", manifest(BROKEN))
        assert (status, err) == (1, "")
        assert out.startswith("error[M101]: ")
        assert "--> aicfg.yaml:5:23" in out
        assert "5 |   chat: {provider: p, modle: gpt-4o}" in out
        assert "                      ^^^^^\n" in out

    def test_all_findings_of_all_files_come_in_one_run(self, aicfg: Command, manifest: Write) -> None:
        manifest(BROKEN, "b.yaml")
        manifest("version: 2\n", "a.yaml")
        status, out, _ = aicfg("lint", "b.yaml", "a.yaml", "--format", "json")
        report = json.loads(out)
        assert status == 1
        assert {found["file"] for found in report["diagnostics"]} == {"a.yaml", "b.yaml"}
        assert [found["file"] for found in report["diagnostics"]] == sorted(
            found["file"] for found in report["diagnostics"]
        )

    def test_the_same_file_twice_is_read_once(self, aicfg: Command, manifest: Write) -> None:
        assert aicfg("lint", manifest(BROKEN), "aicfg.yaml").out.count("error[M101]") == 1

    def test_a_dash_is_standard_input(self, process: Command) -> None:
        status, out, _ = process("lint", "-", stdin=BROKEN.encode())
        assert status == 1
        assert "--> <stdin>:5:23" in out

    def test_standard_input_is_read_once(self, aicfg: Command) -> None:
        assert aicfg("lint", "-", "-", stdin=CLEAN.encode()).out == "no findings in 1 file\n"

    def test_a_missing_file_does_not_stop_the_others(self, aicfg: Command, manifest: Write) -> None:
        status, out, err = aicfg("lint", "nowhere.yaml", manifest(BROKEN))
        assert status == 2
        assert "error[M101]" in out
        assert err == "error: nowhere.yaml: there is no such file\n  = help: check the path\n"

    def test_a_file_that_cannot_be_read_gives_no_clean_report(self, aicfg: Command) -> None:
        assert "no findings" not in aicfg("lint", "nowhere.yaml").out

    def test_json_is_json_even_when_no_file_can_be_read(self, aicfg: Command) -> None:
        status, out, _ = aicfg("lint", "nowhere.yaml", "--format", "json")
        assert status == 2
        assert json.loads(out)["files"] == []

    @pytest.mark.parametrize("codes", ["M", "M101", "m101", "V,M10", " P , M101 "])
    def test_select_keeps_only_some_codes(self, aicfg: Command, manifest: Write, codes: str) -> None:
        assert "error[M101]" in aicfg("lint", manifest(BROKEN), "--select", codes).out

    def test_select_leaves_out_the_rest(self, aicfg: Command, manifest: Write) -> None:
        assert aicfg("lint", manifest(BROKEN), "--select", "S,V").status == 0

    def test_ignore_leaves_out_codes_and_wins_over_select(self, aicfg: Command, manifest: Write) -> None:
        assert "M101" not in aicfg("lint", manifest(BROKEN), "--ignore", "M101").out
        assert aicfg("lint", manifest(BROKEN), "--select", "M", "--ignore", "M1").status == 0

    @pytest.mark.parametrize("option", ["--select", "--ignore"])
    def test_a_code_that_no_rule_has_is_refused(self, aicfg: Command, manifest: Write, option: str) -> None:
        status, out, err = aicfg("lint", manifest(CLEAN), option, "M101,X9")
        assert (status, out) == (2, "")
        assert '"X9"' in err

    @pytest.mark.parametrize(
        ("text", "fail_on", "status"),
        [
            (BROKEN, "error", 1),
            (WARNED, "error", 0),
            (WARNED, "warning", 1),
            (INFORMED, "warning", 0),
            (INFORMED, "info", 1),
            (CLEAN, "info", 0),
        ],
    )
    def test_fail_on_sets_the_severity_that_fails(
        self, aicfg: Command, manifest: Write, text: str, fail_on: str, status: int
    ) -> None:
        assert aicfg("lint", manifest(text), "--fail-on", fail_on).status == status

    def test_the_target_gateway_can_be_set(self, aicfg: Command, manifest: Write) -> None:
        text = CLEAN.replace("gpt-4o}", "gpt-4o, route_type: llm/v1/embeddings}")
        assert aicfg("lint", manifest(text), "--gateway-version", "3.11").status == 0
        assert "V110" in aicfg("lint", manifest(text), "--gateway-version", "3.10").out

    def test_version_and_edition_override_the_file_each_for_itself(self, aicfg: Command, manifest: Write) -> None:
        text = CLEAN.replace("gpt-4o}", "gpt-4o, route_type: llm/v1/embeddings}")
        text = f'gateway: {{version: "3.7", edition: enterprise}}\n{text}'
        assert "the target is 3.7" in aicfg("lint", manifest(text), "--edition", "oss").out

    @pytest.mark.parametrize("version", ["3.5", "9.9", "abc", "3"])
    def test_an_unknown_gateway_version_is_refused_before_any_file_is_read(
        self, aicfg: Command, manifest: Write, version: str
    ) -> None:
        outcome = aicfg("lint", manifest(CLEAN), "nowhere.yaml", "--gateway-version", version)
        assert outcome[:2] == (2, "")
        assert "3.6 to 3.15" in outcome.err
        assert "nowhere" not in outcome.err

    def test_an_unknown_format_gets_a_suggestion(self, aicfg: Command, manifest: Write) -> None:
        status, out, err = aicfg("lint", manifest(CLEAN), "--format", "jso")
        assert (status, out) == (2, "")
        assert 'did you mean "json"?' in err

    def test_what_is_piped_on_is_utf_8_in_any_locale(self, process: Command) -> None:
        text = CLEAN.replace("gpt-4o", "gpt-4ö").replace("model:", "modle:")
        env = {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0", "LC_ALL": "C"}
        assert "gpt-4ö" in process("lint", "-", stdin=text.encode(), env=env).out


class TestColour:
    def test_there_is_none_in_a_pipe(self, process: Command, manifest: Write) -> None:
        assert "\x1b" not in process("lint", manifest(BROKEN)).out

    def test_always_means_always(self, process: Command, manifest: Write) -> None:
        out = process("lint", manifest(BROKEN), "--color", "always", env={"NO_COLOR": "1"}).out
        assert "\x1b[1;31merror[M101]\x1b[0m" in out

    @pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
    @pytest.mark.parametrize(
        ("arguments", "env", "coloured"),
        [
            ([], {}, True),
            ([], {"NO_COLOR": "1"}, False),
            ([], {"NO_COLOR": ""}, True),
            ([], {"TERM": "dumb"}, False),
            (["--color", "never"], {}, False),
        ],
    )
    def test_a_terminal_gets_it_unless_told_otherwise(
        self, manifest: Write, tmp_path: Path, arguments: list[str], env: dict[str, str], coloured: bool
    ) -> None:
        import pty

        main_end, terminal = pty.openpty()
        command = [sys.executable, "-m", "aicfg", "lint", manifest(BROKEN), *arguments]
        env = {**os.environ, "TERM": "xterm", **env}
        subprocess.run(command, stdout=terminal, cwd=tmp_path, env=env, timeout=60)
        os.close(terminal)
        shown = os.read(main_end, 65536)
        os.close(main_end)
        assert (b"\x1b[" in shown) is coloured


class TestProviders:
    def test_the_matrix_has_a_row_for_every_type(self, aicfg: Command) -> None:
        status, out, _ = aicfg("providers")
        assert status == 0
        assert {line.split()[0] for line in out.splitlines()[1:] if line and line[0] != "`"} == set(provider_types())

    def test_one_type_is_told_about_in_full(self, aicfg: Command) -> None:
        status, out, _ = aicfg("providers", "mistral")
        assert status == 0
        for fact in ("hosting mistral.ai (default)", "hosting ollama", "/api/chat", "mistral_format", "llm/v1/chat"):
            assert fact in out

    @pytest.mark.parametrize("type_", provider_types())
    def test_every_type_can_be_shown(self, aicfg: Command, type_: str) -> None:
        assert aicfg("providers", type_).status == 0

    def test_json_holds_the_same_types(self, aicfg: Command) -> None:
        every = json.loads(aicfg("providers", "--format", "json").out)
        assert [one["type"] for one in every] == list(provider_types())
        assert json.loads(aicfg("providers", "azure", "--format", "json").out) == [
            one for one in every if one["type"] == "azure"
        ]

    def test_an_unknown_type_gets_a_suggestion(self, aicfg: Command) -> None:
        status, out, err = aicfg("providers", "opnai")
        assert (status, out) == (2, "")
        assert 'did you mean "openai"?' in err


class TestRulesAndExplain:
    def test_rules_lists_every_rule(self, aicfg: Command) -> None:
        out = aicfg("rules").out
        assert all(f"{rule.code}  {rule.severity:<7}  {rule.name} " in out for rule in rules())

    def test_rules_as_json(self, aicfg: Command) -> None:
        listed = json.loads(aicfg("rules", "--format", "json").out)
        assert [(one["code"], one["name"], one["severity"]) for one in listed] == [
            (rule.code, rule.name, rule.severity) for rule in rules()
        ]

    @pytest.mark.parametrize("word", ["P204", "p204", "unknown-provider"])
    def test_explain_takes_the_code_or_the_name(self, aicfg: Command, word: str) -> None:
        status, out, _ = aicfg("explain", word)
        assert status == 0
        assert out.startswith("P204 unknown-provider (error)\n")
        assert "\nExample:\n" in out
        assert "\nUse instead:\n" in out

    @pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.code)
    def test_every_rule_can_be_explained(self, aicfg: Command, rule: object) -> None:
        code = rule.code  # type: ignore[attr-defined]
        about = json.loads(aicfg("explain", code, "--format", "json").out)
        assert about["code"] == code
        assert set(about) == {
            *("kind", "code", "name", "severity", "summary", "why", "example", "instead", "gateways", "fix")
        }

    def test_an_unknown_rule_gets_a_suggestion(self, aicfg: Command) -> None:
        status, out, err = aicfg("explain", "unknown-providr")
        assert (status, out) == (2, "")
        assert 'did you mean "unknown-provider"?' in err


def test_schema_prints_the_manifests_json_schema(aicfg: Command) -> None:
    status, out, _ = aicfg("schema")
    assert status == 0
    assert out == (Path(folder("schemas")) / "manifest.schema.json").read_text(encoding="utf-8")
    assert json.loads(out)["$schema"]


class TestRender:
    def test_prints_deck_yaml(self, aicfg: Command, manifest: Write) -> None:
        status, out, err = aicfg("render", manifest(CLEAN))
        assert (status, err) == (0, "")
        assert out.startswith("_format_version:")
        assert '${{ env "DECK_OPENAI_API_KEY" }}' in out

    def test_reads_standard_input(self, aicfg: Command, manifest: Write) -> None:
        assert aicfg("render", "-", stdin=CLEAN.encode()) == aicfg("render", manifest(CLEAN))

    def test_a_dash_as_output_is_standard_output(self, aicfg: Command, manifest: Write, tmp_path: Path) -> None:
        assert aicfg("render", manifest(CLEAN), "-o", "-") == aicfg("render", manifest(CLEAN))
        assert not (tmp_path / "-").exists()

    def test_writes_the_file_that_is_named(self, aicfg: Command, manifest: Write, tmp_path: Path) -> None:
        printed = aicfg("render", manifest(CLEAN)).out
        assert aicfg("render", manifest(CLEAN), "-o", "out.yaml") == (0, "", "")
        assert (tmp_path / "out.yaml").read_text(encoding="utf-8") == printed

    @pytest.mark.parametrize("folder", ["new/", "new/deeper/"])
    def test_writes_the_targets_own_file_names_into_a_folder(
        self, aicfg: Command, manifest: Write, tmp_path: Path, folder: str
    ) -> None:
        assert aicfg("render", manifest(CLEAN), "-o", folder).status == 0
        assert [path.name for path in (tmp_path / folder).iterdir()] == ["kong.yaml"]

    def test_an_existing_folder_needs_no_slash(self, aicfg: Command, manifest: Write, tmp_path: Path) -> None:
        (tmp_path / "there").mkdir()
        assert aicfg("render", manifest(CLEAN), "-o", "there").status == 0
        assert (tmp_path / "there" / "kong.yaml").exists()

    def test_an_error_leaves_the_old_file_as_it_was(self, aicfg: Command, manifest: Write, tmp_path: Path) -> None:
        (tmp_path / "out.yaml").write_text("old")
        status, out, err = aicfg("render", manifest(BROKEN), "-o", "out.yaml")
        assert (status, out) == (1, "")
        assert "error[M101]" in err
        assert (tmp_path / "out.yaml").read_text() == "old"

    def test_warnings_go_to_standard_error(self, aicfg: Command, manifest: Write) -> None:
        status, out, err = aicfg("render", manifest(WARNED))
        assert status == 0
        assert out.startswith("_format_version:")
        assert "warning[" in err

    def test_no_file_is_left_half_written(self, aicfg: Command, manifest: Write, tmp_path: Path) -> None:
        (tmp_path / "out.yaml").mkdir()
        (tmp_path / "out.yaml" / "kong.yaml").mkdir()
        status, _, err = aicfg("render", manifest(CLEAN), "-o", "out.yaml")
        assert status == 2
        assert "cannot write this file" in err
        assert sorted(path.name for path in tmp_path.iterdir()) == ["aicfg.yaml", "out.yaml"]

    def test_keeps_the_permissions_of_the_file_that_it_replaces(
        self, aicfg: Command, manifest: Write, tmp_path: Path
    ) -> None:
        (tmp_path / "out.yaml").touch()
        (tmp_path / "out.yaml").chmod(0o640)
        aicfg("render", manifest(CLEAN), "-o", "out.yaml")
        assert (tmp_path / "out.yaml").stat().st_mode & 0o777 == 0o640

    def test_follows_a_link_instead_of_replacing_it(self, aicfg: Command, manifest: Write, tmp_path: Path) -> None:
        (tmp_path / "real.yaml").write_text("old")
        (tmp_path / "link.yaml").symlink_to("real.yaml")
        aicfg("render", manifest(CLEAN), "-o", "link.yaml")
        assert (tmp_path / "link.yaml").is_symlink()
        assert (tmp_path / "real.yaml").read_text().startswith("_format_version:")

    @pytest.mark.skipif(os.name == "nt", reason="there are no such files there")
    def test_writes_into_a_pipe_and_leaves_it_there(self, aicfg: Command, manifest: Write, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        assert aicfg("render", manifest(CLEAN), "-o", "pipe").status == 0
        assert os.read(reader, 65536).startswith(b"_format_version:")
        os.close(reader)
        assert (tmp_path / "pipe").is_fifo()

    def test_never_writes_over_the_manifest(self, aicfg: Command, manifest: Write, tmp_path: Path) -> None:
        status, _, err = aicfg("render", manifest(CLEAN), "-o", "./aicfg.yaml")
        assert status == 2
        assert "the manifest itself" in err
        assert (tmp_path / "aicfg.yaml").read_text() == CLEAN

    def test_an_unknown_target_is_refused_with_those_there_are(self, aicfg: Command, manifest: Write) -> None:
        status, out, err = aicfg("render", manifest(CLEAN), "--to", "kic")
        assert (status, out) == (2, "")
        assert "use one of" in err
        assert "deck" in err

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [(["nowhere.yaml"], "there is no such file"), (["."], "a folder"), ([], "Missing argument")],
        ids=["missing", "folder", "none"],
    )
    def test_what_is_no_file_has_status_2(self, aicfg: Command, arguments: list[str], reason: str) -> None:
        status, out, err = aicfg("render", *arguments)
        assert (status, out) == (2, "")
        assert reason in err
