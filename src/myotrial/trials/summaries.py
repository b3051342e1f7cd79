"""The ways an outcome can be summed up: per arm, and against the reference arm."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from myotrial.model.condition import COMPARATORS
from myotrial.model.source import Record

Covariance = Literal["us", "toep", "toeph", "ar1", "ar1h", "cs", "csh", "ad", "adh"]
"""Structures of the covariance of a subject's visits."""


class Proportion(Record):
    """Per arm: the share of subjects who respond, with its interval."""

    kind: Literal["proportion"]
    interval: Literal["wilson", "clopper-pearson", "jeffreys"] = "wilson"


class Number(Record):
    """Per arm: the number of subjects who respond."""

    kind: Literal["number"]


class RiskDifference(Record):
    """Against the reference arm: the difference of two shares."""

    kind: Literal["risk_difference"]
    interval: Literal["wald", "newcombe", "miettinen-nurminen"] = "newcombe"


class StratifiedRiskDifference(Record):
    """Against the reference arm: the Mantel-Haenszel difference over the strata of the randomisation."""

    kind: Literal["stratified_risk_difference"]


class CochranMantelHaenszel(Record):
    """Against the reference arm: the Cochran-Mantel-Haenszel test and common odds ratio."""

    kind: Literal["cmh"]


class Fisher(Record):
    """Against the reference arm: Fisher's exact test and the conditional odds ratio."""

    kind: Literal["fisher"]


class ChiSquare(Record):
    """Against the reference arm: Pearson's chi-square test, without continuity correction."""

    kind: Literal["chi_square"]


class OddsRatio(Record):
    """Against the reference arm: the odds ratio with its Wald interval."""

    kind: Literal["odds_ratio"]


class Logistic(Record):
    """Against the reference arm: the odds ratio by logistic regression, adjusted for baseline covariates."""

    kind: Literal["logistic"]
    covariates: tuple[str, ...] = ()
    interval: Literal["wald", "profile"] = "wald"
    firth: bool = False


class StandardisedRiskDifference(Record):
    """Against the reference arm: the risk difference, standardised over baseline covariates by logistic regression."""

    kind: Literal["standardised_risk_difference"]
    covariates: tuple[str, ...] = Field(min_length=1)


class Band(Record):
    """A stretch of values with its name; exactly one comparator."""

    label: str
    at_least: float | None = None
    more_than: float | None = None
    at_most: float | None = None
    less_than: float | None = None
    equals: float | None = None

    @model_validator(mode="after")
    def _one_comparator(self) -> "Band":
        given = [name for name in COMPARATORS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(COMPARATORS)}; got {', '.join(given) or 'none'}")
        return self

    @property
    def comparator(self) -> str:
        """Return the comparator's name."""
        return next(name for name in COMPARATORS if getattr(self, name) is not None)

    @property
    def threshold(self) -> float:
        """Return the number compared with."""
        return float(getattr(self, self.comparator))


class Categories(Record):
    """Per arm: how many subjects, or what share, lie in each band of the variable; bands may overlap."""

    kind: Literal["categories"]
    bands: tuple[Band, ...] = Field(min_length=1)
    show: Literal["proportion", "number"] = "proportion"
    interval: Literal["wilson", "clopper-pearson", "jeffreys"] = "wilson"


class Mean(Record):
    """Per arm: n, mean, SD, median, range, and the t interval of the mean."""

    kind: Literal["mean"]


class MeanDifference(Record):
    """Against the reference arm: the difference of two means, with a t interval."""

    kind: Literal["mean_difference"]
    equal_variances: bool = False


class Permutation(Record):
    """Against the reference arm: the permutation test of the difference of two means.

    Exact where there are at most 200,000 ways to allot the arms; else by ``draws`` random ones.
    """

    kind: Literal["permutation"]
    draws: int = Field(default=100_000, ge=100)
    seed: int = Field(default=1, ge=0)


