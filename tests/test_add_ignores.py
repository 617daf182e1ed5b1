"""`lint --add-ignores`: comments that silence everything, put where they can stand, and nothing else changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command

from aicfg.lint.add_ignores import with_ignores
from aicfg.lint.engine import Run

Silenced = Callable[..., str]

HEAD = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
"""
CHAT = "  chat: {provider: p, model: gpt-4o, options: {top_p: 7}, modle: x}"
ROOT = Path(__file__).resolve().parent.parent
WITH_FINDINGS = sorted((*(ROOT / "samples/broken").rglob("*.yaml"), *(ROOT / "tests/seeds").glob("*.yaml")))


@pytest.fixture
def silenced(aicfg: Command, tmp_path: Path) -> Silenced:
    """A text after `lint --add-ignores`. Then lint has nothing to say, and a second time changes nothing."""

    def run(text: str, *args: str) -> str:
        (tmp_path / "a.yaml").write_bytes(text.encode())
        status, out, err = aicfg("lint", "--add-ignores", *args)
        assert (status, out) == (0, "no findings in 1 file\n"), err
        once = (tmp_path / "a.yaml").read_bytes()
        assert aicfg("lint", *args)[:2] == (0, "no findings in 1 file\n")
        aicfg("lint", "--add-ignores", *args)
        assert (tmp_path / "a.yaml").read_bytes() == once
        return once.decode()

    return run


class TestTheComment:
    def test_stands_behind_the_line_with_all_codes(self, silenced: Silenced) -> None:
        assert silenced(f"{HEAD}{CHAT}\n") == f"{HEAD}{CHAT}  # aicfg: ignore[K105, M101]\n"

    def test_stands_behind_another_comment(self, silenced: Silenced) -> None:
        text = f"{HEAD}{CHAT} # by hand\n"
        assert silenced(text) == f"{HEAD}{CHAT} # by hand  # aicfg: ignore[K105, M101]\n"

    @pytest.mark.parametrize("reason", ["", " for now"])
    def test_that_is_there_gets_the_codes_that_it_lacks(self, silenced: Silenced, reason: str) -> None:
        text = f"{HEAD}{CHAT} #aicfg: ignore[K105]{reason}\n"
        assert silenced(text) == f"{HEAD}{CHAT} #aicfg: ignore[K105, M101]{reason}\n"
        text = f"{HEAD}  # aicfg: ignore[K105]{reason}\n{CHAT}\n"
        assert silenced(text) == f"{HEAD}  # aicfg: ignore[K105, M101]{reason}\n{CHAT}\n"

    @pytest.mark.parametrize("value", ["'x\n      y'", '"x\n      y"', "x\n      y"])
    def test_stands_above_a_value_of_several_lines(self, silenced: Silenced, value: str) -> None:
        head = f"{HEAD}  chat:\n    provider: p\n    model: gpt-4o\n"
        comment = "    # aicfg: ignore[M101]\n"
        assert silenced(f"{head}    modle: {value}\n") == f"{head}{comment}    modle: {value}\n"

    def test_stands_behind_the_indicator_of_a_block_scalar(self, silenced: Silenced) -> None:
        head = f"{HEAD}  chat:\n    provider: p\n    model: gpt-4o\n    modle: |"
        assert silenced(f"{head}\n      x\n") == f"{head}  # aicfg: ignore[M101]\n      x\n"

    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
    def test_keeps_line_ends_and_a_byte_order_mark(self, silenced: Silenced, ending: str) -> None:
        text = "\ufeff" + f"{HEAD}{CHAT}\n".replace("\n", ending)
        wanted = text.replace("x}", "x}  # aicfg: ignore[K105, M101]")
        assert silenced(text) == wanted

    def test_is_only_about_what_is_selected(self, silenced: Silenced) -> None:
        text = silenced(f"{HEAD}{CHAT}", "--select", "K")
        assert text == f"{HEAD}{CHAT}  # aicfg: ignore[K105]"


class TestNoComment:
    def test_in_json_and_the_findings_stay(self, aicfg: Command, tmp_path: Path) -> None:
        text = '{"_format_version": "3.0", "plugins": [{"name": "ai-prompt-guard", "config": {"deny_patterns": 7}}]}'
        (tmp_path / "k.json").write_text(text)
        status, out, err = aicfg("lint", "--add-ignores")
        assert status == 1
        assert "k.json:1:" in out
        assert "cannot be silenced by a comment (JSON" in err
        assert (tmp_path / "k.json").read_text() == text

    def test_in_a_text_that_is_broken(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_text("version: 1\nroutes: [\n")
        assert aicfg("lint", "a.yaml", "--add-ignores").status == 1
        assert (tmp_path / "a.yaml").read_text() == "version: 1\nroutes: [\n"

    def test_on_standard_input(self, aicfg: Command) -> None:
        assert aicfg("lint", "-", "--add-ignores").status == 2

    def test_where_the_line_begins_and_ends_inside_values(self, aicfg: Command, tmp_path: Path) -> None:
        text = f"{HEAD}  chat: {{provider: p, model: gpt-4o, description: 'a\n    b', modle: 'c\n    d'}}\n"
        (tmp_path / "a.yaml").write_text(text)
        status, out, _ = aicfg("lint", "--add-ignores", "--select", "M101", "--format", "json")
        assert status == 1
        assert "modle" in out

    def test_in_a_file_that_has_changed_meanwhile(self, tmp_path: Path) -> None:
        file = tmp_path / "a.yaml"
        file.write_text(f"{HEAD}{CHAT}\n")
        run = Run()
        run.read(file)
        found = run.report().diagnostics
        file.write_text(f"{HEAD}{CHAT}\n\n")
        assert with_ignores(found, run.sources) == ({}, 0, found)


def test_several_files_are_written_included_ones_too(aicfg: Command, tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(
        f"version: 1\ninclude: [routes.yaml]\n{HEAD[11:].removesuffix('routes:' + chr(10))}"
    )
    (tmp_path / "routes.yaml").write_text(f"version: 1\nroutes:\n{CHAT}\n")
    assert aicfg("lint", "all.yaml", "--add-ignores").err == "silenced 2 findings by comments in 1 file\n"
    assert (tmp_path / "routes.yaml").read_text().endswith("# aicfg: ignore[K105, M101]\n")
    assert aicfg("lint", "all.yaml").status == 0


@pytest.mark.parametrize("path", WITH_FINDINGS, ids=lambda path: path.stem)
def test_nothing_but_comments_is_added_to_real_files(aicfg: Command, tmp_path: Path, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    assert aicfg("lint", "a.yaml", "--add-ignores").status == 0
    lines = (tmp_path / "a.yaml").read_text(encoding="utf-8").splitlines()
    assert [line.partition("  # aicfg: ignore[")[0] for line in lines] == text.splitlines()
    assert aicfg("lint", "a.yaml").out == "no findings in 1 file\n"
