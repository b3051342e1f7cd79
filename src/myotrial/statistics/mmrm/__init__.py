"""Mixed models for repeated measures: a marginal linear model with a covariance structure within the subject."""

from myotrial.statistics.mmrm.batch import MMRMBatch, fit_mmrm_batch
from myotrial.statistics.mmrm.core import NotConverged
from myotrial.statistics.mmrm.fit import fit_mmrm
from myotrial.statistics.mmrm.result import MMRM

__all__ = ["MMRM", "MMRMBatch", "NotConverged", "fit_mmrm", "fit_mmrm_batch"]
