"""What is said of a manifest that the scripts for Kong's Admin API and Konnect's cannot say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from apply_script import SIMPLE, write

import aicfg
from aicfg.errors import UsageError
from aicfg.lint.engine import Run


def codes(path: Path, target: str, **options: Any) -> list[tuple[str, int | None]]:
    """The findings about the target, each with its line."""
    lint = Run()
    lint.read(str(path))
    lint.check_target(target, options)
    return [(found.code, found.line) for found in lint.report().diagnostics if found.code[:2] == "M4"]


def test_a_number_that_json_does_not_have_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, SIMPLE + "plugins: [{name: acme, config: {a: .inf}}, {name: b, config: {b: [.nan]}}]\n")
    assert codes(path, "curl") == codes(path, "konnect") == [("M441", 5), ("M441", 5)]
    assert codes(path, "deck") == []


def test_a_name_that_comes_from_a_variable_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, SIMPLE + 'consumers:\n  a: {username: "${env:KEY}"}\n  b: {groups: ["${env:APP}"]}\n')
    assert codes(path, "curl") == codes(path, "konnect") == [("M442", 6), ("M442", 7)]


def test_filter_chains_and_the_groups_of_an_edition_without_are_errors(tmp_path: Path) -> None:
    edition = "gateway: {edition: oss, version: '3.9'}\nconsumer_groups: {staff: {}}\n"
    chains = SIMPLE.replace("options:", "filter_chains: [{filters: [{name: f}]}], options:")
    path = write(tmp_path, chains + edition)
    assert codes(path, "curl") == [("M443", 4), ("M443", 6)]
    assert codes(path, "konnect") == [("M443", 4)]


NOT_IN_A_FORM = (
    "{a: [null]}",
    "{a: {}}",
    "{a: []}",
    '{a: ""}',
    "{a: [{b: 1}]}",
    "{a: [[b]]}",
    '{"a.b": 1}',
    '{"a[]": 1}',
    '{"a=": 1}',
    '{"a\\nb": 1}',
    '{"": 1}',
)


@pytest.mark.parametrize("config", NOT_IN_A_FORM)
def test_what_a_form_cannot_say_is_an_error_for_the_form_alone(config: str, tmp_path: Path) -> None:
    path = write(tmp_path, SIMPLE + f"plugins: [{{name: acme, config: {config}}}]\n")
    assert codes(path, "curl", form=True) == [("M444", 5)]
    assert codes(path, "curl") == codes(path, "konnect") == []
    with pytest.raises(aicfg.CompileError, match="M444"):
        aicfg.render(path, "curl", form=True)


def test_a_form_of_more_fields_than_kong_reads_is_an_error(tmp_path: Path) -> None:
    config = ", ".join(f"a{number}: 1" for number in range(100))
    path = write(tmp_path, SIMPLE + f"plugins:\n  - {{name: acme, config: {{{config}}}}}\n")
    assert codes(path, "curl", form=True) == [("M444", 6)]


def test_an_empty_config_needs_no_field_of_a_form(tmp_path: Path) -> None:
    assert codes(write(tmp_path, SIMPLE + "plugins: [{name: prometheus}]\n"), "curl", form=True) == []


def test_konnect_takes_no_forms(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such option: form"):
        aicfg.render(write(tmp_path, SIMPLE), "konnect", form=True)
