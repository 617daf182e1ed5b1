"""The mistakes that people really make, one small file each: what is said about it where, and what a fix makes of it.

`traps/<row>-<what>.yaml` holds one mistake. Its comments say what is expected of it:

* `# expect: error P204, warning P230` at the end of a line: these findings point there. Those of severity info may be
  left out; no other error or warning may come, so that one mistake gives one finding.
* `# fix: safe` (`--fix` will do) or `# fix: unsafe` (`--unsafe-fixes` too): `….fixed.yaml` is what becomes of it,
  and has nothing left to complain about but what it says itself. `# fix: none` says that only a person can mend it.
* `# gateway: 3.9` at the beginning: the version that it is for.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from aicfg.lint.engine import Run
from aicfg.lint.fixing.rounds import fix
from aicfg.lint.settings import Settings

FOLDER = Path(__file__).parent / "traps"
TRAPS = [path for path in sorted(FOLDER.glob("*.yaml")) if not path.stem.endswith(".fixed")]
FIXED = sorted(FOLDER.glob("*.fixed.yaml"))
EXPECT = re.compile(r" *# expect: (.*)")

Said = Counter[tuple[int, str, str]]
"""Findings: their line, severity and code."""


def plain(text: str) -> str:
    """The text of a trap without what it expects, its lines where they were."""
    return re.sub(EXPECT, "", text)


def expected(text: str) -> Said:
    said: Said = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        if found := EXPECT.search(line):
            for one in found[1].split(", "):
                severity, code = one.split(" ")
                said[number, severity, code] += 1
    return said


def note(text: str, name: str) -> str | None:
    found = re.search(rf"^# {name}: (.*)$", text, re.M)
    return found[1] if found else None


def run(text: str) -> Run:
    result = Run(Settings(note(text, "gateway")))
    result.read_content(plain(text).encode(), "trap.yaml")
    return result


def said(text: str) -> Said:
    return Counter((each.line, each.severity, each.code) for each in run(text).report().diagnostics)


def fixed(text: str, *, unsafe: bool) -> str:
    def lint(texts: object) -> Run:
        assert isinstance(texts, dict)
        return run(texts.get("trap.yaml", plain(text)))

    return fix(lint, unsafe=unsafe).texts.get("trap.yaml", plain(text))


@pytest.mark.parametrize("path", [*TRAPS, *FIXED], ids=lambda path: path.stem)
def test_a_trap_gives_the_findings_that_it_expects_and_no_other(path: Path) -> None:
    text = path.read_text()
    wanted, got = expected(text), said(text)
    assert not wanted - got
    assert not [each for each in got - wanted if each[1] != "info"]


@pytest.mark.parametrize("path", TRAPS, ids=lambda path: path.stem)
def test_a_trap_is_one(path: Path) -> None:
    text = path.read_text()
    assert expected(text)
    assert re.match(r"# [ABCD]\d+: ", text)


@pytest.mark.parametrize("path", TRAPS, ids=lambda path: path.stem)
def test_a_trap_is_mended_as_it_says(path: Path) -> None:
    text = path.read_text()
    how = note(text, "fix")
    assert how is not None
    assert how.split(":")[0] in ("safe", "unsafe", "none", "more")
    mended = path.with_suffix(".fixed.yaml")
    assert mended.exists() is (how in ("safe", "unsafe", "more"))
    after = plain(mended.read_text()) if mended.exists() else plain(text)
    assert (fixed(text, unsafe=True) == after) is (how != "more")
    assert fixed(text, unsafe=False) == (after if how in ("safe", "more") else plain(text))
