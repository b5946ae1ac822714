"""The comment on the pull request: one a suite, edited in place, and only where the token may."""

from github import BOT
from step import TOKEN, StepTest


class Comments(StepTest):
    def test_the_first_run_writes_it_and_the_second_edits_it(self):
        github = self.github()
        suite = self.suite("suite.toml")
        self.assertEqual(self.evaluate(github, config=suite, method="keyword").code, 0)
        self.assertEqual(len(github.comments), 1)
        comment = github.comments[0]
        first = comment["body"]
        self.assertRegex(first, r"\A<!-- answer-grader eval [0-9a-f]{40} -->\n## ✅ `suite`: pass\n")
        self.assertIn("Of commit 3f1c0de3f1c0", first)
        self.assertIn("https://git.example/octo/example/actions/runs/42", first)

        self.suite("suite.toml", "qwk = 0.99")
        result = self.evaluate(github, config=suite, method="keyword")
        self.assertEqual((result.code, len(github.comments)), (1, 1))
        self.assertIn("## ❌ `suite`: fail", comment["body"])
        self.assertEqual(comment["body"].splitlines()[0], first.splitlines()[0])
        writes = [asked.split("?")[0] for asked in github.asked if not asked.startswith("GET")]
        self.assertEqual(writes, ["POST /repos/octo/example/issues/7/comments", "PATCH /repos/octo/example/issues/comments/1000"])
        self.assertEqual(result.said("warning"), "")

    def test_each_suite_has_its_own(self):
        github = self.github()
        for name in ("a.toml", "b.toml", "a.toml"):
            self.evaluate(github, config=self.suite(name), method="keyword")
        self.assertEqual(len(github.comments), 2)

    def test_a_run_that_measures_nothing_replaces_an_older_verdict(self):
        github = self.github()
        self.evaluate(github, config=self.suite(), method="keyword")
        result = self.evaluate(github, config=self.suite(), program=self.stand_in("exit 2"))
        self.assertEqual((result.code, len(github.comments)), (2, 1))
        self.assertIn("nothing was measured", github.comments[0]["body"])

    def test_it_is_found_behind_a_hundred_others(self):
        github = self.github()
        for number in range(130):
            github.add("octo-writer", f"comment {number}")
        self.evaluate(github, config=self.suite(), method="keyword")
        self.evaluate(github, config=self.suite(), method="keyword")
        self.assertEqual(len(github.comments), 131)
        self.assertEqual([comment["body"] for comment in github.comments[:130]], [f"comment {number}" for number in range(130)])

    def test_what_somebody_else_wrote_is_left_alone(self):
        github = self.github()
        self.evaluate(github, config=self.suite(), method="keyword")
        ours = github.comments.pop()
        # Who wrote it could edit the verdict afterwards.
        theirs = github.add("octo-writer", ours["body"])
        before = theirs["body"]
        self.evaluate(github, config=self.suite(), method="keyword")
        self.assertEqual((len(github.comments), theirs["body"]), (2, before))
        self.assertEqual(github.comments[1]["user"]["login"], BOT)
        # With a token of their own it would be theirs.
        self.evaluate(github, config=self.suite(), method="keyword", comment_author="octo-writer", program=self.stand_in("exit 2"))
        self.assertNotEqual(theirs["body"], before)

    def test_a_fork_without_a_token_writes_none(self):
        github = self.github()
        result = self.evaluate(github, config=self.suite(), method="keyword", github_token="")
        self.assertEqual((result.code, github.asked), (0, []))
        self.assertIn("no github-token", result.said("notice"))

    def test_a_token_that_may_only_read_is_no_failure(self):
        github = self.github(may_write=False)
        result = self.evaluate(github, config=self.suite(), method="keyword")
        self.assertEqual((result.code, github.comments), (0, []))
        self.assertIn("HTTP 403", result.said("notice"))
        self.assertIn("pull-requests: write", result.said("notice"))

    def test_an_outage_of_the_api_changes_no_verdict(self):
        result = self.evaluate(self.github(broken=True), config=self.suite(), method="keyword")
        self.assertEqual((result.code, result.outputs["passed"]), (0, "true"))
        self.assertIn("HTTP 502", result.said("warning"))
        result = self.evaluate(None, config=self.suite("strict.toml", "qwk = 0.99"), method="keyword", github_token=TOKEN)
        self.assertEqual(result.code, 1)
        self.assertIn("HTTP 000", result.said("warning"))

    def test_a_push_has_no_pull_request(self):
        github = self.github()
        result = self.evaluate(github, event="push", config=self.suite(), method="keyword")
        self.assertEqual((result.code, github.asked), (0, []))

    def test_it_can_be_left_out(self):
        github = self.github()
        result = self.evaluate(github, config=self.suite(), method="keyword", disable_comment="true")
        self.assertEqual((result.code, github.asked), (0, []))
        self.assertNotEqual(result.summary, "")
