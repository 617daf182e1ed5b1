"""M22x: how the files, variables and environments of a manifest go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aicfg.lint.diagnostic import Findings
from aicfg.lint.registry import rule

if TYPE_CHECKING:
    from aicfg.lint.composed import Reuse


@rule("M220", "include-outside", "error")
def include_outside(reuse: Reuse) -> Findings:
    """An `include` that leads out of the manifest's folder, or may do so.

    Pipelines lint what strangers propose, so a manifest reads nothing but what lies in its own folder or below: no
    absolute path, no `..`, no link to elsewhere. Put the shared files there, or give them on the command line:
    `aicfg render ../shared.yaml team.yaml` merges both.
    """
    return reuse.of_kind("include-outside")


@rule("M221", "unusable-include", "error")
def unusable_include(reuse: Reuse) -> Findings:
    """An `include` that names no manifest: there is no such file, or it is something else.

    Paths go from the folder of the file that includes, and name one .yaml, .yml or .json file each. A manifest that is
    read from standard input has no folder, and so includes nothing.
    """
    return reuse.of_kind("unusable-include")


@rule("M222", "include-cycle", "error")
def include_cycle(reuse: Reuse) -> Findings:
    """A file that includes itself, most often by way of others.

    What is included belongs to the manifest already, so the last step of the circle says nothing.
    """
    return reuse.of_kind("include-cycle")


@rule("M223", "reuse-limit", "error")
def reuse_limit(reuse: Reuse) -> Findings:
    """More files or environments than one manifest may have.

    A manifest includes up to 100 files, together as large as one file may be, and has up to 100 environments. One that
    has more is broken or hostile, or would be easier to work with as several.
    """
    return reuse.of_kind("reuse-limit")


@rule("M224", "defined-twice", "error")
def defined_twice(reuse: Reuse) -> Findings:
    """Two files of a manifest define the same thing, or say something different about it.

    No file overrides another, so nobody could tell which one counts. What differs between environments belongs under
    `environments`, and what differs from run to run is a variable.
    """
    return reuse.of_kind("defined-twice")


@rule("M225", "undefined-variable", "error")
def undefined_variable(reuse: Reuse) -> Findings:
    """`${var:NAME}` where no file and no environment of the manifest defines that variable.

    A variable is defined under `variables` or in an environment; `--var` only gives a value to one that is.

    Example:
        version: 1
        variables: {MODEL: gpt-4o}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: "${var:MODEL}"}
          mini: {provider: p, model: "${var:MODLE}-mini"}
    Use instead:
        version: 1
        variables: {MODEL: gpt-4o}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: "${var:MODEL}"}
          mini: {provider: p, model: "${var:MODEL}-mini"}
    """
    return reuse.of_kind("undefined-variable")


@rule("M226", "variable-without-value", "error")
def variable_without_value(reuse: Reuse) -> Findings:
    """A variable that is used and has no value.

    One that is null has to be given: by an environment's `variables`, or with `--var NAME=VALUE`.

    Example:
        version: 1
        variables: {MODEL: null}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: "${var:MODEL}"}
    Use instead:
        version: 1
        variables: {MODEL: null}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: "${var:MODEL}"}
        environments:
          prod: {variables: {MODEL: gpt-4o}}
    """
    return reuse.of_kind("variable-without-value")


@rule("M227", "unused-variable", "warning", throughout=True)
def unused_variable(reuse: Reuse) -> Findings:
    """A variable that no value of the manifest names.

    Most often its name is misspelt where it is used, or what used it is gone.

    Example:
        version: 1
        variables: {MODEL: gpt-4o, REGION: eu-central-1}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: "${var:MODEL}"}
    Use instead:
        version: 1
        variables: {MODEL: gpt-4o}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: "${var:MODEL}"}
    """
    return reuse.of_kind("unused-variable")


@rule("M228", "misplaced-variable", "error")
def misplaced_variable(reuse: Reuse) -> Findings:
    """`${var:NAME}` in a place where it is not replaced.

    Variables stand for values: not for keys and names, not for the files to include, and not for parts of other
    variables. `$${` is a literal `${`.

    Example:
        version: 1
        variables: {SIZE: mini, MODEL: "gpt-4o-${var:SIZE}"}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: "${var:MODEL}"}
    Use instead:
        version: 1
        variables: {SIZE: mini}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: "gpt-4o-${var:SIZE}"}
    """
    return reuse.of_kind("misplaced-variable")


@rule("M229", "nothing-to-remove", "warning")
def nothing_to_remove(reuse: Reuse) -> Findings:
    """An environment removes an entry that the manifest does not have.

    Its name may be misspelt, so that the entry that was meant is still there.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
          debug: {provider: p, model: gpt-4o-mini}
        environments:
          prod: {routes: {debugging: null}}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
          debug: {provider: p, model: gpt-4o-mini}
        environments:
          prod: {routes: {debug: null}}
    """
    return reuse.of_kind("nothing-to-remove")
