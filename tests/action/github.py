"""A server that stands in for GitHub's API: the comments of one pull request, and what was asked."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

BOT = "github-actions[bot]"


class GitHub:
    """Serves on a free port until it is closed."""

    def __init__(self, token: str, may_write: bool = True, broken: bool = False):
        self.token, self.may_write, self.broken = token, may_write, broken
        self.comments: list[dict] = []
        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def add(self, author: str, body: str) -> dict:
        comment = {"id": 1000 + len(self.comments), "user": {"login": author}, "body": body}
        self.comments.append(comment)
        return comment

    def reply(self, method: str, address: str, token: str, body: bytes) -> tuple[int, object]:
        self.asked.append(f"{method} {address}")
        path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
        if self.broken:
            return 502, {"message": "Server Error"}
        if token != f"Bearer {self.token}":
            return 401, {"message": "Bad credentials"}
        if method != "GET" and not self.may_write:
            return 403, {"message": "Resource not accessible by integration"}
        if path == "/repos/octo/example/issues/7/comments":
            if method == "POST":
                return 201, self.add(BOT, json.loads(body)["body"])
            size, page = int(query["per_page"][0]), int(query["page"][0])
            return 200, self.comments[(page - 1) * size : page * size]
        if (one := re.fullmatch(r"/repos/octo/example/issues/comments/(\d+)", path)) and method == "PATCH":
            for comment in self.comments:
                if comment["id"] == int(one[1]):
                    comment["body"] = json.loads(body)["body"]
                    return 200, comment
        return 404, {"message": "Not Found"}

    def handler(self):
        github = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, reply = github.reply(self.command, self.path, self.headers.get("Authorization", ""), body)
                data = json.dumps(reply).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer

            def log_message(self, *_):
                pass

        return Handler
