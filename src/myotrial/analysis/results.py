"""What an analysis found: one row per estimate, and everything it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from myotrial.model.display import html_table

ROW_SCHEMA: dict[str, pl.DataType] = {
    "outcome": pl.String(),  # the outcome's id in the definition
    "role": pl.String(),
    "analysis": pl.String(),  # "main", or the id of a sensitivity analysis
    "analysis_label": pl.String(),  # in words
    "title": pl.String(),  # as registered
    "time_frame": pl.String(),  # as registered
    "variable": pl.String(),  # what is summed up, in a phrase
    "part": pl.String(),  # of several measures or severities, which
    "level": pl.String(),  # "≥ 20" where one entry makes several outcomes; the name of a band
    "week": pl.Float64(),
    "population": pl.String(),
    "subgroup": pl.String(),  # of a subgroup analysis, the division
    "subgroup_level": pl.String(),  # and its part
    "statistic": pl.String(),
    "arm": pl.String(),  # "all" for all arms together
    "reference": pl.String(),  # the arm compared with
    "estimate": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "conf_level": pl.Float64(),
    "se": pl.Float64(),
    "p_value": pl.Float64(),
    "n": pl.Int64(),  # subjects in the estimate
    "n_event": pl.Int64(),  # of them, those who respond or have the event
    "n_missing": pl.Int64(),  # subjects whose answer is unknown, or who are left out
    "unit": pl.String(),
    "method": pl.String(),
    "handling": pl.String(),
    "estimand": pl.String(),  # treatment, population, variable, intercurrent events, summary
    "source": pl.String(),
    "warnings": pl.String(),
}
"""The columns of a result row, in order."""

CURVE_SCHEMA: dict[str, pl.DataType] = {
    "outcome": pl.String(),
    "level": pl.String(),
    "arm": pl.String(),
    "day": pl.Float64(),
    "at_risk": pl.Int64(),
    "events": pl.Int64(),
    "censored": pl.Int64(),
    "survival": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
}
"""The columns of the Kaplan-Meier curves: one row per step, beginning at day 0."""

MULTIPLICITY_SCHEMA: dict[str, pl.DataType] = {
    "order": pl.Int64(),
    "outcome": pl.String(),
    "title": pl.String(),
    "statistic": pl.String(),
    "week": pl.Float64(),
    "level": pl.String(),
    "part": pl.String(),
    "arm": pl.String(),
    "p_value": pl.Float64(),
    "adjusted_p_value": pl.Float64(),
    "alpha": pl.Float64(),
    "rejected": pl.Boolean(),
    "method": pl.String(),
    "note": pl.String(),  # why a hypothesis was not tested
}
"""The columns of the hypotheses with their adjusted p-values."""

TIPPING_SCHEMA: dict[str, pl.DataType] = {
    "outcome": pl.String(),
    "part": pl.String(),
    "level": pl.String(),
    "week": pl.Float64(),
    "arm": pl.String(),
    "reference": pl.String(),
    "shift_arm": pl.Float64(),  # successes among the missing of the arm, or the delta added to what is drawn
    "shift_reference": pl.Float64(),
    "missing_arm": pl.Int64(),
    "missing_reference": pl.Int64(),
    "estimate": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "p_value": pl.Float64(),
    "significant": pl.Boolean(),
    "turns": pl.Boolean(),  # whether the conclusion is another than that of the first row
    "method": pl.String(),
}
"""The columns of a tipping-point analysis: one row per assumption on the missing."""

FLOW_SCHEMA: dict[str, pl.DataType] = {
    "stage": pl.String(),  # the key, for example "randomised"
    "label": pl.String(),  # in words
    "arm": pl.String(),
    "n": pl.Int64(),
}
"""The columns of the participant flow: stages in order, one row per stage and arm."""


@dataclass(frozen=True, slots=True, repr=False)
class Results:
    """Every registered outcome that the definition computes, from one study.

    Attributes
    ----------
    trial
        The id of the definition.
    rows
        One row per estimate, columns ``ROW_SCHEMA``.
    curves
        The Kaplan-Meier curves, columns ``CURVE_SCHEMA``.
    flow
        The participant flow, columns ``FLOW_SCHEMA``.
    subjects
        Outcome id → the subject-level derivation the rows were computed from.
    scores
        Score name → the scores by subject and visit.
    provenance
        Software, definition, criteria and inputs by hash, seed of simulated data.
    multiplicity
        The hypotheses with their adjusted p-values, columns ``MULTIPLICITY_SCHEMA``.
    tipping
        The tipping-point analyses, columns ``TIPPING_SCHEMA``.
    """

    trial: str
    rows: pl.DataFrame
    curves: pl.DataFrame
    flow: pl.DataFrame
    subjects: Mapping[str, pl.DataFrame]
    scores: Mapping[str, pl.DataFrame]
    provenance: Mapping[str, Any]
    multiplicity: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MULTIPLICITY_SCHEMA))
    tipping: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TIPPING_SCHEMA))

    def __repr__(self) -> str:
        """One line with the numbers."""
        outcomes = self.rows["outcome"].n_unique()
        return f"Results({self.trial}: {outcomes} outcome{'' if outcomes == 1 else 's'}, {self.rows.height} estimates)"

    def _repr_html_(self) -> str:
        shown = self.rows.select(
            "outcome", "title", "part", "level", "week", "statistic", "arm", "estimate", "low", "high", "n"
        )
        return html_table(repr(self), shown.columns, shown.iter_rows())

    def to_frame(self) -> pl.DataFrame:
        """Return the result rows."""
        return self.rows

    def to_dict(self) -> dict[str, Any]:
        """Return rows, curves, flow, hypotheses, tipping points and provenance as plain records."""
        return {
            "trial": self.trial,
            "rows": self.rows.to_dicts(),
            "curves": self.curves.to_dicts(),
            "flow": self.flow.to_dicts(),
            "multiplicity": self.multiplicity.to_dicts(),
            "tipping": self.tipping.to_dicts(),
            "provenance": dict(self.provenance),
        }

    def outcome(self, name: str) -> pl.DataFrame:
        """Return the main rows of one outcome: no sensitivity analysis and no subgroup."""
        main = (pl.col("analysis") == "main") & pl.col("subgroup").is_null()
        return self.rows.filter(pl.col("outcome") == name, main)
