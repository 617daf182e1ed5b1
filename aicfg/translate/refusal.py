"""How a request ends before it reaches the provider."""

from __future__ import annotations

from typing import NoReturn

from aicfg.errors import AicfgError

CRASHED = "An unexpected error occurred"
"""What Kong tells the client where its own code fails."""


class TranslationError(AicfgError):
    """The gateway refuses the request, or its code fails over it.

    `status` and `message` are what the client gets. `crash` is True where Kong's own code fails: the client gets a bare
    500 then, and `hint` says what the code stumbles over.
    """

    exit_code = 1

    def __init__(self, message: str, *, status: int = 400, crash: bool = False, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.crash = crash


class Reason(Exception):
    """A driver's own reason why it cannot translate a body."""


def refuse(message: str, *, status: int = 400, hint: str | None = None) -> NoReturn:
    raise TranslationError(message, status=status, hint=hint)


def crash(why: str) -> NoReturn:
    """Kong's code fails; `why` continues "Kong's own code fails: "."""
    raise TranslationError(CRASHED, status=500, crash=True, hint=f"Kong's own code fails here: {why}")
