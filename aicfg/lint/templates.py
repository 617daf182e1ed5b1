"""Files that another tool fills in before Kong or decK reads them, so that a variable in them is no mistake."""

from __future__ import annotations

from aicfg.source import Document


def is_template(document: Document) -> bool:
    """Whether a file is such a template. Nothing says so yet."""
    return False
