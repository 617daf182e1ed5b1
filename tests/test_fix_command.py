"""`lint --fix` and `--diff` as commands: what is written, what is shown, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

from fixing import (
    lint,
    provider,
)

TYPO = (
    "version: 1\nproviders:\n  p: {tpye: openai, api_key: '${env:KEY}'}  # ours\n"
    "routes:\n  c: {provider: p, model: m}\n"
)


class TestTheCommand:
    def test_fix_writes_and_reports_what_is_left(self, tmp_path: Path) -> None:
        path = tmp_path / "f.yaml"
        path.write_bytes(b"\xef\xbb\xbf" + (TYPO + "  d: {provider: q}\n").replace("\n", "\r\n").encode())
        result = lint("--fix", str(path))
        assert result.exit_code == 1
        assert "fixed 1 finding\n" in result.stderr
        assert "M201" in result.stdout
        assert "M101" not in result.stdout
        assert path.read_bytes().startswith(b"\xef\xbb\xbfversion: 1\r\nproviders:\r\n  p: {type: openai,")

    def test_diff_writes_nothing_and_fails_if_there_is_something_to_fix(self, tmp_path: Path) -> None:
        path = tmp_path / "f.yaml"
        path.write_text(TYPO)
        result = lint("--diff", str(path))
        assert result.exit_code == 1
        assert result.stdout == (
            f"--- {path}\n+++ {path}\n@@ -1,5 +1,5 @@\n version: 1\n providers:\n"
            "-  p: {tpye: openai, api_key: '${env:KEY}'}  # ours\n+  p: {type: openai, api_key: '${env:KEY}'}  # ours\n"
            " routes:\n   c: {provider: p, model: m}\n"
        )
        assert path.read_text() == TYPO
        path.write_text(TYPO.replace("tpye", "type"))
        assert lint("--diff", str(path)).exit_code == 0

    def test_standard_input_comes_out_fixed(self) -> None:
        result = lint("--fix", "-", text=TYPO)
        assert (result.exit_code, result.stdout) == (0, TYPO.replace("tpye", "type"))
        assert "no findings" in result.stderr

    def test_a_file_that_is_no_yaml_is_left_alone(self, tmp_path: Path) -> None:
        for text in (TYPO + "x: [\n", TYPO + "version: 1\n"):
            path = tmp_path / "f.yaml"
            path.write_text(text)
            assert lint("--fix", "--unsafe-fixes", str(path)).exit_code == 1
            assert path.read_text() == text
            assert lint("--fix", "-", text=text).stdout == text

    def test_an_included_file_is_fixed_where_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "main.yaml").write_text("version: 1\ninclude: [part.yaml]\nroutes:\n  c: {provider: p, modle: m}\n")
        (tmp_path / "part.yaml").write_text(
            "version: 1\nproviders:\n  p: {type: opnai, api_key: '${env:KEY}'}  # ours\n"
        )
        assert lint("--fix", str(tmp_path)).exit_code == 0
        assert "{provider: p, model: m}" in (tmp_path / "main.yaml").read_text()
        assert "{type: openai, api_key: '${env:KEY}'}  # ours" in (tmp_path / "part.yaml").read_text()

    def test_what_is_unsafe_is_announced_and_told_when_done(self, tmp_path: Path) -> None:
        path = tmp_path / "f.yaml"
        path.write_text(provider("{type: openai, api_key: hunter-2}"))
        first = lint("--fix", str(path))
        assert "fixed 0 findings (1 more with --unsafe-fixes)" in first.stderr
        assert "[*] 1 with `--fix --unsafe-fixes`" in first.stdout
        done = lint("--fix", "--unsafe-fixes", str(path))
        assert (
            f"{path}:4: write ${{env:OPENAI_API_KEY}} instead, and set OPENAI_API_KEY\nfixed 1 finding" in done.stderr
        )

    def test_unsafe_fixes_alone_is_a_usage_error(self, tmp_path: Path) -> None:
        assert lint("--unsafe-fixes", str(tmp_path)).exit_code == 2

    def test_json_has_the_fix(self, tmp_path: Path) -> None:
        path = tmp_path / "f.yaml"
        path.write_text(TYPO)
        found = next(one for one in json.loads(lint("--format", "json", str(path)).stdout)["diagnostics"] if one["fix"])
        place = {"start": {"line": 3, "column": 7}, "end": {"line": 3, "column": 11}}
        edits = [{"file": str(path), "range": place, "text": "type"}]
        assert found["fix"] == {"title": "rename `tpye` to `type`", "safe": True, "edits": edits}
