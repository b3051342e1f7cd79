"""Pure numbers: arrays in, estimates out. This room knows no medicine, no trial and no file.

Importing it loads NumPy only; SciPy and statsmodels are loaded by the functions that need them.
"""

from myotrial.statistics.ancova import Ancova, FTest, fit_ancova
from myotrial.statistics.estimate import Estimate
from myotrial.statistics.log_rank import LogRank, estimate_log_rank
from myotrial.statistics.means import Description, describe, estimate_mean, estimate_mean_difference
from myotrial.statistics.proportions import estimate_proportion, estimate_risk_difference
from myotrial.statistics.ratios import estimate_fisher, estimate_odds_ratio, estimate_risk_ratio
from myotrial.statistics.stratified import estimate_cmh, estimate_stratified_risk_difference
from myotrial.statistics.survival import SurvivalCurve, estimate_survival

__all__ = [
    "Ancova",
    "Description",
    "Estimate",
    "FTest",
    "LogRank",
    "SurvivalCurve",
    "describe",
    "estimate_cmh",
    "estimate_fisher",
    "estimate_log_rank",
    "estimate_mean",
    "estimate_mean_difference",
    "estimate_odds_ratio",
    "estimate_proportion",
    "estimate_risk_difference",
    "estimate_risk_ratio",
    "estimate_stratified_risk_difference",
    "estimate_survival",
    "fit_ancova",
]
