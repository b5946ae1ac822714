"""Runs the action's last step as the runner does, in folders of its own, and reads what the runner would."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path

from described import ROOT, commands, fields, variables
from github import GitHub

TOKEN = "ghs_invented0123456789"
EVENT = ROOT / "tests/action/pull_request.json"


@dataclass
class Result:
    code: int
    log: str
    outputs: dict[str, str]
    summary: str

    def commands(self) -> list[tuple[str, str]]:
        """What the runner takes for commands, by kind and text."""
        found, stopped = [], None
        for line in self.log.splitlines():
            line = line.lstrip()
            if stopped:
                stopped = None if line == f"::{stopped}::" else stopped
            elif command := re.match(r"::([\w-]+)(?: [^:]*(?::[^:]+)*)?::(.*)", line) or re.match(r"##\[(\w+)[^]]*\](.*)", line):
                if command[1] == "stop-commands":
                    stopped = command[2]
                found.append((command[1], line))
        assert not stopped, "the runner takes no commands any more"
        return [command for command in found if command[0] != "stop-commands"]

    def said(self, kind: str) -> str:
        """The texts of the annotations of a kind."""
        return "\n".join(text for found, text in self.commands() if found == kind)


class StepTest(unittest.TestCase):
    """A test with a folder to work in, which holds a copy of the program."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.program = self.folder / "answer-grader"
        shutil.copy(os.environ["PROGRAM"], self.program)

    def github(self, **settings) -> GitHub:
        github = GitHub(TOKEN, **settings)
        self.addCleanup(github.__exit__)
        return github

    def stand_in(self, script: str) -> str:
        """A program instead of ours; `$report` begins the names of the reports it is asked for."""
        path = self.folder / "stand-in"
        find = 'for word; do case $word in --output=*.json) report=${word#--output=} report=${report%.json};; esac; done'
        path.write_text(f"#!/usr/bin/env bash\n{find}\n{script}\n")
        path.chmod(0o755)
        return str(path)

    def suite(self, name: str = "suite.toml", gate: str = "", cases: Path | None = None) -> Path:
        """A suite over some of the labelled answers that this repository has: all take seconds."""
        if not cases:
            cases = self.folder / "some.jsonl"
            lines = (ROOT / "fixtures/cases/django.jsonl").read_text().splitlines(keepends=True)
            cases.write_text("".join(lines[:12]))
        path = self.folder / name
        bank = ROOT / "fixtures/banks/django.toml"
        path.write_text(f"cases = '{cases}'\nbank = '{bank}'\n[gate]\n{gate}\n")
        return path

    def evaluate(self, github: GitHub | None = None, event: str = "pull_request", environment=None, **inputs) -> Result:
        """The step with some inputs, `_` for `-`, and the defaults of action.yml for the others."""
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        files = {name: self.folder / name for name in ("output", "summary")}
        for file in files.values():
            file.write_text("")
        (self.folder / "temp").mkdir(exist_ok=True)
        settings = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "RUNNER_TEMP": str(self.folder / "temp"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(EVENT),
            "GITHUB_REPOSITORY": "octo/example",
            "GITHUB_RUN_ID": "42",
            "GITHUB_SERVER_URL": "https://git.example",
            # Nobody answers there.
            "GITHUB_API_URL": github.url if github else "http://127.0.0.1:9",
            **(environment or {}),
        }
        defaults = {"program": str(self.program), "github-token": TOKEN if github else ""}
        for name, field in fields("inputs").items():
            value = given.pop(name, defaults.get(name, field.get("default", "")))
            settings[variables()[name]] = str(value)
        assert not given, f"no inputs: {given}"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", commands()[-1]],
            cwd=self.folder, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120,
        )
        summary = files["summary"].read_text()
        return Result(done.returncode, done.stdout, parsed(files["output"].read_text()), summary)


def parsed(text: str) -> dict[str, str]:
    """Outputs as the runner reads them, which must be all that is there."""
    pairs, rest = {}, text
    while rest:
        one = re.match(r"([\w-]+)<<(\w+)\n(.*?)\n?\2\n", rest, re.DOTALL)
        assert one, f"no output: {rest}"
        pairs[one[1]], rest = one[3], rest[one.end():]
    return pairs
