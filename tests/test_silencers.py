"""Comments that silence findings: where they count, what is no comment, and what is said of useless ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Command
from hypothesis import given
from hypothesis import strategies as st

import aicfg as public
from aicfg.lint.diagnostic import Diagnostic
from aicfg.lint.engine import Run
from aicfg.lint.settings import Settings

HEAD = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
"""
BAD = "  chat: {provider: p, model: gpt-4o, options: {top_p: 7}}"
"""A K105: top_p goes to 1."""
GOOD = BAD.replace("7", "1")
TWICE = "  chat: {provider: p, model: gpt-4o, options: {top_p: 7}, modle: x}"
"""An M101 besides."""


def findings(text: str, settings: Settings | None = None, file: str = "a.yaml") -> list[Diagnostic]:
    run = Run(settings)
    run.read_content(text.encode(), file)
    return list(run.report().diagnostics)


def codes(text: str, settings: Settings | None = None) -> list[str]:
    return [one.code for one in findings(text, settings)]


def test_without_a_comment_there_are_findings() -> None:
    assert codes(f"{HEAD}{BAD}\n") == ["K105"]
    assert sorted(codes(f"{HEAD}{TWICE}\n")) == ["K105", "M101"]


class TestACommentSilences:
    @pytest.mark.parametrize(
        "comment",
        [
            "# aicfg: ignore[K105] the upstream clamps it",
            "# aicfg: ignore[K105]",
            "#aicfg:ignore[K105]",
            "# aicfg: ignore[K1]",
            "# aicfg: ignore[K]",
            "# aicfg: ignore[k105]",
            "# aicfg: ignore[ALL]",
            "# aicfg: ignore",
            "# aicfg: ignore [ K105 ]: spaces and a colon",
            "# tuned by hand  # aicfg: ignore[K105] reason",
            "# aicfg: ignore[K105] reason # and another comment",
            "# aicfg: ignore-file[K105] all of them",
            "# aicfg: ignore-file",
        ],
    )
    def test_behind_the_line_and_on_the_line_above(self, comment: str) -> None:
        assert codes(f"{HEAD}{BAD}  {comment}\n") == []
        assert codes(f"{HEAD}  {comment}\n{BAD}\n") == []
        assert codes(f"{HEAD}{comment}\n{BAD}\n") == []

    def test_several_codes_and_beginnings(self) -> None:
        assert codes(f"{HEAD}{TWICE}  # aicfg: ignore[K105, M1] both\n") == []
        assert codes(f"{HEAD}{TWICE}  # aicfg: ignore[K105 M101]\n") == []
        assert codes(f"{HEAD}{TWICE}  # aicfg: ignore[K105]\n") == ["M101"]

    def test_comments_above_each_other_are_about_the_same_line(self) -> None:
        above = "  # aicfg: ignore[K105] one\n  # a word on it\n  # aicfg: ignore[M101] two\n"
        assert codes(f"{HEAD}{above}{TWICE}\n") == []

    def test_a_file_wherever_the_comment_stands(self) -> None:
        two = f"{BAD}\n{BAD.replace('chat', 'bulk')}\n"
        assert codes(f"# aicfg: ignore-file[K105] legacy\n{HEAD}{two}") == []
        assert codes(f"{HEAD}{two}# aicfg: ignore-file[K105]\n") == []

    def test_with_any_line_ending_and_a_byte_order_mark(self) -> None:
        text = f"{HEAD}  # aicfg: ignore[K105]\n{BAD}\n"
        assert codes(text.replace("\n", "\r\n")) == []
        assert codes(text.replace("\n", "\r")) == []
        assert codes("\ufeff" + text) == []

    def test_what_is_wrong_with_a_text_that_can_be_read_all_the_same(self) -> None:
        line = "  chat: {provider: p, model: gpt-4o}\n"
        assert codes(f"{HEAD}{line}{line}") == ["M003"]
        assert codes(f"{HEAD}{line}{line.rstrip()}  # aicfg: ignore[M003]\n") == []

    def test_behind_the_indicator_of_a_block_scalar(self) -> None:
        text = f"{HEAD}  chat:\n    provider: p\n    model: gpt-4o\n    modle: |%s\n      x\n"
        assert codes(text % "") == ["M101"]
        assert codes(text % "  # aicfg: ignore[M101]") == []

    def test_beside_what_only_deck_can_read(self) -> None:
        deck = (
            '_format_version: "3.0"\nroutes: [{name: r, paths: [/r], protocols: [http]}]\n'
            "plugins:\n- name: ai-prompt-guard\n  route: r\n  config:\n"
            '    max_request_body_size: lots%s\n    deny_patterns: [${{ env "DECK_X" }}]\n'
        )
        assert codes(deck % "") == ["K102"]
        assert codes(deck % "  # aicfg: ignore[K102]") == []


