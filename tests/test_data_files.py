"""The data files in `schemas/` are read by a reader of their own, which looks at less than the one for users' files."""

from __future__ import annotations

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


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x", "- *x", "a: [b", ""])
def test_what_it_does_not_know_raises(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((ValueError, yaml.YAMLError)):
        load(str(path))
