"""Settings files: where they are found, what they say, who wins over them, and what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command, Outcome

import aicfg as public
from aicfg.errors import UsageError
from aicfg.lint.engine import Run
from aicfg.lint.settings import Settings

EMBEDDINGS = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
  embed: {provider: p, model: text-embedding-3-small, route_type: llm/v1/embeddings}
"""
"""A V110 below 3.11."""
FOR_315 = f'gateway: {{version: "3.15"}}\n{EMBEDDINGS}'
DECK = """\
_format_version: "3.0"
plugins:
  - name: ai-prompt-guard
    config: {deny_patterns: ["password"], genai_category: text/generation}
"""
"""A K101 below 3.11, where `genai_category` came."""
BROKEN = EMBEDDINGS.replace("model:", "modle:")

Put = Callable[[str, str], None]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(name: str, text: str) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    return write


def codes(outcome: Outcome) -> set[str]:
    return {one["code"] for one in json.loads(outcome.out)["diagnostics"]}


@pytest.fixture
def found(aicfg: Command) -> Callable[..., set[str]]:
    """The codes that `aicfg lint …` finds."""
    return lambda *args: codes(aicfg("lint", *args, "--format", "json"))


Found = Callable[..., set[str]]


class TestWhereSettingsAreFound:
    def test_in_aicfg_toml(self, found: Found, put: Put) -> None:
        put("a.yaml", EMBEDDINGS)
        assert "V110" not in found("a.yaml")
        put("aicfg.toml", 'gateway-version = "3.10"\n')
        assert "V110" in found("a.yaml")

    @pytest.mark.parametrize(
        "text",
        [
            '[tool.aicfg]\ngateway-version = "3.10"\n',
            '[ tool . "aicfg" ]\ngateway-version = "3.10"\n',
            'tool.aicfg.gateway-version = "3.10"\n',
            '[tool]\nruff = {}\naicfg = {gateway-version = "3.10"}\n',
        ],
    )
    def test_in_pyproject_toml(self, found: Found, put: Put, text: str) -> None:
        put("a.yaml", EMBEDDINGS)
        put("pyproject.toml", text)
        assert "V110" in found("a.yaml")

    def test_in_the_nearest_folder_above_each_file(self, found: Found, put: Put) -> None:
        put("aicfg.toml", 'gateway-version = "3.10"\n')
        put("team/conf/a.yaml", EMBEDDINGS)
        put("b.yaml", EMBEDDINGS)
        assert "V110" in found("team/conf/a.yaml")
        assert "V110" in found("team/conf")
        assert "V110" in found("team/*/a.yaml")
        put("team/aicfg.toml", 'gateway-version = "3.11"\n')
        for paths in (["team/conf/a.yaml"], ["team/conf"], ["team/*/a.yaml"]):
            assert "V110" not in found(*paths)
        assert "V110" in found("b.yaml")

    def test_from_the_current_folder_for_standard_input(self, process: Command, put: Put) -> None:
        put("aicfg.toml", 'gateway-version = "3.10"\n')
        assert "V110" in process("lint", "-", stdin=EMBEDDINGS.encode()).out

    def test_aicfg_toml_comes_before_pyproject_toml(self, found: Found, put: Put) -> None:
        put("a.yaml", EMBEDDINGS)
        put("aicfg.toml", 'gateway-version = "3.11"\n')
        put("pyproject.toml", '[tool.aicfg]\ngateway-version = "3.10"\n')
        assert "V110" not in found("a.yaml")

    @pytest.mark.parametrize("text", ["", "[tool.ruff]\n", '[project]\nname = "aicfg"\n', "not TOML at all"])
    def test_a_pyproject_without_aicfg_is_passed_over(self, found: Found, put: Put, text: str) -> None:
        put("aicfg.toml", 'gateway-version = "3.10"\n')
        put("team/pyproject.toml", text)
        put("team/a.yaml", EMBEDDINGS)
        assert "V110" in found("team/a.yaml")

    def test_config_names_the_file(self, found: Found, put: Put) -> None:
        put("a.yaml", EMBEDDINGS)
        put("aicfg.toml", 'gateway-version = "3.11"\n')
        put("ci/old.toml", 'gateway-version = "3.10"\n')
        assert "V110" in found("a.yaml", "--config", "ci/old.toml")

    def test_isolated_reads_none(self, found: Found, put: Put) -> None:
        put("a.yaml", EMBEDDINGS)
        put("aicfg.toml", 'gateway-version = "3.10"\n')
        assert "V110" not in found("a.yaml", "--isolated")

    def test_config_and_isolated_exclude_each_other(self, aicfg: Command, put: Put) -> None:
        put("a.toml", "")
        status, out, err = aicfg("lint", "--config", "a.toml", "--isolated")
        assert (status, out) == (2, "")
        assert "exclude each other" in err

    def test_the_api_reads_none(self, put: Put, tmp_path: Path) -> None:
        put("aicfg.toml", 'gateway-version = "3.10"\n')
        put("a.yaml", EMBEDDINGS)
        assert public.lint(tmp_path / "a.yaml").ok

    @pytest.mark.parametrize("settings", [None, "[tool.ruff]\n"])
    def test_without_settings_nothing_is_loaded_for_them(self, python: Command, put: Put, settings: str | None) -> None:
        put("a.yaml", EMBEDDINGS)
        if settings:
            put("pyproject.toml", settings)
        code = (
            "import sys\nfrom aicfg.cli import main\ntry: main()\n"
            "finally: print([name for name in ('tomllib', 'tomli', 'jsonschema', 'aicfg.lint.user_schemas')"
            " if name in sys.modules])"
        )
        assert python(code, "lint", "a.yaml").out.splitlines()[-1] == "[]"


