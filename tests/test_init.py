"""`aicfg init`: a starter manifest for each provider, which lints and renders."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from conftest import Command

from aicfg.catalog.providers import provider_types

Write = Callable[..., str]


class TestInit:
    def test_writes_a_manifest_and_its_schema(self, aicfg: Command, tmp_path: Path) -> None:
        assert aicfg("init").status == 0
        text = (tmp_path / "aicfg.yaml").read_text()
        assert text.startswith("# yaml-language-server: $schema=./aicfg.schema.json\n")
        assert (tmp_path / "aicfg.schema.json").read_text() == aicfg("schema").out

    @pytest.mark.parametrize("type_", provider_types())
    def test_what_it_writes_lints_clean_and_renders(self, aicfg: Command, type_: str) -> None:
        assert aicfg("init", "--provider", type_).status == 0
        assert aicfg("lint", "aicfg.yaml", "--fail-on", "info") == (0, "no findings in 1 file\n", "")
        assert aicfg("render", "aicfg.yaml").status == 0

    @pytest.mark.parametrize("type_", provider_types())
    def test_what_it_offers_in_comments_holds_as_well(self, aicfg: Command, type_: str, tmp_path: Path) -> None:
        aicfg("init", "--provider", type_)
        head, _, routes = (tmp_path / "aicfg.yaml").read_text("utf-8").partition("routes:\n")
        offered = re.sub(r"^( +)# ( *(?:- \{|[a-z-]+:))", r"\1\2", routes, flags=re.MULTILINE)
        assert list(yaml.safe_load(offered)) == [f"{type_}-chat", "balanced-chat"]
        assert {"options", "guard"} <= yaml.safe_load(offered)[f"{type_}-chat"].keys()
        (tmp_path / "aicfg.yaml").write_text(f"{head}routes:\n{offered}", encoding="utf-8")
        assert aicfg("lint", "aicfg.yaml", "--fail-on", "info") == (0, "no findings in 1 file\n", "")

    def test_never_writes_over_a_file(self, aicfg: Command, manifest: Write, tmp_path: Path) -> None:
        status, out, err = aicfg("init", manifest("mine\n"))
        assert (status, out) == (2, "")
        assert "exists already" in err
        assert sorted(path.name for path in tmp_path.iterdir()) == ["aicfg.yaml"]
        assert (tmp_path / "aicfg.yaml").read_text() == "mine\n"

    def test_a_dash_is_standard_output(self, aicfg: Command, tmp_path: Path) -> None:
        status, out, _ = aicfg("init", "-", "--provider", "mistral")
        assert status == 0
        assert "type: mistral" in out
        assert not list(tmp_path.iterdir())

    def test_an_unknown_type_gets_a_suggestion_and_no_file(self, aicfg: Command, tmp_path: Path) -> None:
        status, _, err = aicfg("init", "--provider", "opnai")
        assert status == 2
        assert 'did you mean "openai"?' in err
        assert not list(tmp_path.iterdir())
