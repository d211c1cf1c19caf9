"""What is wrong in the data files: every problem at once, each with its file and the row's own id."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails


class DataError(Exception):
    """The data is wrong. ``problems`` holds every problem found, each as ``file: key: what to mend``."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep the problems; the message is all of them, one a line."""
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def unknown(file: str, key: str, value: str, known: Iterable[str]) -> Iterator[str]:
    """Yield one problem if the value is not among the known ones, with the nearest as a hint."""
    known = list(known)
    if value not in known:
        yield f"{file}.toml: {key}: unknown {value!r}{did_you_mean(value, known)}"


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """Return a hint at the known name that is nearest to a wrong one; nothing where none is near.

    >>> did_you_mean("sale_coupn", ["sale_coupon", "fees"])
    " (did you mean 'sale_coupon'?)"
    """
    near = difflib.get_close_matches(value, list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def located(error: ValidationError, data: Mapping[str, Any], tables: Mapping[str, tuple[str, str]]) -> list[str]:
    """Return each problem that pydantic found with the file, the row's id and the key.

    ``data`` is what was read; ``tables`` says in which file and table each field of it stands.
    """
    return [_located(problem["loc"], _plain(problem), data, tables) for problem in error.errors()]


_PLAIN = {
    "missing": "this is missing; write it",
    "extra_forbidden": "there is no such key; take it out, or mend its name",
    "enum": "one of {expected} is needed",
    "literal_error": "one of {expected} is needed",
    "int_type": "a whole number is needed",
    "int_parsing": "a whole number is needed",
    "int_from_float": "a whole number is needed",
    "bool_type": "true or false is needed",
    "bool_parsing": "true or false is needed",
    "string_type": "a text in quotes is needed",
    "string_too_short": "it is empty; write it",
    "too_short": "at least one is needed",
    "tuple_type": "a list in [ ] is needed",
    "list_type": "a list in [ ] is needed",
    "dict_type": "columns are needed: name = value",
    "mapping_type": "columns are needed: name = value",
    "model_type": "a row with columns is needed",
    "greater_than_equal": "it is too small; {ge} is the least",
    "less_than_equal": "it is too big; {le} is the most",
    "string_pattern_mismatch": "it has a wrong form: an id has small letters, figures and _; a fact is F1, B1 …",
}
"""What each kind of pydantic's findings means to somebody who edits a table."""


def _plain(problem: ErrorDetails) -> str:
    """Return what is wrong in an editor's words."""
    if problem["type"] == "value_error":
        return problem["msg"].removeprefix("Value error, ")
    return _PLAIN.get(problem["type"], "it has not the form that is needed here").format(**problem.get("ctx", {}))


def _located(
    where: tuple[int | str, ...], told: str, data: Mapping[str, Any], tables: Mapping[str, tuple[str, str]]
) -> str:
    field, *rest = where
    file, table = tables.get(str(field), (str(field), ""))
    names = [table] if table else []
    value: Any = data.get(str(field))
    for part in rest:
        value = _inside(value, part)
        own = value.get("id") if isinstance(part, int) and isinstance(value, dict) else None
        names.append(str(own or (part + 1 if isinstance(part, int) else part)))
    return f"{file}.toml: {'.'.join(names)}: {told}"


def _inside(value: Any, part: int | str) -> Any:  # noqa: ANN401  # whatever TOML holds
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return None
