"""The action for GitHub: its steps are run as the runner would run them, with friendly and with hostile inputs."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from composite_action import Done, Runner, commands, evaluated

ROOT = Path(__file__).resolve().parents[1]
ACTION = ROOT / "action.yml"
ABOUT = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
MANIFEST = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
  chat: {provider: p, model: gpt-4o}
"""
MISSPELT = MANIFEST.replace("model:", "modle:")

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


class TestTheFile:
    def test_describes_each_input_and_output(self) -> None:
        assert set(ABOUT) == {"name", "description", "author", "branding", "inputs", "outputs", "runs"}
        for said in (*ABOUT["inputs"].values(), *ABOUT["outputs"].values()):
            assert said["description"].strip()
        assert all(isinstance(said["default"], str) for said in ABOUT["inputs"].values())
        assert ABOUT["runs"]["using"] == "composite"

    def test_uses_every_input(self) -> None:
        used = set(re.findall(r"\$?inputs\.([\w-]+)", json.dumps(ABOUT["runs"])))
        assert used == set(ABOUT["inputs"])

    def test_no_script_holds_an_expression(self) -> None:
        for step in ABOUT["runs"]["steps"]:
            assert "${{" not in step["run"]

    def test_outputs_come_from_steps_that_are_there(self) -> None:
        ids = {step.get("id") for step in ABOUT["runs"]["steps"]}
        for said in ABOUT["outputs"].values():
            match = re.fullmatch(r"\$\{\{ steps\.(\w+)\.outputs\.(\w+) \}\}", said["value"])
            assert match
            assert match[1] in ids

    def test_no_python_starts_with_the_workspace_on_its_path(self) -> None:
        for step in ABOUT["runs"]["steps"]:
            for line in re.findall(r"python\"?\s+(-\S+)", step["run"]):
                assert line == "-I"


def test_the_interpreter_understands_expressions() -> None:
    context = {"inputs": {"a": "X", "b": ""}, "ok": True}
    assert evaluated("inputs.a == 'x' && (inputs.b != '' || !inputs.b)", context) is True
    assert evaluated("inputs.missing || 'it''s'", context) == "it's"
    assert evaluated("failure() || inputs.b", context) == ""
    assert commands("a=1=2\nb<<END\nx\ny\nEND\n") == {"a": "1=2", "b": "x\ny"}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


@pytest.fixture
def act(tmp_path: Path, workspace: Path) -> Callable[..., Done]:
    """Runs the action, with the aicfg of these tests in place of one that it would install."""
    program = tmp_path / "bin/aicfg"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m aicfg "$@"\n')
    program.chmod(0o755)
    (program.parent / "python").symlink_to(sys.executable)

    def run(**inputs: str) -> Done:
        runner = Runner(workspace, tmp_path / "temp", program.parent, skipped=("Install aicfg",))
        return runner.run(ACTION, {name.replace("_", "-"): value for name, value in inputs.items()})

    return run


Act = Callable[..., Done]


def test_without_inputs_the_workspace_is_linted(act: Act, workspace: Path) -> None:
    (workspace / "a.yaml").write_text(MANIFEST)
    done = act()
    assert (done.ok, done.outputs) == (True, {"findings": "0", "errors": "0", "sarif": ""})
    (workspace / "deep").mkdir()
    (workspace / "deep/b.yaml").write_text(MISSPELT)
    done = act()
    assert (done.ok, done.outputs["findings"], done.outputs["errors"]) == (False, "1", "1")
    assert re.search(r"::error [^\n]*file=deep/b\.yaml,line=5", done.log)
    assert "M101" in done.summary
    assert done.steps == ("Lint",)


def test_fail_on_and_never(act: Act, workspace: Path) -> None:
    (workspace / "a.yaml").write_text(MANIFEST + "  # aicfg: ignore[M101]\n")  # silences nothing: a warning
    assert act().ok
    assert not act(fail_on="warning").ok
    (workspace / "a.yaml").write_text(MISSPELT)
    done = act(fail_on="never")
    assert (done.ok, done.outputs["errors"]) == (True, "1")


def test_paths_are_lines_and_args_are_words(act: Act, workspace: Path) -> None:
    for name in ("one file.yaml", "b.yaml", "c.yaml"):
        (workspace / name).write_text(MISSPELT)
    done = act(paths="one file.yaml\n\n  b.yaml\n", args=" --select  V,M101\n--statistics ", format="text")
    assert done.outputs["findings"] == "2"
    assert "2  error    M101" in done.log
    done = act(paths="one file.yaml", format="concise")
    assert "one file.yaml:5:" in done.log
    assert "c.yaml" not in done.log


