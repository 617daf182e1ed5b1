def parse(text):
    """The fields of a form, NAME=VALUE a line; a value in double quotes is a JSON string."""
    body = {}
    for line in text.split("\n")[:-1]:
        name, value = line.split("=", 1)
        body.setdefault(name, []).append(json.loads(value) if value.startswith('"') else value)
    return {name: values if name.endswith("[]") else values[0] for name, values in body.items()}


def put(body, path, value):
    body[path] = value


def encode(body):
    from urllib.parse import urlencode

    return urlencode(body, doseq=True).encode()
