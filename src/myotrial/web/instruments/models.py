"""What the JSON twins of the instruments take and give."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Word = Annotated[str, Field(max_length=60)]
Number = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]


class Items(BaseModel):
    """The items of one person at one visit: numbers, or the codes of the instrument."""

    model_config = ConfigDict(extra="forbid")

    items: dict[Word, Number | Word | None] = Field(max_length=400)
    options: dict[Word, Number | Word | None] = Field(default_factory=dict, max_length=40)


class Range(BaseModel):
    """A total: its words, unit and range, and the direction in which a patient improves."""

    label: str
    unit: str
    low: float
    high: float
    better: str


class Total(Range):
    """A total as it came out: its value where it is settled, and the interval over what is missing."""

    value: float | None
    least: float | None
    most: float | None
    band: str | None
    items: int
    answered: int


class Found(BaseModel):
    """The totals of one person at one visit, with all they rest on."""

    instrument: str
    title: str
    totals: dict[str, Total]
    answered: int
    n_missing: int
    options: dict[str, Any]
    notes: list[str]
    instrument_sha256: str | None = None
    version: str | None = None
    note: str


class Listed(BaseModel):
    """An instrument in the list."""

    id: str
    title: str
    short: str
    measures: str
    items: int
    totals: dict[str, Range]
    sources: list[str]


class Asked(BaseModel):
    """An item: its words and its values."""

    id: str
    label: str
    low: float
    high: float
    step: float | None


class Choice(BaseModel):
    """What no source settles: its words, its default and its choices."""

    label: str
    default: Any
    choices: dict[str, str]


class Described(Listed):
    """An instrument with its items, its options and its sources."""

    asked: list[Asked]
    options: dict[str, Choice]
    cited: list[str]
    copyright: str
    sha256: str | None
