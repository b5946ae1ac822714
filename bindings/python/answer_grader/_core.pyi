"""What the compiled part gives."""

from typing import Any, final

__version__: str

class InvalidRequestError(ValueError):
    """Fields of a request are missing, contradict each other or exceed a limit, one a line; no message repeats a field's text."""

class ReplyError(ValueError):
    """A model's reply is not what was asked for; that is an error and never a score of 0."""

@final
class Grade:
    """A grade: a score, what it rests on, and how far to trust it. Nothing changes it: copies are the grade itself, and it can be pickled."""

    def __new__(cls, json: str) -> Grade:
        """Reads back what ``json.dumps(grade.to_dict())`` wrote. Raises ``ValueError``."""

    @property
    def score(self) -> float | None:
        """0..1; None where the answer cannot be judged, with the reason in ``review_reasons``."""
    @property
    def points(self) -> float | None:
        """``score`` times ``max_points``."""
    @property
    def max_points(self) -> float:
        """What a score of 1 is worth."""
    @property
    def method(self) -> str:
        """Who judged: ``llm``, ``keyword`` or ``gate`` (nothing needed judging)."""
    @property
    def degraded(self) -> str | None:
        """Why the answer was not graded as asked; None where it was."""
    @property
    def feedback(self) -> str:
        """For the candidate, in plain sentences."""
    @property
    def confidence(self) -> float:
        """0..1, an ordering: grades of higher confidence agree with people more often."""
    @property
    def needs_review(self) -> bool:
        """Whether a person should look at it."""
    @property
    def review_reasons(self) -> list[str]:
        """Why."""
    @property
    def concepts(self) -> list[dict[str, Any]]:
        """Every concept: ``id``, ``text``, ``weight``, ``verdict`` and ``evidence``, whose ``start`` and ``end`` index the answer as a ``str`` (half a surrogate pair is one character, quoted as U+FFFD)."""
    @property
    def missing_concepts(self) -> list[dict[str, Any]]:
        """The concepts that are missing or contradicted: ``id`` and ``text``."""
    @property
    def misconceptions(self) -> list[dict[str, Any]]:
        """The misconceptions that the answer asserts."""
    @property
    def flags(self) -> list[dict[str, Any]]:
        """What was noticed, such as instructions to the grader."""
    def to_dict(self) -> dict[str, Any]:
        """The whole grade, as the HTTP API gives it."""
    def degraded_by(self, reason: str) -> Grade:
        """The same grade, marked as not graded as asked, and for review."""

@final
class Exchange:
    """What a model is asked about an answer. Send ``system`` and ``user`` and give the reply's text to ``finish``."""

    @property
    def system(self) -> str:
        """The instructions."""
    @property
    def user(self) -> str:
        """Question, key and, last, the answer, fenced."""
    @property
    def schema_name(self) -> str:
        """The schema's name, which some providers want."""
    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the reply."""
    @property
    def prompt(self) -> str:
        """The prompt's identity."""
    def finish(self, reply: str) -> Grade:
        """Turns a reply into a grade, every claim checked against the answer. Raises ``ReplyError``. Half a surrogate pair in it is read as U+FFFD."""

@final
class Task:
    """A question with its key, prepared for any number of answers."""

    def __new__(cls, request: str) -> Task: ...
    def grade(self, answer: str) -> Grade: ...
    def grade_many(self, answers: list[str], threads: int) -> list[Grade]: ...
    def prepare(self, answer: str) -> Grade | Exchange: ...
