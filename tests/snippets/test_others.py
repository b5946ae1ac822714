"""What README files beside the documentation show: benchmarks, fuzzing, the model server of the tests."""

import subprocess
import urllib.request

import yaml

from blocks import ROOT, Block
from desk import SnippetTest
from rules import runs


class Others(SnippetTest):
    @runs(("benches/README.md", "sh", "cat > promptfooconfig.yaml"))
    def test_the_comparison_has_its_files(self, block: Block) -> None:
        self.run_each(block, {"cat > promptfooconfig.yaml": self.configures, "{ echo 'answer,__expected'": self.writes_rows})

    def configures(self, command: str) -> None:
        self.run_command(command)
        settings = yaml.safe_load((self.folder / "promptfooconfig.yaml").read_text())
        self.assertEqual(set(settings), {"prompts", "providers", "tests"})

    def writes_rows(self, command: str) -> None:
        self.run_command(command)
        self.assertEqual(len((self.folder / "tests.csv").read_text().splitlines()), 501)

    @runs(("fuzz/README.md", "sh", "cargo install cargo-fuzz"))
    def test_fuzzing_has_its_folders(self, block: Block) -> None:
        self.run_each(block, {"mkdir -p fuzz/corpus/offline": self.run_command})
        # What the last line names.
        self.assertIn("cargo +nightly fuzz run offline fuzz/corpus/offline fuzz/seeds/offline ", block.text)
        for folder in ("fuzz/corpus/offline", "fuzz/seeds/offline"):
            self.assertTrue((self.folder / folder).is_dir(), folder)
        self.assertIn('name = "offline"', (ROOT / "fuzz/Cargo.toml").read_text())

    @runs(("tests/llama/README.md", "", "target/test-tools/llama/venv/bin/python tests/llama/serve.py 8081 "))
    def test_the_model_server_serves(self, block: Block) -> None:
        # Where tests/setup has put it, on a free port.
        command = block.text.replace(" 8081 ", " 0 ")
        with (self.home / "log").open("w") as log, subprocess.Popen(
            ["bash", "-c", command], cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process:
            assert process.stdin and process.stdout
            try:
                told = process.stdout.readline().split()
                self.assertEqual(told[:2], ["listening", "on"], (self.home / "log").read_text())
                request = urllib.request.Request(f"{told[2]}/models", headers={"Authorization": "Bearer sk-local"})
                with urllib.request.urlopen(request, timeout=20) as response:
                    self.assertEqual(response.status, 200)
            finally:
                # "it ends with its standard input"
                process.stdin.close()
            self.assertEqual(process.wait(20), 0)
