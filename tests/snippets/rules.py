"""Which way of running has which block, and what is not run at all.

A block belongs to one rule by its file, its language and, where a file has several of a language, by how it begins.
`test_every_block` fails where a block has no rule, or two, and where a rule has no block any more.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from blocks import Block, Command, every_block

Test = TypeVar("Test", bound=Callable[..., None])


@dataclass(frozen=True)
class Rule:
    file: str
    language: str
    # How its one block begins; None for all that the file has in this language.
    begins: str | None = None
    # What a block of a language that says little is: settings, bank, suite, cases, steps of a workflow.
    kind: str = ""
    # Who runs it.
    way: str = ""

    def takes(self, block: Block) -> bool:
        return (block.file, block.language) == (self.file, self.language) and block.text.startswith(self.begins or "")

    def blocks(self) -> list[Block]:
        return [block for block in every_block() if self.takes(block)]

    def __str__(self) -> str:
        return f"the rule for {self.file}, {self.language or 'no language'}, beginning {self.begins!r}"


RULES: list[Rule] = []

# Commands that no test here can run, by file and beginning: everything else is run. The tests run what stands before them.
NOT_RUN = {
    ("README.md", "tests/run"): "it is what runs these tests",
    ("benches/README.md", "/usr/bin/time -v npx promptfoo"): "fetches some hundred packages, and measures for a minute",
    ("fuzz/README.md", "cargo install cargo-fuzz"): "fetches and builds a tool",
    ("fuzz/README.md", "cargo +nightly fuzz run"): "needs that tool and a nightly compiler, and fuzzes for ten minutes",
}


def not_run(command: Command) -> str | None:
    """Why a command is not run."""
    file = command.place.rsplit(":", 1)[0]
    reasons = [why for (of, begins), why in NOT_RUN.items() if of == file and command.text.startswith(begins)]
    return reasons[0] if reasons else None


def rule(file: str, language: str, begins: str | None = None, *, kind: str = "", way: str) -> Rule:
    made = Rule(file, language, begins, kind, way)
    RULES.append(made)
    return made


def runs(*shown: tuple[str, str, str]) -> Callable[[Test], Test]:
    """Makes a test the way of running of the blocks that it names by file, language and beginning; it is handed them."""

    def decorate(test: Test) -> Test:
        rules = [rule(*one, way=f"{test.__module__}.{test.__name__}") for one in shown]

        @functools.wraps(test)
        def with_blocks(self: Any) -> None:
            found = []
            for one in rules:
                blocks = one.blocks()
                self.assertEqual(len(blocks), 1, f"{one} has {len(blocks)} blocks")
                found += blocks
            with self.subTest(snippet=" ".join(block.place for block in found)):
                test(self, *found)

        return with_blocks  # type: ignore[return-value]

    return decorate


if __name__ == "__main__":
    print("Not run:")
    for (file, begins), why in NOT_RUN.items():
        print(f"  {file}: {begins} … {why}")
