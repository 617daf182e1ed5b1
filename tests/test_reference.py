"""The reference of the manifest: it tells about every key, and every example in it holds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Command
from manifest_around import INCLUDED, around_key, around_part

import aicfg as library
from aicfg.catalog.plugins import plugin_schema
from aicfg.catalog.plugins.describe import field_at
from aicfg.catalog.shorthands import shorthands
from aicfg.catalog.versions import gateway
from aicfg.lint.engine import Run
from aicfg.manifest.model import SHORTHANDS
from aicfg.reference.markdown import about, whole
from aicfg.reference.parts import TOP, Key, Part, parts
from aicfg.render.quoting.yaml import block, flow
from aicfg.resources import schema_file

ErrorsIn = Callable[[dict[str, Any]], list[str]]

GATEWAY = "3.15.0.4"
WIDTH = 120
KEYS = [(part, key) for part in parts().values() for key in part.keys]
REFERENCE = whole()


@pytest.fixture
def errors_in(tmp_path: Path) -> ErrorsIn:
    """Lints a manifest in a folder that has what it may include, and gives its errors."""
    for name, text in INCLUDED.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    def lint(document: dict[str, Any]) -> list[str]:
        (tmp_path / "manifest.yaml").write_text(block(document), encoding="utf-8")
        run = Run()
        run.read(tmp_path / "manifest.yaml")
        return [f"{found.code} {found.message}" for found in run.report().diagnostics if found.severity == "error"]

    return lint


def names_in(schema: Any) -> Iterator[str]:
    """Every key that a JSON Schema names, anywhere in it."""
    if isinstance(schema, dict):
        for keyword, value in schema.items():
            if keyword in ("properties", "definitions"):
                yield from value if keyword == "properties" else ()
                for part in value.values():
                    yield from names_in(part)
            elif keyword in ("items", "additionalProperties"):
                yield from names_in(value)


def section(name: str) -> str:
    """A part's section of the whole reference."""
    return REFERENCE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def fences(text: str) -> list[str]:
    """The YAML that stands in a text of the reference in blocks of its own."""
    return re.findall(r"^```yaml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


class TestItIsComplete:
    def test_every_key_of_the_schema_is_in_it(self) -> None:
        schema = json.loads(Path(schema_file("manifest.schema.json")).read_text("utf-8"))
        assert {key.name for _, key in KEYS} == set(names_in(schema))

    def test_every_key_has_a_type_a_description_and_an_example(self) -> None:
        lacking = [f"{part.name}.{key.path}" for part, key in KEYS if not (key.type and key.about and key.examples)]
        assert lacking == []

    def test_every_key_and_each_of_its_examples_is_printed_in_its_part(self) -> None:
        for part, key in KEYS:
            text = section("Top level" if part.name == TOP else part.name)
            assert f"* `{key.path}` (" in text, (part.name, key.path)
            for example in key.examples:
                written = (f"{key.name}: {flow(example)}", block({key.name: example}).replace("\n", "\n  "))
                assert any(form.strip() in text for form in written), (part.name, key.path, example)

    def test_every_part_says_where_it_stands(self) -> None:
        for part in parts().values():
            if part.name != TOP:
                assert part.places
                assert all(f"`{place}`" in section(part.name) for place in part.places)

    def test_it_fits_into_a_terminal(self) -> None:
        assert [line for line in REFERENCE.splitlines() if len(line) > WIDTH] == []


class TestItsExamples:
    def test_lint_without_an_error_at_the_place_of_their_key(self, errors_in: ErrorsIn) -> None:
        examples = [(part, key, example) for part, key in KEYS for example in key.examples]
        wrong = {
            f"{part.name}.{key.path}: {example}": errors
            for part, key, example in examples
            if (errors := errors_in(around_key(part, key, example)))
        }
        assert wrong == {}

    def test_of_whole_parts_lint_without_an_error(self, errors_in: ErrorsIn) -> None:
        examples = [(part, example) for part in parts().values() for example in part.examples if example != "main"]
        wrong = {
            f"{part.name}: {example}": errors
            for part, example in examples
            if (errors := errors_in(around_part(part, example)))
        }
        assert wrong == {}

    def test_are_found_fault_with_where_one_is_wrong(self, errors_in: ErrorsIn) -> None:
        part = parts()["balancer"]
        key = next(key for key in part.keys if key.name == "algorithm")
        assert errors_in(around_key(part, key, "round-robbin"))[0].startswith("K104")

    def test_read_back_as_what_they_are(self) -> None:
        for _, key in KEYS:
            for example in key.examples:
                assert yaml.safe_load(f"{key.name}: {flow(example)}") == {key.name: example}


@pytest.mark.parametrize("name", SHORTHANDS)
class TestAShorthand:
    def shown(self, name: str) -> list[tuple[str, str]]:
        """The manifests of its examples, each with the plugin that stands next to it."""
        blocks = fences(about(name))[: 2 * len(parts()[name].examples)]
        return list(zip(blocks[::2], blocks[1::2], strict=True))

    def test_stands_next_to_the_plugin_that_it_gives(self, name: str, tmp_path: Path) -> None:
        assert self.shown(name)
        for manifest, plugin in self.shown(name):
            (tmp_path / "manifest.yaml").write_text(manifest, encoding="utf-8")
            (state,) = library.render(tmp_path / "manifest.yaml", "deck").values()
            (route,) = yaml.safe_load(state)["services"][0]["routes"]
            (shown,) = yaml.safe_load(plugin)
            assert shown["name"] == shorthands()[name].plugin
            assert shown in route["plugins"]

    def test_is_shown_in_manifests_without_any_finding(self, name: str) -> None:
        for manifest, _ in self.shown(name):
            run = Run()
            run.read_content(manifest.encode(), "manifest.yaml")
            assert run.report().diagnostics == ()

    def test_tells_which_field_a_key_becomes(self, name: str) -> None:
        for key, rule in shorthands()[name].keys.items():
            for _, path in rule.to.steps:
                assert path == key or f"`config.{path}`" in section(name)


KONGS_OWN = {
    "route": ("ai-proxy", "config"),
    "options": ("ai-proxy-advanced", "config.targets.model.options"),
    "bedrock": ("ai-proxy-advanced", "config.targets.model.options.bedrock"),
    "huggingface": ("ai-proxy-advanced", "config.targets.model.options.huggingface"),
    "auth": ("ai-proxy-advanced", "config.targets.auth"),
    "logging": ("ai-proxy-advanced", "config.targets.logging"),
    "target": ("ai-proxy-advanced", "config.targets"),
    "balancer": ("ai-proxy-advanced", "config.balancer"),
    "vectordb": ("ai-proxy-advanced", "config.vectordb"),
    "acls": ("ai-proxy-advanced", "config.acls"),
    "redis_connection": ("ai-rate-limiting-advanced", "config.redis"),
    **{name: (shorthand.plugin, "config") for name, shorthand in shorthands().items()},
}
"""Parts whose keys are fields of a plugin, and the field that the part is."""

SINCE_IN_ANOTHER_PLACE = {"semantic_guard.max_request_body_size": "before 3.13 the field stands under `rules`"}


def kongs_fields() -> Iterator[tuple[Part, Key, Any, Any]]:
    """Each key that is a field of a plugin, with that field and the one that it stands in."""
    for name, (plugin, base) in KONGS_OWN.items():
        schema = plugin_schema(plugin, gateway(GATEWAY))
        renamed = shorthands()[name].keys if name in shorthands() else {}
        for key in parts()[name].keys:
            own = renamed[key.path].to.steps[-1][1] if key.path in renamed else key.path
            path = f"{base}.{own.replace('[]', '')}"
            field = field_at(schema, path)
            if field is not None:
                yield parts()[name], key, field, field_at(schema, path.rpartition(".")[0])


class TestItAgreesWithThePluginData:
    def test_on_since_when_a_key_is_there(self) -> None:
        versions = re.compile(r"3\.[\d.]*\d")
        for part, key, field, holder in kongs_fields():
            said = " ".join(note for note in key.notes if "since" in note)
            name = f"{part.name}.{key.path}"
            if name not in SINCE_IN_ANOTHER_PLACE and (said or field.since != holder.since):
                assert versions.findall(said) == versions.findall(field.since), name

    def test_on_kongs_defaults(self) -> None:
        for part, key, field, _ in kongs_fields():
            for note in key.notes:
                if note.startswith("Kong's default: "):
                    values = field.default if isinstance(field.default, list | tuple) else [field.default]
                    texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
                    missing = [text for text in texts if not re.search(rf"(?<!\w){re.escape(text)}(?!\w)", note)]
                    assert missing == [], (part.name, key.path, note)


class TestTheCommand:
    def test_prints_the_whole_reference(self, aicfg: Command) -> None:
        assert aicfg("docs") == (0, REFERENCE, "")

    def test_writes_to_a_file(self, aicfg: Command, tmp_path: Path) -> None:
        assert aicfg("docs", "guard", "-o", "guard.md") == (0, "", "")
        assert (tmp_path / "guard.md").read_text("utf-8") == about("guard")

    @pytest.mark.parametrize(
        ("subject", "head"),
        [
            ("guard", "guard"),
            ("route", "route"),
            ("routes", "route"),
            ("routes.balancer", "balancer"),
            ("routes.<name>.targets[].weight", "weight"),
            ("routes.my-route.targets[0].weight", "weight"),
            ("targets.weight", "weight"),
            ("targets", "target"),
            ("providers.api_key", "api_key"),
            ("defaults.vectordb.pgvector.host", "host"),
            ("rate_limit.providers.mistral-cloud.limit", "limit"),
            ("rate_limit.providers.limit", "limit"),
            ("max_tokens", "max_tokens"),
            ("llm_format", "llm_format"),
            ("redis", "redis_connection"),
        ],
    )
    def test_finds_what_is_meant(self, aicfg: Command, subject: str, head: str) -> None:
        status, out, _ = aicfg("docs", subject)
        assert (status, out.splitlines()[0]) == (0, f"# {head}")

    def test_prints_a_key_with_the_keys_in_it_and_nothing_else(self, aicfg: Command) -> None:
        listed = re.findall(r"^\* `(.*?)`", aicfg("docs", "consumers.keyauth_credentials").out, re.MULTILINE)
        inner = [f"keyauth_credentials[].{name}" for name in ("key", "ttl", "tags", "id")]
        assert listed == ["keyauth_credentials", *inner]

    @pytest.mark.parametrize(
        ("subject", "message", "hint"),
        [
            ("gaurd", 'there is no key "gaurd" in a manifest', 'did you mean "guard"?'),
            ("routes.blancer", 'there is no key "blancer" in `routes.<name>`', 'did you mean "balancer"?'),
            ("targets.wieght", 'there is no key "wieght" in `routes.<name>.targets[]`', 'did you mean "weight"?'),
            ("threshold", 'several keys are called "threshold"', "semantic_guard.threshold and vectordb.threshold"),
            ("name.first", 'there is no key "first" in `name`', "`aicfg docs` lists all keys"),
            ("", "there is no key without a name", "`aicfg docs` prints them all"),
        ],
    )
    def test_leads_on_where_there_is_no_such_key(self, aicfg: Command, subject: str, message: str, hint: str) -> None:
        status, out, err = aicfg("docs", subject)
        assert (status, out) == (2, "")
        assert message in err
        assert hint in err

    @pytest.mark.parametrize("subject", ["guard", "routes.balancer", "max_tokens"])
    def test_explain_says_the_same(self, aicfg: Command, subject: str) -> None:
        assert aicfg("explain", subject) == aicfg("docs", subject)

    def test_explain_gives_it_as_json_too(self, aicfg: Command) -> None:
        found = json.loads(aicfg("explain", "targets.weight", "--format", "json").out)
        assert (found["type"], found["notes"], found["examples"]) == ("whole number", ["Kong's default: 100"], [80])
