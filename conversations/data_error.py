"""What is wrong in the data files: every problem at once, each with its file and the row's own id."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError


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
    return [_located(problem["loc"], problem["msg"], data, tables) for problem in error.errors()]


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
    return f"{file}.toml: {'.'.join(names)}: {told.removeprefix('Value error, ')}"


def _inside(value: Any, part: int | str) -> Any:  # noqa: ANN401  # whatever TOML holds
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return None
