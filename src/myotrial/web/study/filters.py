"""Which subjects are looked at: in the address, in words, in Python and on the command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from myotrial.study.narrowing import Wanted, find_fitting, narrowing_columns, narrowing_words
from myotrial.study.narrowing_words import show_only

Values = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=60)]
Age = Annotated[Literal[""] | Annotated[int, Field(ge=0, le=120)], Field(union_mode="left_to_right")]

MOST_VALUES = 60
"""Values of a column that are offered; a column with more is no filter."""


class Filters(BaseModel):
    """The filters of an address; a name may stand several times. What is empty is not asked."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    sex: Values = []
    site: Values = []
    stratum: Values = []
    diagnosis: Values = []
    completed: list[Literal["", "yes", "no"]] = Field(default=[], max_length=2)
    age_from: Age = ""
    age_to: Age = ""

    def wanted(self) -> dict[str, Wanted]:
        """Return what is asked, as :func:`filter_study` takes it.

        Examples
        --------
        >>> Filters(sex=["female", ""], age_from=18).wanted()
        {'sex': ['female'], 'age_years': (18, None)}
        """
        asked: dict[str, Wanted] = {}
        for name in ("sex", "site", "stratum", "diagnosis"):
            if values := sorted({value for value in getattr(self, name) if value}):
                asked[name] = values
        if flags := sorted({value == "yes" for value in self.completed if value}):
            asked["completed"] = flags
        if (self.age_from, self.age_to) != ("", ""):
            low, high = (None if end == "" else end for end in (self.age_from, self.age_to))
            asked["age_years"] = (low, high)
        return asked

    def query(self) -> str:
        """Return the filters as the end of an address, so that they go along with every link.

        Examples
        --------
        >>> Filters(sex=["female"], site=["01", "02"]).query(), Filters().query()
        ('?sex=female&site=01&site=02', '')
        """
        pairs = [
            (name, value)
            for name, given in self.model_dump().items()
            for value in (given if isinstance(given, list) else [given])
            if value != ""
        ]
        return f"?{urlencode(pairs)}" if pairs else ""

    def words(self) -> str:
        """Return the filters in words, or nothing."""
        return narrowing_words(self.wanted())

    def only(self) -> list[str]:
        """Return the filters as the words of the option ``--only``."""
        return show_only(self.wanted())

    def key(self) -> str:
        """Return what is the same for the same choice of subjects."""
        return "\n".join(self.only())


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter as it is offered: its values, each with its number of subjects and whether it is chosen."""

    name: str
    label: str
    values: tuple[tuple[str, int, bool], ...]


def choices_of(subjects: pl.DataFrame, filters: Filters) -> list[Choice]:
    """Return the filters that a study has: columns of words, and of yes and no, with more than one value."""
    asked = filters.model_dump()
    found = []
    for name, column in narrowing_columns().items():
        if name not in asked or name not in subjects.columns:
            continue
        counts = subjects.group_by(name).len().drop_nulls().sort(name)
        if not 1 < counts.height <= MOST_VALUES:
            continue
        named = [(_value(value), n) for value, n in counts.iter_rows()]
        values = tuple((value, n, value in asked[name]) for value, n in named)
        found.append(Choice(name, column.label, values))
    return found


def has_ages(subjects: pl.DataFrame) -> bool:
    """Tell whether subjects can be chosen by their age."""
    return "age_years" in subjects.columns and subjects["age_years"].null_count() < subjects.height


def count_fitting(subjects: pl.DataFrame, wanted: Mapping[str, Any]) -> int:
    """Return how many subjects fit.

    Raises
    ------
    BadInput
        With every column and value that cannot be asked for.
    """
    return int(find_fitting(subjects, wanted).sum())


def _value(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
