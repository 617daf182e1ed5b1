"""Errors that a user can cause. Each says where it happened and what to do about it; none is a bug."""

from __future__ import annotations


class AicfgError(Exception):
    """What a user can cause and mend: a message, the place it is about, and a hint.

    `line` and `column` count from 1 and are None where there is no place in a file to point at.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Errors go from one process to another: how to make this one again, whatever its class is called with."""
        return AicfgError.__new__, (type(self), *self.args), self.__dict__

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return f"{place}: {self.message}" if place else self.message


class UsageError(AicfgError):
    """The call itself cannot be carried out: an unknown target, plugin, version or option."""
