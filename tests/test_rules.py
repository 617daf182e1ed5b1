"""Every rule is documented, and its documentation is true: the example triggers it, the corrected one does not."""

import pytest

from aicfg.lint.diagnostic import SEVERITIES, Report
from aicfg.lint.engine import Run
from aicfg.lint.registry import FAMILIES, Rule, rule, rules

WITHOUT_EXAMPLE = {
    "M007": "a docstring holds text, and this is about bytes",
    **dict.fromkeys(("M220", "M221", "M222", "M224", "M316"), "it takes several files"),
    "M223": "it takes a hundred files or environments",
    "K402": "it needs a JSON Schema of the user's own",
}


def lint_text(text: str) -> Report:
    run = Run()
    run.read_content(text.encode(), "manifest.yaml")
    return run.report()


def codes(report: Report) -> set[str]:
    return {diagnostic.code for diagnostic in report.diagnostics}


@pytest.mark.parametrize("each", rules(), ids=lambda each: each.code)
def test_the_example_triggers_the_rule_and_the_corrected_one_does_not(each: Rule) -> None:
    about = each.documentation
    if each.code in WITHOUT_EXAMPLE or each.subject == "ForTarget":  # no text alone triggers what a target decides
        assert about.example is None
        return
    assert about.example is not None
    assert about.instead is not None
    found = [diagnostic for diagnostic in lint_text(about.example).diagnostics if diagnostic.code == each.code]
    assert found
    assert all(diagnostic.line and diagnostic.column for diagnostic in found)
    assert each.code not in codes(lint_text(about.instead))


@pytest.mark.parametrize("each", rules(), ids=lambda each: each.code)
def test_the_example_gives_no_other_error(each: Rule) -> None:
    about = each.documentation
    for text in (about.example, about.instead):
        others = {found.code for found in lint_text(text).diagnostics if found.severity == "error"} if text else set()
        assert others <= ({each.code} if text == about.example else set())


@pytest.mark.parametrize("each", rules(), ids=lambda each: each.code)
def test_a_rule_has_a_family_a_severity_and_a_summary_in_one_sentence(each: Rule) -> None:
    assert each.code[0] in FAMILIES
    assert each.severity in SEVERITIES
    summary = each.documentation.summary
    assert summary.endswith(".")
    assert 20 <= len(summary) <= 160


@pytest.mark.parametrize("each", rules(), ids=lambda each: each.code)
def test_a_rule_says_why_it_matters(each: Rule) -> None:
    why = each.documentation.why
    assert why.endswith((".", "?", ")"))
    assert len(why) >= 30


def test_a_duplicate_code_fails_at_import() -> None:
    taken = rules()[0]
    with pytest.raises(ValueError, match="taken"):
        rule(taken.code, "another-name", "error")(taken.check)


def test_a_duplicate_name_fails_at_import() -> None:
    taken = rules()[0]
    with pytest.raises(ValueError, match="taken"):
        rule("M999", taken.name, "error")(taken.check)


def test_a_malformed_code_fails_at_import() -> None:
    with pytest.raises(ValueError, match="malformed"):
        rule("Q1", "another-name", "error")(rules()[0].check)


@pytest.mark.parametrize(
    ("host", "is_said"),
    [
        *(("localhost", False), ("a.localhost", False), ("127.0.0.2", False), ("[::1]", False)),
        *(("10.0.0.1", True), ("[fd00::1]", True), ("llm.internal", True), ("node1", True)),
    ],
)
def test_credentials_stay_on_the_machine_only_where_the_host_is_this_one(host: str, is_said: bool) -> None:
    text = (
        "version: 1\nproviders:\n  p: {type: openai, hosting: custom, base_url: 'http://HOST', api_key: '${env:K}'}\n"
    )
    text += "routes:\n  r: {provider: p, model: m}\n"
    assert ("S103" in codes(lint_text(text.replace("HOST", host)))) is is_said