class TestTheTarget:
    def test_holds_for_kong_files(self, found: Found, put: Put) -> None:
        put("kong.yaml", DECK)
        assert "K101" not in found("kong.yaml")
        put("aicfg.toml", 'gateway-version = "3.10"\n')
        assert "K101" in found("kong.yaml")

    def test_the_edition_too(self, found: Found, put: Put) -> None:
        put("kong.yaml", DECK)
        put("aicfg.toml", 'edition = "oss"\n')
        assert "K101" in found("kong.yaml")

    def test_a_manifest_that_names_its_gateway_wins_over_the_file(self, found: Found, put: Put) -> None:
        put("a.yaml", FOR_315)
        put("aicfg.toml", 'gateway-version = "3.10"\n')
        assert "V110" not in found("a.yaml")

    def test_the_command_line_wins_over_both(self, found: Found, put: Put) -> None:
        put("a.yaml", FOR_315)
        put("b.yaml", EMBEDDINGS)
        put("aicfg.toml", 'gateway-version = "3.15"\n')
        assert "V110" in found("a.yaml", "--gateway-version", "3.10")
        assert "V110" in found("b.yaml", "--gateway-version", "3.10")

    def test_version_and_edition_count_each_for_itself(self, aicfg: Command, put: Put) -> None:
        put("a.yaml", f"gateway: {{edition: oss}}\n{EMBEDDINGS}")
        put("aicfg.toml", 'gateway-version = "3.7"\nedition = "enterprise"\n')
        assert "the target is 3.7" in aicfg("lint", "a.yaml").out

    def test_the_edition_that_a_manifest_names_wins_over_the_file(self, found: Found, put: Put) -> None:
        categorised = EMBEDDINGS.replace("route_type", "genai_category: text/embeddings, route_type")
        put("a.yaml", categorised)
        put("b.yaml", f"gateway: {{edition: enterprise}}\n{categorised}")
        put("aicfg.toml", 'gateway-version = "3.11"\nedition = "oss"\n')
        assert "K101" in found("a.yaml")
        assert "K101" not in found("b.yaml")

    def test_render_compiles_for_it(self, aicfg: Command, put: Put) -> None:
        put("a.yaml", EMBEDDINGS)
        put("aicfg.toml", 'gateway-version = "3.10"\n')
        status, out, err = aicfg("render", "a.yaml")
        assert (status, out) == (1, "")
        assert "V110" in err
        assert aicfg("render", "a.yaml", "--isolated").status == 0
        assert aicfg("render", "a.yaml", "--gateway-version", "3.11").status == 0


