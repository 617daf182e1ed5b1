"""Output files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from aicfg import files as files_module
from aicfg.files import WriteError, write_files


def everything(folder: Path) -> dict[str, str | None]:
    """All files and folders below a folder, with the files' text."""
    return {str(path.relative_to(folder)): path.read_text() if path.is_file() else None for path in folder.rglob("*")}


def test_files_and_their_folders_are_made(tmp_path: Path) -> None:
    write_files({tmp_path / "a" / "b" / "c.yaml": "x: é\r\n", tmp_path / "d.yaml": ""})
    assert (tmp_path / "a" / "b" / "c.yaml").read_bytes() == "x: é\r\n".encode()
    assert everything(tmp_path).keys() == {"a", "a/b", "a/b/c.yaml", "d.yaml"}


def test_what_was_there_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a long old text")
    write_files({path: "new"})
    assert everything(tmp_path) == {"a.yaml": "new"}


def test_permissions_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "run.sh"
    path.write_text("old")
    path.chmod(0o750)
    write_files({path: "new"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o750


def test_a_new_file_gets_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    write_files({tmp_path / "a.yaml": "x"})
    assert (tmp_path / "a.yaml").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_symbolic_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.yaml").write_text("old")
    (tmp_path / "link.yaml").symlink_to(Path("real") / "a.yaml")
    (tmp_path / "new.yaml").symlink_to(Path("real") / "b.yaml")
    write_files({tmp_path / "link.yaml": "new", tmp_path / "new.yaml": "made"})
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real" / "a.yaml").read_text() == "new"
    assert (tmp_path / "real" / "b.yaml").read_text() == "made"


def test_a_pipe_or_device_is_written_to_as_it_is(tmp_path: Path) -> None:
    write_files({Path(os.devnull): "x", tmp_path / "a.yaml": "x"})
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    assert everything(tmp_path) == {"a.yaml": "x"}


class TestFailures:
    """Each leaves everything as it was: old files, no new ones, no temporary ones."""

    @pytest.mark.parametrize("bad", ["folder", "old.yaml/below", "x" * 300, "a\0b"])
    def test_a_path_that_cannot_be_written(self, tmp_path: Path, bad: str) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "old.yaml").write_text("old")
        before = everything(tmp_path)
        with pytest.raises(WriteError) as raised:
            write_files({tmp_path / "old.yaml": "new", tmp_path / "new" / "a.yaml": "new", tmp_path / bad: "x"})
        assert raised.value.file == str(tmp_path / bad)
        assert raised.value.hint
        assert everything(tmp_path) == before

    def test_a_text_that_cannot_be_encoded(self, tmp_path: Path) -> None:
        with pytest.raises(WriteError):
            write_files({tmp_path / "a.yaml": "x", tmp_path / "b.yaml": "\ud800"})
        assert everything(tmp_path) == {}

    @pytest.mark.parametrize("stop", [OSError(28, "No space left on device"), KeyboardInterrupt()])
    @pytest.mark.parametrize("after", [0, 1, 2, 3])
    def test_a_failure_between_two_files(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int, stop: BaseException
    ) -> None:
        for name in ("a.yaml", "c.yaml"):
            (tmp_path / name).write_text("old")
            (tmp_path / name).chmod(0o640)
        before, replace, done = everything(tmp_path), os.replace, 0

        def failing(source: Path, target: Path) -> None:
            nonlocal done
            done += 1
            if done == after + 1:
                raise stop
            replace(source, target)

        monkeypatch.setattr(files_module.os, "replace", failing)
        with pytest.raises((WriteError, KeyboardInterrupt)):
            write_files({tmp_path / name: "new" for name in ("a.yaml", "b.yaml", "c.yaml", "sub/d.yaml")})
        assert everything(tmp_path) == before
        assert stat.S_IMODE((tmp_path / "a.yaml").stat().st_mode) == 0o640

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
    def test_a_file_that_is_write_protected(self, tmp_path: Path) -> None:
        path = tmp_path / "a.yaml"
        path.write_text("old")
        path.chmod(0o440)
        with pytest.raises(WriteError, match="write-protected"):
            write_files({path: "new"})
        assert path.read_text() == "old"
