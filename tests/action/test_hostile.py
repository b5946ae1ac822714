"""What somebody who opens a pull request may write: names, answers, inputs. And what nobody may read."""

import json
import os
import shutil

from step import TOKEN, StepTest

KEY = "sk-invented-key-0123456789"
COMMANDS = "::set-output name=passed::true\n::add-mask::e\n##[error]forged\n::error::forged\n::stop-commands::forged\n"
HTML = "</details><script>alert(1)</script>"


class Hostile(StepTest):
    def only_ours(self, result):
        for kind, line in result.commands():
            self.assertIn(kind, ("error", "notice", "warning"))
            self.assertRegex(line, f"^::{kind} title=answer-grader - ")

    def test_names_in_files_do_no_harm(self):
        cases = self.folder / "cases.jsonl"
        lines = [{
            "id": f"{number}{HTML}\n{COMMANDS}", "question": f"{HTML}\n{COMMANDS}What does an index do?", "score": 0.9 * (number % 2),
            "reference_answer": "It speeds up lookups. Writes become slower.", "tags": [HTML, "\n::error::forged"],
            "candidate_answer": f"It makes lookups faster. {HTML}\n{COMMANDS}", "question_id": f"q{HTML}\n::notice::forged",
        } for number in range(6)]
        cases.write_text("\n".join(json.dumps(line) for line in lines))
        name = "s$(touch pwned)`touch pwned`\"';touch pwned;-->--><script>alert(1)::error::forged.toml"
        suite = self.suite(name, "qwk = 0.99", cases)
        github = self.github()
        result = self.evaluate(github, config=suite, method="keyword")
        self.assertIn(result.code, (1, 3), result.log)
        self.assertEqual(result.outputs["passed"], "false")
        self.only_ours(result)
        self.assertEqual(list(self.folder.rglob("pwned")), [])
        body = github.comments[0]["body"]
        self.assertRegex(body, r"\A<!-- answer-grader eval [0-9a-f]{40} -->\n## ")
        for text in (body, result.summary):
            for line in text.splitlines():
                self.assertNotRegex(line, r"^\s*(<script|</details><script|::)")
                # Within code it is text.
                self.assertNotIn("<script>", "".join(line.split("`")[::2]))
        self.evaluate(github, config=suite, method="keyword")
        self.assertEqual(len(github.comments), 1)

    def test_what_a_program_prints_is_no_command(self):
        program = self.stand_in(f"cat <<'END'\n{COMMANDS}END\ncat <<'END' >&2\n{COMMANDS}END\nprintf '::error::no end of line'; exit 1")
        result = self.evaluate(config=self.suite(), program=program)
        self.only_ours(result)
        self.assertEqual(result.outputs["passed"], "false")

    def test_a_report_is_never_read_as_anything_but_text(self):
        github = self.github()
        self.evaluate(github, config=self.suite(), method="keyword")
        marker = github.comments[0]["body"].splitlines()[0]
        checks = [{"run": COMMANDS, "detail": f"{COMMANDS}{HTML}", "conclusion": "fail"}]
        report = {"schema": "answer-grader/eval-report/1", "settings": {"primary": "qwk"}, "gate": {"checks": checks},
                  "runs": [{"metrics": {"qwk": {"value": f"1\npassed=true\n{COMMANDS}"}, "usage": {"cost_usd": 0}}}]}
        (self.folder / "report").write_text(json.dumps(report))
        (self.folder / "text").write_text(f"{marker}\n{HTML}\n{COMMANDS}\n$(touch pwned)\n")
        program = self.stand_in(f'cp {self.folder}/report "$report.json"; cp {self.folder}/text "$report.md"; exit 1')
        result = self.evaluate(github, config="other.toml", program=program)
        self.only_ours(result)
        self.assertEqual((result.code, result.outputs["passed"], len(github.comments)), (1, "false", 2))
        self.assertLessEqual(set(result.outputs), {"passed", "conclusion", "qwk", "cost-usd", "report-path"})
        self.assertEqual((result.outputs["qwk"], result.outputs["cost-usd"]), ("", "0"))
        # The marker of another suite in the middle of a comment marks nothing, whichever comes first.
        github.comments.reverse()
        self.evaluate(github, config=self.suite(), method="keyword")
        self.assertEqual(len(github.comments), 2)
        self.assertIn("$(touch pwned)", github.comments[0]["body"])
        self.assertEqual(list(self.folder.rglob("pwned")), [])

    def test_an_input_is_one_argument_whatever_it_holds(self):
        nasty = "--x $(touch pwned) `touch pwned` \"';touch pwned; * ${HOME}"
        program = self.stand_in(f'printf "%s\\0" "$@" >{self.folder}/arguments')
        names = ("method", "replay", "baseline", "settings", "max_cost", "repeat", "max_concurrency")
        self.evaluate(program=program, config=f"{nasty}\n\n second.jsonl ", prompts=f"{nasty}\n two", models=nasty,
                      record_missing="true", **dict.fromkeys(names, nasty))
        arguments = (self.folder / "arguments").read_text().split("\0")[:-1]
        options = ("config", "method", "model", "prompt", "replay", "baseline", "max-cost", "repeat", "concurrency")
        self.assertEqual(arguments[0], "eval")
        for option in options:
            self.assertIn(f"--{option}={nasty}", arguments)
        self.assertIn("--prompt=two", arguments)
        self.assertIn("--record-missing", arguments)
        self.assertEqual(arguments[-3:], ["--", nasty, "second.jsonl"])
        self.assertEqual(list(self.folder.rglob("pwned")), [])

    def test_secrets_are_seen_by_nobody_else(self):
        shims = self.folder / "shims"
        shims.mkdir()
        (shims / "curl").write_text(f'#!/bin/sh\nprintf "%s " "$@" >>{self.folder}/seen\nenv >>{self.folder}/seen\nexec {shutil.which("curl")} "$@"\n')
        (shims / "curl").chmod(0o755)
        program = self.stand_in(f"env >{self.folder}/environment; exec {self.program} \"$@\"")
        github = self.github()
        result = self.evaluate(github, config=self.suite(), method="keyword", program=program, openai_api_key=KEY,
                               environment={"PATH": f"{shims}:{os.environ['PATH']}", "ANTHROPIC_API_KEY": "the-job's"})
        self.assertEqual((result.code, len(github.comments)), (0, 1), result.log)
        environment = (self.folder / "environment").read_text()
        self.assertIn(f"OPENAI_API_KEY={KEY}\n", environment)
        self.assertIn("ANTHROPIC_API_KEY=the-job's\n", environment)
        self.assertNotIn("GEMINI_API_KEY", environment)
        self.assertNotIn(TOKEN, environment)
        self.assertNotIn(TOKEN, (self.folder / "seen").read_text())
        for text in (result.log, result.summary, str(result.outputs), str(github.comments)):
            self.assertNotIn(KEY, text)
            self.assertNotIn(TOKEN, text)
        kept = [file for file in (self.folder / "temp").rglob("*") if file.is_file()]
        self.assertTrue(kept)
        for file in kept:
            self.assertNotIn(TOKEN, file.read_text())

    def test_a_token_of_another_form_reaches_no_header(self):
        github = self.github()
        result = self.evaluate(github, config=self.suite(), method="keyword", github_token='x"\noutput = "pwned')
        self.assertEqual((result.code, github.asked), (0, []))
        self.assertIn("no comment", result.said("warning"))

    def test_reports_beyond_the_limits_are_cut_and_say_so(self):
        report = {"schema": "answer-grader/eval-report/1", "settings": {"primary": "qwk"}, "runs": [], "gate": {"checks": []}}
        (self.folder / "report").write_text(json.dumps(report))
        (self.folder / "text").write_text("<details>\n" + "ä line of twenty bytes\n" * 100_000)
        program = self.stand_in(f'cp {self.folder}/report "$report.json"; cp {self.folder}/text "$report.md"')
        github = self.github()
        result = self.evaluate(github, config=self.suite(), program=program)
        self.assertEqual(result.code, 0, result.log)
        size = len(result.summary.encode())
        self.assertTrue(1_000_000 < size <= 1_048_576, size)
        self.assertTrue(result.summary.startswith("> This is cut"))
        self.assertTrue(result.summary.endswith("bytes\n"))
        body = github.comments[0]["body"]
        self.assertTrue(60_000 < len(body.encode()) < 65_536)
        self.assertIn("> This is cut", body.splitlines()[1])
