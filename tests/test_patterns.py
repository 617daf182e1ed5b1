"""Regular expressions that are compiled later."""

from __future__ import annotations

import re

import pytest

from aicfg.patterns import later


class TestLater:
    def test_does_what_the_pattern_does(self) -> None:
        pattern = later("(a)b", re.IGNORECASE)
        assert pattern.sub("c", "ABab-") == "cc-"
        assert [match.group(1) for match in pattern.finditer("xAb")] == ["A"]
        assert (pattern.pattern, bool(pattern.flags & re.IGNORECASE)) == ("(a)b", True)

    def test_compiles_at_the_first_use(self) -> None:
        pattern = later("(")
        with pytest.raises(re.error):
            pattern.search("")
