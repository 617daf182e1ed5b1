"""The reports: carets under the right columns, nothing that drives a terminal, no secret, one set of facts."""

from __future__ import annotations

import json
import re
from typing import Any
from unicodedata import category, east_asian_width

import pytest

from aicfg.lint.diagnostic import Diagnostic, Report
from aicfg.lint.engine import Run
from aicfg.lint.reporters import formats, report

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def finding(column: int, end_column: int, **changes: Any) -> Diagnostic:
    facts = {"code": "M101", "name": "unknown-key", "severity": "error", "message": "unknown key", "file": "a.yaml"}
    place = {"line": 1, "column": column, "end_line": 1, "end_column": end_column}
    return Diagnostic(**{**facts, **place, **changes})


def shown(line: str, diagnostic: Diagnostic, *, color: bool = False) -> str:
    return report(Report((diagnostic,), ("a.yaml",)), "text", lambda file, number: line, color=color)


def excerpt(line: str, column: int, end_column: int) -> tuple[str, str]:
    """The source line and the line of carets below it, as the report has them."""
    _, _, _, source, carets, *_ = shown(line, finding(column, end_column)).splitlines()
    return source, carets


def columns(text: str) -> int:
    return sum(1 + (east_asian_width(one) in "WF") for one in text if category(one) not in ("Mn", "Me"))


def marked(line: str, column: int, end_column: int) -> tuple[int, int]:
    """The screen columns that the carets cover, from the first character of the source line."""
    source, carets = excerpt(line, column, end_column)
    assert f"{source} ".startswith("1 | ")
    assert carets.startswith("  | ")
    return carets.index("^") - 4, len(carets) - 4


class TestCarets:
    def test_stand_under_the_range(self) -> None:
        assert excerpt("routes: {a: b}", 10, 11) == ("1 | routes: {a: b}", "  |          ^")

    def test_cover_all_of_it(self) -> None:
        assert marked("modle: gpt", 1, 6) == (0, 5)

    @pytest.mark.parametrize(
        ("before", "value", "place"),
        [
            ("\t", "abc", (4, 7)),
            ("a\tb ", "x\ty", (7, 13)),
            ("日本: ", "abc", (6, 9)),
            ("k: ", "日本", (3, 7)),
            ("e\u0301: ", "abc", (3, 6)),
            ("k: ", "e\u0301e\u0301", (3, 5)),
            ("k: ", "\u20dd", (3, 4)),
            ("👍\ufe0f ", "x", (3, 4)),
            ("k\u202e: ", "abc", (9, 12)),
            ("k: ", "\x07", (3, 7)),
            ("\x1b[31m", "x", (8, 9)),
        ],
        ids=[
            "tab",
            "tabs",
            "wide",
            "wide-value",
            "combining",
            "combining-value",
            "only-a-mark",
            "emoji",
            "bidi",
            "control-value",
            "escape",
        ],
    )
    def test_stand_under_what_the_terminal_shows(self, before: str, value: str, place: tuple[int, int]) -> None:
        assert marked(f"{before}{value} rest", len(before) + 1, len(before) + len(value) + 1) == place

    def test_a_place_behind_the_end_of_the_line_gets_one(self) -> None:
        assert marked("abc", 4, 4) == (3, 4)
        assert marked("", 1, 1) == (0, 1)

    def test_a_range_of_several_lines_is_marked_to_the_end_of_its_first(self) -> None:
        text = shown("key: {  ", finding(6, 3, end_line=4))
        assert "1 | key: {\n  |      ^\n" in text

    def test_the_gutter_is_as_wide_as_the_line_number(self) -> None:
        text = shown("abc", finding(2, 3, line=1234, end_line=1234))
        assert "    --> a.yaml:1234:2\n     |\n1234 | abc\n     |  ^\n" in text


