"""`aicfg fmt` as a command: what it writes and where, what it leaves alone, and how it ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from conftest import Command

Put = Callable[[Mapping[str, str]], None]

UGLY = "providers: {p: {api_key: '${env:K}', type: openai}} # ours\nversion: 1\n"
CANONICAL = 'version: 1\nproviders: {p: {type: openai, api_key: "${env:K}"}} # ours\n'
KONG = "services:\n- name: 'x'\n_format_version: '3.0'\n"


def test_a_file_is_rewritten_in_place_and_named(aicfg: Command, put: Put, tmp_path: Path) -> None:
    put({"a.yaml": UGLY})
    assert aicfg("fmt", "a.yaml") == (0, "reformatted a.yaml\n", "1 file reformatted\n")
    assert (tmp_path / "a.yaml").read_text() == CANONICAL
    assert os.listdir(tmp_path) == ["a.yaml"]


def test_a_second_run_changes_nothing(aicfg: Command, put: Put, tmp_path: Path) -> None:
    put({"a.yaml": UGLY})
    aicfg("fmt", "a.yaml")
    before = (tmp_path / "a.yaml").stat()
    assert aicfg("fmt", "a.yaml") == (0, "", "1 file left unchanged\n")
    assert (tmp_path / "a.yaml").stat().st_ino == before.st_ino


def test_permissions_stay_and_a_link_is_followed(aicfg: Command, put: Put, tmp_path: Path) -> None:
    put({"real.yaml": UGLY})
    (tmp_path / "real.yaml").chmod(0o640)
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    assert aicfg("fmt", "link.yaml").status == 0
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_text() == CANONICAL
    assert (tmp_path / "real.yaml").stat().st_mode & 0o777 == 0o640


def test_without_paths_all_manifests_below_the_current_folder(aicfg: Command, put: Put, tmp_path: Path) -> None:
    put({"a.yaml": UGLY, "b/c.yml": UGLY, "kong.yaml": KONG, "other.yaml": "a:   1\n", ".x/d.yaml": UGLY})
    outcome = aicfg("fmt")
    assert outcome == (0, "reformatted a.yaml\nreformatted b/c.yml\n", "2 files reformatted\n")
    assert (tmp_path / "kong.yaml").read_text() == KONG
    assert (tmp_path / "other.yaml").read_text() == "a:   1\n"
    assert (tmp_path / ".x/d.yaml").read_text() == UGLY


def test_globs_and_what_is_excluded(aicfg: Command, put: Put) -> None:
    put({"a.yaml": UGLY, "b.yaml": UGLY, "c.yaml": UGLY, "aicfg.toml": 'exclude = ["c.yaml"]\n'})
    assert aicfg("fmt", "--check", "--exclude", "b.yaml", "*.yaml").out == "would reformat a.yaml\n"
    assert aicfg("fmt", "--check", "--isolated", "[bc].yaml").out == "would reformat b.yaml\nwould reformat c.yaml\n"


def test_a_folder_without_manifests_gets_a_word(aicfg: Command, put: Put) -> None:
    put({"kong.yaml": KONG})
    assert aicfg("fmt") == (0, "", "warning: no manifest in: .\n")


def test_a_kong_file_that_is_named_stays_and_is_told_of(aicfg: Command, put: Put, tmp_path: Path) -> None:
    put({"kong.yaml": KONG})
    told = "warning: kong.yaml: this is no manifest, or a template of one, and stays as it is\n"
    assert aicfg("fmt", "kong.yaml") == (0, "", told)
    assert (tmp_path / "kong.yaml").read_text() == KONG


def test_templates_stay(aicfg: Command, put: Put, tmp_path: Path) -> None:
    template = "# aicfg: template\n{{- if .Values.x }}\n" + UGLY + "{{- end }}\n"
    put({"a.yaml": template, "charts/b.yaml": UGLY, "aicfg.toml": 'templates = ["charts/**"]\n'})
    outcome = aicfg("fmt", "a.yaml", "charts/b.yaml")
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err.count("a template of one, and stays as it is") == 2
    assert ((tmp_path / "a.yaml").read_text(), (tmp_path / "charts/b.yaml").read_text()) == (template, UGLY)


def test_check_writes_nothing_and_fails(aicfg: Command, put: Put, tmp_path: Path) -> None:
    put({"a.yaml": UGLY, "b.yaml": CANONICAL})
    outcome = aicfg("fmt", "--check", ".")
    assert outcome == (1, "would reformat a.yaml\n", "1 file would be reformatted, 1 file would be left unchanged\n")
    assert (tmp_path / "a.yaml").read_text() == UGLY
    assert aicfg("fmt", "--check", "b.yaml").status == 0


def test_diff_writes_nothing_and_masks_secrets(aicfg: Command, put: Put, tmp_path: Path) -> None:
    text = "version: 1\nproviders:\n  p:\n    api_key: 'hunter2hunter2'\n    type:   openai\n"
    put({"a.yaml": text})
    outcome = aicfg("fmt", "--diff", "a.yaml")
    assert outcome.status == 1
    assert outcome.out.startswith("--- a.yaml\n+++ a.yaml\n@@ ")
    assert "+    type: openai\n" in outcome.out
    assert "hunter2" not in outcome.out
    assert "**************" in outcome.out
    assert (tmp_path / "a.yaml").read_text() == text
    assert aicfg("fmt", "--diff", "--check", "a.yaml").out == outcome.out


def test_diff_masks_a_secret_that_only_an_including_file_knows(aicfg: Command, put: Put) -> None:
    including = 'version: 1\ninclude: b.yaml\nproviders: {p: {type: openai, api_key: "${var:WORD}"}}\n'
    put({"a.yaml": including, "b.yaml": "version: 1\nroutes: {}\nvariables: {WORD: 'ladybird99'}\n"})
    outcome = aicfg("fmt", "--diff")
    assert outcome.status == 1
    assert "+variables: {WORD: **********}\n" in outcome.out
    assert "ladybird" not in outcome.out


def test_standard_input_goes_to_standard_output(aicfg: Command) -> None:
    assert aicfg("fmt", "-", stdin=UGLY.encode()) == (0, CANONICAL, "1 file reformatted\n")
    assert aicfg("fmt", "-", stdin=CANONICAL.encode()) == (0, CANONICAL, "1 file left unchanged\n")


def test_standard_input_that_is_checked_is_not_repeated(aicfg: Command) -> None:
    outcome = aicfg("fmt", "--check", "--stdin-filename", "x.yaml", "-", stdin=UGLY.encode())
    assert (outcome.status, outcome.out) == (1, "would reformat x.yaml\n")
    outcome = aicfg("fmt", "--diff", "--stdin-filename", "x.yaml", "-", stdin=UGLY.encode())
    assert outcome.status == 1
    assert outcome.out.startswith("--- x.yaml\n")


def test_a_name_for_standard_input_needs_standard_input(aicfg: Command) -> None:
    assert aicfg("fmt", "--stdin-filename", "x.yaml", "y.yaml").status == 2
    assert aicfg("fmt", "--stdin-filename", "x.yaml", stdin=UGLY.encode()).out == CANONICAL


@pytest.mark.parametrize("text", [KONG, "a:   1\n", ""])
def test_standard_input_that_is_no_manifest_passes_through(aicfg: Command, text: str) -> None:
    outcome = aicfg("fmt", "-", stdin=text.encode())
    assert outcome.out == text
    assert outcome.status == (0 if text else 2)


def test_standard_input_under_an_excluded_name_passes_through(aicfg: Command) -> None:
    outcome = aicfg("fmt", "--exclude", "x.yaml", "--stdin-filename", "x.yaml", "-", stdin=UGLY.encode())
    assert (outcome.status, outcome.out) == (0, UGLY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 1\nproviders: [\n", "3:1: the text ends inside a list or map in brackets"),
        ("version: 1\nversion: 1\n", '2:1: the key "version" stands twice'),
        ("version: 1\nproviders: {p: !Ref x}\n", "the tag !Ref has no meaning here"),
        ("version: 1\nroutes:\n  1: {}\n", "3:3: the key 1 is not text"),
        ("version: 1\n---\nversion: 1\n", "the file holds 2 documents"),
        ("version: 1\nroutes:\n  ? |\n    a\n    b\n  : {}\n", "3:5: a key of several lines cannot be formatted"),
        ("version: 1\nroutes: {a: # why\n  {}}\n", "a comment between a key in braces and its value"),
        ('version: 1\nname: "a\x85b"\n', "2:9: the character U+0085 stands here"),
    ],
)
def test_what_cannot_be_formatted_stays_and_is_told_with_its_place(
    aicfg: Command, put: Put, tmp_path: Path, text: str, said: str
) -> None:
    put({"bad.yaml": text, "good.yaml": UGLY})
    outcome = aicfg("fmt", "bad.yaml", "good.yaml")
    assert outcome.status == 2
    assert "error: bad.yaml:" in outcome.err
    assert said in outcome.err
    assert outcome.out == "reformatted good.yaml\n"
    assert (tmp_path / "bad.yaml").read_text() == text


def test_a_file_that_is_not_there_or_may_not_be_written(aicfg: Command, put: Put, tmp_path: Path) -> None:
    put({"locked.yaml": UGLY, "good.yaml": UGLY})
    (tmp_path / "locked.yaml").chmod(0o444)
    outcome = aicfg("fmt", "missing.yaml", "locked.yaml", "good.yaml")
    assert outcome.status == 2
    assert "missing.yaml: there is no such file" in outcome.err
    assert (tmp_path / "good.yaml").read_text() == CANONICAL
    if os.geteuid():  # nothing is locked to the superuser
        assert (tmp_path / "locked.yaml").read_text() == UGLY


def test_other_broken_files_in_a_folder_are_nobodys_business(aicfg: Command, put: Put) -> None:
    put({"a.yaml": UGLY, "chart.yaml": "a: {{ .Values.x }}\n", "kong.yaml": "_format_version: [\n"})
    outcome = aicfg("fmt", "--check")
    assert outcome.status == 2
    assert "chart.yaml" not in outcome.err
    assert "error: kong.yaml:" in outcome.err


@pytest.mark.parametrize(
    "text",
    [CANONICAL.replace("openai", "azure"), CANONICAL.replace(": 1", ': "1"'), CANONICAL.replace("#", " "), "a: [", ""],
    ids=["value", "type", "comment", "no YAML", "nothing"],
)
def test_a_change_of_meaning_is_a_bug_and_writes_nothing(
    aicfg: Command, put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    put({"a.yaml": UGLY})
    monkeypatch.setattr("aicfg.fmt.file.printed", lambda *_: text)
    outcome = aicfg("fmt", "a.yaml")
    assert outcome.status == 3
    assert "formatting would change what this file means" in outcome.err
    assert (tmp_path / "a.yaml").read_text() == UGLY


def test_line_ends_stay_and_a_byte_order_mark_goes(aicfg: Command, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbf" + UGLY.replace("\n", "\r\n").encode())
    assert aicfg("fmt", "a.yaml").status == 0
    assert (tmp_path / "a.yaml").read_bytes() == CANONICAL.replace("\n", "\r\n").encode()


def test_help_says_what_happens(aicfg: Command) -> None:
    outcome = aicfg("fmt", "--help")
    assert outcome.status == 0
    assert "order of the manifest's schema" in outcome.out
    assert all(option in outcome.out for option in ("--check", "--diff", "--stdin-filename", "--exclude"))
