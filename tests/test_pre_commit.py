"""The hooks of .pre-commit-hooks.yaml, run by pre-commit in a repository that holds more than configs for Kong."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
PROVIDERS = 'version: 1\nproviders:\n  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}\n'
ROUTES = "routes:\n  chat: {provider: p, model: gpt-4o}\n"
MANIFEST = PROVIDERS + ROUTES
MISSPELT = MANIFEST.replace("model:", "modle:")
DECK = '_format_version: "3.0"\nplugins:\n  - {name: ai-prompt-guard, config: {deny_patterns: [x]}}\n'
OTHERS = {
    "k8s.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n",
    "two.yml": "a: 1\n---\nb: 2\n",
    "chart/templates/x.yaml": "a: {{ .Values.a }}\n{{- if .b }}\n",
    "package.json": '{"name": "x", "version": "1.0.0", "plugins": []}\n',
    ".github/workflows/ci.yml": "on: push\njobs: {a: {runs-on: x, steps: []}}\n",
    "tagged.yaml": "a: !Ref b\n",
    "empty.yaml": "",
}


def _pre_commit() -> str | None:
    return shutil.which("pre-commit", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))


def test_every_hook_is_described_and_skips_nothing_that_it_could_read() -> None:
    assert set(HOOKS) == {"aicfg-lint", "aicfg-fix", "aicfg-render-check"}
    for hook in HOOKS.values():
        assert hook["language"] == "python"
        assert hook["description"]
        assert all(re.search(hook["files"], name) for name in ("a.yaml", "x/b.yml", "c.json"))
        assert not re.search(hook["files"], "README.md")


class Outcome(NamedTuple):
    status: int
    out: str


class Repository:
    """A repository whose hooks come from this checkout. `home` keeps what pre-commit installs."""

    def __init__(self, folder: Path, hooks: Path, home: Path) -> None:
        self.folder, self.hooks = folder, hooks
        self.env = {**_environment(), "PRE_COMMIT_HOME": str(home)}
        self.git("init", "-q")

    def git(self, *arguments: str) -> str:
        return _git(self.folder, *arguments)

    def put(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")
        self.git("add", "-A")

    def run(self, hook: str, *arguments: str, only: tuple[str, ...] = ()) -> Outcome:
        """Run a hook with `args`, over all files or those named."""
        wanted = {"id": hook, "args": list(arguments)}
        repo = {"repo": str(self.hooks), "rev": _git(self.hooks, "rev-parse", "HEAD").strip(), "hooks": [wanted]}
        self.put({".pre-commit-config.yaml": yaml.safe_dump({"repos": [repo]})})
        program = _pre_commit()
        assert program is not None
        chosen = ["--files", *only] if only else ["--all-files"]
        done = subprocess.run(
            [program, "run", "--color=never", *chosen], cwd=self.folder, env=self.env, capture_output=True, text=True
        )
        return Outcome(done.returncode, done.stdout + done.stderr)


def _environment() -> dict[str, str]:
    """The environment without what would lead git or Python to another place."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))}


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@x.invalid", "-c", "init.defaultBranch=main", *arguments]
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A repository with this checkout as it is now, committed or not, and the home of pre-commit, with it installed."""
    if _pre_commit() is None or shutil.which("git") is None:
        pytest.skip("needs git and pre-commit: pip install -e '.[dev]'")
    source, home = tmp_path_factory.mktemp("hooks") / "aicfg", tmp_path_factory.mktemp("home")
    source.mkdir()
    for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    for name in ("aicfg", "schemas", "templates"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    _git(source, "init", "-q")
    _git(source, "add", "-A")
    _git(source, "commit", "-q", "-m", "all")
    first = tmp_path_factory.mktemp("first")
    outcome = Repository(first, source, home).run("aicfg-lint")
    if outcome.status == 3 and re.search(r"No matching distribution|Connection|resolve|Network", outcome.out, re.I):
        pytest.skip("pre-commit cannot install the hooks: pip finds no package index")
    assert outcome.status == 0, outcome.out
    return source, home


@pytest.fixture
def repository(hooks: tuple[Path, Path], tmp_path: Path) -> Repository:
    return Repository(tmp_path, *hooks)


class TestLint:
    def test_passes_over_what_is_not_for_kong(self, repository: Repository) -> None:
        repository.put({**OTHERS, "gateway.yaml": MANIFEST, "kong.yaml": DECK})
        outcome = repository.run("aicfg-lint", "--fail-on", "info")
        assert outcome.status == 0, outcome.out
        assert "Passed" in outcome.out

    def test_fails_with_the_finding(self, repository: Repository) -> None:
        repository.put({**OTHERS, "conf/gateway.yaml": MISSPELT})
        outcome = repository.run("aicfg-lint", "--format", "concise")
        assert outcome.status == 1
        assert "conf/gateway.yaml:5:23: error[M101]" in outcome.out
        assert not [name for name in OTHERS if name in outcome.out]

    def test_sees_the_whole_manifest_where_a_part_of_it_has_changed(self, repository: Repository) -> None:
        part = f"version: 1\n{ROUTES}"
        repository.put({"gateway.yaml": f"include: parts/chat.yaml\n{PROVIDERS}", "parts/chat.yaml": part})
        assert repository.run("aicfg-lint", only=("parts/chat.yaml",)).status == 0
        repository.put({"parts/chat.yaml": part.replace("provider: p", "provider: q")})
        assert "parts/chat.yaml:3" in repository.run("aicfg-lint", only=("parts/chat.yaml",)).out

    def test_keeps_to_the_settings_of_the_repository(self, repository: Repository) -> None:
        repository.put({"aicfg.toml": 'exclude = ["drafts"]\n', "drafts/a.yaml": MISSPELT})
        assert repository.run("aicfg-lint").status == 0


def test_fix_mends_and_fails_once(repository: Repository) -> None:
    repository.put({**OTHERS, "gateway.yaml": MISSPELT})
    assert repository.run("aicfg-fix").status == 1
    assert (repository.folder / "gateway.yaml").read_text() == MANIFEST
    assert repository.git("diff", "--name-only").split() == ["gateway.yaml"]
    repository.git("add", "-A")
    assert repository.run("aicfg-fix").status == 0


def test_render_check_fails_where_a_committed_file_is_stale(
    repository: Repository, aicfg: Callable[..., tuple[int, str, str]]
) -> None:
    arguments = ("gateway.yaml", "--to", "deck", "-o", "kong.yaml")
    repository.put({"gateway.yaml": MANIFEST})
    assert aicfg("render", *arguments)[0] == 0
    repository.put({})
    assert repository.run("aicfg-render-check", *arguments).status == 0
    repository.put({"gateway.yaml": MANIFEST.replace("gpt-4o", "gpt-4o-mini")})
    outcome = repository.run("aicfg-render-check", *arguments)
    assert outcome.status == 1
    assert "gpt-4o-mini" in outcome.out
