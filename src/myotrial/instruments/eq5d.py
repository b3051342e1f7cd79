"""EQ-5D-5L: profile, level sum score and the index from a value set that the user supplies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from myotrial.instruments.answers import KEY
from myotrial.instruments.result import InstrumentScores
from myotrial.instruments.scoring import score_instrument
from myotrial.model.decimals import exact
from myotrial.model.errors import BadInput, Fault
from myotrial.study.files import read_raw

DIMENSIONS = ("mobility", "self_care", "usual_activities", "pain", "anxiety")
"""In the order of the digits of a profile."""
LEVELS = "12345"


@dataclass(frozen=True, slots=True)
class ValueSet:
    """The index of health states, as the user supplies it; no country is the default, and none ships.

    Attributes
    ----------
    name
        Which value set it is, with its publication; it is printed with every index.
    index
        Profile → index.
    """

    name: str
    index: Mapping[str, float]

    @classmethod
    def from_table(cls, name: str, table: pl.DataFrame) -> "ValueSet":
        """Return the value set of a table with the columns profile and index.

        Raises
        ------
        BadInput
            A column is missing, or a profile is not five levels or stands twice.

        Examples
        --------
        >>> ValueSet.from_table("made up", pl.DataFrame({"profile": ["11111"], "index": [1.0]})).index
        {'11111': 1.0}
        """
        absent = [name for name in ("profile", "index") if name not in table.columns]
        if absent:
            raise BadInput(Fault("missing_column", "a column is missing", column=column) for column in absent)
        profiles = table["profile"].cast(pl.String)
        wrong = ~profiles.str.contains(r"^[1-5]{5}$").fill_null(value=False) | ~profiles.is_first_distinct()
        wrong |= ~table["index"].cast(pl.Float64, strict=False).is_finite().fill_null(value=False)
        if wrong.any():
            raise BadInput(
                Fault("bad_profile", "not a health state with its index, or it stands twice", row=row + 2,
                      column="profile", got=str(profiles[row]), expected="five levels of 1 to 5, and a number")
                for row in wrong.arg_true()
            )  # fmt: skip
        return cls(name, dict(zip(profiles, table["index"].cast(pl.Float64), strict=True)))

    @classmethod
    def from_coefficients(
        cls, name: str, *, full_health: float, decrements: Mapping[str, Sequence[float]]
    ) -> "ValueSet":
        """Return the value set of an additive model.

        Parameters
        ----------
        name
            Which value set it is.
        full_health
            The index of 11111; it is not 1 in every country.
        decrements
            Dimension → what levels 2, 3, 4 and 5 take off.

        Raises
        ------
        BadInput
            A dimension is missing or unknown, or does not have four decrements.

        Examples
        --------
        >>> tenths = {dimension: [0.1, 0.2, 0.3, 0.4] for dimension in DIMENSIONS}
        >>> ValueSet.from_coefficients("made up", full_health=1, decrements=tenths).index["12345"]
        0.0
        """
        names = sorted(set(DIMENSIONS) | set(decrements))
        bad = [one for one in names if one not in DIMENSIONS or len(decrements.get(one, ())) != len(LEVELS) - 1]
        if bad:
            raise BadInput(
                Fault("bad_decrements", f"{one} does not have its decrements", column=one,
                      expected="levels 2, 3, 4 and 5 of " + ", ".join(DIMENSIONS))
                for one in bad
            )  # fmt: skip
        states = {"": exact(full_health)}
        for dimension in DIMENSIONS:
            steps = [exact(0), *(exact(step) for step in decrements[dimension])]
            states = {
                f"{state}{level}": value - step
                for state, value in states.items()
                for level, step in zip(LEVELS, steps, strict=True)
            }
        return cls(name, {state: float(value) for state, value in states.items()})


def read_value_set(path: str | Path, name: str | None = None) -> ValueSet:
    """Read the value set of a user.

    Parameters
    ----------
    path
        A CSV or Parquet file with the columns profile and index.
    name
        Which value set it is; without it, the name of the file.

    Raises
    ------
    BadInput
        The file is not there, a column is missing, or a profile is not five levels or stands twice.

    Examples
    --------
    >>> read_value_set("nowhere.csv")
    Traceback (most recent call last):
    myotrial.model.errors.BadInput: 1 fault
    nowhere.csv: the file is not there
        expected a CSV or Parquet file
    """
    raw, _ = read_raw(path, ["profile", "index"])
    table = raw.frame
    if raw.separator not in {None, ","} and table.schema.get("index") == pl.String:
        table = table.with_columns(pl.col("index").str.replace(",", ".", literal=True))
    try:
        found = ValueSet.from_table(name or Path(path).stem, table)
    except BadInput as error:
        faults = [
            replace(fault, file=raw.file, row=None if fault.row is None else raw.number(fault.row - 2))
            for fault in error.faults
        ]
        raise BadInput([*raw.faults, *faults]) from None
    if raw.faults:
        raise BadInput(raw.faults)
    return found


def score_eq5d(items: pl.DataFrame, *, value_set: ValueSet | None = None) -> InstrumentScores:
    """Score the EQ-5D-5L: levels, profile, level sum score, EQ VAS and, with a value set, the index.

    Parameters
    ----------
    items
        Columns subject_id, week, item, value; the items mobility, self_care, usual_activities, pain, anxiety, vas.
    value_set
        The value set of the user; without one there is no index.

    Returns
    -------
    InstrumentScores
        As :func:`~myotrial.instruments.scoring.score_instrument`, with a column for each dimension's level, the
        profile and eq5d_index. Profile and index are null where a dimension is missing.

    Raises
    ------
    BadInput
        With every fault of the items; or the value set has no index for a profile that occurs.

    Examples
    --------
    >>> items = pl.DataFrame({"subject_id": "S1", "week": 0, "item": DIMENSIONS, "value": [1, 2, 3, 4, 5]})
    >>> score_eq5d(items).to_frame().select("profile", "eq5d_level_sum").row(0)
    ('12345', 15.0)
    """
    own = items.filter(pl.col("instrument") == "eq5d-5l") if "instrument" in items.columns else items
    return with_profile(score_instrument("eq5d-5l", items), own, value_set=value_set)


def with_profile(
    scores: InstrumentScores, items: pl.DataFrame, *, value_set: ValueSet | None = None
) -> InstrumentScores:
    """Add levels, profile and, with a value set, the index to scores; ``items`` are those that were scored."""
    level = pl.col("value").cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False).cast(pl.Int64)
    own, frame = items, scores.frame
    for dimension in DIMENSIONS:
        levels = own.filter(pl.col("item") == dimension).select(*KEY, level.alias(dimension))
        frame = frame.join(levels, on=KEY, how="left", maintain_order="left")
    profile = pl.concat_str([pl.col(dimension).cast(pl.String) for dimension in DIMENSIONS])
    frame = frame.with_columns(profile.alias("profile"))
    if value_set is None:
        return replace(scores, frame=frame)
    unknown = sorted(set(frame["profile"].drop_nulls()) - set(value_set.index))
    if unknown:
        raise BadInput(
            Fault("no_index", f"the value set {value_set.name} has no index for this profile", got=profile_)
            for profile_ in unknown
        )
    index = pl.col("profile").replace_strict(dict(value_set.index), default=None, return_dtype=pl.Float64)
    frame = frame.with_columns(index.alias("eq5d_index"))
    options = {**scores.options, "value_set": value_set.name}
    return replace(scores, frame=frame, totals=(*scores.totals, "eq5d_index"), options=options)
