"""A folder in which a snippet is run as it is written, as if these sources had just been fetched.

Nothing in a command is changed but placeholders, and the address of a server that a test stands in for. `cargo run
--release --` is the program of `cargo build`, by a `cargo` that knows no other command; the service listens on a free
port, by the environment, and curl finds it where the snippets say, by its settings file.
"""

import atexit
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from blocks import ROOT, Block, Command, commands
from model_server import ModelServer
from rules import not_run

# Where the service listens if nobody says otherwise, and where the snippets ask it.
USUAL = "127.0.0.1:8080"

CARGO = """#!/bin/sh
[ -f Cargo.toml ] || { echo "cargo: there is no Cargo.toml here" >&2; exit 101; }
[ "$1 $2 $3" = "run --release --" ] || { echo "cargo: the tests know \\`cargo run --release --\\` only" >&2; exit 101; }
shift 3
exec answer-grader "$@"
"""

# The known model stands where the test's server listens, with the prices of config.toml.
SETTINGS = """
[[llm.models]]
name = "gpt-4.1-mini"
provider = "openai"
base_url = "http://{address}/v1"
prices = {{ input = 0.40, cached_input = 0.10, output = 1.60 }}
"""


@cache
def program() -> Path:
    """A copy, since a build may replace the program meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="answer-grader-snippets-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(shutil.copy(os.environ["PROGRAM"], folder))


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)

    def __str__(self) -> str:
        return f"it ended with {self.code}\n{self.out}{self.err}"


@dataclass
class Service:
    address: str
    log: Path
    process: "subprocess.Popen[bytes]"

    def get(self, path: str) -> str:
        return self.ask(urllib.request.Request(self.address + path))

    def post(self, path: str, body: object, key: str = "") -> Any:
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
        return json.loads(self.ask(urllib.request.Request(self.address + path, json.dumps(body).encode(), headers)))

    def ask(self, request: urllib.request.Request) -> str:
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return str(response.read().decode())
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{request.full_url}: {refused} {refused.read().decode()}") from refused

    def said(self) -> str:
        """Its log, without colours."""
        return re.sub(r"\x1b\[[0-9;]*m", "", self.log.read_text())

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


class SnippetTest(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        home = Path(tempfile.mkdtemp(prefix="answer-grader-snippet-"))
        self.addCleanup(shutil.rmtree, home, ignore_errors=True)
        self.home = home
        # What the snippets find where they are run.
        self.folder = home / "answer-grader"
        for name in ("fixtures", "prompts", "deploy", "fuzz/seeds"):
            shutil.copytree(ROOT / name, self.folder / name)
        for name in ("Cargo.toml", "action.yml", "config.toml"):
            shutil.copy(ROOT / name, self.folder)
        tools = home / "bin"
        tools.mkdir()
        self.script(tools / "cargo", CARGO)
        (tools / "answer-grader").symlink_to(program())
        # Nothing else of whoever runs the tests: no key, no address, no database of theirs.
        self.environment = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "ANSWER_GRADER__SERVER__LISTEN": "127.0.0.1:0",
        }

    def script(self, path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o755)

    def start_model(self) -> ModelServer:
        """Starts a language model."""
        server = ModelServer()
        self.addCleanup(server.__exit__, None, None, None)
        return server

    def configured_model(self) -> ModelServer:
        """A language model that every command finds, with prices, as if there were a key and an account."""
        server = self.start_model()
        settings = self.home / "settings.toml"
        settings.write_text(SETTINGS.format(address=server.address))
        wrapper = self.home / "bin/answer-grader"
        wrapper.unlink()
        self.script(wrapper, f'#!/bin/sh\nexec "{program()}" --config "{settings}" "$@"\n')
        return server

    def cases(self, every: int) -> str:
        """Some of the labelled answers, of all questions: a debug build takes .1 s for an answer by a model."""
        return "".join((ROOT / "fixtures/cases/django.jsonl").read_text().splitlines(keepends=True)[::every])

    def write_suite(self) -> None:
        """suite.toml, which several commands name."""
        self.write("cases.jsonl", self.cases(every=10))
        self.write("suite.toml", 'cases = "cases.jsonl"\nbank = "fixtures/banks/django.toml"\n')

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text()

    def assert_told(self, wanted: str, result: Result) -> None:
        """Finds a regular expression in what a command printed."""
        told = result.out + result.err
        self.assertTrue(re.search(wanted, told, re.DOTALL), f"there is no {wanted!r} in\n{told[-2000:]}")

    def run_command(self, command: str, given: str = "", code: int | None = 0) -> Result:
        """Runs it to its end, and checks its exit code."""
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=self.environment, input=given, text=True, capture_output=True, timeout=120
        )
        result = Result(done.returncode, done.stdout, done.stderr)
        if code is not None:
            self.assertEqual(result.code, code, f"{command}\n{result}")
        return result

    def run_each(self, block: Block, ways: Mapping[str, Callable[[str], object]]) -> None:
        """Runs the commands of a block in their order, each by the one way that bears its beginning."""
        left = dict(ways)
        for command in commands(block):
            with self.subTest(command=f"{command.place} {command.text.splitlines()[0]}"):
                ways_for_it = [begins for begins in left if command.text.startswith(begins)]
                if not_run(command):
                    self.assertEqual(ways_for_it, [], "it is said not to be run")
                    continue
                self.assertEqual(len(ways_for_it), 1, "a command without a way of running, or with two")
                left.pop(ways_for_it[0])(command.text)
        self.assertEqual(list(left), [], "ways without a command")

    def serve(self, command: str = "answer-grader serve") -> Service:
        """Runs a command that serves until the test ends, and lets curl find it."""
        log = self.home / f"log-{time.monotonic_ns()}"
        with log.open("w") as stream:
            # In a group of its own, so that all of it can be ended.
            process = subprocess.Popen(
                ["bash", "-c", command], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=stream, stderr=stream, start_new_session=True,
            )
        service = Service("", log, process)
        self.addCleanup(service.stop)
        until = time.monotonic() + 30
        while not (told := re.search(r"listening on (http://(127\.0\.0\.1:\d+))", service.said())):
            ended = process.poll() is not None
            self.assertFalse(ended or time.monotonic() > until, f"{command}\nserves nothing:\n{service.said()}")
            time.sleep(0.02)
        service.address = told[1]
        (self.home / ".curlrc").write_text(f'connect-to = "{USUAL}:{told[2]}"\n')
        return service
