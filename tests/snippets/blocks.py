"""The code blocks of every README, of docs/ and of the Markdown files beside Cargo.toml, as a parser of Markdown sees them."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Block:
    file: str
    # Of its first line of code, or of the fence above that.
    line: int
    # All that stands behind the fence, such as `ts browser`; nothing for code that is indented.
    language: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Command:
    """What somebody types before the shell does something: a line, or several that belong together."""

    text: str
    place: str


def documents() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name not in ("target", "node_modules") and not name.startswith("."))
        here = Path(folder)
        for name in sorted(names):
            if name == "README.md" or (name.endswith(".md") and here in (ROOT, ROOT / "docs")):
                yield here / name


def parsed(file: str, text: str) -> list[Block]:
    """Code in fences, however far they are indented, and code that is indented."""
    found = []
    for token in MarkdownIt().parse(text):
        if token.type in ("fence", "code_block"):
            assert token.map
            found.append(Block(file, token.map[0] + 1, token.info.strip(), token.content))
    return found


@cache
def every_block() -> tuple[Block, ...]:
    files = [(str(path.relative_to(ROOT)), path.read_text()) for path in documents()]
    return tuple(block for file, text in files for block in parsed(file, text))


def commands(block: Block) -> list[Command]:
    """A block of shell code, command by command, without what is comment only."""
    found: list[Command] = []
    lines: list[str] = []
    for number, line in enumerate(block.text.splitlines(), block.line + (1 if block.language else 0)):
        lines.append(line)
        text = "\n".join(lines)
        if _is_complete(text):
            if any(line.strip() and not line.lstrip().startswith("#") for line in lines):
                found.append(Command(text, f"{block.file}:{number - len(lines) + 1}"))
            lines = []
    assert not lines, f"{block.place}: the shell waits for more after {lines}"
    return found


def _is_complete(text: str) -> bool:
    # bash takes the end of the text for the end of a here-document, and says so.
    checked = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True)
    return checked.returncode == 0 and not checked.stderr and not text.endswith("\\")