class TestNoComment:
    @pytest.mark.parametrize(
        "above",
        [
            "name: 'x # aicfg: ignore-file'\n",
            'name: "x # aicfg: ignore-file"\n',
            'name: "x\n  # aicfg: ignore-file\n  y"\n',
            "name: |\n  x\n  # aicfg: ignore-file\n",
            "name: >-\n  x # aicfg: ignore-file\n",
            "name: x#aicfg:ignore-file\n",
            "# write `# aicfg: ignore-file` to silence\n",
            "# see aicfg: ignore-file\n",
        ],
    )
    def test_is_text_in_a_scalar_or_in_a_sentence(self, above: str) -> None:
        assert "K105" in codes(f"{above}{HEAD}{BAD}\n")

    def test_is_text_in_json(self) -> None:
        data = {
            "_format_version": "3.0",
            "plugins": [
                {
                    "name": "ai-prompt-guard",
                    "config": {"max_request_body_size": "lots"},
                    "tags": ["# aicfg: ignore-file"],
                }
            ],
        }
        assert "K102" in codes(json.dumps(data))
        assert "K102" in codes(json.dumps(data, indent=1))

    @pytest.mark.parametrize("word", ["see the README", "generated", ""])
    def test_is_any_other_word(self, word: str) -> None:
        assert codes(f"# aicfg: {word}\n{HEAD}{BAD}\n") == ["K105"]


class TestSilencesNothing:
    def test_elsewhere(self) -> None:
        assert codes(f"{HEAD}  # aicfg: ignore[K105]\n\n{BAD}\n") == ["M501", "K105"]
        assert codes(f"{HEAD}{BAD}\n  # aicfg: ignore[K105]\n") == ["K105", "M501"]
        assert codes(f"{HEAD}  # aicfg: ignore[K105]\n  bulk: {{provider: p, model: gpt-4o}}\n{BAD}\n") == [
            "M501",
            "K105",
        ]

    def test_in_a_text_that_cannot_be_read(self) -> None:
        assert codes("# aicfg: ignore-file\nversion: 1\nroutes: {a: [\n") == ["M001"]

    def test_with_a_code_that_no_rule_has(self) -> None:
        (unknown, found) = sorted(findings(f"{HEAD}{BAD}  # aicfg: ignore[K999]\n"), key=lambda one: -ord(one.code[0]))
        assert (unknown.code, unknown.severity, found.code) == ("M502", "warning", "K105")
        assert 'starts with "K999"' in unknown.message

    @pytest.mark.parametrize(
        ("comment", "hint"),
        [
            ("# aicfg: ignroe[K105]", "write `ignore`"),
            ("# aicfg: ignore_file[K105]", "write `ignore-file`"),
            ("# aicfg: ignore K105", "# aicfg: ignore[P204]"),
            ("# aicfg: ignore[K105", "# aicfg: ignore[P204]"),
            ("# aicfg: ignore[]", "# aicfg: ignore[P204]"),
            ("# aicfg: ignore[duplicate-key]", '"M003"'),
            ("# aicfg: ignore[K1O5]", 'did you mean "K105"?'),
        ],
    )
    def test_written_otherwise(self, comment: str, hint: str) -> None:
        found = findings(f"{HEAD}{BAD}  {comment}\n")
        assert [one.code for one in found] == ["K105", "M502"]
        assert hint in (found[1].hint or "")


