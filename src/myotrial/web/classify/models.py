"""What the JSON twin of the classifications takes and gives."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Word = Annotated[str, Field(max_length=60)]
Number = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]


class Person(BaseModel):
    """What is known of one person; a fact that is not given, or null, is unknown, never no."""

    model_config = ConfigDict(extra="forbid")

    criteria: Word = "eular-acr-2017"
    facts: dict[Word, bool | Number | Word | None] = Field(max_length=200)
    options: dict[Word, bool | Number | Word] = Field(default_factory=dict, max_length=20)


class Step(BaseModel):
    """A category in the order in which they are tried: whether its rule holds (null: open), and what it reads."""

    category: str
    label: str
    answer: bool | None
    present: list[str]
    absent: list[str]
    unknown: list[str]


class Path(BaseModel):
    """The score with or without the biopsy: the interval over what is unknown, and the tier at both ends."""

    path: str
    score: float | None
    score_low: float
    score_high: float
    probability_low: float
    probability_high: float
    tier: str | None
    tier_low: str
    tier_high: str


class Other(BaseModel):
    """Another classification of the same facts: its category, those still possible, and what is open."""

    criteria: str
    title: str
    category: str | None
    possible: list[str]
    present: list[str]
    absent: list[str]
    unknown: list[str]
    asked: bool
    fault: str | None


class Answer(BaseModel):
    """One person by one classification, with all it rests on."""

    classification: str
    title: str
    category: str | None
    possible: list[str]
    subject: dict[str, Any]
    items: list[dict[str, Any]]
    steps: list[Step]
    ask_next: list[dict[str, Any]]
    paths: list[Path]
    others: list[Other]
    options: dict[str, Any]
    recalled: list[str]
    sha256: str
    facts_sha256: str
    version: str
    note: str


class Fact(BaseModel):
    """A fact that a classification reads: its words, what it may be, and the facts that settle it."""

    fact: str
    label: str
    values: str
    settled_by: str


class Rule(BaseModel):
    """A classification: its title, its facts, its categories, its options."""

    title: str
    facts: list[Fact]
    categories: list[str]
    options: dict[str, str]
