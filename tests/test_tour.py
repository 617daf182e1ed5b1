"""The tour of the README: its commands, run by bash in a copy of samples/tour, print what it shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from repositories import ROOT, environment, git, hooks_of_this_checkout, pre_commit, skip_without_index

README = ROOT / "README.md"
TOUR = ROOT / "samples" / "tour"
UPDATE = os.environ.get("AICFG_UPDATE_GOLDEN") == "1"
BLOCK = re.compile(r"(?<=^```console tour\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
HOOKS_AT = "https://github.com/OWNER/aicfg"
"""Where the tour has its hooks from; git is told to look into this checkout instead."""


@pytest.fixture(scope="module")
def traveller(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A repository with the twenty files, and the environment of a shell in it."""
    if shutil.which("bash") is None:
        pytest.skip("needs bash")
    hooks = hooks_of_this_checkout(tmp_path_factory.mktemp("hooks"))
    git(hooks, "tag", "v0.1.0")
    folder = tmp_path_factory.mktemp("tour")
    shutil.copytree(TOUR, folder, dirs_exist_ok=True)
    git(folder, "init", "-q")
    bins = {str(Path(sys.executable).parent), str(Path(str(pre_commit())).parent)}
    home = tmp_path_factory.mktemp("home")
    env = {
        **{name: value for name, value in environment().items() if name not in ("CI", "GITHUB_ACTIONS", "GITLAB_CI")},
        "PATH": os.pathsep.join([*bins, os.environ["PATH"]]),
        "HOME": str(home),
        "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit")),
        "PRE_COMMIT_COLOR": "never",
        "NO_COLOR": "1",
    }
    (home / ".gitconfig").write_text(
        f'[user]\n\tname = x\n\temail = x@x.invalid\n[url "{hooks}"]\n\tinsteadOf = {HOOKS_AT}\n'
        "[init]\n\tdefaultBranch = main\n"
    )
    return folder, env


def test_the_tour_goes_as_the_readme_tells_it(traveller: tuple[Path, dict[str, str]]) -> None:
    folder, env = traveller
    text = README.read_text(encoding="utf-8")
    told = BLOCK.findall(text)
    assert len(told) > 3
    shown = [_shown(block, folder, env) for block in told]
    if UPDATE:
        blocks = iter(shown)
        README.write_text(BLOCK.sub(lambda _: next(blocks), text), encoding="utf-8")
        return
    assert shown == told


def test_its_files_for_ci_say_what_the_tour_does() -> None:
    [repo] = yaml.safe_load((TOUR / ".pre-commit-config.yaml").read_text())["repos"]
    assert (repo["repo"], [hook["id"] for hook in repo["hooks"]]) == (HOOKS_AT, ["aicfg-lint"])
    steps = yaml.safe_load((TOUR / ".github" / "workflows" / "aicfg.yml").read_text())["jobs"]["lint"]["steps"]
    inputs = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    assert set(steps[-1]["with"]) <= set(inputs)
    assert f"aicfg lint {steps[-1]['with']['paths']} {steps[-1]['with']['args']}\n" in README.read_text(
        encoding="utf-8"
    )


def _shown(block: str, folder: Path, env: dict[str, str]) -> str:
    """A block with what its commands print now."""
    shown = ""
    for command in re.findall(r"^\$ (.*)\n", block, re.MULTILINE):
        if "pre-commit run" in command:
            ready = _run("pre-commit install-hooks", folder, env)
            skip_without_index(ready.returncode, ready.stdout)
        done = _run(command, folder, env)
        assert done.returncode in (0, 1), done.stdout
        shown += f"$ {command}\n{done.stdout}"
    return shown


def _run(command: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
