"""A folder for each rule, `tests/rules/CODE-NAME/`: what triggers it, what lint says then, and how it is put right.

* `bad.yaml` triggers the rule, and `bad.out` is what the command prints about it, to the byte. Where the rule's
  docstring has an example, it is that.
* `fixed.yaml` is what `--fix --unsafe-fixes` makes of `bad.yaml`; there is none where that changes nothing.
* `good.yaml` has no finding at all: what the docstring says to use instead.
* A second way to the finding is a variant, such as a Kong file in place of a manifest: `bad-kong.yaml`,
  `bad-kong.out`, `fixed-kong.yaml`, and `good-kong.yaml` where the good file shows something, too.
* `options` (for a variant `options-kong`) is the command for rules that need another than `lint`, without the file.
* Whatever else lies there belongs to these files: what they include, schemas, settings.

For a new rule, and after a change that is meant,

    AICFG_UPDATE_GOLDEN=1 pytest tests/test_rule_folders.py

makes the folder from the rule's docstring, and writes `.out` and fixed files anew; read the difference before you
commit it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aicfg.cli import cli
from aicfg.lint.registry import Rule, rules

FOLDERS = Path(__file__).with_name("rules")
UPDATE = os.environ.get("AICFG_UPDATE_GOLDEN") == "1"


def folder_of(rule: Rule) -> Path:
    return FOLDERS / f"{rule.code}-{rule.name}"


def documented(rule: Rule) -> dict[str, str]:
    """The files that a rule's docstring gives."""
    about = rule.documentation
    texts = {"bad.yaml": about.example, "good.yaml": about.instead}
    return {name: text for name, text in texts.items() if text is not None}


if UPDATE:
    for each in rules():
        for name, text in documented(each).items():
            folder_of(each).mkdir(parents=True, exist_ok=True)
            (folder_of(each) / name).write_bytes(text.encode())

BAD = sorted(path for path in FOLDERS.glob("*/bad*") if path.suffix != ".out")
GOOD = sorted(FOLDERS.glob("*/good*"))
each_bad = pytest.mark.parametrize("file", BAD, ids=lambda file: f"{file.parent.name}/{file.stem}")
each_good = pytest.mark.parametrize("file", GOOD, ids=lambda file: f"{file.parent.name}/{file.stem}")


def command_for(file: Path) -> list[str]:
    """The words before the file's name: those of the `options` of its variant, or of its folder, or `lint`."""
    _, dash, variant = file.stem.partition("-")
    for options in (file.with_name("options" + dash + variant), file.with_name("options")):
        if options.is_file():
            return options.read_text(encoding="utf-8").split()
    return ["lint"]


def run(file: Path, *more: str) -> Result:
    """Run the command on a file from the file's folder, as its user would."""
    before = Path.cwd()
    os.chdir(file.parent)
    try:
        return CliRunner().invoke(cli, [*command_for(file), *more, file.name], catch_exceptions=False)
    finally:
        os.chdir(before)


def said_of(file: Path) -> str:
    """What the command says about a file; what it renders is no part of it."""
    if command_for(file)[0] == "lint":
        return run(file).output
    with tempfile.TemporaryDirectory() as rendered:
        return run(file, "-o", f"{rendered}/").output


def golden(file: Path, text: str | None) -> str | None:
    """What a file holds, None where there is none. To update is to give it this text, or none, first."""
    if UPDATE and text is None:
        file.unlink(missing_ok=True)
    elif UPDATE and text is not None:
        file.write_bytes(text.encode())
    return file.read_bytes().decode() if file.is_file() else None


@each_bad
def test_the_command_says_of_a_bad_file_what_its_out_file_holds(file: Path) -> None:
    said = said_of(file)
    assert golden(file.with_suffix(".out"), said) == said
    assert f"[{file.parent.name[:4]}]: " in said


@each_bad
def test_fixing_makes_of_a_bad_file_what_its_fixed_file_holds(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "rule"
    shutil.copytree(file.parent, copy)
    new = None
    if command_for(file)[0] == "lint" and b"= fix: " in file.with_suffix(".out").read_bytes():
        run(copy / file.name, "--fix", "--unsafe-fixes")
        text = (copy / file.name).read_bytes()
        new = None if text == file.read_bytes() else text.decode()
    assert golden(file.with_name(file.name.replace("bad", "fixed", 1)), new) == new


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.code)
def test_the_examples_of_its_docstring_are_in_its_folder(rule: Rule) -> None:
    for name, text in documented(rule).items():
        file = folder_of(rule) / name
        assert (file.read_bytes().decode() if file.is_file() else None) == text, "AICFG_UPDATE_GOLDEN=1 writes it"


@each_good
def test_a_good_file_has_no_finding(file: Path) -> None:
    said = said_of(file)
    assert said.startswith("no findings in ") if command_for(file)[0] == "lint" else said == ""


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.code)
def test_every_rule_has_a_folder_with_a_bad_and_a_good_file(rule: Rule) -> None:
    names = {path.name for path in folder_of(rule).glob("*")}
    missing = {"bad.yaml", "bad.out", "good.yaml"} - names
    assert not missing, f"{folder_of(rule)} lacks {missing}: AICFG_UPDATE_GOLDEN=1 makes what a docstring can give"


def test_nothing_is_left_over() -> None:
    """Each out and each fixed file is that of a bad one."""
    kept = {path for file in BAD for path in (file.with_suffix(".out"), file.with_name(f"fixed{file.name[3:]}"))}
    assert {*FOLDERS.glob("*/*.out"), *FOLDERS.glob("*/fixed*")} <= kept
