"""aicfg: a declarative config compiler and validator for Kong's AI Gateway.

The functions below are the public API; everything else may change. Each is loaded when it is first used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aicfg.api import CompileError, check_plugin, compile, fill_defaults, lint, load, render
    from aicfg.errors import AicfgError
    from aicfg.lint.diagnostic import Diagnostic, Report
    from aicfg.translate.refusal import TranslationError
    from aicfg.translate.response import ClientResponse
    from aicfg.translate.stream import ClientStream
    from aicfg.translate.translator import Translator, translate_request, translate_response, translate_stream
    from aicfg.translate.upstream import UpstreamRequest

__version__ = "0.1.0"

_HOMES = {
    "AicfgError": "aicfg.errors",
    "ClientResponse": "aicfg.translate.response",
    "ClientStream": "aicfg.translate.stream",
    "CompileError": "aicfg.api",
    "Diagnostic": "aicfg.lint.diagnostic",
    "Report": "aicfg.lint.diagnostic",
    "TranslationError": "aicfg.translate.refusal",
    "Translator": "aicfg.translate.translator",
    "UpstreamRequest": "aicfg.translate.upstream",
    "check_plugin": "aicfg.api",
    "compile": "aicfg.api",
    "fill_defaults": "aicfg.api",
    "lint": "aicfg.api",
    "load": "aicfg.api",
    "render": "aicfg.api",
    "translate_request": "aicfg.translate.translator",
    "translate_response": "aicfg.translate.translator",
    "translate_stream": "aicfg.translate.translator",
}

__all__ = [
    "AicfgError",
    "ClientResponse",
    "ClientStream",
    "CompileError",
    "Diagnostic",
    "Report",
    "TranslationError",
    "Translator",
    "UpstreamRequest",
    "__version__",
    "check_plugin",
    "compile",
    "fill_defaults",
    "lint",
    "load",
    "render",
    "translate_request",
    "translate_response",
    "translate_stream",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'aicfg' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


class _Api(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        """Importing the package `aicfg.lint` must not put it in the place of the function of that name."""
        if name not in _HOMES or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Api
