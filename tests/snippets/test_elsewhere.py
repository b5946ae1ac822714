"""Blocks that other tests run: each is looked up where those tests find it, and those tests are part of tests/run."""

import ast
import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from blocks import ROOT
from rules import Rule, rule

WHEEL = "bindings/python/tests/test_snippets.py"
CLIENT = "bindings/typescript/tests/readme.test.js"
PACKAGE = "bindings/typescript/tests/package.test.js"
DOCTEST = "cargo test --doc, by src/lib.rs"

PYTHON = (rule("bindings/python/README.md", "python", way=WHEEL), rule("README.md", "python", way=WHEEL))
TYPESCRIPT = "bindings/typescript/README.md"
CODE = (rule("README.md", "ts", way=CLIENT), rule(TYPESCRIPT, "ts", way=CLIENT), rule(TYPESCRIPT, "ts browser", way=CLIENT))
PRINTED = rule(TYPESCRIPT, "text", way=CLIENT)
PACKED = rule(TYPESCRIPT, "sh", way=PACKAGE)
RUST = rule("README.md", "rust", way=DOCTEST)


def source(file: str) -> str:
    return (ROOT / file).read_text()


class Elsewhere(unittest.TestCase):
    def assert_all(self, owner: Rule, found: list[tuple[str, str]]) -> None:
        for block in owner.blocks():
            with self.subTest(snippet=block.place):
                self.assertIn((block.language, block.text), found, f"{owner.way} does not find it")

    def test_they_are_part_of_all_tests(self) -> None:
        steps = source("tests/run")
        for step in (r"^step bindings/python/run$", r"^step bindings/typescript/run$", r"^step cargo test .*--doc$"):
            self.assertTrue(re.search(step, steps, re.MULTILINE), f"tests/run has no line {step}")

    def test_python_is_run_from_the_wheel(self) -> None:
        # Its own function that finds them, in a folder as its `run` makes it.
        run = source("bindings/python/run")
        self.assertIn('cp -r tests README.md examples "$tools/fresh/"', run)
        self.assertIn('cp "$root/README.md" "$tools/fresh/PROJECT.md"', run)
        with tempfile.TemporaryDirectory() as name:
            shutil.copy(ROOT / "bindings/python/README.md", Path(name) / "README.md")
            shutil.copy(ROOT / "README.md", Path(name) / "PROJECT.md")
            [function] = [node for node in ast.parse(source(WHEEL)).body if isinstance(node, ast.FunctionDef) and node.name == "snippets"]
            names: dict[str, object] = {"re": re, "HERE": Path(name)}
            exec(compile(ast.Module([function], []), WHEEL, "exec"), names)
            found = [("python", text) for text in names["snippets"]()]  # type: ignore[operator]
        for one in PYTHON:
            self.assert_all(one, found)
        self.assertEqual(len(found), sum(len(one.blocks()) for one in PYTHON))
        self.assertIn(f"assert len(snippets()) == {len(found)}", source(WHEEL))

    def test_typescript_is_run_by_the_client(self) -> None:
        reader = f"import {{ snippets }} from {json.dumps((ROOT / 'bindings/typescript/tests/readme.js').as_uri())};"
        print_all = f"{reader} console.log(JSON.stringify(snippets()));"
        done = subprocess.run(["node", "--input-type=module", "--eval", print_all], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)
        code = [(one["language"], one["code"]) for one in found]
        for one in (*CODE, PACKED):
            self.assert_all(one, code)
        # Output that follows nothing would be compared with nothing.
        self.assert_all(PRINTED, [("text", one["prints"]) for one in found if one["language"] == "ts" and "prints" in one])
        for language in ("ts", "ts browser"):
            self.assertIn(f'all.filter(({{ language }}) => language === "{language}")', source(CLIENT))
        self.assertIn(f"assert.equal(sh.length, {len(PACKED.blocks())});", source(PACKAGE))

    def test_rust_is_run_by_cargo(self) -> None:
        self.assertIn('#[cfg(doctest)]\n#[doc = include_str!("../README.md")]\n', source("src/lib.rs"))
        # As `rust,no_run` and its like it would have no rule. A block without a language is Rust for cargo.
        self.assertTrue(RUST.blocks())
