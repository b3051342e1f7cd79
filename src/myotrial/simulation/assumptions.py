"""What a simulation assumes, each number with its source, from ``data/assumptions``."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from math import sqrt
from typing import Any, Literal

from pydantic import Field, model_validator

from myotrial.model.data import data_file, load_data
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.model.source import Record, Source
from myotrial.simulation.treatment_assumptions import (
    AdverseEventAssumptions,
    GlucocorticoidAssumptions,
    InfusionAssumptions,
    Number,
    RescueCourse,
    Spread,
    check_shares,
)

DEFAULT = "dermatomyositis-immunoglobulin"
"""The assumptions for a trial that has none of its own."""


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
    """A measure at baseline, its grid, and how it improves.

    ``top`` is the highest value of its scale, where baseline is held below it; ``only_in`` names the one diagnosis
    in which it is taken.
    """

    name: str
    baseline: Spread
    step: float = Field(gt=0)
    better: Literal["lower", "higher"]
    change: CourseChange
    top: float | None = None
    only_in: str | None = None

    @property
    def highest(self) -> float:
        """The highest value after baseline."""
        return self.baseline.high if self.top is None else self.top

    @model_validator(mode="after")
    def _fits_its_scale(self) -> "MeasureAssumption":
        if not self.baseline.low < self.baseline.high <= self.highest:
            raise ValueError(f"{self.name}: the range at baseline must lie within its scale")
        return self


class EnzymeAssumption(Record):
    """An enzyme: how many are above normal, its spread on the log scale, its limit and grid."""

    name: str
    above_normal_share: float = Field(gt=0, lt=1)
    log_sd: float = Field(gt=0)
    uln: float = Field(gt=0)
    step: float = Field(gt=0)
    source: Source


class DiagnosisShare(Record):
    """How many of the subjects have a diagnosis."""

    diagnosis: str
    share: float = Field(ge=0, le=1)


class SubjectAssumptions(Record):
    """Who takes part."""

    female_share: Number
    age_years: Spread
    weight_kg: Spread
    sites: Number
    diagnoses: tuple[DiagnosisShare, ...]
    diagnoses_source: Source

    @model_validator(mode="after")
    def _adds_up(self) -> "SubjectAssumptions":
        check_shares("diagnoses", [entry.share for entry in self.diagnoses])
        return self


class Course(Record):
    """How fast measures move, and together with what."""

    reference_week: Number
    time_constant_weeks: Number
    correlation_baseline: Number
    correlation_change: Number
    visit_noise_share: Number


class Loading(Record):
    """How much of an answer is shared with disability (HAQ-DI) and with the patient's global assessment.

    The weights stand on SDs at baseline; what they leave of the variance is the answer's own.
    """

    name: str
    haq: float = Field(ge=0, le=1)
    patient: float = Field(ge=0, le=1)

    def own_sd(self, correlation: float) -> float:
        """Return the SD of what is the answer's own, where both measures have this correlation."""
        shared = self.haq**2 + self.patient**2 + 2 * self.haq * self.patient * correlation
        if shared >= 1:
            raise ValueError(f"{self.name}: the weights leave nothing of the answer's own")
        return sqrt(1 - shared)


class Domain(Loading):
    """A domain of EQ-5D-5L: how many give each of its five levels at baseline."""

    baseline_shares: tuple[float, float, float, float, float]

    @model_validator(mode="after")
    def _adds_up(self) -> "Domain":
        check_shares(self.name, self.baseline_shares)
        return self


class Thermometer(Loading):
    """The EQ VAS."""

    mean: float
    sd: float = Field(gt=0)


class Eq5dAssumptions(Record):
    """The answers to EQ-5D-5L; ``visit_noise_share`` of an answer's own variance is anew at each visit."""

    domains: tuple[Domain, ...]
    vas: Thermometer
    visit_noise_share: float = Field(ge=0, le=1)
    source: Source


class Rescue(Record):
    """The chance of rescue between two visits, by whether physician global activity has improved."""

    improved: float = Field(ge=0, le=1)
    not_improved: float = Field(ge=0, le=1)
    improved_by_cm: float
    source: Source


