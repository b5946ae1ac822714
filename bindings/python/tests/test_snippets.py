"""What stands in the README and the examples runs."""

import doctest
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import answer_grader

HERE = Path(__file__).parent.parent


def snippets() -> list[str]:
    """Those of this package's README and of the project's."""
    texts = [(HERE / name).read_text() for name in ("README.md", "PROJECT.md")]
    return [snippet for text in texts for snippet in re.findall(r"```python\n(.*?)```", text, re.S)]


@pytest.mark.parametrize("number", range(len(snippets())))
def test_a_snippet_of_the_readme_runs(number: int) -> None:
    assert len(snippets()) == 5
    done = subprocess.run([sys.executable, "-W", "error", "-c", snippets()[number]], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_package_says_what_it_does() -> None:
    assert doctest.testmod(answer_grader).attempted == 3
    assert doctest.testmod(answer_grader).failed == 0


def example(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, HERE / "examples" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REFERENCE = "It speeds up lookups. Writes become slower."


def test_promptfoo_asserts() -> None:
    given = {"vars": {"question": "What does an index do?", "reference_answer": REFERENCE}}
    assert_ = example("promptfoo_assert").get_assert
    assert assert_(REFERENCE, given)["pass"] is True
    poor = assert_("It is a table.", given)
    assert poor["pass"] is False and "slower" in poor["reason"]