class TestLongLines:
    LINE = "".join(f"{number:04d} " for number in range(1000))

    @pytest.mark.parametrize("column", [1, 45, 300, 2500, 4990, 5000])
    def test_are_cut_around_the_finding(self, column: int) -> None:
        source, carets = excerpt(self.LINE, column, column + 4)
        assert len(source) <= 170
        start = carets.index("^")
        assert source[start : start + 4].strip() == self.LINE[column - 1 : column + 3].strip()

    @pytest.mark.parametrize(("column", "head", "tail"), [(1, False, True), (2500, True, True), (5000, True, False)])
    def test_say_where_they_are_cut(self, column: int, head: bool, tail: bool) -> None:
        source, _ = excerpt(self.LINE, column, column + 1)
        assert (source[4] == "…", source[-1] == "…") == (head, tail)

    def test_carets_end_with_the_line_that_is_shown(self) -> None:
        source, carets = excerpt("x" * 1000, 1, 1001)
        assert len(carets) <= len(source)

    def test_wide_characters_keep_carets_in_place(self) -> None:
        line = "日" * 400 + "abc" + "本" * 400
        source, carets = excerpt(line, 401, 404)
        before = source[: source.index("abc")]
        assert carets.index("^") == columns(before)


HOSTILE = "\x1b[2J\x1b]0;x\x07\u202ebidi\u2066\u200b\x9b31m\u2028\r\U000e0041\udcff"


class TestHostileText:
    @pytest.mark.parametrize("field", ["message", "hint", "file"])
    def test_is_made_visible_wherever_it_stands(self, field: str) -> None:
        text = shown("abc", finding(1, 2, **{field: HOSTILE}))
        assert "\\x1b[2J\\x1b]0;x\\x07\\u202ebidi\\u2066\\u200b\\x9b31m\\u2028\\x0d\\U000e0041\\udcff" in text
        assert text.isprintable() or not [one for one in text if not one.isprintable() and one != "\n"]

    def test_is_made_visible_in_the_source_line(self) -> None:
        source, _ = excerpt(f"k: {HOSTILE}", 1, 2)
        assert source.isprintable()

    def test_a_message_of_several_lines_becomes_one(self) -> None:
        assert "error[M101]: one two\n" in shown("abc", finding(1, 2, message="one\ntwo"))

    def test_is_escaped_in_json_and_reads_back_as_it_was(self) -> None:
        found = finding(1, 2, message=HOSTILE, file=HOSTILE, hint=HOSTILE, path=(HOSTILE,))
        text = report(Report((found,), (HOSTILE,)), "json", lambda file, line: "")
        assert not [one for one in text if not one.isprintable() and one != "\n"]
        (read,) = json.loads(text)["diagnostics"]
        assert (read["message"], read["file"], read["hint"]) == (HOSTILE, HOSTILE, HOSTILE)


class TestColour:
    def test_is_there_only_when_asked_for(self) -> None:
        assert "\x1b" not in shown("abc", finding(1, 2))
        assert "\x1b[1;31merror[M101]\x1b[0m" in shown("abc", finding(1, 2), color=True)

    @pytest.mark.parametrize(("severity", "code"), [("error", "31"), ("warning", "33"), ("info", "36")])
    def test_tells_the_severity(self, severity: str, code: str) -> None:
        assert f"\x1b[1;{code}m{severity}[M101]" in shown("abc", finding(1, 2, severity=severity), color=True)

    def test_changes_nothing_but_colour(self) -> None:
        found = finding(1, 2, hint="do this")
        assert ANSI.sub("", shown("abc", found, color=True)) == shown("abc", found)

    def test_json_has_none(self) -> None:
        assert "\x1b" not in report(Report((finding(1, 2),)), "json", lambda file, line: "", color=True)


def linted(text: str) -> tuple[Run, str, dict[str, Any]]:
    run = Run()
    run.read_content(text.encode(), "a.yaml")
    result = run.report()
    return run, report(result, "text", run.source_line), json.loads(report(result, "json", run.source_line))


MANIFEST = """\
version: 1
providers:
  p: {type: openai, api_key: hunter2-hunter2, base_url: "https://u:pass1234@h.example/v1"}
  q: {type: mistrall, auth: {header_name: Authorization, header_value: "Bearer hunter2-hunter2"}, hst: x}
routes:
  chat: {provider: p, modle: gpt-4o}
  other: {provider: q, model: m}
"""


