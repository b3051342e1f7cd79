"""What the pages of a study answer as data, described for the OpenAPI document."""

from typing import Annotated, Any, TypeAlias

import polars as pl
from pydantic import BaseModel, ConfigDict, WithJsonSchema

from myotrial.analysis.results import CURVE_SCHEMA, FLOW_SCHEMA, MULTIPLICITY_SCHEMA, ROW_SCHEMA, TIPPING_SCHEMA
from myotrial.web.answers import FaultEntry
from myotrial.web.pages import NOTE
from myotrial.web.study.looking import Look

KINDS = {pl.String: "string", pl.Float64: "number", pl.Int64: "integer", pl.Boolean: "boolean"}


def _described(title: str, schema: dict[str, pl.DataType]) -> WithJsonSchema:
    """Return the description of a row of a table: its columns, each of which may be empty."""
    columns = {
        name: {"anyOf": [{"type": KINDS[type(kind)]}, {"type": "null"}]} for name, kind in schema.items()
    }  # fmt: skip
    return WithJsonSchema(
        {"title": title, "type": "object", "properties": columns, "required": list(columns),
         "additionalProperties": False}
    )  # fmt: skip


Row = dict[str, Any]
ResultRow: TypeAlias = Annotated[Row, _described("ResultRow", ROW_SCHEMA)]
CurveRow: TypeAlias = Annotated[Row, _described("CurveRow", CURVE_SCHEMA)]
FlowRow: TypeAlias = Annotated[Row, _described("FlowRow", FLOW_SCHEMA)]
HypothesisRow: TypeAlias = Annotated[Row, _described("HypothesisRow", MULTIPLICITY_SCHEMA)]
TippingRow: TypeAlias = Annotated[Row, _described("TippingRow", TIPPING_SCHEMA)]


class Answer(BaseModel):
    """What stands on every answer: which trial, whether it is masked or simulated, and who is in it."""

    model_config = ConfigDict(extra="forbid")

    trial: str
    masked: bool
    simulated: bool
    narrowed: str
    n_subjects: int
    n_subjects_in_study: int
    note: str = NOTE


def about(look: Look) -> dict[str, Any]:
    """Return the fields of an :class:`Answer`."""
    study = look.reading.study
    return {
        "trial": look.trial.id, "masked": look.masked, "simulated": bool(study is not None and study.simulated),
        "narrowed": look.filters.words(), "n_subjects": look.n_fit, "n_subjects_in_study": look.n_all,
    }  # fmt: skip


class CountAnswer(Answer):
    """How many subjects fit."""


class TileEntry(BaseModel):
    """One arm's result as the report tells it."""

    arm: str
    value: str
    detail: str


class HeadlineEntry(BaseModel):
    """A primary outcome as the report tells it."""

    id: str
    title: str
    level: str
    tiles: list[TileEntry]
    sentences: list[str]
    methods: list[str]
    warnings: list[str]


class StudyAnswer(Answer):
    """Every result row, the flow, the hypotheses and the provenance."""

    headlines: list[HeadlineEntry]
    rows: list[ResultRow]
    curves: list[CurveRow]
    flow: list[FlowRow]
    multiplicity: list[HypothesisRow]
    tipping: list[TippingRow]
    provenance: dict[str, Any]


class CheckAnswer(Answer):
    """What is wrong with the tables, and what was noticed in them."""

    readable: bool
    tables: dict[str, int]
    faults: list[FaultEntry]
    notes: list[str]


class FlowAnswer(Answer):
    """How many subjects reached each stage."""

    flow: list[FlowRow]


class OutcomeEntry(BaseModel):
    """An outcome of the definition."""

    id: str
    role: str
    title: str
    time_frame: str


class OutcomesAnswer(Answer):
    """The outcomes of the definition."""

    outcomes: list[OutcomeEntry]


class OutcomeAnswer(Answer):
    """The rows of one outcome, sensitivity analyses and subgroups included, and which figures show it."""

    outcome: str
    rows: list[ResultRow]
    figures: list[str]


class FigureEntry(BaseModel):
    """A figure: what is seen, its table as it is read, and its numbers as they are."""

    id: str
    section: str
    caption: str
    about: str
    columns: list[str]
    rows: list[list[str]]
    data: list[dict[str, Any]]


class FiguresAnswer(Answer):
    """Figures, by section."""

    figures: list[FigureEntry]


class SubjectsAnswer(Answer):
    """The subjects that fit, with what is known of them."""

    subjects: list[dict[str, Any]]


class SubjectAnswer(Answer):
    """One subject: visits, scores and events."""

    subject: str
    known: dict[str, Any]
    summary: str
    scores: list[dict[str, Any]]
    tables: dict[str, list[dict[str, Any]]]


class UploadAnswer(BaseModel):
    """Where a study that was sent can be looked at, and how long."""

    model_config = ConfigDict(extra="forbid")

    address: str
    minutes: int
    note: str = NOTE


class UploadTerms(BaseModel):
    """What may be sent."""

    model_config = ConfigDict(extra="forbid")

    trials: list[str]
    files: list[str]
    most_bytes: int
    most_bytes_unpacked: int
    seconds: float
    minutes_kept: int
    studies_kept: int
    note: str = NOTE