class TestUseless:
    def test_the_whole_comment(self) -> None:
        (found,) = findings(f"{HEAD}{BAD.replace('7', '1')}  # aicfg: ignore[K105] once\n")
        line = f"{BAD.replace('7', '1')}  # aicfg: ignore[K105] once"
        assert (found.code, found.severity, found.line) == ("M501", "warning", 5)
        assert (found.column, found.end_column) == (line.index("#") + 1, len(line) + 1)

    def test_one_code_of_several(self) -> None:
        (found,) = findings(f"{HEAD}{BAD}  # aicfg: ignore[K105, M101]\n")
        assert (found.code, found.message) == ("M501", "there is no finding of M101 in line 5: this silences nothing")

    def test_a_code_that_another_covers(self) -> None:
        assert codes(f"{HEAD}{BAD}  # aicfg: ignore[K, K105]\n") == ["M501"]
        assert codes(f"# aicfg: ignore-file[K105]\n{HEAD}{BAD}  # aicfg: ignore[K105]\n") == ["M501"]

    @pytest.mark.parametrize("comment", ["ignore", "ignore-file", "ignore[ALL]", "ignore[K]"])
    def test_all_findings(self, comment: str) -> None:
        assert codes(f"# aicfg: {comment}\n{HEAD}{BAD.replace('7', '1')}\n") == ["M501"]

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (f"{GOOD}  # aicfg: ignore[K105] once", GOOD),
            (f"{GOOD} # one  # aicfg: ignore[K105] once", f"{GOOD} # one"),
            (f"{GOOD}  # aicfg: ignore[K105] once # two", f"{GOOD} # two"),
            (f"  # aicfg: ignore[K105]\n{GOOD}", GOOD),
            (f"  # aicfg: ignore[K105]\n  # aicfg: ignore[K105]\n{GOOD}", GOOD),
            (f"  # aicfg: ignore[K105] # two\n{GOOD}", f"  # two\n{GOOD}"),
            (f"# aicfg: ignore-file\n{GOOD}", GOOD),
            (f"{BAD}  # aicfg: ignore[M101, K105] x", f"{BAD}  # aicfg: ignore[K105] x"),
            (f"{BAD}  # aicfg: ignore[M101,K105,P]", f"{BAD}  # aicfg: ignore[K105]"),
            (f"{BAD}  # aicfg: ignore[M101 P2 K105 P2]", f"{BAD}  # aicfg: ignore[K105]"),
        ],
    )
    @pytest.mark.parametrize("ending", ["\n", "\r\n"])
    def test_fix_removes_it_and_nothing_else(
        self, aicfg: Command, tmp_path: Path, before: str, after: str, ending: str
    ) -> None:
        (tmp_path / "a.yaml").write_bytes(f"{HEAD}{before}\n".replace("\n", ending).encode())
        assert aicfg("lint", "--fix").out == "no findings in 1 file\n"
        assert (tmp_path / "a.yaml").read_bytes().decode() == f"{HEAD}{after}\n".replace("\n", ending)

    def test_nothing_is_said_of_codes_that_are_not_looked_for(self) -> None:
        text = f"{HEAD}{BAD}  # aicfg: ignore[K105]\n"
        assert codes(text, Settings(select=("M",))) == []
        assert codes(text, Settings(ignore=("K105",))) == []
        assert codes(text.replace("K105", "ALL"), Settings(select=("M",))) == []
        assert codes(text.replace("K105", "M101"), Settings(select=("M",))) == ["M501"]

    def test_nothing_is_said_of_what_only_render_finds(self) -> None:
        assert codes(f"{HEAD}{BAD.replace('7', '1')}  # aicfg: ignore[M401]\n") == []

    def test_it_can_be_silenced_too(self) -> None:
        good = BAD.replace("7", "1")
        assert codes(f"{HEAD}{good}  # aicfg: ignore[K105, M501] for older gateways\n") == []
        assert codes(f"# aicfg: ignore-file[M5]\n{HEAD}{good}  # aicfg: ignore[K105, X]\n") == []


