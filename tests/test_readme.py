"""What the README shows is true: its commands run, its output is the output, its manifests are clean."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from aicfg.lint.engine import Run

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n\$ aicfg ([^\n]*)\n(.*?)```", README, re.DOTALL)
MANIFESTS = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
SETUP = re.findall(r"```sh setup\n(.*?)```", README, re.DOTALL)


def run(arguments: str) -> str:
    """What a terminal shows: standard output and standard error."""
    command = [sys.executable, "-m", "aicfg", *shlex.split(arguments)]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
    )
    return done.stdout


@pytest.mark.parametrize(("arguments", "output"), CONSOLE)
def test_a_command_prints_what_the_readme_shows(arguments: str, output: str) -> None:
    assert run(arguments) == output


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_a_manifest_is_clean(manifest: str) -> None:
    lint = Run()
    lint.read_content(manifest.encode(), "README.md")
    assert lint.report().diagnostics == ()


def test_there_is_something_to_check() -> None:
    assert len(CONSOLE) >= 2
    assert len(MANIFESTS) >= 1


def test_setting_up_is_two_commands_and_the_first_does_the_main_job() -> None:
    (block,) = SETUP
    first, second = block.splitlines()
    rendered = run(first.rpartition(" && .venv/bin/aicfg ")[2])
    assert rendered.startswith('_format_version: "3.0"\n')
    assert second.endswith("-m pytest")


def test_every_command_is_in_the_table() -> None:
    from aicfg.cli import cli

    for name in cli.list_commands(None):
        assert f"`aicfg {name}" in README