class RankSum(Record):
    """Against the reference arm: the Wilcoxon rank-sum test and the Hodges-Lehmann shift."""

    kind: Literal["rank_sum"]


class Ancova(Record):
    """Against the reference arm: the difference of least-squares means, adjusted for baseline covariates."""

    kind: Literal["ancova"]
    covariates: tuple[str, ...] = Field(min_length=1)
    stands_in_for: str | None = None


class MixedModel(Record):
    """Against the reference arm: the difference at the visit in question, by a mixed model for repeated measures.

    The model has arm, visit and the baseline covariates, each by visit, over all visits after baseline up to the end of
    the time frame. ``fallback`` are the covariance structures to take, in this order, where the one before does not
    converge.
    """

    kind: Literal["mmrm"]
    covariates: tuple[str, ...] = ()
    covariance: Covariance = "us"
    df: Literal["kenward-roger", "satterthwaite"] = "kenward-roger"
    fallback: tuple[Covariance, ...] = ()


class KaplanMeier(Record):
    """Per arm: the Kaplan-Meier curve, its median and the numbers at risk."""

    kind: Literal["kaplan_meier"]
    interval: Literal["log-log", "log", "plain"] = "log-log"


class LogRank(Record):
    """Between the arms: the log-rank test, by the strata of the randomisation where ``stratified``."""

    kind: Literal["log_rank"]
    stratified: bool = False


class Cox(Record):
    """Against the reference arm: the hazard ratio."""

    kind: Literal["cox"]
    ties: Literal["efron", "breslow", "exact"] = "efron"
    covariates: tuple[str, ...] = ()
    stratified: bool = False


class RestrictedMean(Record):
    """Per arm and against the reference: the mean time up to the latest day to which every arm is followed."""

    kind: Literal["restricted_mean"]


class EventRate(Record):
    """Per arm: events ÷ exposure with the exact Poisson interval, and beside it a bootstrap over subjects."""

    kind: Literal["rate"]
    resamples: int = Field(default=2000, ge=0)
    seed: int = Field(default=1, ge=0)


class RateRatio(Record):
    """Against the reference arm: the ratio of two rates."""

    kind: Literal["rate_ratio"]
    model: Literal["poisson", "negative_binomial"] = "negative_binomial"


Summary = Annotated[
    Proportion | Number | RiskDifference | StratifiedRiskDifference | CochranMantelHaenszel | Fisher | ChiSquare
    | OddsRatio | Logistic | StandardisedRiskDifference | Categories | Mean | MeanDifference | Permutation | RankSum
    | Ancova | MixedModel | KaplanMeier | LogRank | Cox | RestrictedMean | EventRate | RateRatio,
    Field(discriminator="kind"),
]  # fmt: skip

_OF_YES_OR_NO = (
    "proportion", "number", "risk_difference", "stratified_risk_difference", "cmh", "fisher", "chi_square",
    "odds_ratio", "logistic", "standardised_risk_difference",
)  # fmt: skip
_OF_NUMBERS = ("mean", "mean_difference", "permutation", "rank_sum", "ancova", "categories")

FITS: dict[str, tuple[str, ...]] = {
    "response": _OF_YES_OR_NO,
    "occurrence": _OF_YES_OR_NO,
    "value": (*_OF_NUMBERS, "mmrm"),
    "change": (*_OF_NUMBERS, "mmrm"),
    "count": _OF_NUMBERS,
    "time_to": ("kaplan_meier", "log_rank", "cox", "restricted_mean"),
    "rate": ("rate", "rate_ratio"),
}
"""Which summaries each kind of variable can have."""

COMPARISONS = frozenset(
    {
        "risk_difference", "stratified_risk_difference", "cmh", "fisher", "chi_square", "odds_ratio", "logistic",
        "standardised_risk_difference", "mean_difference", "permutation", "rank_sum", "ancova", "mmrm", "log_rank",
        "cox", "rate_ratio",
    }
)  # fmt: skip
"""The summaries that need a reference arm."""
