"""All that reads words, built once from the data and handed to the dialog."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from conversations.data_error import DataError, located
from conversations.reading.clauses import Clauses, ClauseWords
from conversations.reading.names import Names
from conversations.reading.order_facts import FactReader
from conversations.reading.questions import QuestionLimits, QuestionReader
from conversations.reading.seller_replies import ReplyLimits, ReplyReader

Phrases = Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]
_TABLES = {
    "questions": ("recognition", "questions"),
    "replies": ("recognition", "replies"),
    "mentions": ("mentions", ""),
    "clauses": ("clauses", ""),
}


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    questions: QuestionLimits
    replies: ReplyLimits
    mentions: Phrases
    clauses: ClauseWords


@dataclass(frozen=True, slots=True)
class Readers:
    """What reads each kind of words: names of choices, facts of the order, questions, and sellers' messages."""

    names: Names
    clauses: Clauses
    facts: FactReader
    questions: QuestionReader
    replies: ReplyReader


def read_readers(
    files: Mapping[str, Mapping[str, Any]],
    models: Mapping[str, Any],
    names: Mapping[str, Sequence[str]],
    *,
    unsafe: Collection[str] = (),
    reported: Mapping[str, tuple[str, ...]] | None = None,
) -> Readers:
    """Build the readers from the parsed data files (``mentions``, ``recognition``) and the trained models.

    ``names`` are the words that a buyer may type (``spelling.name_key``), to the tokens they stand for; ``unsafe``
    the kinds of seller's replies that could cost the buyer; ``reported`` the phrases by which buyers tell of a kind.
    Without models no typed question is understood. Raises ``DataError``.
    """
    missing = sorted({file for file, _ in _TABLES.values()} - set(files))
    if missing:
        raise DataError([f"{file}.toml: the file is missing" for file in missing])
    told = {field: files[file].get(table, {}) if table else files[file] for field, (file, table) in _TABLES.items()}
    try:
        data = _Data.model_validate(told)
    except ValidationError as error:
        raise DataError(located(error, told, _TABLES)) from error
    clauses = Clauses(data.clauses)
    return Readers(
        Names(names),
        clauses,
        FactReader(data.mentions, clauses),
        QuestionReader(models.get("questions", {}), data.questions),
        ReplyReader(models.get("replies", {}), data.replies, unsafe, reported or {}, clauses),
    )
