"""README.md's commands that start the service, and those that ask it."""

import json
import os
import time

from blocks import ROOT, Block
from desk import USUAL, SnippetTest
from rules import runs
from shown import differences

README = "README.md"
SERVE = (README, "sh", "cargo run --release -- serve\n")


class Service(SnippetTest):
    @runs(SERVE, (README, "sh", f"curl -s http://{USUAL}/v1/grade "), (README, "json", '{\n  "score"'))
    def test_the_first_grade_is_the_one_that_is_shown(self, serve: Block, ask: Block, shown: Block) -> None:
        service = self.serve(serve.text)
        # The address that the README says to open.
        self.assertIn(f'listen = "{USUAL}"', self.run_command("answer-grader config check --print").out)
        self.assertIn("Practice", service.get("/"))
        banks = json.loads(service.get("/v1/banks"))["banks"]
        self.assertEqual([(bank["id"], bank["questions"]) for bank in banks], [("django", 32)])
        grade = self.run_command(ask.text).json()
        self.assertEqual(differences(shown.text, grade), [])

    @runs((README, "sh", f"curl -s {USUAL}/v1/jobs "))
    def test_the_job_is_done(self, block: Block) -> None:
        service = self.serve()
        job = self.run_command(block.text).json()
        self.assertEqual(job.get("total"), 2, job)
        until = time.monotonic() + 30
        while (job := json.loads(service.get(f"/v1/jobs/{job['id']}")))["state"] != "done":
            self.assertLess(time.monotonic(), until, job)
            time.sleep(0.05)
        self.assertEqual((job["graded"], job["failed"]), (2, 0), job)
        results = [json.loads(line) for line in service.get(f"/v1/jobs/{job['id']}/results").splitlines()]
        self.assertEqual([result["index"] for result in results], [0, 1])

    @runs((README, "sh", "OPENAI_API_KEY=… cargo run --release -- serve"))
    def test_each_language_model_is_the_one_that_is_asked(self, block: Block) -> None:
        self.run_each(
            block,
            {
                # Their servers want money, so nothing is graded by these two.
                "OPENAI_API_KEY=…": lambda command: self.serves_with(command, "gpt-4.1-mini", "https://api.openai.com/v1"),
                "ANTHROPIC_API_KEY=…": lambda command: self.serves_with(command, "claude-haiku-4-5", "https://api.anthropic.com/v1"),
                "OPENAI_BASE_URL=http://localhost:11434/v1": self.grades_by_a_model,
            },
        )

    def serves_with(self, command: str, model: str, base_url: str) -> None:
        service = self.serve(command)
        self.assertIn(f'model="{model}" base_url="{base_url}"', service.said())
        ready = json.loads(service.get("/readyz"))
        self.assertEqual((ready["mode"], ready["llm"]["model"]), ("llm", model), ready)
        service.stop()

    def grades_by_a_model(self, command: str) -> None:
        model = self.start_model()
        service = self.serve(command.replace("localhost:11434", model.address))
        grade = service.post("/v1/grade", {"question_id": "django/signals", "candidate_answer": "A sender notifies receivers."})
        self.assertEqual((grade["method"], grade["degraded"], set(model.asked)), ("llm", None, {"llama3.1"}))
        service.stop()


class AllTests(SnippetTest):
    @runs((README, "sh", "tests/run\n"))
    def test_the_command_for_all_tests_is_there(self, block: Block) -> None:
        self.run_each(block, {})
        path = ROOT / block.text.strip()
        self.assertTrue(os.access(path, os.X_OK))
        # "(as root on Debian it installs what they need …)"
        self.assertIn("\nstep tests/setup\n", path.read_text())
