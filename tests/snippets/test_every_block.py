"""Nothing that stands in a document is left out, and nothing is claimed that does not stand there."""

import importlib
import subprocess
import unittest
from pathlib import Path

from blocks import Block, commands, every_block, parsed
from rules import NOT_RUN, RULES
from shown import differences

# Their rules come with them, whichever tests are run.
for module in sorted(Path(__file__).parent.glob("test_*.py")):
    if module.stem != "test_every_block":
        importlib.import_module(module.stem)


class EveryBlock(unittest.TestCase):
    def test_it_has_one_way_of_running(self) -> None:
        for block in every_block():
            with self.subTest(snippet=f"{block.place} ({block.language or 'no language'})"):
                ways = [rule.way for rule in RULES if rule.takes(block)]
                self.assertTrue(ways, f"nothing runs it; give it a way of running in tests/snippets:\n{block.text}")
                self.assertEqual(len(ways), 1, ways)

    def test_no_rule_is_left_over(self) -> None:
        for rule in RULES:
            with self.subTest(rule=str(rule)):
                self.assertTrue(rule.blocks(), "no block is so")

    def test_what_is_not_run_stands_there(self) -> None:
        shell = [block for block in every_block() if block.language == "sh"]
        for file, begins in NOT_RUN:
            with self.subTest(command=f"{file}: {begins}"):
                found = [command for block in shell if block.file == file for command in commands(block)]
                self.assertEqual(len([command for command in found if command.text.startswith(begins)]), 1)

    def test_shell_code_has_no_common_mistake(self) -> None:
        for block in every_block():
            if block.language == "sh":
                with self.subTest(snippet=block.place):
                    done = subprocess.run(["shellcheck", "--shell=bash", "-"], input=block.text, capture_output=True, text=True)
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Tools(unittest.TestCase):
    """What the tests above rest on."""

    def test_fences_are_found_wherever_they_stand(self) -> None:
        text = "a\n\n```sh\none\n```\n\n1. b\n\n   ~~~ts browser\n   two\n   ~~~\n\n> ```\n> three\n> ```\n\n    four\n"
        found = [(block.line, block.language, block.text) for block in parsed("x.md", text)]
        self.assertEqual(found, [(3, "sh", "one\n"), (9, "ts browser", "two\n"), (13, "", "three\n"), (17, "", "four\n")])

    def test_a_command_may_have_several_lines(self) -> None:
        text = "# first\na 'b\nc' # d\n\ne \\\n  f\ng <<'H'\ni\nH\nfor j in k; do\nl\ndone\n"
        found = [(command.text, command.place) for command in commands(Block("x.md", 1, "sh", text))]
        wanted = [("a 'b\nc' # d", "x.md:3"), ("e \\\n  f", "x.md:6"), ("g <<'H'\ni\nH", "x.md:8"), ("for j in k; do\nl\ndone", "x.md:11")]
        self.assertEqual(found, wanted)

    def test_json_that_is_shown_is_part_of_what_came(self) -> None:
        came = {"a": 0.38812, "b": [{"id": "x", "c": 1}, {"id": "y", "c": 2}], "d": None, "e": True}
        for right in ('{"a": 0.388}', '{"b": [{"id": "y", "c": 2}]}', '{"d": null, "e": true}'):
            self.assertEqual(differences(right, came), [], right)
        for wrong in ('{"a": 0.389}', '{"b": [{"id": "y", "c": 1}]}', '{"b": [{"id": "z"}]}', '{"d": false}', '{"e": 1}', '{"f": 1}'):
            self.assertEqual(len(differences(wrong, came)), 1, wrong)
