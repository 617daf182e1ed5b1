"""Configs of plugins that aicfg does not know, checked with the user's own JSON Schema (K402)."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Command

TOKEN = "sk-" + "a1b2c3d4" * 4

Put = Callable[[str, str], None]
Lint = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(name: str, text: str) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    return write


def kong(config: str) -> str:
    return f'_format_version: "3.0"\nplugins:\n  - name: my-auth\n    config:\n      {config}\n'


@pytest.fixture
def found(aicfg: Command, put: Put) -> Lint:
    """The K402 findings for a config of one line, which stands in line 5 from column 7, and a schema."""

    def lint(config: str, schema: dict[str, Any]) -> list[dict[str, Any]]:
        put("kong.yaml", kong(config))
        put("schema.json", json.dumps(schema))
        out = aicfg("lint", "kong.yaml", "--plugin-schema", "my-auth=schema.json", "--format", "json").out
        return [one for one in json.loads(out)["diagnostics"] if one["code"] == "K402"]

    return lint


def properties(**schemas: Any) -> dict[str, Any]:
    return {"type": "object", "properties": schemas}


class TestWhereASchemaComesFrom:
    SCHEMA = json.dumps(properties(mode={"enum": ["strict", "lax"]}))

    def test_without_one_the_config_is_left_alone(self, aicfg: Command, put: Put) -> None:
        put("kong.yaml", kong("mode: strct"))
        assert aicfg("lint", "kong.yaml") == (0, "no findings in 1 file\n", "")

    def test_the_command_line(self, aicfg: Command, put: Put) -> None:
        put("kong.yaml", kong("mode: strct"))
        put("s.json", self.SCHEMA)
        status, out, err = aicfg("lint", "kong.yaml", "--plugin-schema", "my-auth=s.json")
        assert (status, err) == (1, "")
        assert out == (
            'error[K402]: config.mode must be "strict" or "lax"\n'
            " --> kong.yaml:5:13\n"
            "  |\n"
            "5 |       mode: strct\n"
            "  |             ^^^^^\n"
            '  = help: did you mean "strict"?\n'
            "\n"
            "found 1 error: `aicfg explain CODE` tells more about each\n"
        )

    def test_the_settings_file_with_paths_from_where_it_is(self, aicfg: Command, put: Put) -> None:
        put("team/kong.yaml", kong("mode: strct"))
        put("team/schemas/s.json", self.SCHEMA)
        put("team/aicfg.toml", '[plugin-schemas]\nmy-auth = "schemas/s.json"\n')
        assert "error[K402]" in aicfg("lint", "team/kong.yaml").out

    def test_pyproject_toml(self, aicfg: Command, put: Put) -> None:
        put("kong.yaml", kong("mode: strct"))
        put("s.json", self.SCHEMA)
        put("pyproject.toml", '[tool.aicfg.plugin-schemas]\nmy-auth = "s.json"\n')
        assert "error[K402]" in aicfg("lint", "kong.yaml").out

    def test_the_command_line_wins_plugin_by_plugin(self, aicfg: Command, put: Put) -> None:
        put("kong.yaml", kong("mode: strct") + "  - {name: other, config: {x: 1}}\n")
        put("s.json", self.SCHEMA)
        put("any.json", "{}")
        put("aicfg.toml", '[plugin-schemas]\nmy-auth = "s.json"\nother = "none.json"\n')
        options = ["--plugin-schema", "other=any.json"]
        assert "error[K402]" in aicfg("lint", "kong.yaml", *options).out
        assert aicfg("lint", "kong.yaml", *options, "--plugin-schema", "my-auth=any.json").status == 0

    def test_yaml_will_do(self, aicfg: Command, put: Put) -> None:
        put("kong.yaml", kong("mode: strct"))
        put("s.yaml", "type: object\nproperties:\n  mode: {enum: [strict]}\n")
        assert "error[K402]" in aicfg("lint", "kong.yaml", "--plugin-schema", "my-auth=s.yaml").out

    def test_kubernetes_plugins_are_checked_too(self, aicfg: Command, put: Put) -> None:
        head = "apiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nmetadata: {name: a}\n"
        put("k8s.yaml", f"{head}plugin: my-auth\nconfig:\n  mode: strct\n")
        put("s.json", self.SCHEMA)
        assert "k8s.yaml:6:9" in aicfg("lint", "k8s.yaml", "--plugin-schema", "my-auth=s.json").out


class TestFindings:
    @pytest.mark.parametrize(
        ("config", "schema", "message"),
        [
            ("a: x", properties(a={"type": "integer"}), "config.a must be a whole number"),
            ("a: 5", properties(a={"type": ["string", "null"]}), "config.a must be text or null"),
            ("a: 5", properties(a={"enum": [1, 2]}), "config.a must be 1 or 2"),
            ("a: 5", properties(a={"enum": list(range(10, 20))}), "config.a is none of what it may be"),
            ("a: 5", properties(a={"const": "x"}), 'config.a must be "x"'),
            ("a: 5", properties(a={"maximum": 4}), "config.a must be at most 4"),
            ("a: 5", properties(a={"exclusiveMinimum": 5}), "config.a must be more than 5"),
            ("a: 5", properties(a={"multipleOf": 2}), "config.a must be a multiple of 2"),
            ("a: x", properties(a={"minLength": 2}), "config.a is too short: it must have 2 characters or more"),
            ("a: x", properties(a={"pattern": "^y"}), 'config.a must match the pattern "^y"'),
            ("a: [1, 1]", properties(a={"uniqueItems": True}), "config.a holds an item twice"),
            ("a: [1]", properties(a={"minItems": 2}), "config.a has too few items: there must be 2 or more"),
            ("a: [1]", properties(a={"contains": {"const": 2}}), "config.a lacks an item that the schema demands"),
            ("a: 5", properties(a=False), "config.a is not allowed by the schema"),
            ("a: 5", properties(a={"not": {"const": 5}}), "config.a is what the schema rules out"),
            ("a: 5", properties(a={"anyOf": [{"type": "string"}]}), "config.a fits none of the forms"),
            ("a: 5", properties(a={"oneOf": [{}, {}]}), "config.a fits several of the forms"),
            ("a: 5", {"dependentRequired": {"a": ["b"]}}, 'config does not meet "dependentRequired" of the schema'),
            ("a: 5", {"unevaluatedProperties": False}, "config has a key that the schema does not allow"),
            ("a: 5", {"$ref": "#/$defs/x", "$defs": {"x": properties(a=False)}}, "config.a is not allowed"),
        ],
    )
    def test_say_what_is_wrong(self, found: Lint, config: str, schema: dict[str, Any], message: str) -> None:
        (one,) = found(config, schema)
        assert one["severity"] == "error"
        assert one["message"].startswith(message)
        assert one["hint"]

    def test_point_at_the_value(self, found: Lint) -> None:
        (one,) = found("a: {b: [1, x]}", properties(a=properties(b={"items": {"type": "integer"}})))
        assert one["range"]["start"] == {"line": 5, "column": 18}
        assert one["path"] == "plugins[0].config.a.b[1]"

    def test_a_missing_key_is_pointed_at_its_map(self, found: Lint) -> None:
        first, second = found("a: 5", {"required": ["b", "a", "c"], "properties": {"c": {"description": "The\n c."}}})
        assert (first["message"], first["hint"]) == ("config.b is missing", "add it")
        assert (second["message"], second["hint"]) == ("config.c is missing", "The c.")
        assert first["range"]["start"] == {"line": 4, "column": 5}

    def test_an_unknown_key_is_pointed_at_itself_each_for_itself(self, found: Lint) -> None:
        schema = {**properties(mode={}), "patternProperties": {"^x-": {}}, "additionalProperties": False}
        first, second = found("{mod: 5, x-a: 1, other-thing: 2}", schema)
        assert (first["message"], first["hint"]) == ("config.mod is not in the schema", 'did you mean "mode"?')
        assert first["range"] == {"start": {"line": 5, "column": 8}, "end": {"line": 5, "column": 11}}
        assert second["message"] == "config.other-thing is not in the schema"

    def test_a_name_that_does_not_fit_is_pointed_at_itself(self, found: Lint) -> None:
        (one,) = found("{ok: 1, toolong: 2}", {"propertyNames": {"maxLength": 3}})
        assert one["message"].startswith('the key "toolong" of config is too long')
        assert one["range"]["start"]["column"] == 15

    def test_the_nearest_form_is_told(self, found: Lint) -> None:
        schema = properties(a={"oneOf": [{"type": "string"}, {"type": "string", "maxLength": 3}]})
        (one,) = found("a: 5", schema)
        assert one["hint"] == "nearest: config.a must be text"

    def test_all_errors_come_in_one_run(self, found: Lint) -> None:
        schema = {**properties(a={"type": "string"}, b={"type": "string"}), "required": ["c"]}
        assert len(found("{a: 1, b: 2}", schema)) == 3

    def test_no_value_is_shown(self, aicfg: Command, put: Put) -> None:
        put("kong.yaml", kong(f"{{mode: {TOKEN}, token: hush-hush, list: [{TOKEN}]}}"))
        schema = properties(mode={"type": "integer"}, token={"const": 1}, list={"contains": {"const": 1}})
        put("s.json", json.dumps(schema))
        for format_ in ("text", "json"):
            out = aicfg("lint", "kong.yaml", "--plugin-schema", "my-auth=s.json", "--format", format_).out
            assert "K402" in out
            assert TOKEN not in out
            assert "hush-hush" not in out

    def test_a_plugin_without_a_config_has_an_empty_one(self, aicfg: Command, put: Put) -> None:
        put("kong.yaml", '_format_version: "3.0"\nplugins:\n  - name: my-auth\n')
        put("s.json", '{"type": "object", "required": ["a"]}')
        out = aicfg("lint", "kong.yaml", "--plugin-schema", "my-auth=s.json").out
        assert "error[K402]: config.a is missing\n --> kong.yaml:3:5" in out

    def test_can_be_ignored(self, aicfg: Command, put: Put) -> None:
        put("kong.yaml", kong("a: 5"))
        put("s.json", '{"type": "string"}')
        assert aicfg("lint", "kong.yaml", "--plugin-schema", "my-auth=s.json", "--ignore", "K402").status == 0


class TestValuesThatAreNotKnownYet:
    DECK = "'${{ env \"DECK_X\" }}'"

    @pytest.mark.parametrize(
        ("value", "schema"),
        [
            (DECK, {"type": "integer", "maximum": 5}),
            (DECK, {"enum": ["a"]}),
            (DECK, {"anyOf": [{"type": "integer"}, {"type": "boolean"}]}),
            (f"[{DECK}]", {"contains": {"const": 1}}),
            (f"[{DECK}]", {"anyOf": [{"items": {"type": "integer"}}]}),
            ('"{vault://env/x}"', {"type": "string", "pattern": "^y", "maxLength": 2}),
            ("'https://${{ env \"DECK_X\" }}/'", {"pattern": "^https://[a-z]+/$"}),
        ],
    )
    def test_are_taken_to_fit(self, found: Lint, value: str, schema: dict[str, Any]) -> None:
        assert found(f"a: {value}", properties(a=schema)) == []

    @pytest.mark.parametrize(
        ("value", "schema"),
        [
            ('"{vault://env/x}"', {"type": "integer"}),
            ("'https://${{ env \"DECK_X\" }}/'", {"type": "integer"}),
            (f"[{DECK}]", {"type": "object"}),
            (f"[{DECK}]", {"maxItems": 0}),
            (f"{{x: {DECK}}}", {"required": ["y"]}),
            (f"{{x: {DECK}}}", {"additionalProperties": False}),
        ],
    )
    def test_hide_nothing_that_is_known(self, found: Lint, value: str, schema: dict[str, Any]) -> None:
        assert len(found(f"a: {value}", properties(a=schema))) == 1

    def test_a_condition_on_one_decides_nothing(self, found: Lint) -> None:
        schema = {"if": properties(a={"const": "x"}), "then": {}, "else": {"required": ["b"]}}
        assert found(f"a: {self.DECK}", schema) == []
        assert len(found("a: y", schema)) == 1


class TestDrafts:
    @pytest.mark.parametrize(
        ("draft", "schema", "number"),
        [
            ("http://json-schema.org/draft-04/schema#", {"minimum": 5, "exclusiveMinimum": True}, 1),
            ("http://json-schema.org/draft-07/schema#", {"const": 6}, 1),
            ("http://json-schema.org/draft-04/schema#", {"const": 6}, 0),
            ("https://json-schema.org/draft/2019-09/schema", {"exclusiveMinimum": 5}, 1),
        ],
    )
    def test_the_schema_names_its_own(self, found: Lint, draft: str, schema: dict[str, Any], number: int) -> None:
        assert len(found("a: 5", {"$schema": draft, **properties(a=schema)})) == number

    def test_the_meta_schema_is_at_hand(self, found: Lint) -> None:
        meta = "http://json-schema.org/draft-07/schema#"
        assert len(found("type: 5", {"$schema": meta, "$ref": meta})) == 1


class TestSchemasThatCannotBeUsed:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('{"type": "strng"}', "s.json:1:10: this is no JSON Schema"),
            ('{"type": ', "s.json:2:1: "),
            ('{"type": "string", "type": "object"}', "s.json:1:20: "),
            ("", "s.json:1:1: the file is empty"),
            ("[]", "s.json:1:1: a JSON Schema is a map"),
            ('{"properties": {"a": {"pattern": "("}}}', "s.json:1:34: this is no JSON Schema"),
            ('{"$schema": "draft-99"}', "s.json:1:13: this is not a draft of JSON Schema that aicfg knows"),
            ('{"$schema": "http://["}', "s.json:1:13: this is not a draft of JSON Schema that aicfg knows"),
            ('{"$id": "a", "$ref": "http://["}', "s.json: jsonschema cannot use this schema (ValueError)"),
            ('{"$schema": 5}', "s.json:1:13: this is not a draft of JSON Schema that aicfg knows"),
            ('{"$ref": "#/$defs/a"}', 's.json:1:11: $ref "#/$defs/a" leads nowhere'),
            ('{"$ref": "http://["}', "s.json:1:11: $ref "),
        ],
    )
    def test_stop_the_run_before_any_file_is_read(self, aicfg: Command, put: Put, text: str, message: str) -> None:
        put("kong.yaml", kong("a: 5"))
        put("s.json", text + "\n" if text else "")
        status, out, err = aicfg("lint", "kong.yaml", "--plugin-schema", "my-auth=s.json")
        assert (status, out) == (2, "")
        assert err.startswith(f"error: {message}")

    @pytest.mark.parametrize(
        "schema",
        [
            {"$ref": "https://127.0.0.1:9/x.json"},
            {"$ref": "#/x/y", "x": {"y": {"$ref": "http://127.0.0.1:9/x.json"}}},
            properties(z={"items": {"$ref": "other.json#/x"}}),
            {"$id": "https://127.0.0.1:9/", **properties(z={"$ref": "b"})},
        ],
    )
    def test_nothing_is_fetched(
        self, aicfg: Command, put: Put, monkeypatch: pytest.MonkeyPatch, schema: dict[str, Any]
    ) -> None:
        asked: list[Any] = []
        monkeypatch.setattr(socket, "create_connection", lambda *args, **options: asked.append(args))
        put("kong.yaml", kong("a: 5"))
        put("s.json", json.dumps(schema))
        status, out, err = aicfg("lint", "kong.yaml", "--plugin-schema", "my-auth=s.json")
        assert (status, out) == (2, "")
        assert "leads out of this file, and nothing is fetched" in err
        assert asked == []

    @pytest.mark.parametrize(
        ("config", "schema", "message"),
        [
            ("a: 5", {"$ref": "#"}, "the schema refers to itself without end"),
            ("a: 5", {"x": {"y": {"$ref": "#/z"}}, "$ref": "#/x/y"}, "leads nowhere"),
            (
                "a: .nan",
                properties(a={"multipleOf": 0.1}),
                "jsonschema cannot check the config of my-auth against this",
            ),
        ],
    )
    def test_one_that_shows_it_late_gives_no_clean_report(
        self, aicfg: Command, put: Put, config: str, schema: dict[str, Any], message: str
    ) -> None:
        put("kong.yaml", kong(config))
        put("s.json", json.dumps(schema))
        status, out, err = aicfg("lint", "kong.yaml", "--plugin-schema", "my-auth=s.json")
        assert (status, out) == (2, "")
        assert message in err

    def test_a_missing_file(self, aicfg: Command) -> None:
        status, out, err = aicfg("lint", "--plugin-schema", "my-auth=nowhere.json")
        assert (status, out) == (2, "")
        assert err.startswith("error: nowhere.json: there is no such file")

    @pytest.mark.parametrize("value", ["my-auth", "=s.json", "my-auth="])
    def test_the_option_is_a_name_and_a_file(self, aicfg: Command, value: str) -> None:
        status, out, err = aicfg("lint", "--plugin-schema", value)
        assert (status, out) == (2, "")
        assert "NAME=FILE" in err

    def test_a_plugin_that_aicfg_knows_takes_none(self, aicfg: Command, put: Put) -> None:
        put("s.json", "{}")
        status, out, err = aicfg("lint", "--plugin-schema", "ai-proxy=s.json")
        assert (status, out) == (2, "")
        assert "aicfg has Kong's own schema of ai-proxy" in err
        put("aicfg.toml", '[plugin-schemas]\nai-proxy = "s.json"\n')
        assert aicfg("lint").status == 2
