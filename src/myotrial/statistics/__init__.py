"""Pure numbers: arrays in, estimates out. This room knows no medicine, no trial and no file.

Importing it loads NumPy only; SciPy and statsmodels are loaded by the functions that need them.
"""

from myotrial.statistics.ancova import Ancova, FTest, fit_ancova
from myotrial.statistics.association import estimate_association
from myotrial.statistics.counts import CountModel, fit_counts
from myotrial.statistics.cox import Cox, fit_cox
from myotrial.statistics.estimate import ChiSquareTest, Estimate
from myotrial.statistics.group_sequential import (
    GroupSequentialDesign,
    SequentialEstimate,
    design_group_sequential,
    estimate_after_stopping,
)
from myotrial.statistics.imputation import (
    ImputedData,
    PooledEstimate,
    PooledTest,
    TippingPoint,
    combine_imputations,
    combine_imputations_jointly,
    estimate_conditional_mean_difference,
    estimate_imputed_difference,
    find_tipping_point,
    impute_repeated_measure,
)
from myotrial.statistics.log_rank import LogRank, estimate_log_rank
from myotrial.statistics.logistic import Logistic, estimate_standardised_risk_difference, fit_logistic
from myotrial.statistics.means import Description, describe, estimate_mean, estimate_mean_difference
from myotrial.statistics.mmrm import MMRM, MMRMBatch, NotConverged, fit_mmrm, fit_mmrm_batch
from myotrial.statistics.multiplicity import (
    Graph,
    MultipleTest,
    adjust_by_closure,
    adjust_by_graph,
    adjust_fallback,
    adjust_fixed_sequence,
    adjust_p_values,
)
from myotrial.statistics.permutation import estimate_permutation
from myotrial.statistics.proportions import estimate_proportion, estimate_risk_difference
from myotrial.statistics.rank_sum import estimate_rank_sum, estimate_signed_rank
from myotrial.statistics.rates import estimate_rate, estimate_rate_difference, estimate_rate_ratio
from myotrial.statistics.ratios import estimate_chi_square, estimate_fisher, estimate_odds_ratio, estimate_risk_ratio
from myotrial.statistics.restricted_mean import estimate_restricted_mean, estimate_restricted_mean_difference
from myotrial.statistics.sample_size import (
    SampleSize,
    size_log_rank,
    size_mmrm,
    size_one_proportion,
    size_two_means,
    size_two_proportions,
    size_two_rates,
    size_wilcoxon,
)
from myotrial.statistics.stratified import estimate_cmh, estimate_exact_cmh, estimate_stratified_risk_ratio
from myotrial.statistics.stratified_difference import estimate_stratified_risk_difference
from myotrial.statistics.survival import SurvivalCurve, estimate_survival
from myotrial.statistics.unconditional import estimate_barnard

__all__ = [
    "MMRM",
    "Ancova",
    "ChiSquareTest",
    "CountModel",
    "Cox",
    "Description",
    "Estimate",
    "FTest",
    "Graph",
    "GroupSequentialDesign",
    "ImputedData",
    "LogRank",
    "Logistic",
    "MMRMBatch",
    "MultipleTest",
    "NotConverged",
    "PooledEstimate",
    "PooledTest",
    "SampleSize",
    "SequentialEstimate",
    "SurvivalCurve",
    "TippingPoint",
    "adjust_by_closure",
    "adjust_by_graph",
    "adjust_fallback",
    "adjust_fixed_sequence",
    "adjust_p_values",
    "combine_imputations",
    "combine_imputations_jointly",
    "describe",
    "design_group_sequential",
    "estimate_after_stopping",
    "estimate_association",
    "estimate_barnard",
    "estimate_chi_square",
    "estimate_cmh",
    "estimate_conditional_mean_difference",
    "estimate_exact_cmh",
    "estimate_fisher",
    "estimate_imputed_difference",
    "estimate_log_rank",
    "estimate_mean",
    "estimate_mean_difference",
    "estimate_odds_ratio",
    "estimate_permutation",
    "estimate_proportion",
    "estimate_rank_sum",
    "estimate_rate",
    "estimate_rate_difference",
    "estimate_rate_ratio",
    "estimate_restricted_mean",
    "estimate_restricted_mean_difference",
    "estimate_risk_difference",
    "estimate_risk_ratio",
    "estimate_signed_rank",
    "estimate_standardised_risk_difference",
    "estimate_stratified_risk_difference",
    "estimate_stratified_risk_ratio",
    "estimate_survival",
    "find_tipping_point",
    "fit_ancova",
    "fit_counts",
    "fit_cox",
    "fit_logistic",
    "fit_mmrm",
    "fit_mmrm_batch",
    "impute_repeated_measure",
    "size_log_rank",
    "size_mmrm",
    "size_one_proportion",
    "size_two_means",
    "size_two_proportions",
    "size_two_rates",
    "size_wilcoxon",
]
