"""`lint --watch`, as a process that is left running while files change under it."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Command

from aicfg.cli._watching import PAUSE

MANIFEST = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
  embed: {provider: p, model: text-embedding-3-small, route_type: llm/v1/embeddings}
"""
"""It has a V110 below 3.11."""
MISSPELT = MANIFEST.replace("model:", "modle:")
END = "watching for changes"
_LONGEST = 10.0
"""Seconds after which a round is not coming any more."""


class Watching:
    """A process that watches, and the rounds that it has reported."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        command = [sys.executable, "-u", "-m", "aicfg", "lint", "--watch", "--format", "concise", *arguments]
        self.process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def round(self) -> str:
        """What the next round reports. Fails where none comes."""
        text = ""
        while not (line := self._lines.get(timeout=_LONGEST)).startswith(END):
            text += line
        return text

    def until(self, wanted: str) -> str:
        """The first of the next rounds that reports something."""
        while wanted not in (text := self.round()):
            pass
        return text

    def is_silent(self) -> bool:
        """Whether nothing is reported for as long as several looks at the files take."""
        try:
            self._lines.get(timeout=5 * PAUSE)
        except queue.Empty:
            return True
        return False

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=_LONGEST)


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    started = list[Watching]()

    def start(*arguments: str) -> Watching:
        started.append(Watching(tmp_path, *arguments))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()


Watch = Callable[..., Watching]


def test_goes_on_until_it_is_interrupted(watch: Watch, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(MANIFEST)
    watching = watch("a.yaml")
    assert watching.round() == "no findings in 1 file\n"
    file.write_text(MISSPELT)
    assert "error[M101]" in watching.until("M101")
    (tmp_path / "new").write_text(MANIFEST)
    os.replace(tmp_path / "new", file)  # as editors save
    watching.until("no findings in 1 file")
    file.unlink()
    watching.until("error: a.yaml")
    file.write_text("version: [")
    watching.until("M001")
    assert watching.interrupt() == 130


def test_sees_files_that_come_and_go_in_a_folder(watch: Watch, tmp_path: Path) -> None:
    watching = watch()
    assert "no manifest and no Kong file" in watching.round()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/a.yaml").write_text(MISSPELT)
    assert "deep/a.yaml:5:" in watching.until("M101")
    (tmp_path / "b.yaml").write_text(MANIFEST)
    watching.until("found 1 error")
    (tmp_path / "deep/a.yaml").unlink()
    watching.until("no findings in 1 file")


def test_sees_what_is_included_also_where_it_was_missing(watch: Watch, tmp_path: Path) -> None:
    head, routes = MANIFEST.split("routes:")
    (tmp_path / "a.yaml").write_text(f"{head}include: parts/b.yaml\n")
    watching = watch("a.yaml")
    assert "cannot be included" in watching.round()
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/b.yaml").write_text(f"version: 1\nroutes:{routes}")
    watching.until("no findings")
    (tmp_path / "parts/b.yaml").write_text(f"version: 1\nroutes:{routes.replace('model', 'modle')}")
    assert "parts/b.yaml:3:" in watching.until("M101")


def test_sees_settings_that_come_change_and_go_and_survives_broken_ones(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(MANIFEST)
    watching, settings = watch("."), tmp_path / "aicfg.toml"
    assert watching.round() == "no findings in 1 file\n"
    settings.write_text('gateway-version = "3.10"\n')
    watching.until("V110")
    settings.write_text("gateway-version = \n")
    watching.until("aicfg.toml")
    settings.write_text('ignore = ["V", "K"]\ngateway-version = "3.10"\n')
    watching.until("no findings")
    settings.write_text('gateway-version = "3.10"\n')
    watching.until("V110")
    settings.unlink()
    watching.until("no findings")


def test_a_report_that_it_writes_wakes_it_not(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(MANIFEST)
    watching = watch(".", "--format", "json", "-o", "report.json")
    watching.round()
    assert watching.is_silent()
    (tmp_path / "a.yaml").write_text(MISSPELT)
    watching.until("M101")
    (tmp_path / "a.yaml").write_text(MANIFEST)
    watching.until("no findings in 1 file")
    assert watching.is_silent()
    assert '"diagnostics": []' in (tmp_path / "report.json").read_text()


def test_clears_no_screen_that_is_none(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(MANIFEST)
    assert "\x1b" not in watch("a.yaml").round()


@pytest.mark.parametrize(
    "arguments", [["-"], ["--fix"], ["--diff"], ["--add-ignores"], ["--write-baseline", "x"], ["--show-settings"]]
)
def test_what_changes_files_or_ends_at_once_cannot_be_repeated(aicfg: Command, arguments: list[str]) -> None:
    outcome = aicfg("lint", "--watch", *arguments)
    assert (outcome.status, "--watch" in outcome.err) == (2, True)
