"""The job for GitLab and the container recipe: what can be told about them without GitLab and without a builder."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
JOB = yaml.safe_load((ROOT / ".gitlab/aicfg.yml").read_text(encoding="utf-8"))["aicfg"]
RECIPE = (ROOT / "Containerfile").read_text(encoding="utf-8")
MISSPELT = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
  chat: {provider: p, modle: gpt-4o}
"""


class TestGitLab:
    @pytest.fixture
    def run(self, tmp_path: Path) -> subprocess.CompletedProcess[str]:
        """The script of the job as GitLab's runner strings it together, with the aicfg of these tests installed."""
        if shutil.which("bash") is None:
            pytest.skip("needs bash")
        (tmp_path / "work/deep").mkdir(parents=True)
        (tmp_path / "work/deep/a.yaml").write_text(MISSPELT)
        program = tmp_path / "aicfg"
        program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m aicfg "$@"\n')
        program.chmod(0o755)
        lines = [line for line in JOB["script"] if "pip install" not in line and "venv" not in line]
        script = "\n".join(line.replace("/tmp/aicfg/bin/aicfg", str(program)) for line in lines)
        env = {"PATH": "/usr/bin:/bin", "GITLAB_CI": "true", "CI_PROJECT_DIR": str(tmp_path / "work")}
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=tmp_path / "work",
            env={**env, **JOB["variables"], "AICFG_PACKAGE": "x", "AICFG_PATHS": "deep/*.yaml"},
            capture_output=True,
            text=True,
        )

    def test_the_job_fails_and_leaves_its_report(self, run: subprocess.CompletedProcess[str], tmp_path: Path) -> None:
        assert run.returncode == 1, run.stderr
        assert "error[M101]" in run.stdout
        (found,) = json.loads((tmp_path / "work" / JOB["artifacts"]["reports"]["codequality"]).read_text())
        assert found["location"]["path"] == "deep/a.yaml"
        assert JOB["artifacts"]["when"] == "always"

    def test_without_a_package_the_job_says_so(self) -> None:
        done = subprocess.run(["sh", "-c", JOB["script"][0]], env={}, capture_output=True, text=True)
        assert done.returncode != 0
        assert "AICFG_PACKAGE" in done.stderr

    def test_python_starts_without_the_project_on_its_path(self) -> None:
        assert all(" -I " in line for line in JOB["script"] if "python " in line)


class TestContainer:
    def test_instructions_are_known_and_images_pinned_to_a_version(self) -> None:
        text = re.sub(r"\\\n", " ", RECIPE)
        lines = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
        known = {"FROM", "LABEL", "COPY", "RUN", "ENV", "USER", "WORKDIR", "ENTRYPOINT", "CMD"}
        assert {word for word, _ in lines} <= known
        images = [rest.split()[0] for word, rest in lines if word == "FROM"]
        assert len(set(images)) == 1
        assert all(re.fullmatch(r"docker\.io/library/python:3\.\d+\.\d+-slim-\w+", image) for image in images)

    def test_it_runs_aicfg_as_nobody_in_particular(self) -> None:
        last = RECIPE.rpartition("\nFROM")[2]
        assert re.search(r"^USER [1-9]\d*$", last, re.MULTILINE)
        assert json.loads(re.search(r"^ENTRYPOINT (.*)$", last, re.MULTILINE)[1]) == ["aicfg"]  # type: ignore[index]
        assert last.index("USER") > last.index("RUN useradd")

    def test_what_it_copies_is_there_and_all_that_a_build_needs(self) -> None:
        copied = [name for line in re.findall(r"^COPY (?!--)(.*) \S+$", RECIPE, re.MULTILINE) for name in line.split()]
        assert all((ROOT / name).exists() for name in copied)
        assert {"pyproject.toml", "README.md", "LICENSE", "aicfg", "schemas", "templates"} == set(copied)

    @pytest.mark.parametrize("name", [".containerignore", ".dockerignore"])
    def test_nothing_else_is_sent_to_the_builder(self, name: str) -> None:
        lines = (ROOT / name).read_text().splitlines()
        assert lines[0] == "*"
        kept = {line[1:] for line in lines if line.startswith("!")}
        assert kept == {"pyproject.toml", "README.md", "LICENSE", "aicfg", "schemas", "templates"}

    def test_it_builds(self) -> None:
        builder = next((found for name in ("podman", "docker") if (found := shutil.which(name))), None)
        if builder is None or subprocess.run([builder, "info"], capture_output=True).returncode != 0:
            pytest.skip("needs podman, or docker with its daemon")
        build = [builder, "build", "-q", "-f", "Containerfile", "-t", "aicfg-test", "."]
        done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
        if done.returncode != 0 and re.search("pull|registry|lookup|dial", done.stderr):
            pytest.skip("the base image cannot be had")
        assert done.returncode == 0, done.stderr
        shown = subprocess.run([builder, "run", "--rm", "aicfg-test", "--version"], capture_output=True, text=True)
        assert shown.stdout.startswith("aicfg ")