class ConductAssumptions(Record):
    """Drop-out, treatment stopped, death, deviations, rescue, missed visits and missing values."""

    dropout_per_interval: Number
    stopped_per_interval: Number
    death_per_interval: Number
    deviation_per_interval: Number
    rescue_per_interval: Rescue
    visit_missed: Number
    value_missing: Number
    visit_window_days: Number


class Assumptions(Record):
    """Everything a simulation assumes."""

    id: str
    title: str
    extends: str | None = None
    sources: dict[str, Source]
    subjects: SubjectAssumptions
    measures: tuple[MeasureAssumption, ...]
    mmt_max: Number | None = None
    further_measures: tuple[MeasureAssumption, ...]
    enzymes: tuple[EnzymeAssumption, ...]
    enzyme_log_change: CourseChange
    enzyme_uln_source: Source
    eq5d: Eq5dAssumptions
    course: Course
    conduct: ConductAssumptions
    glucocorticoids: GlucocorticoidAssumptions
    rescue_courses: tuple[RescueCourse, ...]
    rescue_courses_source: Source
    infusions: InfusionAssumptions
    adverse_events: AdverseEventAssumptions

    def measure(self, name: str) -> MeasureAssumption:
        """Return a measure of the core set by name."""
        return next(measure for measure in self.measures if measure.name == name)

    def sha256(self) -> str:
        """Return the hash of what is assumed, whatever the files it is spread over and their layout."""
        return sha256(self.model_dump_json().encode()).hexdigest()

    @model_validator(mode="after")
    def _hangs_together(self) -> "Assumptions":
        check_shares("rescue_courses", [course.share for course in self.rescue_courses])
        for answer in (*self.eq5d.domains, self.eq5d.vas):
            answer.own_sd(self.course.correlation_baseline.value)
        if self.mmt_max is not None and self.mmt_max.value != self.measure("mmt").highest:
            raise ValueError("mmt_max is not the top of mmt")
        return self


def list_assumptions() -> list[str]:
    """Return the names of the assumptions that ship.

    Examples
    --------
    >>> DEFAULT in list_assumptions() and "NCT04044690" in list_assumptions()
    True
    """
    files = (file.name for file in data_file("assumptions").iterdir())
    return sorted(name.removesuffix(".yaml") for name in files if name.endswith(".yaml"))


def assumptions_for(trial: str) -> str:
    """Return the name of a trial's own assumptions, or the default where it has none.

    Examples
    --------
    >>> assumptions_for("NCT05832034"), assumptions_for("MY-TRIAL")
    ('NCT05832034', 'dermatomyositis-immunoglobulin')
    """
    return trial if trial in list_assumptions() else DEFAULT


@cache
def load_assumptions(name: str = DEFAULT) -> Assumptions:
    """Load the assumptions of a simulation by name.

    Parameters
    ----------
    name
        A file of ``data/assumptions``. One that ``extends`` another states only what differs: mappings are laid
        over each other, lists of entries with a ``name`` entry by entry, and everything else is replaced.

    Raises
    ------
    BadInput
        No assumptions of that name.

    Examples
    --------
    >>> load_assumptions().measures[2].change.active
    Moments(mean=14.38, sd=14.581)
    >>> load_assumptions("NCT05832034").mmt_max.value
    130.0
    """
    known = list_assumptions()
    if name not in known:
        raise BadInput([Fault("unknown_assumptions", "no assumptions have this name", column="assumptions", got=name,
                              expected=", ".join(known), hint=did_you_mean(name, known))])  # fmt: skip
    return Assumptions(**_whole(name, ()))


def _whole(name: str, through: Sequence[str]) -> dict[str, Any]:
    """Return what a file says, laid over what it extends."""
    data: dict[str, Any] = load_data("assumptions", f"{name}.yaml")
    base = data.get("extends")
    if base is None:
        return data
    if base in {name, *through}:
        raise ValueError(f"{name}: the assumptions extend themselves")
    return dict(_laid_over(_whole(base, (*through, name)), data))


def _laid_over(base: Any, more: Any) -> Any:
    if isinstance(base, dict) and isinstance(more, dict):
        return base | {key: _laid_over(base[key], value) if key in base else value for key, value in more.items()}
    if _named(base) and _named(more):
        entries = {entry["name"]: entry for entry in base}
        return list(_laid_over(entries, {entry["name"]: entry for entry in more}).values())
    return more


def _named(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) and "name" in entry for entry in value)
