"""Baselines: known findings stay quiet, new ones show, gone ones are said, and nothing secret is in the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command

HEAD = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
"""
CHAT = "  chat: {provider: p, model: gpt-4o, options: {top_p: 7}}\n"
BULK = "  bulk: {provider: p, model: gpt-4o, options: {top_p: 8}}\n"
GOOD = "  good: {provider: p, model: gpt-4o}\n"

Put = Callable[[str, str], None]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(name: str, text: str) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    return write


@pytest.fixture
def project(aicfg: Command, put: Put) -> Command:
    """`aicfg` in a folder whose one file has one finding, which `known.json` knows."""
    put("a.yaml", HEAD + CHAT)
    outcome = aicfg("lint", "--write-baseline", "known.json")
    assert outcome == (0, "", "1 finding written to known.json\n")
    return aicfg


def test_what_is_known_stays_quiet(project: Command) -> None:
    assert project("lint").status == 1
    assert project("lint", "--baseline", "known.json") == (0, "no findings in 1 file\n", "")


def test_what_is_new_shows_alone(project: Command, put: Put) -> None:
    put("a.yaml", HEAD + CHAT + BULK)
    status, out, err = project("lint", "--baseline", "known.json")
    assert (status, err) == (1, "")
    assert "a.yaml:6:" in out
    assert "a.yaml:5:" not in out
    assert "found 1 error:" in out


