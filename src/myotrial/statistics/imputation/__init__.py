"""Imputation of a repeated measure, at random or by the reference arm: drawn, with Rubin's rules, or by its mean."""

from myotrial.statistics.imputation.analysis import (
    TippingPoint,
    estimate_imputed_difference,
    find_tipping_point,
)
from myotrial.statistics.imputation.conditional_mean import estimate_conditional_mean_difference
from myotrial.statistics.imputation.impute import ImputedData, impute_repeated_measure
from myotrial.statistics.imputation.rubin import (
    PooledEstimate,
    PooledTest,
    combine_imputations,
    combine_imputations_jointly,
)

__all__ = [
    "ImputedData",
    "PooledEstimate",
    "PooledTest",
    "TippingPoint",
    "combine_imputations",
    "combine_imputations_jointly",
    "estimate_conditional_mean_difference",
    "estimate_imputed_difference",
    "find_tipping_point",
    "impute_repeated_measure",
]
