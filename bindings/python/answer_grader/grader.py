"""The front door: tasks, models, and what happens when a model fails."""

from __future__ import annotations

import asyncio
import inspect
import json
import math
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypedDict

from ._core import Exchange, Grade, InvalidRequestError, ReplyError
from ._core import Task as _Task

Model = Callable[[Exchange], str]
"""Asks a language model, in whatever way, and gives the text of its reply."""

AsyncModel = Callable[[Exchange], Awaitable[str]]
"""The same, awaited."""

_MOST_THREADS = 1024

Fallback = Literal["keyword", "error"]
Feedback = Literal["full", "hint", "none"]
Source = Literal["text", "speech"]


class _ConceptOptions(TypedDict, total=False):
    weight: float
    aliases: Sequence[str]
    required: bool


class Concept(_ConceptOptions):
    """An idea that an answer should express; ``weight``, ``aliases`` and ``required`` may be left out."""

    id: str
    text: str


class Misconception(TypedDict):
    """A mistaken belief, judged by a language model only; an answer that asserts it scores at most ``cap``."""

    id: str
    text: str
    cap: float


class ModelError(Exception):
    """The model could not be asked, or its reply could not be used, and ``fallback`` is ``"error"``. The cause is its ``__cause__``."""


class Task:
    """A question with its key, prepared once for any number of answers.

    Raises ``InvalidRequestError``, which names each field that is wrong. Half a surrogate pair, in any text, is taken for
    U+FFFD, which is one character, too: places in an answer stay.
    """

    __slots__ = ("_core", "_fallback", "_model")

    def __init__(self, request: dict[str, Any], model: Model | AsyncModel | None, fallback: Fallback) -> None:
        self._core = _Task(_written(request))
        self._model = model
        self._fallback = fallback

    def grade(self, candidate_answer: str) -> Grade:
        """Grades one answer: by the model where the grader has one, else offline.

        Whatever the model raises is its failure. That it gives no text is a mistake in the program: ``TypeError``.
        """
        if self._model is None:
            return self._core.grade(candidate_answer)
        asked = self._core.prepare(candidate_answer)
        if isinstance(asked, Grade):
            return asked
        try:
            reply = self._model(asked)
        except Exception as error:
            return self._failed(candidate_answer, error)
        return self._read(asked, candidate_answer, reply)

    async def grade_async(self, candidate_answer: str) -> Grade:
        """The same without blocking the event loop; a model may be asynchronous, one that is not runs in a thread."""
        if self._model is None:
            return await asyncio.to_thread(self._core.grade, candidate_answer)
        asked = await asyncio.to_thread(self._core.prepare, candidate_answer)
        if isinstance(asked, Grade):
            return asked
        if inspect.iscoroutinefunction(self._model):
            reply, error = _asked(self._model, asked)
        else:
            reply, error = await asyncio.to_thread(_asked, self._model, asked)
        if inspect.isawaitable(reply):
            try:
                reply = await reply
            except Exception as failure:
                error = failure
        if error is not None:
            return await asyncio.to_thread(self._failed, candidate_answer, error)
        return await asyncio.to_thread(self._read, asked, candidate_answer, reply)

    def grade_many(self, candidate_answers: Sequence[str], threads: int | None = None) -> list[Grade]:
        """Grades answers offline, in their order, on so many threads (all of the machine's by default) and without the interpreter's lock.

        It asks no model: for that, gather ``grade_async``. Where an answer cannot be graded, none is, and the error names
        each that is wrong: ``candidate_answers/1: …``.
        """
        answers = _several("candidate_answers", candidate_answers)
        if threads is None:
            threads = os.cpu_count() or 1
        if not 1 <= threads <= _MOST_THREADS:
            raise ValueError(f"threads must be from 1 to {_MOST_THREADS}")
        return self._core.grade_many(answers, threads)

    def prepare(self, candidate_answer: str) -> Grade | Exchange:
        """Says what a model is to be asked; a grade where nothing needs to be asked (silence, only the question again)."""
        return self._core.prepare(candidate_answer)

    def _read(self, asked: Exchange, answer: str, reply: Any) -> Grade:
        if not isinstance(reply, str):
            if inspect.isawaitable(reply):
                _close(reply)
                raise TypeError("an asynchronous model is for grade_async")
            raise TypeError(f"a model must give the text of a reply, a str, not {type(reply).__name__}")
        try:
            return asked.finish(reply)
        except ReplyError as error:
            return self._failed(answer, error)

    def _failed(self, answer: str, error: Exception) -> Grade:
        if self._fallback == "error":
            raise ModelError("the model gave no usable reply") from error
        reason = "schema_violation" if isinstance(error, ReplyError) else "model_failed"
        return self._core.grade(answer).degraded_by(reason)


