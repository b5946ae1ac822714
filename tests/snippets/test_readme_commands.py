"""README.md's commands of the program, line by line."""

import json
import re

from blocks import Block
from desk import SnippetTest
from rules import runs

README = "README.md"
ANSWER = "A signal lets a sender notify receivers that something happened."
NOTES = "# What does an index do?\n\nIt speeds up lookups. Writes become slower.\n"


class Commands(SnippetTest):
    def setUp(self) -> None:
        super().setUp()
        self.model = self.configured_model()

    @runs((README, "sh", "answer-grader practice"))
    def test_every_command_does_what_it_says(self, block: Block) -> None:
        self.run_each(
            block,
            {
                "answer-grader practice django": self.practises,
                "answer-grader grade --question-id": self.grades_a_file,
                "answer-grader grade --question 'What": self.grades_what_is_typed,
                "answer-grader bank import": self.imports,
                "answer-grader bank check": self.checks_the_bank,
                "answer-grader bank concepts": self.proposes_concepts,
                "answer-grader config check": self.checks_the_settings,
                "answer-grader key create": self.makes_a_key,
                "answer-grader review export": self.exports_reviews,
                "answer-grader review agreement": self.tells_agreement,
                "answer-grader audit": self.audits,
                "answer-grader replay": self.replays_a_grade,
            },
        )

    def practises(self, command: str) -> None:
        # An answer, no follow-up, and two questions skipped.
        report = command.replace(" -n 3", " -n 3 -o report.md", 1)
        for form in (command, report):
            told = self.run_command(form, given=f"{ANSWER}\n\n\n\n\n\n").out
            self.assertEqual(re.findall(r"^Question (\d) of 3  orm\b", told, re.MULTILINE), ["1", "2", "3"], told)
        self.assertIn("1 of 3 questions answered", self.read("report.md"))

    def grades_a_file(self, command: str) -> None:
        self.write("answer.txt", ANSWER)
        grade = self.run_command(command).json()
        self.assertEqual(len(grade["concepts"]), 8)

    def grades_what_is_typed(self, command: str) -> None:
        self.write("reference.txt", "It speeds up lookups. Writes become slower.")
        grade = self.run_command(command, given="It makes lookups faster.").json()
        self.assertEqual((grade["method"], grade["degraded"]), ("llm", None))
        self.assertGreater(grade["score"], 0)

    def imports(self, command: str) -> None:
        self.write("notes.md", NOTES)
        self.run_command(command)
        bank = self.read("bank.toml")
        self.assertIn('question = "What does an index do?"', bank)
        self.assertIn("It speeds up lookups. Writes become slower.", bank)

    def checks_the_bank(self, command: str) -> None:
        self.assert_told("bank.toml: in order, 1 questions", self.run_command(command))

    def proposes_concepts(self, command: str) -> None:
        self.assert_told("concepts for 1 of 1 questions", self.run_command(command))
        self.assertIn('text = "It speeds up lookups"', self.read("bank.toml"))

    def checks_the_settings(self, command: str) -> None:
        self.assert_told("The settings are in order", self.run_command(command))

    def makes_a_key(self, command: str) -> None:
        self.key = self.run_command(command).out.strip()
        self.assertRegex(self.key, r"^agk_\w+$")
        self.assert_told("interview-tool", self.run_command("answer-grader key list"))

    def exports_reviews(self, command: str) -> None:
        self.keep_a_reviewed_grade()
        self.run_command(command)
        case = json.loads(self.read("cases.jsonl"))
        self.assertEqual((case["candidate_answer"], case["score"]), (ANSWER, 0.25))
        # "corrections become tests"
        self.run_command("answer-grader eval cases.jsonl --method keyword")

    def keep_a_reviewed_grade(self) -> None:
        service = self.serve()
        request = {"question_id": "django/signals", "candidate_answer": ANSWER, "subject": "candidate-17"}
        self.grade = service.post("/v1/grade", request, self.key)
        reviewer = self.run_command("answer-grader key create reviewer --scope read,review").out.strip()
        service.post(f"/v1/grades/{self.grade['id']}/review", {"score": 0.25}, reviewer)
        service.stop()

    def tells_agreement(self, command: str) -> None:
        self.assert_told(r"django +grade@\w+ +gpt-4.1-mini +1 ", self.run_command(command))

    def audits(self, command: str) -> None:
        self.write("groups.csv", "subject,sex\ncandidate-17,f\n")
        self.assert_told("1 grades of 1 people.*By sex", self.run_command(command))

    def replays_a_grade(self, command: str) -> None:
        score = self.grade["score"]
        self.assert_told(f"Score on record {score:.4f}, now {score:.4f}", self.run_command(command.replace("GRADE-ID", self.grade["id"])))

    @runs((README, "sh", "answer-grader eval"))
    def test_every_evaluation_measures(self, block: Block) -> None:
        self.write_suite()
        self.run_each(
            block,
            {
                "answer-grader eval fixtures/suites/django.toml --method keyword -o report.html": self.writes_a_page,
                "answer-grader eval suite.toml --dry-run": self.sends_nothing,
                "answer-grader eval suite.toml --record replies.jsonl": self.records,
                "answer-grader eval suite.toml --replay replies.jsonl --prompt": self.replays_with_another_prompt,
                "answer-grader eval suite.toml --replay replies.jsonl --baseline": self.compares,
                "answer-grader probe": self.probes,
                "answer-grader calibrate": self.calibrates,
            },
        )

    def writes_a_page(self, command: str) -> None:
        self.assert_told("PASS  3 of 3 checks hold", self.run_command(command))
        self.assertIn("<html", self.read("report.html"))

    def sends_nothing(self, command: str) -> None:
        self.assert_told(r"12 calls.* tokens.*\$\d", self.run_command(command))
        self.assertEqual(self.model.asked, [])

    def records(self, command: str) -> None:
        self.run_command(command)
        self.assertEqual(len(self.read("replies.jsonl").splitlines()), 12)
        self.assertEqual(len(self.model.asked), 12)

    def replays_with_another_prompt(self, command: str) -> None:
        self.run_command("cp -r prompts/grade prompts/mine && sed -i 's/^id = .*/id = \"mine\"/' prompts/mine/prompt.toml")
        self.run_command(command)
        self.assertEqual(len(self.model.asked), 24)
        self.run_command(command)
        self.assertEqual(len(self.model.asked), 24, "it asked again for what is recorded")

    def compares(self, command: str) -> None:
        # As the README says below how a baseline is made.
        self.run_command(f"{command.split('#')[0]} --write-baseline")
        self.assert_told("no worse", self.run_command(command))
        self.assertEqual(len(self.model.asked), 24)

    def probes(self, command: str) -> None:
        # 1: more changes are beyond their limits than a keyword grader withstands. Both say what was measured.
        result = self.run_command(command, code=None)
        self.assertIn(result.code, (0, 1), result)
        self.assert_told(r"\d+ of 26 changes are within their limit", result)

    def calibrates(self, command: str) -> None:
        self.assert_told("before +after.*RMSE", self.run_command(command))
        # The line of config.toml that takes it.
        self.write("settings.toml", 'grading.calibration = "calibration.toml"\n')
        self.run_command("answer-grader config check --config settings.toml")
