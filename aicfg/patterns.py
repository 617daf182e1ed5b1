"""Regular expressions that are compiled when they are first used: most runs use few of them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, cast


class _Later:
    """Stands for the pattern that `re.compile` would give: whatever is asked of it, that pattern answers."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self._given = given, named

    def __getattr__(self, name: str) -> Any:
        given, named = self._given
        pattern = _compile(*given, **named)  # `re` keeps it, so that a second name finds the same one
        value = getattr(pattern, name)
        setattr(self, name, value)
        return value


_compile = re.compile


def later(pattern: str, flags: int | re.RegexFlag = 0) -> re.Pattern[str]:
    """The pattern, to be used by its methods. A fault in it shows at its first use."""
    return cast("re.Pattern[str]", _Later(pattern, flags))


@contextmanager
def compiled_later() -> Iterator[None]:
    """What `re.compile` gives meanwhile is compiled later: for importing modules whose patterns may never be used."""
    re.compile = cast("Any", _Later)
    try:
        yield
    finally:
        re.compile = _compile


def import_uncompiled(package: str) -> None:
    """Import a package, if nothing has done so, and leave its patterns, and those of what it imports, to who uses them.

    For commands only: as a library, aicfg leaves the modules of others alone.
    """
    if package in sys.modules:
        return
    try:
        with compiled_later():
            import_module(package)
    except Exception:  # a release that does more with its patterns: who needs it imports it as it is
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
