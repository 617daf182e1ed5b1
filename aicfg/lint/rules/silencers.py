"""M5xx: comments that silence findings."""

from __future__ import annotations

from aicfg.lint.diagnostic import Findings
from aicfg.lint.registry import rule
from aicfg.lint.subjects import SilencerProblems


@rule("M501", "useless-silencer", "warning")
def useless_silencer(problems: SilencerProblems) -> Findings:
    """A comment silences a finding that is not there.

    What it was for has been mended, or it stands in the wrong line: behind a value it is about its own line, on a line
    of its own about the next one. Left there, it would hide the same mistake when somebody makes it again. Codes that
    this run does not look for are left alone.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}  # aicfg: ignore[P204] our own provider
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    return problems.of_kind("useless-silencer")


@rule("M502", "invalid-silencer", "warning")
def invalid_silencer(problems: SilencerProblems) -> Findings:
    """A comment that is meant to silence findings cannot be followed.

    It names a code that no rule has, or is not written as `# aicfg: ignore[CODE, …] reason` or
    `# aicfg: ignore-file[CODE, …] reason`. It silences nothing, so the finding that it is about stands.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          # aicfg: ignore[P999] not yet
          chat: {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    return problems.of_kind("invalid-silencer")