class TestManifestsOfSeveralFilesAndEnvironments:
    @pytest.fixture
    def files(self, tmp_path: Path) -> Path:
        providers = HEAD.splitlines()[1:3]
        prod = "environments: {prod: {routes: {chat: {options: {top_p: 1}}}}}"
        lines = ["version: 1", "include: [routes.yaml]", *providers, prod, ""]
        (tmp_path / "all.yaml").write_text("\n".join(lines))
        (tmp_path / "routes.yaml").write_text(f"version: 1\nroutes:\n{BAD}  # aicfg: ignore[K105] not in prod\n")
        return tmp_path

    def test_a_comment_counts_in_an_included_file(self, aicfg: Command, files: Path) -> None:
        assert aicfg("lint", "all.yaml").out == "no findings in 2 files\n"

    def test_a_useless_one_is_found_there(self, aicfg: Command, files: Path) -> None:
        text = (files / "routes.yaml").read_text()
        (files / "routes.yaml").write_text(text.replace("top_p: 7", "top_p: 1"))
        out = aicfg("lint", "all.yaml").out
        assert "warning[M501]" in out
        assert "routes.yaml:3:" in out

    def test_which_may_be_there_for_another_manifest_so_that_removing_it_is_not_safe(
        self, aicfg: Command, files: Path
    ) -> None:
        text = (files / "routes.yaml").read_text().replace("top_p: 7", "top_p: 1")
        (files / "routes.yaml").write_text(text)
        aicfg("lint", "all.yaml", "--fix")
        assert (files / "routes.yaml").read_text() == text
        aicfg("lint", "all.yaml", "--fix", "--unsafe-fixes")
        assert (files / "routes.yaml").read_text() == text.replace("  # aicfg: ignore[K105] not in prod", "")

    def test_not_where_one_environment_alone_is_looked_at(self, aicfg: Command, files: Path) -> None:
        assert aicfg("lint", "all.yaml", "--env", "prod").out == "no findings in 2 files\n"

    def test_not_where_a_part_is_missing(self, aicfg: Command, files: Path) -> None:
        text = (files / "all.yaml").read_text()
        (files / "all.yaml").write_text(text.replace("routes.yaml]", "routes.yaml, missing.yaml]"))
        out = aicfg("lint", "all.yaml").out
        assert "missing.yaml" in out
        assert "M501" not in out

    def test_each_resource_of_a_kubernetes_file_has_its_own(self) -> None:
        resource = (
            "apiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nmetadata: {name: %s}\nplugin: ai-prompt-guard\n"
            "config: {max_request_body_size: lots}%s\n"
        )
        one, two = resource % ("one", "  # aicfg: ignore[K102]"), resource % ("two", "")
        found = findings(f"{one}---\n{two}")
        assert [(each.code, each.line) for each in found if each.code == "K102"] == [("K102", 11)]


class TestRender:
    @pytest.fixture
    def silenced(self, tmp_path: Path) -> Path:
        (tmp_path / "a.yaml").write_text(f"{HEAD}{BAD}  # aicfg: ignore[K105] please\n")
        return tmp_path / "a.yaml"

    def test_writes_nothing_that_kong_refuses_whatever_is_silenced(self, aicfg: Command, silenced: Path) -> None:
        assert aicfg("lint", "a.yaml").status == 0
        status, out, err = aicfg("render", "a.yaml")
        assert (status, out) == (1, "")
        assert "error[K105]" in err
        with pytest.raises(public.CompileError):
            public.compile(silenced)

    def test_says_no_warning_that_is_silenced(self, aicfg: Command, tmp_path: Path) -> None:
        url = "upstream_url: 'http://ollama:11434/v1/chat'"
        text = f"{HEAD.replace('openai,', f'mistral, hosting: ollama, {url},')}  chat: {{provider: p, model: m}}\n"
        lines = text.splitlines()
        (tmp_path / "a.yaml").write_text(text)
        assert "P223" in aicfg("render", "a.yaml").err
        lines[2] += "  # aicfg: ignore[P, S]"
        (tmp_path / "a.yaml").write_text("\n".join(lines) + "\n")
        assert aicfg("render", "a.yaml")[::2] == (0, "")


def test_the_api_follows_comments(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"{HEAD}{BAD}  # aicfg: ignore[K105]\n")
    assert public.lint(tmp_path / "a.yaml").diagnostics == ()


COMMENTS = ("# aicfg: ignore", "# aicfg: ignore-file", "#aicfg:ignore", "[K105]", "[K, M1]", "[K999]", "[", "]", "# ")
OTHERS = (
    '"',
    "'",
    "|",
    ": ",
    "- ",
    " ",
    "x",
    "\t",
    "\n",
    "\r",
    "\n  ",
    "\u2028",
    "\ufeff",
    '${{ env "X" }}',
    HEAD,
    BAD,
)
PIECES = st.sampled_from([*COMMENTS, *OTHERS])


@given(st.lists(PIECES, max_size=25).map("".join))
def test_no_text_breaks_it_and_comments_only_take_findings_away(text: str) -> None:
    left = [one for one in findings(text) if one.code not in ("M501", "M502")]
    run = Run()
    run.read_content(text.encode(), "a.yaml")
    assert set(left) <= set(run.diagnostics)
