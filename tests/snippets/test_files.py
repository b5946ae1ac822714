"""Blocks that are files, or tell how something is laid out: each is given to what reads such files."""

import json
import math
import re

from blocks import ROOT, Block
from desk import SnippetTest
from rules import rule, runs

WAY = "test_files.Files.test_the_program_reads_them"
FILES = (
    rule("README.md", "toml", "[llm]", kind="settings", way=WAY),
    rule("README.md", "json", '{"id": "a1"', kind="cases", way=WAY),
)
# By kind: the file's name, what reads it, and what that says where all is well.
READERS = {
    "settings": ("settings.toml", "answer-grader config check --config settings.toml", "The settings are in order."),
    "bank": ("bank.toml", "answer-grader bank check bank.toml", "bank.toml: in order"),
    "suite": ("suite.toml", "answer-grader eval suite.toml --dry-run", "answers"),
    "cases": ("cases.jsonl", "answer-grader eval cases.jsonl", "Graded +1 of 1"),
}


class Files(SnippetTest):
    def test_the_program_reads_them(self) -> None:
        for file in FILES:
            name, command, told = READERS[file.kind]
            for block in file.blocks():
                with self.subTest(snippet=block.place):
                    self.write(name, block.text)
                    self.assert_told(told, self.run_command(command))


class Layouts(SnippetTest):
    @runs(("README.md", "text", "src/text "))
    def test_every_folder_of_the_layout_is_there(self, block: Block) -> None:
        # tests/it/readme.rs checks that no folder of src/ is missing in it.
        names = re.findall(r"(?:^|   +|, )(\w+/\w*)(?=[ ,]|$)", block.text, re.MULTILINE)
        self.assertGreater(len(names), 20)
        for name in names:
            self.assertTrue((ROOT / name).is_dir(), f"there is no folder {name}")
        self.assertEqual(len(names), len(set(names)))


class Formula(SnippetTest):
    @runs(("docs/scoring.md", "", "R, A, Q "))
    def test_a_grade_is_made_by_the_formula(self, block: Block) -> None:
        rows = dict(re.findall(r"^(\w+) +(.+)$", block.text, re.MULTILINE))
        weights = {name: float(weight) for weight, name in re.findall(r"(\.\d+) (\w+)", rows["value"])}
        chance, best = re.findall(r"\d*\.\d+", rows["score"])[:2]
        question = "--question 'What does an index do?' --reference 'It speeds up lookups. Writes become slower.'"
        graded = self.run_command(f"answer-grader grade {question} --explain --answer-text 'It makes lookups in a table quicker.'")
        why = graded.json()["explanation"]
        self.assertEqual(set(weights), set(why["parts"]))
        self.assertGreater(why["parts"]["covered"], 0)
        value = sum(weight * why["parts"][name] for name, weight in weights.items())
        self.assertAlmostEqual(value, why["value"], delta=2e-4)
        score = math.sqrt((value - float(chance)) / (float(best) - float(chance)))
        self.assertAlmostEqual(score, why["mapped"], delta=1e-3)
        self.assertIn(json.dumps(why["choice_bonus"]), ("0", "0.0"))
