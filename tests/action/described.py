"""What action.yml says, read by its own layout, since Python brings no parser of YAML.

A line that is laid out in another way is missing here, and `test_description` notices.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "action.yml").read_text()


def section(name: str) -> str:
    """The lines below a key at the left margin."""
    return re.search(rf"^{name}:\n((?:(?: .*)?\n)*)", TEXT, re.MULTILINE).group(1)


def fields(name: str) -> dict[str, dict[str, str]]:
    """Inputs or outputs with what is said of each."""
    found: dict[str, dict[str, str]] = {}
    for line in section(name).splitlines():
        if head := re.fullmatch(r"  ([a-z-]+):", line):
            found[head[1]] = {}
            latest = found[head[1]]
        elif field := re.fullmatch(r"    ([a-z]+): (.+)", line):
            latest[field[1]] = field[2].strip('"')
    return found


def variables() -> dict[str, str]:
    """The variable of each input."""
    pairs = re.findall(r"^        (\w+): \$\{\{ inputs\.([a-z-]+) \}\}$", TEXT, re.MULTILINE)
    return {name: variable for variable, name in pairs}


def commands() -> list[str]:
    """The shell code of every step, in order."""
    return re.findall(r"^      run: (.+)$", TEXT, re.MULTILINE)
