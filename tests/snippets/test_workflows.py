"""Steps of GitHub workflows: actionlint reads them, and the action's script runs them as the runner would."""

import subprocess
import sys
from typing import Any

import yaml

from blocks import ROOT, Block
from desk import SnippetTest
from rules import rule

# What stands in for the runner belongs to the tests of the action.
sys.path.append(str(ROOT / "tests/action"))
from step import StepTest  # type: ignore[import-not-found]

WAY = "test_workflows.Workflows.test_the_action_is_used_as_it_wants_to_be"
STEPS = (
    rule("README.md", "yaml", "- uses: OWNER/answer-grader@COMMIT", kind="steps", way=WAY),
    rule("deploy/action/README.md", "yaml", "- uses: OWNER/answer-grader@COMMIT", kind="steps", way=WAY),
)
# What the documents say to put in: here, this repository.
OURS = "OWNER/answer-grader@COMMIT"


class Workflows(SnippetTest):
    def test_the_action_is_used_as_it_wants_to_be(self) -> None:
        for steps in STEPS:
            for block in steps.blocks():
                with self.subTest(snippet=block.place):
                    self.lint(block)
                    self.evaluate(block)

    def lint(self, block: Block) -> None:
        """With what deploy/action/README.md says that the job needs."""
        steps = yaml.safe_load(block.text.replace(OURS, "./"))
        checkout = {"uses": "actions/checkout@v6", "with": {"persist-credentials": False}}
        job = {"runs-on": "ubuntu-latest", "steps": [checkout, *steps]}
        permissions = {"contents": "read", "pull-requests": "write"}
        workflow = {"on": "pull_request", "permissions": permissions, "jobs": {"grading": job}}
        folder = self.folder / ".github/workflows"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "grading.yml").write_text(yaml.safe_dump(workflow))
        # It takes the folder that git says for the repository, whose action.yml `./` is.
        (self.folder / ".git").mkdir(exist_ok=True)
        done = subprocess.run(["actionlint", ".github/workflows/grading.yml"], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def evaluate(self, block: Block) -> None:
        """What the step's inputs name is made first: recorded replies, and a baseline."""
        [step] = yaml.safe_load(block.text)
        inputs: dict[str, Any] = step["with"]
        runner = StepTest()
        runner.setUp()
        self.addCleanup(runner.doCleanups)
        runner.suite()
        self.configured_model()
        self.environment["FOLDER"] = str(runner.folder)
        suite = f"cd \"$FOLDER\" && answer-grader eval {inputs['config']}"
        self.run_command(f"{suite} --record {inputs['replay']}")
        self.run_command(f"{suite} --replay {inputs['replay']} --baseline {inputs['baseline']} --write-baseline")
        result = runner.evaluate(**{name.replace("-", "_"): value for name, value in inputs.items()})
        self.assertEqual((result.code, result.outputs.get("passed")), (0, "true"), result.log)
        self.assertIn("against the baseline", result.summary)
