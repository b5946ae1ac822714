"""Grades free-text answers against a reference answer: offline, or with any language model.

>>> from answer_grader import Grader
>>> grade = Grader().grade(
...     question="What does an index do?",
...     reference_answer="It speeds up lookups. Writes become slower.",
...     candidate_answer="It makes lookups faster.",
... )
>>> grade.method, 0 < grade.score < 1
('keyword', True)
"""

from ._core import Exchange, Grade, InvalidRequestError, ReplyError, __version__
from .grader import AsyncModel, Concept, Grader, Misconception, Model, ModelError, Task

__all__ = [
    "AsyncModel",
    "Concept",
    "Exchange",
    "Grade",
    "Grader",
    "InvalidRequestError",
    "Misconception",
    "Model",
    "ModelError",
    "ReplyError",
    "Task",
    "__version__",
]
