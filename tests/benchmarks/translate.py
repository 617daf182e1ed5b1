#!/usr/bin/env python3
"""Measures translated requests beside LiteLLM's `return_raw_request`: one in a fresh process, and many in a loop.

Usage: python tests/benchmarks/translate.py [--litellm FOLDER] [--runs 5]

FOLDER is a virtual environment with LiteLLM; without it only aicfg is measured:

    python -m venv FOLDER && FOLDER/bin/pip install litellm

Both get the same chat and answer with the body for the provider; nothing is sent, and LiteLLM takes its price list from
the package, not from the network. Fresh processes are medians in CPU seconds, loops the best of some tries; quote the
ratios. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from bench import cpu_seconds

BODY = {
    "messages": [
        {"role": "system", "content": "You answer in one short sentence."},
        {"role": "user", "content": "Why does the sky look orange at dusk?"},
    ],
    "temperature": 0.7,
    "max_tokens": 512,
}
KEY = {"header_name": "Authorization", "header_value": "Bearer k"}


class Provider(NamedTuple):
    """A provider as aicfg's config has it and as LiteLLM calls it."""

    name: str
    litellm: str
    options: dict[str, Any]
    model: str

    def config(self) -> dict[str, Any]:
        model = {"provider": self.name, "name": self.model, "options": self.options}
        return {"route_type": "llm/v1/chat", "auth": KEY, "model": model}

    def arguments(self) -> dict[str, Any]:
        return {"model": f"{self.litellm}/{self.model}", **BODY}


PROVIDERS = (
    Provider("openai", "openai", {"max_tokens": 512}, "gpt-4o"),
    Provider("anthropic", "anthropic", {"anthropic_version": "2023-06-01"}, "claude-sonnet-4-5"),
    Provider("mistral", "mistral", {"mistral_format": "openai"}, "mistral-small-latest"),
    Provider("gemini", "gemini", {}, "gemini-2.5-flash"),
)

OURS = """
import json, sys
import aicfg
json.dumps(aicfg.translate_request(json.loads(sys.argv[1]), json.loads(sys.argv[2])).body)
"""
THEIRS = """
import json, os, sys, time
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
from litellm.types.utils import CallTypes
from litellm.utils import return_raw_request
arguments = json.loads(sys.argv[1])
def call():
    made = return_raw_request(CallTypes.completion, dict(arguments))
    if not made.get("raw_request_body"):
        sys.exit(f"LiteLLM gave no request: {made}")
    return made
json.dumps(call()["raw_request_body"], default=str)
"""


def fresh(runs: int, litellm: str | None, folder: Path) -> None:
    base = cpu_seconds([sys.executable, "-I", "-c", "pass"], runs)
    print(f"{'one request, fresh process':28} {'library, cpu s':>14} {'x python':>9} ", end="")
    print(f"{'command, cpu s':>15} {'x python':>9}", end="")
    print(f" {'LiteLLM, cpu s':>15} {'x library':>10} {'x command':>10}" if litellm else "")
    for provider in PROVIDERS:
        config, body = json.dumps(provider.config()), json.dumps(BODY)
        library = cpu_seconds([sys.executable, "-c", OURS, config, body], runs)
        command = cpu_seconds([sys.executable, "-m", "aicfg", "translate", *files(provider, folder)], runs)
        print(f"{provider.name:28} {library:14.3f} {library / base:9.1f} {command:15.3f} {command / base:9.1f}", end="")
        if litellm:
            theirs = [litellm, "-c", THEIRS, json.dumps(provider.arguments())]
            subprocess.run(theirs, check=True, capture_output=True)
            seconds = cpu_seconds(theirs, runs)
            print(f" {seconds:15.3f} {seconds / library:10.1f} {seconds / command:10.1f}", end="")
        print()


def files(provider: Provider, folder: Path) -> list[str]:
    """A Kong file with the provider and a file with the request, as arguments of the command, which takes them."""
    kong, request = folder / f"{provider.name}.json", folder / "request.json"
    plugin = {"name": "ai-proxy", "config": provider.config()}
    route = {"name": "chat", "paths": ["/chat"], "plugins": [plugin]}
    service = {"name": "chat", "url": "http://localhost:32000", "routes": [route]}
    kong.write_text(json.dumps({"_format_version": "3.0", "services": [service]}), encoding="utf-8")
    request.write_text(json.dumps(BODY), encoding="utf-8")
    arguments = [str(kong), "--request", str(request)]
    subprocess.run([sys.executable, "-m", "aicfg", "translate", *arguments], check=True, capture_output=True)
    return arguments


def loops(litellm: str | None) -> None:
    import aicfg

    print(f"\n{'in a loop, requests a second':28} {'aicfg, parsed':>14} {'bytes':>9} ", end="")
    print(f"{'traced':>9} {'LiteLLM':>9} {'ratio':>8}")
    raw = json.dumps(BODY).encode()
    for provider in PROVIDERS:
        request = aicfg.Translator(provider.config()).request
        parsed = a_second(lambda request=request: request(BODY).body)
        encoded = a_second(lambda request=request: request(raw).body)
        traced = a_second(lambda request=request: request(BODY).trace)
        print(f"{provider.name:28} {parsed:14.0f} {encoded:9.0f} {traced:9.0f}", end="")
        if litellm:
            theirs = a_second_of_theirs(litellm, provider)
            print(f" {theirs:9.0f} {parsed / theirs:7.0f}x", end="")
        print()


def a_second(call: Callable[[], object]) -> float:
    """How often a call can be made a second: the best of five tries of a fifth of a second."""
    best = 0.0
    for _ in range(5):
        start, count = time.perf_counter(), 0
        while time.perf_counter() - start < 0.2:
            for _ in range(20):
                call()
            count += 20
        best = max(best, count / (time.perf_counter() - start))
    return best


def a_second_of_theirs(litellm: str, provider: Provider) -> float:
    code = f"{THEIRS}\nfrom collections.abc import Callable\n{inspect.getsource(a_second)}\nprint(a_second(call))"
    command = [litellm, "-c", f"from __future__ import annotations\n{code}", json.dumps(provider.arguments())]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--litellm", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    litellm = str(options.litellm.absolute() / "bin" / "python") if options.litellm else None
    with tempfile.TemporaryDirectory() as folder:
        # bytecode is kept, as it is for what is installed
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ |= {"PYTHONPYCACHEPREFIX": folder, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
        fresh(options.runs, litellm, Path(folder))
        loops(litellm)


if __name__ == "__main__":
    main()