class TestRules:
    def test_ignore_and_select(self, found: Found, put: Put) -> None:
        put("a.yaml", BROKEN)
        assert "M101" in found("a.yaml")
        put("aicfg.toml", 'ignore = ["M101"]\n')
        assert "M101" not in found("a.yaml")
        put("aicfg.toml", 'select = ["P", "v"]\n')
        assert not any(code.startswith("M") for code in found("a.yaml"))

    def test_select_on_the_command_line_starts_anew(self, found: Found, put: Put) -> None:
        put("a.yaml", BROKEN)
        put("aicfg.toml", 'select = ["S"]\nignore = ["M101"]\n')
        assert found("a.yaml", "--select", "M101") == {"M101"}

    def test_ignore_on_the_command_line_adds(self, found: Found, put: Put) -> None:
        put("a.yaml", BROKEN.replace("${env:OPENAI_API_KEY}", "Bearer {vault://env/key}"))
        put("aicfg.toml", 'ignore = ["M"]\n')
        assert found("a.yaml")
        assert found("a.yaml", "--ignore", "P,K,S") == set()

    def test_render_leaves_no_rule_out(self, aicfg: Command, put: Put) -> None:
        put("a.yaml", BROKEN)
        put("aicfg.toml", 'select = ["S"]\n')
        assert aicfg("lint", "a.yaml").status == 0
        assert aicfg("render", "a.yaml").status == 1


class TestWhichOfSelectAndIgnoreWins:
    """As in ruff: the longer beginning of a code, and `ignore` where both are as long."""

    @pytest.mark.parametrize(
        ("text", "is_found"),
        [
            ('select = ["M"]\nignore = ["M101"]', False),
            ('select = ["M101"]\nignore = ["M"]', True),
            ('select = ["M1"]\nignore = ["M1"]', False),
            ('select = ["M", "M101"]\nignore = ["M1"]', True),
            ('select = ["ALL"]\nignore = ["M1"]', False),
            ('select = ["M1"]\nignore = ["ALL"]', True),
            ('ignore = ["ALL"]', False),
            ('severity = {M1 = "off"}', False),
            ('severity = {M1 = "off", M101 = "info"}', True),
            ('severity = {ALL = "off", M1 = "error"}', True),
        ],
    )
    def test_in_a_settings_file(self, found: Found, put: Put, text: str, is_found: bool) -> None:
        put("a.yaml", BROKEN)
        put("aicfg.toml", text)
        assert ("M101" in found("a.yaml")) is is_found

    def test_on_the_command_line_ignore_wins_over_the_file(self, found: Found, put: Put) -> None:
        put("a.yaml", BROKEN)
        put("aicfg.toml", 'select = ["M101"]\n')
        assert found("a.yaml", "--ignore", "M") == set()

    def test_select_on_the_command_line_wins_over_off(self, found: Found, put: Put) -> None:
        put("a.yaml", BROKEN)
        put("aicfg.toml", 'severity = {M101 = "off"}\n')
        assert found("a.yaml", "--select", "M101") == {"M101"}


class TestSeverity:
    def test_replaces_that_of_the_rule_by_the_longest_beginning(self, aicfg: Command, put: Put) -> None:
        put("a.yaml", BROKEN)
        put("aicfg.toml", 'severity = {M101 = "info", M1 = "warning"}\n')
        assert "info[M101]" in aicfg("lint", "a.yaml").out
        put("aicfg.toml", '[severity]\nM = "warning"\n')
        outcome = aicfg("lint", "a.yaml")
        assert outcome.status == 0
        assert "warning[M101]" in outcome.out
        assert aicfg("lint", "a.yaml", "--fail-on", "warning").status == 1

    def test_changes_nothing_in_render(self, aicfg: Command, put: Put) -> None:
        put("a.yaml", BROKEN)
        put("aicfg.toml", 'severity = {M = "off"}\n[per-file-ignores]\n"*" = ["ALL"]\n')
        assert aicfg("lint", "a.yaml").status == 0
        assert aicfg("render", "a.yaml").status == 1


