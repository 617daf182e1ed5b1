"""The samples: what lies in `samples/` is right, and what lies in `samples/broken/` is wrong in the way it says.

`tests/golden/deck/NAME.yaml` holds the bytes that `aicfg render samples/NAME.yaml --to deck` prints, and
`samples/broken/NAME.out` those that `aicfg lint samples/broken/NAME.yaml` prints. What `samples/environments/` renders
to in each environment stands in `tests/golden/deck/environments/ENVIRONMENT.yaml`. After a change that is meant,

    AICFG_UPDATE_GOLDEN=1 pytest tests/test_samples.py

writes both anew; read the difference before you commit it.
"""

import importlib.util
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

import aicfg
from aicfg.catalog.providers import provider
from aicfg.cli import cli
from aicfg.kong.entities import Entities
from aicfg.kong.references import EnvText, EnvVar

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("AICFG_SHARED") or ROOT.parent / "shared")
SAMPLES = sorted((ROOT / "samples").glob("*.yaml"))
BROKEN = sorted((ROOT / "samples" / "broken").glob("*.yaml"))
COMPOSED = ROOT / "samples" / "environments" / "gateway.yaml"
ENVIRONMENTS = {None: "base", "staging": "staging", "prod": "prod"}
"""What the sample is rendered for, and the names of the golden files."""
GOLDEN = Path(__file__).with_name("golden") / "deck"
UPDATE = os.environ.get("AICFG_UPDATE_GOLDEN") == "1"

NAMED_IN_THE_GUIDES = (
    "anthropic",
    "azure",
    "bedrock",
    "cohere",
    "gemini",
    "huggingface",
    "llama2",
    "llama3",
    "mistral",
    "openai",
)

EVERY_PROVIDER_KEY = {"type", "hosting", "base_url", "api_key", "auth", "options"}
"""All but `upstream_url`, which stands instead of `base_url`, and `format`, which only a custom hosting has."""

EVERY_ROUTE_KEY = {
    *("provider", "model", "route_type", "path", "paths", "hosts", "headers", "protocols", "strip_path", "tags"),
    *("options", "logging", "response_streaming", "llm_format", "max_request_body_size", "plugin_config"),
}

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
each_environment = pytest.mark.parametrize("environment", ENVIRONMENTS, ids=ENVIRONMENTS.get)
each_broken = pytest.mark.parametrize("broken", BROKEN, ids=lambda path: path.stem)


def deck(sample: Path, environment: str | None = None) -> str:
    """The sample's decK file."""
    files = aicfg.render(sample, "deck", env=environment)
    assert list(files) == ["kong.yaml"]
    return files["kong.yaml"]


def same_as_file(text: str, file: Path) -> bool:
    """Whether a file holds the text, byte for byte. With AICFG_UPDATE_GOLDEN=1 it is written first."""
    if UPDATE:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return file.is_file() and file.read_bytes() == text.encode()


def plain(value: Any) -> Any:
    """A value of the entities with each reference to a variable replaced by `env:NAME`."""
    if isinstance(value, EnvText):
        return "".join(f"env:{part.name}" if isinstance(part, EnvVar) else part for part in value.parts)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def without_placeholders(text: str) -> str:
    """decK's text with each placeholder replaced by `env:NAME`."""
    return re.sub(r'\$\{\{ env "DECK_(\w+)" \}\}', r"env:\1", text)


def plugins_of(entities: Entities) -> dict[str, list[tuple[str, Any]]]:
    """Route name -> the name and the config of each of its plugins."""
    return {
        route.name: [(plugin.name, plain(plugin.config)) for plugin in route.plugins] for route in entities.all_routes()
    }


def plugins_in(state: dict[str, Any]) -> dict[str, list[tuple[str, Any]]]:
    """The same, of a decK file that was read."""
    return {
        route["name"]: [(plugin["name"], plugin["config"]) for plugin in route["plugins"]]
        for service in state["services"]
        for route in service["routes"]
    }


def hostings_of(sample: Path) -> set[tuple[str, str]]:
    """The provider types and hostings that a sample's routes lead to."""
    return {hosting for plugin in aicfg.compile(sample).all_plugins() for hosting in plugin.hostings.values()}


HOSTINGS_IN_THE_GUIDES = [
    (type_, hosting) for type_ in NAMED_IN_THE_GUIDES for hosting in provider(type_).hostings if hosting != "custom"
]


@each_sample
def test_a_sample_has_no_finding_not_even_a_remark(sample: Path) -> None:
    assert aicfg.lint(sample).diagnostics == ()


