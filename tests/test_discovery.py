"""Which files `aicfg lint` reads: files, folders, globs and `--exclude`; and what it leaves out of a folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Command, Outcome

import aicfg as public

MANIFEST = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
  chat: {provider: p, model: gpt-4o}
"""
BROKEN = MANIFEST.replace("model:", "modle:")
DECK = """\
_format_version: "3.0"
services:
  - {name: ai, url: "http://localhost:32000"}
"""
KONG_PLUGIN = """\
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: {name: guard}
plugin: ai-prompt-guard
config: {deny_patterns: ["password"]}
"""
ROUTE = """\
name: chat
paths: [/chat]
protocols: [http, https]
plugins:
  - {name: ai-prompt-guard, config: {deny_patterns: ["password"]}}
"""
FRAGMENT = """\
plugins:
  - {name: ai-prompt-guard, config: {deny_patterns: ["password"]}}
"""
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ai}\n"

OTHERS = {
    "package.json": '{"name": "site", "version": "1.0.0", "plugins": ["a"]}',
    "docker-compose.yml": 'version: "3"\nservices:\n  web: {image: nginx}\n',
    "mkdocs.yml": "site_name: Docs\nplugins: [search]\n",
    "babel.config.json": '{"plugins": ["@babel/one", ["two", {}]]}',
    "vercel.json": '{"routes": [{"src": "/a", "dest": "/b", "status": 301}]}',
    "site.yaml": "title: Shop\nroutes: [{name: home, paths: [/]}]\n",
    "bundle.json": '{"name": "shop", "plugins": [{"name": "minify", "options": {}}]}',
    "pubspec.yaml": "name: app\nversion: 1.0.0\nplugins: [{name: x}]\n",
    "deployment.yaml": DEPLOYMENT,
    "values.yaml": "replicas: 1\n",
    "empty.yaml": "",
    "list.json": "[1, 2]",
    "broken.json": '{"a": ',
    "template.yaml": "{{ if .Values.on }}\na: b\n{{ end }}\n",
}

