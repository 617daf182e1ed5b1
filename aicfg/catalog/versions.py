"""Gateway versions and editions: what aicfg knows, and how versions compare.

A version is a tuple of integers, so `(3, 10) > (3, 9)` and `(3, 14, 0, 13) >= (3, 14)` hold as they should.
Source: Kong's release list; the open-source edition has no release above 3.9.
"""

import re
from functools import cache
from typing import Literal, get_args

from aicfg.errors import UsageError
from aicfg.tuples import NamedTuple

Version = tuple[int, ...]
Edition = Literal["enterprise", "oss"]

EDITIONS: tuple[str, ...] = get_args(Edition)
MINORS: tuple[str, ...] = tuple(f"3.{minor}" for minor in range(6, 16))
"""The minor versions that aicfg has facts about, oldest first."""

NEWEST: dict[str, str] = {"enterprise": MINORS[-1], "oss": "3.9"}
"""The newest release of each edition: the default target."""

_VERSION = re.compile(r"\d+(\.\d+){1,3}")


class Gateway(NamedTuple):
    """The gateway that a config has to run on."""

    version: Version
    edition: Edition

    def __str__(self) -> str:
        return f"{version_text(self.version)} ({self.edition})"


@cache
def parse_version(text: str) -> Version:
    """The version tuple of "3.10" or "3.10.0.4".

    Raises UsageError where the text is no version or aicfg has no facts about it.
    """
    parts = tuple(int(part) for part in text.split(".")) if _VERSION.fullmatch(text) else ()
    if ".".join(map(str, parts[:2])) not in MINORS:
        raise UsageError(
            f'"{text}" is not a gateway version that aicfg knows', hint=f"use one of {MINORS[0]} to {MINORS[-1]}"
        )
    return parts


def version_text(version: Version) -> str:
    return ".".join(map(str, version))


def gateway(version: str | None = None, edition: str | None = None) -> Gateway:
    """The target for a version and an edition, each with its default.

    Raises UsageError for an edition or a version that aicfg does not know.
    """
    edition = "enterprise" if edition is None else edition
    if edition not in EDITIONS:
        raise UsageError(f'"{edition}" is not an edition', hint=f"use {' or '.join(EDITIONS)}")
    return Gateway(
        parse_version(NEWEST[edition] if version is None else version), "oss" if edition == "oss" else "enterprise"
    )
