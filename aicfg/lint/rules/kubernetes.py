"""P304 to P306: plugins of Kubernetes, and the objects that name them."""

from __future__ import annotations

from aicfg.kong.parse import KongFile
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.kubernetes import ANNOTATION, ROUTES, annotated, has_global_label, is_plugin, name_of, refers_by_filter
from aicfg.lint.registry import rule
from aicfg.lint.subjects import KubernetesFile, KubernetesObject
from aicfg.source.changes import Proposal, put
from aicfg.words import did_you_mean, shown


@rule("P304", "global-label-ignored", "warning")
def global_label_ignored(file: KongFile) -> Findings:
    """A KongPlugin with the label `global`, which counts for a KongClusterPlugin alone.

    A KongPlugin belongs to a namespace, and works only where an Ingress, an HTTPRoute, a Service or a consumer names it
    in the annotation `konghq.com/plugins`.

    Example:
        apiVersion: configuration.konghq.com/v1
        kind: KongPlugin
        metadata: {name: guard, labels: {global: "true"}}
        plugin: ai-prompt-guard
        config: {deny_patterns: ["password"]}
    Use instead:
        apiVersion: configuration.konghq.com/v1
        kind: KongPlugin
        metadata: {name: guard}
        plugin: ai-prompt-guard
        config: {deny_patterns: ["password"]}
    """
    data = file.document.data
    if file.form != "kubernetes" or data.get("kind") != "KongPlugin" or not has_global_label(data):
        return
    fix = Proposal("write `kind: KongClusterPlugin`", (put(("kind",), "KongClusterPlugin"),), safe=False)
    hint = "write `kind: KongClusterPlugin`, or leave the label out and name the plugin in `konghq.com/plugins`"
    yield Finding(("metadata", "labels", "global"), "the label `global` does nothing on a KongPlugin", hint, fix=fix)


@rule("P305", "plugin-not-in-file", "warning")
def plugin_not_in_file(file: KubernetesFile) -> Findings:
    """An annotation `konghq.com/plugins` that names a plugin which the file, with other plugins in it, does not have.

    The Ingress Controller leaves the plugin out, and the route most likely works without it. Ignore this where the
    plugin is in another file.

    Example:
        apiVersion: configuration.konghq.com/v1
        kind: KongPlugin
        metadata: {name: guard}
        plugin: ai-prompt-guard
        config: {deny_patterns: ["password"]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: chat, annotations: {konghq.com/plugins: "guard, gaurd-2"}}
    Use instead:
        apiVersion: configuration.konghq.com/v1
        kind: KongPlugin
        metadata: {name: guard}
        plugin: ai-prompt-guard
        config: {deny_patterns: ["password"]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: chat, annotations: {konghq.com/plugins: guard}}
    """
    there = {name_of(document.data) for document in file.documents if is_plugin(document)}
    for document, names in annotated(file.documents) if there else ():
        for name in names:
            if name not in there:
                known = sorted(each for each in there if each)
                hint = did_you_mean(name, known) or "add it, or leave the name out"
                path = ("metadata", "annotations", ANNOTATION)
                message = f"there is no KongPlugin {shown(name)} in this file"
                yield Finding(path, message, hint, about=KubernetesObject(document))


@rule("P306", "unattached-plugin", "warning")
def unattached_plugin(file: KubernetesFile) -> Findings:
    """A KongPlugin that no object of the file names, although there are routes in it.

    A KongPlugin does nothing until an Ingress, an HTTPRoute, a Service or a consumer names it in the annotation
    `konghq.com/plugins`.

    Example:
        apiVersion: configuration.konghq.com/v1
        kind: KongPlugin
        metadata: {name: guard}
        plugin: ai-prompt-guard
        config: {deny_patterns: ["password"]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: chat}
    Use instead:
        apiVersion: configuration.konghq.com/v1
        kind: KongPlugin
        metadata: {name: guard}
        plugin: ai-prompt-guard
        config: {deny_patterns: ["password"]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: chat, annotations: {konghq.com/plugins: guard}}
    """
    routes = [each for each in file.documents if isinstance(each.data, dict) and str(each.data.get("kind")) in ROUTES]
    named = {name for _, names in annotated(file.documents) for name in names}
    # A name that is not there is most likely this plugin's, and P305 tells of it.
    there = {name_of(document.data) for document in file.documents if is_plugin(document)}
    if not routes or named - there or any(refers_by_filter(document.data) for document in routes):
        return
    for document in file.documents:
        if is_plugin(document) and not has_global_label(document.data) and name_of(document.data) not in named:
            hint = f"write the annotation `{ANNOTATION}: {name_of(document.data)}` on a route"
            about = KubernetesObject(document)
            yield Finding(("metadata", "name"), "no object in this file uses this plugin", hint, about=about)