@each_sample
def test_a_sample_renders_to_the_bytes_of_its_golden_file(sample: Path) -> None:
    assert same_as_file(deck(sample), GOLDEN / sample.name)


@each_sample
def test_rendering_a_sample_twice_gives_the_same_bytes(sample: Path) -> None:
    assert deck(sample) == deck(sample)


@each_sample
def test_the_golden_file_of_a_sample_reads_back_as_the_compiled_plugins(sample: Path) -> None:
    text = (GOLDEN / sample.name).read_text(encoding="utf-8")
    assert plugins_in(yaml.safe_load(without_placeholders(text))) == plugins_of(aicfg.compile(sample))


def deck_complaints(file: Path) -> list[str]:
    """What decK's own schemas say against a file. Skips the test where they are not at hand."""
    checker = SHARED / "tools" / "check_deck.py"
    if not checker.is_file():
        pytest.skip("tools/check_deck.py is not beside this checkout; AICFG_SHARED names the folder that holds it")
    spec = importlib.util.spec_from_file_location("check_deck", checker)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    complaints: list[str] = module.check(file)
    return complaints


@each_sample
def test_deck_accepts_the_golden_file_of_a_sample(sample: Path) -> None:
    assert deck_complaints(GOLDEN / sample.name) == []


@pytest.mark.parametrize("sample", [*SAMPLES, *sorted(COMPOSED.parent.iterdir())], ids=lambda path: path.stem)
def test_a_sample_says_on_top_where_its_schema_is_and_then_what_it_shows(sample: Path) -> None:
    modeline, comment, *_ = sample.read_text(encoding="utf-8").splitlines()
    up = "../" * len(sample.relative_to(ROOT).parents[:-1])
    assert modeline == f"# yaml-language-server: $schema={up}schemas/manifest.schema.json"
    assert (sample.parent / modeline.partition("=")[2]).is_file()
    assert re.fullmatch(r"# .{10,110}\.", comment)


def test_there_is_a_golden_file_for_each_sample_and_for_nothing_else() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {sample.name for sample in SAMPLES} | {COMPOSED.parent.name}


def test_the_sample_with_environments_has_no_finding_in_any_of_them() -> None:
    report = aicfg.lint(COMPOSED)
    assert report.diagnostics == ()
    assert [Path(file).name for file in report.files] == ["gateway.yaml", "providers.yaml"]
    assert aicfg.lint(COMPOSED.parent).files == report.files


@each_environment
def test_the_sample_with_environments_renders_to_its_golden_files(environment: str | None) -> None:
    file = GOLDEN / COMPOSED.parent.name / f"{ENVIRONMENTS[environment]}.yaml"
    assert same_as_file(deck(COMPOSED, environment), file)
    assert deck_complaints(file) == []


def test_there_is_a_golden_file_for_each_environment_and_for_nothing_else() -> None:
    assert {path.stem for path in (GOLDEN / COMPOSED.parent.name).iterdir()} == {*ENVIRONMENTS.values()}


@pytest.mark.parametrize("hosting", HOSTINGS_IN_THE_GUIDES, ids="-".join)
def test_each_provider_and_hosting_of_the_guides_has_a_sample_of_its_own(hosting: tuple[str, str]) -> None:
    assert any(hostings_of(sample) == {hosting} for sample in SAMPLES)


def test_one_sample_has_everything_that_is_compiled() -> None:
    manifest = aicfg.load(ROOT / "samples" / "everything.yaml")
    routes = manifest.document.data["routes"].values()
    assert set(manifest.document.data) == {"version", "name", "gateway", "defaults", "service", "providers", "routes"}
    assert {key for route in routes for key in route} >= EVERY_ROUTE_KEY
    assert {key for entry in manifest.document.data["providers"].values() for key in entry} >= EVERY_PROVIDER_KEY


@each_broken
def test_lint_says_of_a_broken_sample_what_its_out_file_holds(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(cli, ["lint", broken.relative_to(ROOT).as_posix()])
    assert same_as_file(result.output, broken.with_suffix(".out"))
    assert result.exit_code == ("error[" in result.output)


@each_broken
def test_a_broken_sample_has_a_finding_that_is_no_mere_remark(broken: Path) -> None:
    assert aicfg.lint(broken).at_or_above("warning")


@each_broken
def test_a_broken_sample_names_the_guide_that_it_comes_from(broken: Path) -> None:
    assert re.match(r"# From ", broken.read_text(encoding="utf-8"))


def test_there_is_an_out_file_for_each_broken_sample_and_for_nothing_else() -> None:
    assert {path.stem for path in (ROOT / "samples" / "broken").glob("*.out")} == {path.stem for path in BROKEN}
