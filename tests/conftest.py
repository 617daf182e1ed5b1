"""What all tests share: aicfg as a command, in this process or in one of its own, and hypothesis's settings."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import HealthCheck, settings

settings.register_profile(
    "quick", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.register_profile("ci", settings.get_profile("quick"), derandomize=True, print_blob=True)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "quick"))


class Outcome(NamedTuple):
    """How a command ended: its exit status, and what it wrote to standard output and standard error."""

    status: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    of_ci = ("GITHUB_ACTIONS", "GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY", "GITLAB_CI", "CI_PROJECT_DIR")
    for name in ("NO_COLOR", "AICFG_TRACEBACK", *of_ci):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def aicfg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs the console script's function in this process, in an empty folder: `aicfg("lint", "a.yaml")`."""
    monkeypatch.chdir(tmp_path)

    def run(*args: str, stdin: bytes = b"") -> Outcome:
        from aicfg.cli import main

        monkeypatch.setattr(sys, "argv", ["aicfg", *args])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as end:
            main()
        code = end.value.code
        assert code is None or isinstance(code, int)
        return Outcome(code or 0, *capfd.readouterr())

    return run


@pytest.fixture
def process(tmp_path: Path) -> Command:
    """Runs `python -m aicfg` in a process of its own, in the same empty folder."""

    def run(*args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "aicfg", *args],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, **(env or {})},
            timeout=60,
        )
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def python(tmp_path: Path) -> Command:
    """Runs Python code in a process of its own, so that imports and caches of this one play no part."""

    def run(code: str, *args: str) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-c", code, *args], capture_output=True, text=True, cwd=tmp_path, timeout=60
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def manifest(tmp_path: Path) -> Callable[..., str]:
    """Writes a manifest into the folder that commands run in, and gives its name."""

    def write(text: str, name: str = "aicfg.yaml") -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, str]], None]:
    """Writes files by name, in folders or not, into the folder that commands run in, and goes there."""
    monkeypatch.chdir(tmp_path)

    def write(files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")

    return write


@pytest.fixture
def found(aicfg: Command) -> Callable[..., list[tuple[str, str, int]]]:
    """The findings of lint: code, file and line."""

    def lint(*arguments: str, stdin: bytes = b"") -> list[tuple[str, str, int]]:
        outcome = aicfg("lint", "--format", "json", *arguments, stdin=stdin)
        assert outcome.err == ""
        findings = json.loads(outcome.out)["diagnostics"]
        return [(one["code"], one["file"], one["range"]["start"]["line"]) for one in findings]

    return lint


@pytest.fixture
def rendered(aicfg: Command) -> Callable[..., Any]:
    """The decK file that render prints, read again."""

    def render(*arguments: str) -> Any:
        outcome = aicfg("render", *arguments)
        assert (outcome.status, outcome.err) == (0, "")
        return yaml.safe_load(outcome.out)

    return render
