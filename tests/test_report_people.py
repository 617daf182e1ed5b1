"""The reports for people: concise lines, counts by rule, closing lines, links on terminals."""

from __future__ import annotations

import re

import pytest
from reporting import finding, fixed, written

from aicfg.lint.diagnostic import Report
from aicfg.lint.reporters import report

PEOPLE = ["concise", "text"]
FOUND = [finding(), finding(line=2), finding("P204", "warning", 3, name="unknown-provider"), finding("P211", "info", 4)]


class TestConcise:
    def test_is_a_line_for_each_finding_and_one_to_close(self) -> None:
        assert written("concise", FOUND[:2]) == (
            "a.yaml:1:3: error[M101]: unknown key\n"
            "a.yaml:2:3: error[M101]: unknown key\n"
            "found 2 errors: `aicfg explain CODE` tells more about each\n"
        )

    def test_a_finding_without_a_place_has_no_place(self) -> None:
        found = finding(file=None, line=None, column=None)
        assert written("concise", [found]).startswith("error[M101]: unknown key\n")

    def test_is_coloured_when_asked_for(self) -> None:
        text = written("concise", FOUND, color=True)
        assert "a.yaml:1:3: \x1b[1;31merror[M101]\x1b[0m: unknown key\n" in text
        assert re.sub(r"\x1b\[[\d;]*m", "", text) == written("concise", FOUND)


@pytest.mark.parametrize("name", PEOPLE)
class TestHowMuchIsShown:
    def test_quiet_leaves_out_the_closing_line(self, name: str) -> None:
        assert "found" not in written(name, FOUND, quiet=True)
        assert written(name, FOUND).startswith(written(name, FOUND, quiet=True))

    def test_quiet_says_nothing_where_nothing_is_found(self, name: str) -> None:
        assert written(name, [], quiet=True) == ""

    def test_statistics_count_by_rule_the_most_frequent_first(self, name: str) -> None:
        assert written(name, FOUND, statistics=True) == (
            "2  error    M101  unknown-key\n"
            "1  warning  P204  unknown-provider\n"
            "1  info     P211  unknown-key\n"
            "found 2 errors, 1 warning, 1 info: `aicfg explain CODE` tells more about each\n"
        )

    def test_statistics_count_what_is_not_shown_too(self, name: str) -> None:
        limited = Report(tuple(FOUND), ("a.yaml",)).limited(1)
        shown = report(limited, name, lambda file, line: "", statistics=True)
        assert shown == written(name, FOUND, statistics=True)

    def test_statistics_say_how_many_can_be_fixed(self, name: str) -> None:
        assert "2  error    M101  unknown-key  1 fixable\n" in written(name, [fixed("x"), finding()], statistics=True)

    def test_the_closing_line_says_what_is_not_shown(self, name: str) -> None:
        limited = Report(tuple(FOUND), ("a.yaml",)).limited(1)
        text = report(limited, name, lambda file, line: "")
        assert text.endswith(
            "found 2 errors, 1 warning, 1 info (3 not shown): `aicfg explain CODE` tells more about each\n"
        )
        assert text.count("unknown key") == 1

    def test_the_closing_line_says_what_can_be_fixed(self, name: str) -> None:
        both = [fixed("x"), fixed("y", safe=False), fixed("z", safe=False, line=2)]
        assert written(name, both).endswith("\n[*] 1 fixable with `--fix`, 2 more with `--fix --unsafe-fixes`\n")
        assert "--fix" not in written(name, FOUND)


@pytest.mark.parametrize(("safe", "switch"), [(True, "--fix"), (False, "--unsafe-fixes")])
def test_text_says_what_a_fix_does_and_what_applies_it(safe: bool, switch: str) -> None:
    assert f"\n  = fix: write it so ({switch})\n" in written("text", [fixed("x", safe=safe)])


@pytest.mark.parametrize("name", PEOPLE)
class TestLinks:
    def test_lead_to_the_file_where_they_are_wanted(self, name: str) -> None:
        text = written(name, [finding(file="/tmp/a b;\x07.yaml")], links=True)
        assert "\x1b]8;;file:///tmp/a%20b%3B%07.yaml\x1b\\/tmp/a b;\\x07.yaml:1:3\x1b]8;;\x1b\\" in text

    def test_are_not_there_otherwise(self, name: str) -> None:
        assert "\x1b" not in written(name, FOUND)
        assert "\x1b]8" not in written(name, FOUND, color=True)

    def test_standard_input_has_none(self, name: str) -> None:
        assert "\x1b" not in written(name, [finding(file="<stdin>")], links=True)


class TestTheWorst:
    def test_are_kept_in_the_order_of_the_file(self) -> None:
        found = [finding("P211", "info", 1), finding("M101", "error", 2), finding("P204", "warning", 3)]
        limited = Report(tuple(found)).limited(2)
        assert [one.code for one in limited.diagnostics] == ["M101", "P204"]
        assert [one.code for one in limited.left_out] == ["P211"]

    def test_those_left_out_count(self) -> None:
        limited = Report(tuple(FOUND)).limited(0)
        assert (limited.diagnostics, limited.ok, limited.number_of("error")) == ((), False, 2)
        assert limited.all == tuple(FOUND)
        assert Report((finding(severity="warning"),)).limited(0).at_or_above("warning")

    def test_more_than_there_are_changes_nothing(self) -> None:
        assert Report(tuple(FOUND), ("a.yaml",)).limited(9) == Report(tuple(FOUND), ("a.yaml",))
