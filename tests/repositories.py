"""Repositories of the tests' own, and this checkout as a repository that pre-commit can install hooks from."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def pre_commit() -> str | None:
    """The program of that name, beside this Python or elsewhere."""
    return shutil.which("pre-commit", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))


def environment() -> dict[str, str]:
    """The environment without what would lead git or Python to another place."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))}


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@x.invalid", "-c", "init.defaultBranch=main", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=True)
    return done.stdout


def hooks_of_this_checkout(folder: Path) -> Path:
    """A repository with this checkout as it is now, committed or not. Skips the test where pre-commit is missing."""
    if pre_commit() is None or shutil.which("git") is None:
        pytest.skip("needs git and pre-commit: pip install -e '.[dev]'")
    source = folder / "aicfg"
    source.mkdir()
    for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    for name in ("aicfg", "schemas", "templates"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    git(source, "init", "-q")
    git(source, "add", "-A")
    git(source, "commit", "-q", "-m", "all")
    return source


def skip_without_index(status: int, out: str) -> None:
    """Skip the test where pre-commit could not install the hooks for want of a package index."""
    if status == 3 and re.search(r"No matching distribution|Connection|resolve|Network", out, re.I):
        pytest.skip("pre-commit cannot install the hooks: pip finds no package index")
