"""`include:`: what it reads, and what it refuses to, since pipelines lint what strangers propose."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from composing import CHAT, HEAD, Put
from conftest import Command
from hypothesis import given
from hypothesis import strategies as st

import aicfg as public

PART = "version: 1\nroutes: {more: {provider: p, model: gpt-4o-mini}}\n"


class TestOutside:
    """Nothing outside the folder of the manifest is read, or even said to be there."""

    @pytest.fixture
    def inside(self, put: Put, tmp_path: Path) -> Callable[[str], Any]:
        """Lints `in/a.yaml` with an include, beside a manifest `secret.yaml` outside its folder."""
        put({"secret.yaml": "version: 1\nsecret: hunter2\n", "in/sub/b.yaml": PART})

        def lint(entry: str) -> Any:
            put({"in/a.yaml": CHAT + f"include:\n  - {entry}\n"})
            report = public.lint("in/a.yaml")
            assert all("secret.yaml" not in file for file in report.files)
            return [(one.code, one.file, one.line, one.message) for one in report.diagnostics]

        return lint

    @pytest.mark.parametrize(
        "entry",
        [
            "../secret.yaml",
            "sub/../../secret.yaml",
            "sub/../sub/b.yaml",
            "..",
            "/etc/passwd",
            "/",
            "C:/secret.yaml",
            "C:secret.yaml",
            "'..\\secret.yaml'",
            "'sub\\b.yaml'",
            "''",
            '"a\\0b.yaml"',
            '"a\\nb.yaml"',
        ],
    )
    def test_by_its_path(self, inside: Any, entry: str) -> None:
        ((code, file, line, message),) = inside(entry)
        assert (code, file, line) == ("M220", "in/a.yaml", 7)
        assert "cannot be included" in message

    def test_by_an_absolute_path_that_leads_inside(self, inside: Any, tmp_path: Path) -> None:
        assert [found[0] for found in inside(str(tmp_path / "in" / "sub" / "b.yaml"))] == ["M220"]

    def test_by_a_link(self, inside: Any, tmp_path: Path) -> None:
        (tmp_path / "in" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
        (tmp_path / "in" / "dangling.yaml").symlink_to(tmp_path / "nowhere.yaml")
        (tmp_path / "in" / "up").symlink_to("..")
        for entry in ("link.yaml", "dangling.yaml", "up/secret.yaml", "up/in/../secret.yaml", "up/nowhere.yaml"):
            assert [found[:3] for found in inside(entry)] == [("M220", "in/a.yaml", 7)]

    def test_by_way_of_an_included_file(self, put: Put) -> None:
        put(
            {
                "b.yaml": PART,
                "in/a.yaml": CHAT + "include: sub/c.yaml\n",
                "in/sub/c.yaml": "version: 1\ninclude: ../../b.yaml\n",
            }
        )
        (finding,) = public.lint("in/a.yaml").diagnostics
        assert (finding.code, finding.file, finding.line) == ("M220", "in/sub/c.yaml", 2)

    def test_a_folder_whose_name_only_begins_like_that_of_the_manifest(self, put: Put, tmp_path: Path) -> None:
        put({"in/a.yaml": CHAT + "include: link.yaml\n", "inside/b.yaml": PART})
        (tmp_path / "in" / "link.yaml").symlink_to(tmp_path / "inside" / "b.yaml")
        assert [one.code for one in public.lint("in/a.yaml").diagnostics] == ["M220"]

    def test_a_link_that_stays_inside_is_followed(self, put: Put, tmp_path: Path, found: Any) -> None:
        put({"a.yaml": CHAT + "include: link.yaml\n", "sub/b.yaml": PART})
        (tmp_path / "link.yaml").symlink_to(tmp_path / "sub" / "b.yaml")
        assert found("a.yaml") == []

    def test_a_manifest_that_is_a_link_includes_from_the_folder_of_the_link(
        self, put: Put, tmp_path: Path, found: Any
    ) -> None:
        put({"real/a.yaml": CHAT + "include: b.yaml\n", "real/b.yaml": PART, "in/c.yaml": PART})
        (tmp_path / "in" / "a.yaml").symlink_to(tmp_path / "real" / "a.yaml")
        assert found("in/a.yaml") == [("M221", "in/a.yaml", 6)]


class TestUnusable:
    @pytest.mark.parametrize(
        ("entry", "reason"),
        [
            ("nowhere.yaml", "there is no such file"),
            ("'*.yaml'", "there is no such file"),
            ("sub", "it is a folder"),
            (".", "it is a folder"),
            ("sub/kong.yaml", "it is no manifest"),
            ("sub/list.yaml", "it is no manifest"),
            ("sub/text.yaml", "it is no manifest"),
            ("sub/.env", "it is no .yaml, .yml or .json file"),
            ("env.yaml", "it is no .yaml, .yml or .json file"),
            ("x" * 300, "this file cannot be read"),
            ("sub/kong.yaml/x", "this file cannot be read"),
        ],
    )
    def test_files_are_told_at_the_entry(self, put: Put, tmp_path: Path, entry: str, reason: str) -> None:
        (tmp_path / "env.yaml").symlink_to("sub/.env")
        put(
            {
                "a.yaml": CHAT + f"include:\n- {entry}\n",
                "sub/kong.yaml": "_format_version: '3.0'\n",
                "sub/list.yaml": "- 1\n",
                "sub/text.yaml": "hello\n",
                "sub/.env": "KEY: [\n",
            }
        )
        (finding,) = public.lint("a.yaml").diagnostics
        assert (finding.code, finding.file, finding.line) == ("M221", "a.yaml", 7)
        assert reason in finding.message
        assert finding.hint

    def test_files_that_may_not_be_read(self, put: Put, tmp_path: Path) -> None:
        put({"a.yaml": CHAT + "include: b.yaml\n", "b.yaml": PART})
        (tmp_path / "b.yaml").chmod(0)
        if os.access(tmp_path / "b.yaml", os.R_OK):
            pytest.skip("this user may read everything")
        assert [one.code for one in public.lint("a.yaml").diagnostics] == ["M221"]

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
    def test_pipes_are_not_waited_for(self, put: Put, tmp_path: Path) -> None:
        put({"a.yaml": CHAT + "include: pipe\n"})
        os.mkfifo(tmp_path / "pipe")
        (finding,) = public.lint("a.yaml").diagnostics
        assert (finding.code, "no regular file" in finding.message) == ("M221", True)

    @pytest.mark.parametrize(
        ("text", "code", "line"),
        [
            ("version: [", "M001", 1),
            ("", "M008", 1),
            ("version: 1\n---\nversion: 1\n", "M006", 3),
            ("a: &a [*a]\n", "M009", 1),
        ],
    )
    def test_texts_are_told_in_their_own_file(self, put: Put, found: Any, text: str, code: str, line: int) -> None:
        put({"a.yaml": CHAT + "include: b.yaml\n", "b.yaml": text})
        assert found("a.yaml") == [(code, "b.yaml", line)]

    def test_a_missing_file_has_no_other_findings(self, put: Put, found: Any) -> None:
        put(
            {
                "a.yaml": "version: 1\ninclude: providers.yml\nvariables: {A: 1}\n"
                "routes: {chat: {provider: p, model: '${var:B}'}}\nenvironments: {e: {routes: {gone: null}}}\n"
            }
        )
        assert found("a.yaml") == [("M221", "a.yaml", 2)]
        assert found("a.yaml", "--env", "other", "--var", "B=1") == [("M221", "a.yaml", 2)]

    def test_a_text_from_standard_input_includes_nothing(self, put: Put, aicfg: Command) -> None:
        put({"b.yaml": PART})
        for command in ("lint", "render"):
            outcome = aicfg(command, "-", stdin=f"{CHAT}include: b.yaml\n".encode())
            assert outcome.status == 1
            assert "error[M221]" in outcome.out + outcome.err
            assert "stands in no file" in outcome.out + outcome.err

    def test_standard_input_may_be_one_of_several(self, put: Put, aicfg: Command) -> None:
        put({"b.yaml": PART})
        outcome = aicfg("render", "-", "b.yaml", stdin=CHAT.encode())
        assert (outcome.status, outcome.err) == (0, "")
        assert "name: more" in outcome.out


class TestCircles:
    def test_a_file_that_includes_itself(self, put: Put, found: Any) -> None:
        put({"a.yaml": CHAT + "include: ./a.yaml\n"})
        assert found("a.yaml") == [("M222", "a.yaml", 6)]

    def test_files_that_include_each_other(self, put: Put, aicfg: Command, found: Any) -> None:
        put(
            {
                "a.yaml": CHAT + "include: b.yaml\n",
                "b.yaml": PART + "include: c.yaml\n",
                "c.yaml": "version: 1\ninclude: a.yaml\n",
            }
        )
        assert found("a.yaml") == [("M222", "c.yaml", 2)]
        assert "a.yaml includes itself through b.yaml, c.yaml" in aicfg("lint", "a.yaml").out
        assert found(".") == [("M222", "c.yaml", 2)]

    def test_two_ways_to_one_file_are_none(self, put: Put, found: Any) -> None:
        put(
            {
                "a.yaml": HEAD + "include: [b.yaml, c.yaml, sub/../c.yaml, ./b.yaml]\n".replace("sub/../", ""),
                "b.yaml": "version: 1\ninclude: d.yaml\n",
                "c.yaml": "version: 1\ninclude: d.yaml\n",
                "d.yaml": PART,
            }
        )
        assert found("a.yaml") == []

    def test_links_that_lead_in_a_circle_are_no_files(self, put: Put, found: Any, tmp_path: Path) -> None:
        put({"a.yaml": CHAT + "include: b.yaml\n"})
        (tmp_path / "b.yaml").symlink_to("c.yaml")
        (tmp_path / "c.yaml").symlink_to("b.yaml")
        assert found("a.yaml") == [("M221", "a.yaml", 6)]


class TestLimits:
    def test_a_hundred_files_may_be_included(self, put: Put, found: Any) -> None:
        names = [f"part-{number}.yaml" for number in range(101)]
        put(dict.fromkeys(names, "version: 1\n"))
        put({"a.yaml": CHAT + f"include: [{', '.join(names[:100])}]\n"})
        assert found("a.yaml") == []
        put(
            {
                "a.yaml": CHAT + f"include:\n- {names[0]}\n- {names[100]}\n",
                names[0]: f"version: 1\ninclude: [{', '.join(names[1:100])}]\n",
            }
        )
        assert found("a.yaml") == [("M223", "a.yaml", 8)]

    def test_many_entries_are_not_followed(self, put: Put, found: Any) -> None:
        put({"a.yaml": CHAT + "include:\n" + "- ../b.yaml\n" * 2_000})
        assert found("a.yaml")[-1] == ("M223", "a.yaml", 1007)
        put({"a.yaml": CHAT + "include:\n" + "".join(f"- {number}.yaml\n" for number in range(2_000))})
        assert found("a.yaml")[-1] == ("M223", "a.yaml", 107)

    def test_in_a_chain_too(self, put: Put, found: Any) -> None:
        put({f"{number}.yaml": f"version: 1\ninclude: {number + 1}.yaml\n" for number in range(200)})
        assert found("0.yaml") == [("M223", "100.yaml", 2)]

    def test_together_they_may_be_as_large_as_one_file(
        self, put: Put, found: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("aicfg.manifest.compose.files.MAX_BYTES", 100)
        put({"a.yaml": CHAT + "include: [b.yaml, c.yaml]\n", "b.yaml": PART, "c.yaml": f"version: 1\n# {'x' * 50}\n"})
        assert found("a.yaml") == [("M223", "a.yaml", 6)]


class TestLintingAFolder:
    def test_what_is_included_is_linted_as_a_part_only(self, put: Put, found: Any) -> None:
        put({"in/z.yaml": HEAD + "include: parts/a.yaml\n", "in/parts/a.yaml": PART})
        assert found("in/parts/a.yaml") == [("M201", "in/parts/a.yaml", 2)]
        assert found("in") == []
        assert found("in/parts/a.yaml", "in/z.yaml") == []

    def test_a_manifest_may_leave_everything_to_what_it_includes(self, put: Put, found: Any) -> None:
        put({"a.yaml": "version: 1\ninclude: [b.yaml, c.yaml]\n", "b.yaml": HEAD, "c.yaml": PART.replace("p,", "q,")})
        assert found(".") == [("M201", "c.yaml", 2)]

    def test_other_files_with_such_keys_are_left_out(self, put: Put, aicfg: Command) -> None:
        put(
            {
                "tsconfig.json": '{"version": 1, "include": ["src"], "compilerOptions": {}}',
                "compose.yaml": "version: '3'\ninclude: [a]\n",
            }
        )
        assert "no manifest and no Kong file" in aicfg("lint", ".").err

    def test_a_part_of_two_manifests_is_told_about_once(self, put: Put, found: Any) -> None:
        put(dict.fromkeys(("a.yaml", "b.yaml"), "version: 1\ninclude: c.yaml\n"))
        put({"c.yaml": CHAT.replace("model:", "modle:")})
        assert found(".") == [("M101", "c.yaml", 5)]

    def test_a_file_that_is_included_by_mistake_is_linted_as_what_it_is(self, put: Put, found: Any) -> None:
        put({"a.yaml": CHAT + "include: kong.yaml\n", "kong.yaml": "_format_version: '3.0'\nroutez: []\n"})
        assert [code for code, file, _ in found(".") if file == "kong.yaml"]

    def test_it_is_the_same_in_any_order_and_from_python(self, put: Put, tmp_path: Path) -> None:
        put({"a.yaml": PART, "b.yaml": HEAD + "include: a.yaml\n"})
        for paths in (["."], ["a.yaml", "b.yaml"], ["b.yaml", "a.yaml"], [tmp_path / "a.yaml", "b.yaml"]):
            assert public.lint(*paths).diagnostics == ()

    def test_render_does_not_write_over_a_part(self, put: Put, aicfg: Command) -> None:
        put({"a.yaml": HEAD + "include: b.yaml\n", "b.yaml": PART})
        outcome = aicfg("render", "a.yaml", "-o", "b.yaml")
        assert (outcome.status, "the manifest itself" in outcome.err) == (2, True)


NAMES = ["a.yaml", "b.yaml", "sub/c.yaml", "sub/d.yaml"]
ENTRIES = st.sampled_from(
    [
        *NAMES,
        "c.yaml",
        "d.yaml",
        "./a.yaml",
        "sub",
        "gone.yaml",
        "../a.yaml",
        "sub/../b.yaml",
        "/etc/passwd",
        "",
        "link",
        "up/a.yaml",
    ]
)
VALUES = st.sampled_from([None, 1, "${var:A}", "x", [1]])
BLOCKS = st.fixed_dictionaries(
    {}, optional={"routes": st.sampled_from([None, {"r": None}, {"q": {}}]), "variables": st.just({"A": 1})}
)
CONTENTS = st.fixed_dictionaries(
    {"version": st.sampled_from([1, 1, 1, 2])},
    optional={
        "include": ENTRIES | st.lists(ENTRIES | st.integers(), max_size=3),
        "variables": st.dictionaries(st.sampled_from("AB"), VALUES) | st.just(5),
        "environments": st.dictionaries(st.sampled_from("ef"), st.none() | BLOCKS),
        "name": st.sampled_from(["n", "m", "${var:A}", "${var:B}-x", None]),
        "providers": st.sampled_from([None, [], {"p": {"type": "${var:A}"}}, {"p": None}, {"p": {"type": "openai"}}]),
        "routes": st.sampled_from([None, {"r": {"provider": "p", "model": "${var:B}"}}, {"r": 5}]),
        "plugins": st.sampled_from([None, [], [{"name": "${var:A}"}], {"a": 1}]),
    },
)


@given(contents=st.lists(CONTENTS, min_size=4, max_size=4), env=st.sampled_from([None, "e", "f"]))
def test_no_graph_of_files_leads_to_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, contents: list[Any], env: str | None
) -> None:
    folder = tmp_path_factory.mktemp("graph")
    (folder / "sub").mkdir()
    (folder / "link").symlink_to("sub/c.yaml")
    (folder / "up").symlink_to("..")
    for name, content in zip(NAMES, contents, strict=True):
        (folder / name).write_text(json.dumps(content))
    for paths in ([folder], [folder / name for name in NAMES], [folder / "a.yaml"]):
        report = public.lint(*paths)
        assert all(one.file and one.line and one.file.startswith(str(folder)) for one in report.diagnostics)
    for function in (public.load, public.compile):
        for paths in (folder / "a.yaml", [folder / name for name in NAMES]):
            with suppress(public.AicfgError):
                function(paths, env=env)
