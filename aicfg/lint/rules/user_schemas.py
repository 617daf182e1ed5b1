"""K402: what a JSON Schema of the user's own refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aicfg.lint.diagnostic import Findings
from aicfg.lint.registry import rule

if TYPE_CHECKING:  # few runs have such schemas: the others do not load what checks them
    from aicfg.lint.user_schemas import UserCheck


@rule("K402", "user-schema", "error")
def user_schema(checked: UserCheck) -> Findings:
    """A config that does not fit the JSON Schema that you gave for the plugin.

    aicfg does not know the plugin: your schema alone decides, as `--plugin-schema NAME=FILE` or `plugin-schemas` in the
    settings file gives it. Values that are only known at deploy time are taken to fit.
    """
    return iter(checked.findings)
