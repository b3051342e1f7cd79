"""Every statistic that an analysis gives: what it is called, and how its values are written."""

from dataclasses import dataclass
from typing import Literal

Style = Literal["share", "points", "ratio", "rate", "days", "count", "measure"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A statistic in words.

    Attributes
    ----------
    label
        Before its value; empty where the value speaks for itself.
    style
        How its values are written.
    unit
        After its value.
    per_arm
        Whether it is of one arm; all others compare arms.
    test
        Its name where it is a test without an estimate.
    always_test
        Whether the estimate is left out, being that of another statistic or none that is read.
    heading
        Before its value in a table row of its own, where ``label`` is empty.
    """

    label: str
    style: Style = "measure"
    unit: str = ""
    per_arm: bool = False
    test: str = ""
    always_test: bool = False
    heading: str = ""

    @property
    def name(self) -> str:
        """What a table row of its values is called, with their unit."""
        name = self.label or self.heading or self.test
        return f"{name} ({self.unit})" if self.unit else name


POINTS = "percentage points"

KINDS: dict[str, Kind] = {
    "proportion": Kind("", "share", per_arm=True, heading="Subjects, n/N (%)"),
    "number": Kind("", "count", per_arm=True, heading="Subjects"),
    "mean": Kind("Mean", per_arm=True),
    "sd": Kind("SD", per_arm=True),
    "median": Kind("median", per_arm=True),
    "minimum": Kind("minimum", per_arm=True),
    "maximum": Kind("maximum", per_arm=True),
    "ls_mean": Kind("Adjusted mean", per_arm=True),
    "mmrm_mean": Kind("Mean by the mixed model", per_arm=True),
    "median_time": Kind("Median", "days", "days", per_arm=True),
    "restricted_mean": Kind("Restricted mean", "measure", "days", per_arm=True),
    "rate": Kind("Rate", "rate", per_arm=True),
    "rate_bootstrap": Kind("Bootstrap over subjects", "rate", per_arm=True),
    "risk_difference": Kind("Difference", "points", POINTS),
    "stratified_risk_difference": Kind("Stratified difference", "points", POINTS),
    "standardised_risk_difference": Kind("Standardised difference", "points", POINTS),
    "cmh": Kind("Common odds ratio", "ratio", test="Cochran-Mantel-Haenszel test"),
    "fisher": Kind("Conditional odds ratio", "ratio", test="Fisher's exact test"),
    "odds_ratio": Kind("Odds ratio", "ratio"),
    "logistic": Kind("Odds ratio by logistic regression", "ratio"),
    "chi_square": Kind("", test="Chi-square test", always_test=True),
    "mean_difference": Kind("Difference of means"),
    "ls_mean_difference": Kind("Difference of adjusted means"),
    "mmrm_difference": Kind("Difference by the mixed model"),
    "permutation": Kind("", test="Permutation test of means", always_test=True),
    "rank_sum": Kind("Hodges-Lehmann shift", test="Rank-sum test"),
    "log_rank": Kind("", test="Log-rank test", always_test=True),
    "cox": Kind("Hazard ratio", "ratio"),
    "restricted_mean_difference": Kind("Difference of restricted means", "measure", "days"),
    "rate_ratio": Kind("Rate ratio", "ratio"),
    "heterogeneity": Kind("", test="Heterogeneity", always_test=True),
}
"""The statistics by name."""

SPREAD = ("sd", "median", "minimum", "maximum")
"""What is told beside a mean, in one line."""


def kind_of(statistic: str) -> Kind:
    """Return a statistic in words; of one that is not known, its name."""
    return KINDS.get(statistic) or Kind(statistic.replace("_", " "))


def is_per_arm(statistic: str) -> bool:
    """Whether a statistic is of one arm."""
    return kind_of(statistic).per_arm
