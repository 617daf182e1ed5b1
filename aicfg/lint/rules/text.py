"""M0xx: the text of a file, before anyone asks what it means."""

from __future__ import annotations

from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.subjects import OfAnother, SourceProblems, Unrecognised


@rule("M001", "syntax", "error")
def syntax(source: SourceProblems) -> Findings:
    """The text is neither YAML nor JSON.

    Nothing can be read from here on, so this is the only finding of the file.

    Example:
        version: 1
        routes: {chat: {provider: p
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes: {chat: {provider: p, model: gpt-4o}}
    """
    return source.of_kind("syntax")


@rule("M002", "tab-indentation", "error")
def tab_indentation(source: SourceProblems) -> Findings:
    """A tab stands where YAML wants spaces.

    YAML forbids tabs in indentation. Most editors can be set to insert spaces.

    Example:
        version: 1
        providers:
        \tp: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes: {chat: {provider: p, model: gpt-4o}}
    """
    return source.of_kind("tab")


@rule("M003", "duplicate-key", "error")
def duplicate_key(source: SourceProblems) -> Findings:
    """A key stands twice in the same map.

    Most readers keep the last one and lose the first without a word.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
          chat: {provider: p, model: gpt-4o-mini}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
          chat-mini: {provider: p, model: gpt-4o-mini}
    """
    return source.of_kind("duplicate-key")


@rule("M004", "non-string-key", "error")
def non_string_key(source: SourceProblems) -> Findings:
    """A key is a number, a boolean, null, a list or a map.

    JSON, and so everything that Kong reads, has text keys only.

    Example:
        version: 1
        providers:
          1: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes: {chat: {provider: "1", model: gpt-4o}}
    Use instead:
        version: 1
        providers:
          "1": {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes: {chat: {provider: "1", model: gpt-4o}}
    """
    return source.of_kind("non-string-key")


@rule("M005", "unknown-tag", "error")
def unknown_tag(source: SourceProblems) -> Findings:
    """A value carries a YAML tag that means nothing here.

    Tags such as `!secret` belong to other tools, and would be lost without a word.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes: {chat: {provider: p, model: !latest gpt-4o}}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes: {chat: {provider: p, model: gpt-4o}}
    """
    return source.of_kind("unknown-tag")


@rule("M006", "several-documents", "error")
def several_documents(source: SourceProblems) -> Findings:
    """The file holds several YAML documents where one is wanted.

    A manifest is one document; what stands behind `---` would be lost.

    Example:
        version: 1
        ---
        version: 1
    Use instead:
        version: 1
    """
    return source.of_kind("several-documents")


@rule("M007", "encoding", "error")
def encoding(source: SourceProblems) -> Findings:
    """The text is not UTF-8.

    Kong, decK and Kubernetes read UTF-8 only. Save the file in that encoding.
    """
    return source.of_kind("encoding")


@rule("M008", "empty-file", "error")
def empty_file(source: SourceProblems) -> Findings:
    """The file is empty, or holds nothing but comments.

    An empty file in a pipeline is most often a step before that failed. `aicfg init` writes a manifest to start from.

    Example:
        # nothing here yet
    Use instead:
        version: 1
    """
    return source.of_kind("empty")


@rule("M010", "unrecognised-file", "error")
def unrecognised_file(unrecognised: Unrecognised) -> Findings:
    """A file that is neither a manifest nor one of Kong's forms.

    aicfg reads manifests, decK and DB-less files, KongPlugins, and fragments of these with a plugin in them. Files that
    it finds in a folder and does not recognise are left out; one that was named is reported.

    Example:
        hello: world
    Use instead:
        version: 1
    """
    told = "a manifest has `version: 1`, a decK file `_format_version`; `aicfg init` writes a manifest to start from"
    yield Finding((), "this is neither an aicfg manifest nor a Kong file", told)


@rule("M009", "limit-exceeded", "error")
def limit_exceeded(source: SourceProblems) -> Findings:
    """The file is nested too deep, too large, or repeats too much through aliases.

    No config needs that; a file that does is broken or hostile, and reading on could take all memory.

    Example:
        a: &a [*a]
    Use instead:
        version: 1
    """
    return source.of_kind("limit")


@rule("M011", "unreadable-template", "info")
def unreadable_template(source: SourceProblems) -> Findings:
    """A template that is no YAML as long as nobody has filled it in.

    A comment `# aicfg: template`, or `templates` in the settings, says that some tool fills the file in. Where lines of
    that tool stand in the way, nothing can be read: check the outcome, such as that of `helm template`.

    Example:
        # aicfg: template
        services: [
        {{- range .Values.services }}
    Use instead:
        # aicfg: template
        _format_version: "3.0"
        services:
          - name: ai
            url: {{ .Values.url }}
    """
    return source.of_kind("template")


@rule("M012", "file-of-another-product", "info")
def file_of_another_product(another: OfAnother) -> Findings:
    """A config of another product, which aicfg does not check.

    Other gateways have plugins of the same names, or routes and targets of another shape. Nothing in such a file is
    wrong, so it is left alone.

    Example:
        model_list:
          - model_name: gpt-4o
            litellm_params: {model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    message = f"this is {another.product.about}, which aicfg does not check"
    yield Finding((), message, "nothing is to be done, unless it was meant for Kong Gateway")
