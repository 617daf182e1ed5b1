"""HashiCorp's own tools, where they are there: `terraform fmt`, `terraform console`, and the HCL parser.

The parser is the npm package @cdktf/hcl2json. It, the script that calls it and the checker of Kong's provider schemas
lie in `shared/tools` beside this checkout; AICFG_SHARED names another folder, AICFG_CHECKS where the parser is
installed. A test that needs what is not there is skipped.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SHARED = Path(os.environ.get("AICFG_SHARED") or Path(__file__).resolve().parents[2] / "shared")
_ENVIRONMENT = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}

needs_terraform = pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")


def formatted(text: str) -> str:
    """A file as `terraform fmt` writes it. Fails for one that is no HCL."""
    done = subprocess.run(
        ["terraform", "fmt", "-no-color", "-"], input=text.encode(), capture_output=True, env=_ENVIRONMENT, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def evaluated(expression: str, folder: Path, **variables: str) -> Any:
    """What an expression means to Terraform, as JSON says it."""
    declared = "".join(f'variable "{name}" {{ default = "{value}" }}\n' for name, value in variables.items())
    (folder / "main.tf").write_text(declared, encoding="utf-8")
    done = subprocess.run(
        ["terraform", "console", "-no-color"],
        input=f"base64encode(jsonencode({expression}))\n".encode(),
        capture_output=True,
        cwd=folder,
        env=_ENVIRONMENT,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(b64decode(json.loads(done.stdout)))


def parsed(files: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Each file as HashiCorp's parser reads it. Fails for one that is no HCL."""
    script = SHARED / "tools" / "hcl2json.cjs"
    home = Path(os.environ.get("AICFG_CHECKS") or Path.home() / ".cache" / "aicfg-checks")
    if shutil.which("node") is None or not script.is_file() or not (home / "node_modules/@cdktf/hcl2json").is_dir():
        pytest.skip("HashiCorp's HCL parser is not there: it needs node and tools/install.sh beside this checkout")
    placed = {folder / name: text for name, text in files.items()}
    for path, text in placed.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["node", str(script), *map(str, placed)], capture_output=True, text=True, encoding="utf-8", timeout=120
    )
    assert done.returncode == 0, done.stderr
    documents: dict[str, Any] = {
        str(Path(path).relative_to(folder)): document for path, document in json.loads(done.stdout).items()
    }
    for name, document in documents.items():
        assert "__error" not in document, (name, document)
    return documents


@cache
def schema_checker() -> ModuleType:
    """The checker of Kong's provider schemas: `check_folder(documents)` gives errors and the number of resources."""
    file = SHARED / "tools" / "check_terraform.py"
    if not file.is_file() or not (SHARED / "data" / "terraform-schema.json").is_file():
        pytest.skip("tools/check_terraform.py and the provider schemas are not beside this checkout")
    spec = importlib.util.spec_from_file_location("check_terraform", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_ESCAPE_OR_REFERENCE = re.compile(r"\$\$\{|%%\{|\$\{([^{}]*)\}")


def literal(text: str) -> str:
    """A string without references as the parser gives it, its escapes of `${` and `%{` undone."""
    assert not any(match.group(1) for match in _ESCAPE_OR_REFERENCE.finditer(text)), text
    return _ESCAPE_OR_REFERENCE.sub(lambda match: match.group()[1:], text)


def with_references(text: str, value_of: Mapping[str, str]) -> str:
    """A string as the parser gives it, with the value of each reference in its place."""

    def piece(match: re.Match[str]) -> str:
        return match.group()[1:] if match.group(1) is None else value_of[match.group(1)]

    return _ESCAPE_OR_REFERENCE.sub(piece, text)