class Grader:
    """Grades answers: offline, or by ``model``, any callable that takes an ``Exchange`` and gives a reply's text.

    Where the model fails, the answer is graded offline and marked (``degraded``), or, with ``fallback="error"``,
    ``ModelError`` is raised: an error is never a score of 0. A model fails where it raises, or where its text is not what
    was asked for. One that is not callable, or gives something else than text, is a ``TypeError`` at once.
    """

    __slots__ = ("_fallback", "_model")

    def __init__(self, model: Model | AsyncModel | None = None, *, fallback: Fallback = "keyword") -> None:
        if fallback not in ("keyword", "error"):
            raise ValueError('fallback must be "keyword" or "error"')
        if model is not None and not callable(model):
            raise TypeError(f"a model must be callable, which {type(model).__name__} is not")
        self._model = model
        self._fallback: Fallback = fallback

    def task(
        self,
        *,
        question: str = "",
        reference_answer: str | None = None,
        alternative_answers: Sequence[str] = (),
        concepts: Sequence[Concept] = (),
        misconceptions: Sequence[Misconception] = (),
        max_points: float = 1.0,
        feedback: Feedback = "full",
        language: str | None = None,
        answer_source: Source = "text",
        redact: Sequence[str] = (),
    ) -> Task:
        """Prepares a question, for more than one answer. ``reference_answer`` may be left out where there are concepts.

        What may be several is never one ``str``, which would be taken for its letters: ``TypeError``.
        """
        request: dict[str, Any] = {
            "candidate_answer": "",
            "question": question,
            "alternative_answers": _several("alternative_answers", alternative_answers),
            "concepts": [_concept(f"concepts/{at}", concept) for at, concept in enumerate(_several("concepts", concepts))],
            "misconceptions": _several("misconceptions", misconceptions),
            "max_points": max_points,
            "feedback": feedback,
            "answer_source": answer_source,
            "redact": _several("redact", redact),
        }
        optional = {"reference_answer": reference_answer, "language": language}
        request.update({name: value for name, value in optional.items() if value is not None})
        return Task(request, self._model, self._fallback)

    def grade(self, *, candidate_answer: str, **task: Any) -> Grade:
        """Grades one answer to a question, which has the fields of ``task``."""
        return self.task(**task).grade(candidate_answer)

    async def grade_async(self, *, candidate_answer: str, **task: Any) -> Grade:
        """The same without blocking the event loop."""
        prepared = await asyncio.to_thread(lambda: self.task(**task))
        return await prepared.grade_async(candidate_answer)


def _asked(model: Callable[[Exchange], Any], asked: Exchange) -> tuple[Any, Exception | None]:
    """Calls a model. What it raises comes back as a value: a ``StopIteration`` cannot be that of a future."""
    try:
        return model(asked), None
    except Exception as error:
        return None, error


def _several(name: str, values: Any) -> list[Any]:
    """A list of what was given as several."""
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be a sequence, such as a list, not {type(values).__name__}")
    return list(values)


def _concept(name: str, concept: Any) -> dict[str, Any]:
    if not isinstance(concept, Mapping):
        raise TypeError(f"{name} must be a dict, not {type(concept).__name__}")
    return {**concept, "aliases": _several(f"{name}/aliases", concept.get("aliases", ()))}


def _written(request: dict[str, Any]) -> str:
    """A request as JSON. That has no name for NaN and infinity, so what is wrong is told before."""
    wrong = [f"{place}: must be a finite number" for place in _endless(request, "")]
    if wrong:
        raise InvalidRequestError("\n".join(wrong))
    # Not escaped: two halves that stand side by side would be read as one character, and are two in a ``str``.
    return json.dumps(request, ensure_ascii=False)


def _endless(value: Any, place: str) -> Iterator[str]:
    """Where there are numbers that JSON cannot say, or readers of it cannot hold."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _endless(part, f"{place}/{name}" if place else str(name))
    elif isinstance(value, (list, tuple)):
        for at, part in enumerate(value):
            yield from _endless(part, f"{place}/{at}")
    elif isinstance(value, (float, int)):
        try:
            if not math.isfinite(value):
                yield place
        except OverflowError:
            yield place


def _close(reply: Any) -> None:
    """Ends a coroutine that nobody awaits, so that Python does not complain of it."""
    close = getattr(reply, "close", None)
    if close is not None:
        close()
