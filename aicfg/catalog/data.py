"""Reads the data files in `schemas/`."""

from __future__ import annotations

from typing import Any

from aicfg.source import read_file


def load(path: str) -> Any:
    """The plain value of a YAML file that ships with aicfg. A fault in it is a fault of aicfg, and raises."""
    document = read_file(path)
    if document.problems:
        raise document.problems[0]
    return document.data
