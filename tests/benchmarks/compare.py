#!/usr/bin/env python3
"""Measures `aicfg lint` of big decK files beside other linters, where they are installed, and beside a plain YAML load.

Usage: python tests/benchmarks/compare.py [--tools FOLDER] [--runs 3] [--services 1000 10000]

FOLDER holds `node_modules/.bin/ajv`, `node_modules/.bin/spectral` and `bin/check-jsonschema` (or their PATH is used):

    npm install --prefix FOLDER ajv-cli @stoplight/spectral-cli
    python -m venv FOLDER && FOLDER/bin/pip install check-jsonschema

ajv and check-jsonschema get the JSON Schema that `aicfg schema --plugin ai-proxy` prints, spectral four rules of its
own; aicfg runs all its rules. CPU seconds are medians of whole processes; quote the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import cpu_seconds

SPECTRAL = """\
rules:
  provider:
    given: "$.services[*].routes[*].plugins[*].config.model.provider"
    then: {function: enumeration, functionOptions: {values: [openai, azure, anthropic, cohere, mistral, llama2]}}
  route-type:
    given: "$.services[*].routes[*].plugins[*].config.route_type"
    then: {function: pattern, functionOptions: {match: "^llm/v1/"}}
  model-name:
    given: "$.services[*].routes[*].plugins[*].config.model"
    then: {field: name, function: truthy}
  url:
    given: "$.services[*].routes[*].plugins[*].config.model.options.upstream_url"
    then: {function: pattern, functionOptions: {match: "^https?://"}}
"""
MODELS = (
    ("openai", "Authorization", ""),
    ("anthropic", "x-api-key", ', anthropic_version: "2023-06-01"'),
    ("azure", "api-key", ", azure_instance: team, azure_deployment_id: gpt"),
    ("mistral", "Authorization", ", mistral_format: openai"),
)


def deck(services: int) -> Iterator[str]:
    yield '_format_version: "3.0"\n_info:\n  select_tags: [ai]\nservices:\n'
    for number in range(services):
        provider, header, more = MODELS[number % len(MODELS)]
        options = "".join(f"                  {part.strip()}\n" for part in more.split(",") if part.strip())
        yield (
            f"  - name: svc-{number}\n    url: http://localhost:32000\n    tags: [ai, gen]\n    routes:\n"
            f"      - name: chat-{number}\n        paths:\n          - ~/chat-{number}$\n        methods: [POST]\n"
            f"        protocols: [http, https]\n        plugins:\n          - name: ai-proxy\n            config:\n"
            f"              route_type: llm/v1/chat\n              auth:\n                header_name: {header}\n"
            f'                header_value: "{{vault://env/key-{number % 17}}}"\n              logging:\n'
            "                log_statistics: true\n                log_payloads: false\n              model:\n"
            f"                provider: {provider}\n                name: model-{number % 7}\n"
            "                options:\n"
            f"                  max_tokens: {256 + number % 512}\n                  temperature: 1.0\n{options}"
        )


def schema() -> str:
    """decK's nesting around the published schema of ai-proxy's config."""
    command = [sys.executable, "-m", "aicfg", "schema", "--plugin", "ai-proxy"]
    config = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    definitions = config.pop("definitions", {})
    config.pop("$schema", None)
    nested: dict[str, object] = {"type": "object", "properties": {"config": config}}
    for key in ("plugins", "routes", "services"):
        nested = {"type": "object", "properties": {key: {"type": "array", "items": nested}}}
    return json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "definitions": definitions, **nested})


def find(name: str, tools: Path | None) -> str | None:
    places = [tools / "node_modules" / ".bin" / name, tools / "bin" / name] if tools else []
    return next((str(place) for place in places if place.exists()), shutil.which(name))


def commands(big: Path, folder: Path, tools: Path | None) -> Iterator[tuple[str, list[str]]]:
    load = "import gc,sys,yaml; gc.disable(); yaml.load(open(sys.argv[1]), yaml.CSafeLoader)"
    yield "yaml.load, gc off", [sys.executable, "-c", load, str(big)]
    yield "aicfg lint, all rules", [sys.executable, "-m", "aicfg", "lint", str(big)]
    schema_file, rules = folder / "schema.json", folder / "spectral.yaml"
    if ajv := find("ajv", tools):
        yield "ajv", [ajv, "validate", "--strict=false", "-s", str(schema_file), "-d", str(big)]
    if spectral := find("spectral", tools):
        yield "spectral, 4 rules", [spectral, "lint", "-r", str(rules), str(big)]
    if check := find("check-jsonschema", tools):
        yield "check-jsonschema", [check, "--schemafile", str(schema_file), str(big)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--services", type=int, nargs="+", default=[1_000, 10_000])
    options = parser.parse_args()
    os.environ.setdefault("NODE_OPTIONS", "--max-old-space-size=8000")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "schema.json").write_text(schema(), encoding="utf-8")
        (folder / "spectral.yaml").write_text(SPECTRAL, encoding="utf-8")
        for services in options.services:
            big = folder / f"{services}-services.yaml"
            text = "".join(deck(services))
            big.write_text(text, encoding="utf-8")
            print(f"{services} services, {len(text.splitlines())} lines")
            for label, command in commands(big, folder, options.tools):
                print(f"  {label:24} {cpu_seconds(command, options.runs):8.2f} s CPU")


if __name__ == "__main__":
    main()
