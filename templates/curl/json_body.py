def parse(text):
    return json.loads(text or "{}")


def put(body, path, value):
    *parents, last = path.split(".")
    for key in parents:
        body = body[int(key)] if isinstance(body, list) else body.setdefault(key, {})
    body[last] = value


def encode(body):
    return json.dumps(body).encode()
