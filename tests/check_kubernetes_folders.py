"""Runs the checker of Kubernetes objects over many folders in one process: prints folder -> errors as JSON.

Usage: PYTHON_OF_THE_CHECKER check_kubernetes_folders.py check_kubernetes.py FOLDER...
A folder whose name ends in `external` has its Secrets elsewhere.
"""

import importlib.util
import json
import sys
from pathlib import Path

import kubernetes_validate
import yaml

checker, *folders = sys.argv[1:]
spec = importlib.util.spec_from_file_location("check_kubernetes", checker)
check = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check)


def errors_of(document):
    if (document["apiVersion"], document["kind"]) in check.CRDS:
        return check.check_crd(document)
    try:
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
    except Exception as error:
        return [str(error)[:400]]
    return []


found = {}
for folder in folders:
    documents = [
        document
        for file in sorted(Path(folder).glob("*.yaml"))
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))
        if document
    ]
    errors = [error for document in documents for error in errors_of(document)]
    errors += check.check_references(documents, folder.endswith("external"))
    found[folder] = errors if documents else ["no objects"]
print(json.dumps(found))
