"""README.md's way over from promptfoo and from OpenAI's graders, and back."""

import json

from blocks import Block
from desk import SnippetTest
from rules import runs

QUESTION = "What does an index do?"
REFERENCE = "It speeds up lookups. Writes become slower."

TESTS = f"""
prompts: ["{{{{answer}}}}"]
providers: [echo]
defaultTest:
  vars: {{question: {QUESTION}}}
  assert:
    - {{type: factuality, value: "{REFERENCE}"}}
tests:
  - {{vars: {{answer: It makes lookups faster., human_score: 0.5}}}}
  - {{vars: {{answer: "{REFERENCE}", human_score: 1}}}}
  - {{vars: {{answer: "Nobody has judged {{{{this}}}}."}}}}
"""

GRADER = {
    "type": "score_model",
    "name": "quality",
    "model": "gpt-4.1",
    "input": [
        {"role": "system", "content": "Judge the answer. Reference: {{item.reference_answer}}"},
        {"role": "user", "content": "{{item.question}} {{sample.output_text}}"},
    ],
    "range": [0, 10],
    "pass_threshold": 6,
}
ITEM = {
    "item": {"question": QUESTION, "reference_answer": REFERENCE, "human_score": 5},
    "sample": {"output_text": "It makes lookups faster."},
}


class MovingOver(SnippetTest):
    @runs(("README.md", "sh", "answer-grader suite import"))
    def test_tests_come_over_and_results_go_back(self, block: Block) -> None:
        self.write("promptfooconfig.yaml", TESTS)
        self.write("grader.json", json.dumps(GRADER))
        self.write("items.jsonl", json.dumps(ITEM) + "\n")
        self.run_each(
            block,
            {
                "answer-grader suite import promptfooconfig.yaml": self.takes_tests,
                "answer-grader suite import grader.json": self.takes_graders,
                "answer-grader eval": self.gives_results,
            },
        )

    def takes_tests(self, command: str) -> None:
        self.run_command(command)
        cases = [json.loads(line) for line in self.read("suites/mine/cases.jsonl").splitlines()]
        self.assertEqual([case["score"] for case in cases], [0.5, 1])
        self.assertEqual({(case["question"], case["reference_answer"]) for case in cases}, {(QUESTION, REFERENCE)})
        [unlabelled] = [json.loads(line) for line in self.read("suites/mine/unlabelled.jsonl").splitlines()]
        self.assertEqual(unlabelled["candidate_answer"], "Nobody has judged {{this}}.")

    def takes_graders(self, command: str) -> None:
        self.run_command(command)
        case = json.loads(self.read("suites/graded/cases.jsonl"))
        self.assertEqual(case["candidate_answer"], "It makes lookups faster.")
        self.assertEqual(case["points"] / case["max_points"], 0.5)
        self.run_command("answer-grader eval suites/graded/suite.toml --method keyword", code=None)

    def gives_results(self, command: str) -> None:
        self.run_command(command, code=None)
        results = json.loads(self.read("results.promptfoo.json"))["results"]
        self.assertEqual(results["version"], 3)
        self.assertEqual(len(results["results"]), 2)
