"""How the program gets there: its key in the cache, and cargo, which is not run here."""

import os
import subprocess

from described import ROOT, commands
from step import StepTest, parsed


class Program(StepTest):
    def setUp(self):
        super().setUp()
        self.tools = self.folder / "tools"
        self.tools.mkdir()
        # What the checkout says about cargo is nothing that the action may follow.
        (self.folder / ".cargo").mkdir()
        (self.folder / ".cargo/config.toml").write_text("[build]\nrustc-wrapper = './wrapper'\n")
        self.tool("rustc", "echo rustc 1.95")
        self.tool("cargo", f"""
            pwd >{self.folder}/where
            printf '%s ' "$@" >{self.folder}/how
            while [ "$1" != --target-dir ]; do shift; done
            mkdir -p "$2/release" && cp {self.program} "$2/release/answer-grader"
        """)

    def tool(self, name: str, script: str):
        (self.tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.tools / name).chmod(0o755)

    def step(self, number: int) -> tuple[int, str, dict[str, str]]:
        output = self.folder / "output"
        output.write_text("")
        (self.folder / "temp").mkdir(exist_ok=True)
        settings = {"PATH": f"{self.tools}:{os.environ['PATH']}", "RUNNER_TEMP": str(self.folder / "temp"), "RUNNER_OS": "Linux",
                    "RUNNER_ARCH": "X64", "GITHUB_ACTION_PATH": str(ROOT), "GITHUB_OUTPUT": str(output)}
        done = subprocess.run(["bash", "-e", "-c", commands()[number]], cwd=self.folder, env=settings, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout, parsed(output.read_text())

    def test_the_key_names_sources_compiler_and_machine(self):
        code, log, outputs = self.step(0)
        self.assertEqual(code, 0, log)
        self.assertRegex(outputs["key"], "^answer-grader-Linux-X64-[0-9a-f]{64}$")
        self.assertEqual(outputs["folder"], str(self.folder / "temp/answer-grader-program"))
        self.assertEqual(self.step(0)[2], outputs)
        self.tool("rustc", "echo rustc 1.96")
        self.assertNotEqual(self.step(0)[2], outputs)

    def test_it_is_built_and_found(self):
        code, log, _ = self.step(1)
        self.assertEqual(code, 0, log)
        self.assertEqual((self.folder / "where").read_text().strip(), str(ROOT))
        self.assertIn("build --locked --release", (self.folder / "how").read_text())
        self.assertTrue((self.folder / "temp/answer-grader-program/answer-grader").exists())
        result = self.evaluate(config=self.suite(), method="keyword", program="")
        self.assertEqual(result.code, 0, result.log)

    def test_a_build_that_fails_says_what_it_needs(self):
        self.tool("cargo", "exit 101")
        code, log, _ = self.step(1)
        self.assertEqual(code, 2)
        self.assertIn("::error title=answer-grader - not built::", log)
        self.assertEqual(self.evaluate(config=self.suite(), program="").code, 2)