def test_globs_are_for_aicfg(act: Act, workspace: Path) -> None:
    (workspace / "x/y").mkdir(parents=True)
    (workspace / "x/y/a.yaml").write_text(MISSPELT)
    assert act(paths="x/**/*.yaml").outputs["findings"] == "1"
    assert not act(paths="nothing/*.yaml").ok


def test_sarif_goes_to_a_file_of_the_working_directory(act: Act, workspace: Path) -> None:
    (workspace / "conf").mkdir()
    (workspace / "conf/a.yaml").write_text(MISSPELT)
    done = act(working_directory="conf", sarif="aicfg.sarif")
    assert done.outputs["sarif"] == "aicfg.sarif"
    (result,) = json.loads((workspace / "conf/aicfg.sarif").read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "conf/a.yaml"


@pytest.mark.parametrize("format_", ["text", "concise"])
def test_text_has_the_problem_matcher(act: Act, workspace: Path, format_: str) -> None:
    (workspace / "a.yaml").write_text(MANIFEST)
    done = act(format=format_)
    assert done.log.startswith(f"::add-matcher::{ROOT}/.github/aicfg-matcher.json\n")
    assert done.steps == ("Register the problem matcher", "Lint")


def test_what_cannot_be_used_fails_without_outputs(act: Act, workspace: Path) -> None:
    (workspace / "a.yaml").write_text(MANIFEST)
    for inputs in ({"format": "rtf"}, {"fail_on": "sometimes"}, {"args": "--nope"}, {"paths": "absent.yaml"}):
        done = act(**inputs)
        assert not done.ok
        assert done.outputs["findings"] in ("", "0")


HOSTILE = (
    "$(touch pwned)",
    "`touch pwned`",
    "; touch pwned #",
    '" && touch pwned && "',
    "'; touch pwned; '",
    "x\ntouch pwned",
    "${{ github.token }}",
    "${IFS}touch${IFS}pwned",
    "--config=/etc/passwd",
    "|touch pwned",
    "a\nEND\nimport os; os.system('touch pwned')",
    "x\nsarif=forged",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["paths", "args", "fail-on", "format", "sarif"])
def test_no_input_is_run(act: Act, workspace: Path, name: str, text: str) -> None:
    (workspace / "a.yaml").write_text(MANIFEST)
    done = act(**{name: text})
    assert not list(workspace.rglob("pwned"))
    assert done.outputs["sarif"] != "forged"
    assert "root:" not in done.log


@pytest.mark.parametrize("name", ["json.py", "yaml.py", "click.py", "sitecustomize.py"])
def test_no_module_of_the_workspace_is_imported(act: Act, workspace: Path, name: str) -> None:
    (workspace / "a.yaml").write_text(MISSPELT)
    (workspace / name).write_text("open('pwned', 'w')\nraise SystemExit(77)\n")
    # the program of these tests is `python -m aicfg`, which looks there; an installed one does not
    done = Runner(workspace, workspace.parent / "temp", _counting(workspace.parent), ("Install aicfg",)).run(ACTION, {})
    assert done.outputs["findings"] == "0"
    assert not (workspace / "pwned").exists()


def _counting(folder: Path) -> Path:
    """A folder with an `aicfg` that writes an empty report where it is told to."""
    program = folder / "stub/aicfg"
    program.parent.mkdir()
    program.write_text("""#!/bin/sh\necho '{"diagnostics": []}' >"$7"\n""")
    program.chmod(0o755)
    (program.parent / "python").symlink_to(sys.executable)
    return program.parent


def test_the_package_is_a_package_and_nothing_else(tmp_path: Path, workspace: Path) -> None:
    (workspace / "list.txt").write_text("not-to-be-read\n")
    done = Runner(workspace, tmp_path / "temp").run(ACTION, {"package": "--requirement=list.txt $(touch pwned)"})
    assert (done.ok, done.steps) == (False, ("Install aicfg",))
    assert "not-to-be-read" not in done.log
    assert not list(workspace.rglob("pwned"))


def test_it_installs_itself(tmp_path: Path, workspace: Path) -> None:
    source = tmp_path / "action"
    source.mkdir()
    for name in ("action.yml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    for name in ("aicfg", "schemas", "templates", ".github"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    (workspace / "a.yaml").write_text(MISSPELT)
    (workspace / "venv.py").write_text("open('pwned', 'w')\n")
    done = Runner(workspace, tmp_path / "temp").run(source / "action.yml", {})
    if "Lint" not in done.steps and re.search(r"No matching distribution|connection|resolve|Network", done.log, re.I):
        pytest.skip("pip finds no package index")
    assert done.outputs["errors"] == "1", done.log
    assert re.search(r"::error [^\n]*file=a\.yaml", done.log)
    assert not (workspace / "pwned").exists()