Put = Callable[..., None]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Writes files into the folder that commands run in: `put("a/b.yaml", text)`."""

    def write(*names: str, text: str = MANIFEST) -> None:
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")

    return write


def read_files(outcome: Outcome) -> list[str]:
    files: list[str] = json.loads(outcome.out)["files"]
    return files


@pytest.fixture
def linted(aicfg: Command) -> Callable[..., list[str]]:
    """The files that `aicfg lint …` reads."""
    return lambda *args: read_files(aicfg("lint", *args, "--format", "json"))


Linted = Callable[..., list[str]]


class TestFolders:
    def test_a_folder_is_walked_with_the_folders_in_it(self, linted: Linted, put: Put) -> None:
        put("conf/a.yaml", "conf/deep/er/b.yml", "conf/C.JSON", "elsewhere.yaml")
        assert linted("conf") == ["conf/C.JSON", "conf/a.yaml", "conf/deep/er/b.yml"]

    def test_without_a_path_the_current_folder_is_linted(self, linted: Linted, put: Put) -> None:
        put("a.yaml", "conf/b.yaml")
        assert linted() == linted(".") == ["a.yaml", "conf/b.yaml"]

    def test_findings_of_files_of_several_kinds_come_in_one_report(self, aicfg: Command, put: Put) -> None:
        put("manifest.yaml", text=BROKEN)
        put("deck.yaml", text=DECK.replace("url:", "ulr:"))
        put("k8s.yaml", text=DEPLOYMENT + "---\n" + KONG_PLUGIN.replace("deny_patterns", "deny_pattern"))
        status, out, err = aicfg("lint", ".", "--format", "json")
        found = {(one["file"], one["code"]) for one in json.loads(out)["diagnostics"] if one["severity"] == "error"}
        assert (status, err) == (1, "")
        assert {("manifest.yaml", "M101"), ("deck.yaml", "M301"), ("k8s.yaml", "K101")} <= found

    @pytest.mark.parametrize("text", [MANIFEST, DECK, KONG_PLUGIN, ROUTE, FRAGMENT], ids=lambda text: text[:12])
    def test_manifests_and_kong_files_are_told_by_their_content(self, linted: Linted, put: Put, text: str) -> None:
        put("any-name.yaml", text=text)
        assert linted() == ["any-name.yaml"]

    @pytest.mark.parametrize("name", OTHERS)
    def test_other_files_are_left_out(self, aicfg: Command, put: Put, name: str) -> None:
        put("aicfg.yaml")
        put(name, text=OTHERS[name])
        assert aicfg("lint") == (0, "no findings in 1 file\n", "")

    def test_a_file_that_cannot_be_read_and_mentions_kong_is_not_left_out(self, aicfg: Command, put: Put) -> None:
        put("kong.yaml", text='_format_version: "3.0"\nservices: [\n')
        assert aicfg("lint").status == 1

    @pytest.mark.parametrize("folder", [".git", ".venv", ".hidden", "node_modules", "__pycache__", "a/node_modules"])
    def test_folders_of_tools_and_hidden_ones_are_not_walked(self, linted: Linted, put: Put, folder: str) -> None:
        put("a.yaml", f"{folder}/b.yaml")
        assert linted() == ["a.yaml"]

    def test_a_hidden_folder_that_is_named_is_walked(self, linted: Linted, put: Put) -> None:
        put(".kong/a.yaml")
        assert linted(".kong") == [".kong/a.yaml"]

    def test_a_hidden_file_is_read(self, linted: Linted, put: Put) -> None:
        put(".kong.yaml")
        assert linted() == [".kong.yaml"]

    def test_other_suffixes_are_not_looked_at(self, linted: Linted, put: Put) -> None:
        put("a.yaml", "b.yaml.bak", "c.txt", "yaml")
        assert linted() == ["a.yaml"]

    @pytest.mark.skipif(os.name == "nt", reason="links need rights there")
    def test_links_that_lead_in_a_circle_do_no_harm(self, linted: Linted, put: Put, tmp_path: Path) -> None:
        put("conf/a.yaml")
        (tmp_path / "conf" / "again").symlink_to(tmp_path / "conf", target_is_directory=True)
        (tmp_path / "conf" / "self.yaml").symlink_to("self.yaml")
        (tmp_path / "conf" / "gone.yaml").symlink_to("nowhere.yaml")
        assert linted("conf") == ["conf/a.yaml"]
        assert linted("conf/**/*.yaml") == ["conf/a.yaml"]

    @pytest.mark.skipif(os.name == "nt", reason="links need rights there")
    def test_a_link_to_a_folder_is_walked_where_it_is_named(self, linted: Linted, put: Put, tmp_path: Path) -> None:
        put("real/a.yaml")
        (tmp_path / "link").symlink_to("real", target_is_directory=True)
        assert linted("link") == ["link/a.yaml"]

    def test_a_folder_that_may_not_be_read_is_an_error_and_the_rest_is_linted(
        self, aicfg: Command, put: Put, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put("a.yaml", "closed/b.yaml")
        scan = os.scandir

        def guarded(folder: str) -> Any:  # permissions do not stop a superuser, as tests in containers run
            if folder == "closed":
                raise PermissionError(13, "Permission denied")
            return scan(folder)

        monkeypatch.setattr(os, "scandir", guarded)
        outcome = aicfg("lint", "--format", "json")
        assert outcome.status == 2
        assert outcome.err.startswith("error: closed: this folder cannot be looked into: Permission denied\n")
        assert read_files(outcome) == ["a.yaml"]


class TestNothingToLint:
    @pytest.mark.parametrize("arguments", [[], ["."], ["conf"], ["conf", "--exclude", "a.yaml"]])
    def test_is_a_warning_and_no_failure(self, aicfg: Command, put: Put, arguments: list[str]) -> None:
        put("conf/values.yaml", text="replicas: 1\n")
        where = arguments[0] if arguments else "."
        status, out, err = aicfg("lint", *arguments)
        assert (status, out) == (0, "")
        told, _, hint = err.partition("\n")
        assert told == f"warning: no manifest and no Kong file in: {where}"
        assert hint == "  = help: name a single file, and aicfg says why it is left out\n"

    def test_naming_the_file_says_why(self, aicfg: Command, put: Put) -> None:
        put("conf/values.yaml", text="replicas: 1\n")
        status, out, _ = aicfg("lint", "conf/values.yaml")
        assert status == 1
        assert "error[M010]" in out
        assert "a manifest has `version: 1`, a decK file `_format_version`" in out

    def test_json_is_json_all_the_same(self, aicfg: Command) -> None:
        status, out, err = aicfg("lint", "--format", "json")
        assert (status, json.loads(out)["files"]) == (0, [])
        assert err.startswith("warning: ")


class TestNamedFiles:
    def test_a_named_file_that_is_neither_is_reported(self, aicfg: Command, put: Put) -> None:
        put("values.yaml", text="replicas: 1\n")
        status, out, _ = aicfg("lint", "values.yaml")
        assert status == 1
        assert "error[M010]" in out

    def test_it_is_reported_although_its_folder_is_linted_too(self, aicfg: Command, put: Put) -> None:
        put("conf/values.yaml", text="replicas: 1\n")
        assert "error[M010]" in aicfg("lint", "conf", "conf/values.yaml").out

    def test_any_suffix_will_do(self, linted: Linted, put: Put) -> None:
        put("gateway.conf")
        assert linted("gateway.conf") == ["gateway.conf"]

    def test_a_file_is_linted_once_however_often_it_is_found(self, linted: Linted, put: Put, tmp_path: Path) -> None:
        put("conf/a.yaml")
        again = ["conf", "./conf/a.yaml", "conf/*.yaml", str(tmp_path / "conf" / "a.yaml"), "conf/../conf/a.yaml"]
        assert len(linted("conf/a.yaml", *again)) == 1

    def test_a_name_with_the_signs_of_a_glob_is_a_name_where_there_is_such_a_file(
        self, linted: Linted, put: Put
    ) -> None:
        put("[a].yaml", "a.yaml")
        assert linted("[a].yaml") == ["[a].yaml"]


class TestGlobs:
    @pytest.mark.parametrize(
        ("pattern", "files"),
        [
            ("*.yaml", ["a.yaml", "b.yaml"]),
            ("?.yaml", ["a.yaml", "b.yaml"]),
            ("[a].yaml", ["a.yaml"]),
            ("[!a].yaml", ["b.yaml"]),
            ("conf/*.yaml", ["conf/c.yaml"]),
            ("./conf/*.yaml", ["./conf/c.yaml"]),
            ("*/*.yaml", ["conf/c.yaml"]),
            ("conf/**/*.yaml", ["conf/c.yaml", "conf/x/y/d.yaml"]),
            ("**/d.yaml", ["conf/x/y/d.yaml"]),
            ("conf/**", ["conf/c.yaml", "conf/x/y/d.yaml"]),
            ("con*", ["conf/c.yaml", "conf/x/y/d.yaml"]),
            ("conf/*/y", ["conf/x/y/d.yaml"]),
            (".k*/*.yaml", [".kong/e.yaml"]),
            ("*.c?nf", ["f.conf"]),
            ("*", ["a.yaml", "b.yaml", "conf/c.yaml", "conf/x/y/d.yaml"]),
        ],
    )
    def test_a_glob_that_no_shell_expanded(self, linted: Linted, put: Put, pattern: str, files: list[str]) -> None:
        put("a.yaml", "b.yaml", "conf/c.yaml", "conf/x/y/d.yaml", ".kong/e.yaml", "f.conf", "node_modules/g.yaml")
        assert linted(pattern) == files

    def test_what_it_finds_was_not_named(self, aicfg: Command, put: Put) -> None:
        put("a.yaml")
        put("values.yaml", text="replicas: 1\n")
        assert aicfg("lint", "*.yaml").out == "no findings in 1 file\n"

    def test_one_that_fits_nothing_is_an_error_and_the_rest_is_linted(self, aicfg: Command, put: Put) -> None:
        put("a.yaml")
        status, out, err = aicfg("lint", "nope/*.yaml", "a.yaml")
        assert (status, out) == (2, "no findings in 1 file\n")
        assert err == "error: nope/*.yaml: there is no file that fits this pattern\n  = help: check the pattern\n"

    def test_one_that_fits_only_what_is_excluded_is_no_error(self, aicfg: Command, put: Put) -> None:
        put("drafts/a.yaml")
        assert aicfg("lint", "drafts/*.yaml", "--exclude", "drafts").status == 0
        assert aicfg("lint", "draft/*.yaml", "--exclude", "drafts").status == 2

    @pytest.mark.parametrize("pattern", ["[z-a].yaml", "[]].yaml", "[[:x:]", "**a**", "***", "[\\].yaml", "a[&&b]*"])
    def test_an_odd_one_does_no_harm(self, aicfg: Command, put: Put, pattern: str) -> None:
        put("a.yaml")
        assert aicfg("lint", pattern, "--exclude", pattern).status in (0, 2)


class TestExclude:
    @pytest.mark.parametrize(
        ("pattern", "left"),
        [
            ("b.yaml", ["a.yaml", "conf/old/c.yaml"]),
            ("*.yaml", []),
            ("conf", ["a.yaml"]),
            ("conf/", ["a.yaml"]),
            ("./conf", ["a.yaml"]),
            ("old", ["a.yaml", "conf/b.yaml"]),
            ("conf/old", ["a.yaml", "conf/b.yaml"]),
            ("conf/*.yaml", ["a.yaml", "conf/old/c.yaml"]),
            ("conf/**", ["a.yaml"]),
            ("**/old/*", ["a.yaml", "conf/b.yaml"]),
            ("*/old", ["a.yaml", "conf/b.yaml"]),
            ("old/c.yaml", ["a.yaml", "conf/b.yaml", "conf/old/c.yaml"]),
            ("con", ["a.yaml", "conf/b.yaml", "conf/old/c.yaml"]),
        ],
    )
    def test_takes_names_and_paths_of_files_and_folders(
        self, linted: Linted, put: Put, tmp_path: Path, pattern: str, left: list[str]
    ) -> None:
        put("a.yaml", "conf/b.yaml", "conf/old/c.yaml")
        assert linted("--exclude", pattern) == left
        assert linted(str(tmp_path), "--exclude", pattern) == [str(tmp_path / one) for one in left]

    def test_can_be_given_several_times(self, linted: Linted, put: Put) -> None:
        put("a.yaml", "b.yaml", "c.yaml")
        assert linted("--exclude", "a.*", "--exclude", "b.*") == ["c.yaml"]

    def test_holds_for_named_files_too_since_a_shell_names_them(self, linted: Linted, put: Put) -> None:
        put("a.yaml", "old/b.yaml")
        assert linted("a.yaml", "old/b.yaml", "--exclude", "old") == ["a.yaml"]

    def test_says_nothing_about_folders_above(self, linted: Linted, put: Put, tmp_path: Path) -> None:
        put("a.yaml")
        assert linted("--exclude", tmp_path.name) == ["a.yaml"]
        assert linted(str(tmp_path), "--exclude", tmp_path.parent.name) == [str(tmp_path / "a.yaml")]

    def test_an_absolute_pattern_is_a_path(self, linted: Linted, put: Put, tmp_path: Path) -> None:
        put("a.yaml", "conf/b.yaml")
        assert linted("--exclude", f"{tmp_path.as_posix()}/conf") == ["a.yaml"]


class TestTheApi:
    def test_takes_folders_and_globs(self, put: Put, tmp_path: Path) -> None:
        put("conf/a.yaml", "conf/b.yaml")
        put("conf/values.yaml", text="replicas: 1\n")
        files = (str(tmp_path / "conf" / "a.yaml"), str(tmp_path / "conf" / "b.yaml"))
        assert public.lint(tmp_path / "conf").files == files
        assert public.lint(f"{tmp_path}/*/*.yaml").files == files

    def test_raises_for_a_glob_that_fits_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(public.AicfgError, match="no file that fits"):
            public.lint(f"{tmp_path}/*.yaml")

    def test_without_a_path_it_lints_nothing(self, put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put("a.yaml")
        monkeypatch.chdir(tmp_path)
        assert public.lint().files == ()

    def test_a_folder_is_not_compiled(self, put: Put, tmp_path: Path) -> None:
        put("a.yaml")
        with pytest.raises(public.AicfgError, match="this is a folder"):
            public.compile(tmp_path)
