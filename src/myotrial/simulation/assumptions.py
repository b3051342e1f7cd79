"""What a simulation assumes, each number with its source, from ``data/assumptions``."""

from functools import cache
from typing import Literal

from pydantic import Field

from myotrial.model.data import data_sha256, load_data
from myotrial.model.source import Record, Source

DEFAULT = "dermatomyositis-immunoglobulin"


class Number(Record):
    """One number and where it comes from."""

    value: float
    source: Source


class Spread(Record):
    """Mean, SD and the range it is cut to."""

    mean: float
    sd: float = Field(ge=0)
    low: float
    high: float
    source: Source


class Moments(Record):
    """Mean and SD."""

    mean: float
    sd: float = Field(ge=0)


class CourseChange(Record):
    """Improvement at the reference week, on treatment and on placebo."""

    active: Moments
    placebo: Moments
    source: Source


class MeasureAssumption(Record):
    """A measure at baseline, its grid, and how it improves."""

    name: str
    baseline: Spread
    step: float = Field(gt=0)
    better: Literal["lower", "higher"]
    change: CourseChange


class EnzymeAssumption(Record):
    """An enzyme: how many are above normal, its spread on the log scale, its limit and grid."""

    name: str
    above_normal_share: float = Field(gt=0, lt=1)
    log_sd: float = Field(gt=0)
    uln: float = Field(gt=0)
    step: float = Field(gt=0)
    source: Source


class SubjectAssumptions(Record):
    """Who takes part."""

    female_share: Number
    age_years: Spread
    sites: Number


class Course(Record):
    """How fast measures move, and together with what."""

    reference_week: Number
    time_constant_weeks: Number
    correlation_baseline: Number
    correlation_change: Number
    visit_noise_share: Number


class Rescue(Record):
    """The chance of rescue between two visits, by whether physician global activity has improved."""

    improved: float
    not_improved: float
    improved_by_cm: float
    source: Source


class ConductAssumptions(Record):
    """Drop-out, rescue, missed visits and missing values."""

    dropout_per_interval: Number
    rescue_per_interval: Rescue
    visit_missed: Number
    value_missing: Number
    visit_window_days: Number


class Assumptions(Record):
    """Everything a simulation assumes."""

    id: str
    title: str
    sources: dict[str, Source]
    subjects: SubjectAssumptions
    measures: tuple[MeasureAssumption, ...]
    enzymes: tuple[EnzymeAssumption, ...]
    enzyme_log_change: CourseChange
    enzyme_uln_source: Source
    course: Course
    conduct: ConductAssumptions


@cache
def load_assumptions(name: str = DEFAULT) -> Assumptions:
    """Load the assumptions of a simulation by name.

    Examples
    --------
    >>> load_assumptions().measures[2].change.active
    Moments(mean=14.38, sd=14.581)
    """
    return Assumptions(**load_data("assumptions", f"{name}.yaml"))


def assumptions_sha256(name: str = DEFAULT) -> str:
    """Return the hash of the file that holds the assumptions."""
    return data_sha256("assumptions", f"{name}.yaml")
