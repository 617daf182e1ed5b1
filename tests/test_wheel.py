"""The wheel: everything that aicfg needs is in it, nothing else is, and it works from another folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import distribution, version
from importlib.util import find_spec
from pathlib import Path

import pytest

DEPENDENCIES = ("click", "jinja2", "markupsafe", "jsonschema", "pyyaml", "ruamel.yaml")
ROOT = Path(__file__).resolve().parent.parent

pytestmark = [
    pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="there is no source tree to build from"),
    pytest.mark.skipif(
        find_spec("build") is None or find_spec("hatchling") is None,
        reason="build and hatchling are not installed: pip install -e '.[test]'",
    ),
]


def run(*command: str | Path, folder: Path) -> str:
    """The standard output of a command that has to succeed, with no Python settings of this process."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "AICFG"))}
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", timeout=300
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the source tree so that nothing is left behind in it."""
    source = tmp_path_factory.mktemp("source") / "aicfg"
    skipped = shutil.ignore_patterns(".*", "__pycache__", "dist", "build", "vectors")
    shutil.copytree(ROOT, source, ignore=skipped)
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ".", folder=source)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with the wheel in it. Its folder of scripts.

    The dependencies come from the environment that runs the tests, by a path file, so that no network is needed. The
    wheel's own aicfg stands before theirs.
    """
    place = tmp_path_factory.mktemp("venv")
    lends_pip = find_spec("pip") is not None and int(version("pip").partition(".")[0]) >= 23  # it knows --python
    venv.EnvBuilder(with_pip=not lends_pip, symlinks=os.name != "nt").create(place)
    scripts = place / ("Scripts" if os.name == "nt" else "bin")
    own, lent = [scripts / "python", "-m", "pip"], [sys.executable, "-m", "pip", "--python", scripts / "python"]
    run(*(lent if lends_pip else own), "install", "--quiet", "--no-deps", "--no-index", wheel, folder=place)
    where = run(scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=place)
    folders = {str(distribution(name).locate_file("")) for name in DEPENDENCIES}
    (Path(where.strip()) / "dependencies.pth").write_text("\n".join(sorted(folders)) + "\n", encoding="utf-8")
    return scripts


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder that has nothing to do with the source tree."""
    return tmp_path


def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def files_below(folder: str) -> set[str]:
    found = (path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.as_posix() for path in found if "__pycache__" not in path.parts and not path.name.startswith(".")}


@pytest.mark.parametrize("folder", ["schemas", "templates"])
def test_the_wheel_holds_the_data(wheel: Path, folder: str) -> None:
    assert {f"aicfg/{name}" for name in files_below(folder)} <= set(names(wheel))


def test_the_wheel_holds_the_code_and_says_that_it_is_typed(wheel: Path) -> None:
    assert files_below("aicfg") <= set(names(wheel))
    assert "aicfg/py.typed" in names(wheel)


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    data = {f"aicfg/{name}" for folder in ("schemas", "templates") for name in files_below(folder)}
    others = set(names(wheel)) - data - files_below("aicfg")
    assert {name.partition("/")[0].partition("-")[0] for name in others} == {"aicfg"}
    assert {name.partition("/")[2] for name in others} == {
        "METADATA",
        "WHEEL",
        "RECORD",
        "entry_points.txt",
        "licenses/LICENSE",
    }


def test_the_metadata_names_the_dependencies_and_the_oldest_python(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
        metadata = archive.read(name).decode()
    assert "Requires-Python: >=3.10\n" in metadata
    for dependency in ("click", "jinja2", "jsonschema", "pyyaml", "ruamel"):
        assert f"Requires-Dist: {dependency}" in metadata


def test_the_installed_package_is_not_the_source_tree(installed: Path, elsewhere: Path) -> None:
    where = run(installed / "python", "-c", "import aicfg; print(aicfg.__file__)", folder=elsewhere)
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_the_installed_command_goes_all_the_way(installed: Path, elsewhere: Path) -> None:
    aicfg = installed / "aicfg"
    assert run(aicfg, "--version", folder=elsewhere).startswith("aicfg ")
    run(aicfg, "init", "--provider", "mistral", folder=elsewhere)
    assert run(aicfg, "lint", "aicfg.yaml", folder=elsewhere) == "no findings in 1 file\n"
    run(aicfg, "render", "aicfg.yaml", "-o", "kong.yaml", folder=elsewhere)
    assert '${{ env "DECK_MISTRAL_API_KEY" }}' in (elsewhere / "kong.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command", [["providers"], ["providers", "openai"], ["schema"], ["rules"], ["explain", "M101"]]
)
def test_every_other_installed_command_finds_its_data(installed: Path, elsewhere: Path, command: list[str]) -> None:
    assert len(run(installed / "aicfg", *command, folder=elsewhere)) > 100
