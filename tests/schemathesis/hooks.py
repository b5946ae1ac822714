"""JSON, one value a line: a request of one line, and a response of which each line fits the schema."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def written(_context, value):
    return json.dumps(value).encode() + b"\n"


@schemathesis.deserializer("application/x-ndjson")
def read(_context, response):
    lines = [json.loads(line) for line in response.content.splitlines()]
    # One stands for all, and a job of which nothing is graded has none.
    return lines[-1] if lines else {"index": 0}


@schemathesis.serializer("application/toml")
def as_toml(_context, value):
    """Whatever text it is: what is no bank is refused, and the description's example is one."""
    return str(value).encode()
