"""A language model of OpenAI's Chat Completions that knows the labelled answers to the Django questions.

What the snippets are about is the command line, so this grades by the labels: a suite passes, and every figure is there.
"""

import json
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from blocks import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FENCE = re.compile(r"^----- (\S+) -----\n(.*)\n----- \1 -----$", re.MULTILINE | re.DOTALL)


class ModelServer:
    def __init__(self) -> None:
        lines = (ROOT / "fixtures/cases/django.jsonl").read_text().splitlines()
        self.cases: dict[str, dict[str, Any]] = {squeezed(case["candidate_answer"]): case for case in map(json.loads, lines)}
        bank = tomllib.loads((ROOT / "fixtures/banks/django.toml").read_text())
        self.concepts = {f"django/{one['id']}": [concept["id"] for concept in one.get("concepts", [])] for one in bank["questions"]}
        # What it was asked for: each call's model.
        self.asked: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # A reply in two packets would wait for the first one's acknowledgement.
            wbufsize = -1

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                found = self.path == "/v1/chat/completions"
                sent = json.dumps(server.completion(body) if found else {"error": {"message": "no such path"}}).encode()
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.address = f"127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def __enter__(self) -> "ModelServer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.http.shutdown()
        self.http.server_close()

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(body["model"])
        asked = body["messages"][-1]["content"]
        schema = body["response_format"]["json_schema"]["schema"]["properties"]
        content = json.dumps(self.grade(asked, schema) if "overall" in schema else proposals(asked))
        usage = {"prompt_tokens": len(asked) // 4, "completion_tokens": len(content) // 4}
        message = {"role": "assistant", "content": content}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        return {"id": "scripted", "model": body["model"], "choices": [choice], "usage": usage}

    def grade(self, asked: str, schema: dict[str, Any]) -> dict[str, Any]:
        fenced = FENCE.search(asked)
        assert fenced, "the prompt has no fenced answer"
        answer = fenced[2]
        case = self.cases.get(squeezed(answer), {"question_id": "", "missing_concepts": [], "score": 0.5})
        keys = list(schema["concepts"]["properties"])
        ids = self.concepts.get(case["question_id"], keys)
        quote = answer.strip()[:120]
        concepts = {
            key: {"quote": "", "verdict": "missing"} if id in case["missing_concepts"] else {"quote": quote, "verdict": "covered"}
            for key, id in zip(keys, ids)
        }
        misconceptions = {key: {"quote": "", "asserted": False} for key in schema.get("misconceptions", {}).get("properties", {})}
        reply = {"concepts": concepts, "misconceptions": misconceptions, "overall": round(case["score"] * 100), "feedback": "Well said."}
        return {key: reply[key] for key in schema}


def proposals(asked: str) -> dict[str, Any]:
    """One concept: the reference's first sentence, which has to stand there word for word."""
    reference = asked.split("# Reference answer\n", 1)[1].strip()
    quote = reference.split(".")[0]
    return {"concepts": [{"quote": quote, "text": quote, "aliases": [], "weight": 1}]}


def squeezed(text: str) -> str:
    """White space may have been changed on the way into the prompt."""
    return " ".join(text.split())
