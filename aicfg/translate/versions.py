"""What a gateway version does: the 3.10 tree in full, and each older one as its difference from the next newer.

Source: Kong's open-source releases 3.7.1, 3.8.1 and 3.9.1, and the 3.10 tree, each run with the same inputs.
"""

from __future__ import annotations

from functools import cache

from aicfg.catalog.versions import parse_version, version_text
from aicfg.errors import UsageError
from aicfg.tuples import NamedTuple


class Behaviour(NamedTuple):
    """Switches and tables that differ between versions. `name` is the version that was measured."""

    name: str


V3_10 = Behaviour("3.10")
V3_9 = V3_10._replace(name="3.9")
V3_8 = V3_9._replace(name="3.8")
V3_7 = V3_8._replace(name="3.7")

MEASURED = {(3, 7): V3_7, (3, 8): V3_8, (3, 9): V3_9, (3, 10): V3_10}


@cache
def behaviour(gateway: str) -> Behaviour:
    """What a gateway version does; one above 3.10 does what 3.10 does.

    Raises UsageError for a version below 3.7, or one that aicfg does not know.
    """
    version = parse_version(gateway)[:2]
    if version > (3, 10):
        return V3_10
    if version not in MEASURED:
        raise UsageError(
            f"aicfg cannot translate for gateway {version_text(version)}", hint="use 3.7 or above: what was measured"
        )
    return MEASURED[version]
