"""The public functions. Use them as `aicfg.lint(...)`; this module is where they live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any

from aicfg.catalog.plugins import plugin_schema
from aicfg.catalog.versions import gateway as gateway_of
from aicfg.errors import AicfgError, UsageError
from aicfg.kong import defaults
from aicfg.kong.check import check
from aicfg.kong.entities import Entities
from aicfg.kong.lower import lower
from aicfg.lint.diagnostic import Diagnostic, Report
from aicfg.lint.engine import Run
from aicfg.lint.engine import lint as lint_paths
from aicfg.lint.masking import mask_text
from aicfg.lint.registry import rules
from aicfg.lint.settings import Settings
from aicfg.manifest.choice import Choice, take_variables
from aicfg.manifest.loader import load as load_manifest
from aicfg.manifest.model import Manifest
from aicfg.render import render as render_entities
from aicfg.source import load_bytes

StrPath = str | PathLike[str]
Paths = StrPath | Sequence[StrPath]
Variables = Mapping[str, str | int | float | bool]


class CompileError(AicfgError):
    """The manifest has errors; `report` holds all of them."""

    exit_code = 1

    def __init__(self, report: Report) -> None:
        first = next(diagnostic for diagnostic in report.diagnostics if diagnostic.severity == "error")
        more = report.number_of("error") - 1
        message = f"{first.code} {first.message}" + (f" (and {more} more)" if more else "")
        super().__init__(message, file=first.file, line=first.line, column=first.column, hint=first.hint)
        self.report = report


def lint(
    *paths: StrPath,
    gateway: str | None = None,
    edition: str | None = None,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] | None = None,
    env: str | None = None,
    variables: Variables | None = None,
) -> Report:
    """Check files, folders and globs, and report every finding.

    In folders and globs, what is neither a manifest nor Kong's is left out. Settings files are not read. `gateway`
    ("3.10") and `edition` ("enterprise" or "oss") override what the files say; `select` and `ignore` are codes or their
    beginnings ("P", "K101"). A manifest is checked without an environment and in each that it has, or in `env` alone;
    `variables` replaces its variables' values. Raises AicfgError for a file or an option that cannot be used at all.
    """
    choice = Choice(env, take_variables(variables))
    return lint_paths(
        map(str, paths), gateway=gateway, edition=edition, select=select or (), ignore=ignore or (), choice=choice
    )


def check_plugin(name: str, config: object, *, gateway: str = "3.15", edition: str = "enterprise") -> list[Diagnostic]:
    """What Kong's own schema says about a plugin's config, as `K` diagnostics; [] means that Kong accepts it.

    Paths begin with "config". Raises AicfgError for a plugin, version or edition that aicfg does not know.
    """
    from aicfg.lint.rules.refusals.verdict import CODES

    by_code = {rule.code: rule for rule in rules()}
    found = []
    for violation in check(plugin_schema(name, gateway_of(gateway, edition)), config):
        rule = by_code[CODES[violation.kind]]
        message, hint = mask_text(violation.message), violation.hint and mask_text(violation.hint)
        found.append(Diagnostic(rule.code, rule.name, rule.severity, message, path=violation.path, hint=hint))
    return found


def fill_defaults(
    name: str, config: dict[str, Any], *, gateway: str = "3.15", edition: str = "enterprise"
) -> dict[str, Any]:
    """A plugin's config as Kong stores it, with its defaults filled in. Optional fields may be left out.

    Raises AicfgError for a plugin, version or edition that aicfg does not know.
    """
    return defaults.fill_defaults(plugin_schema(name, gateway_of(gateway, edition)), config)


def load(path: Paths, *, env: str | None = None, variables: Variables | None = None) -> Manifest:
    """The manifest in a file, or in several that make one together, as it is in the environment `env`.

    `variables` replaces values of its variables. Raises AicfgError for the first thing that is wrong with its text or
    shape, and for an environment or a variable that it does not have.
    """
    try:
        return load_manifest(_paths(path), env, variables)
    except AicfgError as error:
        error.message = mask_text(error.message)
        error.args = (error.message,)
        raise


def compile(manifest: Manifest | Paths, *, env: str | None = None, variables: Variables | None = None) -> Entities:
    """The Kong entities that a manifest stands for, in the environment `env` and with the values of `variables`.

    It may be in a file, or in several that make one together. Raises CompileError for files that lint finds errors in.
    A Manifest object is lowered as it is: its environment and variables were chosen when it was loaded.
    """
    if isinstance(manifest, Manifest):
        if env is not None or variables:
            raise UsageError("a manifest that is loaded has its environment", hint="give `env` and `variables` to load")
        return lower(manifest)
    paths = _paths(manifest)
    run = Run(Settings(choice=Choice(env, take_variables(variables), every=False)))
    run.read_together([(load_bytes(path), path, path) for path in paths])
    report = run.report(keep_errors=True)
    if not report.ok:
        raise CompileError(report)
    return run.entities if run.entities is not None else lower(load(paths))  # load says why it is no manifest


def render(
    manifest: Manifest | Paths,
    target: str,
    *,
    env: str | None = None,
    variables: Variables | None = None,
    **options: Any,
) -> dict[str, str]:
    """The files of a target: relative name -> text. `options` are the target's own, `templates` a folder of yours.

    Raises AicfgError as `compile` does, for unknown targets and options, and CompileError for what the target cannot
    say.
    """
    entities = compile(manifest, env=env, variables=variables)
    run = Run()
    run.entities = entities
    run.check_target(target, options)
    report = run.report(keep_errors=True)
    if not report.ok:
        raise CompileError(report)
    return render_entities(entities, target, **options)


def _paths(path: Paths) -> list[str]:
    """The paths of one file or of several. Raises UsageError where there are none."""
    paths = [path] if isinstance(path, str | PathLike) else list(path)
    if not paths:
        raise UsageError("there is no manifest: the list of files is empty")
    return [str(one) for one in paths]
