"""What the reports for programs share: paths as a repository has them, fingerprints, and the edits of a fix."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from aicfg.lint.fingerprint import fingerprints
from aicfg.lint.masking import mask_text
from aicfg.lint.reporters import STDIN
from aicfg.lint.reporters.text import UNPRINTABLE
from aicfg.source import format_path

if TYPE_CHECKING:
    from aicfg.lint.diagnostic import Diagnostic, Report
    from aicfg.lint.fix import Edit

_ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Where GitHub Actions and GitLab say that the repository is checked out; elsewhere it is the current folder."""


def with_fingerprints(result: Report) -> list[tuple[Diagnostic, str]]:
    """The diagnostics to be shown, each with its fingerprint, which does not depend on what is left out."""
    everything = result.all
    known = dict(zip(everything, fingerprints(everything), strict=True))
    return [(diagnostic, known[diagnostic]) for diagnostic in result.diagnostics]


def path_in_repository(file: str) -> str:
    """The path of a file from the repository's top, with slashes: how services that show a report know the file.

    A file outside of it, and what is no file, keeps the name that it has.
    """
    if file == STDIN:
        return file
    root = next((os.environ[name] for name in _ROOTS if os.environ.get(name)), os.getcwd())
    try:
        folder, name = os.path.split(os.path.abspath(file))
        path = os.path.relpath(os.path.join(os.path.realpath(folder), name), os.path.realpath(root))
    except ValueError:  # another drive, or no path at all
        path = ""
    inside = path and path != os.pardir and not path.startswith(os.pardir + os.sep)
    return (path if inside else file).replace(os.sep, "/")


def path_of(diagnostic: Diagnostic) -> str:
    """The path to the value, as it may be shown."""
    return mask_text(format_path(diagnostic.path))


def edits_of(diagnostic: Diagnostic) -> list[Edit]:
    """The edits of the diagnostic's fix: none where there is no fix, or where its text would tell a secret."""
    fix = diagnostic.fix
    return [] if fix is None or any(edit.shown != edit.text for edit in fix.edits) else list(fix.edits)


def as_json(data: Any, indent: int | None = 2) -> str:
    """JSON with every character escaped that a terminal would obey or hide."""
    text = json.dumps(data, indent=indent, ensure_ascii=False)
    return UNPRINTABLE.sub(lambda match: json.dumps(match.group())[1:-1], text)
