"""How aicfg knows a fact: measured, documented, carried over from the last version that prints it, or inferred."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aicfg.catalog.plugins.rows import basics
from aicfg.catalog.plugins.when import reached

if TYPE_CHECKING:
    from aicfg.catalog.plugins.model import Field, Known
    from aicfg.catalog.versions import Gateway


def known_as(field: Field, attribute: str, target: Gateway) -> Known:
    """How aicfg knows an attribute of a field ("gt", "required", …) at a gateway.

    The documentation of 3.13 and later leaves some attributes out; these are carried over from 3.12.
    """
    for since, attributes in basics()["known"]["attributes"].items():
        if not reached(since, target):
            continue
        left_out = f"{attribute} beside a default" if field.default is not None else attribute
        if attribute in attributes or left_out in attributes:
            return "carried"
    return field.known
