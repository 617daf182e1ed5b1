"""Scenarios: what somebody does at the command line and what comes of it, in Markdown that anybody can read.

Each file in tests/scenarios/ is one scenario, in a folder of its own. A block with a file's name behind its language is
written to that file. A `console` block holds commands behind `$ ` with what they print, both outputs together, and
`[exit status N]` where that is not 0. Besides `aicfg` there are `cat` and `ls`. `NAME=VALUE` before a command, and
`< FILE`, `> FILE`, `| head -N` and `| grep TEXT` behind it, mean what they mean to a shell.

    AICFG_UPDATE_GOLDEN=1 pytest tests/test_scenarios.py

writes what is printed now into the files; read the difference.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import sys
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from aicfg.cli import cli, main

FOLDER = Path(__file__).with_name("scenarios")
SCENARIOS = sorted(FOLDER.glob("*.md"))
UPDATE = os.environ.get("AICFG_UPDATE_GOLDEN") == "1"

NOT_HERE = {
    "aicfg serve": "it runs until it is stopped: tests/serve",
    "aicfg lint --watch": "it runs until it is stopped: tests/test_watch.py",
    "aicfg lsp": "it talks to an editor until that stops it: tests/lsp",
}
"""Commands and options that no scenario shows, and where they are tested."""

_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WORD = re.compile(r"[A-Z_]+=\S*")


class Line(NamedTuple):
    """A command line, taken apart."""

    words: list[str]
    env: dict[str, str]
    stdin: str | None = None
    stdout: str | None = None
    filters: tuple[tuple[str, ...], ...] = ()


def parsed(command: str) -> Line:
    first, *rest = (shlex.split(part) for part in re.split(r" \| (?=head |grep )", command))
    env = {}
    while _WORD.fullmatch(first[0]):
        name, _, env[name] = first.pop(0).partition("=")
    redirected = {sign: first[first.index(sign) + 1] for sign in ("<", ">") if sign in first}
    end = min((first.index(sign) for sign in redirected), default=len(first))
    return Line(first[:end], env, redirected.get("<"), redirected.get(">"), tuple(map(tuple, rest)))


def printed(command: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a command prints, and its exit status where that is not 0."""
    line, status = parsed(command), 0
    if line.words[0] == "aicfg":
        stdin = Path(line.stdin).read_bytes() if line.stdin else b""
        with monkeypatch.context() as patch:
            for name, value in line.env.items():
                patch.setenv(name, value)
            status, text = run(line.words, stdin, patch)
    elif line.words[0] == "cat":
        text = "".join(Path(name).read_text(encoding="utf-8") for name in line.words[1:])
    else:
        assert line.words[0] == "ls", f"scenarios know no {line.words[0]}"
        text = "".join(f"{name}\n" for name in sorted(os.listdir(*line.words[1:])) if not name.startswith("."))
    if line.stdout:
        Path(line.stdout).write_text(text, encoding="utf-8")
        text = ""
    for name, value in line.filters:
        lines = text.splitlines(keepends=True)
        text = "".join(lines[: abs(int(value))] if name == "head" else (each for each in lines if value in each))
    return text + (f"[exit status {status}]\n" if status else "")


def run(words: list[str], stdin: bytes, patch: pytest.MonkeyPatch) -> tuple[int, str]:
    """The exit status of aicfg, and all that it writes, in the order in which a terminal would show it."""
    out = io.BytesIO()
    stream = io.TextIOWrapper(out, encoding="utf-8", write_through=True)
    patch.setattr(sys, "argv", words)
    patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
    patch.setattr(sys, "stdout", stream)
    patch.setattr(sys, "stderr", stream)
    with pytest.raises(SystemExit) as end:
        main()
    stream.flush()
    assert isinstance(end.value.code, int | None)
    return end.value.code or 0, out.getvalue().decode()


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_scenario(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    text = file.read_text(encoding="utf-8")
    pieces, end = [], 0
    for block in _BLOCK.finditer(text):
        language, name, body = block[1], block[2].strip(), block[3]
        if name:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(body, encoding="utf-8")
        elif language == "console":
            commands = re.findall(r"^\$ (.*)$", body, re.MULTILINE)
            outcome = "".join(f"$ {command}\n{printed(command, monkeypatch)}" for command in commands)
            pieces += [text[end : block.start()], f"```console\n{outcome}```"]
            end = block.end()
    now = "".join([*pieces, text[end:]])
    if UPDATE:
        file.write_text(now, encoding="utf-8")
    assert now == text or UPDATE


def test_each_scenario_has_a_title_a_sentence_and_a_command() -> None:
    assert len(SCENARIOS) >= 40
    for file in SCENARIOS:
        title, _, rest = file.read_text(encoding="utf-8").partition("\n\n")
        assert re.fullmatch(r"# [A-Z`].*[^.]", title), file.name
        assert re.match(r"[A-Z`].*\.", rest, re.DOTALL), file.name
        assert re.search(r"^\$ .*aicfg ", rest, re.MULTILINE), file.name


def test_every_command_and_option_is_shown() -> None:
    used: dict[str, set[str]] = {}
    for file in SCENARIOS:
        for command in re.findall(r"^\$ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE):
            words = parsed(command).words
            if words[0] == "aicfg" and len(words) > 1:
                used.setdefault(words[1], set()).update(word.partition("=")[0] for word in words[2:])
    context = click.Context(cli)
    missing = []
    for name in cli.list_commands(context):
        found = cli.get_command(context, name)
        assert found is not None
        if f"aicfg {name}" in NOT_HERE:
            continue
        missing += [] if name in used else [f"aicfg {name}"]
        for param in found.get_params(click.Context(found)):
            options = {*param.opts, *param.secondary_opts} if isinstance(param, click.Option) else set()
            if options and "--help" not in options and not options & used.get(name, set()):
                missing.append(f"aicfg {name} {max(options, key=len)}")
    assert [one for one in missing if one not in NOT_HERE] == []
