"""docs/embedding.md: a question on a page of another site, in Chromium."""

import json
import subprocess

from blocks import ROOT, Block
from desk import USUAL, SnippetTest
from rules import runs

PAGE = "docs/embedding.md"


class Embedding(SnippetTest):
    @runs((PAGE, "sh", f"curl -s http://{USUAL}/v1/embed-tokens "), (PAGE, "html", "<script src="))
    def test_the_question_is_on_the_page(self, ask: Block, page: Block) -> None:
        service = self.serve()
        made = self.run_command(ask.text).json()
        self.assertRegex(made.get("token", ""), "^age_[0-9a-f]+$", made)
        self.assertEqual(page.text.count("age_…"), 1)
        # The sites of the two snippets, which stand nowhere: the browser is led to the service and to the page.
        given = {
            "html": page.text.replace("age_…", made["token"]),
            "page": "https://school.example/",
            "service": "https://grader.example",
            "address": service.address,
        }
        browser = ["node", str(ROOT / "tests/snippets/page.mjs")]
        done = subprocess.run(browser, input=json.dumps(given), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertIn("signals", told["label"])
        self.assertRegex(told["status"], r"mentions \d of 8 ideas")
        # "shows no more of the key than `feedback` says"
        self.assertEqual(told["items"], 0)
        # "tells the page by the events `graded` …"
        self.assertEqual([name for name, _ in told["events"]], ["graded"])
        self.assertEqual(len(json.loads(service.get("/v1/grades"))["grades"]), 1)


class LearningPlatform(SnippetTest):
    @runs((PAGE, "sh", f"curl -s http://{USUAL}/evaluate "))
    def test_a_submission_gets_feedback(self, ask: Block) -> None:
        self.serve()
        whole, *ideas = self.run_command(ask.text).json()
        self.assertGreater(whole["awardedPoints"], 0)
        self.assertEqual([idea["title"] for idea in ideas], ["It speeds up lookups", "Writes become slower"])
        # "its place in the text, counted in Unicode characters"
        place = ideas[0]["target"]["locator"]
        self.assertEqual("It makes lookups faster."[place["startIndex"] : place["endIndex"]], "lookups")
