"""What a run comes to: exit code, annotation, outputs, summary."""

import json
from pathlib import Path

from described import ROOT, fields
from step import StepTest

DJANGO = ROOT / "fixtures/suites/django.toml"


class Verdicts(StepTest):
    def test_a_suite_that_passes(self):
        result = self.evaluate(config=DJANGO, method="keyword")
        self.assertEqual(result.code, 0, result.log)
        folder = Path(result.outputs["report-path"])
        report = json.loads((folder / "report.json").read_text())
        qwk = report["runs"][0]["metrics"]["qwk"]["value"]
        self.assertEqual(set(result.outputs), set(fields("outputs")))
        self.assertEqual((result.outputs["passed"], result.outputs["conclusion"]), ("true", "pass"))
        self.assertAlmostEqual(float(result.outputs["qwk"]), qwk, places=12)
        self.assertEqual(result.outputs["cost-usd"], "0")
        self.assertEqual(sorted(file.name for file in folder.iterdir()), ["junit.xml", "report.json", "report.md"])
        self.assertEqual(result.summary, (folder / "report.md").read_text())
        self.assertIn("passed", result.said("notice"))
        self.assertEqual(result.said("error"), "")
        self.assertIn("PASS", result.log)

    def test_below_the_gate_is_1(self):
        result = self.evaluate(config=self.suite("strict.toml", "qwk = 0.99"), method="keyword")
        self.assertEqual(result.code, 1, result.log)
        self.assertEqual((result.outputs["passed"], result.outputs["conclusion"]), ("false", "fail"))
        self.assertIn("below the gate", result.said("error"))
        self.assertIn("qwk is 0.", result.said("error"))
        self.assertIn("### Checks", result.summary)

    def test_replies_that_are_not_recorded_are_inconclusive(self):
        # As on a fork: no key, no network, and a prompt whose replies nobody has recorded.
        (self.folder / "replies.jsonl").write_text("")
        result = self.evaluate(config=self.suite(), method="llm", replay=self.folder / "replies.jsonl")
        self.assertEqual(result.code, 3, result.log)
        self.assertEqual((result.outputs["passed"], result.outputs["conclusion"]), ("false", "inconclusive"))
        self.assertEqual(result.outputs["qwk"], "")
        self.assertIn("inconclusive", result.said("error"))
        self.assertIn("not_recorded", result.summary)

    def test_the_budget(self):
        result = self.evaluate(config="suite.toml", program=self.stand_in("exit 4"))
        self.assertEqual((result.code, result.outputs["conclusion"]), (4, "budget"))
        self.assertIn("max-cost reached", result.said("error"))

    def test_wrong_usage_is_2_and_said_everywhere(self):
        result = self.evaluate(config="there-is-none.toml")
        self.assertEqual((result.code, result.outputs["conclusion"], result.outputs["passed"]), (2, "error", "false"))
        self.assertIn("not evaluated (2)", result.said("error"))
        self.assertIn("nothing was measured", result.summary)

    def test_wrong_inputs_are_2(self):
        for inputs in ({"config": " \n "}, {"config": self.suite(), "html_report": "yes"}, {"config": self.suite(), "program": "no-such"},
                       {"config": self.suite(), "working_directory": "no-such"}):
            result = self.evaluate(**inputs)
            self.assertEqual((result.code, result.outputs["passed"]), (2, "false"), inputs)
            self.assertIn("wrong usage", result.said("error"))

    def test_a_program_that_measures_nothing_has_not_passed(self):
        # A report of a later format may mean something else.
        report = {"schema": "answer-grader/eval-report/2", "settings": {"primary": "qwk"}, "runs": [], "gate": {"checks": []}}
        (self.folder / "report").write_text(json.dumps(report))
        later = f'cp {self.folder}/report "$report.json"; echo fine >"$report.md"'
        for script in ("exit 0", "exit 1", 'echo "{}" >"$report.json"; echo fine >"$report.md"', later, "kill -9 $$"):
            result = self.evaluate(config=self.suite(), program=self.stand_in(script))
            self.assertGreater(result.code, 1, script)
            self.assertEqual((result.outputs["passed"], result.outputs["conclusion"]), ("false", "error"), script)

    def test_an_earlier_report_does_not_count(self):
        self.evaluate(config=self.suite(), method="keyword")
        result = self.evaluate(config=self.suite(), program=self.stand_in("exit 0"))
        self.assertEqual(result.outputs["conclusion"], "error")

    def test_paths_are_relative_to_the_working_directory(self):
        result = self.evaluate(working_directory=ROOT / "fixtures", config="suites/django.toml", method="keyword",
                               baseline="baselines/django-keyword.json", report_directory=self.folder / "here", html_report="true")
        self.assertEqual(result.code, 0, result.log)
        self.assertEqual(result.outputs["report-path"], str(self.folder / "here"))
        self.assertTrue((self.folder / "here/report.html").exists())
        self.assertIn("against the baseline", result.summary)

    def test_of_several_runs_the_best_gives_the_qwk(self):
        runs = [{"name": name, "metrics": {"rmse": {"value": rmse}, "qwk": {"value": qwk}, "usage": {"cost_usd": cost}}}
                for name, rmse, qwk, cost in (("a", None, 0.1, None), ("b", 0.3, 0.2, 0.25), ("c", 0.2, 0.3, 0.5))]
        report = {"schema": "answer-grader/eval-report/1", "settings": {"primary": "rmse"}, "runs": runs, "gate": {"checks": []}}
        (self.folder / "report").write_text(json.dumps(report))
        program = self.stand_in(f'cp {self.folder}/report "$report.json"; echo fine >"$report.md"')
        result = self.evaluate(config=self.suite(), program=program)
        self.assertEqual((result.outputs["qwk"], result.outputs["cost-usd"], result.code), ("0.3", "0.75", 0))
