"""The modules of a package, by name: how commands, rules, targets and report formats are discovered."""

from __future__ import annotations

import os
from collections.abc import Iterable


def modules_in(path: Iterable[str]) -> tuple[str, ...]:
    """The names of the modules in a package's `__path__`, sorted; neither packages nor names with a leading underscore.

    pkgutil does the same for every kind of importer, and costs each start a few milliseconds.
    """
    files = (file for folder in path for file in os.listdir(folder))
    return tuple(sorted({file[:-3] for file in files if file.endswith(".py") and not file.startswith("_")}))