class TestStaysKnown:
    @pytest.mark.parametrize(
        "text",
        [
            f"# a word\n\n{HEAD}{CHAT}",
            HEAD + GOOD + CHAT,
            HEAD + CHAT.replace("7", "9"),
            HEAD + CHAT.replace("{provider: p,", "\n    {provider: p,\n    "),
            (HEAD + CHAT).replace("\n", "\r\n"),
        ],
        ids=["moved", "behind another route", "another wrong value", "in another style", "with other line ends"],
    )
    def test_in_a_file_that_was_edited(self, project: Command, put: Put, text: str) -> None:
        put("a.yaml", text)
        assert project("lint", "--baseline", "known.json") == (0, "no findings in 1 file\n", "")

    def test_in_a_file_that_was_moved(self, project: Command, put: Put, tmp_path: Path) -> None:
        (tmp_path / "b").mkdir()
        (tmp_path / "a.yaml").rename(tmp_path / "b/c.yaml")
        assert project("lint", "--baseline", "known.json") == (0, "no findings in 1 file\n", "")

    def test_from_another_folder(
        self, project: Command, tmp_path: Path, put: Put, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put("sub/x.txt", "")
        monkeypatch.chdir(tmp_path / "sub")
        assert project("lint", "../a.yaml", "--baseline", "../known.json").status == 0
        assert project("lint", str(tmp_path / "a.yaml"), "--baseline", str(tmp_path / "known.json")).status == 0


class TestIsNew:
    @pytest.mark.parametrize(
        "text",
        [
            HEAD + CHAT.replace("chat", "talk"),
            HEAD + CHAT.replace("top_p: 7", "top_k: 0.5"),
            HEAD + CHAT.replace("top_p", "top_q"),
        ],
        ids=["another route", "another field", "another rule"],
    )
    def test_what_differs_by_a_name(self, project: Command, put: Put, text: str) -> None:
        put("a.yaml", text)
        assert project("lint", "--baseline", "known.json").status == 1

    def test_the_same_in_another_file_while_the_first_is_there(self, project: Command, put: Put) -> None:
        put("b.yaml", HEAD + CHAT)
        out = project("lint", "--baseline", "known.json").out
        assert "b.yaml:5:" in out
        assert "a.yaml:5:" not in out

    def test_one_more_of_a_kind_that_has_no_name(self, aicfg: Command, put: Put) -> None:
        route = "  - {paths: [/x], pths: y}\n"
        text = '_format_version: "3.0"\nservices:\n- url: http://a\n  routes:\n'
        put("k.yaml", text + 2 * route)
        aicfg("lint", "--select", "M301", "--write-baseline", "known.json")
        assert [entry["count"] for entry in entries()] == [2]
        assert aicfg("lint", "--select", "M301", "--baseline", "known.json").out == "no findings in 1 file\n"
        put("k.yaml", text + 3 * route)
        out = aicfg("lint", "--select", "M301", "--baseline", "known.json", "--format", "json").out
        assert [one["range"]["start"]["line"] for one in json.loads(out)["diagnostics"]] == [7]


class TestTextThatIsNoYaml:
    FIRST = "version: 1\nname: [a, b\n"

    @pytest.fixture
    def known(self, aicfg: Command, put: Put) -> Command:
        put("a.yaml", self.FIRST)
        assert aicfg("lint", "a.yaml", "--write-baseline", "known.json").err == "1 finding written to known.json\n"
        return aicfg

    @pytest.mark.parametrize("text", ["# moved\n\nversion: 1\nname: [c, dd, e\n", "version: 1\nother: {x: [a, b\n"])
    def test_stays_known_by_its_kind_of_fault(self, known: Command, put: Put, text: str) -> None:
        put("a.yaml", text)
        assert known("lint", "a.yaml").status == 1
        assert known("lint", "a.yaml", "--baseline", "known.json").status == 0

    @pytest.mark.parametrize("text", ["version: 1\nname: 'a\n", "version: 1\n\tname: a\n", "version: 1\nname: @a\n"])
    def test_another_fault_is_new(self, known: Command, put: Put, text: str) -> None:
        put("a.yaml", text)
        status, out, _ = known("lint", "a.yaml", "--baseline", "known.json")
        assert status == 1
        assert "a.yaml:" in out

    def test_nothing_of_the_text_is_in_its_kind(self, aicfg: Command, put: Put) -> None:
        for name, written in (("a.yaml", "`one"), ("b.yaml", "`two")):
            put(name, f"version: 1\nname: {written}\n")
        aicfg("lint", "a.yaml", "b.yaml", "--write-baseline", "known.json")
        assert len(entries()) == 2
        assert len({entry["fingerprint"] for entry in entries()}) == 1


def entries() -> list[dict[str, object]]:
    text = Path("known.json").read_text(encoding="utf-8")
    found: list[dict[str, object]] = json.loads(text)["findings"]
    return found


class TestWhatIsGone:
    def test_is_said_and_changes_no_exit_status(self, project: Command, put: Put) -> None:
        put("a.yaml", HEAD + GOOD)
        status, out, err = project("lint", "--baseline", "known.json")
        assert (status, out) == (0, "no findings in 1 file\n")
        assert err == "1 finding in known.json is gone: --write-baseline known.json removes them\n"

    def test_is_removed_when_it_is_written_anew(self, project: Command, put: Put) -> None:
        put("a.yaml", HEAD + GOOD)
        project("lint", "--baseline", "known.json", "--write-baseline", "known.json")
        assert entries() == []
        assert project("lint", "--baseline", "known.json").err == ""

    def test_with_its_file(self, project: Command, put: Put, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").unlink()
        put("b.yaml", HEAD + GOOD)
        assert "1 finding in known.json is gone" in project("lint", "--baseline", "known.json").err

    @pytest.mark.parametrize("args", [("b.yaml",), (".", "--select", "P"), (".", "--ignore", "K105")])
    def test_is_not_what_was_not_looked_for(self, project: Command, put: Put, args: tuple[str, ...]) -> None:
        put("b.yaml", HEAD + GOOD)
        assert project("lint", *args, "--baseline", "known.json").err == ""


class TestTheFile:
    def test_is_the_same_for_the_same_findings(self, project: Command, put: Put, tmp_path: Path) -> None:
        first = (tmp_path / "known.json").read_bytes()
        put("a.yaml", f"\n{HEAD}{GOOD}{CHAT}")
        project("lint", "a.yaml", "--write-baseline", "known.json")
        assert (tmp_path / "known.json").read_bytes() == first

    def test_is_sorted_with_a_line_for_each_kind(self, aicfg: Command, put: Put) -> None:
        put("b/b.yaml", HEAD + BULK + CHAT)
        put("a.yaml", HEAD + CHAT)
        aicfg("lint", "b", "a.yaml", "--write-baseline", "known.json")
        assert [(one["file"], one["code"], one["count"]) for one in entries()] == [
            ("a.yaml", "K105", 1),
            ("b/b.yaml", "K105", 1),
            ("b/b.yaml", "K105", 1),
        ]
        assert all(set(one) == {"file", "code", "fingerprint", "count"} for one in entries())

    def test_holds_no_value_and_depends_on_none(self, aicfg: Command, put: Put, tmp_path: Path) -> None:
        texts = []
        for secret in ("sk-" + "a1b2c3d4" * 5, "correct-horse-battery"):
            put("a.yaml", HEAD.replace("${env:OPENAI_API_KEY}", secret) + CHAT)
            aicfg("lint", "--write-baseline", "known.json")
            texts.append((tmp_path / "known.json").read_text(encoding="utf-8"))
            assert '"S101"' in texts[-1]
            assert secret not in texts[-1]
        assert texts[0] == texts[1]

    def test_of_nothing_is_empty(self, aicfg: Command, put: Put, tmp_path: Path) -> None:
        put("a.yaml", HEAD + GOOD)
        aicfg("lint", "--write-baseline", "known.json")
        assert (tmp_path / "known.json").read_text() == '{\n  "version": 1,\n  "findings": []\n}\n'
        assert aicfg("lint", "--baseline", "known.json").status == 0

    def test_goes_to_standard_output(self, project: Command, tmp_path: Path) -> None:
        known = (tmp_path / "known.json").read_text(encoding="utf-8")
        assert project("lint", "--write-baseline", "-") == (0, known, "")

    def test_is_not_written_where_a_file_could_not_be_read(self, aicfg: Command, put: Put, tmp_path: Path) -> None:
        put("a.yaml", HEAD + CHAT)
        assert aicfg("lint", "a.yaml", "missing.yaml", "--write-baseline", "known.json").status == 2
        assert not (tmp_path / "known.json").exists()

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "no JSON"),
            ("[" * 100_000, "no JSON"),
            ("\udcff", "no JSON"),
            ("[]", "no baseline"),
            ('{"findings": 1}', "no baseline"),
            ('{"version": 2, "findings": []}', "version 1 only"),
            ('{"version": 1, "findings": [1]}', "broken"),
            ('{"version": 1, "findings": [{"file": "a", "code": "K1", "fingerprint": "x", "count": "1"}]}', "broken"),
            (None, "there is no such file"),
        ],
    )
    def test_that_is_none_is_refused(
        self, aicfg: Command, put: Put, tmp_path: Path, text: str | None, message: str
    ) -> None:
        put("a.yaml", HEAD + CHAT)
        if text is not None:
            (tmp_path / "known.json").write_bytes(text.encode("utf-8", "surrogateescape"))
        status, out, err = aicfg("lint", "--baseline", "known.json")
        assert (status, out) == (2, "")
        assert err.startswith("error: known.json: ")
        assert message in err
