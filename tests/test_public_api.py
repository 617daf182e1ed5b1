"""The public Python API: its names, its signatures, what it gives back and raises, and what importing it costs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from inspect import Parameter
from pathlib import Path
from typing import Any, ClassVar

import pytest
from conftest import Command

import aicfg
from aicfg.kong.entities import Entities
from aicfg.lint.diagnostic import Report
from aicfg.manifest.model import Manifest

CLEAN = """\
version: 1
name: team
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
  chat: {provider: p, model: gpt-4o}
"""
BROKEN = CLEAN.replace("model:", "modle:")
TOKEN = "sk-" + "a1b2c3d4" * 4

SIGNATURES = {
    "lint": (
        "*paths",
        {"gateway": None, "edition": None, "select": None, "ignore": None, "env": None, "variables": None},
    ),
    "check_plugin": ("name config", {"gateway": "3.15", "edition": "enterprise"}),
    "fill_defaults": ("name config", {"gateway": "3.15", "edition": "enterprise"}),
    "load": ("path", {"env": None, "variables": None}),
    "compile": ("manifest", {"env": None, "variables": None}),
    "render": ("manifest target", {"env": None, "variables": None}),
    "translate_request": (
        "config body",
        {
            "method": "POST",
            "path": "/",
            "query": None,
            "headers": None,
            "captures": None,
            "env": None,
            "gateway": "3.10",
        },
    ),
}


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        (tmp_path / "aicfg.yaml").write_text(text, encoding="utf-8")
        return tmp_path / "aicfg.yaml"

    return write


Write = Callable[[str], Path]


class TestNames:
    def test_all_is_what_can_be_imported(self) -> None:
        assert all(hasattr(aicfg, name) for name in aicfg.__all__)
        assert {*SIGNATURES, "Diagnostic", "Report", "AicfgError", "__version__"} <= set(aicfg.__all__)
        assert {"TranslationError", "Translator", "UpstreamRequest"} <= set(aicfg.__all__)

    def test_all_is_sorted_and_holds_nothing_twice(self) -> None:
        assert aicfg.__all__ == sorted(set(aicfg.__all__))

    def test_a_star_import_gives_exactly_all(self) -> None:
        names: dict[str, Any] = {}
        exec("from aicfg import *", names)
        assert set(names) - {"__builtins__"} == set(aicfg.__all__)

    def test_another_name_is_an_attribute_error(self) -> None:
        with pytest.raises(AttributeError, match="no attribute 'lnt'"):
            aicfg.lnt  # noqa: B018

    def test_a_function_stays_a_function_when_its_namesake_package_is_imported(self) -> None:
        import aicfg.lint.engine
        import aicfg.render.deck
        import aicfg.translate.translator

        assert callable(aicfg.lint)
        assert callable(aicfg.render)

    @pytest.mark.parametrize("name", SIGNATURES)
    def test_signatures_are_as_documented(self, name: str) -> None:
        parameters = inspect.signature(getattr(aicfg, name)).parameters.values()
        positional, options = SIGNATURES[name]
        marks = {Parameter.VAR_POSITIONAL: "*", Parameter.POSITIONAL_OR_KEYWORD: ""}
        assert " ".join(f"{marks[one.kind]}{one.name}" for one in parameters if one.kind in marks) == positional
        assert {one.name: one.default for one in parameters if one.kind is Parameter.KEYWORD_ONLY} == options

    @pytest.mark.parametrize("name", SIGNATURES)
    def test_every_function_says_what_it_does_and_has_types(self, name: str) -> None:
        function = getattr(aicfg, name)
        assert function.__doc__
        assert "return" in function.__annotations__


class TestLint:
    def test_gives_a_report_of_diagnostics(self, file: Write) -> None:
        report = aicfg.lint(file(BROKEN))
        assert isinstance(report, aicfg.Report)
        assert not report.ok
        assert all(isinstance(found, aicfg.Diagnostic) for found in report.diagnostics)

    def test_a_diagnostic_says_everything_about_its_place(self, file: Write) -> None:
        path = file(BROKEN)
        found = next(found for found in aicfg.lint(path).diagnostics if found.code == "M101")
        assert (found.name, found.severity, found.file) == ("unknown-key", "error", str(path))
        assert (found.line, found.column, found.end_line, found.end_column) == (6, 23, 6, 28)
        assert found.path == ("routes", "chat", "modle")
        assert "modle" in found.message
        assert "model" in (found.hint or "")
        assert found.fix is not None
        assert (found.fix.title, found.fix.safe) == ("rename `modle` to `model`", True)

    def test_a_clean_file_is_ok_and_warnings_do_not_change_that(self, file: Write) -> None:
        assert aicfg.lint(file(CLEAN)) == Report((), (str(file(CLEAN)),))
        warned = aicfg.lint(file(CLEAN.replace("gpt-4o", "gpt-4o, options: {top_k: 40}")))
        assert warned.ok
        assert warned.diagnostics

    def test_takes_any_number_of_paths_as_text_or_path(self, file: Write, tmp_path: Path) -> None:
        (tmp_path / "other.yaml").write_text("version: 2\n")
        report = aicfg.lint(str(file(BROKEN)), tmp_path / "other.yaml")
        assert {found.file for found in report.diagnostics} == {str(tmp_path / "other.yaml"), str(file(BROKEN))}
        assert aicfg.lint().ok

    @pytest.mark.parametrize("select", [["M101"], ("m",), "M101", "P,M101", iter(["M1"])])
    def test_select_takes_codes_and_families(self, file: Write, select: Any) -> None:
        assert {found.code for found in aicfg.lint(file(BROKEN), select=select).diagnostics} >= {"M101"}

    def test_a_code_as_text_is_not_taken_letter_by_letter(self, file: Write) -> None:
        assert {found.code for found in aicfg.lint(file(BROKEN), select="M101").diagnostics} == {"M101"}

    def test_ignore_leaves_codes_out(self, file: Write) -> None:
        assert "M101" not in {found.code for found in aicfg.lint(file(BROKEN), ignore=["M101"]).diagnostics}

    @pytest.mark.parametrize("option", [{"gateway": "2.8"}, {"edition": "free"}, {"select": ["X1"]}, {"ignore": "X1"}])
    def test_an_option_that_means_nothing_is_an_error(self, file: Write, option: dict[str, Any]) -> None:
        with pytest.raises(aicfg.AicfgError):
            aicfg.lint(file(CLEAN), **option)

    def test_a_missing_file_is_an_error_that_names_it(self, tmp_path: Path) -> None:
        with pytest.raises(aicfg.AicfgError) as caught:
            aicfg.lint(tmp_path / "nowhere.yaml")
        assert caught.value.file == str(tmp_path / "nowhere.yaml")
        assert caught.value.hint


class TestPlugins:
    CONFIG: ClassVar[dict[str, Any]] = {"route_type": "llm/v1/chat", "model": {"provider": "openai", "name": "gpt-4o"}}

    def test_nothing_to_say_means_that_kong_accepts(self) -> None:
        assert aicfg.check_plugin("ai-proxy", self.CONFIG) == []

    def test_says_what_kong_refuses_as_k_diagnostics(self) -> None:
        (found,) = aicfg.check_plugin("ai-proxy", {**self.CONFIG, "rute_type": "x"})
        assert isinstance(found, aicfg.Diagnostic)
        assert (found.code[0], found.severity, found.path) == ("K", "error", ("config", "rute_type"))
        assert (found.file, found.line) == (None, None)

    def test_knows_versions_and_editions(self) -> None:
        config = {**self.CONFIG, "genai_category": "text/generation"}
        assert aicfg.check_plugin("ai-proxy", config, gateway="3.15", edition="enterprise") == []
        assert aicfg.check_plugin("ai-proxy", config, gateway="3.7", edition="oss")

    def test_fills_in_what_kong_would_store_and_leaves_its_input_alone(self) -> None:
        config = {**self.CONFIG, "model": dict(self.CONFIG["model"])}
        stored = aicfg.fill_defaults("ai-proxy", config)
        assert stored["response_streaming"] == "allow"
        assert config == self.CONFIG

    @pytest.mark.parametrize("function", [aicfg.check_plugin, aicfg.fill_defaults])
    @pytest.mark.parametrize(
        "arguments", [("ai-proxi", {}, {}), ("ai-proxy", {}, {"gateway": "4.0"}), ("ai-proxy", {}, {"edition": "free"})]
    )
    def test_an_unknown_plugin_version_or_edition_is_an_error(self, function: Any, arguments: Any) -> None:
        name, config, options = arguments
        with pytest.raises(aicfg.AicfgError):
            function(name, config, **options)

    @pytest.mark.parametrize("config", [None, [], "text", 1, {"model": 1}, {1: 2}, {"model": {"options": []}}])
    def test_a_config_of_any_shape_gets_an_answer(self, config: Any) -> None:
        assert all(found.code[0] == "K" for found in aicfg.check_plugin("ai-proxy", config))


class TestCompiling:
    def test_load_gives_the_manifest(self, file: Write) -> None:
        loaded = aicfg.load(file(CLEAN))
        assert isinstance(loaded, Manifest)
        assert loaded.name == "team"
        assert list(loaded.routes) == ["chat"]

    @pytest.mark.parametrize("text", ["", "version: [", BROKEN, "version: 1\nversion: 1\n", "version: x\n"])
    def test_load_raises_for_a_text_or_shape_that_is_wrong(self, file: Write, text: str) -> None:
        with pytest.raises(aicfg.AicfgError) as caught:
            aicfg.load(file(text))
        assert caught.value.line
        assert str(caught.value).startswith(f"{file(text)}:{caught.value.line}:{caught.value.column}: ")

    def test_compile_takes_a_path_or_a_manifest(self, file: Write) -> None:
        path = file(CLEAN)
        for source in (path, str(path), aicfg.load(path)):
            entities = aicfg.compile(source)
            assert isinstance(entities, Entities)
            assert [route.name for route in entities.all_routes()] == ["chat"]

    def test_render_gives_texts_by_file_name(self, file: Write) -> None:
        path = file(CLEAN)
        files = aicfg.render(path, "deck")
        assert list(files) == ["kong.yaml"]
        assert '${{ env "DECK_OPENAI_API_KEY" }}' in files["kong.yaml"]
        assert aicfg.render(aicfg.load(path), "deck") == files

    def test_a_manifest_with_errors_is_not_compiled(self, file: Write) -> None:
        with pytest.raises(aicfg.AicfgError, match="M101") as caught:
            aicfg.render(file(BROKEN), "deck")
        assert (caught.value.line, caught.value.column) == (6, 23)

    @pytest.mark.parametrize(("target", "options"), [("dekc", {}), ("__init__", {}), ("deck", {"indent": 4})])
    def test_an_unknown_target_or_option_is_an_error(self, file: Write, target: str, options: dict[str, Any]) -> None:
        with pytest.raises(aicfg.AicfgError):
            aicfg.render(file(CLEAN), target, **options)

    def test_no_error_repeats_a_secret(self, file: Write) -> None:
        text = CLEAN.replace("openai,", f"{TOKEN},").replace("model:", f"{TOKEN}:")
        for function in (aicfg.load, aicfg.compile):
            with pytest.raises(aicfg.AicfgError) as caught:
                function(file(text))
            assert TOKEN not in str(caught.value) + repr(caught.value) + str(caught.value.hint)


class TestTranslating:
    CONFIG: ClassVar[dict[str, Any]] = {"route_type": "llm/v1/chat", "model": {"provider": "openai", "name": "gpt-4o"}}
    BODY: ClassVar[dict[str, Any]] = {"messages": [{"role": "user", "content": "hi"}]}

    def test_a_request_has_what_the_gateway_sends(self) -> None:
        got = aicfg.translate_request(self.CONFIG, self.BODY, method="PUT", query="a=1")
        assert isinstance(got, aicfg.UpstreamRequest)
        assert (got.method, got.scheme, got.host, got.port) == ("PUT", "https", "api.openai.com", 443)
        assert (got.path, got.query, got.passthrough, got.signing) == ("/v1/chat/completions", "a=1", False, None)
        assert got.headers == {"Accept-Encoding": "gzip, identity", "Content-Type": "application/json"}
        assert got.body == {**self.BODY, "model": "gpt-4o", "stream": False}
        assert {change.kind for change in got.trace} == {"kept", "added"}
        assert got.notes == ()

    def test_a_translator_does_the_same_for_many(self) -> None:
        translator = aicfg.Translator(self.CONFIG, gateway="3.9")
        one = translator.request(self.BODY, query="a=1")
        other = aicfg.translate_request(self.CONFIG, self.BODY, query="a=1", gateway="3.9")
        assert (one.body, one.query, one.headers) == (other.body, other.query, other.headers)
        assert "config" not in inspect.signature(translator.request).parameters

    def test_what_the_gateway_refuses_is_an_error_with_its_answer(self) -> None:
        with pytest.raises(aicfg.TranslationError) as caught:
            aicfg.translate_request(self.CONFIG, {})
        assert isinstance(caught.value, aicfg.AicfgError)
        assert (caught.value.status, caught.value.crash) == (400, False)
        assert caught.value.message == str(caught.value) == "request body doesn't contain valid prompts"


HEAVY = ("yaml", "click", "jinja2", "jsonschema", "ruamel", "importlib.metadata")
TRANSLATES_WITHOUT = (*HEAVY[1:], "aicfg.api", "aicfg.lint", "aicfg.render", "aicfg.manifest", "aicfg.translate.trace")


@pytest.mark.parametrize(
    ("code", "forbidden"),
    [
        ("import aicfg", HEAVY),
        ("import sys; sys.argv = ['aicfg', '--version']; from aicfg.cli import main; main()", ("yaml", *HEAVY[2:5])),
        ("import sys; sys.argv = ['aicfg', '--help']; from aicfg.cli import main; main()", ("yaml", *HEAVY[2:5])),
        ("import sys; sys.argv = ['aicfg', 'lint', 'aicfg.yaml']; from aicfg.cli import main; main()", HEAVY[2:]),
        ("import aicfg; aicfg.lint('aicfg.yaml')", HEAVY[1:]),
        (
            f"import aicfg; aicfg.translate_request({TestTranslating.CONFIG}, {TestTranslating.BODY})",
            TRANSLATES_WITHOUT,
        ),
    ],
    ids=["import", "--version", "--help", "lint", "aicfg.lint", "aicfg.translate_request"],
)
def test_start_up_imports_no_more_than_it_needs(
    python: Command, file: Write, code: str, forbidden: tuple[str, ...]
) -> None:
    file(CLEAN)
    watched = f"import atexit, sys; atexit.register(lambda: print('loaded', *sys.modules)); {code}"
    status, out, err = python(watched)
    assert (status, err) == (0, "")
    loaded = out.rpartition("loaded ")[2].split()
    assert "aicfg" in loaded
    assert not set(forbidden) & set(loaded)


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(aicfg.__file__).parent / "py.typed").exists()


def test_the_version_is_one_that_packaging_tools_take() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?(\.dev\d+)?", aicfg.__version__)
