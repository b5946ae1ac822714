"""prompts/README.md: a prompt is written, tried, recorded and gated, as somebody would who reads it from the top."""

from blocks import Block
from desk import SnippetTest
from rules import runs

README = "prompts/README.md"
COPY = (README, "sh", "cp -r prompts/grade prompts/mine")
TRY = (README, "sh", "answer-grader eval fixtures/suites/django.toml --prompt")
RECORD = (README, "sh", "answer-grader eval suite.toml --prompt")


class Prompts(SnippetTest):
    @runs(COPY, TRY, RECORD)
    def test_a_prompt_is_written_and_gated(self, copy: Block, trial: Block, record: Block) -> None:
        self.model = self.configured_model()
        self.write("fixtures/cases/django.jsonl", self.cases(every=4))
        self.run_each(copy, {"cp -r": self.copies})
        self.run_each(
            trial,
            {
                "answer-grader eval fixtures/suites/django.toml --prompt prompts/mine --dry-run": self.sends_nothing,
                "answer-grader eval fixtures/suites/django.toml --prompt prompts/mine --split dev": self.evaluates,
                "answer-grader probe": self.probes,
            },
        )
        self.write_suite()
        self.run_each(
            record,
            {
                "answer-grader eval suite.toml --prompt prompts/mine --record": self.records,
                "answer-grader eval suite.toml --prompt prompts/mine --replay": self.makes_a_baseline,
            },
        )

    def copies(self, command: str) -> None:
        self.run_command(command)
        # "then give it an id of its own in prompt.toml"
        described = self.read("prompts/mine/prompt.toml")
        self.assertIn('id = "grade"', described)
        self.write("prompts/mine/prompt.toml", described.replace('id = "grade"', 'id = "mine"'))

    def sends_nothing(self, command: str) -> None:
        self.assert_told(r"mine@.*30 calls.* tokens.*\$\d", self.run_command(command))
        self.assertEqual(self.model.asked, [])

    def evaluates(self, command: str) -> None:
        self.assert_told("PASS.*mine@", self.run_command(command))
        self.assertIn(len(self.model.asked), range(5, 30), "that was no half")

    def probes(self, command: str) -> None:
        # The labels that the model grades by are not those of the changed answers, so it need not be within the limits.
        self.write("fixtures/cases/django.jsonl", self.cases(every=40))
        result = self.run_command(command, code=None)
        self.assertIn(result.code, (0, 1), result)
        self.assert_told(r"\d+ of 26 changes are within their limit", result)

    def records(self, command: str) -> None:
        self.run_command(command)
        self.assertEqual(len(self.read("replies.jsonl").splitlines()), 12)

    def makes_a_baseline(self, command: str) -> None:
        self.run_command(command)
        asked = len(self.model.asked)
        # "From then on the second line without `--write-baseline` says without key, network or bill …"
        self.assert_told("no worse", self.run_command(command.replace(" --write-baseline", "")))
        self.assertEqual(len(self.model.asked), asked)
