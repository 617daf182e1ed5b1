"""All that the script does with JSON: tool.py FOLDER COMMAND [WORD ...], texts from standard input."""

import json
import os
import re
import sys

FOLDER, COMMAND, WORDS = sys.argv[1], sys.argv[2], sys.argv[3:]
PLACEHOLDER = re.compile(r"\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def store(name, content):
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(content)


def stored(name):
    with open(os.path.join(FOLDER, name), "rb") as file:
        return file.read()


def loaded(name):
    return json.loads(stored(name).decode("utf-8"))


def start(header, token, needed, *secrets):
    """Keep the secrets that the script needs, and the header with the token, where it is set."""
    missing = [name for name in (*needed.split(), *secrets) if not os.environ.get(name)]
    if missing:
        sys.exit("set these variables first, they are empty or not there: " + ", ".join(missing))
    values = {}
    for name in (token, *secrets):
        try:
            values[name] = os.environb.get(name.encode(), b"").decode("utf-8")
        except UnicodeDecodeError:
            sys.exit(f"the variable {name} is not UTF-8")
    if any(ord(character) < 32 for character in values[token]):
        sys.exit(f"the variable {token} cannot be a token: there is a line break in it")
    store("secrets", json.dumps(values).encode())
    store("headers", (header + values[token] + "\n").encode("utf-8") if values[token] else b"")


def filled(value, secrets):
    """A value with each ${NAME} in its texts replaced by that secret; $$ is a plain $."""
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda found: secrets[found.group(1)] if found.group(1) else "$", value)
    if isinstance(value, dict):
        return {key: filled(item, secrets) for key, item in value.items()}
    return [filled(item, secrets) for item in value] if isinstance(value, list) else value


def fill(*references):
    """The body to send, from the text of standard input. A reference is PATH=ID."""
    body = filled(parse(sys.stdin.buffer.read().decode("utf-8")), loaded("secrets"))
    for reference in references:
        put(body, *reference.split("=", 1))
    store("body", encode(body))
    store("filled", json.dumps(body).encode())


def encoded(text):
    """A text as a part of a URL."""
    from urllib.parse import quote

    return quote(str(text), safe="")


def answer():
    try:
        return loaded("answer")
    except (OSError, ValueError):
        sys.exit("the server's answer is no JSON: is this the URL of the API?")


def find(*criteria):
    """Print the id of the entity in a list that has all of FIELD=VALUE, then the offset of the next page.

    Values are percent-encoded; %body is the field's value in the body to send, and no value is none.
    """
    from urllib.parse import unquote

    page = answer()
    wanted = dict(criterion.split("=", 1) for criterion in criteria)
    for field, value in wanted.items():
        wanted[field] = loaded("filled")[field] if value == "%body" else unquote(value)
    listed = page.get("data") or page.get("consumers") or []
    matching = [item for item in listed if all(value_at(item, field) == value for field, value in wanted.items())]
    print(encoded(matching[0]["id"] if matching else ""))
    print(encoded(page.get("offset") or ""))


def value_at(item, path):
    for key in path.split("."):
        item = item.get(key) if isinstance(item, dict) else None
    return item or ""


def id_():
    """Print the id of the entity that the server answered with."""
    try:
        print(encoded(answer()["id"]))
    except (KeyError, TypeError):
        sys.exit("the server's answer has no id: is this the URL of the API?")


def own_id():
    """Print the id that the body itself has, if any."""
    print(encoded(loaded("filled").get("id", "")))


def key_id(found, seed, scope):
    """Print the id for a key: its own, that of the same key in Kong, or one that stays when the key changes."""
    import uuid

    print(encoded(loaded("filled").get("id") or found or uuid.uuid5(uuid.UUID(seed), scope)))


def message():
    """Print what the server said about an error, without any secret in it."""
    try:
        text = stored("answer").decode("utf-8", "replace")
    except OSError:
        text = ""
    try:
        said = json.loads(text)
        text = str(said.get("message") or said.get("detail") or said.get("title") or text)
        text += "".join(" " + json.dumps(said[key]) for key in ("details", "invalid_parameters") if said.get(key))
    except (ValueError, AttributeError):
        pass
    for secret in sorted(loaded("secrets").values(), key=len, reverse=True):
        for form in (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
            text = text.replace(form, "***") if len(secret) > 2 else text
    text = "".join(character if character.isprintable() else " " for character in text[:2000])
    sys.stdout.buffer.write((text or "no message").encode("utf-8", "replace"))


def request(proxy):
    """Keep a request to a route as curl's own config and a body, from the JSON of standard input."""
    wanted = filled(json.loads(sys.stdin.buffer.read().decode("utf-8")), loaded("secrets"))
    lines = [("url", proxy.rstrip("/") + wanted["path"]), ("header", "Content-Type: application/json")]
    lines += [("header", f"{name}: {value}") for name, value in wanted["headers"].items()]
    store("url", "".join(f'{key} = "{escaped(value)}"\n' for key, value in lines).encode("utf-8"))
    store("body", json.dumps(wanted["body"]).encode())


def escaped(text):
    """A text as it stands between double quotes in curl's config."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ")