class TestMasking:
    def test_hides_a_secret_star_by_star(self) -> None:
        _, text, _ = linted(MANIFEST)
        assert "api_key: ***************, " in text
        assert "hunter2" not in text
        assert "pass1234" not in text

    def test_leaves_the_scheme_and_the_header_name(self) -> None:
        assert 'header_name: Authorization, header_value: "Bearer ***************"}' in linted(MANIFEST)[1]

    def test_leaves_references_to_be_seen(self) -> None:
        text = MANIFEST.replace("hunter2-hunter2", "${env:KEY}").replace("mistral", "mstral")
        assert "${env:KEY}" in linted(text)[1]

    @pytest.mark.parametrize(
        "text",
        [
            "providers: {p: {api_key: hunter2-hunter2, x: [}}\n",
            "providers:\n  p:\n    api_key: hunter2-hunter2\n   x: [\n",
            "providers:\n  p:\n    api_key: |\n      line\n      hunter2-hunter2\x07\n",
            '{"providers": {"p": {"api_key":\n"hunter2-hunter2\x07"}}}\n',
            "providers:\n  p:\n    auth: {header_valu: hunter2-hunter2, x: [}\n",
            "api_key: 'hunter2-hunter2\n  more: x\n",
            "a: [\nsk-hunter2hunter2hunter2\x07]\n",
        ],
    )
    def test_holds_in_a_text_that_is_no_yaml(self, text: str) -> None:
        run, shown, _ = linted(text)
        assert [one.code for one in run.report().diagnostics] == ["M001"]
        assert "hunter2" not in shown

    def test_holds_where_the_secret_is_an_alias(self) -> None:
        text = "version: 1\nx-y: &k hunter2-hunter2\nproviders:\n  p: {type: openai, api_key: *k}\n"
        assert "hunter2" not in linted(text)[1]

    def test_a_well_known_token_is_hidden_in_messages_and_paths(self) -> None:
        token = "sk-" + "a1b2c3d4" * 4
        _, text, machine = linted(MANIFEST.replace("mistrall", token).replace("modle", token))
        assert token not in text + json.dumps(machine)


class TestJson:
    def test_has_these_keys_and_no_others(self) -> None:
        _, _, machine = linted(MANIFEST)
        assert list(machine) == ["diagnostics", "files", "counts", "left_out", "statistics"]
        for one in machine["diagnostics"]:
            facts = ["code", "name", "severity", "message", "file", "range", "path", "hint", "fix", "fingerprint"]
            assert list(one) == facts
            assert {key: list(place) for key, place in one["range"].items()} == {
                "start": ["line", "column"],
                "end": ["line", "column"],
            }

    def test_ranges_are_the_places_of_the_diagnostics(self) -> None:
        run, _, machine = linted(MANIFEST)
        for one, fact in zip(run.report().diagnostics, machine["diagnostics"], strict=True):
            assert fact["range"]["start"] == {"line": one.line, "column": one.column}
            assert fact["range"]["end"] == {"line": one.end_line, "column": one.end_column}

    def test_a_finding_without_a_place_has_no_range(self) -> None:
        found = Diagnostic("K101", "kong-unknown-field", "error", "unknown field", path=("config", "a b", 0))
        (fact,) = json.loads(report(Report((found,)), "json", lambda file, line: ""))["diagnostics"]
        assert (fact["range"], fact["file"], fact["path"]) == (None, None, 'config["a b"][0]')

    def test_counts_what_it_lists(self) -> None:
        _, _, machine = linted(MANIFEST)
        severities = [one["severity"] for one in machine["diagnostics"]]
        assert machine["counts"] == {name: severities.count(name) for name in ("error", "warning", "info")}
        assert machine["files"] == ["a.yaml"]


class TestEveryFormat:
    def test_there_are_these(self) -> None:
        assert set(formats()) >= {"json", "text"}

    def test_text_says_the_same_as_json(self) -> None:
        _, text, machine = linted(MANIFEST)
        assert machine["diagnostics"]
        for one in machine["diagnostics"]:
            start = one["range"]["start"]
            head = (
                f"{one['severity']}[{one['code']}]: {one['message']}\n --> a.yaml:{start['line']}:{start['column']}\n"
            )
            assert head in text
            assert one["hint"] is None or f"= help: {one['hint']}\n" in text

    @pytest.mark.parametrize("name", formats())
    def test_every_format_takes_an_empty_report_and_ends_its_last_line(self, name: str) -> None:
        assert report(Report((), ("a.yaml",)), name, lambda file, line: "").endswith("\n")

    def test_text_closes_with_a_count(self) -> None:
        _, text, machine = linted(MANIFEST)
        counts = machine["counts"]
        closing = next(line for line in text.splitlines() if line.startswith("found"))
        assert closing.startswith(f"found {counts['error']} errors")
        assert linted("version: 2\n")[1].splitlines()[-1].startswith("found 1 error")
