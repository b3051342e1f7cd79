"""Multiple imputation of a repeated measure, at random or by the reference arm, and Rubin's rules."""

from myotrial.statistics.imputation.analysis import (
    TippingPoint,
    estimate_imputed_difference,
    find_tipping_point,
)
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
    "estimate_imputed_difference",
    "find_tipping_point",
    "impute_repeated_measure",
]
