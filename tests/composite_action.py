"""Runs a composite action as GitHub's runner does, as far as `action.yml` goes.

Inputs have their defaults, `${{ … }}` is replaced wherever it stands, `if` decides on a step, each step is a script for
`bash --noprofile --norc -eo pipefail`, and the files that the runner hands to a step (GITHUB_OUTPUT, GITHUB_PATH, …)
are read after it. A composite action gets no INPUT_… variables. What the interpreter does not know is an error.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'|(==|!=|&&|\|\||!|\(|\))|([A-Za-z_][\w.-]*))")


class Done(NamedTuple):
    """How an action ended: whether it succeeded, its log, its outputs, and the summary of its steps."""

    ok: bool
    log: str
    outputs: dict[str, str]
    summary: str
    steps: tuple[str, ...]
    """The names of the steps that ran."""


class Runner:
    """A runner with a workspace. `path` comes first in the PATH of every step; steps named in `skipped` do not run."""

    def __init__(self, workspace: Path, temp: Path, path: Path | None = None, skipped: tuple[str, ...] = ()) -> None:
        self.workspace, self.temp, self.skipped = workspace, temp, skipped
        self.paths = [str(path)] if path is not None else []

    def run(self, action: Path, inputs: Mapping[str, str]) -> Done:
        about = yaml.safe_load(action.read_text(encoding="utf-8"))
        assert about["runs"]["using"] == "composite"
        unknown = set(inputs) - set(about["inputs"])
        assert not unknown, f"the action has no input {unknown}"
        context: dict[str, Any] = {
            "inputs": {name: inputs.get(name, str(said.get("default", ""))) for name, said in about["inputs"].items()},
            "github": {"action_path": str(action.parent), "workspace": str(self.workspace)},
            "runner": {"temp": str(self.temp), "os": "Linux"},
            "steps": {},
        }
        ok, log, summary, ran = True, "", "", []
        for number, step in enumerate(about["runs"]["steps"]):
            if step["name"] in self.skipped or not self._is_wanted(step.get("if"), context, ok):
                continue
            ran.append(step["name"])
            status, said, outputs, page = self._step(number, step, context)
            ok, log, summary = ok and status == 0, log + said, summary + page
            if "id" in step:
                context["steps"][step["id"]] = {"outputs": outputs}
        outputs = {name: replaced(said["value"], context) for name, said in about["outputs"].items()}
        return Done(ok, log, outputs, summary, tuple(ran))

    def _is_wanted(self, condition: str | None, context: Mapping[str, Any], ok: bool) -> bool:
        if condition is None:
            return ok
        inner = _EXPRESSION.fullmatch(condition)
        wanted = bool(evaluated(inner[1] if inner else condition, {**context, "ok": ok}))
        return wanted and (ok or re.search(r"\b(always|failure)\b", condition) is not None)

    def _step(self, number: int, step: Mapping[str, Any], context: Mapping[str, Any]) -> tuple[int, str, Any, str]:
        assert set(step) <= {"name", "id", "if", "shell", "env", "run", "working-directory"}
        assert step["shell"] == "bash"
        folder = self.temp / f"_runner-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_ENV")}
        for file in files.values():
            file.write_text("")
        script = folder / "script.sh"
        script.write_text(replaced(step["run"], context), encoding="utf-8")
        env = {
            "PATH": os.pathsep.join([*self.paths, os.environ["PATH"]]),
            "HOME": os.environ.get("HOME", "/"),
            **{name: value for name, value in os.environ.items() if name.startswith(("PIP_", "LANG", "LC_", "SSL_"))},
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
            **{name: str(file) for name, file in files.items()},
            **{name: replaced(str(value), context) for name, value in step.get("env", {}).items()},
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace / replaced(step.get("working-directory", "."), context),
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
        )
        self.paths = [*reversed(files["GITHUB_PATH"].read_text().split("\n")[:-1]), *self.paths]
        outputs = commands(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))
        return done.returncode, done.stdout, outputs, files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")


def commands(text: str) -> dict[str, str]:
    """What a file of NAME=VALUE lines says, or of NAME<<END, lines, END."""
    found, lines = dict[str, str](), iter(text.splitlines())
    for line in lines:
        if match := re.fullmatch(r"([^=<]+)<<(.+)", line):
            found[match[1]] = "\n".join(iter(lambda end=match[2]: _until(lines, end), None))
        elif line:
            name, equals, value = line.partition("=")
            assert equals, f"no command: {line!r}"
            found[name] = value
    return found


def _until(lines: Any, end: str) -> str | None:
    line: str = next(lines)
    return None if line == end else line


def replaced(text: str, context: Mapping[str, Any]) -> str:
    """A text with its expressions replaced by what they come to."""
    return _EXPRESSION.sub(lambda match: str(evaluated(match[1], context)), text)


def evaluated(expression: str, context: Mapping[str, Any]) -> Any:
    """What an expression of names, texts, ==, !=, !, &&, || and the status functions comes to."""
    tokens, at = list[tuple[str, str]](), 0
    expression = re.sub(r"\b(always|success|failure)\(\)", r"\1", expression).strip()
    while at < len(expression):
        match = _TOKEN.match(expression, at)
        assert match, f"not understood: {expression[at:]}"
        kind = "text" if match[1] is not None else "sign" if match[2] else "name"
        tokens.append((kind, match[match.lastindex or 0].replace("''", "'")))
        at = match.end()
    value = _either(tokens, context)
    assert not tokens, f"not understood: {tokens}"
    return value


def _either(tokens: list[tuple[str, str]], context: Mapping[str, Any]) -> Any:
    return _joined(tokens, context, "||", lambda left, right: left or right, _both)


def _both(tokens: list[tuple[str, str]], context: Mapping[str, Any]) -> Any:
    return _joined(tokens, context, "&&", lambda left, right: left and right, _compared)


def _joined(
    tokens: list[tuple[str, str]],
    context: Mapping[str, Any],
    sign: str,
    join: Callable[[Any, Any], Any],
    inner: Callable[[list[tuple[str, str]], Mapping[str, Any]], Any],
) -> Any:
    value = inner(tokens, context)
    while tokens and tokens[0] == ("sign", sign):
        tokens.pop(0)
        value = join(value, inner(tokens, context))
    return value


def _compared(tokens: list[tuple[str, str]], context: Mapping[str, Any]) -> Any:
    left = _single(tokens, context)
    if tokens and tokens[0] in (("sign", "=="), ("sign", "!=")):
        equal = tokens.pop(0)[1] == "=="
        right = _single(tokens, context)
        return (str(left).lower() == str(right).lower()) is equal  # GitHub compares texts without regard to case
    return left


def _single(tokens: list[tuple[str, str]], context: Mapping[str, Any]) -> Any:
    kind, text = tokens.pop(0)
    if kind == "text":
        return text
    if text == "!":
        return not _single(tokens, context)
    if text == "(":
        value = _either(tokens, context)
        assert tokens.pop(0) == ("sign", ")")
        return value
    if text in ("always", "success", "failure"):
        return {"always": True, "success": context["ok"], "failure": not context["ok"]}[text]
    first, *rest = text.split(".")
    value = context[first]
    for name in rest:  # what is not there is empty, and so is all that it would hold
        value = value.get(name, "") if isinstance(value, Mapping) else ""
    return value
