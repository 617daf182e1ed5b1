"""The data files in `schemas/` are read by a reader of their own, which looks at less than the one for users' files."""

from __future__ import annotations

import marshal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from aicfg.catalog.data import load
from aicfg.resources import folder
from aicfg.source import read_file

FILES = sorted(Path(folder("schemas")).rglob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(folder("schemas"))) for path in FILES])
def test_both_readers_agree(path: Path) -> None:
    document = read_file(path)
    assert document.problems == ()
    assert repr(load(str(path))) == repr(document.data)


def test_what_is_kept_of_a_file_is_what_it_holds_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "a.yaml"
    path.write_text("a: [1, 2.5, true, null, text]", encoding="utf-8")
    first = load(str(path))
    assert first == {"a": [1, 2.5, True, None, "text"]}
    assert [each.name.partition(".")[0] for each in (tmp_path / "__pycache__").iterdir()] == ["a"]
    first["a"].clear()
    assert load(str(path)) == {"a": [1, 2.5, True, None, "text"]}
    path.write_text("a: changed", encoding="utf-8")
    assert load(str(path)) == {"a": "changed"}


def cut(kept: bytes) -> bytes:
    return kept[:-5]


def value_alone(kept: bytes) -> bytes:
    return kept[:16] + marshal.dumps({"a": 2})


def other_code(kept: bytes) -> bytes:
    return kept[:16] + marshal.dumps(compile("exit(1)", "a", "eval"))


@pytest.mark.parametrize("damage", [cut, value_alone, other_code])
def test_what_is_kept_and_damaged_is_made_anew(
    damage: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "a.yaml"
    path.write_text("a: 1", encoding="utf-8")
    load(str(path))
    [kept] = (tmp_path / "__pycache__").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    assert load(str(path)) == {"a": 1}
    assert load(str(path)) == {"a": 1}
    assert kept.read_bytes() == whole


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x", "- *x", "a: [b", ""])
def test_what_it_does_not_know_raises(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((ValueError, yaml.YAMLError)):
        load(str(path))