class TestPerFileIgnores:
    @pytest.mark.parametrize(
        ("glob", "is_found"),
        [
            ("a.yaml", False),
            ("*.yaml", False),
            ("old", False),
            ("conf/old/*", False),
            ("conf/**", False),
            ("**/old/**", False),
            ("old/*", True),
            ("b.yaml", True),
            ("conf/*.yaml", True),
        ],
    )
    def test_are_globs_from_the_settings_file(self, found: Found, put: Put, glob: str, is_found: bool) -> None:
        put("conf/old/a.yaml", BROKEN)
        put("aicfg.toml", f'[per-file-ignores]\n"{glob}" = ["M1", "P"]\n')
        assert ("M101" in found("conf/old/a.yaml")) is is_found
        assert ("M101" in found(".")) is is_found

    def test_from_wherever_it_is_run(
        self, found: Found, put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put("conf/a.yaml", BROKEN)
        put("pyproject.toml", '[tool.aicfg.per-file-ignores]\n"conf/*" = ["M101"]\n')
        monkeypatch.chdir(tmp_path / "conf")
        assert "M101" not in found("a.yaml")

    def test_are_about_these_files_and_codes_alone(self, found: Found, put: Put) -> None:
        text = BROKEN.replace("modle: text-embedding-3-small", "options: {top_p: 7}, modle: x")
        put("a.yaml", text)
        put("b.yaml", text)
        put("aicfg.toml", '[per-file-ignores]\n"b.yaml" = ["M101"]\n')
        assert "M101" in found(".")
        assert "M101" not in found("b.yaml")
        assert found("b.yaml") == found("a.yaml") - {"M101"} != set()

    def test_hold_whatever_is_selected(self, found: Found, put: Put) -> None:
        put("a.yaml", BROKEN)
        put("aicfg.toml", '[per-file-ignores]\n"a.yaml" = ["M"]\n')
        assert found("a.yaml", "--select", "M101") == set()


class TestShow:
    def test_settings_are_shown_as_a_settings_file_that_means_the_same(self, aicfg: Command, put: Put) -> None:
        put(
            "aicfg.toml",
            'gateway-version = "3.10"\nselect = ["M", "P"]\nignore = ["M1"]\nexclude = ["old"]\n'
            '[severity]\nP2 = "error"\n[per-file-ignores]\n"a \\" b" = ["ALL"]\n',
        )
        status, out, err = aicfg("lint", "--show-settings", "--ignore", "P20")
        assert (status, err) == (0, "")
        assert out.startswith('# from aicfg.toml\ngateway-version = "3.10"  # for files that name none\n')
        assert 'exclude = ["old"]\n' in out
        put("aicfg.toml", out)
        again = aicfg("lint", "--show-settings").out
        assert again == out

    def test_settings_without_a_file(self, aicfg: Command) -> None:
        out = aicfg("lint", "--show-settings", "--gateway-version", "3.9").out
        assert out.startswith('# from no settings file\ngateway-version = "3.9"  # whatever a file says\n')

    def test_files_are_those_that_are_checked(self, aicfg: Command, put: Put) -> None:
        put("b.yaml", f"include: [c.yaml]\n{BROKEN}")
        put("c.yaml", "version: 1\n")
        put("other.yaml", "hello: world\n")
        put("old/a.yaml", BROKEN)
        assert aicfg("lint", "--show-files", "--exclude", "old") == (0, "b.yaml\nc.yaml\n", "")


class TestExclude:
    def test_leaves_out_files_by_their_place_from_the_settings_file(self, aicfg: Command, put: Put) -> None:
        put("aicfg.toml", 'exclude = ["conf/old", "*.tmpl.yaml"]\n')
        for name in ("conf/a.yaml", "conf/old/b.yaml", "conf/c.tmpl.yaml"):
            put(name, EMBEDDINGS)
        assert json.loads(aicfg("lint", "conf", "--format", "json").out)["files"] == ["conf/a.yaml"]
        assert json.loads(aicfg("lint", "conf/**", "--format", "json").out)["files"] == ["conf/a.yaml"]

    def test_what_is_named_is_linted_all_the_same(self, aicfg: Command, put: Put) -> None:
        put("aicfg.toml", 'exclude = ["old"]\n')
        put("old/a.yaml", EMBEDDINGS)
        assert aicfg("lint", ".").err.startswith("warning: no manifest")
        assert aicfg("lint", "old/a.yaml").out == "no findings in 1 file\n"
        assert aicfg("lint", "old").out == "no findings in 1 file\n"

    def test_the_command_line_adds_to_it(self, aicfg: Command, put: Put) -> None:
        put("aicfg.toml", 'exclude = ["old"]\n')
        for name in ("a.yaml", "old/b.yaml", "new/c.yaml"):
            put(name, EMBEDDINGS)
        report = aicfg("lint", "--exclude", "new", "--format", "json").out
        assert json.loads(report)["files"] == ["a.yaml"]


class TestWhatIsWrongWithThem:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('gateway-verson = "3.9"', 'aicfg.toml:1: "gateway-verson" is not a setting of aicfg'),
            ('\ngateway_version = "3.9"', 'aicfg.toml:2: "gateway_version" is not a setting of aicfg'),
            ("gateway-version = 3.10", 'aicfg.toml:1: gateway-version must be text in quotes, such as "3.10"'),
            ('gateway-version = ""', "aicfg.toml:1: gateway-version must be text in quotes"),
            ('gateway-version = "3.99"', 'gateway-version: "3.99" is not a gateway version that aicfg knows'),
            ('edition = "os"', 'edition: "os" is not an edition'),
            ('select = "P"', "select must be a list of texts"),
            ('select = ["Z9"]', 'select: no rule has a code that starts with "Z9"'),
            ("ignore = [1]", "ignore must be a list of texts"),
            ('exclude = "a"', "exclude must be a list of texts"),
            ('plugin-schemas = ["a"]', "plugin-schemas must be a table"),
            ("[plugin-schemas]\nx = 1", 'aicfg.toml:2: plugin-schemas: the schema of "x" must be'),
            ('severity = "error"', "severity must be a table"),
            ('severity = {P2 = "fatal"}', 'severity: "P2" must be one of the texts error, warning, info, off'),
            ("severity = {P2 = 1}", 'severity: "P2" must be one of'),
            ('[severity]\nZ9 = "off"', 'aicfg.toml:2: severity: no rule has a code that starts with "Z9"'),
            ("per-file-ignores = []", "per-file-ignores must be a table"),
            ('per-file-ignores = {a = "P"}', 'per-file-ignores: "a" must have a list of codes'),
            ('[per-file-ignores]\n"a" = ["Z9"]', "aicfg.toml:2: per-file-ignores: no rule has a code that starts with"),
            ('edition = "oss"\nselect = [\n', "aicfg.toml:2: this is no TOML: "),
            ('edition = "oss"\nselect = P', "aicfg.toml:2:10: this is no TOML: invalid value"),
        ],
    )
    def test_is_said_with_the_place_and_stops_the_run(self, aicfg: Command, put: Put, text: str, message: str) -> None:
        put("a.yaml", EMBEDDINGS)
        put("aicfg.toml", text)
        status, out, err = aicfg("lint", "a.yaml")
        assert (status, out) == (2, "")
        assert err.startswith("error: aicfg.toml:")
        assert message in err

    @pytest.mark.parametrize(("key", "meant"), [("gateway_version", "gateway-version"), ("selct", "select")])
    def test_an_unknown_key_gets_a_suggestion(self, aicfg: Command, put: Put, key: str, meant: str) -> None:
        put("aicfg.toml", f'{key} = ["P"]')
        assert f'did you mean "{meant}"?' in aicfg("lint").err

    def test_a_key_of_pyproject_is_found_there(self, aicfg: Command, put: Put) -> None:
        put("pyproject.toml", '[project]\nname = "x"\n[tool.aicfg]\neditoin = "oss"\n')
        assert aicfg("lint").err.startswith('error: pyproject.toml:4: "editoin" is not a setting')

    def test_a_key_that_stands_twice_gets_no_line(self, aicfg: Command, put: Put) -> None:
        put("pyproject.toml", '[tool.other]\nselect = "x"\n[tool.aicfg]\nselect = "x"\n')
        assert aicfg("lint").err.startswith("error: pyproject.toml: select must be")

    @pytest.mark.parametrize("name", ["nowhere.toml", "folder.toml", "a\0b"])
    def test_a_file_that_config_names_has_to_be_there(self, aicfg: Command, tmp_path: Path, name: str) -> None:
        (tmp_path / "folder.toml").mkdir()
        status, out, err = aicfg("lint", "--config", name)
        assert (status, out) == (2, "")
        assert "settings file" in err

    def test_a_text_that_is_not_utf_8(self, aicfg: Command, tmp_path: Path) -> None:
        (tmp_path / "aicfg.toml").write_bytes(b'edition = "\xff"')
        assert aicfg("lint")[::2] == (2, "error: aicfg.toml: the text is not UTF-8\n  = help: save it as UTF-8\n")

    def test_a_byte_order_mark_is_none(self, aicfg: Command, tmp_path: Path, put: Put) -> None:
        put("a.yaml", EMBEDDINGS)
        (tmp_path / "aicfg.toml").write_bytes(b'\xef\xbb\xbfgateway-version = "3.10"\r\n')
        assert "V110" in aicfg("lint", "a.yaml").out

    def test_render_says_it_too(self, aicfg: Command, put: Put) -> None:
        put("a.yaml", EMBEDDINGS)
        put("aicfg.toml", "x = 1")
        assert aicfg("render", "a.yaml")[:2] == (2, "")


def test_an_empty_target_is_refused_since_a_variable_was_left_unset() -> None:
    with pytest.raises(UsageError, match='"" is not a gateway version'):
        Run(Settings(gateway=""))
