"""One function per summary of the vocabulary: the endpoint rows of one part, level and visit → result rows."""

from collections.abc import Callable, Iterator

from myotrial.analysis.groups import Row
from myotrial.analysis.summaries.mixed_model import mmrm
from myotrial.analysis.summaries.numbers import ancova, categories, mean, mean_difference, permutation, rank_sum
from myotrial.analysis.summaries.rates import rate, rate_ratio
from myotrial.analysis.summaries.shares import (
    chi_square,
    cmh,
    fisher,
    logistic,
    number,
    odds_ratio,
    proportion,
    risk_difference,
    standardised_risk_difference,
    stratified_risk_difference,
)
from myotrial.analysis.summaries.times import cox, kaplan_meier, log_rank, restricted_mean

SUMMARIES: dict[str, Callable[..., Iterator[Row]]] = {
    function.__name__: function
    for function in (
        proportion, number, risk_difference, stratified_risk_difference, cmh, fisher, chi_square, odds_ratio, logistic,
        standardised_risk_difference, categories, mean, mean_difference, permutation, rank_sum, ancova, mmrm,
        kaplan_meier, log_rank, cox, restricted_mean, rate, rate_ratio,
    )
}  # fmt: skip
"""Summary of the vocabulary → the function that computes it; its fields are the function's parameters."""
