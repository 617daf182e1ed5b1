"""Where a rule has a bug: the file that it ran into it with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aicfg.errors import AicfgError

if TYPE_CHECKING:
    from aicfg.lint.discovery import Found
    from aicfg.lint.engine import Run


class Crash(Exception):
    """A bug that linting a file ran into: the file, the name of the exception, and its traceback."""

    def __init__(self, file: str, kind: str, trace: str = "") -> None:
        super().__init__(f"{kind} in {file}\n{trace}".rstrip())
        self.file = file
        self.kind = kind
        self.trace = trace

    def __reduce__(self) -> tuple[type[Crash], tuple[str, str, str]]:
        return Crash, (self.file, self.kind, self.trace)


def read(run: Run, found: Found) -> None:
    """Read and lint a file. Raises AicfgError for one that cannot be read, and Crash where a rule has a bug."""
    try:
        run.read(found.path, named=found.named)
    except AicfgError:
        raise
    except Exception as error:
        import traceback

        raise Crash(found.path, type(error).__name__, traceback.format_exc()) from None
