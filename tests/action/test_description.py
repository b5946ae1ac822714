"""action.yml, its page and the examples say the same as the script does."""

import os
import re
import subprocess
import unittest

from described import ROOT, TEXT, commands, fields, section, variables

SCRIPT = (ROOT / "deploy/action/run").read_text()
PAGE = (ROOT / "deploy/action/README.md").read_text()
PROGRAM = os.environ["PROGRAM"]


def table(heading: str) -> list[list[str]]:
    """The rows of the table below a heading."""
    below = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `.*\|$", below, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def given(text: str) -> list[str]:
    """The inputs that an example gives to the action."""
    block = re.search(r"uses: OWNER/answer-grader@COMMIT\n( +)with:\n((?:\1  .*\n?)+)", text)
    return re.findall(r"^ +([a-z-]+):", block[2], re.MULTILINE)


def shell_code(text: str) -> str:
    """Every `run` of a workflow."""
    code, inside = [], None
    for line in text.splitlines():
        depth = len(line) - len(line.lstrip(" "))
        if inside is not None and (not line.strip() or depth > inside):
            code.append(line)
        elif run := re.match(r"( *(?:- )?)run: (.+)", line):
            inside = len(run[1]) if run[2] == "|" else None
            code.append(run[2])
        else:
            inside = None
    return "\n".join(code)


class Description(unittest.TestCase):
    def test_action_yml_is_laid_out_as_it_is_read(self):
        self.assertEqual(len(fields("inputs")), len(re.findall(r"^  \S", section("inputs"), re.MULTILINE)))
        self.assertEqual(len(fields("outputs")), len(re.findall(r"^  \S", section("outputs"), re.MULTILINE)))
        self.assertEqual(len(commands()), TEXT.count("shell: bash"))

    def test_the_page_has_every_input(self):
        described = []
        for name, field in fields("inputs").items():
            default = field.get("default", "")
            default = "required" if field.get("required") == "true" else "the job's" if "${{" in default else default and f"`{default}`"
            described.append([f"`{name}`", default, field["description"]])
        self.assertEqual(table("Inputs"), described)

    def test_the_page_has_every_output(self):
        described = [[f"`{name}`", field["description"]] for name, field in fields("outputs").items()]
        self.assertEqual(table("Outputs"), described)

    def test_every_input_reaches_the_script_and_every_output_comes_from_it(self):
        for name in fields("inputs"):
            self.assertEqual(variables()[name], "INPUT_" + name.replace("-", "_").upper())
        read = set(re.findall(r"INPUT_[A-Z_]+", SCRIPT))
        self.assertEqual(read - {"INPUT_"}, set(variables().values()))
        written = set(re.findall(r"^ +output ([a-z-]+)", SCRIPT, re.MULTILINE)) - {"key", "folder"}
        self.assertEqual(written, set(fields("outputs")))
        for name, field in fields("outputs").items():
            self.assertEqual(field["value"], f"${{{{ steps.evaluate.outputs.{name} }}}}")

    def test_no_expression_becomes_shell_code(self):
        for command in commands():
            self.assertRegex(command, r'^bash "\$GITHUB_ACTION_PATH/deploy/action/run" (key|build|evaluate)$')
        workflows = sorted((ROOT / ".github/workflows").glob("*.yml"))
        self.assertEqual(len(workflows), 2)
        for file in workflows:
            code = shell_code(file.read_text())
            self.assertTrue(code, file)
            self.assertNotIn("${{", code)

    def test_the_examples_give_inputs_that_there_are(self):
        for text in (PAGE, (ROOT / "deploy/ci/github.yml").read_text()):
            self.assertGreater(len(given(text)), 2)
            self.assertLessEqual(set(given(text)), set(fields("inputs")))
        example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1]
        self.assertEqual(len(example.splitlines()), 5)

    def test_the_options_that_are_used_exist(self):
        texts = [SCRIPT, (ROOT / "deploy/ci/gitlab.yml").read_text().split("answer-grader eval")[1].split("\n")[0]]
        help_ = subprocess.run([PROGRAM, "eval", "--help"], capture_output=True, text=True, check=True).stdout
        used = {f"--{name}" for name in re.findall(r"^ +add ([a-z-]+) ", SCRIPT, re.MULTILINE)} | {"--record-missing", "--output"}
        used |= set(re.findall(r"--[a-z-]+", texts[1]))
        self.assertGreater(len(used), 9)
        for option in used:
            self.assertIn(f"{option} ", help_.replace("\n", " "))

    def test_the_hook_checks_banks(self):
        hooks = (ROOT / ".pre-commit-hooks.yaml").read_text()
        _, *entry = re.search(r"entry: (.+)", hooks)[1].split()
        files = re.search(r"files: (.+)", hooks)[1]
        self.assertRegex("fixtures/banks/django.toml", files)
        self.assertNotRegex("fixtures/suites/django.toml", files)
        for file, code in (("fixtures/banks/django.toml", 0), ("fixtures/suites/django.toml", 2)):
            checked = subprocess.run([PROGRAM, *entry, ROOT / file], capture_output=True)
            self.assertEqual(checked.returncode, code, checked.stderr)
        example = (ROOT / "deploy/ci/pre-commit-config.yaml").read_text()
        self.assertIn(re.search(r"- id: (\S+)", hooks)[0], example)
